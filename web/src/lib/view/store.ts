/** The view's one store, kept equal to the URL. Components use `useView`, others `view.get()`. */
import { useStore } from "zustand";
import { createStore } from "zustand/vanilla";
import { currentPlace, move, onMove } from "../route";
import * as history from "./history";
import { EMPTY, MOVEMENT, same, type Filter, type View } from "./model";
import { sideOf, withExample, withoutExample, type Side } from "./search";
import { fromQuery, toQuery } from "./url";

interface State {
  line: history.Timeline<View>;
  /** What the URL asked for and could not be understood. */
  problems: string[];
}

const store = createStore<State>(() => ({ line: history.begin(EMPTY), problems: [] }));

function show(line: history.Timeline<View>, { replace }: { replace: boolean }): void {
  store.setState({ line });
  move(currentPlace().page, toQuery(line.now), { replace });
}

export const view = {
  get: (): View => store.getState().line.now,

  /** Change parts of the view. Camera and row move without an undo step; all else can be undone. */
  set(change: Partial<View>): void {
    const { line } = store.getState();
    const next = { ...line.now, ...change };
    if (same(line.now, next)) return;
    const onlyMoves = (Object.keys(change) as (keyof View)[]).every((key) => MOVEMENT.has(key));
    show(onlyMoves ? history.drift(line, next) : history.step(line, next), { replace: onlyMoves });
  },

  /** Open another dataset or version; what was asked of the old one is dropped, and can be undone. */
  open(dataset: string, { quiet = false } = {}): void {
    const { line } = store.getState();
    if (line.now.dataset === dataset) return;
    // Quiet: the app chose, nobody asked; there is nothing to go back to.
    if (quiet) show(history.drift(line, { ...line.now, dataset }), { replace: true });
    else view.set({ ...EMPTY, dataset });
  },

  addFilter(filter: Filter): void {
    const { filters } = view.get();
    if (!filters.some((other) => same(other, filter))) view.set({ filters: [...filters, filter] });
  },

  removeFilter(filter: Filter): void {
    view.set({ filters: view.get().filters.filter((other) => !same(other, filter)) });
  },

  /** Put `next` in the place of `old`, e.g. while a brush moves. */
  replaceFilter(old: Filter | null, next: Filter | null): void {
    const { filters } = view.get();
    const at = old ? filters.findIndex((other) => same(other, old)) : -1;
    if (at < 0) {
      if (next) view.addFilter(next);
      return;
    }
    view.set({ filters: filters.flatMap((filter, i) => (i === at ? (next ? [next] : []) : [filter])) });
  },

  /** Search by an example or counter-example, beside what is searched for; again: take it out. */
  toggleExample(side: Side, example: string): void {
    const { search } = view.get();
    const next = sideOf(search, example) === side ? withoutExample(search, example) : withExample(search, side, example);
    view.set({ search: next, sort: [] });
  },

  /** When the newest step was made. */
  at: (): number => store.getState().line.at.at(-1) ?? 0,
  undo: (): boolean => travel(history.undo),
  redo: (): boolean => travel(history.redo),
  dismissProblems: (): void => store.setState({ problems: [] }),
};

function travel(by: (line: history.Timeline<View>) => history.Timeline<View>): boolean {
  const { line } = store.getState();
  const next = by(line);
  if (next === line) return false;
  show(next, { replace: false });
  return true;
}

/** Go to a page, keeping the view; with `change` the view changes on the way. */
export function goTo(page: string, change: Partial<View> = {}): void {
  const { line } = store.getState();
  const next = { ...line.now, ...change };
  if (!same(line.now, next)) store.setState({ line: history.step(line, next) });
  move(page, toQuery(next));
}

/** Follow the URL: on load, and when the browser goes back or forward. */
export function followUrl(): () => void {
  const read = () => {
    const { line } = store.getState();
    const { search } = currentPlace();
    if (search === toQuery(line.now)) return;
    const reading = fromQuery(search);
    // Written otherwise, it may still say the same: to write it again would lead back here.
    if (reading.problems.length === 0 && toQuery(reading.view) === toQuery(line.now)) return;
    const first = line.past.length === 0 && same(line.now, EMPTY);
    store.setState({
      line: first ? history.begin(reading.view) : history.step(line, reading.view),
      problems: reading.problems,
    });
    // What could not be read leaves the address bar, so that a reload is clean.
    move(currentPlace().page, toQuery(reading.view), { replace: true });
  };
  read();
  return onMove(read);
}

/** The whole view, or what `select` takes of it (which must be stable: a part, not a new object). */
export function useView(): View;
export function useView<T>(select: (view: View) => T): T;
export function useView<T>(select?: (view: View) => T): T | View {
  return useStore(store, (state) => (select ? select(state.line.now) : state.line.now));
}

export function useViewProblems(): string[] {
  return useStore(store, (state) => state.problems);
}

export function useCanRedo(): boolean {
  return useStore(store, (state) => state.line.future.length > 0);
}
