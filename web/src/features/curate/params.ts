/** Parameters of selectors as text fields, and back. */
import type { Entry, Selector } from "./types";

type Param = Selector["params"][number];

/** A value as it is typed: lists with commas between. */
export function written(value: unknown): string {
  if (value === null || value === undefined) return "";
  return Array.isArray(value) ? value.map(String).join(", ") : String(value);
}

/** What was typed, as the recipe holds it; undefined: not given, so the selector's default holds. */
export function read(text: string, param: Param): unknown {
  const trimmed = text.trim();
  if (trimmed === "" || trimmed === written(param.default)) return undefined;
  if (trimmed === "true" || trimmed === "false") return trimmed === "true";
  if (/^-?\d+(\.\d+)?([eE]-?\d+)?$/.test(trimmed)) return Number(trimmed);
  if (Array.isArray(param.default)) return trimmed.split(",").map((part) => part.trim()).filter(Boolean);
  return trimmed;
}

export function entryOf(selector: Selector, texts: Readonly<Record<string, string>>): Entry {
  const given = selector.params.map((param): [string, unknown] => [param.name, read(texts[param.name] ?? "", param)]);
  return { select: selector.name, ...Object.fromEntries(given.filter(([, value]) => value !== undefined)) };
}
