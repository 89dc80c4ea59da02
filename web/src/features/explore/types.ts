/** What the server answers to Explore's questions. */
import type { ColumnKind } from "@/api";

export interface ValueCount {
  value: string | boolean;
  all: number;
  view: number;
}

interface FacetHead {
  column: string;
  label: string;
  group: string;
  nulls: { all: number; view: number };
  /** How much the rows in view differ from all: 0 to 1. */
  relevance: number;
  hidden: "constant" | "id-like" | "empty" | null;
}

export interface NumberFacet extends FacetHead {
  kind: "number" | "date";
  min: number | null;
  max: number | null;
  integer: boolean;
  scale: "linear" | "log";
  edges: number[];
  all: number[];
  view: number[];
  stats: { min: number; max: number; mean: number; median: number } | null;
}

export interface ValueFacet extends FacetHead {
  kind: Exclude<ColumnKind, "number" | "date">;
  distinct: number;
  values: ValueCount[];
  other: { distinct: number; all: number; view: number };
}

export type Facet = NumberFacet | ValueFacet;

export function isNumeric(facet: Facet): facet is NumberFacet {
  return facet.kind === "number" || facet.kind === "date";
}

export interface MapState {
  state: "ready" | "missing" | "stale" | "running" | "none";
  job: string | null;
  embedding: string | null;
  embeddings: string[];
  method: "umap" | "pca" | null;
  rows: number;
  placed: number;
  xy: string | null;
  clusters: Topic[];
}

/** A topic of the map, or a part of the topic whose id is `parent`. */
export interface Topic {
  id: number;
  level: "topic" | "subtopic";
  parent: number | null;
  label: string;
  terms: string[];
  by: "terms" | "model" | "person";
  count: number;
  x: number;
  y: number;
}

export interface Legend {
  column: string;
  label: string;
  kind: "category" | "number" | "date";
  missing: { code: number; rows: number };
  entries: { code: number; value: string | boolean; rows: number }[] | null;
  other: { code: number; distinct: number; rows: number } | null;
  min: number | null;
  max: number | null;
  scale: "linear" | "log" | null;
}

export interface Tagged {
  tag: string;
  changed: number;
  rows: number;
  undo: string;
}
