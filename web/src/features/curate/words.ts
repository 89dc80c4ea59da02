/** Rules as people call them. */
import type { Badge } from "@/ui";
import { formOf, nameOf, paramsOf, textOf } from "./draft";
import type { Entry, Form, RulePreview } from "./types";

export const FORM_WORDS: Record<Form, string> = { keep: "keep", drop: "drop", use: "family", select: "select" };

export function titleOf(entry: Entry): string {
  return nameOf(entry) ?? (formOf(entry) === "drop" ? `drop ${readable(textOf(entry))}` : readable(textOf(entry)));
}

/** A value of a parameter; of a file, its name is enough. */
function inWords(value: unknown): string {
  if (Array.isArray(value)) return value.map(inWords).join(", ");
  if (typeof value === "string") return value.replace(/^.*[/\\]/, "");
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

/** A condition as people read it: the key of a selection says nothing to them. */
export function readable(text: string): string {
  return text.replace(/\bselection:[0-9a-f]+\b/g, "rows chosen by hand");
}

/** What an entry says under its title: nothing, where the title says it already. */
export function detailOf(entry: Entry): string | null {
  const params = Object.entries(paramsOf(entry)).map(([key, value]) => `${key}: ${inWords(value)}`);
  const said = nameOf(entry) === null ? [] : [readable(textOf(entry))];
  const all = [...said, ...params];
  return all.length > 0 ? all.join(", ") : null;
}

export const STATE_WORDS: Record<RulePreview["state"], { text: string; tone: Parameters<typeof Badge>[0]["tone"]; why: string } | null> = {
  exact: null,
  estimate: { text: "estimate", tone: "doubt", why: "Its last answer, about slightly other rows. It is being asked again." },
  pending: { text: "comparing…", tone: "doubt", why: "It compares rows with each other. Until it has answered, it counts as keeping all." },
  needs: { text: "needs a signal", tone: "doubt", why: "It reads a signal that is not computed yet, and counts as keeping all." },
  error: { text: "broken", tone: "loss", why: "It cannot be judged, and counts as keeping all." },
};
