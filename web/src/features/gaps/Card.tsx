import { ClipboardCopy, Map as MapIcon, Rows3, Search } from "lucide-react";
import { memo } from "react";
import type { Gap, GapsFound } from "@/api";
import { plural } from "@/lib/format";
import { Button, Checkbox, copyText, cx, Menu, toast } from "@/ui";
import { Bars } from "./Bars";
import { openFitting, openMap, openOwn, openRow, openTarget, searchPool } from "./open";
import { interval, percent, ruleWords, times } from "./words";

const SHOWN = 3;

interface Props {
  found: GapsFound;
  gap: Gap;
  place: number;
  full: number;
  focused: boolean;
  included: boolean;
  /** Other datasets, to be searched for what is missing. */
  pools: readonly string[];
  onFocus: () => void;
  onInclude: (include: boolean) => void;
}

export const Card = memo(function Card({ found, gap, place, full, focused, included, pools, onFocus, onInclude }: Props) {
  const [low = 0, high = 0] = gap.ci;
  return (
    <article
      aria-label={gap.name}
      aria-current={focused ? "true" : undefined}
      onClick={onFocus}
      onFocus={onFocus}
      className={cx("bg-panel scroll-my-4 rounded border p-3", focused ? "border-accent" : "border-line hover:border-line-strong")}
    >
      <div className="grid items-center gap-x-5 gap-y-2 md:grid-cols-[minmax(0,1fr)_minmax(300px,44%)_92px]">
        <div className="flex min-w-0 items-center gap-2.5">
          <Checkbox bare label={`Get rows for ${gap.name}`} checked={included} onChange={onInclude} />
          <span className="text-faint w-5 shrink-0 text-right text-sm">{place}</span>
          <h3 dir="auto" className="line-clamp-3 min-w-0 flex-1 font-semibold wrap-anywhere">
            {gap.name}
          </h3>
          <span className="shrink-0 text-right md:hidden">
            <Ratio gap={gap} low={low} high={high} />
          </span>
        </div>
        <Bars gap={gap} full={full} onTarget={() => openTarget(found, gap)} onOwn={() => openOwn(found, gap)} />
        <span className="text-right max-md:hidden">
          <Ratio gap={gap} low={low} high={high} />
        </span>
      </div>
      {focused && <Evidence found={found} gap={gap} pools={pools} />}
    </article>
  );
});

function Ratio({ gap, low, high }: { gap: Gap; low: number; high: number }) {
  return (
    <span title="Share of the target over the share of the pool, with its 95 % interval">
      <span className="block font-semibold">{times(gap.ratio)}</span>
      <span className="text-faint block text-xs whitespace-nowrap">
        {interval(low, high)}
      </span>
    </span>
  );
}

function Evidence({ found, gap, pools }: { found: GapsFound; gap: Gap; pools: readonly string[] }) {
  return (
    <div className="border-line mt-3 space-y-3 border-t pt-3">
      {gap.rules.length > 0 && (
        <ul aria-label="Rules" className="text-sm">
          {gap.rules.map((rule) => (
            <li key={rule.rule} title={rule.rule}>
              {ruleWords(rule.rule)}{" "}
              <span className="text-muted">
                ({percent(rule.covers)} of it, {percent(rule.elsewhere)} of the rest)
              </span>
            </li>
          ))}
        </ul>
      )}
      {gap.examples.length > 0 && (
        <div className="grid gap-x-5 gap-y-1 md:grid-cols-2">
          <h4 className="text-muted text-xs max-md:hidden">In the middle of the gap, of {found.target}</h4>
          <h4 className="text-muted text-xs max-md:hidden">The nearest that {found.pool} has</h4>
          {gap.examples.slice(0, SHOWN).map((example) => {
            const near = example.nearest[0];
            return (
              <div key={example.id} className="contents">
                <Line text={example.text} onOpen={() => openRow(found, gap, "target", example.id)} />
                {near ? <Line text={near.text} note={near.similarity.toFixed(2)} onOpen={() => openRow(found, gap, "own", near.id)} /> : <span />}
              </div>
            );
          })}
        </div>
      )}
      {gap.pools.length > 0 && (
        <ul aria-label="Other pools" className="flex flex-wrap gap-2">
          {gap.pools.map((pool) => (
            <li key={pool.dataset}>
              <Button kind="quiet" icon={Rows3} disabled={pool.rows === 0} onClick={() => openFitting(pool)}>
                {pool.dataset} has {plural(pool.rows, "row")} that would fit
              </Button>
            </li>
          ))}
        </ul>
      )}
      <div className="flex flex-wrap gap-2">
        <Button kind="primary" icon={Rows3} keys="enter" onClick={() => openTarget(found, gap)}>
          Look at {plural(gap.rows, "row")}
        </Button>
        <Button icon={MapIcon} keys="m" onClick={() => openMap(found, gap)}>
          On the map
        </Button>
        {pools.length > 0 && (
          <Menu
            trigger={<Button icon={Search}>Search pools</Button>}
            title="For rows like these"
            groups={[pools.map((pool) => ({ label: pool, run: () => searchPool(pool, gap) }))]}
          />
        )}
        <Button kind="quiet" icon={ClipboardCopy} keys="b" onClick={() => void copyBrief(gap)}>
          Copy the brief
        </Button>
      </div>
    </div>
  );
}

export async function copyBrief(gap: Gap): Promise<void> {
  if (await copyText(gap.brief)) toast(`Copied what to write or collect for ${gap.name}`);
}

function Line({ text, note, onOpen }: { text: string; note?: string; onOpen: () => void }) {
  return (
    <button type="button" className="hover:bg-hover flex min-h-7 w-full min-w-0 items-baseline gap-2 rounded-[4px] px-1 text-left text-sm pointer-coarse:min-h-11 pointer-coarse:items-center max-md:even:pl-5 max-md:even:text-muted" onClick={onOpen}>
      {note && <span className="text-faint shrink-0 text-xs" title="Similarity, at most 1">{note}</span>}
      <span dir="auto" className="truncate">{text || <span className="text-faint">(no text)</span>}</span>
    </button>
  );
}
