/** Shares of the target and of the pool, one above the other on the same scale, with their intervals in grey. */
import type { Gap } from "@/api";
import { count } from "@/lib/format";
import { percent } from "./words";

interface Props {
  gap: Gap;
  /** The share that fills the width. */
  full: number;
  onTarget: () => void;
  onOwn: () => void;
}

export function Bars({ gap, full, onTarget, onOwn }: Props) {
  return (
    <div className="space-y-0.5">
      <Line label="target" share={gap.target_share} ends={gap.target_ci} rows={gap.rows} full={full} color="var(--accent)" onOpen={onTarget} />
      <Line label="own" share={gap.own_share} ends={gap.own_ci} rows={gap.own_rows} full={full} color="var(--cat-2)" onOpen={onOwn} />
    </div>
  );
}

// A grey mark on a bar is seen by its rim.
const MARK = "bg-muted absolute";
const RIM = { boxShadow: "0 0 0 1px color-mix(in srgb, var(--panel) 60%, transparent)" };

interface LineProps {
  label: string;
  share: number;
  ends: readonly number[];
  rows: number;
  full: number;
  color: string;
  onOpen: () => void;
}

function Line({ label, share, ends, rows, full, color, onOpen }: LineProps) {
  const width = (value: number) => `${full > 0 ? Math.min(100, (100 * value) / full) : 0}%`;
  const [low = 0, high = 0] = ends;
  const rowWords = `${count(rows)} ${rows === 1 ? "row" : "rows"}`;
  return (
    <div className="grid grid-cols-[44px_minmax(0,1fr)_56px_72px] items-center gap-2 text-sm">
      <span className="text-muted text-xs">{label}</span>
      <span className="bg-sunken relative h-2.5 rounded-[2px]" title={`${percent(share)}, 95 % interval ${percent(low)} to ${percent(high)}`}>
        <span aria-hidden className="absolute inset-y-0 left-0 rounded-[2px]" style={{ width: width(share), minWidth: rows > 0 ? 2 : 0, background: color }} />
        <span aria-hidden className="absolute inset-y-0.5" style={{ left: width(low), width: `calc(${width(high)} - ${width(low)})` }}>
          <span className={`${MARK} inset-x-0 top-1/2 h-px -translate-y-1/2`} style={RIM} />
          <span className={`${MARK} inset-y-0 left-0 w-px`} style={RIM} />
          <span className={`${MARK} inset-y-0 right-0 w-px`} style={RIM} />
        </span>
      </span>
      <span className="text-right">{percent(share)}</span>
      <span className="text-right">
        {rows > 0 ? (
          <button
            type="button"
            aria-label={`Show the ${rowWords} of the ${label === "own" ? "pool" : label}`}
            className="decoration-line-strong hover:text-accent hover:decoration-accent inline-flex items-center pointer-coarse:min-h-8 underline decoration-dotted underline-offset-3"
            onClick={onOpen}
          >
            {rowWords}
          </button>
        ) : (
          <span className="text-faint">no row</span>
        )}
      </span>
    </div>
  );
}
