/** What each entry of the recipe leaves, from the counts of the rules it gives. */
import type { CompiledRule, Preview, RulePreview } from "./types";

export interface EntryCounts {
  rules: RulePreview[];
  dropped: number;
  droppedTokens: number | null;
  remaining: number;
  remainingTokens: number | null;
  /** The least certain of its rules. */
  state: RulePreview["state"];
}

const CERTAIN: readonly RulePreview["state"][] = ["exact", "estimate", "pending", "needs", "error"];

/** Counts by entry of the recipe; entries that give no rule leave everything. */
export function byEntry(entries: number, compiled: readonly CompiledRule[], preview: Preview): EntryCounts[] {
  let remaining = preview.rows_in;
  let remainingTokens = preview.tokens_in;
  return Array.from({ length: entries }, (_, index) => {
    const rules = preview.rules.filter((_, i) => compiled[i]?.index === index);
    const last = rules.at(-1);
    if (last) {
      remaining = last.remaining;
      remainingTokens = last.remaining_tokens;
    }
    return {
      rules,
      dropped: sum(rules.map((rule) => rule.dropped)) ?? 0,
      droppedTokens: sum(rules.map((rule) => rule.dropped_tokens)),
      remaining,
      remainingTokens,
      state: CERTAIN[Math.max(0, ...rules.map((rule) => CERTAIN.indexOf(rule.state)))] ?? "exact",
    };
  });
}

function sum(values: readonly (number | null)[]): number | null {
  return values.reduce<number | null>((total, value) => (total === null || value === null ? null : total + value), 0);
}

/** Reasons for what is lost, most first. */
export function reasons(preview: Preview): { rule: string; rows: number; tokens: number | null }[] {
  return preview.rules
    .filter((rule) => rule.dropped > 0)
    .map((rule) => ({ rule: rule.name, rows: rule.dropped, tokens: rule.dropped_tokens }))
    .toSorted((a, b) => b.rows - a.rows);
}
