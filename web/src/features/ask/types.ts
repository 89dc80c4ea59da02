/** What a job of the kind `ask` ends with. */
import type { Query } from "@/lib/view";

export interface Sample {
  id: string;
  row: number;
  snippet: string;
}

interface Behind {
  title: string;
  /** The dataset or version that it is a view of. */
  dataset: string;
  /** The view that it rests on. */
  view: Partial<Query>;
  count: number;
  total: number;
  code: string;
}

export type Shown =
  | (Behind & { kind: "rows"; data: Sample[] | null })
  | (Behind & { kind: "chart"; data: { column: string; values?: { value: string; rows: number }[]; edges?: number[]; rows?: number[] } })
  | (Behind & { kind: "findings"; data: { id: string; title: string; rows: number }[] });

export interface Answer {
  question: string;
  answer: string;
  /** Whether a tool gave the model anything before it spoke; null where no model spoke. */
  looked: boolean | null;
  shown: Shown[];
  steps: { tool: string; arguments: string; error: string | null }[];
  model: string | null;
  note: string | null;
}
