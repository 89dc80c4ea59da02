/** Rules that one screen hands to Curate, which takes them into its draft when it opens. */
type Entry = Readonly<Record<string, unknown>>;

let waiting: readonly { dataset: string; entry: Entry }[] = [];

export function handToCurate(dataset: string, entry: Entry): void {
  waiting = [...waiting, { dataset, entry }];
}

/** What was handed over for a dataset, once. */
export function takeForCurate(dataset: string): Entry[] {
  const mine = waiting.filter((one) => one.dataset === dataset).map((one) => one.entry);
  if (mine.length) waiting = waiting.filter((one) => one.dataset !== dataset);
  return mine;
}
