import { apiUrl, rowsOf } from "@/api";
import { getArrow } from "@/api/arrow";
import { measure } from "@/lib/format";

export interface HoverRow {
  id: string;
  title: string;
  text: string;
  facts: string[];
}

/** A row by its number: id, and of the columns asked for the long text and short facts. */
export async function getArrowOf(dataset: string, row: number, columns: readonly string[], signal?: AbortSignal): Promise<HoverRow | null> {
  const table = await getArrow(apiUrl(["datasets", dataset, "rows"]), {
    method: "POST",
    signal,
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ view: null, rows: [row], columns, cut: 320 }),
  });
  const found = rowsOf(table)[0];
  if (!found) return null;
  const facts = columns
    .filter((name) => name !== "text" && name !== "title")
    .flatMap((name) => {
      const value = found[name];
      return value === null || value === undefined || value === "" ? [] : [typeof value === "number" ? measure(value) : String(value)];
    });
  return { id: String(found.id), title: String(found.title ?? ""), text: String(found.text ?? ""), facts };
}
