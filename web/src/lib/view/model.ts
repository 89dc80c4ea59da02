/** The one view: what is looked at, everywhere in the app. Immutable; changed through the store. */

export const OPERATORS = [
  "==", "!=", "<=", ">=", "<", ">", "between", "not in", "in", "contains", "icontains",
  "starts with", "ends with", "matches", "is null", "is not null", "has",
] as const;
export type Operator = (typeof OPERATORS)[number];

export type Scalar = string | number | boolean | null;

/** A condition on a column; the server quotes, nobody builds expressions from data. */
export interface Condition {
  column: string;
  op: Operator;
  value?: Scalar | readonly Scalar[];
  /** For `between`: the high end is excluded (histogram brushes). */
  right?: "open";
}

/**
 * What rows must meet; all filters must hold. A string is an expression (`stats.words > 50`) or a
 * row set: `tag:NAME`, `finding:ID`, `selection:KEY`, `version:NAME`, `dropped:VERSION/RULE`, each
 * optionally after `not `.
 */
export type Filter = string | Condition;

/**
 * Rows ranked by words, by examples, or by both. An example is a row's id, `text:ANY TEXT`, or a
 * filter whose rows are meant (`tag:good`, `selection:KEY`).
 */
export interface Search {
  query?: string;
  like?: readonly string[];
  unlike?: readonly string[];
  mode?: "hybrid" | "text" | "vector";
  /** Vectors to search by, where there are several. */
  embedding?: string;
}

export interface Sort {
  column: string;
  desc: boolean;
}

/** Center and zoom of the map; x and y in 0 to 1, y upwards. */
export interface Camera {
  x: number;
  y: number;
  zoom: number;
}

/** Rows picked inside what the filters leave: some by id, or a selection that the server keeps. */
export type Selection = { ids: readonly string[] } | { key: string };

export interface View {
  /** `name`, or `name@version`; null until one is chosen. */
  dataset: string | null;
  filters: readonly Filter[];
  search: Search | null;
  sort: readonly Sort[];
  selection: Selection | null;
  camera: Camera | null;
  /** Id of the row in focus (Inspect). */
  row: string | null;
  /** The dataset or version that the rows are held against (Gaps); null until one is chosen. */
  beside: string | null;
}

export const EMPTY: View = {
  dataset: null,
  filters: [],
  search: null,
  sort: [],
  selection: null,
  camera: null,
  row: null,
  beside: null,
};

/** The part of a view that decides which rows are in it, and in which order: what the API is sent. */
export type Query = Pick<View, "filters" | "search" | "sort">;

export function queryOf({ filters, search, sort }: Query): Query {
  return { filters, search, sort };
}

/** What Ctrl+Z does not bring back by itself: movement, not change. */
export const MOVEMENT: ReadonlySet<keyof View> = new Set(["camera", "row"]);

export function same<T>(a: T, b: T): boolean {
  return a === b || JSON.stringify(a) === JSON.stringify(b);
}

/** The filter on `column`, if there is one made of a condition (a facet's, not a typed one). */
export function conditionOn(filters: readonly Filter[], column: string): Condition | null {
  return filters.find((filter): filter is Condition => typeof filter !== "string" && filter.column === column) ?? null;
}

/** A filter in words, until the server's own label is there. */
export function filterText(filter: Filter): string {
  if (typeof filter === "string") return filter;
  const { column, op, value } = filter;
  if (op === "is null" || op === "is not null") return `${column} ${op}`;
  if (op === "between" && Array.isArray(value)) return `${column} ${String(value[0])} – ${String(value[1])}`;
  return `${column} ${op} ${Array.isArray(value) ? value.map(String).join(", ") : String(value)}`;
}

/** The name without the version, and the version. */
export function splitDataset(dataset: string): { name: string; version: string | null } {
  const at = dataset.indexOf("@");
  if (at < 0) return { name: dataset, version: null };
  return { name: dataset.slice(0, at), version: dataset.slice(at + 1) };
}
