/** Answers that people give to a field of rows: put, said, and taken back by undo. */
import { about, api, failureText, queries, type Answer, type Chosen } from "@/api";
import { plural } from "@/lib/format";
import { toast } from "@/ui";
import { shown, type Asked } from "./choices";

const LONGEST = 60;

/** Answer a field of rows; null takes their answers back. What the server refuses is thrown. */
export async function answer(dataset: string, field: Pick<Asked, "field" | "label" | "kind">, value: Answer, rows: Chosen): Promise<void> {
  const done = await api.label(dataset, field.field, value, rows);
  const refresh = () => void queries.invalidateQueries({ queryKey: about(dataset).slice(0, 2) });
  refresh();
  const said = sayDone(done.changed, done.value === null ? null : shown(done.value, field.kind), field.label);
  if (done.changed === 0) return toast(said);
  toast(said, {
    undo: () => void api.unlabel(dataset, done.event).then(refresh, (error: unknown) => toast.error(failureText(error))),
  });
}

/** What was done, in a line. */
export function sayDone(changed: number, value: string | null, field: string): string {
  const rows = plural(changed, "row");
  if (value === null) return changed === 0 ? `None of them had an answer (${field})` : `Took back what was said about ${rows} (${field})`;
  const label = value.length > LONGEST ? `${value.slice(0, LONGEST)}…` : value;
  return changed === 0 ? `Labelled “${label}” already (${field})` : `Labelled ${rows} “${label}” (${field})`;
}
