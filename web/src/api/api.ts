/** Every question the app asks, by name. Hooks over them are in `hooks.ts`. */
import { queryOf, type Query, type Search, type View } from "@/lib/view";
import { getArrow } from "./arrow";
import { client, told } from "./client";
import { apiUrl, ask, getBytes, listOf } from "./http";
import type { components } from "./schema";
import type { Answer, Chosen, FindingState, Job, SavedView, TriageAction } from "./types";

type ViewBody = components["schemas"]["ViewBody"];

type SearchBody = components["schemas"]["Search"];

function searchBody(search: Search): SearchBody {
  return { mode: "hybrid", ...search, like: [...(search.like ?? [])], unlike: [...(search.unlike ?? [])] };
}

/** The view as the wire has it: its arrays may be written to. */
function bodyOf({ filters, search, sort }: Query): ViewBody {
  return {
    filters: [...filters],
    search: search && searchBody(search),
    sort: sort.map((one) => ({ ...one })),
  };
}

const of = (dataset: string) => ({ path: { dataset } });
const bytes = (d: string, ...parts: string[]) => ["datasets", d, ...parts];

export const api = {
  project: (signal?: AbortSignal) => told(client.GET("/api/project", { signal })),
  dataset: (d: string, signal?: AbortSignal) => told(client.GET("/api/datasets/{dataset}", { params: of(d), signal })),
  versions: (d: string, signal?: AbortSignal) => told(client.GET("/api/datasets/{dataset}/versions", { params: of(d), signal })),
  lineage: (d: string, signal?: AbortSignal) => told(client.GET("/api/datasets/{dataset}/lineage", { params: of(d), signal })),
  diff: (d: string, a: string, b: string, deep: boolean, signal?: AbortSignal) =>
    told(client.GET("/api/datasets/{dataset}/diff", { params: { ...of(d), query: { a, b, deep } }, signal })),

  askState: (signal?: AbortSignal) => told(client.GET("/api/ask", { signal })),
  ask: (d: string, question: string, history: { role: "user" | "assistant"; content: string }[]) =>
    told(client.POST("/api/datasets/{dataset}/ask", { params: of(d), body: { question, history } })),

  /** The report as it was made last; with a target, the one that tells what is missing beside it. */
  report: (d: string, target: string | null, signal?: AbortSignal) =>
    told(client.GET("/api/datasets/{dataset}/report", { params: { ...of(d), query: { target } }, signal })),
  makeReport: (d: string, target: string | null) => told(client.POST("/api/datasets/{dataset}/report", { params: { ...of(d), query: { target } } })),

  gaps: (d: string, target: string | null, signal?: AbortSignal) =>
    told(client.GET("/api/datasets/{dataset}/gaps", { params: { ...of(d), query: { target } }, signal })),
  /** Hold a dataset against a target; `embed`: compute an embedding that both have first. */
  compareWith: (d: string, target: string, { sources = [], embed = false }: { sources?: readonly string[]; embed?: boolean } = {}) =>
    told(client.POST("/api/datasets/{dataset}/gaps", { params: of(d), body: { target, sources: [...sources], embed } })),
  /** What to get: `gap` holds ids of gaps, each alone or as `ID:ROWS`. */
  shoppingList: (d: string, target: string, gap: readonly string[], signal?: AbortSignal) =>
    told(client.GET("/api/datasets/{dataset}/gaps/list", { params: { ...of(d), query: { target, gap: [...gap] } }, signal })),

  view: (d: string, query: Query, signal?: AbortSignal) =>
    told(client.POST("/api/datasets/{dataset}/view", { params: of(d), body: bodyOf(query), signal })),
  /** Rows of a view as an Arrow table; see `rowsOf`. */
  rows: (d: string, view: string, { offset = 0, limit = 200, columns, cut }: { offset?: number; limit?: number; columns?: readonly string[]; cut?: number } = {}, signal?: AbortSignal) =>
    getArrow(apiUrl(bytes(d, "rows"), { view, offset, limit, columns: columns && listOf(columns), cut }), { signal }),
  mask: (d: string, view: string, signal?: AbortSignal) => getBytes(apiUrl(bytes(d, "mask"), { view }), signal),
  complete: (d: string, text: string, at: number, signal?: AbortSignal) =>
    told(client.GET("/api/datasets/{dataset}/complete", { params: { ...of(d), query: { text, at } }, signal })),
  checkExpression: (d: string, text: string) =>
    told(client.POST("/api/datasets/{dataset}/check-expression", { params: of(d), body: { text } })),
  python: async (d: string, view: string) =>
    (await told(client.GET("/api/datasets/{dataset}/python", { params: { ...of(d), query: { view } } }))).code,
  exportUrl: (d: string, view: string, format: "jsonl" | "csv" | "parquet") => apiUrl(bytes(d, "export"), { view, format }),

  savedViews: async (d: string, signal?: AbortSignal) =>
    (await told(client.GET("/api/datasets/{dataset}/views", { params: of(d), signal }))).views as SavedView[],
  saveView: (d: string, name: string, view: View) =>
    told(client.PUT("/api/datasets/{dataset}/views/{name}", { params: { path: { dataset: d, name } }, body: { ...bodyOf(queryOf(view)), camera: view.camera } })),
  forgetView: (d: string, name: string) =>
    told(client.DELETE("/api/datasets/{dataset}/views/{name}", { params: { path: { dataset: d, name } } })),
  /** Keep a mask over all source rows (a lasso) as a selection; its `filter` works everywhere. With the key of a view: also what of it is selected. */
  selectMask: async (d: string, mask: Uint8Array<ArrayBuffer>, view?: string) => {
    const headers = { "content-type": "application/octet-stream" };
    const answer = await ask(apiUrl(bytes(d, "selections"), { view }), { method: "POST", headers, body: mask });
    return (await answer.json()) as components["schemas"]["SelectionShape"];
  },

  /** How a row stands to a search: the thumb it got, and how likely it is meant. */
  standing: (d: string, search: Search, row: string, view: string, signal?: AbortSignal) =>
    told(client.POST("/api/datasets/{dataset}/search/standing", { params: of(d), body: { search: searchBody(search), row, view }, signal })),
  /** How the rows of a view stand to its search, a page at a time. */
  standings: (d: string, view: string, offset: number, limit: number, signal?: AbortSignal) =>
    told(client.GET("/api/datasets/{dataset}/search/likely", { params: { ...of(d), query: { view, offset, limit } }, signal })),
  /** Say whether a row is what is searched for; null takes it back. Use `giveThumb`, which refreshes what follows. */
  thumb: (d: string, search: Search, row: string, answer: boolean | null, view: string) =>
    told(client.POST("/api/datasets/{dataset}/search/thumb", { params: of(d), body: { search: searchBody(search), row, answer, view } })),
  /** Keep the n rows of a view that a search most likely looks for as a selection. */
  mostLikely: (d: string, search: Search, n: number, view: string) =>
    told(client.POST("/api/datasets/{dataset}/search/most-likely", { params: of(d), body: { search: searchBody(search), n, view } })),
  /** Teach the signal `concept.NAME` by a search and its thumbs. */
  teach: (d: string, name: string, search: Search) =>
    told(client.POST("/api/datasets/{dataset}/concepts", { params: of(d), body: { name, search: searchBody(search) } })),

  /** Fields that people can answer, with the values they know. */
  labels: async (d: string, signal?: AbortSignal) => (await told(client.GET("/api/datasets/{dataset}/labels", { params: of(d), signal }))).fields,
  /** Answer a field of rows; null takes answers back. Use `answer` of `@/labelling`, which says so and can be undone. */
  label: (d: string, field: string, value: Answer, rows: Chosen) =>
    told(client.POST("/api/datasets/{dataset}/labels", { params: of(d), body: { field, value, ...("view" in rows ? { view: rows.view } : { ids: [...rows.ids] }) } })),
  unlabel: (d: string, event: string) => told(client.POST("/api/datasets/{dataset}/labels/undo", { params: of(d), body: { event } })),

  findings: (d: string, state: FindingState | "all", signal?: AbortSignal) =>
    told(client.GET("/api/datasets/{dataset}/findings", { params: { ...of(d), query: { state } }, signal })),
  triage: (d: string, finding: string, action: TriageAction) =>
    told(client.POST("/api/datasets/{dataset}/findings/{finding}/triage", { params: { path: { dataset: d, finding } }, body: { action } })),
  effect: (d: string, finding: string) =>
    told(client.POST("/api/datasets/{dataset}/findings/{finding}/effect", { params: { path: { dataset: d, finding } } })),
  /** Run all checks; `against`: evaluation files whose leak is looked for. */
  check: (d: string, against: readonly string[] = []) =>
    told(client.POST("/api/datasets/{dataset}/check", { params: of(d), body: { against: [...against] } })),

  jobs: async (signal?: AbortSignal): Promise<Job[]> => (await told(client.GET("/api/jobs", { signal }))).jobs,
  job: (job: string, signal?: AbortSignal): Promise<Job> => told(client.GET("/api/jobs/{job}", { params: { path: { job } }, signal })),
  cancel: (job: string): Promise<Job> => told(client.POST("/api/jobs/{job}/cancel", { params: { path: { job } } })),
};
