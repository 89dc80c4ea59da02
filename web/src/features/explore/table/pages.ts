/** Rows of the table, a page at a time: those on screen, then those just before and after. */
import { useQueries } from "@tanstack/react-query";
import { useState } from "react";
import { api, queries, rowsOf, type Cell } from "@/api";
import { useView } from "@/lib/view";
import { PAGE, pagesFor, pagesSeen } from "./scroll";

const CUT = 240;

export interface TableRow {
  id: string;
  /** Row number among all source rows. */
  number: number;
  cells: Record<string, Cell>;
}

export function useRows(key: string | undefined, columns: readonly string[] | undefined, count: number, first: number, last: number) {
  const dataset = useView((view) => view.dataset);
  const pages = key === undefined || columns === undefined ? [] : pagesFor(first, last, count);
  const keyOf = (page: number) => ["rows", dataset, key, columns, page];
  // Those before and after wait for those on screen: after a far jump they would only be in the way.
  const seen = pagesSeen(first, last, count);
  const ready = seen.every((page) => queries.getQueryData(keyOf(page)) !== undefined);
  const asked = useQueries({
    queries: pages.map((page) => ({
      queryKey: keyOf(page),
      enabled: ready || seen.includes(page),
      queryFn: async ({ signal }: { signal: AbortSignal }) => {
        const table = await api.rows(dataset ?? "", key ?? "", { offset: page * PAGE, limit: PAGE, columns, cut: CUT }, signal);
        return rowsOf(table).map((cells): TableRow => ({ id: String(cells.id), number: Number(cells._row), cells }));
      },
      staleTime: Infinity,
      gcTime: 60_000,
      structuralSharing: false,
    })),
  });
  const got = new Map(pages.map((page, i) => [page, asked[i]?.data] as const));
  // The same pages of the view before stay until the new ones are there.
  const [held, setHeld] = useState<{ dataset: string | null; pages: ReadonlyMap<number, TableRow[] | undefined> }>({ dataset, pages: new Map() });
  const whole = seen.length > 0 && seen.every((page) => got.get(page) !== undefined);
  if (whole && (held.dataset !== dataset || seen.some((page) => got.get(page) !== held.pages.get(page)))) setHeld({ dataset, pages: new Map(seen.map((page) => [page, got.get(page)])) });
  const before = held.dataset === dataset ? held.pages : got;
  const shown = new Map(pages.map((page) => [page, got.get(page) ?? before.get(page)] as const));
  const stale = seen.some((page) => got.get(page) === undefined && before.get(page) !== undefined);
  const error = asked.find((one) => one.error)?.error ?? null;
  const retry = () => asked.forEach((one) => one.error && void one.refetch());
  return { row: (index: number) => shown.get(Math.floor(index / PAGE))?.[index % PAGE], stale, error, retry };
}
