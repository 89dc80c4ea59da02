import { Lasso, ListTree, Maximize, Minus, Plus, RefreshCw, SquareDashed } from "lucide-react";
import { memo, useMemo, useRef, useState, type RefObject } from "react";
import { failureOf, useDataset, useViewState } from "@/api";
import { useCommands } from "@/lib/commands";
import { count } from "@/lib/format";
import { useKeys } from "@/lib/keys";
import { conditionOn, useView, view } from "@/lib/view";
import { countBits, levels, MapView, type MapHandle, type Name, type Tool } from "@/map";
import { ErrorState, IconButton, Select, Skeleton, toast, useNarrow } from "@/ui";
import { makeMap, useColor, useFacets, useMap, useMask, usePlaces, useSelected, useViewMask } from "../data";
import { selectMask } from "../selection";
import type { MapState, Topic } from "../types";
import { colorable, useColorColumn, usePalette } from "./colors";
import { Hover } from "./Hover";
import { getArrowOf } from "./hover";
import { Legend } from "./Legend";
import { MapEmpty } from "./MapEmpty";
import { columnOf, levelOf, nameTopic } from "./naming";
import { Rename } from "./Rename";

const NO_COLOR = "\u0000";

export const MapPane = memo(function MapPane({ focus, onOpen }: { focus: number | null; onOpen: (id: string) => void }) {
  const map = useMap();
  if (map.error && !map.data) return <ErrorState failure={failureOf(map.error)} onRetry={() => void map.refetch()} />;
  if (!map.data) return <Skeleton className="h-full rounded-none" />;
  if (!map.data.xy) return <MapEmpty map={map.data} />;
  return <Drawn map={map.data} url={map.data.xy} focus={focus} onOpen={onOpen} />;
});

function Drawn({ map, url, focus, onOpen }: { map: MapState; url: string; focus: number | null; onOpen: (id: string) => void }) {
  const dataset = useView((now) => now.dataset) ?? "";
  const camera = useView((now) => now.camera);
  const detail = useDataset().data;
  const state = useViewState();
  const places = usePlaces(url);
  const mask = useViewMask();
  const selected = useSelected();
  const selectedMask = useMask(selected?.isPlaceholderData ? undefined : selected?.data?.view_key, selected === null);
  const [column, setColumn] = useColorColumn(dataset, detail?.columns);
  const color = useColor(column);
  const facts = color.data?.legend;
  const { palette, context } = usePalette(facts && column ? facts.kind : null);
  const narrow = useNarrow();
  const [legend, setLegend] = useState(!narrow);
  const [tool, setTool] = useState<Tool>("pan");
  const handle = useRef<MapHandle>(null);

  const rows = (places.data?.length ?? 0) >> 1;
  const level = useLevels(rows, mask, selectedMask);
  // The name of an only topic says nothing, and would lie on its points.
  const names = useMemo(() => namesOf(map.clusters), [map.clusters]);
  const [edited, setEdited] = useState<string | null>(null);
  const hoverColumns = useMemo(() => {
    const known = new Set(detail?.columns.map((one) => one.name));
    return [...new Set(["title", "text", ...(column ? [column] : ["source"])])].filter((name) => known.has(name));
  }, [detail, column]);

  const pick = (found: Uint8Array<ArrayBuffer>, size: number) => {
    setTool("pan");
    if (size === 0) return view.set({ selection: null });
    void selectMask(dataset, found, state.isPlaceholderData ? undefined : state.data?.view_key).catch((error: unknown) => toast.error(failureOf(error).message));
  };
  const open = (row: number) => {
    getArrowOf(dataset, row, []).then((found) => found && onOpen(found.id), (error: unknown) => toast.error(failureOf(error).message));
  };
  const topicOf = (id: string | null) => map.clusters.find((one) => String(one.id) === id);
  // Once shows its rows alone, once more all again: a double click, which renames, changes no filter.
  const only = (id: string) => {
    const topic = topicOf(id);
    if (!topic) return;
    const wanted = { column: columnOf(topic.level), op: "in" as const, value: [topic.label] };
    const there = conditionOn(view.get().filters, wanted.column);
    const same = Array.isArray(there?.value) && there.value.length === 1 && there.value[0] === topic.label;
    if (there) view.replaceFilter(there, same ? null : wanted);
    else view.addFilter(wanted);
  };
  const renamed = topicOf(edited);
  const named = column ? levelOf(column) : null;

  useKeys("Map", [
    { keys: "l", label: "Lasso rows", run: () => setTool(tool === "lasso" ? "pan" : "lasso") },
    { keys: "r", label: "Select in a rectangle (or drag with Shift)", run: () => setTool(tool === "rectangle" ? "pan" : "rectangle") },
    { keys: "+", label: "Nearer", run: () => handle.current?.zoom(1.4) },
    { keys: "-", label: "Farther", run: () => handle.current?.zoom(1 / 1.4) },
    { keys: "0", label: "The whole map", run: () => handle.current?.reset() },
    ...(tool === "pan" ? [] : [{ keys: "escape", label: "Put the tool away", run: () => setTool("pan") }]),
  ]);
  const dull = new Set(useFacets(state.data?.view_key).data?.facets.flatMap((facet) => (facet.hidden ? [facet.column] : [])));
  const options = colorable(detail?.columns ?? []).filter((one) => one.name === column || !dull.has(one.name));
  useCommands([
    { group: "Map", label: "Color by nothing", run: () => setColumn(null) },
    ...options.map((one) => ({ group: "Map", label: `Color by ${one.label}`, words: one.name, run: () => setColumn(one.name) })),
    { group: "Map", label: "Make the map again", run: () => void again() },
  ]);
  const again = () => makeMap(dataset.split("@")[0] ?? "").catch((error: unknown) => toast.error(failureOf(error).message));

  if (places.error && !places.data) return <ErrorState failure={failureOf(places.error)} onRetry={() => void places.refetch()} />;
  if (!places.data || !level) return <Skeleton className="h-full rounded-none" />;
  const shown = mask === null || mask === undefined ? rows : countBits(mask);
  return (
    <MapView
      label={`Map of ${count(map.placed)} rows, ${count(shown)} in view. Arrow keys move, + and - zoom, 0 shows all.`}
      xy={places.data}
      level={level}
      codes={column ? (color.data?.codes ?? null) : null}
      palette={palette}
      context={context}
      camera={camera}
      onCamera={(next) => view.set({ camera: next })}
      tool={tool}
      names={names}
      onName={only}
      onRename={setEdited}
      edited={
        renamed
          ? {
              id: String(renamed.id),
              editor: (
                <Rename
                  name={renamed.label}
                  className="w-48"
                  onDone={(name) => {
                    setEdited(null);
                    handle.current?.focus();
                    if (name !== null) void nameTopic(dataset, renamed.level, renamed.label, name);
                  }}
                />
              ),
            }
          : null
      }
      onPick={pick}
      onOpen={open}
      tooltip={(row) => <Hover row={row} columns={hoverColumns} color={column} />}
      focus={focus}
      stale={state.isPlaceholderData}
      handle={handle}
    >
      <div data-over-map className="absolute top-2 left-2 flex items-start gap-1">
        <Select
          label="Color by"
          className="bg-panel w-48"
          value={column ?? NO_COLOR}
          onChange={(name) => {
            setColumn(name === NO_COLOR ? null : name);
            // The letters that act on the map shall not choose from the list.
            setTimeout(() => handle.current?.focus());
          }}
          options={[{ value: NO_COLOR, label: <span className="text-muted">No color</span> }, ...options.map((one) => ({ value: one.name, label: one.group ? <>{one.label} <span className="text-faint">{one.group}</span></> : one.label }))]}
        />
        {column && <IconButton icon={ListTree} label={legend ? "Hide the legend" : "Show the legend"} className="bg-panel border-line" active={legend} onClick={() => setLegend(!legend)} />}
      </div>
      {facts && column && legend && (
        <div className="pointer-events-none absolute top-12 bottom-10 left-2 flex flex-col items-start pointer-coarse:top-14">
          <div data-over-map className="contents">
            <Legend facts={facts} onRename={named ? (was, name) => void nameTopic(dataset, named, was, name) : undefined} />
          </div>
        </div>
      )}
      <Tools tool={tool} onTool={setTool} handle={handle} />
      {(map.placed < map.rows || map.state === "stale") && (
        <p data-over-map className="bg-panel/90 text-muted absolute bottom-2 left-2 flex items-center gap-1 rounded px-2 text-xs">
          {count(map.placed)} of {count(map.rows)} rows have a place
          {map.state === "stale" && <IconButton icon={RefreshCw} label="Make the map again, with all rows" onClick={() => void again()} />}
        </p>
      )}
    </MapView>
  );
}

