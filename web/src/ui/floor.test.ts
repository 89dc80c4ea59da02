import { expect, test } from "vitest";
import { coveredBy } from "./floor";

const box = (left: number, top: number, right: number, bottom: number) => ({ left, top, right, bottom });

test.each([
  ["over the foot", box(10, 840, 500, 888), 66],
  ["beside it", box(800, 840, 990, 888), 0],
  ["below it", box(10, 910, 500, 950), 0],
  ["over most of it, half of it stays", box(10, 520, 500, 888), 200],
])("a bar %s", (_, bar, covered) => {
  expect(coveredBy(bar, box(0, 500, 700, 900))).toBe(covered);
});
