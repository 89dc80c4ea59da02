import { RefreshCw, SearchCheck } from "lucide-react";
import { useEffect, useMemo, useRef, useState } from "react";
import { api, failureOf, failureText, isOver, useDataset, useFindings, useLive, type Finding, type FindingState } from "@/api";
import { useCommands } from "@/lib/commands";
import { ago } from "@/lib/format";
import { useKeys } from "@/lib/keys";
import { splitDataset, useView } from "@/lib/view";
import { Button, cx, EmptyState, ErrorState, NoRows, Skeleton, toast } from "@/ui";
import { Card, type Actions } from "./Card";
import { Header } from "./Header";
import { addOrGo } from "./open";
import { text } from "./read";
import { useEffectOf, useTriage } from "./triage";

const STATES: { state: FindingState; label: string }[] = [
  { state: "open", label: "Open" },
  { state: "applied", label: "Fix applied" },
  { state: "snoozed", label: "Snoozed" },
  { state: "wontfix", label: "Won't fix" },
];

export default function FindingsScreen() {
  const dataset = useView((now) => now.dataset) ?? "";
  const [state, setState] = useState<FindingState>("open");
  const detail = useDataset();
  const found = useFindings(state);
  const list = useMemo(() => [...(found.data?.findings ?? [])].sort((a, b) => b.score - a.score), [found.data]);
  const [focusId, setFocusId] = useState<string | null>(null);
  const place = useRef(0);
  const { triage, busy } = useTriage(dataset);
  // When the focused one leaves the list, the one that takes its place has the focus.
  const at = list.findIndex((finding) => finding.id === focusId);
  const index = at >= 0 ? at : Math.min(place.current, list.length - 1); // eslint-disable-line react-hooks/refs -- a place, not content
  const focused = list[index];
  useEffectOf(dataset, focused);
  const box = useRef<HTMLDivElement>(null);

  const focus = (i: number) => {
    const next = list[Math.max(0, Math.min(list.length - 1, i))];
    if (!next) return;
    setFocusId(next.id);
    box.current?.querySelector(`[data-finding="${CSS.escape(next.id)}"]`)?.scrollIntoView({ block: "nearest" });
  };
  useEffect(() => {
    if (at >= 0) place.current = at;
  }, [at]);

  const actions = useMemo<Actions>(
    () => ({
      look: (finding) => finding.rows > 0 && addOrGo(finding.filter),
      apply: (finding) => void triage.act(finding, "apply"),
      snooze: (finding) => void triage.act(finding, "snooze"),
      dismiss: (finding) => void triage.act(finding, "wontfix"),
      reopen: (finding) => void triage.act(finding, "undo"),
    }),
    [triage],
  );
  const onFocused = (run: (finding: Finding) => void) => () => focused && run(focused);
  const onOpen = (run: (finding: Finding) => void) => () => focused?.state === "open" && run(focused);
  useKeys("Findings", [
    { keys: "j", label: "Next finding", run: () => focus(index + 1) },
    { keys: "k", label: "Previous finding", run: () => focus(index - 1) },
    { keys: "arrowdown", label: "Next finding", run: () => focus(index + 1) },
    { keys: "arrowup", label: "Previous finding", run: () => focus(index - 1) },
    { keys: "enter", label: "Look at its rows", run: onFocused(actions.look) },
    { keys: "a", label: "Apply its fix", run: onOpen((finding) => (finding.fix ? actions.apply(finding) : toast("Nothing would fix this at once: look at its rows first"))) },
    { keys: "s", label: "Snooze it", run: onOpen(actions.snooze) },
    { keys: "w", label: "Won't fix", run: onOpen(actions.dismiss) },
    { keys: "u", label: "Undo the last decision", run: () => triage.undoLast(focused) },
  ]);
  const check = () => void checkAgain(dataset).catch((error: unknown) => toast.error(failureText(error)));
  useCommands([{ group: "Findings", label: "Check the data again", run: check }]);
  const checking = useLive((live) => live.jobs.some((job) => job.kind === "check" && job.dataset === splitDataset(dataset).name && !isOver(job)));

  return (
    <div ref={box} className="h-full overflow-y-auto">
      <div className="mx-auto max-w-6xl space-y-4 p-4 md:px-6">
        <Header />
        <div className="flex flex-wrap items-center justify-between gap-2">
          <div role="group" aria-label="Which findings" className="flex gap-1 overflow-x-auto">
            {STATES.map((one) => (
              <button
                key={one.state}
                type="button"
                aria-pressed={state === one.state}
                onClick={() => setState(one.state)}
                className={cx("min-h-(--target) rounded px-3 text-sm font-medium whitespace-nowrap", state === one.state ? "bg-accent-soft text-accent" : "text-muted hover:bg-hover")}
              >
                {one.label} <span className="font-normal">{detail.data?.findings[one.state] ?? ""}</span>
              </button>
            ))}
          </div>
          <div className="text-muted flex items-center gap-2 text-sm">
            {found.data?.checked && <span className="max-sm:hidden">checked {ago(found.data.checked)}</span>}
            {found.data?.checked && (
              <Button kind="quiet" icon={RefreshCw} disabled={checking} onClick={check}>
                {checking ? "Checking…" : "Check again"}
              </Button>
            )}
          </div>
        </div>
        {found.error && !found.data ? (
          <ErrorState failure={failureOf(found.error)} onRetry={() => void found.refetch()} />
        ) : found.data === undefined ? (
          <div className="space-y-3" aria-busy="true">
            {[0, 1, 2, 3].map((i) => (
              <Skeleton key={i} className="h-36" />
            ))}
          </div>
        ) : detail.data?.source_rows === 0 ? (
          <NoRows name={detail.data.dataset} />
        ) : list.length === 0 ? (
          <Nothing state={state} checked={found.data.checked !== null} dataset={dataset} onCheck={check} checking={checking} />
        ) : (
          <ol className="space-y-3">
            {list.map((finding, i) => (
              <li key={finding.id} data-finding={finding.id}>
                <Card finding={finding} focused={i === index} busy={busy.has(finding.id)} onFocus={() => setFocusId(finding.id)} actions={actions} />
              </li>
            ))}
          </ol>
        )}
      </div>
    </div>
  );
}

