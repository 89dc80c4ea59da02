/** The draft of each dataset: undone and redone here, and kept in this browser. */
import { useStore } from "zustand";
import { createStore } from "zustand/vanilla";
import { remember, remembered } from "@/lib/storage";
import * as history from "@/lib/view/history";
import { toast } from "@/ui";
import { fromRecipe, revive, type Draft } from "./draft";
import type { Recipe } from "./types";

interface State {
  dataset: string | null;
  line: history.Timeline<Draft> | null;
  /** What is shown while a threshold is held; the draft changes when it is let go. */
  held: Held | null;
}

export interface Held {
  recipe: Recipe;
  /** Name of the rule whose threshold it is. */
  rule: string | null;
}

/** What toasts with an undo are about: the newest step, so that any other step ends them. */
export const NEWEST = "newest step of the draft";

const store = createStore<State>(() => ({ dataset: null, line: null, held: null }));

function show(line: history.Timeline<Draft>): void {
  const { dataset } = store.getState();
  store.setState({ line, held: null });
  toast.drop(NEWEST);
  remember(`curate.${dataset}`, JSON.stringify(line.now));
}

export const draft = {
  get: (): Draft | null => store.getState().line?.now ?? null,

  /** Take up the draft of a dataset where it was left; true if there is one. */
  open(dataset: string): boolean {
    if (store.getState().dataset === dataset) return store.getState().line !== null;
    const kept = revive(remembered(`curate.${dataset}`));
    store.setState({ dataset, line: kept && history.begin(kept), held: null });
    return kept !== null;
  },

  /** Begin with the server's recipe; with `anew` the draft that was there can be brought back. */
  begin(dataset: string, recipe: Recipe, { anew = false } = {}): void {
    const { dataset: shown, line } = store.getState();
    if (shown !== dataset || (line && !anew)) return;
    const fresh = fromRecipe(recipe);
    show(line ? history.step(line, fresh) : history.begin(fresh));
  },

  /** Change it, as one step that can be undone. */
  edit(change: (now: Draft) => Draft): void {
    const { line } = store.getState();
    if (!line) return;
    const next = change(line.now);
    if (next !== line.now) show(history.step(line, next));
  },

  hold: (held: Held | null): void => store.setState({ held }),
  /** When the newest step was made. */
  at: (): number => store.getState().line?.at.at(-1) ?? 0,
  /** With `of`, only if that dataset's draft is the one here: a toast may outlast it. */
  undo: (of?: string): boolean => (of === undefined || of === store.getState().dataset) && travel(history.undo),
  redo: (): boolean => travel(history.redo),
};

function travel(by: (line: history.Timeline<Draft>) => history.Timeline<Draft>): boolean {
  const { line } = store.getState();
  if (!line) return false;
  const next = by(line);
  if (next === line) return false;
  show(next);
  return true;
}

export function useDraft(): Draft | null {
  return useStore(store, (state) => state.line?.now ?? null);
}

export function useHeld(): Held | null {
  return useStore(store, (state) => state.held);
}

export function useDraftSteps(): { undo: boolean; redo: boolean } {
  const undo = useStore(store, (state) => (state.line?.past.length ?? 0) > 0);
  const redo = useStore(store, (state) => (state.line?.future.length ?? 0) > 0);
  return { undo, redo };
}
