import { Columns2, Map as MapIcon, PanelRight, Rows2, SlidersHorizontal } from "lucide-react";
import { useCallback, useDeferredValue, useEffect, useState, type ReactNode } from "react";
import { api, ApiError, failureOf, useDataset, useNearest, useViewState, type Chosen, type Column, type ViewState } from "@/api";
import { useCommands } from "@/lib/commands";
import { hasFeature } from "@/lib/features";
import { plural } from "@/lib/format";
import { handToCurate } from "@/lib/handover";
import { useKeys } from "@/lib/keys";
import { FeaturePane, hasPane } from "@/lib/panes";
import { remember, remembered } from "@/lib/storage";
import { goTo, useView, view, type Selection } from "@/lib/view";
import { LabelDialog } from "@/labelling";
import { Button, CountLine, ErrorState, IconButton, NoRows, ResizablePanes, setFloor, Sheet, Skeleton, toast, useNarrow, type Pane } from "@/ui";
import { useMask, useSelected } from "./data";
import { Facets } from "./facets/Facets";
import { Likely } from "./Likely";
import { MapPane } from "./map/MapPane";
import { FORMATS, SelectionBar, type Format } from "./SelectionBar";
import { isSelected, selectedQuery, selectionExample, selectionFilter, selectView, storedSelection, toggleRow } from "./selection";
import { ColumnMenu } from "./table/ColumnMenu";
import { useColumns } from "./table/columns";
import { useThumbs } from "./table/likely";
import type { TableRow } from "./table/pages";
import { Table } from "./table/Table";
import { thumbsWords } from "./table/thumbs";
import { tagRows } from "./tags";