const Tools = memo(function Tools({ tool, onTool, handle }: { tool: Tool; onTool: (tool: Tool) => void; handle: RefObject<MapHandle | null> }) {
  return (
    <div data-over-map className="bg-panel border-line absolute top-2 right-2 flex flex-col rounded border">
      <IconButton icon={Lasso} label="Lasso" keys="l" side="left" active={tool === "lasso"} onClick={() => onTool(tool === "lasso" ? "pan" : "lasso")} />
      <IconButton icon={SquareDashed} label="Rectangle" keys="r" side="left" active={tool === "rectangle"} onClick={() => onTool(tool === "rectangle" ? "pan" : "rectangle")} />
      <span aria-hidden className="bg-line mx-1.5 h-px" />
      <IconButton icon={Plus} label="Nearer" keys="+" side="left" onClick={() => handle.current?.zoom(1.4)} />
      <IconButton icon={Minus} label="Farther" keys="-" side="left" onClick={() => handle.current?.zoom(1 / 1.4)} />
      <IconButton icon={Maximize} label="The whole map" keys="0" side="left" onClick={() => handle.current?.reset()} />
    </div>
  );
});

/** Levels of rows; those of before stay until the new masks are there. */
function useLevels(rows: number, mask: Uint8Array | null | undefined, selected: Uint8Array | null | undefined): Uint8Array<ArrayBuffer> | null {
  const [held, setHeld] = useState<{ rows: number; mask: Uint8Array | null; selected: Uint8Array | null; level: Uint8Array<ArrayBuffer> } | null>(null);
  if (rows === 0 || mask === undefined || selected === undefined) return held?.rows === rows ? held.level : null;
  if (held?.rows === rows && held.mask === mask && held.selected === selected) return held.level;
  const level = levels(rows, mask, selected);
  setHeld({ rows, mask, selected, level });
  return level;
}

/** Topics from afar; from near their parts, and the topics that have none. */
function namesOf(topics: readonly Topic[]): Name[] {
  const divided = new Set(topics.map((one) => one.parent));
  // The name of an only topic says nothing, and would lie on its points.
  return (topics.length < 2 ? [] : topics).map(({ id, level, label, x, y, count }) => ({
    id: String(id),
    text: shortName(label),
    x,
    y,
    weight: count,
    when: level === "subtopic" ? "near" : divided.has(id) ? "far" : undefined,
  }));
}

/** Three words are enough to tell a group; the whole name is on hover. */
function shortName(label: string): string {
  return label.split(", ").slice(0, 3).join(", ");
}
