import { ArrowDown, ThumbsDown, ThumbsUp } from "lucide-react";
import { chance } from "@/lib/format";
import { cx } from "@/ui";
import type { Standing } from "./likely";

/** Pixels: a bar, a number and two thumbs; on a phone the number alone, thumbs are in the row. */
export const LIKELY = typeof matchMedia === "function" && matchMedia("(pointer: coarse)").matches ? 188 : 164;
export const LIKELY_NARROW = 64;

/** Wider than this, an interval says next to nothing. */
const VAGUE = 0.5;

/** Head of the column: the order of a search is that of its probabilities, so a click takes other orders off. */
export function LikelyHead({ sorted, narrow, onSort }: { sorted: boolean; narrow: boolean; onSort: () => void }) {
  return (
    <div
      role="columnheader"
      aria-sort={sorted ? "descending" : "none"}
      title="How likely a row is what you search for, by the thumbs given so far; the bar shows the 95 % interval"
      className="bg-panel relative h-full shrink-0"
      style={{ width: narrow ? LIKELY_NARROW : LIKELY }}
    >
      <button type="button" onClick={onSort} className={cx("hover:text-text flex size-full items-center gap-1 px-2.5 text-xs font-semibold", sorted ? "text-text" : "text-muted")}>
        Likely
        {sorted && <ArrowDown size={13} aria-hidden className="text-accent shrink-0" />}
      </button>
    </div>
  );
}

interface Props {
  index: number;
  standing: Standing | undefined;
  narrow: boolean;
  onSay: (next: boolean) => void;
}

/** How likely a row is meant, and thumbs to say whether it is: seen where the pointer or the keyboard is. */
export function LikelyCell({ index, standing, narrow, onSay }: Props) {
  const likely = standing?.likely ?? null;
  const answer = standing?.answer ?? null;
  return (
    <div className="flex h-full items-center pl-2.5">
      {standing === undefined ? (
        <span className="w-22" />
      ) : likely === null ? (
        <span className={cx("text-muted pr-1 text-right", narrow ? "w-10" : "w-22")} title="Not known: give thumbs to a few rows, = yes and - no">
          –
        </span>
      ) : (
        <span className={cx("flex items-center gap-2", !narrow && "w-22")} title={`Likely ${chance(likely.value)}: ${chance(likely.low)} to ${chance(likely.high)}`}>
          {!narrow && <Range {...likely} />}
          <span className={cx("w-10 text-right", likely.high - likely.low > VAGUE && "text-muted")}>{chance(likely.value)}</span>
        </span>
      )}
      {!narrow && standing && (
        <>
          <Thumb icon={ThumbsUp} label={`Row ${index + 1} is meant`} on={answer === true} onClick={() => onSay(true)} />
          <Thumb icon={ThumbsDown} label={`Row ${index + 1} is not meant`} on={answer === false} onClick={() => onSay(false)} />
        </>
      )}
    </div>
  );
}

function Range({ value, low, high }: { value: number; low: number; high: number }) {
  return (
    <span aria-hidden className="bg-sunken relative h-1.5 w-10 overflow-hidden rounded-full">
      <span className="bg-context absolute inset-y-0" style={{ left: `${100 * low}%`, width: `${100 * (high - low)}%` }} />
      <span className="bg-accent absolute inset-y-0 w-0.5" style={{ left: `calc(${100 * value}% - 1px)` }} />
    </span>
  );
}

function Thumb({ icon: Icon, label, on, onClick }: { icon: typeof ThumbsUp; label: string; on: boolean; onClick: () => void }) {
  return (
    <button
      type="button"
      // The keyboard has = and - on the row under its cursor: fifty stops of Tab would be in the way.
      tabIndex={-1}
      aria-label={label}
      aria-pressed={on}
      title={on ? "Take it back" : label}
      onClick={(event) => {
        event.stopPropagation();
        onClick();
      }}
      className={cx(
        "grid h-full w-(--target) place-items-center rounded-[4px]",
        on ? "text-accent" : "text-muted hover:text-text hover:bg-hover opacity-0 group-hover:opacity-100 group-aria-current:opacity-100 [@media(hover:none)]:opacity-100",
      )}
    >
      <Icon size={15} strokeWidth={on ? 2.25 : 1.75} fill={on ? "currentColor" : "none"} fillOpacity={0.18} aria-hidden />
    </button>
  );
}
