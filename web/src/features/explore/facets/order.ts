/** Facets in groups, what explains the rows in view first. */
import type { Column } from "@/api";
import { isNumeric, type Facet } from "../types";

export interface Group {
  /** The op; "" for columns that came with the data. */
  name: string;
  facets: Facet[];
}

/** What says nothing is left out, unless a filter stands on it. */
export function shownFacets(facets: readonly Facet[], filtered: ReadonlySet<string>): Facet[] {
  return facets.filter((facet) => facet.hidden === null || filtered.has(facet.column));
}

const NAMES_A_ROW = new Set(["id", "content_id", "text"]);

/** Columns of the data whose values mostly differ: no list of counts, but they can be searched. */
export function manyValued(columns: readonly Pick<Column, "name" | "kind" | "input" | "facet">[], facets: readonly Facet[]): string[] {
  const alike = new Set(facets.filter((facet) => facet.hidden === "id-like").map((facet) => facet.column));
  const uncounted = (column: Pick<Column, "kind" | "input" | "facet">) => column.input && !column.facet && (column.kind === "text" || column.kind === "id");
  return columns.filter((column) => !NAMES_A_ROW.has(column.name) && (alike.has(column.name) || uncounted(column))).map((column) => column.name);
}

/**
 * How much a facet tells about the rows in view, in bits: the Kullback-Leibler divergence of their
 * values from those of all rows, rows without a value counted as one more value. What so few rows
 * would show by chance alone (k - 1 degrees of freedom) is taken off.
 */
export function relevanceOf(facet: Facet): number {
  const bins: [all: number, view: number][] = isNumeric(facet)
    ? facet.all.map((n, i) => [n, facet.view[i] ?? 0])
    : [...facet.values.map(({ all, view }): [number, number] => [all, view]), [facet.other.all, facet.other.view]];
  bins.push([facet.nulls.all, facet.nulls.view]);
  const all = bins.reduce((sum, [n]) => sum + n, 0);
  const view = bins.reduce((sum, [, n]) => sum + n, 0);
  if (view === 0 || view === all) return 0;
  const bits = bins.reduce((sum, [a, v]) => (v > 0 && a > 0 ? sum + (v / view) * Math.log2((v * all) / (view * a)) : sum), 0);
  const chance = (bins.filter(([n]) => n > 0).length - 1) / (2 * Math.LN2 * view);
  return Math.max(0, bits - chance);
}

/** What was chosen on first, then by the most telling facet of each group and within; ties stay in column order. */
export function orderFacets(facets: readonly Facet[], chosen: ReadonlySet<string> = new Set()): Group[] {
  // A facet leaves out what was chosen on it, so it may tell nothing itself.
  const told = new Map(facets.map((facet) => [facet.column, chosen.has(facet.column) ? Infinity : relevanceOf(facet)]));
  const of = (facet: Facet) => told.get(facet.column) ?? 0;
  const byGroup = new Map<string, Facet[]>();
  for (const facet of facets) byGroup.set(facet.group, [...(byGroup.get(facet.group) ?? []), facet]);
  const groups = [...byGroup].map(([name, list]) => ({
    name,
    facets: list.toSorted((a, b) => compare(of(b), of(a))),
  }));
  const most = ({ facets }: Group) => Math.max(0, ...facets.map(of));
  return groups.sort((a, b) => compare(most(b), most(a)));
}

/** The same facets with new numbers, in the order of before: nothing jumps under the pointer. */
export function keepOrder(before: readonly Group[], facets: readonly Facet[]): Group[] {
  const place = new Map(before.flatMap((group) => group.facets.map((facet) => facet.column)).map((column, i) => [column, i]));
  const rank = (facet: Facet) => place.get(facet.column) ?? Infinity;
  const groups = new Map(before.map((group): [string, Facet[]] => [group.name, []]));
  for (const facet of facets.toSorted((a, b) => compare(rank(a), rank(b)))) {
    const list = groups.get(facet.group) ?? [];
    list.push(facet);
    groups.set(facet.group, list);
  }
  return [...groups].map(([name, list]) => ({ name, facets: list })).filter((group) => group.facets.length > 0);
}

/** Infinity minus Infinity is no order. */
function compare(a: number, b: number): number {
  return a === b ? 0 : a - b;
}
