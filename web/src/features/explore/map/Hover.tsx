import { useQuery } from "@tanstack/react-query";
import { getArrowOf, type HoverRow } from "./hover";
import { useView } from "@/lib/view";
import { oneLine } from "../table/cell";

/** First lines of the row under the pointer. */
export function Hover({ row, columns, color }: { row: number; columns: readonly string[]; color: string | null }) {
  const dataset = useView((now) => now.dataset);
  const asked = useQuery({
    queryKey: ["hover", dataset, row, columns, color],
    queryFn: ({ signal }): Promise<HoverRow | null> => getArrowOf(dataset ?? "", row, columns, signal),
    enabled: dataset !== null,
    staleTime: 60_000,
    gcTime: 60_000,
  });
  const found = asked.data;
  if (!found) return <span className="text-faint">{asked.isError ? "This row cannot be read." : "…"}</span>;
  return (
    <>
      {found.title && (
        <p dir="auto" className="truncate font-semibold">
          {oneLine(found.title)}
        </p>
      )}
      <p dir="auto" className="line-clamp-4 wrap-anywhere">
        {oneLine(found.text) || <span className="text-faint">(empty)</span>}
      </p>
      {found.facts.length > 0 && <p className="text-muted mt-1 truncate text-xs">{found.facts.join(" · ")}</p>}
    </>
  );
}
