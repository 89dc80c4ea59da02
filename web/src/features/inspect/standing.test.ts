import { expect, test } from "vitest";
import { binOf, shown, standing, standouts } from "./standing";
import type { Output } from "./types";

const output = (column: string, value: unknown, percentile: number | null, median: number | null = 5): Output => ({
  column, label: column, value, kind: percentile === null ? "category" : "number", percentile, median, unit: null,
});

test("those at the ends are shown, in their own order", () => {
  const outputs = [
    output("middle", 5.1, 51), output("low", 1, 1), output("usual", 5, 98), output("word", "en", null),
    output("high", 9, 99), output("near", 6, 60),
  ];
  const { shown: first, rest } = standouts(outputs, 3);
  expect(first.map((one) => one.column)).toEqual(["low", "word", "high"]);
  expect(rest.map((one) => one.column)).toEqual(["middle", "usual", "near"]);
});

test("a few are all shown", () => {
  expect(standouts([output("a", 1, 50), output("b", 1, 50)], 1).rest).toEqual([]);
});

test("a row like all others shows the first", () => {
  const same = Array.from({ length: 9 }, (_, i) => output(String(i), 5, 50));
  expect(standouts(same, 3).shown.map((one) => one.column)).toEqual(["0", "1", "2"]);
});

test("a value is in the bin that begins at or below it", () => {
  const bins = { edges: [0, 10, 20], all: [3, 4] };
  expect([0, 9.9, 10, 20, -1, 21].map((value) => binOf(bins, value))).toEqual([0, 0, 1, 1, null, null]);
  expect(binOf({ edges: [], all: [] }, 1)).toBeNull();
});

test("words for where a row stands", () => {
  expect([99.9, 97.2, 50, 6, 0].map(standing)).toEqual([
    "among the highest", "above 97 % of rows", "near the middle", "below 94 % of rows", "among the lowest",
  ]);
});

test("values of any kind have words", () => {
  expect([null, true, "", 0.61, { a: 1 }].map((value) => shown(value))).toEqual(["–", "yes", "(empty)", "0.61", '{"a":1}']);
});
