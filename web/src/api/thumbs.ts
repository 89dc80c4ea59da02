/** Thumbs: one after the other, so that the last one given is the last one kept. */
import type { Search } from "@/lib/view";
import { api } from "./api";
import { about, queries } from "./hooks";
import type { components } from "./schema";

type Standings = components["schemas"]["Standings"];

let last: Promise<unknown> = Promise.resolve();
let waiting = 0;

/** Say whether a row is what is searched for (null: take it back); all that follows from it is asked anew. */
export async function giveThumb(dataset: string, search: Search, row: string, answer: boolean | null, view: string): Promise<void> {
  waiting += 1;
  // The thumb shows at once; what it says about the others, when the server has counted it.
  queries.setQueriesData<Standings>({ queryKey: pagesOf(dataset, view) }, (page) => page && { ...page, rows: page.rows.map((one) => (one.id === row ? { ...one, answer } : one)) });
  const done = last.then(() => api.thumb(dataset, search, row, answer, view));
  last = done.catch(() => undefined);
  try {
    await done;
  } finally {
    waiting -= 1;
    // An answer between two thumbs would show the second as not given.
    if (waiting === 0) {
      const [, name] = about(dataset);
      await queries.invalidateQueries({ predicate: ({ queryKey }) => queryKey[1] === name && queryKey[3] === "standing" });
    }
  }
}

/** Begins the key of each page of standings of a view. */
export function pagesOf(dataset: string | null, view: string | undefined): readonly unknown[] {
  return about(dataset, "standing", "page", view);
}
