import fc from "fast-check";
import { expect, test } from "vitest";
import type { Facet } from "../types";
import { keepOrder, manyValued, orderFacets, relevanceOf, shownFacets } from "./order";

function category(column: string, counts: [all: number, view: number][], extra: Partial<Facet> = {}): Facet {
  return {
    column,
    label: column,
    group: "",
    kind: "category",
    nulls: { all: 0, view: 0 },
    relevance: 0,
    hidden: null,
    distinct: counts.length,
    values: counts.map(([all, view], i) => ({ value: String(i), all, view })),
    other: { distinct: 0, all: 0, view: 0 },
    ...extra,
  } as Facet;
}

const names = (facets: readonly Facet[]) => orderFacets(facets).flatMap((group) => group.facets.map((facet) => facet.column));

test("what tells the rows in view apart comes first", () => {
  const even = category("even", [[500, 100], [500, 100]]);
  const split = category("split", [[500, 200], [500, 0]]);
  const some = category("some", [[500, 140], [500, 60]]);
  expect(names([even, some, split])).toEqual(["split", "some", "even"]);
});

test("what was chosen on comes first, though it leaves its own filter out", () => {
  const even = category("even", [[500, 500], [500, 500]]);
  const also = category("also", [[500, 500], [500, 500]]);
  const split = category("split", [[500, 200], [500, 0]]);
  expect(orderFacets([split, even, also], new Set(["even", "also"]))[0]?.facets.map((facet) => facet.column)).toEqual(["even", "also", "split"]);
});

test("a view of everything leaves columns in their order", () => {
  const facets = ["a", "b", "c"].map((name) => category(name, [[10, 10], [20, 20]]));
  expect(names(facets)).toEqual(["a", "b", "c"]);
});

test("five odd values among many rows without one say little", () => {
  const rare = category("rare", Array.from({ length: 19 }, (_, i) => [15, i < 5 ? 1 : 0]), { nulls: { all: 1473, view: 428 } });
  const clear = category("clear", [[630, 0], [493, 328], [630, 105]]);
  expect(names([rare, clear])).toEqual(["clear", "rare"]);
});

test("relevance is a number from 0, whatever is counted", () => {
  const bin = fc.nat(1000).chain((all) => fc.tuple(fc.constant(all), fc.nat(all)));
  fc.assert(
    fc.property(fc.array(bin), (bins) => {
      const bits = relevanceOf(category("c", bins));
      expect(Number.isFinite(bits) && bits >= 0).toBe(true);
    }),
  );
});

test("groups go by their most telling facet", () => {
  const dull = category("dull", [[10, 5], [10, 5]], { group: "a" });
  const telling = category("telling", [[100, 100], [100, 0]], { group: "b" });
  expect(orderFacets([dull, telling]).map((group) => group.name)).toEqual(["b", "a"]);
});

test("while the pointer is there, new numbers change no places", () => {
  const before = orderFacets([category("a", [[100, 100], [100, 0]]), category("b", [[100, 50], [100, 50]])]);
  const after = keepOrder(before, [category("new", [[1, 1]]), category("b", [[100, 100], [100, 0]]), category("a", [[100, 50], [100, 50]])]);
  expect(after.flatMap((group) => group.facets.map((facet) => facet.column))).toEqual(["a", "b", "new"]);
});

test("columns of mostly different values can be searched; ids of rows, the text and signals are left out", () => {
  const column = (name: string, kind: "text" | "id" | "category", { input = true, facet = false } = {}) => ({ name, kind, input, facet });
  const columns = [column("id", "id"), column("text", "text"), column("intent", "text"), column("isbn", "id"), column("tone", "category", { facet: true }), column("url", "category", { facet: true }), column("summary", "text", { input: false })];
  const facets = [category("tone", [[1, 1]]), category("url", [], { hidden: "id-like" })];
  expect(manyValued(columns, facets)).toEqual(["intent", "isbn", "url"]);
});

test("constant and id-like columns are hidden, unless they are filtered", () => {
  const facets = [category("id", [], { hidden: "id-like" }), category("x", [[1, 1]])];
  expect(shownFacets(facets, new Set()).map((facet) => facet.column)).toEqual(["x"]);
  expect(shownFacets(facets, new Set(["id"])).map((facet) => facet.column)).toEqual(["id", "x"]);
});
