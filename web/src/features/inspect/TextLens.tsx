import { memo, useMemo, useState } from "react";
import { count } from "@/lib/format";
import { Button, labelColor, segments, type Span } from "@/ui";
import { pieces, points, visible } from "./lens";

const FIRST = 5;
const MORE = 50;

/** A text to read, with spans marked. Long ones come in pieces, of which only those on screen are laid out. */
export function TextLens({ text, spans, labels }: { text: string; spans: readonly Span[]; labels: readonly string[] }) {
  const [shown, setShown] = useState(FIRST);
  const cut = useMemo(() => place(text), [text]);
  const rest = cut.slice(shown).reduce((sum, piece) => sum + piece.text.length, 0);
  return (
    <div className="reading" dir="auto">
      {cut.slice(0, shown).map((piece) => (
        <Piece key={piece.from} piece={piece} spans={spans} labels={labels} />
      ))}
      {rest > 0 && (
        <Button kind="quiet" className="mt-2 -ml-3" onClick={() => setShown(shown + MORE)}>
          Show more ({count(rest)} characters left)
        </Button>
      )}
    </div>
  );
}

interface Placed {
  text: string;
  from: number;
  to: number;
}

function place(text: string): Placed[] {
  let from = 0;
  return pieces(text).map((piece) => {
    const placed = { text: piece, from, to: from + points(piece) };
    from = placed.to;
    return placed;
  });
}

const Piece = memo(function Piece({ piece, spans, labels }: { piece: Placed; spans: readonly Span[]; labels: readonly string[] }) {
  const own = spans
    .filter((span) => span.end > piece.from && span.start < piece.to)
    .map((span) => ({ ...span, start: Math.max(0, span.start - piece.from), end: Math.min(piece.to, span.end) - piece.from }));
  return (
    <p className="whitespace-pre-wrap [contain-intrinsic-size:auto_1200px] [content-visibility:auto] [unicode-bidi:plaintext]">
      {segments(visible(piece.text), own).map((part, i) =>
        part.spans.length === 0 ? part.text : <Mark key={i} text={part.text} spans={part.spans} labels={labels} />,
      )}
    </p>
  );
});

function Mark({ text, spans, labels }: { text: string; spans: readonly Span[]; labels: readonly string[] }) {
  const color = (span: Span | undefined) => labelColor(labels.indexOf(span?.label ?? ""));
  const lines = spans.map((span, i) => `inset 0 ${-2 * (i + 1)}px 0 ${color(span)}`);
  return (
    <mark
      title={spans.map((span) => (span.score == null ? span.label : `${span.label}, ${span.score.toFixed(2)}`)).join("; ")}
      className="text-text rounded-[2px]"
      style={{ background: `color-mix(in srgb, ${color(spans.at(-1))} 22%, transparent)`, boxShadow: lines.join(", ") }}
    >
      {text}
    </mark>
  );
}

/** What is marked in the text, each label with its count; a press turns it on or off. */
export function Legend({ spans, labels, off, onToggle }: { spans: readonly Span[]; labels: readonly string[]; off: ReadonlySet<string>; onToggle: (label: string) => void }) {
  if (labels.length === 0) return null;
  return (
    <ul aria-label="Marked in the text" className="flex flex-wrap gap-1">
      {labels.map((label, i) => (
        <li key={label}>
          <button
            type="button"
            aria-pressed={!off.has(label)}
            onClick={() => onToggle(label)}
            className="hover:bg-hover border-line inline-flex min-h-(--target) items-center gap-1.5 rounded border px-2 text-xs aria-[pressed=false]:line-through"
          >
            <span aria-hidden className="size-2.5 rounded-[3px]" style={{ background: off.has(label) ? "var(--context)" : labelColor(i) }} />
            {label.replaceAll("_", " ")}
            <span className="text-muted">{count(spans.filter((span) => span.label === label).length)}</span>
          </button>
        </li>
      ))}
    </ul>
  );
}
