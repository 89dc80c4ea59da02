/** What was found: the conclusion, the gaps worst first, and what to get next beside them. */
import { Layers, RotateCw } from "lucide-react";
import { useEffect, useMemo, useRef, useState, type ReactNode } from "react";
import type { Gap, GapsFound } from "@/api";
import { useCommands } from "@/lib/commands";
import { ago, count, plural } from "@/lib/format";
import { useKeys } from "@/lib/keys";
import { Button, EmptyState, Menu } from "@/ui";
import { isChosen, useDecisions } from "./choice";
import { Card, copyBrief } from "./Card";
import { Target, type Other } from "./Choose";
import { Next } from "./Next";
import { openAll, openMap, openOwn, openTarget } from "./open";
import { chance, percent } from "./words";

interface Props {
  found: GapsFound;
  stale: boolean;
  busy: boolean;
  progress: ReactNode;
  /** Why the newest comparison failed, where an older one is shown. */
  problem: string | null;
  others: readonly Other[];
  /** Datasets that can be searched for what is missing. */
  pools: readonly string[];
  onCompare: (options?: { sources?: readonly string[] }) => void;
}

/** The gap in focus, for those who come back from its rows. */
const places = new Map<string, string>();

export function Found({ found, stale, busy, progress, problem, others, pools, onCompare }: Props) {
  const [decisions, decide] = useDecisions(found);
  const sure = useMemo(() => found.gaps.filter((gap) => gap.sure), [found]);
  const unsure = useMemo(() => found.gaps.filter((gap) => !gap.sure), [found]);
  const [wide, setWide] = useState(false);
  const shown = wide || sure.length === 0 ? [...sure, ...unsure] : sure;
  const place = `${found.pool} ${found.target}`;
  const [focusId, setFocus] = useState(() => places.get(place) ?? null);
  const setFocusId = (id: string) => {
    places.set(place, id);
    setFocus(id);
  };
  const index = Math.max(0, shown.findIndex((gap) => gap.id === focusId));
  const focused = shown[index];
  const box = useRef<HTMLDivElement>(null);
  const searched = found.gaps[0]?.pools.map((pool) => pool.dataset) ?? [];
  const again = () => onCompare({ sources: searched });
  const full = Math.max(...shown.map((gap) => Math.max(gap.target_ci[1] ?? 0, gap.own_ci[1] ?? 0)), 0);

  const focus = (at: number) => {
    const next = shown[Math.max(0, Math.min(shown.length - 1, at))];
    if (!next) return;
    setFocusId(next.id);
    box.current?.querySelector(`[data-gap="${CSS.escape(next.id)}"]`)?.scrollIntoView({ block: "nearest" });
  };
  useEffect(() => {
    box.current?.querySelector("[aria-current=true]")?.scrollIntoView({ block: "nearest" });
  }, []);
  const include = (gap: Gap, yes: boolean) => decide(gap.id, yes === gap.sure ? null : yes);
  const on = (run: (gap: Gap) => void) => () => focused && run(focused);
  useKeys("Gaps", [
    { keys: "j", label: "Next gap", run: () => focus(index + 1) },
    { keys: "k", label: "Previous gap", run: () => focus(index - 1) },
    { keys: "arrowdown", label: "Next gap", run: () => focus(index + 1) },
    { keys: "arrowup", label: "Previous gap", run: () => focus(index - 1) },
    { keys: "x", label: "Take it in or out", run: on((gap) => include(gap, !isChosen(gap, decisions))) },
    { keys: "enter", label: "Look at its rows in the target", run: on((gap) => openTarget(found, gap)) },
    { keys: "o", label: "Look at own rows in it", run: on((gap) => gap.own_rows > 0 && openOwn(found, gap)) },
    { keys: "m", label: "Show it on the map of the target", run: on((gap) => openMap(found, gap)) },
    { keys: "b", label: "Copy its brief", run: on((gap) => void copyBrief(gap)) },
    { keys: "r", label: "Compare anew", run: again },
  ]);
  useCommands([
    { group: "Gaps", label: "Compare anew", run: again },
    ...pools.map((pool) => ({ group: "Gaps", label: `Look in ${pool} for what is missing`, run: () => onCompare({ sources: [...new Set([...searched, pool])] }) })),
  ]);
  const list = (gaps: readonly Gap[], first: number) => (
    <ol className="space-y-2">
      {gaps.map((gap, i) => (
        <li key={gap.id} data-gap={gap.id}>
          <Card found={found} gap={gap} place={first + i} full={full} focused={gap === focused} included={isChosen(gap, decisions)} pools={pools} onFocus={() => setFocusId(gap.id)} onInclude={(yes) => include(gap, yes)} />
        </li>
      ))}
    </ol>
  );

  return (
    <div ref={box} className="h-full overflow-y-auto">
      <div className="mx-auto max-w-7xl space-y-4 p-4 pb-16 md:px-6">
        <header className="space-y-2">
          <div className="flex flex-wrap items-center justify-between gap-2">
            <Target others={others} target={found.target} pool={found.pool} />
            <div className="flex flex-wrap gap-2">
              {pools.length > 0 && (
                <Menu
                  align="end"
                  trigger={
                    <Button kind="quiet" icon={Layers} disabled={busy}>
                      Look in pools
                    </Button>
                  }
                  title="Count the rows that would fit"
                  groups={[
                    pools.map((pool) => {
                      const chosen = searched.includes(pool);
                      return { label: pool, chosen, run: () => onCompare({ sources: chosen ? searched.filter((one) => one !== pool) : [...searched, pool] }) };
                    }),
                  ]}
                />
              )}
              <Button kind={stale ? "primary" : "quiet"} icon={RotateCw} keys="r" disabled={busy} onClick={again}>
                Compare anew
              </Button>
            </div>
          </div>
          <Conclusion found={found} sure={sure} />
          <p className="text-muted text-sm">
            Compared by {found.embedding}: <All dataset={found.pool} rows={found.pool_rows} /> of {found.pool}
            {found.sampled !== null && <> (a sample of {count(found.sampled)})</>}, <All dataset={found.target} rows={found.target_rows} /> of {found.target}, {ago(found.time)}
            {stale && <span className="text-doubt">, before the last change</span>}
            {!found.told_apart && sure.length > 0 && <span className="text-doubt">. What follows may be chance.</span>}
          </p>
          {progress}
          {problem && !busy && <p className="text-loss text-sm">The newest comparison failed: {problem}</p>}
        </header>
        {shown.length === 0 ? (
          <EmptyState title={found.told_apart ? "They differ as a whole, not by parts" : `${found.pool} lacks nothing that ${found.target} has`}>
            {found.told_apart ? `No part of ${found.target} has fewer rows of ${found.pool} near than another. What tells the two apart is in Versions, where any two are compared.` : "Every part of the target has its share among these rows, or more."}
          </EmptyState>
        ) : (
          <div className="grid items-start gap-4 lg:grid-cols-[minmax(0,1fr)_360px]">
            <div className="min-w-0 space-y-3">
              {sure.length > 0 && list(sure, 1)}
              {unsure.length > 0 && (
                <section aria-label="Within chance" className="space-y-2">
                  <div className="flex flex-wrap items-center gap-x-3">
                    <p className="text-muted text-sm">
                      {plural(unsure.length, "region")} {unsure.length === 1 ? "is" : "are"} rarer here too, but no more than chance may make {unsure.length === 1 ? "it" : "them"}.
                    </p>
                    {sure.length > 0 && (
                      <Button kind="quiet" aria-expanded={wide} onClick={() => setWide(!wide)}>
                        {wide ? "Hide" : "Show"}
                      </Button>
                    )}
                  </div>
                  {(wide || sure.length === 0) && list(unsure, sure.length + 1)}
                </section>
              )}
              {found.more > 0 && (
                <p className="text-muted text-sm">
                  {plural(found.more, "smaller gap")} with {percent(found.more_share)} of the target {found.more === 1 ? "is" : "are"} not listed.
                </p>
              )}
            </div>
            <aside className="min-w-0 lg:sticky lg:top-4">
              <Next found={found} decisions={decisions} decide={decide} />
            </aside>
          </div>
        )}
      </div>
    </div>
  );
}

/** One sentence: whether the two differ, and how much of the target is missing. */
function Conclusion({ found, sure }: { found: GapsFound; sure: readonly Gap[] }) {
  const held = sure.reduce((sum, gap) => sum + gap.target_share, found.more_share);
  const gaps = sure.length + found.more;
  return (
    <h2 className="text-lg font-semibold wrap-anywhere">
      {found.pool} {found.told_apart ? "can" : "cannot"} be told from {found.target}:{" "}
      <span title="How well a nearest-neighbor classifier tells their rows apart: 0.5 is not at all, 1 is always">AUROC {found.auroc.toFixed(2)}</span>,{" "}
      <span title="Of a permutation test of whether the two differ">{chance(found.p_value)}</span>;{" "}
      {gaps === 0 ? "no part of the target is surely missing" : `${plural(gaps, "gap")} ${gaps === 1 ? "holds" : "hold"} ${percent(held)} of the target`}.
    </h2>
  );
}

function All({ dataset, rows }: { dataset: string; rows: number }) {
  return (
    <button type="button" className="decoration-line-strong hover:text-accent hover:decoration-accent text-text underline decoration-dotted underline-offset-3" onClick={() => openAll(dataset)}>
      {plural(rows, "row")}
    </button>
  );
}
