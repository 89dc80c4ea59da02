/** What Inspect asks of the server. */
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { about, api, apiUrl, getJson, listOf, sendJson, useViewState } from "@/api";
import { useView } from "@/lib/view";
import type { RowDetail } from "./types";

export interface Bins {
  edges: number[];
  all: number[];
}

interface Facet {
  column: string;
  kind: string;
  edges?: number[];
  all?: number[];
}

export function useRow(id: string | null) {
  const dataset = useView((view) => view.dataset);
  const state = useViewState();
  const key = state.data?.view_key;
  return useQuery({
    queryKey: about(dataset, "row", id, key),
    queryFn: ({ signal }) => getJson<RowDetail>(apiUrl(["datasets", dataset ?? "", "row", id ?? ""], { view: key }), signal),
    // A view that cannot be had (a broken filter) must not hide the row.
    enabled: dataset !== null && id !== null && (key !== undefined || state.isError),
    placeholderData: keepPreviousData,
  });
}

/** How the numbers of all rows are spread, by column. */
export function useBins(columns: readonly string[]) {
  const dataset = useView((view) => view.dataset);
  return useQuery({
    queryKey: about(dataset, "bins", columns),
    queryFn: async ({ signal }) => {
      const { view_key } = await api.view(dataset ?? "", { filters: [], search: null, sort: [] }, signal);
      const url = apiUrl(["datasets", dataset ?? "", "facets"], { view: view_key, columns: listOf(columns) });
      const { facets } = await getJson<{ facets: Facet[] }>(url, signal);
      return new Map(facets.flatMap(({ column, edges, all }): [string, Bins][] => (edges && all ? [[column, { edges, all }]] : [])));
    },
    enabled: dataset !== null && columns.length > 0,
    staleTime: 300_000,
    placeholderData: keepPreviousData,
  });
}

/** All findings with their evidence; asked for only where `wanted`. */
export function useEvidence(wanted: boolean) {
  const dataset = useView((view) => view.dataset);
  return useQuery({
    queryKey: about(dataset, "findings", "all"),
    queryFn: ({ signal }) => api.findings(dataset ?? "", "all", signal),
    enabled: wanted && dataset !== null,
  });
}

interface Tagged {
  event: string;
  tag: string;
  changed: number;
  rows: number;
}

export function tagRow(dataset: string, id: string, tag: string, action: "add" | "remove"): Promise<Tagged> {
  return sendJson<Tagged>(apiUrl(["datasets", dataset, "tags"]), { tag, action, ids: [id] });
}

export function undoTag(dataset: string, event: string): Promise<unknown> {
  return sendJson(apiUrl(["datasets", dataset, "tags", "undo"]), { event });
}

export function computeEmbeddings(dataset: string): Promise<{ job: string }> {
  return sendJson<{ job: string }>(apiUrl(["datasets", dataset, "compute"]), { ops: ["embed.text"] });
}

export function wholeTextUrl(dataset: string, id: string): string {
  return apiUrl(["datasets", dataset, "row", id, "text"]);
}
