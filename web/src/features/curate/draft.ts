/** A recipe being written: its rules with identities, some of them switched off. Immutable. */
import type { Entry, Form, Recipe } from "./types";

export interface DraftRule {
  /** Stays the same while the rule is renamed, moved or changed. */
  id: number;
  entry: Entry;
  /** Kept aside, and left out of the recipe. */
  off: boolean;
}

export interface Draft {
  name: string;
  input: string;
  description: string;
  signals: readonly unknown[];
  seed: number;
  rules: readonly DraftRule[];
}

const FORMS: readonly Form[] = ["select", "use", "keep", "drop"];

/** A selector may have a parameter `keep`, so the more special forms are looked for first. */
export function formOf(entry: Entry): Form {
  return FORMS.find((form) => form in entry) ?? "keep";
}

/** What an entry says, without its name: "text.stats.words >= 50", "gopher.quality". */
export function textOf(entry: Entry): string {
  return String(entry[formOf(entry)]);
}

/** Parameters of a selector: everything but its form and name. */
export function paramsOf(entry: Entry): Record<string, unknown> {
  const form = formOf(entry);
  return Object.fromEntries(Object.entries(entry).filter(([key]) => key !== form && key !== "name"));
}

export function nameOf(entry: Entry): string | null {
  return typeof entry.name === "string" && entry.name !== "" ? entry.name : null;
}

function freshId(rules: readonly DraftRule[]): number {
  return Math.max(0, ...rules.map((rule) => rule.id)) + 1;
}

export function fromRecipe(recipe: Recipe): Draft {
  return {
    name: recipe.name,
    input: recipe.input,
    description: recipe.description ?? "",
    signals: recipe.signals ?? [],
    seed: recipe.seed ?? 0,
    rules: recipe.rules.map((entry, i) => ({ id: i + 1, entry, off: false })),
  };
}

/** What the server is sent: rules that are on, without empty fields. */
export function toRecipe(draft: Draft): Recipe {
  return {
    name: draft.name,
    input: draft.input,
    ...(draft.description === "" ? {} : { description: draft.description }),
    ...(draft.signals.length === 0 ? {} : { signals: draft.signals }),
    rules: draft.rules.filter((rule) => !rule.off).map((rule) => rule.entry),
    ...(draft.seed === 0 ? {} : { seed: draft.seed }),
  };
}

/** Without what is empty or as by default: equal recipes are equal objects. */
export function tidy(recipe: Recipe): Recipe {
  return toRecipe(fromRecipe(recipe));
}

/** The rule behind each entry of `toRecipe(draft).rules`. */
export function active(draft: Draft): readonly DraftRule[] {
  return draft.rules.filter((rule) => !rule.off);
}

/**
 * A recipe that came back (typed as YAML, or with a threshold changed) taken into the draft: rules
 * that are equal keep their identity, as do those in the place of one that changed; rules that are
 * off stay where they are among their neighbors.
 */
export function merge(draft: Draft, recipe: Recipe): Draft {
  if (canonical(toRecipe(draft)) === canonical(tidy(recipe))) return draft;
  const before = active(draft);
  const taken = new Set<number>();
  const find = (entry: Entry) => before.find((rule) => !taken.has(rule.id) && sameEntry(rule.entry, entry));
  const equal = recipe.rules.map((entry) => {
    const found = find(entry);
    if (found) taken.add(found.id);
    return found;
  });
  let next = freshId(draft.rules);
  const on = recipe.rules.map((entry, i): DraftRule => {
    const old = equal[i];
    if (old) return old;
    const there = before[i];
    if (there && !taken.has(there.id)) {
      taken.add(there.id);
      return { ...there, entry };
    }
    return { id: next++, entry, off: false };
  });
  return { ...fromRecipe(recipe), rules: withOff(draft.rules, on) };
}

/** Rules that are off go back after the rule that stood before them. */
function withOff(before: readonly DraftRule[], on: readonly DraftRule[]): DraftRule[] {
  const out = [...on];
  before.forEach((rule, i) => {
    if (!rule.off) return;
    const neighbor = before.slice(0, i).findLast((other) => out.some((one) => one.id === other.id));
    const at = neighbor ? out.findIndex((one) => one.id === neighbor.id) + 1 : 0;
    out.splice(at, 0, rule);
  });
  return out;
}

