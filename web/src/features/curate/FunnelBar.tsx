import { brief, count, share } from "@/lib/format";
import { cx } from "@/ui";
import type { DraftRule } from "./draft";
import type { EntryCounts } from "./funnel";
import { titleOf } from "./words";

export interface Step {
  rule: DraftRule;
  counts: EntryCounts | undefined;
}

/** What each rule leaves of all rows, from left to right; a press chooses the rule. */
export function FunnelBar({ rowsIn, input, steps, chosen, onChoose }: { rowsIn: number | null; input: string; steps: readonly Step[]; chosen: number | null; onChoose: (id: number) => void }) {
  return (
    <ol aria-label="What each rule leaves" className="flex min-w-0 items-stretch gap-px overflow-x-auto px-4 pt-2 pb-1">
      <li className="w-20 shrink-0 px-1 text-xs">
        <Column before={1} after={1} />
        <p className="truncate font-medium" title={input}>
          {input}
        </p>
        <p className="text-muted">{rowsIn === null ? "…" : brief(rowsIn)}</p>
      </li>
      {steps.map(({ rule, counts }) => {
        const after = counts && rowsIn ? counts.remaining / rowsIn : 0;
        const before = counts && rowsIn ? (counts.remaining + counts.dropped) / rowsIn : 0;
        const lost = counts && rowsIn !== null && counts.dropped > 0 ? `−${brief(counts.dropped)}` : "–";
        return (
          <li key={rule.id} className="max-w-40 min-w-20 flex-1">
            <button
              type="button"
              aria-pressed={rule.id === chosen}
              title={counts && rowsIn !== null ? `${titleOf(rule.entry)}: drops ${count(counts.dropped)} (${share(counts.dropped, rowsIn)}), leaves ${count(counts.remaining)}` : titleOf(rule.entry)}
              className={cx("hover:bg-hover w-full rounded-[4px] px-1 text-left text-xs", rule.id === chosen && "bg-accent-soft")}
              onClick={() => onChoose(rule.id)}
            >
              <Column before={before} after={after} />
              <span className="block truncate font-medium">{titleOf(rule.entry)}</span>
              <span className={cx("block", lost === "–" ? "text-muted" : "text-loss")}>{counts ? lost : "…"}</span>
            </button>
          </li>
        );
      })}
    </ol>
  );
}

function Column({ before, after }: { before: number; after: number }) {
  return (
    <span aria-hidden className="bg-sunken relative mb-1 block h-12 overflow-hidden rounded-[3px]">
      <span className="bg-loss absolute inset-x-0 bottom-0 opacity-45" style={{ height: `${100 * before}%` }} />
      <span className="bg-sunken absolute inset-x-0 bottom-0" style={{ height: `${100 * after}%` }} />
      <span className="bg-accent absolute inset-x-0 bottom-0" style={{ height: `${100 * after}%` }} />
    </span>
  );
}
