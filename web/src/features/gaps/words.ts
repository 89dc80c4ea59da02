/** What numbers and rules of gaps say to people. */
import { brief, share } from "@/lib/format";

/** "p = 0.005", "p < 0.001" */
export function chance(p: number): string {
  return p < 0.001 ? "p < 0.001" : `p = ${Number(p.toPrecision(2))}`;
}

/** "7.7×"; a ratio of a hundred needs no decimal. */
export function times(ratio: number): string {
  return `${end(ratio)}×`;
}

/** "3.9 to 16.3", "8.4 or more": an interval of ratios. */
export function interval(low: number, high: number): string {
  // With no own row in it, the upper end says nothing: it hangs on the prior alone.
  return high >= 1000 ? `${end(low)} or more` : `${end(low)} to ${end(high)}`;
}

function end(ratio: number): string {
  return ratio >= 99.5 ? brief(Math.round(ratio)) : ratio.toFixed(1);
}

/** "0.7 %" of a share in [0, 1]. */
export function percent(part: number): string {
  return share(part, 1);
}

/** A rule of a gap without its signs: `room == "hall" and length >= 3 and length <= 9` → "room is hall, length 3 to 9". */
export function ruleWords(rule: string): string {
  const parts = conditions(rule).map(read);
  const words: string[] = [];
  for (let i = 0; i < parts.length; i++) {
    const [one, next] = [parts[i], parts[i + 1]];
    if (!one) continue;
    if (one.op === ">=" && next?.op === "<=" && next.column === one.column) {
      words.push(`${one.column} ${one.value} to ${next.value}`);
      i++;
    } else words.push(one.op === null ? one.value : `${one.column} ${OPERATORS[one.op] ?? one.op} ${one.value}`);
  }
  return words.join(", ");
}

const OPERATORS: Record<string, string> = { "==": "is", "!=": "is not", ">=": "at least", "<=": "at most" };

/** The parts between ` and `, except inside quotes. */
function conditions(rule: string): string[] {
  return (rule.match(/(?:"(?:[^"\\]|\\.)*"|`[^`]*`|(?! and )[\s\S])+/g) ?? [rule]).map((part) => part.replace(/^and /, "").trim()).filter(Boolean);
}

function read(condition: string): { column: string; op: string | null; value: string } {
  const match = /^(`[^`]*`|[^\s"`]+) (==|!=|>=|<=|<|>) ([\s\S]+)$/.exec(condition);
  if (!match) return { column: "", op: null, value: condition };
  const [, column = "", op = "", value = ""] = match;
  return { column: column.replaceAll("`", ""), op, value: unquoted(value) };
}

function unquoted(value: string): string {
  if (!value.startsWith('"')) return value;
  try {
    return String(JSON.parse(value));
  } catch {
    return value;
  }
}
