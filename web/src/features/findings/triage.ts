/** Decisions about findings: kept by the server, undone with `u`. */
import { useEffect, useMemo, useState } from "react";
import { about, api, failureText, queries, ruleOf, tagOf, whenOver, type Finding, type TriageAction } from "@/api";
import { splitDataset } from "@/lib/view";
import { toast } from "@/ui";

const DONE: Record<TriageAction, string> = {
  apply: "Fix applied, it is in the next recipe",
  snooze: "Snoozed",
  wontfix: "Marked as won't fix",
  undo: "Open again",
};

/** The decisions of one visit to a dataset's findings. */
class Triage {
  private done: Finding[] = [];
  private readonly dataset: string;
  private readonly onBusy: (id: string, busy: boolean) => void;

  constructor(dataset: string, onBusy: (id: string, busy: boolean) => void) {
    this.dataset = dataset;
    this.onBusy = onBusy;
  }

  async act(finding: Finding, action: TriageAction): Promise<void> {
    this.onBusy(finding.id, true);
    try {
      await api.triage(this.dataset, finding.id, action);
      this.done = this.done.filter((other) => other.id !== finding.id);
      if (action !== "undo") this.done.push({ ...finding, state: "open" });
      const undo = () => void this.act(finding, "undo");
      const tag = action === "apply" ? tagOf(finding) : null;
      toast(`${tag === null ? DONE[action] : `Tagged “${tag}”`}: ${finding.title}`, action === "undo" ? { of: finding.id } : { of: finding.id, undo });
      await queries.invalidateQueries({ queryKey: ["about", splitDataset(this.dataset).name] });
    } catch (error) {
      toast.error(failureText(error));
    } finally {
      this.onBusy(finding.id, false);
    }
  }

  /** Take back the decision about `focused`, or else the last one made here. */
  undoLast(focused: Finding | undefined): void {
    const last = focused && focused.state !== "open" ? focused : this.done.at(-1);
    if (last) void this.act(last, "undo");
    else toast("Nothing to undo here");
  }
}

export function useTriage(dataset: string): { triage: Triage; busy: ReadonlySet<string> } {
  const [busy, setBusy] = useState<ReadonlySet<string>>(new Set());
  const triage = useMemo(
    () =>
      new Triage(dataset, (id, on) =>
        setBusy((now) => {
          const next = new Set(now);
          if (on) next.add(id);
          else next.delete(id);
          return next;
        }),
      ),
    [dataset],
  );
  return { triage, busy };
}

const REST_MS = 700;
const asked = new Set<string>();

/** Ask once what the fix of a finding would remove, when one rests on it. */
export function useEffectOf(dataset: string, finding: Finding | undefined): void {
  const wanted = finding && ruleOf(finding) && finding.effect === null && finding.state === "open" ? finding.id : null;
  useEffect(() => {
    const key = `${dataset} ${wanted}`;
    if (wanted === null || asked.has(key)) return;
    const timer = setTimeout(() => {
      asked.add(key);
      // A figure that cannot be had is left out; applying the fix would say why.
      api.effect(dataset, wanted).then(
        async ({ job }) => {
          if ((await whenOver(job)).state === "done")
            await queries.invalidateQueries({ queryKey: about(dataset, "findings") });
        },
        () => undefined,
      );
    }, REST_MS);
    return () => clearTimeout(timer);
  }, [dataset, wanted]);
}
