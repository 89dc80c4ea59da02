/**
 * Which rows are on screen. Browsers stop at some height (Firefox at 17.9 million pixels), so a
 * long table gets a shorter bar: small movements move rows one to one, large ones jump in proportion.
 */
export const MAX_HEIGHT = 8_000_000;

/** Rows that are asked for at once. */
export const PAGE = 100;

export interface Scroll {
  /** Height of what scrolls. */
  height: number;
  /** Pixels from the top of the (whole) table to the top of the window. */
  top: number;
  /** What the bar says. */
  bar: number;
}

export function begin(rows: number, rowHeight: number): Scroll {
  return { height: Math.min(MAX_HEIGHT, rows * rowHeight), top: 0, bar: 0 };
}

/** Of the same rows there are more or fewer now: what was at the top stays there, while there is enough below it. */
export function again(scroll: Scroll, rows: number, rowHeight: number, window: number): Scroll {
  const { height } = begin(rows, rowHeight);
  const full = rows * rowHeight;
  const top = clamp(scroll.top, 0, Math.max(0, full - window));
  // A long table's bar stands where the browser left it.
  return { height, top, bar: full <= height ? top : clamp(scroll.bar, 0, height - window) };
}

/** The bar was moved to `bar`. */
export function follow(scroll: Scroll, bar: number, full: number, window: number): Scroll {
  const { height } = scroll;
  if (full <= height) return { ...scroll, top: clamp(bar, 0, Math.max(0, full - window)), bar };
  const delta = bar - scroll.bar;
  const near = Math.abs(delta) < 2 * window;
  const top = near ? scroll.top + delta : (bar / Math.max(1, height - window)) * (full - window);
  // At both ends the bar decides, so that the first and last rows can be reached.
  if (bar <= 0) return { ...scroll, top: 0, bar };
  if (bar >= height - window - 1) return { ...scroll, top: full - window, bar };
  return { ...scroll, top: clamp(top, 0, full - window), bar };
}

/** The bar for a place in the table. */
export function barOf(top: number, height: number, full: number, window: number): number {
  return full <= height ? top : (top / Math.max(1, full - window)) * (height - window);
}

/** First and last row on screen, and a few beside them. */
export function rowsOn(top: number, window: number, rows: number, rowHeight: number, extra = 6): [number, number] {
  if (rows === 0) return [0, -1];
  const first = Math.max(0, Math.floor(top / rowHeight) - extra);
  return [Math.min(first, rows - 1), Math.min(rows - 1, Math.ceil((top + window) / rowHeight) + extra)];
}

/** Pages to have for a range of rows: what is seen first, then one on either side. */
export function pagesFor(first: number, last: number, count: number): number[] {
  const seen = pagesSeen(first, last, count);
  const beside = [(seen.at(-1) ?? 0) + 1, (seen[0] ?? 0) - 1];
  return [...seen, ...beside.filter((page) => seen.length > 0 && page >= 0 && page * PAGE < count)];
}

/** Pages that hold a range of rows. */
export function pagesSeen(first: number, last: number, count: number): number[] {
  if (count === 0) return [];
  const end = Math.floor((count - 1) / PAGE);
  const from = Math.min(end, Math.floor(Math.max(0, first) / PAGE));
  const to = Math.min(end, Math.floor(Math.max(0, last) / PAGE));
  return Array.from({ length: to - from + 1 }, (_, i) => from + i);
}

function clamp(value: number, low: number, high: number): number {
  return Math.max(low, Math.min(high, value));
}
