import fc from "fast-check";
import { expect, test } from "vitest";
import { segments } from "./spans";

test("plain text is one segment", () => {
  expect(segments("abc", [])).toEqual([{ text: "abc", spans: [] }]);
  expect(segments("", [])).toEqual([]);
});

test("overlapping spans are cut where they begin and end", () => {
  const a = { start: 0, end: 4, label: "a" };
  const b = { start: 2, end: 6, label: "b" };
  expect(segments("abcdefg", [b, a])).toEqual([
    { text: "ab", spans: [a] },
    { text: "cd", spans: [a, b] },
    { text: "ef", spans: [b] },
    { text: "g", spans: [] },
  ]);
});

test("offsets are code points, not UTF-16 units", () => {
  const span = { start: 2, end: 3, label: "x" };
  expect(segments("😀😀x!", [span])).toEqual([
    { text: "😀😀", spans: [] },
    { text: "x", spans: [span] },
    { text: "!", spans: [] },
  ]);
});

test("whatever the spans, the text comes out whole", () => {
  const span = fc.record({ start: fc.integer({ min: -5, max: 40 }), end: fc.integer({ min: -5, max: 40 }), label: fc.string() });
  fc.assert(
    fc.property(fc.string({ unit: "grapheme" }), fc.array(span), (text, spans) => {
      expect(segments(text, spans).map((segment) => segment.text).join("")).toBe(text);
    }),
  );
});
