/** Rows as Arrow. The library is loaded when the first rows are. */
import type { Table } from "apache-arrow";
import { ask } from "./http";

/** Fetch an Arrow IPC stream. */
export async function getArrow(url: string, init: RequestInit = {}): Promise<Table> {
  const [{ tableFromIPC }, response] = await Promise.all([import("apache-arrow"), ask(url, init)]);
  return tableFromIPC(new Uint8Array(await response.arrayBuffer()));
}

export type Cell = string | number | boolean | null;

/** Rows of a table as plain objects, for the few that are on screen. */
export function rowsOf(table: Table): Record<string, Cell>[] {
  const names = table.schema.fields.map((field) => field.name);
  const columns = names.map((name) => table.getChild(name));
  return Array.from({ length: table.numRows }, (_, i) =>
    Object.fromEntries(names.map((name, c) => [name, plain(columns[c]?.get(i))])),
  );
}

function plain(value: unknown): Cell {
  if (value === null || value === undefined) return null;
  if (typeof value === "bigint") return Number(value);
  if (typeof value === "string" || typeof value === "boolean" || typeof value === "number") return value;
  return String(value);
}
