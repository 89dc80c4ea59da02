import { expect, test } from "vitest";
import { byEntry, reasons } from "./funnel";
import type { CompiledRule, Preview, RulePreview } from "./types";

const rule = (name: string, dropped: number, remaining: number, state: RulePreview["state"] = "exact"): RulePreview => ({
  name, kind: "keep", text: name, state, failing: dropped, dropped, dropped_tokens: dropped * 10, only: 0, error: null, needs: null,
  remaining, remaining_tokens: remaining * 10, histogram: null,
});
const preview: Preview = {
  preview_key: "k", rows_in: 100, kept: 60, tokens_in: 1000, tokens_kept: 600, exact: false,
  rules: [rule("a", 10, 90), rule("f1", 5, 85), rule("f2", 0, 85, "estimate"), rule("s", 25, 60, "pending")],
  samples: null, job: null,
};
const compiled = [0, 1, 1, 3].map((index) => ({ index }) as CompiledRule);

test("a family is one step, an entry without rules leaves everything", () => {
  const steps = byEntry(4, compiled, preview);
  expect(steps.map((step) => [step.dropped, step.remaining])).toEqual([[10, 90], [5, 85], [0, 85], [25, 60]]);
  expect(steps.map((step) => step.state)).toEqual(["exact", "estimate", "exact", "pending"]);
});

test("what is dropped and what is left add up to what came in", () => {
  const steps = byEntry(4, compiled, preview);
  expect(steps.reduce((total, step) => total + step.dropped, 0) + (steps.at(-1)?.remaining ?? 0)).toBe(preview.rows_in);
});

test("tokens are not known where none were counted", () => {
  const without = { ...preview, tokens_in: null, rules: preview.rules.map((one) => ({ ...one, dropped_tokens: null, remaining_tokens: null })) };
  expect(byEntry(4, compiled, without).map((step) => step.droppedTokens)).toEqual([null, null, 0, null]);
});

test("reasons come worst first, without rules that drop nothing", () => {
  expect(reasons(preview).map((one) => one.rule)).toEqual(["s", "a", "f1"]);
});
