/** What Explore asks. Answers that a view key names never change, so they are kept by that key alone. */
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useEffect } from "react";
import { about, api, apiUrl, getBytes, getJson, listOf, queries, sendJson, useDataset, useLive, useViewQuery, useViewState, type ViewState } from "@/api";
import { basePath } from "@/lib/route";
import { useView } from "@/lib/view";
import { decode } from "@/map";
import { maskKey, selectedKey, selectedQuery } from "./selection";
import type { Facet, Legend, MapState, ValueCount } from "./types";

const FOREVER = { staleTime: Infinity };

/** Key and count of the selected rows that are in view; null while nothing is selected. */
export function useSelected() {
  const dataset = useView((now) => now.dataset);
  const selection = useView((now) => now.selection);
  const all = useViewQuery();
  const query = selectedQuery({ ...all, selection });
  const asked = useQuery({
    queryKey: selectedKey(dataset, query),
    queryFn: ({ signal }) => api.view(dataset ?? "", query ?? all, signal),
    enabled: dataset !== null && query !== null,
    placeholderData: keepPreviousData,
  });
  return query === null ? null : asked;
}

/** One bit a source row; null where every row is meant, undefined until it is known. */
export function useMask(key: string | undefined, whole: boolean): Uint8Array | null | undefined {
  const dataset = useView((view) => view.dataset);
  const asked = useQuery({
    queryKey: maskKey(dataset, key),
    queryFn: ({ signal }) => api.mask(dataset ?? "", key ?? "", signal),
    enabled: dataset !== null && key !== undefined && !whole,
    structuralSharing: false,
    ...FOREVER,
  });
  if (whole) return null;
  return key === undefined ? undefined : asked.data;
}

/** What is in view, as a mask over the source rows. */
export function useViewMask(): Uint8Array | null | undefined {
  const state = useViewState();
  const detail = useDataset().data;
  const whole = state.data !== undefined && detail !== undefined && state.data.count === detail.source_rows;
  return useMask(state.isPlaceholderData ? undefined : state.data?.view_key, whole);
}

const facetsOf = (dataset: string | null, key: string | undefined) => ({
  queryKey: ["facets", dataset, key],
  queryFn: ({ signal }: { signal: AbortSignal }) => getJson<{ total: number; count: number; facets: Facet[] }>(apiUrl(["datasets", dataset ?? "", "facets"], { view: key }), signal),
  ...FOREVER,
});

export function useFacets(key: string | undefined) {
  const dataset = useView((view) => view.dataset);
  return useQuery({ ...facetsOf(dataset, key), enabled: dataset !== null && key !== undefined, placeholderData: keepPreviousData });
}

/** Asks for the facets of a view as soon as its key is known: the server counts while the page is drawn. */
export function useFacetsAhead() {
  const dataset = useView((view) => view.dataset);
  useEffect(
    () =>
      queries.getQueryCache().subscribe((event) => {
        const [, , of, what, ...rest] = event.query.queryKey;
        if (event.type !== "updated" || event.action.type !== "success" || of !== dataset || what !== "view" || rest.length !== 1) return;
        void queries.prefetchQuery(facetsOf(dataset, (event.query.state.data as ViewState).view_key));
      }),
    [dataset],
  );
}

/** Facets of columns that have none unasked. */
export function useFacetsOf(key: string | undefined, columns: readonly string[], enabled: boolean) {
  const dataset = useView((view) => view.dataset);
  return useQuery({
    queryKey: ["facets", dataset, key, columns],
    queryFn: ({ signal }) => getJson<{ facets: Facet[] }>(apiUrl(["datasets", dataset ?? "", "facets"], { view: key, columns: listOf(columns) }), signal),
    enabled: enabled && dataset !== null && key !== undefined && columns.length > 0,
    placeholderData: keepPreviousData,
    ...FOREVER,
  });
}

export function useValues(key: string | undefined, column: string, part: string, enabled: boolean) {
  const dataset = useView((view) => view.dataset);
  return useQuery({
    queryKey: ["values", dataset, key, column, part],
    queryFn: ({ signal }) => getJson<{ distinct: number; values: ValueCount[] }>(apiUrl(["datasets", dataset ?? "", "values"], { view: key, column, q: part, limit: 100 }), signal),
    enabled: enabled && dataset !== null && key !== undefined,
    placeholderData: keepPreviousData,
    ...FOREVER,
  });
}

export function useMap() {
  const dataset = useView((view) => view.dataset);
  // A map that was finished is asked for again: the state of its job is part of the key.
  const job = useLive(({ jobs }) => jobs.find((one) => one.kind === "map" && one.dataset === dataset?.split("@")[0]));
  return useQuery({
    queryKey: about(dataset, "map", job?.state ?? null),
    queryFn: ({ signal }) => getJson<MapState>(apiUrl(["datasets", dataset ?? "", "map"]), signal),
    enabled: dataset !== null,
    placeholderData: keepPreviousData,
  });
}

export function usePlaces(url: string | null | undefined) {
  return useQuery({
    queryKey: ["places", url],
    queryFn: async ({ signal }) => decode(await getBytes(basePath() + (url ?? ""), signal)),
    enabled: !!url,
    structuralSharing: false,
    placeholderData: keepPreviousData,
    ...FOREVER,
  });
}

export function useColor(column: string | null) {
  const dataset = useView((view) => view.dataset);
  const detail = useDataset().data;
  // Labels in force change without the stored table.
  const version = column?.startsWith("labels.") ? detail?.edition : detail?.table_version;
  return useQuery({
    queryKey: ["color", dataset, column, version],
    queryFn: async ({ signal }) => {
      const parts = ["datasets", dataset ?? "", "color"];
      const [codes, legend] = await Promise.all([
        getBytes(apiUrl(parts, { column }), signal),
        getJson<Legend>(apiUrl([...parts, "legend"], { column }), signal),
      ]);
      return { codes, legend };
    },
    enabled: dataset !== null && column !== null && version !== undefined,
    structuralSharing: false,
    // The same column in its old colors, until the new ones are there.
    placeholderData: (old, before) => (before?.queryKey[1] === dataset && before?.queryKey[2] === column ? old : undefined),
    ...FOREVER,
  });
}

export function makeMap(dataset: string): Promise<{ job: string }> {
  return sendJson(apiUrl(["datasets", dataset, "map"]));
}

export function computeEmbedding(dataset: string): Promise<{ job: string }> {
  return sendJson(apiUrl(["datasets", dataset, "compute"]), { ops: ["embed.text"] });
}
