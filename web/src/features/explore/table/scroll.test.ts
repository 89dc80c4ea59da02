import fc from "fast-check";
import { expect, test } from "vitest";
import { again, barOf, begin, follow, MAX_HEIGHT, PAGE, pagesFor, rowsOn } from "./scroll";
import { nextSort } from "./sort";

const WINDOW = 600;
const ROW = 32;

test("a short table scrolls as it is", () => {
  const full = 1000 * ROW;
  expect(follow(begin(1000, ROW), 480, full, WINDOW)).toEqual({ height: full, top: 480, bar: 480 });
});

test("in a table of millions, a notch of the wheel moves as many pixels as anywhere", () => {
  const full = 5_000_000 * ROW;
  const there = follow(begin(5_000_000, ROW), 4_000_000, full, WINDOW);
  expect(follow(there, 4_000_120, full, WINDOW).top - there.top).toBe(120);
});

test("the bar reaches the first and the last row of any table", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 20_000_000 }), fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 12 }), (rows, moves) => {
      const full = rows * ROW;
      const start = begin(rows, ROW);
      const most = Math.max(0, start.height - WINDOW);
      const there = moves.reduce((now, part) => follow(now, part * most, full, WINDOW), start);
      expect(there.top).toBeGreaterThanOrEqual(0);
      expect(there.top).toBeLessThanOrEqual(Math.max(0, full - WINDOW));
      expect(follow(there, 0, full, WINDOW).top).toBe(0);
      const [, last] = rowsOn(follow(there, most, full, WINDOW).top, WINDOW, rows, ROW);
      expect(last).toBe(rows - 1);
    }),
  );
});

test("the bar of a place leads back to it", () => {
  const full = 3_000_000 * ROW;
  const bar = barOf(50_000_000, MAX_HEIGHT, full, WINDOW);
  expect(follow({ ...begin(3_000_000, ROW), bar: -1e9 }, bar, full, WINDOW).top).toBeCloseTo(50_000_000, 3);
});

test("no rows, no lines", () => {
  expect(rowsOn(0, WINDOW, 0, ROW)).toEqual([0, -1]);
});

test("pages on screen come before those beside them", () => {
  expect(pagesFor(PAGE + 10, PAGE + 40, 10 * PAGE)).toEqual([1, 2, 0]);
  expect(pagesFor(0, 30, 50)).toEqual([0]);
  expect(pagesFor(0, -1, 0)).toEqual([]);
});

test("a head sorts up, down, not at all; with Shift it joins the others", () => {
  const up = nextSort([], "a", false);
  expect(up).toEqual([{ column: "a", desc: false }]);
  const down = nextSort(up, "a", false);
  expect(down).toEqual([{ column: "a", desc: true }]);
  expect(nextSort(down, "a", false)).toEqual([]);
  expect(nextSort(down, "b", true)).toEqual([{ column: "a", desc: true }, { column: "b", desc: false }]);
  expect(nextSort(down, "b", false)).toEqual([{ column: "b", desc: false }]);
});

test("rows that are asked anew stay where they are, while there are enough of them", () => {
  const there = follow(begin(1000, ROW), 480, 1000 * ROW, WINDOW);
  expect(again(there, 990, ROW, WINDOW)).toEqual({ height: 990 * ROW, top: 480, bar: 480 });
  expect(again(there, 20, ROW, WINDOW)).toEqual({ height: 20 * ROW, top: 40, bar: 40 });
  expect(again(there, 1, ROW, WINDOW)).toEqual({ height: ROW, top: 0, bar: 0 });
  const far = follow(begin(5_000_000, ROW), 4_000_000, 5_000_000 * ROW, WINDOW);
  expect(again(far, 4_999_999, ROW, WINDOW)).toEqual(far);
});
