/** Undo and redo over any immutable value. */
import { moment } from "../undo";

export interface Timeline<T> {
  past: readonly T[];
  /** When the step after each of `past` was made. */
  at: readonly number[];
  now: T;
  future: readonly T[];
}

const MAX_STEPS = 200;

export function begin<T>(now: T): Timeline<T> {
  return { past: [], at: [], now, future: [] };
}

/** A change that can be undone; it ends whatever could be redone. */
export function step<T>(line: Timeline<T>, next: T): Timeline<T> {
  return { ...passed(line), now: next, future: [] };
}

/** A movement: shown, but no step of its own. */
export function drift<T>(line: Timeline<T>, next: T): Timeline<T> {
  return { ...line, now: next };
}

export function undo<T>(line: Timeline<T>): Timeline<T> {
  const before = line.past.at(-1);
  if (before === undefined) return line;
  return { past: line.past.slice(0, -1), at: line.at.slice(0, -1), now: before, future: [line.now, ...line.future] };
}

export function redo<T>(line: Timeline<T>): Timeline<T> {
  const after = line.future[0];
  if (after === undefined) return line;
  return { ...passed(line), now: after, future: line.future.slice(1) };
}

function passed<T>(line: Timeline<T>): Pick<Timeline<T>, "past" | "at"> {
  return { past: [...line.past, line.now].slice(-MAX_STEPS), at: [...line.at, moment()].slice(-MAX_STEPS) };
}
