/** The recipe's rules and what each does, as far as known: old answers stay until new ones are there. */
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useEffect, useMemo, useState } from "react";
import { about, queries, whenOver } from "@/api";
import { compiledOf, outlookOf } from "./ask";
import { active, toRecipe, type Draft } from "./draft";
import { byEntry, type EntryCounts } from "./funnel";
import { useHeld } from "./store";
import type { CompiledRule, Preview } from "./types";

export interface Outlook {
  preview: Preview | undefined;
  yaml: string | undefined;
  /** By identity of the rule. */
  counts: ReadonlyMap<number, EntryCounts>;
  stale: boolean;
  error: unknown;
  /** The `sub`-th rule that an entry gives: its place among all rules, and its name. */
  rule: (id: number, sub: number) => { flat: number; name: string } | null;
}

const NONE: ReadonlyMap<number, EntryCounts> = new Map();

export function useOutlook(dataset: string, draft: Draft, chosen: { id: number; sub: number | null } | null): Outlook {
  const held = useHeld();
  const on = active(draft);
  const recipe = useMemo(() => toRecipe(draft), [draft]);
  const compiled = useQuery({ ...compiledOf(dataset, recipe), placeholderData: keepPreviousData });
  const rules = compiled.isPlaceholderData ? undefined : compiled.data?.rules;
  const rule = (id: number, sub: number) => {
    const index = on.findIndex((one) => one.id === id);
    const flat = (rules?.findIndex((one) => one.index === index) ?? -1) + sub;
    const found = rules?.[flat];
    return index >= 0 && found?.index === index ? { flat, name: found.name } : null;
  };
  const wanted = chosen && rule(chosen.id, chosen.sub ?? 0);
  // While the rules are read anew, the name of the chosen one is not known: ask when it is.
  const wait = chosen !== null && rules === undefined && !compiled.isError;
  const shown = held?.recipe ?? recipe;
  const live = useQuery({
    ...outlookOf(dataset, shown, held ? held.rule : (wanted?.name ?? null)),
    enabled: held !== null || !wait,
    placeholderData: keepPreviousData,
  });
  const heldRules = useQuery({ ...compiledOf(dataset, shown), enabled: held !== null });
  const preview = live.data;
  const fresh = useMemo(
    () => (rules && preview && !live.isPlaceholderData ? countsOf(on.map((one) => one.id), rules, preview) : null),
    // eslint-disable-next-line react-hooks/exhaustive-deps -- `on` follows the draft, which `rules` are of
    [rules, preview, live.isPlaceholderData, draft],
  );
  useAnswers(dataset, preview?.job ?? null);
  return {
    preview,
    yaml: (held ? heldRules.data : compiled.data)?.yaml,
    counts: useLast(fresh) ?? NONE,
    stale: live.isPlaceholderData,
    error: compiled.error ?? live.error,
    rule,
  };
}

function countsOf(ids: readonly number[], rules: readonly CompiledRule[], preview: Preview): ReadonlyMap<number, EntryCounts> {
  return new Map(byEntry(ids.length, rules, preview).map((counts, i) => [ids[i] ?? 0, counts]));
}

function useLast<T>(value: T | null): T | null {
  const [last, setLast] = useState(value);
  if (value !== null && value !== last) setLast(value);
  return value ?? last;
}

/** Selectors answer later; their answers are asked for when the job that gets them is over. */
function useAnswers(dataset: string, job: string | null): void {
  useEffect(() => {
    if (job === null) return;
    let gone = false;
    void whenOver(job).then(({ state }) => {
      if (!gone && state !== "cancelled") void queries.invalidateQueries({ queryKey: about(dataset, "outlook") });
    });
    return () => {
      gone = true;
    };
  }, [dataset, job]);
}
