/** The value that a row came with for a field that people answered, as text; null without one. */
export function cameWith(values: Record<string, unknown>, field: string): string | null {
  // A field is a column, or, behind dots, one inside of it; columns may have dots in their names.
  const parts = field.split(".");
  for (let i = parts.length; i > 0; i--) {
    const name = parts.slice(0, i).join(".");
    if (Object.hasOwn(values, name)) return plain(below(values[name], parts.slice(i)));
  }
  return null;
}

function below(value: unknown, path: readonly string[]): unknown {
  return path.reduce((at, name) => (typeof at === "object" && at !== null && Object.hasOwn(at, name) ? (at as Record<string, unknown>)[name] : null), value);
}

function plain(value: unknown): string | null {
  return typeof value === "string" || typeof value === "number" || typeof value === "boolean" ? String(value) : null;
}
