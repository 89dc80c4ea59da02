import { ChevronDown, ChevronUp, CornerUpLeft, Maximize2, X } from "lucide-react";
import { useRef, useState, type ReactNode, type RefObject } from "react";
import { failureOf, useViewState } from "@/api";
import { useKeys } from "@/lib/keys";
import { count } from "@/lib/format";
import { goTo, view } from "@/lib/view";
import { Badge, CopyId, copyText, cx, ErrorState, IconButton, Skeleton, toast } from "@/ui";
import { Answers } from "./Answers";
import { useRow } from "./data";
import { visible } from "./lens";
import { Near } from "./Near";
import { Origin } from "./Origin";
import { Sample } from "./Sample";
import { Signals } from "./Signals";
import { Tags } from "./Tags";
import { Thumbs } from "./Thumbs";
import type { RowDetail } from "./types";
import { Why } from "./Why";

/** Everything about the row in focus; in two columns where there is room. */
export function Row({ id, full }: { id: string; full: boolean }) {
  const { data: row, error, isPlaceholderData, refetch } = useRow(id);
  if (error) return <ErrorState failure={failureOf(error)} onRetry={() => void refetch()} />;
  if (!row) return <Loading />;
  return <Loaded row={row} full={full} stale={isPlaceholderData} />;
}

function Loaded({ row, full, stale }: { row: RowDetail; full: boolean; stale: boolean }) {
  const box = useRef<HTMLDivElement>(null);
  const why = useRef<HTMLElement>(null);
  const near = useRef<HTMLElement>(null);
  const trail = useTrail(row.id, row.neighbors?.map((one) => one.id) ?? [], row.duplicates.exact.map((one) => one.id));
  const move = (to: string | null) => {
    if (to === null) return;
    view.set({ row: to });
    box.current?.scrollTo({ top: 0 });
  };
  const jump = (part: RefObject<HTMLElement | null>) => {
    part.current?.scrollIntoView({ block: "start" });
    part.current?.focus({ preventScroll: true });
  };
  const close = () => (full ? goTo("explore", {}) : view.set({ row: null }));
  const copy = () => void copyText(row.id).then((done) => done && toast(`Copied ${row.id}`));
  useKeys("Inspect", [
    { keys: "j", label: "Next row of the view", run: () => move(row.next) },
    { keys: "k", label: "Previous row of the view", run: () => move(row.previous) },
    { keys: "e", label: "Why it is in or out", run: () => jump(why) },
    { keys: "n", label: "Nearest rows", run: () => jump(near) },
    { keys: "c", label: "Copy the id", run: copy },
    { keys: "b", label: "Back to the row before", run: () => trail && move(trail) },
    { keys: "escape", label: full ? "Back to Explore" : "Close Inspect", run: close },
    ...(full ? [] : [{ keys: "shift+enter", label: "Show it in full", run: () => goTo("inspect") }]),
  ]);
  return (
    <div className={cx("bg-panel flex h-full min-h-0 flex-col", stale && "stale")} aria-busy={stale}>
      <header className="hairline-b flex min-h-11 items-center gap-1 py-1 pr-1.5 pl-4">
        <h1 dir="auto" className="min-w-0 flex-1 truncate font-semibold">
          {title(row)}
        </h1>
        <CopyId id={row.id} />
        {row.in_view === false && <Badge>not in view</Badge>}
        {trail && <IconButton icon={CornerUpLeft} label="Back to the row before" keys="b" onClick={() => move(trail)} />}
        <IconButton icon={ChevronUp} label="Previous row" keys="k" disabled={row.previous === null} onClick={() => move(row.previous)} />
        <IconButton icon={ChevronDown} label="Next row" keys="j" disabled={row.next === null} onClick={() => move(row.next)} />
        {!full && <IconButton icon={Maximize2} label="Show it in full" keys="shift+enter" onClick={() => goTo("inspect")} />}
        <IconButton icon={X} label={full ? "Back to Explore" : "Close"} keys="escape" onClick={close} />
      </header>
      <div ref={box} className="@container min-h-0 flex-1 overflow-y-auto" tabIndex={-1}>
        <div className="mx-auto grid max-w-[1480px] gap-x-10 gap-y-6 p-4 @3xl:grid-cols-[minmax(0,1fr)_340px] @3xl:p-6 @6xl:grid-cols-[minmax(0,1fr)_320px_320px]">
          <div className="min-w-0 space-y-4">
            <div className="flex flex-wrap items-center gap-x-6 gap-y-1.5">
              <Tags row={row} />
              <Answers row={row} />
            </div>
            <Thumbs row={row} />
            <Sample key={row.id} row={row} />
          </div>
          <aside className="min-w-0 space-y-6 @6xl:contents" aria-label="About this row">
            <div className="space-y-6">
              <Part title="Why it is in or out" anchor={why}>
                <Why verdicts={row.verdicts} />
              </Part>
              {row.findings.length > 0 && (
                <Part title="Findings">
                  <Findings findings={row.findings} />
                </Part>
              )}
              <Part title="Nearest rows" anchor={near}>
                <Near row={row} />
              </Part>
              <Part title="Where it comes from">
                <Origin steps={row.lineage} />
              </Part>
            </div>
            <Part title="Signals">
              <Signals groups={row.signals} />
            </Part>
          </aside>
        </div>
      </div>
      {full && <Place row={row} />}
    </div>
  );
}

