/** Safe reading of evidence: it is JSON from a check, perhaps a plug-in's, and may lack anything. */

export type Facts = Record<string, unknown>;

export function text(facts: Facts, key: string): string | null {
  const value = facts[key];
  return typeof value === "string" ? value : null;
}

export function number(facts: Facts, key: string): number | null {
  const value = facts[key];
  return typeof value === "number" && Number.isFinite(value) ? value : null;
}

/** A label or another plain value as text: classes are numbers as often as words. */
export function value(facts: Facts, key: string): string {
  const found = facts[key];
  return typeof found === "string" || typeof found === "number" || typeof found === "boolean" ? String(found) : "?";
}

export function list(facts: Facts, key: string): Facts[] {
  const value = facts[key];
  if (!Array.isArray(value)) return [];
  return value.filter((item): item is Facts => typeof item === "object" && item !== null && !Array.isArray(item));
}

/** Two ends, the lower one first. */
export function interval(facts: Facts, key: string): readonly [number, number] | null {
  const value: unknown = facts[key];
  if (!Array.isArray(value)) return null;
  const [low, high] = value as unknown[];
  return typeof low === "number" && typeof high === "number" ? [low, high] : null;
}

/** "largest_group" → "Largest group" */
export function words(key: string): string {
  const spaced = key.replace(/[_.]+/g, " ").trim();
  return spaced.charAt(0).toUpperCase() + spaced.slice(1);
}

const CHECKS: Record<string, string> = {
  "leak.benchmark": "Benchmark leak",
  "pii.found": "Personal data",
  "quality.rules": "Quality rules",
  "duplicates.near": "Near duplicates",
  "duplicates.exact": "Exact duplicates",
  "language.mix": "Languages",
  "columns.broken": "Column",
  "text.encoding": "Encoding",
  "text.lengths": "Length",
  "outliers.embedding": "Outliers",
  label_errors: "Label errors",
  "labels.ambiguous": "Ambiguous rows",
  "labels.imbalance": "Rare classes",
  "labels.spurious": "Shortcut to the label",
  "leak.splits": "Leak between splits",
  "sources.imbalance": "Sources",
  "drift.versions": "Drift",
  "groups.identity": "Groups of people",
};

/** The name of a check for people; a plug-in's is made of its own name. */
export function checkName(check: string): string {
  return CHECKS[check] ?? words(check);
}
