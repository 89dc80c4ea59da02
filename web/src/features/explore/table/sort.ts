import type { Sort } from "@/lib/view";

/** A click on a head: up, down, not at all. With `more`, other columns go on sorting. */
export function nextSort(sort: readonly Sort[], column: string, more: boolean): Sort[] {
  const now = sort.find((one) => one.column === column);
  const others = more ? sort.filter((one) => one.column !== column) : [];
  if (!now) return [...others, { column, desc: false }];
  if (now.desc) return others;
  return more ? sort.map((one) => (one === now ? { column, desc: true } : one)) : [{ column, desc: true }];
}
