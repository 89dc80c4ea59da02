/** Names for what the API answers. The shapes are generated from openapi.json: `npm run api`. */
import type { Query } from "@/lib/view";
import type { components } from "./schema";

type Shapes = components["schemas"];

export type Summary = Shapes["Summary"];
export type Project = Shapes["ProjectShape"];
export type Column = Shapes["ColumnShape"];
export type ColumnKind = Column["kind"];
export type DatasetDetail = Shapes["Detail"];
export type RuleCount = Shapes["RuleRows"];
export type VersionRef = Shapes["VersionShort"];
export type VersionDetail = Shapes["VersionShape"];
export type Lineage = Shapes["Lineage"];
export type LineageNode = Shapes["LineageNode"];
export type Diff = Shapes["Diff"];
export type DiffSide = Shapes["DiffSide"];
export type Report = Shapes["ReportShape"];
export type ReportNumber = Shapes["NumberShape"];
export type ReportFigure = Shapes["FigureShape"];
export type ReportBars = Shapes["BarsShape"];
export type ReportHistogram = Shapes["HistogramShape"];
export type GapState = Shapes["GapState"];
export type GapsFound = Shapes["FoundShape"];
export type Gap = Shapes["GapShape"];
export type ShoppingList = Shapes["ListShape"];
export type ShoppingItem = Shapes["ItemShape"];
/** The answer to a view: its key, its counts, and its filters in words. */
export type ViewState = Shapes["ViewShape"];
export type SavedView = Omit<Shapes["SavedView"], "view"> & { view: Partial<Query> };
export type Completion = Shapes["Completion"];
export type Facet = Shapes["Facet"];
export type Finding = Shapes["FindingShape"];
export type Findings = Shapes["FindingList"];
export type FindingState = Finding["state"];
export type TriageAction = Shapes["TriageBody"]["action"];
export type Effect = Shapes["Effect"];
export type AnswerField = Shapes["AnswerField"];
/** What a field of a row is said to be; null: nothing, what was said is taken back. */
export type Answer = Shapes["LabelBody"]["value"];
/** Rows that something is done to. */
export type Chosen = { ids: readonly string[] } | { view: string };
export type Job<Result = unknown> = Omit<Shapes["JobShape"], "result" | "error"> & {
  result: Result | null;
  error: Partial<Shapes["ErrorBody"]> | null;
};

/** Sent by itself when something changed. */
export interface Changed {
  /** Null: it may be about any of them. */
  dataset: string | null;
  what: "rows" | "findings" | "versions" | "tags" | "views";
}
