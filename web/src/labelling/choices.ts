/** What a field may be answered with: the values it knows, and the one that is typed. */
import type { AnswerField } from "@/api";
import type { Choice } from "@/ui";

const TRUTHS: Record<string, string> = { true: "yes", false: "no" };

/** A field as it is answered; `kind` is that of its column. */
export type Asked = Pick<AnswerField, "field" | "label" | "kind" | "values">;

/** A value as people read it. */
export function shown(value: string, kind: string | undefined): string {
  return (kind === "boolean" ? TRUTHS[value] : undefined) ?? value;
}

/** What a row has for a field: what is said of it, and what it came with. */
export interface Known {
  now: string | null;
  before: string | null;
}

/** All that a field knows, the most frequent first; of a single row with a word to what it has. */
export function valuesOf({ kind, values }: Pick<Asked, "kind" | "values">, { now, before }: Known = { now: null, before: null }): Choice[] {
  const all = kind === "boolean" ? ["true", "false"] : values.filter((value) => value.trim() !== "");
  return all.map((value) => ({ value, label: shown(value, kind), note: value === now ? "now" : value === before ? "as it came" : undefined }));
}

/**
 * Those values that contain what is typed, the best first; then what is typed, where it is none of
 * them and `open` to new ones.
 */
export function choicesFor(values: readonly Choice[], text: string, open: boolean): Choice[] {
  const sought = plain(text);
  if (sought === "") return [...values];
  const places: Choice[][] = [[], [], [], []];
  for (const one of values) places[placeOf(plain(one.label), sought)]?.push(one);
  const found = places.flat();
  const typed = text.trim();
  const known = found.some((one) => one.label === typed || one.value === typed);
  return known || !open ? found : [...found, { value: typed, label: typed, note: "new" }];
}

/** Which one Enter takes unasked: none before something is typed, nor one that is not what was typed. */
export function firstAt(choices: readonly Choice[], text: string): number {
  return text.trim() === "" || choices.length === 0 ? -1 : 0;
}

/** 0 the same, 1 begins so, 2 a word begins so, 3 contains it, 4 not at all. */
function placeOf(label: string, sought: string): number {
  const at = label.indexOf(sought);
  if (at < 0) return 4;
  if (at === 0) return label.length === sought.length ? 0 : 1;
  return label.includes(` ${sought}`) ? 2 : 3;
}

/** Without what does not tell words apart: "PTO_request" and "pto request" are the same. */
function plain(text: string): string {
  return text.toLowerCase().replace(/[\s_\-./]+/g, " ").trim();
}
