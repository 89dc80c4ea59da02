/** Tags: put on what is selected or in view, and taken back by undo. */
import { about, apiUrl, failureOf, queries, sendJson, type Chosen } from "@/api";
import { plural } from "@/lib/format";
import { toast } from "@/ui";
import type { Tagged } from "./types";

export async function tagRows(dataset: string, tag: string, target: Chosen, action: "add" | "remove" = "add"): Promise<void> {
  const parts = ["datasets", dataset, "tags"];
  const refresh = () => queries.invalidateQueries({ queryKey: about(dataset).slice(0, 2) });
  try {
    const done = await sendJson<Tagged>(apiUrl(parts), { tag, action, ...target });
    // Once it is said that rows are tagged, the new tag has its key.
    await queries.refetchQueries({ queryKey: about(dataset, "detail") });
    void refresh();
    const said = action === "add" ? `Tagged ${plural(done.changed, "row")} “${tag}”` : `Took “${tag}” off ${plural(done.changed, "row")}`;
    if (done.changed === 0) return toast(action === "add" ? `All of them have “${tag}” already` : `None of them had “${tag}”`);
    toast(said, {
      undo: () =>
        void sendJson(apiUrl([...parts, "undo"]), { event: done.undo }).then(refresh, (error: unknown) => toast.error(failureOf(error).message)),
    });
  } catch (error) {
    toast.error(failureOf(error).message);
  }
}

/** What the server takes as a name, or what is wrong with it. */
export function tagProblem(name: string): string | undefined {
  if (name.trim() === "") return "A tag needs a name.";
  if (name.trim().length > 60) return "At most 60 characters.";
  if (/["/:\u0000-\u001f\u007f]/.test(name)) return "Without quotes, slashes and colons.";
  return undefined;
}
