import { expect, test } from "vitest";
import { rank } from "./rank";

const LABELS = ["Color by Content type", "Copy as Python", "Color by Unspaced words", "Color by Words", "Select all rows in view", "Light or dark"];
const found = (text: string, also = "") =>
  LABELS.map((label) => ({ label, score: rank(text, label, also) }))
    .filter(({ score }) => score > 0)
    .sort((a, b) => b.score - a.score)
    .map(({ label }) => label);

test("what begins so comes first, and the shorter of equals", () => {
  expect(found("copy")).toEqual(["Copy as Python"]);
  expect(found("words")).toEqual(["Color by Words", "Color by Unspaced words"]);
  expect(found("python")).toEqual(["Copy as Python"]);
});

test("words come in any order, halves and first letters are found, scattered letters are not", () => {
  expect(found("words color")).toEqual(["Color by Words", "Color by Unspaced words"]);
  expect(found("nspac")).toEqual(["Color by Unspaced words"]);
  expect(found("cap")).toEqual(["Copy as Python"]);
  expect(found("save")).toEqual([]);
});

test("other words of a command count for less than its name", () => {
  expect(rank("theme", "Light or dark", "View theme")).toBeGreaterThan(0);
  expect(rank("theme", "Theme")).toBeGreaterThan(rank("theme", "Light or dark", "View theme"));
});
