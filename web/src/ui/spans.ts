/** Overlapping spans → flat segments of a text. Offsets are code points, as the engine counts. */

export interface Span {
  start: number;
  end: number;
  label: string;
  score?: number | null;
}

export interface Segment {
  text: string;
  /** Spans over this segment, longest first. */
  spans: readonly Span[];
}

/** Cut a text at every start and end of a span. Spans outside the text are cut to it. */
export function segments(text: string, spans: readonly Span[]): Segment[] {
  if (spans.length === 0) return text === "" ? [] : [{ text, spans: [] }];
  const units = unitOffsets(text, spans.flatMap((span) => [span.start, span.end]));
  const sound = spans
    .map((span) => ({ span, from: units.get(span.start) ?? text.length, to: units.get(span.end) ?? text.length }))
    .filter(({ from, to }) => to > from)
    .sort((a, b) => a.from - b.from || b.to - a.to);
  const cuts = [...new Set([0, text.length, ...sound.flatMap(({ from, to }) => [from, to])])].sort((a, b) => a - b);
  const out: Segment[] = [];
  let open: typeof sound = [];
  let next = 0;
  for (let i = 0; i + 1 < cuts.length; i++) {
    const from = cuts[i] ?? 0;
    const to = cuts[i + 1] ?? 0;
    open = open.filter((one) => one.to > from);
    for (let one = sound[next]; one && one.from <= from; one = sound[++next]) open.push(one);
    out.push({ text: text.slice(from, to), spans: open.map((one) => one.span) });
  }
  return out;
}

/** UTF-16 offset of each code point offset, in one pass over the text. */
function unitOffsets(text: string, points: readonly number[]): Map<number, number> {
  const out = new Map<number, number>();
  let point = 0;
  let unit = 0;
  for (const wanted of [...new Set(points)].sort((a, b) => a - b)) {
    while (point < wanted && unit < text.length) {
      unit += (text.codePointAt(unit) ?? 0) > 0xffff ? 2 : 1;
      point += 1;
    }
    out.set(wanted, Math.max(0, unit));
  }
  return out;
}
