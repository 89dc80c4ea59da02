import { useDeferredValue, useState } from "react";
import { brief, count } from "@/lib/format";
import { conditionOn, useView, view, type Condition, type Scalar } from "@/lib/view";
import { cx, SearchField } from "@/ui";
import { useValues } from "../data";
import type { ValueCount, ValueFacet } from "../types";
import { Missing } from "./Missing";

const AT_FIRST = 6;
const SEARCH_FROM = 12;

/** Categories with "x of y"; a click chooses, a second one takes it back. What is not chosen is counted as it could be. */
export function ValueCard({ facet, viewKey, id, searched = false }: { facet: ValueFacet; viewKey: string | undefined; id: string; searched?: boolean }) {
  const condition = useView((now) => conditionOn(now.filters, facet.column));
  const chosen = chosenIn(condition);
  const [open, setOpen] = useState(searched);
  const [part, setPart] = useState("");
  const asked = useDeferredValue(part.trim());
  const searchable = facet.distinct > SEARCH_FROM;
  const found = useValues(viewKey, facet.column, asked, open && searchable);
  const list = open && searchable ? (found.data?.values ?? facet.values) : facet.values;
  const rest = open ? list : atFirst(list, chosen);
  const top = Math.max(1, ...list.map((one) => one.all));
  const more = facet.distinct - rest.length;

  return (
    <>
      {open && searchable && <SearchField label={`Find in ${count(facet.distinct)} values of ${facet.label}`} value={part} onChange={setPart} className="mb-1" />}
      <ul id={id} aria-label={facet.label} className={cx(open && "max-h-72 overflow-y-auto", found.isPlaceholderData && "stale")}>
        {rest.map((one) => (
          <li key={String(one.value)}>
            <Value one={one} top={top} on={chosen.includes(one.value)} dim={chosen.length > 0 && !chosen.includes(one.value)} onToggle={() => view.replaceFilter(condition, toggled(facet.column, chosen, one.value))} />
          </li>
        ))}
      </ul>
      {open && asked !== "" && found.data?.values.length === 0 && <p className="text-muted py-1 text-sm">No value contains “{asked}”.</p>}
      <div className="text-muted flex min-h-4 flex-wrap justify-between gap-x-3 px-1 text-xs">
        {(more > 0 || open) && facet.distinct > AT_FIRST && (
          <button type="button" aria-expanded={open} aria-controls={id} className="hover:text-text underline decoration-dotted underline-offset-2" onClick={() => setOpen(!open)}>
            {open ? "fewer" : `${count(more)} more`}
          </button>
        )}
        {open && searchable && (found.data?.distinct ?? 0) > rest.length && <span>first {count(rest.length)} of {count(found.data?.distinct ?? 0)}</span>}
        <Missing column={facet.column} nulls={facet.nulls} />
      </div>
    </>
  );
}

/** The first values, and those that are chosen wherever they stand. */
function atFirst(list: readonly ValueCount[], chosen: readonly Scalar[]): readonly ValueCount[] {
  const limit = list.length <= AT_FIRST + 1 ? list.length : AT_FIRST;
  return list.filter((one, i) => i < limit || chosen.includes(one.value));
}

export function chosenIn(condition: Condition | null): readonly Scalar[] {
  if (!condition) return [];
  const { op, value } = condition;
  if ((op === "in" || op === "has") && Array.isArray(value)) return value as readonly Scalar[];
  return (op === "==" || op === "has") && value !== undefined && !Array.isArray(value) ? [value as Scalar] : [];
}

export function toggled(column: string, chosen: readonly Scalar[], value: Scalar): Condition | null {
  const next = chosen.includes(value) ? chosen.filter((other) => other !== value) : [...chosen, value];
  return next.length === 0 ? null : { column, op: "in", value: next };
}

function Value({ one, top, on, dim, onToggle }: { one: ValueCount; top: number; on: boolean; dim: boolean; onToggle: () => void }) {
  const name = one.value === "" ? "(empty)" : one.value === true ? "yes" : one.value === false ? "no" : one.value;
  return (
    <button
      type="button"
      aria-pressed={on}
      onClick={onToggle}
      className="hover:bg-hover relative grid min-h-7 w-full grid-cols-[minmax(0,1fr)_auto] items-center gap-2 overflow-hidden rounded-[4px] px-1.5 text-sm pointer-coarse:min-h-11"
    >
      <span aria-hidden className="bg-context/35 absolute inset-y-1 left-0 rounded-[3px]" style={{ width: `${(100 * one.all) / top}%` }} />
      <span aria-hidden className={cx("absolute inset-y-1 left-0 rounded-[3px]", dim ? "bg-accent/10" : "bg-accent/30")} style={{ width: `${(100 * one.view) / top}%` }} />
      <span dir="auto" title={name} className={cx("relative truncate text-left", on && "text-accent font-semibold", dim && "text-muted")}>
        {name}
      </span>
      <span className="text-text relative text-xs whitespace-nowrap">{one.view === one.all ? brief(one.all) : `${brief(one.view)} of ${brief(one.all)}`}</span>
    </button>
  );
}
