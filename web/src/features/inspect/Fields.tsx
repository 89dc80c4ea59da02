import { useState } from "react";
import { count } from "@/lib/format";
import type { Lens } from "./lens";

const SHORT = 600;

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

function Value({ value }: { value: unknown }) {
  const [whole, setWhole] = useState(false);
  if (typeof value === "boolean") return value ? "yes" : "no";
  if (typeof value === "number") return <span className="tabular-nums">{String(value)}</span>;
  const nested = typeof value === "object" && value !== null;
  const text = nested ? JSON.stringify(value, null, 2) : String(value);
  const cut = !whole && text.length > SHORT;
  return (
    <>
      <span className={nested ? "font-mono text-xs whitespace-pre-wrap" : "whitespace-pre-wrap"}>{cut ? `${text.slice(0, SHORT)}…` : text}</span>
      {cut && (
        <button type="button" className="text-accent ml-1 font-medium hover:underline" onClick={() => setWhole(true)}>
          all {count(text.length)} characters
        </button>
      )}
    </>
  );
}
