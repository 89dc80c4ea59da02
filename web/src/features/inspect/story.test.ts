import { expect, test } from "vitest";
import { story } from "./story";

test("what one op computed in one run is told once", () => {
  const steps = [
    { step: "curate", recipe: "clean", input: "demo", version: "demo@clean", run: "r3", time: "2026-01-01" },
    { step: "compute", signal: "text.stats.words", op: "text.stats 1", run: "r2" },
    { step: "compute", signal: "text.stats.chars", op: "text.stats 1", run: "r2" },
    { step: "compute", signal: "text.pii.count", op: "text.pii 2", run: "r2" },
    { step: "add", source: "a.jsonl", position: 7, licence: "MIT", run: null },
  ];
  expect(story(steps).map((told) => told.text)).toEqual([
    "Judged by the recipe “clean”: demo → demo@clean",
    "2 signals computed by text.stats 1",
    "text.pii.count computed by text.pii 2",
    "Read from a.jsonl, position 7 (MIT)",
  ]);
});
