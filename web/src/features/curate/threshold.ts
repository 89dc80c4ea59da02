/** Thresholds on a histogram whose bins are drawn equally wide, whatever they span. */
import type { Handle, RuleHistogram } from "./types";

type Bins = Pick<RuleHistogram, "edges" | "integer">;

export interface Zone {
  from: number;
  to: number;
}

/** Position of a value, from 0 (left) to 1. */
export function placeOf({ edges }: Bins, value: number): number {
  const bins = edges.length - 1;
  const low = edges[0] ?? 0;
  const high = edges[bins] ?? low;
  if (bins < 1 || value <= low) return 0;
  if (value >= high) return 1;
  const i = Math.min(bins - 1, edges.findLastIndex((edge) => edge <= value));
  const from = edges[i] ?? low;
  const to = edges[i + 1] ?? high;
  return (i + (to > from ? (value - from) / (to - from) : 0)) / bins;
}

/** The value at a position, rounded to what a person would have written. */
export function valueAt(histogram: Bins, place: number): number {
  const { edges } = histogram;
  const bins = edges.length - 1;
  const low = edges[0] ?? 0;
  if (bins < 1) return low;
  const part = Math.max(0, Math.min(1, place)) * bins;
  const i = Math.min(bins - 1, Math.floor(part));
  const from = edges[i] ?? low;
  const to = edges[i + 1] ?? from;
  return rounded(from + (to - from) * (part - i), stepAt(histogram, from));
}

/** The smallest step worth taking near a value: a tenth of its bin, as 1, 2 or 5 times a power of ten. */
export function stepAt({ edges, integer }: Bins, value: number): number {
  const bins = edges.length - 1;
  const i = Math.max(0, Math.min(bins - 1, edges.findLastIndex((edge) => edge <= value)));
  const width = (edges[i + 1] ?? 1) - (edges[i] ?? 0);
  const raw = width > 0 ? width / 10 : 1;
  const power = 10 ** Math.floor(Math.log10(raw) + 1e-9);
  const factor = [5, 2, 1].find((one) => one * power <= raw * (1 + 1e-9)) ?? 1;
  const step = factor * power;
  return integer ? Math.max(1, Math.round(step)) : step;
}

/** A value some steps away, on the grid of steps, within the histogram. */
export function stepped(histogram: Bins, value: number, steps: number): number {
  const step = stepAt(histogram, steps < 0 ? value - 1e-12 * Math.abs(value) : value);
  const next = rounded(value + steps * step, step);
  const low = histogram.edges[0] ?? next;
  const high = histogram.edges.at(-1) ?? next;
  // A threshold may stand outside of what there is; it is not pulled in by a step towards it.
  return Math.max(Math.min(low, value), Math.min(Math.max(high, value), next));
}

function rounded(value: number, step: number): number {
  const digits = Math.max(0, -Math.floor(Math.log10(step) + 1e-9));
  return Number((Math.round(value / step) * step).toFixed(Math.min(12, digits)));
}

/**
 * How far right of its value an end is drawn: of whole numbers, "> 0" begins at 1, and "at most 5"
 * takes in the bar of 5.
 */
export function nudgeOf({ integer }: Bins, handle: Handle, end: number): number {
  if (!integer) return 0;
  const upper = handle.side === "range" ? end === 1 : handle.op === ">" || handle.op === "<=";
  return upper ? 1 : 0;
}

/** Ends of a handle on the axis: one for a threshold, two for a range. */
export function endsOf(handle: Handle): number[] {
  return typeof handle.value === "number" ? [handle.value] : [...handle.value];
}

/** A handle's value with one end moved; ends do not cross. */
export function withEnd(handle: Handle, end: number, value: number): number | [number, number] {
  if (typeof handle.value === "number") return value;
  const [low, high] = handle.value;
  return end === 0 ? [Math.min(value, high), high] : [low, Math.max(value, low)];
}

/** Parts of the axis (0 to 1) in which the rule drops rows by this handle. */
export function droppedZones(histogram: Bins, kind: "keep" | "drop" | "select", handle: Handle): Zone[] {
  if (handle.side === "point") return [];
  const [a = 0, b = a] = endsOf(handle).map((value, end) => placeOf(histogram, value + nudgeOf(histogram, handle, end)));
  const inside: Zone[] = handle.side === "range" ? [{ from: a, to: b }] : handle.side === "min" ? [{ from: a, to: 1 }] : [{ from: 0, to: a }];
  return kind === "drop" ? inside : outside(inside);
}

function outside(zones: readonly Zone[]): Zone[] {
  const out: Zone[] = [];
  let at = 0;
  for (const { from, to } of zones) {
    if (from > at) out.push({ from: at, to: from });
    at = Math.max(at, to);
  }
  if (at < 1) out.push({ from: at, to: 1 });
  return out;
}
