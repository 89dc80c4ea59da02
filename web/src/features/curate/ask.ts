/** What Curate asks of the server. */
import { queryOptions, useQuery } from "@tanstack/react-query";
import { about, apiUrl, getJson, sendJson } from "@/api";
import { tidy } from "./draft";
import type { Family, Parsed, Preview, Recipe, Selector } from "./types";

export const SAMPLES = 6;

async function parsed<T extends Parsed = Parsed>(route: readonly string[], body: unknown, signal?: AbortSignal): Promise<T> {
  const answer = await sendJson<T>(apiUrl(route), body, { signal });
  return { ...answer, recipe: tidy(answer.recipe) };
}

export const parseYaml = (yaml: string, signal?: AbortSignal) => parsed(["recipes", "parse"], { yaml }, signal);
export const curate = (dataset: string, recipe: Recipe) => sendJson<{ job: string }>(apiUrl(["datasets", dataset, "curate"]), { recipe });
export const compute = (dataset: string, ops: readonly string[]) => sendJson<{ job: string }>(apiUrl(["datasets", dataset, "compute"]), { ops });

export interface Move {
  index: number;
  name: string;
  handle: number;
  value: number | readonly [number, number];
  /** Place of the rule among all rules of the recipe. */
  place: number;
  /** Not let go yet: selectors are not asked anew. */
  held: boolean;
}

/** The recipe with a threshold moved, and what it then does. */
export const moveThreshold = (dataset: string, recipe: Recipe, move: Move) =>
  parsed<Parsed & { preview: Preview }>(["datasets", dataset, "curate", "threshold"], { recipe, samples: SAMPLES, ...move });

/** A recipe's rules and its YAML. */
export function compiledOf(dataset: string, recipe: Recipe) {
  return queryOptions({ queryKey: about(dataset, "compiled", recipe), queryFn: ({ signal }) => parsed(["recipes", "render"], { recipe }, signal), staleTime: Infinity, gcTime: 60_000 });
}

/** What a recipe does; samples are those of `rule`, or of the first rule with a histogram. */
export function outlookOf(dataset: string, recipe: Recipe, rule: string | null) {
  return queryOptions({
    queryKey: about(dataset, "outlook", recipe, rule),
    queryFn: ({ signal }) => {
      const wish = rule === null ? {} : { rule };
      return sendJson<Preview>(apiUrl(["datasets", dataset, "curate", "preview"]), { recipe, samples: SAMPLES, ...wish }, { signal });
    },
    gcTime: 60_000,
  });
}


/** Where curating starts: the newest version's recipe, with the fixes that were applied since. */
export function useStart(dataset: string) {
  return useQuery({
    queryKey: about(dataset, "start"),
    queryFn: ({ signal }) => getJson<Parsed & { from: "applied" | "newest" | "empty" }>(apiUrl(["datasets", dataset, "recipe"]), signal),
  });
}

export function useFamilies() {
  return useQuery({ queryKey: ["families"], queryFn: async ({ signal }) => (await getJson<{ families: Family[] }>(apiUrl(["families"]), signal)).families, staleTime: Infinity });
}

export function useSelectors() {
  return useQuery({ queryKey: ["selectors"], queryFn: async ({ signal }) => (await getJson<{ selectors: Selector[] }>(apiUrl(["selectors"]), signal)).selectors, staleTime: Infinity });
}
