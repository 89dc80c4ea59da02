import { useMemo, useState } from "react";
import { CATEGORIES } from "@/lib/theme";
import { cx } from "./cx";
import { segments, type Span } from "./spans";

const SHOWN_CHARS = 20_000;

/** Color of the n-th label of a legend. */
export function labelColor(n: number): string {
  return `var(${CATEGORIES[n] ?? "--cat-other"})`;
}

/** A text with its spans marked, and a legend that turns each label on and off. */
export function SpanText({ text, spans, legend = true, className }: { text: string; spans: readonly Span[]; legend?: boolean; className?: string }) {
  const [off, setOff] = useState<ReadonlySet<string>>(new Set());
  const [whole, setWhole] = useState(false);
  const labels = useMemo(() => [...new Set(spans.map((span) => span.label))].sort(), [spans]);
  const cut = !whole && text.length > SHOWN_CHARS;
  const parts = useMemo(() => {
    const shown = cut ? text.slice(0, text.isWellFormed() ? safeEnd(text) : SHOWN_CHARS) : text;
    return segments(shown, spans.filter((span) => !off.has(span.label)));
  }, [text, spans, off, cut]);
  return (
    <div className={className}>
      {legend && labels.length > 0 && (
        <ul aria-label="Legend" className="mb-2 flex flex-wrap gap-1">
          {labels.map((label, i) => (
            <li key={label}>
              <button
                type="button"
                aria-pressed={!off.has(label)}
                className={cx("hover:bg-hover inline-flex min-h-7 items-center gap-1.5 rounded px-2 text-xs", off.has(label) && "text-faint line-through")}
                onClick={() => setOff(toggled(off, label))}
              >
                <span aria-hidden className="size-2.5 rounded-[3px]" style={{ background: off.has(label) ? "var(--context)" : labelColor(i) }} />
                {label} <span className="text-muted">{spans.filter((span) => span.label === label).length}</span>
              </button>
            </li>
          ))}
        </ul>
      )}
      <p dir="auto" className="reading whitespace-pre-wrap">
        {parts.map((part, i) =>
          part.spans.length === 0 ? part.text : <Mark key={i} text={part.text} spans={part.spans} labels={labels} />,
        )}
      </p>
      {cut && (
        <button type="button" className="text-accent mt-2 min-h-8 text-sm font-medium hover:underline" onClick={() => setWhole(true)}>
          Show all {text.length.toLocaleString("en-US")} characters
        </button>
      )}
    </div>
  );
}

function Mark({ text, spans, labels }: { text: string; spans: readonly Span[]; labels: readonly string[] }) {
  const inner = spans.at(-1);
  const color = labelColor(labels.indexOf(inner?.label ?? ""));
  const lines = spans.map((span, i) => `inset 0 ${-2 * (i + 1)}px 0 ${labelColor(labels.indexOf(span.label))}`);
  return (
    <mark
      title={spans.map((span) => (span.score == null ? span.label : `${span.label} ${span.score.toFixed(2)}`)).join(", ")}
      className="text-text rounded-[2px]"
      style={{ background: `color-mix(in srgb, ${color} 20%, transparent)`, boxShadow: lines.join(", ") }}
    >
      {text}
    </mark>
  );
}

function toggled(set: ReadonlySet<string>, value: string): ReadonlySet<string> {
  const next = new Set(set);
  if (!next.delete(value)) next.add(value);
  return next;
}

/** Do not cut a surrogate pair in two. */
function safeEnd(text: string): number {
  return (text.codePointAt(SHOWN_CHARS - 1) ?? 0) > 0xffff ? SHOWN_CHARS - 1 : SHOWN_CHARS;
}