/** Map, table and facets of one view; a row in focus stands beside them. */
export default function Explore() {
  const dataset = useView((now) => now.dataset) ?? "";
  const selection = useView((now) => now.selection);
  const row = useView((now) => now.row);
  const search = useView((now) => now.search);
  const nearest = useNearest(search);
  const detail = useDataset();
  const state = useViewState();
  const selected = useSelected();
  const key = state.data?.view_key;
  const selectedKey = selected?.data?.view_key;
  const mask = useHeld(useMask(selectedKey, selected === null), selection);
  const drawn = useAgreeing(dataset, state.data, detail.data?.edition, detail.data?.columns);
  const columns = useColumns(dataset.split("@")[0] ?? "", drawn.columns);
  const narrow = useNarrow();
  const layout = useLayout();
  const thumbs = useThumbs(key, state.isPlaceholderData);
  const hint = thumbs && thumbsWords(thumbs);
  const [current, setCurrent] = useState<TableRow>();
  const [tagging, setTagging] = useState(false);
  const [labelling, setLabelling] = useState(false);
  const [sheet, setSheet] = useState(false);

  // A click on a row shows in the next frame; the pane, for which all others make room, in the one after it.
  const beside = useDeferredValue(row !== null);
  const open = useCallback((id: string) => (narrow || !hasPane("inspect") ? goTo("inspect", { row: id }) : view.set({ row: id })), [narrow]);
  const failed = (error: unknown) => toast.error(failureOf(error).message);
  const toggle = (one: TableRow) => void toggleRow(dataset, one.id, one.number).catch(failed);
  const clear = () => view.set({ selection: null });
  // A link may name a selection that is not kept here: said once, then left out.
  const unknown = state.data && !state.isPlaceholderData && selected?.error instanceof ApiError && selected.error.status === 400 ? selected.error : null;
  useEffect(() => {
    if (unknown === null) return;
    toast.error(failureOf(unknown).message);
    view.set({ selection: null });
  }, [unknown]);
  // Tags and labels go to what is selected, else to the row under the cursor. What is selected is
  // asked when it is tagged: what is shown may be of a moment ago.
  const chosen = selection === null ? (current ? 1 : 0) : (selected?.data?.count ?? null);
  const target = async (): Promise<Chosen | null> => {
    const query = selectedQuery(view.get());
    if (query) return { view: (await api.view(dataset, query)).view_key };
    return current ? { ids: [current.id] } : null;
  };
  const tag = (name: string) => void target().then((rows) => rows && tagRows(dataset, name, rows)).catch(failed);
  const filterToThese = () => {
    const filter = selectionFilter(selection);
    if (filter) view.set({ filters: [...view.get().filters, filter], selection: null });
  };
  const asExample = async (side: "like" | "unlike") => {
    const example = await selectionExample(dataset, selection);
    if (example === null) return;
    view.set({ selection: null });
    view.toggleExample(side, example);
  };
  const download = async (format: Format) => {
    const query = selectedQuery(view.get());
    if (query) location.assign(api.exportUrl(dataset, (await api.view(dataset, query)).view_key, format));
  };
  // Nothing is dropped here: a rule that drops them goes into the recipe, to be seen before a version is made.
  const drop = async () => {
    const rows = await storedSelection(dataset, selection);
    if (rows === null) return;
    handToCurate(dataset, { drop: rows, name: "chosen by hand" });
    goTo("curate", { selection: null });
  };
  const known = detail.data?.tags ?? [];
  useKeys("Explore", [
    { keys: "shift+x", label: "Select all rows in view", run: () => key && void selectView(dataset, key).catch(failed) },
    { keys: "m", label: "Map on or off", run: layout.toggleMap },
    { keys: "t", label: "Tag what is selected", run: () => chosen !== 0 && setTagging(true) },
    { keys: "shift+l", label: "Label what is selected", run: () => chosen !== 0 && setLabelling(true) },
    ...known.slice(0, 9).map((one, i) => ({ keys: String(i + 1), label: `Tag “${one.name}”`, run: () => tag(one.name) })),
  ]);
  useCommands(
    selection === null
      ? []
      : [
          { group: "Selected rows", label: "Drop the selected rows in Curate", words: "remove delete exclude", run: () => void drop().catch(failed) },
          ...FORMATS.map(({ name, label }) => ({ group: "Selected rows", label: `Download the selected rows as ${label}`, words: "export", run: () => void download(name).catch(failed) })),
        ],
  );
  useKeys("Explore", [{ keys: "escape", label: "Clear the selection", run: clear }], { enabled: selection !== null && row === null });

  if (detail.data?.source_rows === 0) return <NoRows name={detail.data.dataset} />;
  if (state.error && !state.data) return <ErrorState failure={failureOf(state.error)} onRetry={() => void state.refetch()} />;
  const stale = state.isPlaceholderData;
  const focusRow = current !== undefined && current.id === row ? current.number : null;
  const map = <MapPane focus={focusRow} onOpen={open} />;
  const facets = (
    <div className="bg-panel h-full overflow-y-auto">
      <Facets viewKey={selectedKey ?? key} stale={stale || (selected?.isPlaceholderData ?? false)} />
    </div>
  );
  const table = (
    <div className="flex h-full min-h-0 flex-col">
      <div className="hairline-b bg-panel flex min-h-10 items-center gap-1 px-2">
        <CountLine shown={state.data?.count ?? null} total={state.data?.total ?? null} nearest={nearest} stale={stale} />
        <span aria-live="polite" className="text-muted min-w-0 flex-1 truncate px-2 text-xs max-md:invisible" title={hint}>
          {hint}
        </span>
        {search && key && <Likely dataset={dataset} search={search} viewKey={key} />}
        {narrow && (
          <Button kind="quiet" icon={SlidersHorizontal} onClick={() => setSheet(true)}>
            Facets
          </Button>
        )}
        {!narrow && layout.map && <IconButton icon={layout.beside ? Rows2 : Columns2} label={layout.beside ? "Map above the table" : "Map beside the table"} onClick={layout.toggleBeside} />}
        {!narrow && <IconButton icon={MapIcon} label={layout.map ? "Hide the map" : "Show the map"} keys="m" active={layout.map} onClick={layout.toggleMap} />}
        {!narrow && <IconButton icon={PanelRight} label={layout.facets ? "Hide the facets" : "Show the facets"} active={layout.facets} onClick={layout.toggleFacets} />}
        <ColumnMenu all={detail.data?.columns} columns={columns} />
      </div>
      <div className="min-h-0 flex-1">
        {detail.data ? (
          <Table viewKey={drawn.state?.view_key} question={drawn.state?.normalized} count={drawn.state?.count ?? 0} columns={columns} stale={stale} isSelected={(one) => isSelected(selection, mask, one.number, one.id)} onSelect={toggle} onOpen={(one) => open(one.id)} onCurrent={setCurrent} />
        ) : (
          <Skeleton className="h-full rounded-none" />
        )}
      </div>
    </div>
  );

  return (
    <div className="relative h-full min-h-0">
      {narrow ? (
        <ResizablePanes name="explore.narrow" panes={[{ id: "table", label: "Table", content: table, size: 1 }, { id: "map", label: "Map", content: map, size: 1 }]} />
      ) : (
        <ResizablePanes name="explore" panes={panes(layout, { map, table, facets, inspect: beside && hasPane("inspect") ? <FeaturePane page="inspect" /> : null })} />
      )}
      {(selection !== null || tagging) && (
        <SelectionBar
          ref={setFloor}
          count={chosen}
          stale={selected?.isPlaceholderData ?? false}
          onTag={tag}
          onLabel={() => setLabelling(true)}
          onFilter={filterToThese}
          onExample={(side) => void asExample(side).catch(failed)}
          onDownload={(format) => void download(format).catch(failed)}
          onDrop={hasFeature("curate") ? () => void drop().catch(failed) : undefined}
          onClear={clear}
          tagging={tagging}
          onTagging={setTagging}
        />
      )}
      <LabelDialog dataset={dataset} title={chosen === null ? "Label the selected rows" : `Label ${plural(chosen, "row")}`} open={labelling} onClose={() => setLabelling(false)} rows={target} />
      <Sheet open={sheet} onClose={() => setSheet(false)} title="Facets">
        <div className="-mx-4 -mb-4">{sheet && <Facets viewKey={selectedKey ?? key} stale={stale} />}</div>
      </Sheet>
    </div>
  );
}

