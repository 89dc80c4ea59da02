import { expect, test } from "vitest";
import type { Gap } from "@/api";
import { chosen, isChosen, typedRows } from "./choice";

const gap = (id: string, sure: boolean) => ({ id, sure }) as Gap;

test("sure gaps are in and others out, until somebody decides", () => {
  const gaps = [gap("a", true), gap("b", false), gap("c", true), gap("d", true)];
  expect(chosen(gaps, {})).toEqual(["a", "c", "d"]);
  expect(chosen(gaps, { a: false, b: true, c: 30 })).toEqual(["b", "c:30", "d"]);
  expect(isChosen(gap("a", true), { a: 0 })).toBe(true);
});

test("a number of rows may be grouped, and nothing else", () => {
  expect(typedRows("1,200")).toBe(1200);
  expect(typedRows(" 7 ")).toBe(7);
  for (const wrong of ["", "-1", "1.5", "1e3", "two", "99999999999"]) expect(typedRows(wrong)).toBeNull();
});
