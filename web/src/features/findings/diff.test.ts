import fc from "fast-check";
import { expect, test } from "vitest";
import { compare } from "./diff";

test("the words that differ are marked", () => {
  const { a, b } = compare("see docs/start.md) to build", "see docs/start.md/) to build");
  expect(a.filter((piece) => piece.changed)).toEqual([]);
  expect(b.filter((piece) => piece.changed)).toEqual([{ text: "/", changed: true }]);
});

test("nothing in common, nothing at all", () => {
  expect(compare("a", "b").a).toEqual([{ text: "a", changed: true }]);
  expect(compare("", "")).toEqual({ a: [], b: [] });
});

test("both texts come out whole, and what is not marked is equal", () => {
  const short = fc.string({ unit: "grapheme", maxLength: 60 });
  fc.assert(
    fc.property(short, short, (x, y) => {
      const { a, b } = compare(x, y);
      expect(a.map((piece) => piece.text).join("")).toBe(x);
      expect(b.map((piece) => piece.text).join("")).toBe(y);
      const same = (all: typeof a) => all.filter((piece) => !piece.changed).map((piece) => piece.text).join("");
      expect(same(a)).toBe(same(b));
    }),
  );
});
