/** Rows picked by hand: few by their ids, many as a mask that the server keeps by a key. */
import { about, api, queries } from "@/api";
import { queryOf, same, view, type Filter, type Query, type Selection, type View } from "@/lib/view";
import { hasBit } from "@/map";

/** From here on the ids would make the address too long. */
const MOST_IDS = 40;

export function selectionFilter(selection: Selection | null): Filter | null {
  if (selection === null) return null;
  return "key" in selection ? `selection:${selection.key}` : { column: "id", op: "in", value: selection.ids };
}

/** What is selected as an example of a search: the one row, or the rows under a key. */
export async function selectionExample(dataset: string, selection: Selection | null): Promise<string | null> {
  if (selection !== null && "ids" in selection && selection.ids.length === 1) return selection.ids[0] ?? null;
  return storedSelection(dataset, selection);
}

/** The name of the selected rows (`selection:KEY`), which the server keeps; null without any. */
export async function storedSelection(dataset: string, selection: Selection | null): Promise<string | null> {
  const filter = selectionFilter(selection);
  if (filter === null || typeof filter === "string") return filter;
  const { view_key } = await api.view(dataset, { filters: [filter], search: null, sort: [] });
  return (await api.selectMask(dataset, (await api.mask(dataset, view_key)).slice())).filter;
}

export function isSelected(selection: Selection | null, mask: Uint8Array | null | undefined, row: number, id: string): boolean {
  if (selection === null) return false;
  if ("ids" in selection) return selection.ids.includes(id);
  return mask ? hasBit(mask, row) : false;
}

/** The selected rows of a view, as a view; null without a selection. */
export function selectedQuery(now: Query & Pick<View, "selection">): Query | null {
  const filter = selectionFilter(now.selection);
  return filter === null ? null : { ...queryOf(now), filters: [...now.filters, filter] };
}

/** Apart from the view itself: its count must not stand in for that of a selection. */
export const selectedKey = (dataset: string | null, query: Query | null) => about(dataset, "view", query, "selected");
export const maskKey = (dataset: string | null, key: string | undefined) => ["mask", dataset, key];

/** Select the rows of a mask. With the view it was made in, all that the screen shows of it is known with the answer. */
export async function selectMask(dataset: string, mask: Uint8Array<ArrayBuffer>, viewKey?: string): Promise<void> {
  const before = queryOf(view.get());
  const { selection, count, view: selected } = await api.selectMask(dataset, mask, viewKey);
  const next = { ...view.get(), selection: { key: selection } };
  // By now another view may be shown: of that one nothing was asked.
  if (selected && next.dataset === dataset && same(before, queryOf(next))) {
    queries.setQueryData(selectedKey(dataset, selectedQuery(next)), selected);
    if (selected.count === count) queries.setQueryData(maskKey(dataset, selected.view_key), mask);
  }
  view.set({ selection: next.selection });
}

/** Select all rows of a view, not only those on screen. */
export async function selectView(dataset: string, key: string): Promise<void> {
  const mask = await api.mask(dataset, key);
  await selectMask(dataset, mask.slice(), key);
}

/** Put a row into the selection, or take it out. */
export async function toggleRow(dataset: string, id: string, row: number): Promise<void> {
  const { selection } = view.get();
  if (selection === null || "ids" in selection) {
    const ids = selection?.ids ?? [];
    const next = ids.includes(id) ? ids.filter((other) => other !== id) : [...ids, id];
    if (next.length <= MOST_IDS) return view.set({ selection: next.length > 0 ? { ids: next } : null });
    view.set({ selection: { ids: next } });
  }
  const held = view.get().selection;
  const filter = selectionFilter(held);
  if (filter === null) return;
  const { view_key } = await api.view(dataset, { filters: [filter], search: null, sort: [] });
  const mask = (await api.mask(dataset, view_key)).slice();
  if (held && "key" in held) mask[row >> 3] = (mask[row >> 3] ?? 0) ^ (1 << (row & 7));
  // Somebody may have selected something else meanwhile.
  if (same(view.get().selection, held)) await selectMask(dataset, mask);
}
