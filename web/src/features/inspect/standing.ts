/** Where a row stands among all rows. */
import { measure } from "@/lib/format";
import type { Bins } from "./data";
import type { Output } from "./types";

/** Whether rows below or above this one are few: 0 in the middle, 1 at either end. */
export function extremity({ percentile }: Output): number {
  return percentile === null ? 0 : Math.abs(percentile - 50) / 50;
}

/** The outputs that tell this row apart, in their own order; the others. */
export function standouts(outputs: readonly Output[], most: number): { shown: Output[]; rest: Output[] } {
  if (outputs.length <= most + 2) return { shown: [...outputs], rest: [] };
  const told = (output: Output) => output.value !== null && (output.percentile === null || (typeof output.value === "number" && output.value !== output.median));
  const chosen = new Set(
    outputs
      .filter(told)
      .toSorted((a, b) => rank(b) - rank(a))
      .slice(0, most),
  );
  // A row that is like all others (or alone) still shows something.
  if (chosen.size === 0) return { shown: outputs.slice(0, most), rest: outputs.slice(most) };
  return { shown: outputs.filter((output) => chosen.has(output)), rest: outputs.filter((output) => !chosen.has(output)) };
}

/** A word or a truth always tells more than a number in the middle. */
function rank(output: Output): number {
  return output.percentile === null ? 0.6 : extremity(output);
}

/** Index of the bin that holds a value; null where it is in none. */
export function binOf({ edges, all }: Bins, value: number): number | null {
  const last = all.length - 1;
  if (last < 0 || value < (edges[0] ?? 0) || value > (edges[last + 1] ?? 0)) return null;
  return Math.min(last, Math.max(0, edges.findLastIndex((edge) => edge <= value)));
}

/** "higher than 97 % of rows", "lower than 94 %", "near the middle". */
export function standing(percentile: number): string {
  if (percentile >= 99.5) return "among the highest";
  if (percentile <= 0.5) return "among the lowest";
  if (percentile >= 75) return `above ${Math.floor(percentile)} % of rows`;
  if (percentile <= 25) return `below ${Math.floor(100 - percentile)} % of rows`;
  return "near the middle";
}

export function shown(value: unknown, unit: string | null = null): string {
  if (value === null || value === undefined) return "–";
  if (typeof value === "number") return unit ? `${measure(value)} ${unit}` : measure(value);
  if (typeof value === "boolean") return value ? "yes" : "no";
  if (typeof value === "string") return value === "" ? "(empty)" : value;
  return JSON.stringify(value);
}
