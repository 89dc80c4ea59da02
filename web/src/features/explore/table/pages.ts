/** Rows of the table, a page at a time: those on screen, then those just before and after. */
import { useQueries, type Query } from "@tanstack/react-query";
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
      // The same page of the view before stays until the new one is there.
      placeholderData: (old: TableRow[] | undefined, before: Query<TableRow[]> | undefined) => (before?.queryKey[4] === page ? old : undefined),
      staleTime: Infinity,
      gcTime: 60_000,
      structuralSharing: false,
    })),
  });
  const shown = new Map(pages.map((page, i) => [page, asked[i]?.data] as const));
  const stale = asked[0]?.isPlaceholderData ?? false;
  const error = asked.find((one) => one.error)?.error ?? null;
  const retry = () => asked.forEach((one) => one.error && void one.refetch());
  return { row: (index: number) => shown.get(Math.floor(index / PAGE))?.[index % PAGE], stale, error, retry };
}