/** Evaluation files that leaks were found of are looked for again: the server asks for them anew. */
async function checkAgain(dataset: string): Promise<void> {
  const { findings } = await api.findings(dataset, "all");
  const files = findings.flatMap((finding) => (finding.check === "leak.benchmark" ? (text(finding.evidence, "file") ?? []) : []));
  await api.check(dataset, [...new Set(files)]);
}

function Nothing({ state, checked, dataset, onCheck, checking }: { state: FindingState; checked: boolean; dataset: string; onCheck: () => void; checking: boolean }) {
  if (state !== "open") {
    const title = { applied: "No fix is applied yet", snoozed: "Nothing is snoozed", wontfix: "Nothing is marked as won't fix" }[state];
    return <EmptyState title={title}>Decide about an open finding, and it moves here. Every decision can be undone.</EmptyState>;
  }
  if (checked) return <EmptyState icon={SearchCheck} title="Nothing found">All checks ran, and no finding is open.</EmptyState>;
  return (
    <EmptyState
      icon={SearchCheck}
      title="Not checked yet"
      command={`assay check ${splitDataset(dataset).name}`}
      action={
        <Button kind="primary" icon={SearchCheck} disabled={checking} onClick={onCheck}>
          {checking ? "Checking…" : "Check the data"}
        </Button>
      }
    >
      Duplicates, personal data, leaked benchmarks, low quality, languages, outliers and broken columns would be listed here, worst first.
    </EmptyState>
  );
}
