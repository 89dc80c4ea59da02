import { expect, test } from "vitest";
import { leaksIn, locate } from "./leaks";

test("an excerpt is found however its spaces were folded", () => {
  const text = "😀 Before.\n\nHow many   (apples)\nare left? After.";
  const found = locate(text, "…How many (apples) are left?…");
  expect([...text].slice(found?.start, found?.end).join("")).toBe("How many   (apples)\nare left?");
});

test("what is not there, or empty, is not found", () => {
  expect(locate("abc", "…abd…")).toBeNull();
  expect(locate("abc", "……")).toBeNull();
});

test("only leaks of this row are marked", () => {
  const finding = {
    check: "leak.benchmark",
    evidence: { file: "/evals/gsm8k.jsonl", examples: [{ id: "1", text: "two plus two", coverage: 1 }, { id: "2", text: "one", coverage: 1 }] },
  };
  expect(leaksIn("1", "one: two plus two", [finding])).toEqual([{ start: 5, end: 17, label: "leak from gsm8k.jsonl", score: 1 }]);
  expect(leaksIn("3", "one", [finding])).toEqual([]);
  expect(leaksIn("1", "one", [{ check: "pii.found", evidence: {} }])).toEqual([]);
});
