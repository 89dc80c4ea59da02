/** How a value is shown in one line. */
import type { Cell, Column } from "@/api";
import { count, measure } from "@/lib/format";

export function CellContent({ column, value }: { column: Column; value: Cell | undefined }) {
  if (value === null || value === undefined || value === "") return <span className="text-faint">–</span>;
  switch (column.kind) {
    case "number":
      return <>{typeof value === "number" ? numberText(value, column) : String(value)}</>;
    case "boolean":
      return <>{value === true ? "yes" : "no"}</>;
    case "spans":
      return <SpansCount text={String(value)} />;
    case "list":
      return <>{listText(String(value))}</>;
    case "date":
      return <>{dateText(String(value))}</>;
    case "category":
      return <span className="bg-sunken border-line inline-block max-w-full truncate rounded-[4px] border px-1.5 align-middle text-xs leading-5">{String(value)}</span>;
    case "id":
      return <span className="font-mono text-xs">{String(value)}</span>;
    default:
      return <>{oneLine(String(value))}</>;
  }
}

/** Whole numbers grouped, others to a fixed number of digits so that columns line up. */
export function numberText(value: number, column: Pick<Column, "range">): string {
  if (!Number.isFinite(value)) return "–";
  if (Number.isInteger(value) && Math.abs(value) < 1e15) return count(value);
  const [low, high] = column.range ?? [null, null];
  if (low != null && high != null && Math.abs(low) <= 1 && Math.abs(high) <= 1) return value.toFixed(3);
  return measure(value);
}

/** Breaks and runs of blanks as one blank. */
export function oneLine(text: string): string {
  return text.replace(/\s+/g, " ").trim();
}

function dateText(value: string): string {
  return value.replace("T", " ").replace(/(:\d\d)(\.\d+)?(Z|\+00:00)?$/, "$1");
}

function listText(value: string): string {
  try {
    const list: unknown = JSON.parse(value);
    if (Array.isArray(list)) return list.map((item) => (typeof item === "string" ? item : JSON.stringify(item))).join(", ");
  } catch {
    // Cut in the middle: shown as it is.
  }
  return value;
}

function SpansCount({ text }: { text: string }) {
  const found = spansIn(text);
  if (found === 0) return <span className="text-faint">0</span>;
  return <>{found === null ? "many" : count(found)}</>;
}

/** How many spans a cell holds; null if it was cut. */
export function spansIn(text: string): number | null {
  try {
    const list: unknown = JSON.parse(text);
    return Array.isArray(list) ? list.length : null;
  } catch {
    return null;
  }
}
