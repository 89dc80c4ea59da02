import { expect, test } from "vitest";
import { entryOf, read, written } from "./params";
import type { Selector } from "./types";

const selector: Selector = {
  name: "dedup.near",
  description: "",
  params: [
    { name: "threshold", default: 0.8, type: "float" },
    { name: "by", default: null, type: "NoneType" },
    { name: "fields", default: ["text"], type: "list" },
    { name: "exact", default: false, type: "bool" },
  ],
  needs: [],
};

test("what is empty or as by default is not written", () => {
  expect(entryOf(selector, { threshold: "0.8", by: " ", fields: "text", exact: "false" })).toEqual({ select: "dedup.near" });
});

test("values have their kinds", () => {
  expect(entryOf(selector, { threshold: "0.9", by: "stats.words", fields: "text, title", exact: "true" })).toEqual({
    select: "dedup.near", threshold: 0.9, by: "stats.words", fields: ["text", "title"], exact: true,
  });
});

test("a value read is the value written", () => {
  const param = { name: "x", default: null, type: "NoneType" };
  for (const value of [1, 0.25, -3, true, "words"]) expect(read(written(value), param)).toBe(value);
});
