import { useQuery } from "@tanstack/react-query";
import { GitFork } from "lucide-react";
import { useMemo, useState } from "react";
import { about, api, failureOf, useDataset, useProject, useVersions, type VersionDetail } from "@/api";
import { ago, count, plural, share } from "@/lib/format";
import { useKeys } from "@/lib/keys";
import { splitDataset, useView, view } from "@/lib/view";
import { Button, CodeBlock, cx, EmptyState, ErrorState, Funnel, Skeleton } from "@/ui";
import { DiffView } from "./DiffView";
import { Graph } from "./Graph";

export default function VersionsScreen() {
  const shown = useView((now) => now.dataset) ?? "";
  const base = splitDataset(shown).name;
  const detail = useDataset(base);
  const versions = useVersions();
  const project = useProject();
  const lineage = useQuery({ queryKey: about(base, "lineage"), queryFn: ({ signal }) => api.lineage(base, signal) });
  const list = useMemo(() => [...(versions.data?.versions ?? [])].sort((a, b) => b.time.localeCompare(a.time)), [versions.data]);
  const [picked, setPicked] = useState<string | null>(null);
  const [pair, setPair] = useState<[string, string] | null>(null);
  const current = list.find((one) => one.full_name === picked) ?? list.find((one) => one.full_name === shown) ?? list[0];
  const others = project.data?.datasets.map((one) => one.name).filter((name) => name !== base) ?? [];
  const names = [base, ...list.map((one) => one.full_name), ...others];
  const [a, b] = pair ?? [current ? parentOf(current, base) : base, current?.full_name ?? base];
  const choose = (name: string) => {
    setPicked(name);
    setPair(null);
  };
  const step = (by: number) => {
    const at = list.findIndex((one) => one === current);
    const next = list[Math.max(0, Math.min(list.length - 1, at + by))];
    if (next) choose(next.full_name);
  };
  useKeys("Versions", [
    { keys: "j", label: "Next version", run: () => step(1) },
    { keys: "k", label: "Previous version", run: () => step(-1) },
    { keys: "enter", label: "Open this version", run: () => current && view.open(current.full_name) },
  ]);

  if (versions.error && !versions.data) return <ErrorState failure={failureOf(versions.error)} onRetry={() => void versions.refetch()} />;
  return (
    <div className="h-full overflow-y-auto">
      <div className="mx-auto max-w-6xl space-y-6 p-4 md:px-6">
        <section aria-label="Lineage" className="bg-panel border-line rounded border">
          {lineage.data ? (
            <Graph lineage={lineage.data} chosen={current?.full_name ?? null} onChoose={choose} />
          ) : lineage.error ? (
            <ErrorState failure={failureOf(lineage.error)} onRetry={() => void lineage.refetch()} />
          ) : (
            <Skeleton className="m-3 h-28" />
          )}
        </section>
        {versions.data === undefined ? (
          <Skeleton className="h-64" />
        ) : !current ? (
          <EmptyState icon={GitFork} title="No version yet" command="assay curate recipe.yaml">
            A version is what a recipe keeps of {base}: immutable, with a reason for every row that was dropped.
          </EmptyState>
        ) : (
          <div className="grid gap-6 lg:grid-cols-[300px_minmax(0,1fr)]">
            <nav aria-label="Versions">
              <ul className="space-y-1">
                <Entry name={base} rows={detail.data?.source_rows ?? null} note="all source rows" open={shown === base} onClick={() => view.open(base)} />
                {list.map((one) => (
                  <Entry
                    key={one.full_name}
                    name={`@${one.name}`}
                    rows={one.rows}
                    note={`${share(one.rows, one.rows_in)} kept · ${ago(one.time)}`}
                    picked={one === current}
                    open={shown === one.full_name}
                    onClick={() => choose(one.full_name)}
                  />
                ))}
              </ul>
            </nav>
            <div className="min-w-0 space-y-8">
              <About version={current} shown={shown} />
              <DiffView dataset={base} names={names} a={a} b={b} onChange={(x, y) => setPair([x, y])} />
              <section aria-label="Recipe">
                <h2 className="mb-2 text-base font-semibold">Recipe of @{current.name}</h2>
                <CodeBlock code={current.recipe} />
              </section>
            </div>
          </div>
        )}
      </div>
    </div>
  );
}

function parentOf(version: VersionDetail, base: string): string {
  return version.parent || base;
}

interface EntryProps {
  name: string;
  rows: number | null;
  note: string;
  picked?: boolean;
  open: boolean;
  onClick: () => void;
}

function Entry({ name, rows, note, picked, open, onClick }: EntryProps) {
  return (
    <li>
      <button
        type="button"
        aria-current={picked ? "true" : undefined}
        onClick={onClick}
        className={cx("w-full rounded border px-3 py-2 text-left", picked ? "border-accent bg-panel" : "hover:bg-hover border-transparent")}
      >
        <span className="flex justify-between gap-3 text-sm">
          <span className="truncate font-semibold">{name}</span>
          <span>{rows === null ? "…" : count(rows)}</span>
        </span>
        <span className="text-muted flex justify-between gap-3 text-xs">
          <span className="truncate">{note}</span>
          {open && <span className="text-accent shrink-0">open</span>}
        </span>
      </button>
    </li>
  );
}

function About({ version, shown }: { version: VersionDetail; shown: string }) {
  const steps = [{ label: version.parent || "all rows", kept: version.rows_in }];
  for (const rule of version.dropped) steps.push({ label: rule.rule, kept: (steps.at(-1)?.kept ?? 0) - rule.rows });
  return (
    <section aria-label={`Version ${version.name}`}>
      <div className="mb-3 flex flex-wrap items-center justify-between gap-2">
        <h2 className="text-lg font-semibold">
          @{version.name} <span className="text-muted text-sm font-normal">{count(version.rows)} of {plural(version.rows_in, "row")}</span>
        </h2>
        <Button keys="enter" disabled={shown === version.full_name} onClick={() => view.open(version.full_name)}>
          {shown === version.full_name ? "Open" : "Open this version"}
        </Button>
      </div>
      <Funnel steps={steps} />
    </section>
  );
}
