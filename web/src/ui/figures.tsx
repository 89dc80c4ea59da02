/** Small pictures and figures. */
import { brief, count, share } from "@/lib/format";
import { cx } from "./cx";

/** "12,480 of 98,112", or "the 100 nearest of 98,112"; dimmed while a new count is on its way. */
export function CountLine({ shown, total, nearest = false, stale = false, unit = "row" }: { shown: number | null; total: number | null; nearest?: boolean; stale?: boolean; unit?: string }) {
  return (
    <span aria-live="polite" className={cx("text-sm whitespace-nowrap", stale && "stale")}>
      {total === null ? (
        <span className="text-faint">…</span>
      ) : shown === null || shown === total ? (
        <>
          <b className="font-semibold">{count(total)}</b> <span className="text-muted">{total === 1 ? unit : `${unit}s`}</span>
        </>
      ) : (
        <>
          {nearest && <span className="text-muted">the </span>}
          <b className="font-semibold">{count(shown)}</b> <span className="text-muted">{nearest && "nearest "}of {count(total)}</span>
        </>
      )}
    </span>
  );
}

/** How grave, in [0, 1]: a dot that fills, and the number for those who ask. */
export function ScoreDot({ score }: { score: number }) {
  const filled = Math.max(0, Math.min(1, score));
  const r = 6;
  const round = 2 * Math.PI * r;
  return (
    <svg width="18" height="18" viewBox="0 0 18 18" role="img" aria-label={`Severity ${filled.toFixed(2)} of 1`}>
      <title>{`Severity ${filled.toFixed(2)} of 1`}</title>
      <circle cx="9" cy="9" r={r} fill="none" stroke="var(--line-strong)" strokeWidth="2.5" />
      <circle
        cx="9"
        cy="9"
        r={r}
        fill="none"
        stroke={filled >= 0.5 ? "var(--loss)" : filled >= 0.1 ? "var(--doubt)" : "var(--muted)"}
        strokeWidth="2.5"
        strokeDasharray={`${Math.max(0.02, filled) * round} ${round}`}
        transform="rotate(-90 9 9)"
      />
    </svg>
  );
}

export function Sparkline({ values, label, width = 96, height = 24 }: { values: readonly number[]; label: string; width?: number; height?: number }) {
  const top = Math.max(...values, 1e-12);
  const step = values.length > 1 ? width / (values.length - 1) : width;
  const points = values.map((v, i) => `${(i * step).toFixed(1)},${(height - 1 - (v / top) * (height - 2)).toFixed(1)}`).join(" ");
  return (
    <svg width={width} height={height} role="img" aria-label={label}>
      <polyline points={points} fill="none" stroke="var(--accent)" strokeWidth="1.5" strokeLinejoin="round" />
    </svg>
  );
}

export interface FunnelStep {
  label: string;
  kept: number;
}

/** What is left after each step; the first is everything. */
export function Funnel({ steps, onStep }: { steps: readonly FunnelStep[]; onStep?: (index: number) => void }) {
  const all = steps[0]?.kept ?? 0;
  return (
    <ol className="space-y-1 text-sm">
      {steps.map((step, i) => {
        const before = steps[i - 1]?.kept ?? step.kept;
        const body = (
          <>
            <span className="truncate text-left" title={step.label}>
              {step.label}
            </span>
            <span className="bg-sunken relative h-3 overflow-hidden rounded-[3px]">
              <span className="bg-context absolute inset-y-0 left-0" style={{ width: `${all ? (100 * before) / all : 0}%` }} />
              <span className="bg-accent absolute inset-y-0 left-0" style={{ width: `${all ? (100 * step.kept) / all : 0}%` }} />
            </span>
            <span className="text-right">{brief(step.kept)}</span>
            <span className="text-muted text-right text-xs">{i === 0 ? "" : before === step.kept ? "–" : `−${share(before - step.kept, all)}`}</span>
          </>
        );
        const grid = "grid w-full grid-cols-[minmax(0,1fr)_minmax(48px,1fr)_64px_60px] items-center gap-2 min-h-6";
        return (
          <li key={i}>
            {onStep ? (
              <button type="button" className={cx(grid, "hover:bg-hover rounded-[4px]")} onClick={() => onStep(i)}>
                {body}
              </button>
            ) : (
              <div className={grid}>{body}</div>
            )}
          </li>
        );
      })}
    </ol>
  );
}
