/** Recipes and what the server says of them. */

/** An entry of `rules:`: keep, drop, use or select, with a name and the selector's parameters. */
export type Entry = Readonly<Record<string, unknown>>;
export type Form = "keep" | "drop" | "use" | "select";

export interface Recipe {
  name: string;
  input: string;
  description?: string;
  signals?: readonly unknown[];
  rules: readonly Entry[];
  seed?: number;
}

/** A number in a rule that can be dragged. */
export interface Handle {
  id: number;
  /** Canonical text of what is held against it. */
  subject: string;
  op: string;
  value: number | readonly [number, number];
  side: "min" | "max" | "range" | "point";
}

export interface CompiledRule {
  /** Of the entry in the recipe; a family gives several rules. */
  index: number;
  name: string;
  kind: "keep" | "drop" | "select";
  text: string;
  names: string[];
  handles: Handle[];
}

export interface Parsed {
  recipe: Recipe;
  yaml: string;
  rules: CompiledRule[];
}

export interface RuleHistogram {
  subject: string;
  scale: "linear" | "log";
  integer: boolean;
  edges: number[];
  all: number[];
  /** Rows that all earlier rules keep. */
  alive: number[];
  handles: Handle[];
  nulls: number;
}

export interface RulePreview {
  name: string;
  kind: "keep" | "drop" | "select";
  text: string;
  state: "exact" | "estimate" | "pending" | "needs" | "error";
  error: { what: string; remedy?: string | null } | null;
  needs: string[] | null;
  /** Rows it drops, whatever the others say. */
  failing: number;
  /** Rows that fail here first. */
  dropped: number;
  dropped_tokens: number | null;
  /** Rows that would be kept but for this rule. */
  only: number;
  remaining: number;
  remaining_tokens: number | null;
  histogram: RuleHistogram | null;
}

export interface Sample {
  id: string;
  row: number;
  value: number | null;
  snippet: string;
  reason: string | null;
}

export interface Preview {
  preview_key: string;
  rows_in: number;
  kept: number;
  tokens_in: number | null;
  tokens_kept: number | null;
  exact: boolean;
  rules: RulePreview[];
  /** Rows that one rule keeps and drops; `near`: those nearest to its threshold. Null where there is no rule. */
  samples: { rule: string; subject: string | null; near: boolean; kept: Sample[]; dropped: Sample[] } | null;
  job: string | null;
}

export interface Family {
  name: string;
  definitions: string[];
  description: string;
  source: string;
  rules: { name: string; keep: string }[];
}

export interface Selector {
  name: string;
  description: string;
  params: { name: string; default: unknown; type: string }[];
  needs: string[];
}

export interface Curated {
  input: { name: string; rows: number };
  output: { name: string; rows: number };
  dropped: Record<string, number>;
  /** False: the version was there already, with this outcome of this recipe. */
  made: boolean;
  run: string;
  seconds: number;
}
