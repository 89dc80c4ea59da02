/** How the rows on screen stand to the search: thumbs given, and the probability that follows from them. */
import { useQueries, useQuery } from "@tanstack/react-query";
import { useCallback } from "react";
import { api, failureOf, giveThumb, pagesOf } from "@/api";
import { useView } from "@/lib/view";
import { toast } from "@/ui";
import { PAGE, pagesSeen } from "./scroll";
import type { Thumbs } from "./thumbs";

export interface Standing {
  id: string;
  answer: boolean | null;
  likely: { value: number; low: number; high: number } | null;
}

/**
 * What a search says of rows `first` to `last` of its view; undefined where nothing is searched for.
 * While the view is `stale`, its key is that of another search, and nothing is asked.
 */
export function useLikely(key: string | undefined, count: number, first: number, last: number, stale: boolean) {
  const dataset = useView((view) => view.dataset) ?? "";
  const search = useView((view) => view.search);
  const asked = search === null || key === undefined ? [] : pagesSeen(first, last, count);
  const pages = useQueries({
    queries: asked.map((page) => standingsOf(dataset, key ?? "", page, !stale)),
  });
  const say = useCallback(
    (row: Standing | undefined, next: boolean) => {
      if (search === null || key === undefined || row === undefined) return;
      // Said again, it is taken back.
      giveThumb(dataset, search, row.id, row.answer === next ? null : next, key).catch((error: unknown) => toast.error(failureOf(error).message));
    },
    [dataset, search, key],
  );
  if (search === null) return undefined;
  const standings = new Map(pages.flatMap((page) => page.data?.rows ?? []).map((row) => [row.id, row]));
  return { of: (id: string | undefined) => (id === undefined ? undefined : standings.get(id)), say };
}

/** The first page knows how many thumbs there are. */
export function useThumbs(key: string | undefined, stale: boolean): Thumbs | undefined {
  const dataset = useView((view) => view.dataset) ?? "";
  const searching = useView((view) => view.search !== null);
  const { data } = useQuery(standingsOf(dataset, key ?? "", 0, searching && key !== undefined && !stale));
  return searching && data ? { yes: data.yes, no: data.no, known: data.rows.some((row) => row.likely !== null) } : undefined;
}

function standingsOf(dataset: string, key: string, page: number, enabled: boolean) {
  return {
    queryKey: [...pagesOf(dataset, key), page],
    queryFn: ({ signal }: { signal: AbortSignal }) => api.standings(dataset, key, page * PAGE, PAGE, signal),
    enabled,
    staleTime: Infinity,
    gcTime: 60_000,
  };
}
