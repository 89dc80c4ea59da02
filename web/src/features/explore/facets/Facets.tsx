import { ChevronDown, ChevronRight, X } from "lucide-react";
import { memo, useId, useMemo, useState } from "react";
import { failureOf, useDataset } from "@/api";
import { remember, remembered } from "@/lib/storage";
import { conditionOn, useView, view } from "@/lib/view";
import { cx, EmptyState, ErrorState, SearchField, Skeleton } from "@/ui";
import { useFacets, useFacetsAhead } from "../data";
import { isNumeric, type Facet } from "../types";
import { NumberCard } from "./NumberCard";
import { Many } from "./Many";
import { keepOrder, manyValued, orderFacets, shownFacets, type Group } from "./order";
import { ValueCard } from "./ValueCard";

const SEARCH_FROM = 12;
/** Cards drawn in a group before "more": most groups are read from the top. */
const AT_FIRST = 8;

/** How the columns are spread: all rows in grey, those in view (or selected) in the accent. */
export const Facets = memo(function Facets({ viewKey, stale }: { viewKey: string | undefined; stale: boolean }) {
  useFacetsAhead();
  const asked = useFacets(viewKey);
  const filters = useView((now) => now.filters);
  const [part, setPart] = useState("");
  const [held, setHeld] = useState(false);
  const facets = asked.data?.facets;
  // The same list as long as nothing in it changes, so that the cards are not drawn anew.
  const chosen = useMemo(() => new Set(filters.flatMap((filter) => (typeof filter === "string" ? [] : [filter.column]))), [filters]);
  const shown = useMemo(() => shownFacets(facets ?? [], chosen), [facets, chosen]);
  const columns = useDataset().data?.columns;
  const many = useMemo(() => manyValued(columns ?? [], facets ?? []), [columns, facets]);
  if (asked.error && !asked.data) return <ErrorState failure={failureOf(asked.error)} onRetry={() => void asked.refetch()} />;
  if (!asked.data) return <Waiting />;
  return (
    <div onPointerEnter={() => setHeld(true)} onPointerLeave={() => setHeld(false)} className={cx((stale || asked.isPlaceholderData) && "stale")}>
      {shown.length > SEARCH_FROM && (
        <div className="bg-panel sticky top-0 z-10 p-2">
          <SearchField label="Find a column" value={part} onChange={setPart} />
        </div>
      )}
      <Groups facets={shown} chosen={chosen} part={part.trim().toLowerCase()} held={held} viewKey={viewKey} />
      {many.length > 0 && part.trim() === "" && <Many columns={many} only={shown.length === 0} viewKey={viewKey} card={(facet, note) => <Card key={facet.column} facet={facet} viewKey={viewKey} note={note} />} />}
      {shown.length === 0 && many.length === 0 && <EmptyState title="No facets">No column has values that differ.</EmptyState>}
    </div>
  );
});

function Groups({ facets, chosen, part, held, viewKey }: { facets: Facet[]; chosen: ReadonlySet<string>; part: string; held: boolean; viewKey: string | undefined }) {
  // While the pointer is here, cards stay where they are; else the most telling come first.
  const groups = useStableOrder(facets, chosen, held);
  const found = part === "" ? groups : groups.map((group) => ({ ...group, facets: group.facets.filter((facet) => `${facet.label} ${facet.column}`.toLowerCase().includes(part)) })).filter((group) => group.facets.length > 0);
  if (part !== "" && found.length === 0) return <p className="text-muted px-3 py-4 text-sm">No column is called “{part}”.</p>;
  return found.map((group) => <Section key={group.name} group={group} all={part !== ""} viewKey={viewKey} />);
}

function useStableOrder(facets: Facet[], chosen: ReadonlySet<string>, held: boolean): Group[] {
  const [groups, setGroups] = useState<Group[]>(() => orderFacets(facets, chosen));
  const asked = useView((now) => now.filters);
  const search = useView((now) => now.search);
  const selection = useView((now) => now.selection);
  const [seen, setSeen] = useState({ facets, held, asked, search, selection });
  if (seen.facets !== facets || seen.held !== held) {
    setSeen({ facets, held, asked, search, selection });
    // The same rows, about which something else is said now (they were labelled), tell no other story.
    const same = seen.asked === asked && seen.search === search && seen.selection === selection && sameColumns(seen.facets, facets);
    setGroups(held || same ? keepOrder(groups, facets) : orderFacets(facets, chosen));
  }
  return groups;
}

function sameColumns(a: readonly Facet[], b: readonly Facet[]): boolean {
  return a.length === b.length && a.every((facet, i) => facet.column === b[i]?.column);
}

function Section({ group, all, viewKey }: { group: Group; all: boolean; viewKey: string | undefined }) {
  const key = `facets.${group.name}`;
  const [open, setOpen] = useState(() => remembered(key) !== "shut");
  const [more, setMore] = useState(false);
  const filters = useView((now) => now.filters);
  const rows = all || more ? group.facets : group.facets.filter((facet, i) => i < AT_FIRST || conditionOn(filters, facet.column));
  const rest = group.facets.length - rows.length;
  const shown = open || all;
  return (
    <div role="group" aria-label={group.name || "Columns of the data"} className="hairline-b">
      <h2>
        <button
          type="button"
          aria-expanded={shown}
          className="text-muted hover:text-text flex min-h-9 w-full items-center gap-1.5 px-3 text-xs font-semibold"
          onClick={() => {
            remember(key, open ? "shut" : null);
            setOpen(!open);
          }}
        >
          {shown ? <ChevronDown size={14} aria-hidden /> : <ChevronRight size={14} aria-hidden />}
          {group.name || "Columns of the data"}
          <span className="text-faint font-normal">{group.facets.length}</span>
        </button>
      </h2>
      {shown && rows.map((facet) => <Card key={facet.column} facet={facet} viewKey={viewKey} />)}
      {shown && rest > 0 && (
        <button type="button" className="text-muted hover:text-text min-h-9 w-full px-3 pb-1 text-left text-xs underline decoration-dotted underline-offset-2" onClick={() => setMore(true)}>
          {rest} more columns
        </button>
      )}
    </div>
  );
}

const Card = memo(function Card({ facet, viewKey, note }: { facet: Facet; viewKey: string | undefined; note?: string }) {
  const id = useId();
  const condition = useView((now) => conditionOn(now.filters, facet.column));
  return (
    <div className="px-3 pb-3" role="group" aria-label={facet.label}>
      <div className="flex min-h-7 items-center justify-between gap-2">
        <h3 className={cx("truncate text-sm font-semibold", condition && "text-accent")} title={facet.column}>
          {facet.label}
        </h3>
        {condition && (
          <button type="button" aria-label={`Clear the filter on ${facet.label}`} className="text-accent hover:bg-accent-soft grid size-6 place-items-center rounded-[4px]" onClick={() => view.removeFilter(condition)}>
            <X size={13} aria-hidden />
          </button>
        )}
      </div>
      {note && <p className="text-muted mb-1 text-xs">{note}</p>}
      {isNumeric(facet) ? <NumberCard facet={facet} id={id} /> : <ValueCard facet={facet} viewKey={viewKey} id={id} searched={note !== undefined} />}
    </div>
  );
});

function Waiting() {
  return (
    <div className="space-y-5 p-3" aria-busy="true">
      {[0, 1, 2, 3, 4].map((i) => (
        <div key={i} className="space-y-2">
          <Skeleton className="h-4 w-24" />
          <Skeleton className="h-14" />
        </div>
      ))}
    </div>
  );
}
