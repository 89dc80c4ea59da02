import { Check, X } from "lucide-react";
import { useDataset } from "@/api";
import { measure } from "@/lib/format";
import { view } from "@/lib/view";
import { cx, Skeleton } from "@/ui";
import type { Preview, Sample } from "./types";

/** Rows that the chosen rule keeps and drops: where it has a threshold, those nearest to it. */
export function Samples({ preview, stale }: { preview: Preview | undefined; stale: boolean }) {
  if (!preview) return <Skeleton className="m-4 h-64" />;
  const { samples } = preview;
  if (!samples)
    return <p className="text-muted p-4 text-sm">With a rule, the rows just kept and just dropped stand here side by side.</p>;
  return (
    <div className={cx("@container p-4", stale && "stale")}>
      <h2 className="mb-3 text-sm">
        <span className="text-muted">{samples.near ? "Nearest to the threshold of " : "Samples of "}</span>
        <b className="font-semibold wrap-anywhere">{samples.rule}</b>
      </h2>
      <div className="grid grid-cols-2 gap-4">
        <Side title={samples.near ? "Just kept" : "Kept"} icon={Check} tone="text-accent" rows={samples.kept} reasons="text-muted" subject={samples.subject} none="It keeps no row that comes this far." />
        <Side title={samples.near ? "Just dropped" : "Dropped"} icon={X} tone="text-loss" rows={samples.dropped} reasons="text-loss" subject={samples.subject} none="It drops no row that comes this far." />
      </div>
    </div>
  );
}

function Side({ title, icon: Icon, tone, reasons, rows, subject, none }: { title: string; icon: typeof Check; tone: string; reasons: string; rows: readonly Sample[]; subject: string | null; none: string }) {
  const words = useSubject(subject);
  return (
    <section aria-label={title} className="min-w-0">
      <h3 className={cx("mb-2 flex items-center gap-1.5 text-sm font-semibold", tone)}>
        <Icon size={15} aria-hidden /> {title}
      </h3>
      {rows.length === 0 && <p className="text-muted text-sm">{none}</p>}
      <ul className="space-y-2">
        {rows.map((row) => (
          <li key={row.id}>
            <button type="button" className="border-line bg-panel hover:border-line-strong w-full rounded border p-2.5 text-left text-sm" onClick={() => view.set({ row: row.id })}>
              {row.value !== null && (
                <span className="text-muted mb-1 block text-xs" title={subject ?? undefined}>
                  <b className="text-text font-semibold">{measure(row.value)}</b> {words}
                </span>
              )}
              <span dir="auto" className="line-clamp-4 wrap-anywhere">
                {row.snippet || <span className="text-muted">(empty)</span>}
              </span>
              {row.reason && <span className={cx(reasons, "mt-1 block truncate text-xs")}>{row.reason}</span>}
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}

/** "text.pii.count" → "personal data found"; a computed subject is only made shorter. */
function useSubject(subject: string | null): string | null {
  const columns = useDataset().data?.columns;
  if (subject === null || columns === undefined) return null;
  const label = columns.find((column) => column.name === subject)?.label.toLowerCase();
  return label ?? subject.replace(/[\w@]+(?:\.[\w@]+)*\.(\w+)/g, "$1").replaceAll("_", " ");
}
