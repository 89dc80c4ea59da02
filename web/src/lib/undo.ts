/**
 * Ctrl+Z takes back what was done last, wherever it was done: a step of a timeline (the view, a
 * draft) or an act of its own (a tag, a decision). Each has the moment it was made.
 */
export interface Undoable {
  /** When the newest step was made, as `moment` counts; 0: there is none. */
  at: () => number;
  undo: () => void;
}

let last = 0;

/** A number larger than all before. */
export function moment(): number {
  return ++last;
}

interface Act {
  at: number;
  /** What it is about: only the last act about the same can be taken back. */
  of?: string;
  undo: () => void;
}

const MAX_ACTS = 200;
let acts: readonly Act[] = [];

/** Something was done that `undo` takes back. */
export function done(undo: () => void, of?: string): Act {
  const act = { at: moment(), of, undo };
  settleAbout(of);
  acts = [...acts, act].slice(-MAX_ACTS);
  return act;
}

/** What was done about it is over: something else was done, or it was taken back. */
export function settleAbout(of: string | undefined): void {
  if (of !== undefined) acts = acts.filter((act) => act.of !== of);
}

/** It was taken back. */
export function settle(act: Act): void {
  acts = acts.filter((other) => other !== act);
}

const ACTS: Undoable = {
  at: () => acts.at(-1)?.at ?? 0,
  undo: () => {
    const act = acts.at(-1);
    if (!act) return;
    settle(act);
    act.undo();
  },
};

/** Take back the newest step or act of `lines` and of the acts; false if there is none. */
export function undoNewest(...lines: readonly Undoable[]): boolean {
  const newest = [...lines, ACTS].reduce((a, b) => (b.at() > a.at() ? b : a));
  if (newest.at() === 0) return false;
  newest.undo();
  return true;
}
