import { Bot, Download, Settings2, User, Wrench, type LucideIcon } from "lucide-react";
import { useMemo, useState } from "react";
import { useDataset } from "@/api";
import type { Span } from "@/ui";
import { cx } from "@/ui";
import { useEvidence, wholeTextUrl } from "./data";
import { Fields } from "./Fields";
import { LEAK_CHECK, leaksIn } from "./leaks";
import { lensOf, type Turn } from "./lens";
import { Legend, TextLens } from "./TextLens";
import type { RowDetail } from "./types";

/** The sample as what it is: turns of a conversation, texts to read, or a record. */
export function Sample({ row }: { row: RowDetail }) {
  const columns = useDataset().data?.columns;
  const [off, setOff] = useState<ReadonlySet<string>>(new Set());
  const leaks = useLeaks(row);
  const spans = useMemo(() => [...row.spans.flatMap((column) => column.spans), ...leaks], [row.spans, leaks]);
  const labels = useMemo(() => [...new Set(spans.map((span) => span.label))].sort(), [spans]);
  const on = useMemo(() => spans.filter((span) => !off.has(span.label)), [spans, off]);
  const lens = useMemo(() => lensOf(row.values, columns ?? [], on), [row.values, columns, on]);
  const toggle = (label: string) => setOff(toggled(off, label));
  return (
    <div className="space-y-4">
      <Legend spans={spans} labels={labels} off={off} onToggle={toggle} />
      {row.cut && (
        <p className="bg-doubt-soft text-doubt flex flex-wrap items-center gap-3 rounded px-3 py-2 text-sm">
          The beginning of a very long text.
          <a className="inline-flex items-center gap-1.5 font-semibold underline" href={wholeTextUrl(row.dataset, row.id)} download>
            <Download size={14} aria-hidden /> Download all of it
          </a>
        </p>
      )}
      {lens.turns ? (
        <ol aria-label="Conversation" className="space-y-3">
          {lens.turns.map((turn, i) => (
            <TurnView key={i} turn={turn} labels={labels} />
          ))}
        </ol>
      ) : (
        lens.texts.map(({ name, label, text }) => (
          <div role="group" key={name} aria-label={label}>
            {name !== "text" && <h3 className="text-muted mb-1 text-xs font-semibold">{label}</h3>}
            <TextLens key={row.id} text={text} spans={name === "text" ? on : NONE} labels={labels} />
          </div>
        ))
      )}
      {lens.texts.length === 0 && !lens.turns && row.values.text !== undefined && <p className="text-muted text-sm">The text is empty.</p>}
      {lens.fields.length > 0 && <Fields fields={lens.fields} />}
    </div>
  );
}

const NONE: readonly Span[] = [];

/** Findings are asked for only where the row is in one about leaks. */
function useLeaks(row: RowDetail): readonly Span[] {
  const leaky = row.findings.some((finding) => finding.check === LEAK_CHECK);
  const findings = useEvidence(leaky).data?.findings;
  const { text } = row.values;
  return useMemo(() => (leaky && findings && typeof text === "string" ? leaksIn(row.id, text, findings) : NONE), [leaky, findings, row.id, text]);
}

const ICONS: Record<string, LucideIcon> = { user: User, assistant: Bot, system: Settings2, tool: Wrench };

function TurnView({ turn, labels }: { turn: Turn; labels: readonly string[] }) {
  const Icon = ICONS[turn.role] ?? User;
  return (
    <li className={cx("border-line rounded border p-3", turn.role === "assistant" ? "bg-panel" : "bg-sunken")}>
      <h3 className="text-muted mb-1 flex items-center gap-1.5 text-xs font-semibold">
        <Icon size={14} aria-hidden />
        {turn.role}
        {turn.name && <span className="font-normal">{turn.name}</span>}
      </h3>
      {turn.content !== "" && <TextLens text={turn.content} spans={turn.spans} labels={labels} />}
      {turn.calls && <pre className="mt-2 overflow-x-auto font-mono text-xs whitespace-pre-wrap">{turn.calls}</pre>}
    </li>
  );
}

function toggled(set: ReadonlySet<string>, value: string): ReadonlySet<string> {
  const next = new Set(set);
  if (!next.delete(value)) next.add(value);
  return next;
}
