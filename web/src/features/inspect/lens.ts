/** Which part of a row is read as what: a conversation, texts, or a record of values. */
import type { Column } from "@/api";
import type { Span } from "@/ui";

export interface Turn {
  role: string;
  name: string | null;
  content: string;
  calls: string | null;
  /** Spans of this turn, from its own beginning. */
  spans: Span[];
}

export interface Lens {
  turns: Turn[] | null;
  texts: { name: string; label: string; text: string }[];
  fields: { name: string; label: string; value: unknown }[];
}

/** Said elsewhere on the page, or nothing about the content. */
const APART: ReadonlySet<string> = new Set(["id", "content_id", "position", "modality", "messages"]);
const READING = 400;

export function lensOf(values: Record<string, unknown>, columns: readonly Column[], spans: readonly Span[]): Lens {
  const known = new Map(columns.map((column) => [column.name, column]));
  const texts: Lens["texts"] = [];
  const fields: Lens["fields"] = [];
  for (const [name, value] of Object.entries(values)) {
    if (APART.has(name) || value === null || value === undefined || value === "") continue;
    const column = known.get(name);
    const label = column?.label ?? name;
    const long = typeof value === "string" && (name === "text" || (column?.kind === "text" && value.length > READING));
    if (long) texts.push({ name, label, text: value });
    else fields.push({ name, label, value });
  }
  texts.sort((a, b) => Number(b.name === "text") - Number(a.name === "text"));
  const whole = typeof values.text === "string" ? values.text : "";
  return { turns: turnsOf(values.messages, whole, spans), texts, fields };
}

/**
 * The turns of a conversation, each with the spans that fall into it.
 * Spans count code points of the whole text, in which the turns stand one after the other.
 */
export function turnsOf(messages: unknown, text: string, spans: readonly Span[]): Turn[] | null {
  if (!Array.isArray(messages) || messages.length === 0) return null;
  let unit = 0;
  let point = 0;
  return messages.map((message: unknown) => {
    const fields = typeof message === "object" && message !== null ? (message as Record<string, unknown>) : {};
    const content = typeof fields.content === "string" ? fields.content : "";
    const turn: Turn = {
      role: typeof fields.role === "string" ? fields.role : "unknown",
      name: typeof fields.name === "string" ? fields.name : null,
      content,
      calls: typeof fields.tool_calls === "string" ? fields.tool_calls : null,
      spans: [],
    };
    const at = content === "" ? -1 : text.indexOf(content, unit);
    if (at < 0) return turn;
    const from = point + points(text.slice(unit, at));
    const to = from + points(content);
    turn.spans = spans
      .filter((span) => span.end > from && span.start < to)
      .map((span) => ({ ...span, start: Math.max(0, span.start - from), end: Math.min(to, span.end) - from }));
    unit = at + content.length;
    point = to;
    return turn;
  });
}

export function points(text: string): number {
  let count = 0;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    // The second half of a pair belongs to the character before it.
    if (code < 0xdc00 || code > 0xdfff || i === 0 || !isHigh(text.charCodeAt(i - 1))) count++;
  }
  return count;
}

function isHigh(code: number): boolean {
  return code >= 0xd800 && code <= 0xdbff;
}

/** Control characters as visible signs, one for one, so that offsets hold. */
export function visible(text: string): string {
  return text.replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/g, (sign) =>
    String.fromCharCode(sign === "\u007f" ? 0x2421 : 0x2400 + sign.charCodeAt(0)),
  );
}

const CHUNK = 4000;

/** A text in pieces of a few thousand characters, cut at line ends where there are any. */
export function pieces(text: string, size = CHUNK): string[] {
  const out: string[] = [];
  let from = 0;
  while (text.length - from > size) {
    const line = text.lastIndexOf("\n", from + size);
    let to = line > from + size / 4 ? line + 1 : from + size;
    if (isHigh(text.charCodeAt(to - 1))) to -= 1;
    out.push(text.slice(from, to));
    from = to;
  }
  if (from < text.length) out.push(text.slice(from));
  return out;
}
