/** What screens read. Old answers stay until new ones are there (`isPlaceholderData`: show dimmed). */
import { keepPreviousData, QueryCache, QueryClient, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { byNearness, useView, type Query, type Search } from "@/lib/view";
import { api } from "./api";
import { ApiError } from "./http";
import type { FindingState } from "./types";

export const queries: QueryClient = new QueryClient({
  queryCache: new QueryCache({
    onError: (error) => {
      // The server restarted or the data changed: the view gets a new key, and all else follows.
      if (error instanceof ApiError && error.kind === "ViewExpired")
        void queries.invalidateQueries({ predicate: ({ queryKey }) => queryKey[0] === "about" && queryKey[3] === "view" });
    },
  }),
  defaultOptions: {
    queries: {
      staleTime: 30_000,
      refetchOnWindowFocus: false,
      // A refusal stays one; a server that is starting again comes back.
      retry: (failures, error) => !(error instanceof ApiError) && failures < 2,
      retryDelay: 800,
    },
  },
});

/** Begin every query key about a dataset with this: a change on the server makes them all stale. */
export function about(dataset: string | null, ...rest: readonly unknown[]): readonly unknown[] {
  return ["about", dataset?.split("@")[0] ?? null, dataset, ...rest];
}

export function useProject() {
  return useQuery({ queryKey: ["project"], queryFn: ({ signal }) => api.project(signal) });
}

/** All other datasets and versions: what one can be held against. Undefined until they are known. */
export function useOthers(name: string): { name: string; rows: number }[] | undefined {
  const { data } = useProject();
  const all = data?.datasets.flatMap((one) => [{ name: one.name, rows: one.rows }, ...one.versions.map((version) => ({ name: version.full_name, rows: version.rows }))]);
  return all?.filter((one) => one.name !== name);
}

/** The dataset (or version) of the view, or another. */
export function useDataset(name?: string | null) {
  const shown = useView((view) => view.dataset);
  const d = name ?? shown;
  return useQuery({
    queryKey: about(d, "detail"),
    queryFn: ({ signal }) => api.dataset(d as string, signal),
    enabled: d !== null,
    placeholderData: keepPreviousData,
  });
}

/** The part of the view that decides which rows are in it; who uses it is not drawn anew for the rest. */
export function useViewQuery(): Query {
  const filters = useView((now) => now.filters);
  const search = useView((now) => now.search);
  const sort = useView((now) => now.sort);
  return { filters, search, sort };
}

/** Key, counts and chips of the view. Rows, masks and facets are asked for with its `view_key`. */
export function useViewState() {
  const d = useView((now) => now.dataset);
  const query = useViewQuery();
  const asked = useQuery({
    queryKey: about(d, "view", query),
    queryFn: ({ signal }) => api.view(d as string, query, signal),
    enabled: d !== null,
    placeholderData: keepPreviousData,
  });
  // A server that does not answer takes nothing from the screen: the last view stays, as an old one.
  const [last, setLast] = useState({ d, data: asked.data });
  if (asked.data && (asked.data !== last.data || d !== last.d)) setLast({ d, data: asked.data });
  const lost = asked.error !== null && !(asked.error instanceof ApiError) && !asked.data && last.d === d;
  const { data, error, isPlaceholderData, refetch } = asked;
  return { data: lost ? last.data : data, error, isError: asked.isError, isPlaceholderData: isPlaceholderData || (lost && last.data !== undefined), refetch };
}

/** Whether the view holds the best rows of a search by meaning, rather than all that match. */
export function useNearest(search: Search | null, dataset?: string): boolean {
  const { data } = useDataset(dataset);
  return byNearness(search, data?.embeddings ?? []);
}

export function useFindings(state: FindingState | "all") {
  const d = useView((view) => view.dataset);
  return useQuery({
    queryKey: about(d, "findings", state),
    queryFn: ({ signal }) => api.findings(d as string, state, signal),
    enabled: d !== null,
  });
}

/** A finding by its id, in whatever state; null asks nothing. */
export function useFinding(id: string | null) {
  const d = useView((view) => view.dataset);
  const found = useQuery({
    queryKey: about(d, "findings", "all"),
    queryFn: ({ signal }) => api.findings(d as string, "all", signal),
    enabled: d !== null && id !== null,
  });
  return found.data?.findings.find((finding) => finding.id === id);
}

export function useVersions() {
  const d = useView((view) => view.dataset);
  return useQuery({
    queryKey: about(d, "versions"),
    queryFn: ({ signal }) => api.versions(d as string, signal),
    enabled: d !== null,
  });
}

export function useSavedViews(enabled = true) {
  const d = useView((view) => view.dataset);
  return useQuery({
    queryKey: about(d, "saved views"),
    queryFn: ({ signal }) => api.savedViews(d as string, signal),
    enabled: enabled && d !== null,
  });
}
