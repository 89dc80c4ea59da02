import { useState, type CSSProperties } from "react";
import { brief, count } from "@/lib/format";
import { cx } from "./cx";
import { SearchField } from "./Field";

export interface Bar {
  value: string;
  label?: string;
  /** In view. */
  count: number;
  /** Of all rows; drawn in grey behind. */
  total?: number;
}

const SEARCH_FROM = 12;
const SHOWN = 100;

/** Categories with counts "x of y"; a search once there are many. */
export function BarList({ bars, chosen = [], onToggle, label, distinct, limit = SHOWN }: { bars: readonly Bar[]; chosen?: readonly string[]; onToggle?: (value: string) => void; label: string; distinct?: number; limit?: number }) {
  const [wanted, setWanted] = useState("");
  const top = Math.max(1, ...bars.map((bar) => bar.total ?? bar.count));
  const needle = wanted.trim().toLowerCase();
  const found = needle ? bars.filter((bar) => (bar.label ?? bar.value).toLowerCase().includes(needle)) : bars;
  // As wide as the longest, so that all bars begin at one line.
  const digits = Math.max(1, ...found.slice(0, limit).map((bar) => counted(bar).length));
  const hidden = Math.max(found.length, needle ? 0 : (distinct ?? 0)) - Math.min(found.length, limit);
  return (
    <div className="space-y-1">
      {bars.length > SEARCH_FROM && onToggle && <SearchField label={`Find in ${label}`} value={wanted} onChange={setWanted} />}
      <ul aria-label={label} style={{ "--digits": `${digits}ch` } as CSSProperties}>
        {found.slice(0, limit).map((bar) => (
          <li key={bar.value}>
            <Line bar={bar} top={top} on={chosen.includes(bar.value)} dim={chosen.length > 0 && !chosen.includes(bar.value)} onToggle={onToggle} />
          </li>
        ))}
      </ul>
      {found.length === 0 && <p className="text-muted py-2 text-sm">No value contains “{wanted}”.</p>}
      {hidden > 0 && <p className="text-muted text-xs">and {count(hidden)} more</p>}
    </div>
  );
}

function counted({ count: rows, total = rows }: Bar): string {
  return total === rows ? brief(rows) : `${brief(rows)} of ${brief(total)}`;
}

function Line({ bar, top, on, dim, onToggle }: { bar: Bar; top: number; on: boolean; dim: boolean; onToggle?: (value: string) => void }) {
  const name = bar.label ?? (bar.value === "" ? "(empty)" : bar.value);
  const total = bar.total ?? bar.count;
  const body = (
    <>
      <span className={cx("truncate text-left", on && "text-accent font-semibold", dim && "text-muted")} title={name}>
        {name}
      </span>
      <span className="relative h-2.5">
        <span className="bg-context absolute inset-y-0 left-0 rounded-[2px]" style={{ width: `${(100 * total) / top}%` }} />
        <span className="bg-accent absolute inset-y-0 left-0 rounded-[2px]" style={{ width: `${(100 * bar.count) / top}%` }} />
      </span>
      <span className="text-muted text-right text-xs whitespace-nowrap">{counted(bar)}</span>
    </>
  );
  const grid = "grid w-full grid-cols-[minmax(0,5fr)_minmax(0,4fr)_var(--digits)] items-center gap-2 rounded-[4px] px-1 text-sm";
  if (!onToggle) return <div className={cx(grid, "min-h-6")}>{body}</div>;
  return (
    <button type="button" aria-pressed={on} className={cx(grid, "hover:bg-hover min-h-7 pointer-coarse:min-h-11")} onClick={() => onToggle(bar.value)}>
      {body}
    </button>
  );
}
