/** What is different between two kinds of a column, in words. */

interface Made {
  op: string;
  version: string;
  params: Record<string, unknown>;
}

/** Types as they are; of signals, what differs in how they were made: op, version and parameters. */
export function changeWords(a: string, b: string): string {
  const [one, other] = [made(a), made(b)];
  if (one === null || other === null) return `${a} → ${b}`;
  const parts: string[] = [];
  if (one.op !== other.op) parts.push(`${one.op} ${one.version} → ${other.op} ${other.version}`);
  else if (one.version !== other.version) parts.push(`${one.op} version ${one.version} → ${other.version}`);
  for (const key of new Set([...Object.keys(one.params), ...Object.keys(other.params)])) {
    const [before, after] = [shown(one.params[key]), shown(other.params[key])];
    if (before !== after) parts.push(`${key.replaceAll("_", " ")} ${before} → ${after}`);
  }
  return parts.length > 0 ? parts.join(", ") : `${one.op}, made anew`;
}

/** `OP VERSION [PARAMETERS, INPUTS]`, as the server writes how a signal was made. */
function made(text: string): Made | null {
  const [, op, version, json] = /^(\S+) (\S+) (\[.*\])$/s.exec(text) ?? [];
  if (!op || !version || !json) return null;
  try {
    const parts = JSON.parse(json) as unknown[];
    const named = parts.filter((part): part is Record<string, unknown> => typeof part === "object" && part !== null && !Array.isArray(part));
    return { op, version, params: Object.assign({}, ...named.toReversed()) as Record<string, unknown> };
  } catch {
    return null;
  }
}

function shown(value: unknown): string {
  if (value === undefined || value === null) return "none";
  if (Array.isArray(value)) return value.map(shown).join(" + ") || "none";
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}
