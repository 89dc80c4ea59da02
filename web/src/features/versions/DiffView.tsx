import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { ArrowRightLeft, ScanSearch } from "lucide-react";
import { useState } from "react";
import { about, api, failureOf, type Diff } from "@/api";
import { count, plural, share } from "@/lib/format";
import { hasFeature } from "@/lib/features";
import { currentPlace } from "@/lib/route";
import { goTo, splitDataset, type Filter } from "@/lib/view";
import { BarList, Button, cx, ErrorState, IconButton, Select, Skeleton } from "@/ui";
import { Content, Meaning, Schema, Statistics } from "./Differences";

interface Props {
  dataset: string;
  names: readonly string[];
  a: string;
  b: string;
  onChange: (a: string, b: string) => void;
}

/** Two datasets or versions side by side: what only one has, why, and how far apart the rest is. */
export function DiffView({ dataset, names, a, b, onChange }: Props) {
  const diff = useQuery({
    queryKey: about(dataset, "diff", a, b),
    queryFn: ({ signal }) => api.diff(dataset, a, b, false, signal),
    enabled: a !== b,
    placeholderData: keepPreviousData,
  });
  // What rows say takes longer to compare, so it is compared when asked for.
  const [asked, setAsked] = useState<string | null>(null);
  const pair = `${a} ${b}`;
  const deep = useQuery({
    queryKey: about(dataset, "diff", a, b, "deep"),
    queryFn: ({ signal }) => api.diff(dataset, a, b, true, signal),
    enabled: a !== b && asked === pair,
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
        <p className="text-muted text-sm">Choose two that differ.</p>
      ) : diff.error && !diff.data ? (
        <ErrorState failure={failureOf(diff.error)} onRetry={() => void diff.refetch()} />
      ) : diff.data ? (
        <div className={cx("space-y-6", diff.isPlaceholderData && "stale")}>
          <Rows diff={diff.data} />
          <Content diff={deep.data ?? diff.data} />
          {deep.error ? (
            <ErrorState failure={failureOf(deep.error)} onRetry={() => void deep.refetch()} />
          ) : deep.data ? (
            <Meaning diff={deep.data} />
          ) : (
            <div className="flex flex-wrap items-center gap-3">
              <Button icon={ScanSearch} disabled={deep.isFetching} onClick={() => setAsked(pair)}>
                {deep.isFetching ? "Comparing…" : "Compare what rows say"}
              </Button>
              <span className="text-muted text-sm">Near duplicates, meanings, and what tells the rows apart.</span>
            </div>
          )}
          <Schema diff={diff.data} />
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

function Rows({ diff }: { diff: Diff }) {
  const home = splitDataset(diff.a.name).name;
  // Row sets of two datasets are not of one view: there is nothing to look at together.
  const related = splitDataset(diff.b.name).name === home;
  const total = diff.common + diff.only_a.rows + diff.only_b.rows;
  const parts = [
    { label: `only in ${diff.a.name}`, rows: diff.only_a.rows, color: "color-mix(in srgb, var(--loss) 60%, var(--panel))", filters: [...inSet(diff.a.name, false), ...inSet(diff.b.name, true)] },
    { label: "in both", rows: diff.common, color: "var(--context)", filters: [...inSet(diff.a.name, false), ...inSet(diff.b.name, false)] },
    { label: `only in ${diff.b.name}`, rows: diff.only_b.rows, color: "var(--accent)", filters: [...inSet(diff.b.name, false), ...inSet(diff.a.name, true)] },
  ];
  const look = (filters: Filter[]) =>
    goTo(hasFeature("explore") ? "explore" : currentPlace().page, { dataset: home, filters, search: null, sort: [], selection: null });
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
              <Button kind="quiet" disabled={part.rows === 0 || !related} className="w-full justify-start! px-2!" onClick={() => look(part.filters)}>
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
