/** Names of topics: shown as given at once, kept as events by the server, taken back by undo. */
import { about, apiUrl, failureText, queries, sendJson, whenOver } from "@/api";
import { conditionOn, view } from "@/lib/view";
import { toast } from "@/ui";
import type { MapState, Topic } from "../types";

export type Level = Topic["level"];

export const columnOf = (level: Level) => `map.${level}`;

/** The level whose names are the values of a column. */
export function levelOf(column: string): Level | null {
  return column === "map.topic" ? "topic" : column === "map.subtopic" ? "subtopic" : null;
}

interface Named {
  event: string;
  was: string;
  name: string;
}

export async function nameTopic(dataset: string, level: Level, was: string, name: string): Promise<void> {
  const home = dataset.split("@")[0] ?? dataset;
  const path = ["datasets", home, "map", "names"];
  if (name.trim() === "" || name.trim() === was) return;
  show(dataset, level, was, name.trim());
  try {
    const { event } = await ended<Named>(sendJson(apiUrl(path), { topic: was, name, level }));
    follow(level, was, name.trim());
    toast(`“${was}” is called “${name.trim()}” now`, {
      undo: () => {
        show(dataset, level, name.trim(), was);
        ended(sendJson(apiUrl([...path, "undo"]), { event })).then(() => follow(level, name.trim(), was), (error: unknown) => failed(dataset, error));
      },
    });
  } catch (error) {
    failed(dataset, error);
  }
}

async function ended<T>(asked: Promise<{ job: string }>): Promise<T> {
  const over = await whenOver((await asked).job);
  if (over.state !== "done") throw new Error([over.error?.what, over.error?.remedy].filter(Boolean).join(" ") || "The name was not changed.");
  return over.result as T;
}

function show(dataset: string, level: Level, was: string, name: string) {
  queries.setQueriesData<MapState>({ queryKey: about(dataset, "map") }, (map) => map && { ...map, clusters: map.clusters.map((one) => (one.level === level && one.label === was ? { ...one, label: name } : one)) });
}

/** A filter on the topic goes on to mean it, by its new name. */
function follow(level: Level, was: string, name: string) {
  const condition = conditionOn(view.get().filters, columnOf(level));
  if (!condition || !Array.isArray(condition.value) || !condition.value.includes(was)) return;
  view.replaceFilter(condition, { ...condition, value: condition.value.map((one) => (one === was ? name : one)) });
}

function failed(dataset: string, error: unknown) {
  toast.error(error instanceof Error ? error.message : failureText(error as never));
  void queries.invalidateQueries({ queryKey: about(dataset, "map") });
}
