import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { ArrowRightLeft } from "lucide-react";
import { about, api, failureOf, type Diff } from "@/api";
import { count, measure, plural, share } from "@/lib/format";
import { hasFeature } from "@/lib/features";
import { currentPlace } from "@/lib/route";
import { goTo, splitDataset, type Filter } from "@/lib/view";
import { BarList, Button, cx, ErrorState, IconButton, Select, Skeleton } from "@/ui";

interface Props {
  dataset: string;
  names: readonly string[];
  a: string;
  b: string;
  onChange: (a: string, b: string) => void;
}

/** What is in one of two versions and not in the other, why, and how the statistics moved. */
export function DiffView({ dataset, names, a, b, onChange }: Props) {
  const diff = useQuery({
    queryKey: about(dataset, "diff", a, b),
    queryFn: ({ signal }) => api.diff(dataset, a, b, signal),
    enabled: a !== b,
    placeholderData: keepPreviousData,
  });
  const options = names.map((name) => ({ value: name, label: name }));
  return (
    <section aria-label="Difference" className="space-y-4">
      <div className="flex flex-wrap items-center gap-2">
        <Select label="From" value={a} options={options} onChange={(next) => onChange(next, b)} className="max-w-52" />
        <IconButton icon={ArrowRightLeft} label="Swap" onClick={() => onChange(b, a)} />
        <Select label="To" value={b} options={options} onChange={(next) => onChange(a, next)} className="max-w-52" />
      </div>
      {a === b ? (
        <p className="text-muted text-sm">Choose two different versions.</p>
      ) : diff.error && !diff.data ? (
        <ErrorState failure={failureOf(diff.error)} onRetry={() => void diff.refetch()} />
      ) : diff.data ? (
        <div className={cx("space-y-6", diff.isPlaceholderData && "stale")}>
          <Rows diff={diff.data} dataset={dataset} />
          <Statistics diff={diff.data} />
        </div>
      ) : (
        <div className="space-y-3" aria-busy="true">
          <Skeleton className="h-24" />
          <Skeleton className="h-40" />
        </div>
      )}
    </section>
  );
}

/** The row set of a dataset or version, as a filter on the dataset's source rows. */
function inSet(name: string, not: boolean): Filter[] {
  const { version } = splitDataset(name);
  if (version === null) return [];
  return [`${not ? "not " : ""}version:${version}`];
}

function Rows({ diff, dataset }: { diff: Diff; dataset: string }) {
  const total = diff.common + diff.only_a.rows + diff.only_b.rows;
  const parts = [
    { label: `only in ${diff.a.name}`, rows: diff.only_a.rows, color: "color-mix(in srgb, var(--loss) 60%, var(--panel))", filters: [...inSet(diff.a.name, false), ...inSet(diff.b.name, true)] },
    { label: "in both", rows: diff.common, color: "var(--context)", filters: [...inSet(diff.a.name, false), ...inSet(diff.b.name, false)] },
    { label: `only in ${diff.b.name}`, rows: diff.only_b.rows, color: "var(--accent)", filters: [...inSet(diff.b.name, false), ...inSet(diff.a.name, true)] },
  ];
  const look = (filters: Filter[]) =>
    goTo(hasFeature("explore") ? "explore" : currentPlace().page, { dataset: splitDataset(dataset).name, filters, search: null, sort: [], selection: null });
  const reasons = Object.entries({ ...diff.only_b.reasons, ...diff.only_a.reasons }).sort((x, y) => y[1] - x[1]);
  return (
    <>
      <div>
        <div className="flex h-4 gap-px overflow-hidden rounded-[3px]" aria-hidden>
          {parts.map((part) => part.rows > 0 && <div key={part.label} style={{ background: part.color, flex: Math.max(part.rows, total / 200) }} />)}
        </div>
        <ul className="mt-2 grid gap-2 sm:grid-cols-3">
          {parts.map((part) => (
            <li key={part.label}>
              <Button kind="quiet" disabled={part.rows === 0} className="w-full justify-start! px-2!" onClick={() => look(part.filters)}>
                <span aria-hidden className="size-2.5 shrink-0 rounded-[3px]" style={{ background: part.color }} />
                <span className="text-text font-semibold">{count(part.rows)}</span>
                <span className="truncate font-normal">
                  {part.label} ({share(part.rows, total)})
                </span>
              </Button>
            </li>
          ))}
        </ul>
      </div>
      {reasons.length > 0 && (
        <div>
          <h3 className="mb-1 text-sm font-semibold">Why {plural(diff.only_a.rows + diff.only_b.rows, "row differs", "rows differ")}</h3>
          <BarList label="Reasons" bars={reasons.map(([rule, rows]) => ({ value: rule, count: rows }))} />
        </div>
      )}
    </>
  );
}

function Statistics({ diff }: { diff: Diff }) {
  const moved = Object.entries(diff.statistics)
    .filter(([, each]) => each.kind === "number")
    .map(([column, { a, b }]) => ({ column, a: a.mean, b: b.mean, change: a.mean !== null && b.mean !== null && a.mean !== 0 ? b.mean / a.mean - 1 : null }))
    .sort((x, y) => Math.abs(y.change ?? 0) - Math.abs(x.change ?? 0));
  if (moved.length === 0) return null;
  return (
    <div>
      <h3 className="mb-1 text-sm font-semibold">Means, most changed first</h3>
      <div className="overflow-x-auto" role="group" aria-label="Means" tabIndex={0}>
        <table className="w-full text-sm">
          <thead>
            <tr className="text-muted hairline-b text-xs">
              <th scope="col" className="py-1.5 pr-3 text-left font-medium">Column</th>
              <th scope="col" className="px-3 text-right font-medium">{diff.a.name}</th>
              <th scope="col" className="px-3 text-right font-medium">{diff.b.name}</th>
              <th scope="col" className="pl-3 text-right font-medium">Change</th>
            </tr>
          </thead>
          <tbody>
            {moved.map((one) => (
              <tr key={one.column} className="hairline-b">
                <th scope="row" className="py-1.5 pr-3 text-left font-normal">{one.column}</th>
                <td className="px-3 text-right">{one.a === null ? "–" : measure(one.a)}</td>
                <td className="px-3 text-right">{one.b === null ? "–" : measure(one.b)}</td>
                <td className="text-muted pl-3 text-right">{one.change === null ? "–" : `${one.change > 0 ? "+" : one.change < 0 ? "−" : ""}${Math.abs(100 * one.change).toFixed(1)} %`}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </div>
  );
}
