/** What several pictures of findings are made of. */
import type { ReactNode } from "react";
import { BarList } from "@/ui";

export function Quote({ children, note, lines = 3 }: { children: ReactNode; note?: ReactNode; lines?: 1 | 2 | 3 | 4 }) {
  const clamp = { 1: "line-clamp-1", 2: "line-clamp-2", 3: "line-clamp-3", 4: "line-clamp-4" }[lines];
  return (
    <div className="bg-sunken min-w-0 rounded px-2.5 py-1.5">
      {note && <div className="text-muted mb-0.5 truncate text-xs">{note}</div>}
      <div dir="auto" className={`${clamp} text-sm wrap-anywhere`}>
        {children}
      </div>
    </div>
  );
}

export function Bars({ label, bars, distinct }: { label: string; bars: { value: string; label?: string; count: number }[]; distinct?: number }) {
  return <BarList label={label} bars={bars} limit={3} distinct={distinct ?? bars.length} />;
}

export interface Gauge {
  key: string;
  label: string;
  value: number;
  /** Ends of the interval. */
  low?: number;
  high?: number;
  /** What the value is held against. */
  mark?: number;
  note: string;
}

/** Values on one scale from 0 to `most`, each with its interval and a mark of what would be expected. */
export function Gauges({ label, gauges, most }: { label: string; gauges: readonly Gauge[]; most: number }) {
  const at = (value: number) => `${Math.min(100, Math.max(0, (100 * value) / (most || 1)))}%`;
  return (
    <ul aria-label={label} className="text-sm">
      {gauges.map(({ key, label: name, value, low, high, mark, note }) => (
        <li key={key} className="grid min-h-6 grid-cols-[minmax(0,5fr)_minmax(0,4fr)_112px] items-center gap-2 px-1">
          <span className="truncate" title={name}>
            {name}
          </span>
          <span className="bg-sunken relative h-2.5 rounded-[2px]" aria-hidden>
            <span className="bg-accent absolute inset-y-0 left-0 rounded-[2px]" style={{ width: at(value) }} />
            {low !== undefined && high !== undefined && (
              <span className="bg-text absolute top-1/2 h-px -translate-y-1/2" style={{ left: at(low), width: `calc(${at(high)} - ${at(low)})` }} />
            )}
            {mark !== undefined && <span className="bg-text absolute -inset-y-0.5 w-0.5" style={{ left: at(mark) }} />}
          </span>
          <span className="text-muted text-right text-xs whitespace-nowrap">{note}</span>
        </li>
      ))}
    </ul>
  );
}