function Part({ title, anchor, children }: { title: string; anchor?: RefObject<HTMLElement | null>; children: ReactNode }) {
  return (
    <section ref={anchor} tabIndex={-1} className="scroll-mt-2 outline-none">
      <h2 className="mb-2 text-sm font-semibold">{title}</h2>
      {children}
    </section>
  );
}

function Findings({ findings }: { findings: RowDetail["findings"] }) {
  return (
    <ul className="text-sm">
      {findings.map((finding) => (
        <li key={finding.id} className="hairline-b flex items-center gap-2 last:border-0">
          <button type="button" className="hover:bg-hover min-h-(--target) min-w-0 flex-1 rounded-[4px] px-1 py-1 text-left" onClick={() => goTo("explore", { filters: [`finding:${finding.id}`] })}>
            {finding.title}
          </button>
          {finding.state !== "open" && <Badge>{finding.state}</Badge>}
        </li>
      ))}
    </ul>
  );
}

/** Where the row stands in the view. */
function Place({ row }: { row: RowDetail }) {
  const state = useViewState().data;
  return (
    <footer className="border-line text-muted flex min-h-8 items-center justify-between border-t px-4 text-xs">
      <span>
        Row {count(row.row + 1)} of {row.dataset}
      </span>
      {state && <span>{row.in_view === false ? "outside the view" : `one of ${count(state.count)} in view`}</span>}
    </footer>
  );
}

function Loading() {
  return (
    <div className="space-y-3 p-4" aria-busy>
      <Skeleton className="h-7 w-1/2" />
      <Skeleton className="h-4 w-full" />
      <Skeleton className="h-4 w-11/12" />
      <Skeleton className="h-4 w-4/5" />
      <Skeleton className="h-40 w-full" />
    </div>
  );
}

/** The row from which a neighbor was opened, to go back to. */
function useTrail(id: string, neighbors: readonly string[], copies: readonly string[]): string | null {
  const [seen, setSeen] = useState<{ now: string; near: readonly string[]; path: readonly string[] }>({ now: id, near: [], path: [] });
  const near = [...neighbors, ...copies];
  if (seen.now !== id) {
    const back = seen.path.at(-1) === id;
    const path = back ? seen.path.slice(0, -1) : seen.near.includes(id) ? [...seen.path, seen.now] : [];
    setSeen({ now: id, near, path });
    return path.at(-1) ?? null;
  }
  if (seen.near.join() !== near.join()) setSeen({ ...seen, near });
  return seen.path.at(-1) ?? null;
}

function title(row: RowDetail): string {
  const { title: given } = row.values;
  if (typeof given === "string" && given.trim() !== "") return given;
  const { text } = row.values;
  const first = typeof text === "string" ? text.slice(0, 400).split("\n").find((line) => line.trim() !== "") : null;
  return visible(first ?? "").trim().slice(0, 160) || `Row ${count(row.row + 1)}`;
}

