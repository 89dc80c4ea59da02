import { expect, test } from "vitest";
import { cameWith } from "./cameWith";

test("what a row came with is found in its columns and inside of them", () => {
  const row = { intent: "pay", stars: 0, meta: { ok: false, lang: { code: "pt" } }, "a.b": { c: "dotted" } };
  expect(cameWith(row, "intent")).toBe("pay");
  expect(cameWith(row, "stars")).toBe("0");
  expect(cameWith(row, "meta.ok")).toBe("false");
  expect(cameWith(row, "meta.lang.code")).toBe("pt");
  expect(cameWith(row, "a.b.c")).toBe("dotted");
});

test("a field of its own has no value before it was answered", () => {
  const row = { intent: null, meta: { list: ["a"] }, text: "x" };
  for (const field of ["tone", "intent", "meta.none", "meta.list", "meta", "text.length", "constructor", "meta.toString"]) expect(cameWith(row, field), field).toBeNull();
});
