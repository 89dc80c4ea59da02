import { ChevronDown, ChevronRight } from "lucide-react";
import { useState, type ReactNode } from "react";
import { failureOf } from "@/api";
import { count, plural } from "@/lib/format";
import { cx, ErrorState, Skeleton } from "@/ui";
import { useFacetsOf } from "../data";
import { isNumeric, type Facet } from "../types";

interface Props {
  columns: readonly string[];
  /** There is no other facet. */
  only: boolean;
  viewKey: string | undefined;
  card: (facet: Facet, note: string) => ReactNode;
}

/** Columns with too many values to count them all in a list: how many, and a search in them. Asked for when opened. */
export function Many({ columns, only, viewKey, card }: Props) {
  const [chosen, setChosen] = useState<boolean | null>(null);
  const open = chosen ?? only;
  const asked = useFacetsOf(viewKey, columns, open);
  return (
    <div role="group" aria-label="Mostly different values" className="hairline-b">
      <h2>
        <button type="button" aria-expanded={open} className="text-muted hover:text-text flex min-h-9 w-full items-center gap-1.5 px-3 text-xs font-semibold" onClick={() => setChosen(!open)}>
          {open ? <ChevronDown size={14} aria-hidden /> : <ChevronRight size={14} aria-hidden />}
          Mostly different values
          <span className="text-faint font-normal">{columns.length}</span>
        </button>
      </h2>
      {open && asked.error && !asked.data && <ErrorState failure={failureOf(asked.error)} onRetry={() => void asked.refetch()} />}
      {open && !asked.error && !asked.data && <Skeleton className="mx-3 mb-3 h-24" />}
      {open && asked.data && (
        <div className={cx(asked.isPlaceholderData && "stale")}>
          {asked.data.facets.map((facet) => card(facet, manyWords(facet)))}
        </div>
      )}
    </div>
  );
}

/** "5,000 values, mostly once" */
export function manyWords(facet: Facet): string {
  if (isNumeric(facet)) return "";
  const rows = facet.values.reduce((sum, value) => sum + value.all, facet.other.all);
  const most = facet.distinct > 0.9 * rows ? "mostly once" : `about ${count(Math.round(rows / Math.max(1, facet.distinct)))} rows a value`;
  return `${plural(facet.distinct, "value")}, ${most}`;
}
