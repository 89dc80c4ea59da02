/** Which gaps are to be filled, and with how many rows: kept in this browser, per pool and target. */
import { create } from "zustand";
import type { Gap, GapsFound } from "@/api";
import { remember, remembered } from "@/lib/storage";

/** What somebody decided about a gap: in or out, or in with so many rows. */
export type Decision = boolean | number;
export type Decisions = Readonly<Record<string, Decision>>;

export const MOST = 1_000_000_000;

const useStored = create<Record<string, Decisions>>(() => ({}));
const NONE: Decisions = {};

export function useDecisions(found: GapsFound): [Decisions, (gap: string, decision: Decision | null) => void] {
  const key = `gaps.${found.pool} ${found.target}`;
  const known = useStored((all) => all[key]);
  const decisions = known ?? recall(key);
  const decide = (gap: string, decision: Decision | null) => {
    const before = useStored.getState()[key] ?? recall(key);
    // Gaps of an earlier comparison are forgotten with the first decision about this one.
    const here = new Set(found.gaps.map((one) => one.id));
    const next = Object.fromEntries(Object.entries(before).filter(([id]) => here.has(id) && id !== gap));
    if (decision !== null) next[gap] = decision;
    useStored.setState({ [key]: next });
    remember(key, Object.keys(next).length > 0 ? JSON.stringify(next) : null);
  };
  return [decisions, decide];
}

/** Sure gaps are in unless they were taken out; the others are in where somebody put them in. */
export function isChosen(gap: Gap, decisions: Decisions): boolean {
  const decision = decisions[gap.id];
  return decision === undefined ? gap.sure : decision !== false;
}

/** The chosen gaps as the server is told: `ID`, or `ID:ROWS` where somebody wrote a number. */
export function chosen(gaps: readonly Gap[], decisions: Decisions): string[] {
  return gaps.filter((gap) => isChosen(gap, decisions)).map((gap) => {
    const decision = decisions[gap.id];
    return typeof decision === "number" ? `${gap.id}:${decision}` : gap.id;
  });
}

/** A whole number of rows as somebody typed it; null where it is none. */
export function typedRows(text: string): number | null {
  const plain = text.replace(/[\s,_]/g, "");
  const rows = /^\d{1,10}$/.test(plain) ? Number(plain) : NaN;
  return rows <= MOST ? rows : null;
}

const recalled = new Map<string, Decisions>();

function recall(key: string): Decisions {
  const known = recalled.get(key) ?? parse(remembered(key));
  recalled.set(key, known);
  return known;
}

function parse(text: string | null): Decisions {
  try {
    const kept: unknown = JSON.parse(text ?? "{}");
    if (typeof kept !== "object" || kept === null || Array.isArray(kept)) return NONE;
    return Object.fromEntries(Object.entries(kept).filter(([, value]) => typeof value === "boolean" || (typeof value === "number" && value >= 0 && value <= MOST))) as Decisions;
  } catch {
    return NONE;
  }
}
