import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { droppedZones, placeOf, stepAt, stepped, valueAt, withEnd } from "./threshold";
import type { Handle } from "./types";

const words = { edges: [0, 100, 200, 300], integer: true };
const ratio = { edges: [0, 0.05, 0.1, 0.15, 0.2], integer: false };
const log = { edges: [0, 1, 10, 100, 1000], integer: true };
const handle = (value: Handle["value"], side: Handle["side"]): Handle => ({ id: 0, subject: "x", op: ">=", value, side });

describe("places and values", () => {
  test("bins are equally wide", () => {
    expect(placeOf(log, 10)).toBe(0.5);
    expect(placeOf(log, 55)).toBe(0.625);
    expect([-5, 5000].map((value) => placeOf(log, value))).toEqual([0, 1]);
  });

  test("lead back to each other, within a step", () => {
    fc.assert(
      fc.property(fc.constantFrom(words, ratio, log), fc.double({ min: 0, max: 1, noNaN: true }), (bins, place) => {
        const value = valueAt(bins, place);
        const back = valueAt(bins, placeOf(bins, value));
        expect(Math.abs(back - value)).toBeLessThanOrEqual(stepAt(bins, value) * 1.001);
      }),
    );
  });

  test("are round", () => {
    expect(valueAt(words, 0.1234)).toBe(40);
    expect(valueAt(ratio, 0.123)).toBe(0.025);
    expect(valueAt(log, 0.3)).toBe(3);
  });

  test("survive a constant column", () => {
    const constant = { edges: [3, 3], integer: false };
    expect(Number.isFinite(valueAt(constant, 0.5))).toBe(true);
    expect(Number.isFinite(placeOf(constant, 3))).toBe(true);
  });
});

describe("steps", () => {
  test("are a tenth of the bin, in round numbers", () => {
    expect([stepAt(words, 50), stepAt(ratio, 0.07), stepAt(log, 500), stepAt(log, 0.5)]).toEqual([10, 0.005, 50, 1]);
  });

  test("stay on the grid and inside", () => {
    expect(stepped(words, 47, 1)).toBe(60);
    expect(stepped(words, 300, 1)).toBe(300);
    expect(stepped(ratio, 0.1, -1)).toBe(0.095);
    expect(stepped(ratio, 0.1, 10)).toBe(0.15);
  });

  test("bring a threshold that stands outside back in", () => {
    expect(stepped(words, 1000, -1)).toBeLessThan(1000);
    expect(stepped(words, 1000, 1)).toBe(1000);
  });
});

describe("what is dropped", () => {
  test("lies below a minimum that is kept, and above one that is dropped", () => {
    expect(droppedZones(words, "keep", handle(150, "min"))).toEqual([{ from: 0, to: 0.5 }]);
    expect(droppedZones(words, "drop", handle(150, "min"))).toEqual([{ from: 0.5, to: 1 }]);
    expect(droppedZones(words, "keep", handle(150, "max"))).toEqual([{ from: 0.5, to: 1 }]);
  });

  test("of whole numbers begins where the next one does", () => {
    const counts = { edges: [0, 1, 2, 3, 4], integer: true };
    expect(droppedZones(counts, "drop", { ...handle(0, "min"), op: ">" })).toEqual([{ from: 0.25, to: 1 }]);
    expect(droppedZones(counts, "keep", { ...handle(2, "max"), op: "<=" })).toEqual([{ from: 0.75, to: 1 }]);
    expect(droppedZones(counts, "keep", handle([1, 2], "range"))).toEqual([{ from: 0, to: 0.25 }, { from: 0.75, to: 1 }]);
  });

  test("lies around a range that is kept", () => {
    expect(droppedZones(words, "keep", handle([150, 300], "range"))).toEqual([{ from: 0, to: 0.5 }]);
    expect(droppedZones(ratio, "drop", handle([0.05, 0.1], "range"))).toEqual([{ from: 0.25, to: 0.5 }]);
  });
});

test("a single value marks no side", () => {
  expect(droppedZones(words, "keep", handle(150, "point"))).toEqual([]);
});

test("the ends of a range do not cross", () => {
  expect(withEnd(handle([10, 20], "range"), 0, 30)).toEqual([20, 20]);
  expect(withEnd(handle([10, 20], "range"), 1, 5)).toEqual([10, 10]);
  expect(withEnd(handle(5, "min"), 0, 7)).toBe(7);
});