function panes(layout: Layout, { map, table, facets, inspect }: { map: ReactNode; table: ReactNode; facets: ReactNode; inspect: ReactNode }): Pane[] {
  const rows = { id: "table", label: "Table", content: table, size: 34, min: 240 };
  const picture = { id: "map", label: "Map", content: map, size: 30, min: 240 };
  const main: Pane[] = !layout.map
    ? [{ ...rows, size: 64 }]
    : layout.beside
      ? [picture, rows]
      : [{ id: "main", label: "Map and table", content: <ResizablePanes vertical name="explore.main" panes={[{ ...picture, size: 54, min: 140 }, { ...rows, size: 46, min: 120 }]} />, size: 64, min: 320 }];
  return [
    ...main,
    ...(layout.facets ? [{ id: "facets", label: "Facets", content: facets, size: 19, min: 220, collapsible: true }] : []),
    ...(inspect ? [{ id: "inspect", label: "Inspect", content: inspect, size: 34, min: 320 }] : []),
  ];
}

/** A mask; while it is asked anew for the same selection (rows were labelled), the one before. */
function useHeld(mask: ReturnType<typeof useMask>, selection: Selection | null): ReturnType<typeof useMask> {
  const [held, setHeld] = useState({ mask, selection });
  if (mask !== undefined && (mask !== held.mask || selection !== held.selection)) setHeld({ mask, selection });
  return mask ?? (selection === held.selection ? held.mask : mask);
}

/** A view and columns that know of each other: while one of them is of a moment ago, both as they were before. */
function useAgreeing(dataset: string, state: ViewState | undefined, edition: string | undefined, columns: readonly Column[] | undefined) {
  const [held, setHeld] = useState({ dataset, state, columns });
  const changed = held.dataset !== dataset || held.state !== state || held.columns !== columns;
  const agree = held.dataset !== dataset || state === undefined || edition === undefined || state.edition === edition;
  if (changed && agree) setHeld({ dataset, state, columns });
  return agree ? { state, columns } : held;
}

interface Layout {
  map: boolean;
  beside: boolean;
  facets: boolean;
}

/** Which panes are shown and how they stand, remembered. */
function useLayout() {
  const [layout, setLayout] = useState<Layout>(() => ({
    map: remembered("explore.map") !== "off",
    beside: remembered("explore.beside") === "on",
    facets: remembered("explore.facets") !== "off",
  }));
  const set = (change: Partial<Layout>) => {
    const next = { ...layout, ...change };
    setLayout(next);
    remember("explore.map", next.map ? null : "off");
    remember("explore.beside", next.beside ? "on" : null);
    remember("explore.facets", next.facets ? null : "off");
  };
  return {
    ...layout,
    toggleMap: () => set({ map: !layout.map }),
    toggleBeside: () => set({ beside: !layout.beside }),
    toggleFacets: () => set({ facets: !layout.facets }),
  };
}
