/** From a gap to rows: views of the target, of the pool, and of other pools. */
import type { Gap, GapsFound } from "@/api";
import { goTo, type Filter, type Search } from "@/lib/view";

const EXAMPLES = 4;

function look(dataset: string, filters: Filter[], more: { search?: Search; selection?: { key: string }; row?: string } = {}, page = "explore"): void {
  goTo(page, { dataset, filters, search: more.search ?? null, sort: [], selection: more.selection ?? null, row: more.row ?? null });
}

export function openAll(dataset: string): void {
  look(dataset, []);
}

export function openTarget(found: GapsFound, gap: Gap): void {
  look(found.target, [gap.filter]);
}

export function openOwn(found: GapsFound, gap: Gap): void {
  look(found.pool, [gap.own_filter]);
}

/** Its rows among all of the target, which stay in grey. */
export function openMap(found: GapsFound, gap: Gap): void {
  look(found.target, [], { selection: { key: gap.filter.replace("selection:", "") } });
}

/** One row, read in full, among the rows of the gap on its side. */
export function openRow(found: GapsFound, gap: Gap, side: "target" | "own", row: string): void {
  if (side === "target") look(found.target, [gap.filter], { row }, "inspect");
  else look(found.pool, gap.own_rows > 0 ? [gap.own_filter] : [], { row }, "inspect");
}

/** The rows of another pool that would fit. */
export function openFitting(pool: Gap["pools"][number]): void {
  look(pool.dataset, [pool.filter]);
}

/** Rows of another dataset that are like the middle of the gap. */
export function searchPool(dataset: string, gap: Gap): void {
  const like = gap.examples.filter((one) => one.text).slice(0, EXAMPLES).map((one) => `text:${one.text}`);
  look(dataset, [], { search: like.length > 0 ? { like } : { query: gap.name } });
}
