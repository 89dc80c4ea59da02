/** Searches by examples: changed by small steps, null once nothing is searched for. */
import type { Search } from "./model";

export type Side = "like" | "unlike";

/** A search without what is empty; null if nothing is left. Reads those saved long ago, too. */
export function searchOf(given: { query?: string | null; like?: string | readonly string[]; unlike?: string | readonly string[]; mode?: Search["mode"] | null; embedding?: string | null } | null): Search | null {
  const { query, mode, embedding } = given ?? {};
  const [like, unlike] = [listed(given?.like), listed(given?.unlike)];
  const search: Search = {
    ...(query?.trim() ? { query } : {}),
    ...(like.length > 0 ? { like } : {}),
    ...(unlike.length > 0 ? { unlike } : {}),
    ...(mode && mode !== "hybrid" ? { mode } : {}),
    ...(embedding ? { embedding } : {}),
  };
  return search.query || search.like || search.unlike ? search : null;
}

/** The search with one more example; one that stood on the other side changes sides. */
export function withExample(search: Search | null, side: Side, example: string): Search {
  const without = withoutExample(search, example) ?? {};
  return { ...without, [side]: [...(without[side] ?? []), example] };
}

export function withoutExample(search: Search | null, example: string): Search | null {
  const rest = (side: Side) => (search?.[side] ?? []).filter((other) => other !== example);
  return searchOf({ ...search, like: rest("like"), unlike: rest("unlike") });
}

/** Whether a row (or another example) is in the search, and on which side. */
export function sideOf(search: Search | null, example: string): Side | null {
  if (search?.like?.includes(example)) return "like";
  return search?.unlike?.includes(example) ? "unlike" : null;
}

/** An example in few words. */
export function exampleWords(example: string): string {
  if (example.startsWith("text:")) return `“${clip(example.slice(5).trim())}”`;
  if (/^[0-9a-f]{32}$/.test(example)) return example.slice(0, 8);
  return clip(example.startsWith("selection:") ? "selected rows" : example);
}

/** Whether rows are in the view because they are near, beside those that have the words: each is somehow near, so their number is that of the best that are shown. */
export function byNearness(search: Pick<Search, "mode" | "like"> | null, embeddings: readonly string[]): boolean {
  return search !== null && embeddings.length > 0 && (search.mode !== "text" || (search.like?.length ?? 0) > 0);
}

function clip(text: string): string {
  return text.length > 28 ? `${text.slice(0, 27)}…` : text;
}

function listed(given: string | readonly string[] | undefined): readonly string[] {
  const all = typeof given === "string" ? [given] : (given ?? []);
  return [...new Set(all)].filter((each) => each.trim() !== "");
}
