import { useState } from "react";
import { failureOf, useDataset, whenOver, type Job } from "@/api";
import { count, plural, share } from "@/lib/format";
import { goTo, splitDataset, useView } from "@/lib/view";
import { Button, Dialog, ErrorState, toast, type Failure } from "@/ui";
import { curate } from "./ask";
import { toRecipe, type Draft } from "./draft";
import { reasons } from "./funnel";
import type { Curated, Preview } from "./types";

/** What the version will hold and why the rest will not, before it is made. */
export function MakeVersion({ open, onClose, draft, preview }: { open: boolean; onClose: () => void; draft: Draft; preview: Preview }) {
  const shown = useView((view) => view.dataset) ?? "";
  const versions = useDataset().data?.versions ?? [];
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<Failure | null>(null);
  const base = splitDataset(draft.input).name;
  const taken = versions.find((version) => version.name === draft.name);
  const lost = preview.rows_in - preview.kept;
  const make = async () => {
    setBusy(true);
    setFailure(null);
    try {
      const { job } = await curate(shown, toRecipe(draft));
      onClose();
      tell((await whenOver(job)) as Job<Curated>);
    } catch (error) {
      setFailure(failureOf(error));
    } finally {
      setBusy(false);
    }
  };
  return (
    <Dialog
      open={open}
      onClose={onClose}
      title={`Make ${base}@${draft.name}`}
      actions={
        <>
          <Button onClick={onClose}>Not yet</Button>
          <Button kind="primary" autoFocus disabled={busy || preview.kept === 0} onClick={() => void make()}>
            {preview.exact ? `Keep ${plural(preview.kept, "row")}` : `Make the version`}
          </Button>
        </>
      }
    >
      <div className="space-y-4 text-sm">
        <dl className="grid grid-cols-[minmax(0,1fr)_auto_auto_auto] gap-x-6 gap-y-1">
          <Line name="Rows" before={preview.rows_in} after={preview.kept} />
          {preview.tokens_in !== null && preview.tokens_kept !== null && <Line name="Tokens" before={preview.tokens_in} after={preview.tokens_kept} />}
          {taken && <Line name={`Against ${taken.full_name}`} before={taken.rows} after={preview.kept} signed />}
        </dl>
        {lost > 0 && (
          <table className="w-full">
            <caption className="text-muted pb-1 text-left">Dropped, by the first rule a row fails</caption>
            <tbody>
              {reasons(preview).map((reason) => (
                <tr key={reason.rule} className="border-line border-t">
                  <th scope="row" className="max-w-0 truncate py-1 pr-3 text-left font-normal" title={reason.rule}>
                    {reason.rule}
                  </th>
                  <td className="w-24 py-1 text-right font-semibold">{count(reason.rows)}</td>
                  <td className="text-muted w-20 py-1 text-right">{share(reason.rows, preview.rows_in)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        )}
        {!preview.exact && (
          <p className="bg-doubt-soft text-doubt rounded px-3 py-2">
            Some rules have not answered yet, so these counts will change: {preview.rules.filter((rule) => rule.state !== "exact").map((rule) => rule.name).join(", ")}. Making the version computes what they need.
          </p>
        )}
        {taken && (
          <p className="text-muted">
            {taken.full_name} stays as it is; where the outcome differs, the new version is called {draft.name}-2 or the next free number.
          </p>
        )}
        {preview.kept === 0 && <p className="text-loss">No row is left: loosen a rule first.</p>}
        {failure && <ErrorState failure={failure} />}
      </div>
    </Dialog>
  );
}

function Line({ name, before, after, signed }: { name: string; before: number; after: number; signed?: boolean }) {
  const change = after - before;
  return (
    <>
      <dt className="truncate">{name}</dt>
      <dd className="text-muted text-right">{count(before)}</dd>
      <dd className="text-right font-semibold">→ {count(after)}</dd>
      <dd className={change < 0 ? "text-loss text-right" : "text-muted text-right"}>
        {signed ? (change === 0 ? "same" : `${change > 0 ? "+" : "−"}${count(Math.abs(change))}`) : change === 0 ? "all" : `−${share(-change, before)}`}
      </dd>
    </>
  );
}

function tell(job: Job<Curated>): void {
  if (job.state === "done" && job.result) {
    const { output, made } = job.result;
    toast(made ? `${output.name} is made: ${plural(output.rows, "row")}` : `${output.name} is that already: ${plural(output.rows, "row")}`, { action: { label: "Open Versions", run: () => goTo("versions", { dataset: output.name, filters: [], search: null, row: null }) } });
  } else if (job.state === "failed") {
    toast.error([job.error?.what, job.error?.remedy].filter(Boolean).join(" "));
  } else toast("Cancelled; no version was made");
}
