/** Sentences, figures, bars and histograms of a report: each number opens the view behind it. */
import type { ReactNode } from "react";
import type { ReportBars, ReportFigure, ReportHistogram, ReportNumber } from "@/api";
import { measure } from "@/lib/format";
import { goTo } from "@/lib/view";
import { cx, Histogram } from "@/ui";

interface InDataset {
  /** The dataset or version that the report is about. */
  dataset: string;
}

export function Words({ parts, className, dataset }: InDataset & { parts: readonly (string | ReportNumber)[]; className?: string }) {
  return (
    <p className={className}>
      {parts.map((part, i) => (typeof part === "string" ? part : <NumberLink key={i} number={part} dataset={dataset} />))}
    </p>
  );
}

export function NumberLink({ number, dataset, children }: InDataset & { number: ReportNumber; children?: ReactNode }) {
  const { filters } = number.view;
  const shown = filters.length > 0 ? `rows where ${filters.join(" and ")}` : "all rows";
  return (
    <button
      type="button"
      title={`Show ${shown}`}
      className="decoration-line-strong hover:text-accent hover:decoration-accent underline decoration-dotted underline-offset-3"
      onClick={() => goTo("explore", { dataset: number.view.dataset ?? dataset, filters: [...filters], search: null, sort: [], selection: null })}
    >
      {children ?? number.text}
    </button>
  );
}

export function Figures({ figures, dataset }: InDataset & { figures: readonly ReportFigure[] }) {
  return (
    <dl className="bg-line border-line grid grid-cols-2 gap-px overflow-hidden rounded border md:grid-cols-12">
      {figures.map((figure, i) => (
        <div key={figure.label} className={cx("bg-panel min-w-0 px-4 py-3", spanOf(i, figures.length))}>
          <dt className="text-muted truncate text-xs">{figure.label}</dt>
          <dd className="text-xl font-semibold">
            <NumberLink number={figure} dataset={dataset} />
          </dd>
          {figure.note && <dd className="text-muted text-xs">{figure.note}</dd>}
        </div>
      ))}
    </dl>
  );
}

const OF_TWELVE: Record<number, string> = { 1: "md:col-span-12", 2: "md:col-span-6", 3: "md:col-span-4", 4: "md:col-span-3" };

/** Up to four tiles a line, two on a phone; a line that is not full is shared by those in it. */
function spanOf(place: number, n: number): string {
  const line = n <= 4 || place < n - (n % 4) ? Math.min(n, 4) : n % 4;
  return cx(OF_TWELVE[line], n % 2 === 1 && place === n - 1 && "max-md:col-span-2");
}

const SHORT = 8;
const NARROW = "grid-cols-[minmax(0,1fr)_72px_56px] md:grid-cols-[minmax(0,5fr)_minmax(0,4fr)_72px_56px]";
const WIDE = "grid-cols-[minmax(0,1fr)_48px_152px] md:grid-cols-[minmax(0,4fr)_minmax(0,3fr)_56px_176px]";

export function Bars({ block, dataset }: InDataset & { block: ReportBars }) {
  const full = block.scale ?? Math.max(...block.bars.map((bar) => bar.share), 0);
  // A share is short; an estimate comes with its interval, which is not to be cut off.
  const wide = block.bars.some((bar) => bar.note.length > SHORT);
  return (
    <figure>
      <figcaption className="mb-1 text-sm font-semibold">{block.title}</figcaption>
      <ul aria-label={block.title} className="max-md:space-y-1">
        {block.bars.map((bar, i) => (
          <li key={i} className={cx("grid min-h-8 items-center gap-x-3 text-sm md:py-0.5", wide ? WIDE : NARROW)}>
            <span className={cx("wrap-anywhere max-md:col-span-full", bar.label.length < 40 && "truncate")} title={bar.label}>
              {bar.label}
            </span>
            <span aria-hidden className="bg-sunken h-2.5 rounded-[2px]">
              <span className="bg-accent block h-2.5 rounded-[2px]" style={{ width: `${full > 0 ? Math.min(100, (100 * bar.share) / full) : 0}%`, minWidth: bar.value > 0 ? 2 : 0 }} />
            </span>
            <span className="text-right">
              <NumberLink number={bar} dataset={dataset} />
            </span>
            <span className={cx("text-muted text-right text-xs", !wide && "truncate")} title={bar.note}>
              {bar.note}
            </span>
          </li>
        ))}
      </ul>
    </figure>
  );
}

export function Spread({ block, dataset }: InDataset & { block: ReportHistogram }) {
  return (
    <figure>
      <figcaption className="mb-1 text-sm font-semibold">{block.title}</figcaption>
      <Histogram data={{ edges: block.edges, all: block.counts }} label={block.title} height={88} format={measure} />
      {block.median && (
        <p className="text-muted mt-1 text-xs">
          Half of the rows have <NumberLink number={block.median} dataset={dataset} /> or fewer.
        </p>
      )}
    </figure>
  );
}
