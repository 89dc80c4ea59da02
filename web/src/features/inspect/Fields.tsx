import { Fragment, useState } from "react";
import { count, moment } from "@/lib/format";
import type { Lens } from "./lens";

const SHORT = 600;
/** Items of a list at first, characters of an item that is a chip, levels that are laid out. */
const MANY = 30;
const CHIP = 40;
const DEEPEST = 4;
const DATE = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)?$/;

/** The other values of a row, by name. */
export function Fields({ fields }: { fields: Lens["fields"] }) {
  return (
    <dl aria-label="Fields" className="border-line divide-line divide-y rounded border text-sm">
      {fields.map(({ name, label, value }) => (
        <div key={name} className="grid grid-cols-[minmax(88px,1fr)_minmax(0,3fr)] gap-3 px-3 py-1.5">
          <dt className="text-muted truncate" title={name}>
            {label}
          </dt>
          <dd dir="auto" className="min-w-0 wrap-anywhere">
            <Value value={value} />
          </dd>
        </div>
      ))}
    </dl>
  );
}

/** A value as people read it: lists as chips, records as lists of their fields. */
function Value({ value, depth = 0 }: { value: unknown; depth?: number }) {
  if (value === null || value === undefined) return <span className="text-faint">–</span>;
  if (typeof value === "boolean") return value ? "yes" : "no";
  if (typeof value === "number") return <Figure value={value} />;
  if (typeof value === "string") return DATE.test(value) ? <time dateTime={value} title={value}>{moment(value)}</time> : <Words text={value} />;
  if (depth >= DEEPEST) return <Words text={JSON.stringify(value)} />;
  return Array.isArray(value) ? <List items={value} depth={depth} /> : <Parts record={value} depth={depth} />;
}

function Figure({ value }: { value: number }) {
  const said = Number.isInteger(value) ? String(value) : String(Number(value.toPrecision(6)));
  return (
    <span className="tabular-nums" title={String(value)}>
      {said}
    </span>
  );
}

function Words({ text }: { text: string }) {
  const [whole, setWhole] = useState(false);
  const cut = !whole && text.length > SHORT;
  return (
    <>
      <span className="whitespace-pre-wrap">{cut ? `${text.slice(0, SHORT)}…` : text}</span>
      {cut && <More label={`all ${count(text.length)} characters`} onClick={() => setWhole(true)} />}
    </>
  );
}

function List({ items, depth }: { items: readonly unknown[]; depth: number }) {
  const [whole, setWhole] = useState(false);
  if (items.length === 0) return <span className="text-faint">none</span>;
  const shown = whole ? items : items.slice(0, MANY);
  const simple = items.every((item) => (typeof item === "string" && item.length <= CHIP) || typeof item === "number" || typeof item === "boolean");
  return (
    <>
      <ul className={simple ? "flex flex-wrap gap-1" : "divide-line divide-y"}>
        {shown.map((item, i) => (
          <li key={i} className={simple ? "border-line bg-sunken rounded border px-1.5 text-xs leading-5" : "py-1 first:pt-0 last:pb-0"}>
            <Value value={item} depth={depth + 1} />
          </li>
        ))}
      </ul>
      {shown.length < items.length && <More label={`all ${count(items.length)}`} onClick={() => setWhole(true)} />}
    </>
  );
}

function Parts({ record, depth }: { record: object; depth: number }) {
  const parts = Object.entries(record).filter(([, value]) => value !== null && value !== undefined);
  if (parts.length === 0) return <span className="text-faint">empty</span>;
  return (
    <dl className="grid grid-cols-[auto_minmax(0,1fr)] gap-x-3">
      {parts.map(([name, value]) => (
        <Fragment key={name}>
          <dt className="text-muted">{name}</dt>
          <dd className="min-w-0">
            <Value value={value} depth={depth + 1} />
          </dd>
        </Fragment>
      ))}
    </dl>
  );
}

function More({ label, onClick }: { label: string; onClick: () => void }) {
  return (
    <button type="button" className="text-accent ml-1 font-medium hover:underline" onClick={onClick}>
      {label}
    </button>
  );
}
