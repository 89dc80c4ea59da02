/** One row, as `GET /api/datasets/D/row/ID` tells it. */
import type { FindingState } from "@/api";
import type { Span } from "@/ui";

export interface Output {
  column: string;
  label: string;
  value: unknown;
  kind: string;
  /** Share of rows at or below, 0 to 100; null where it is no number. */
  percentile: number | null;
  median: number | null;
  unit: string | null;
}

export interface SignalGroup {
  op: string;
  version: string | null;
  outputs: Output[];
}

export interface Verdict {
  rule: string;
  value: unknown;
  threshold: unknown;
  verdict: "keep" | "drop";
  reason: string;
}

export interface RowRef {
  id: string;
  row: number;
  snippet: string;
  similarity?: number;
}

export type LineageStep = Record<string, unknown> & { step: string; run?: string | null; time?: string | null };

export interface RowDetail {
  id: string;
  row: number;
  dataset: string;
  table_version: number;
  /** A text was too long for one answer; `…/text` gives all of it. */
  cut?: boolean;
  values: Record<string, unknown>;
  signals: SignalGroup[];
  spans: { column: string; label: string; spans: Span[] }[];
  verdicts: { version: string; kept: boolean; rules: Verdict[] } | null;
  lineage: LineageStep[];
  neighbors: RowRef[] | null;
  duplicates: { exact: RowRef[] };
  findings: { id: string; check: string; title: string; state: FindingState }[];
  tags: string[];
  labels: { field: string; value: string; by: string; time: string }[];
  in_view?: boolean;
  previous: string | null;
  next: string | null;
}