export function add(draft: Draft, ...entries: readonly Entry[]): Draft {
  let next = freshId(draft.rules);
  return { ...draft, rules: [...draft.rules, ...entries.map((entry) => ({ id: next++, entry, off: false }))] };
}

/** Add a rule unless one says the same; where its name is taken it gets a number. */
export function addOnce(draft: Draft, entry: Entry): Draft {
  if (includes(draft, entry)) return draft;
  const taken = new Set(draft.rules.map((rule) => nameOf(rule.entry)));
  const name = nameOf(entry);
  if (name === null || !taken.has(name)) return add(draft, entry);
  let number = 2;
  while (taken.has(`${name} ${number}`)) number += 1;
  return add(draft, { ...entry, name: `${name} ${number}` });
}

export function remove(draft: Draft, id: number): Draft {
  return { ...draft, rules: draft.rules.filter((rule) => rule.id !== id) };
}

export function toggle(draft: Draft, id: number): Draft {
  return { ...draft, rules: draft.rules.map((rule) => (rule.id === id ? { ...rule, off: !rule.off } : rule)) };
}

export function change(draft: Draft, id: number, entry: Entry): Draft {
  return { ...draft, rules: draft.rules.map((rule) => (rule.id === id ? { ...rule, entry } : rule)) };
}

/** An empty name takes it away: the rule is then called after what it says. */
export function rename(draft: Draft, id: number, name: string): Draft {
  const rule = draft.rules.find((one) => one.id === id);
  if (!rule) return draft;
  const rest = Object.fromEntries(Object.entries(rule.entry).filter(([key]) => key !== "name"));
  return change(draft, id, name.trim() === "" ? rest : { name: name.trim(), ...rest });
}

/** Put a rule `by` places further down (or up). */
export function shift(draft: Draft, id: number, by: number): Draft {
  const from = draft.rules.findIndex((rule) => rule.id === id);
  const rule = draft.rules[from];
  if (!rule) return draft;
  const to = Math.max(0, Math.min(draft.rules.length - 1, from + by));
  const rules = draft.rules.toSpliced(from, 1).toSpliced(to, 0, rule);
  return to === from ? draft : { ...draft, rules };
}

/** Put a rule right before another. */
export function place(draft: Draft, id: number, before: number): Draft {
  const from = draft.rules.findIndex((rule) => rule.id === id);
  const to = draft.rules.findIndex((rule) => rule.id === before);
  return from < 0 || to < 0 ? draft : shift(draft, id, to > from ? to - from - 1 : to - from);
}

export function sameEntry(a: Entry, b: Entry): boolean {
  return canonical(a) === canonical(b);
}

/** Whether a rule that says the same is in the draft, whatever it is called. */
export function includes(draft: Draft, entry: Entry): boolean {
  const wanted = canonical(unnamed(entry));
  return draft.rules.some((rule) => canonical(unnamed(rule.entry)) === wanted);
}

function unnamed(entry: Entry): Entry {
  return Object.fromEntries(Object.entries(entry).filter(([key]) => key !== "name"));
}

function canonical(value: unknown): string {
  return JSON.stringify(value, (_, part: unknown) =>
    typeof part === "object" && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  );
}

const NAME = /^[A-Za-z0-9][A-Za-z0-9_.-]{0,99}$/;

/** Why this cannot be the name of a version; null if it can. */
export function nameProblem(name: string): string | null {
  if (name === "") return "A version needs a name.";
  return NAME.test(name) ? null : "A name has letters, digits, “_”, “-” and “.”, and begins with a letter or digit.";
}

/** A draft as it was stored; null for anything else. */
export function revive(text: string | null): Draft | null {
  if (text === null) return null;
  try {
    const value = JSON.parse(text) as Partial<Draft> | null;
    const sound =
      value !== null &&
      typeof value.name === "string" &&
      typeof value.input === "string" &&
      Array.isArray(value.rules) &&
      value.rules.every((rule: unknown) => isDraftRule(rule));
    return sound ? { description: "", signals: [], seed: 0, ...value } as Draft : null;
  } catch {
    return null;
  }
}

function isDraftRule(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return false;
  const { id, entry, off } = value as Partial<DraftRule>;
  return typeof id === "number" && typeof off === "boolean" && typeof entry === "object" && entry !== null;
}
