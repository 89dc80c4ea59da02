import fc from "fast-check";
import { describe, expect, test } from "vitest";
import * as d from "./draft";
import type { Entry, Recipe } from "./types";

const recipe: Recipe = {
  name: "clean",
  input: "demo",
  rules: [{ name: "short", keep: "words >= 20" }, { use: "gopher.quality" }, { select: "dedup.near", threshold: 0.8 }],
};
const draft = d.fromRecipe(recipe);
const ids = (x: d.Draft) => x.rules.map((rule) => rule.id);

const entries: fc.Arbitrary<Entry> = fc.oneof(
  fc.record({ keep: fc.string({ minLength: 1 }) }),
  fc.record({ name: fc.string({ minLength: 1 }), drop: fc.string({ minLength: 1 }) }),
  fc.record({ select: fc.constant("sample"), n: fc.nat() }),
);
const recipes: fc.Arbitrary<Recipe> = fc.record({
  name: fc.constant("a"), input: fc.constant("b"), rules: fc.array(entries, { maxLength: 6 }),
});

test("a recipe comes back as it was", () => {
  fc.assert(fc.property(recipes, (some) => {
    expect(d.toRecipe(d.fromRecipe(some))).toEqual(some);
  }));
});

test("rules that are off are left out, and come back on", () => {
  const off = d.toggle(draft, 2);
  expect(d.toRecipe(off).rules).toEqual([recipe.rules[0], recipe.rules[2]]);
  expect(d.toRecipe(d.toggle(off, 2))).toEqual(recipe);
});

test("a rule that is handed over is added once, under a name of its own", () => {
  const one = { drop: "selection:a1", name: "chosen by hand" };
  const other = { drop: "selection:b2", name: "chosen by hand" };
  const both = [one, one, other].reduce(d.addOnce, draft);
  expect(d.toRecipe(both).rules.slice(3)).toEqual([one, { ...other, name: "chosen by hand 2" }]);
});

describe("merging a recipe that was typed", () => {
  test("gives that recipe, whatever was there", () => {
    fc.assert(
      fc.property(recipes, recipes, fc.array(fc.nat(5)), (a, b, offs) => {
        const before = offs.reduce(d.toggle, d.fromRecipe(a));
        const merged = d.merge(before, b);
        expect(d.toRecipe(merged)).toEqual(b);
        expect(new Set(ids(merged)).size).toBe(merged.rules.length);
        expect(merged.rules.filter((rule) => rule.off)).toEqual(before.rules.filter((rule) => rule.off));
      }),
    );
  });

  test("a changed rule stays the same rule", () => {
    const rules = recipe.rules.with(0, { name: "short", keep: "words >= 30" });
    expect(ids(d.merge(draft, { ...recipe, rules }))).toEqual([1, 2, 3]);
  });

  test("rules that only moved stay the same rules", () => {
    const rules = [...recipe.rules].reverse();
    expect(ids(d.merge(draft, { ...recipe, rules }))).toEqual([3, 2, 1]);
  });

  test("a rule that is off stays behind its neighbor", () => {
    const off = d.toggle(draft, 2);
    const merged = d.merge(off, { ...recipe, rules: [{ keep: "lang == 1" }, ...d.toRecipe(off).rules] });
    expect(merged.rules.map((rule) => [d.textOf(rule.entry), rule.off])).toEqual([
      ["lang == 1", false], ["words >= 20", false], ["gopher.quality", true], ["dedup.near", false],
    ]);
  });
});

test("rules move within the ends", () => {
  expect(ids(d.shift(draft, 1, 1))).toEqual([2, 1, 3]);
  expect(ids(d.shift(draft, 1, 9))).toEqual([2, 3, 1]);
  expect(d.shift(draft, 1, -1)).toBe(draft);
});

test("a rule is put right before another", () => {
  expect(ids(d.place(draft, 3, 1))).toEqual([3, 1, 2]);
  expect(ids(d.place(draft, 1, 3))).toEqual([2, 1, 3]);
  expect(d.place(draft, 1, 2)).toBe(draft);
  expect(d.place(draft, 9, 1)).toBe(draft);
});

test("an empty name is no name", () => {
  expect(d.rename(draft, 1, " ").rules[0]?.entry).toEqual({ keep: "words >= 20" });
  expect(d.rename(draft, 2, "prose").rules[1]?.entry).toEqual({ name: "prose", use: "gopher.quality" });
});

test("a selector with a parameter `keep` is a selector", () => {
  expect(d.formOf({ select: "dedup.near", keep: "first" })).toBe("select");
  expect(d.paramsOf({ select: "dedup.near", keep: "first", name: "x" })).toEqual({ keep: "first" });
});

test("a fix is known by what it says, not by its name or the order of its fields", () => {
  expect(d.includes(draft, { threshold: 0.8, select: "dedup.near", name: "other" })).toBe(true);
  expect(d.includes(draft, { select: "dedup.near", threshold: 0.9 })).toBe(false);
});

test("a stored draft is read back, anything else is not", () => {
  expect(d.revive(JSON.stringify(draft))).toEqual(draft);
  for (const text of [null, "", "{", "null", "[]", '{"name":"a","input":"b","rules":[1]}']) expect(d.revive(text)).toBeNull();
});

test("names of versions", () => {
  expect(d.nameProblem("clean-2.1")).toBeNull();
  for (const bad of ["", "-a", "a b", "a/b", "a@b"]) expect(d.nameProblem(bad)).not.toBeNull();
});
