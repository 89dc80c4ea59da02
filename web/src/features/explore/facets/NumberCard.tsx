import { useRef } from "react";
import { measure } from "@/lib/format";
import { conditionOn, useView, view, type Condition } from "@/lib/view";
import { Histogram } from "@/ui";
import type { NumberFacet } from "../types";
import { Missing } from "./Missing";

/** How a number or a date is spread; a drag chooses a range. */
export function NumberCard({ facet, id }: { facet: NumberFacet; id: string }) {
  const condition = useView((now) => conditionOn(now.filters, facet.column));
  const low = facet.edges[0] ?? 0;
  const high = facet.edges.at(-1) ?? 1;
  const format = facet.kind === "date" ? dateFormat(high - low) : measure;
  const brush = rangeOf(condition, low, high);
  const last = useRef(0);

  const choose = (range: [number, number] | null) => {
    // A double click is two brushes of nothing; the second says no more than the first.
    const now = performance.now();
    if (range === null && brush === null && now - last.current < 400) return;
    last.current = now;
    view.replaceFilter(condition, range && conditionFor(facet, range, high));
  };
  const { stats } = facet;
  return (
    <>
      <Histogram data={facet} label={facet.label} brush={brush} onBrush={choose} format={format} extent={facet.min === null || facet.max === null ? undefined : [facet.min, facet.max]} height={44} />
      <div id={id} className="text-muted flex min-h-4 flex-wrap justify-between gap-x-3 text-xs">
        {/* From the bins, so to the width of one. */}
        {stats && facet.kind === "number" && (
          <span>
            median ≈ <b className="text-text font-medium">{format(stats.median)}</b>, mean ≈ {format(stats.mean)}
          </span>
        )}
        <Missing column={facet.column} nulls={facet.nulls} />
      </div>
    </>
  );
}

export function conditionFor(facet: Pick<NumberFacet, "column">, [from, to]: [number, number], high: number): Condition {
  // The last bin is closed, all others leave their right edge to the next one.
  return { column: facet.column, op: "between", value: [from, to], ...(to < high ? { right: "open" as const } : {}) };
}

export function rangeOf(condition: Condition | null, low: number, high: number): [number, number] | null {
  if (!condition) return null;
  const read = (value: unknown): number | null => {
    if (typeof value === "number") return value;
    const time = typeof value === "string" ? Date.parse(value.endsWith("Z") ? value : `${value}Z`) : NaN;
    return Number.isNaN(time) ? null : time;
  };
  if (condition.op === "between" && Array.isArray(condition.value)) {
    const [a, b] = condition.value.map(read);
    return a == null || b == null ? null : [a, b];
  }
  const value = read(condition.value);
  if (value === null) return null;
  if (condition.op === ">" || condition.op === ">=") return [value, high];
  if (condition.op === "<" || condition.op === "<=") return [low, value];
  return condition.op === "==" ? [value, value] : null;
}

const DAY = 86_400_000;

function dateFormat(span: number): (value: number) => string {
  const options: Intl.DateTimeFormatOptions =
    span > 3 * 365 * DAY ? { year: "numeric", month: "short" } : span > 2 * DAY ? { year: "numeric", month: "short", day: "numeric" } : { hour: "2-digit", minute: "2-digit" };
  const formatter = new Intl.DateTimeFormat("en-GB", { ...options, timeZone: "UTC" });
  return (value) => formatter.format(value);
}
