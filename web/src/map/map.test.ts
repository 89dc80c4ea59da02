import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { fit, panBy, scaleOf, toData, toScreen, zoomAt } from "./camera";
import { boundsOf, decode, NOWHERE, SIDE } from "./geometry";
import { buildGrid, nearest, within } from "./grid";
import { placeLabels, type Named } from "./labels";
import { layersOf, SAMPLE } from "./layers";
import { BESIDE, countBits, emptyMask, hasBit, levels, LIT, maskOf, OUTSIDE } from "./mask";
import { paletteOf } from "./palette";
import { inPolygon, rectangle } from "./polygon";
import { Raster } from "./raster";

const SIZE = { width: 900, height: 600 };
const unit = fc.double({ min: 0, max: 1, noNaN: true });
const camera = fc.record({ x: unit, y: unit, zoom: fc.double({ min: 0.5, max: 500, noNaN: true }) });
const place = fc.integer({ min: 0, max: SIDE });
const xyOf = (points: readonly (readonly [number, number])[]) => Uint16Array.from(points.flat());

describe("camera", () => {
  test("screen and data lead back to each other", () => {
    fc.assert(
      fc.property(camera, unit, unit, (cam, x, y) => {
        const [sx, sy] = toScreen(cam, SIZE, x, y);
        const [bx, by] = toData(cam, SIZE, sx, sy);
        expect(bx).toBeCloseTo(x, 9);
        expect(by).toBeCloseTo(y, 9);
      }),
    );
  });

  test("y grows upwards on the map, downwards on the screen", () => {
    const cam = { x: 0.5, y: 0.5, zoom: 1 };
    expect(toScreen(cam, SIZE, 0.5, 0.6)[1]).toBeLessThan(toScreen(cam, SIZE, 0.5, 0.5)[1]);
  });

  test("zoom keeps what is under the pointer where it is", () => {
    const cam = { x: 0.5, y: 0.5, zoom: 4 };
    const before = toData(cam, SIZE, 500, 280);
    const after = toData(zoomAt(cam, SIZE, 500, 280, 1.7), SIZE, 500, 280);
    expect(after[0]).toBeCloseTo(before[0], 9);
    expect(after[1]).toBeCloseTo(before[1], 9);
  });

  test("a drag moves the picture by as many pixels", () => {
    const cam = { x: 0.5, y: 0.5, zoom: 2 };
    const [x, y] = toScreen(panBy(cam, SIZE, 30, -12), SIZE, 0.4, 0.4);
    const [x0, y0] = toScreen(cam, SIZE, 0.4, 0.4);
    expect([x - x0, y - y0].map(Math.round)).toEqual([30, -12]);
  });

  test("all of the data is on screen at first", () => {
    const cam = fit(SIZE, [0.2, 0.1, 0.9, 0.7]);
    const [x0, y0] = toScreen(cam, SIZE, 0.2, 0.7);
    const [x1, y1] = toScreen(cam, SIZE, 0.9, 0.1);
    expect(x0).toBeGreaterThanOrEqual(0);
    expect(y0).toBeGreaterThanOrEqual(0);
    expect(x1).toBeLessThanOrEqual(SIZE.width);
    expect(y1).toBeLessThanOrEqual(SIZE.height);
    expect(scaleOf(cam, SIZE)).toBeGreaterThan(0);
  });
});

describe("places and masks", () => {
  test("bytes are read two u16 a row, also from an odd offset", () => {
    const bytes = new Uint8Array([9, 1, 0, 2, 0, 255, 255, 255, 255]).subarray(1);
    expect([...decode(bytes)]).toEqual([1, 2, NOWHERE, NOWHERE]);
  });

  test("rows without a place have no part in the bounds", () => {
    expect(boundsOf(xyOf([[NOWHERE, NOWHERE], [0, SIDE]]))).toEqual([0, 1, 0, 1]);
    expect(boundsOf(xyOf([[NOWHERE, NOWHERE]]))).toBeNull();
  });

  test("the lowest bit is the first row", () => {
    const mask = maskOf(10, [0, 9]);
    expect([...mask]).toEqual([1, 2]);
    expect([hasBit(mask, 0), hasBit(mask, 1), hasBit(mask, 9)]).toEqual([true, false, true]);
    expect(countBits(mask)).toBe(2);
  });

  test("outside the view is outside, selected or not", () => {
    expect([...levels(3, maskOf(3, [0, 1]), maskOf(3, [1, 2]))]).toEqual([BESIDE, LIT, OUTSIDE]);
    expect([...levels(2, null, null)]).toEqual([LIT, LIT]);
  });

  test("layers hold every placed row once, and begin with a sample", () => {
    const n = 2 * SAMPLE + 7;
    const xy = new Uint16Array(2 * n);
    xy[0] = xy[1] = NOWHERE;
    const { lit, grey } = layersOf(xy, new Uint8Array(n).fill(LIT));
    expect(grey).toHaveLength(0);
    expect(lit).toHaveLength(n - 1);
    expect(new Set(lit).size).toBe(n - 1);
    expect(Math.max(...lit.subarray(0, 70_000))).toBeGreaterThan(n - 10);
  });
});

describe("lasso and hover", () => {
  const points = fc.array(fc.tuple(place, place), { maxLength: 400 });
  const corner = fc.tuple(fc.integer({ min: -3000, max: SIDE + 3000 }), fc.integer({ min: -3000, max: SIDE + 3000 }));
  const outline = fc.array(corner, { minLength: 3, maxLength: 14 }).map((list) => Float64Array.from(list.flat()));

  test("by the grid are found exactly the points inside", () => {
    fc.assert(
      fc.property(points, outline, (list, shape) => {
        const { mask, count } = within(buildGrid(xyOf(list)), shape, null);
        const expected = list.map(([x, y]) => inPolygon(shape, x, y));
        expect(list.map((_, i) => hasBit(mask, i))).toEqual(expected);
        expect(count).toBe(expected.filter(Boolean).length);
      }),
      { numRuns: 300 },
    );
  });

  test("rows outside the view and rows without a place are not picked", () => {
    const xy = xyOf([[10, 10], [20, 20], [NOWHERE, NOWHERE]]);
    const level = Uint8Array.of(LIT, OUTSIDE, LIT);
    const { mask } = within(buildGrid(xy), rectangle(-1, -1, NOWHERE + 1, NOWHERE + 1), level);
    expect([...mask]).toEqual([...maskOf(3, [0])]);
  });

  test("a line holds nothing", () => {
    expect(within(buildGrid(xyOf([[5, 5]])), Float64Array.of(0, 0, 9, 9), null)).toEqual({ mask: emptyMask(1), count: 0 });
  });

  test("the nearest by the grid is the nearest of all", () => {
    fc.assert(
      fc.property(points, place, place, fc.integer({ min: 1, max: 20_000 }), (list, x, y, radius) => {
        const distance = ([px, py]: readonly [number, number]) => Math.hypot(px - x, py - y);
        const best = Math.min(Infinity, ...list.map(distance));
        const found = list[nearest(buildGrid(xyOf(list)), x, y, radius, null)];
        if (found) expect(distance(found)).toBeCloseTo(best, 6);
        else expect(best).toBeGreaterThanOrEqual(radius - 1e-6);
      }),
    );
  });

  test("a hundred thousand points are searched in well under a third of a second", () => {
    const xy = Uint16Array.from({ length: 200_000 }, (_, i) => (i * 40_503) % SIDE);
    const grid = buildGrid(xy);
    const circle = Float64Array.from(Array.from({ length: 400 }, (_, i) => [32_000 + 20_000 * Math.cos(i / 63.7), 32_000 + 20_000 * Math.sin(i / 63.7)]).flat());
    const began = performance.now();
    within(grid, circle, null);
    expect(performance.now() - began).toBeLessThan(300);
  });
});

describe("names", () => {
  const name = fc.record({
    id: fc.uuid(),
    text: fc.string(),
    x: fc.integer({ min: -100, max: 1000 }),
    y: fc.integer({ min: -100, max: 700 }),
    weight: fc.nat(),
    width: fc.integer({ min: 10, max: 180 }),
    height: fc.constant(18),
  });

  test("none covers another or leaves the map", () => {
    fc.assert(
      fc.property(fc.uniqueArray(name, { selector: (one) => one.id, maxLength: 80 }), (list) => {
        const size = new Map(list.map((one): [string, Named] => [one.id, one]));
        const boxes = placeLabels(list, 900, 600).map(({ id, x, y }) => {
          const { width, height } = size.get(id) as Named;
          return [x - width / 2, y - height / 2, x + width / 2, y + height / 2] as const;
        });
        for (const [i, [x0, y0, x1, y1]] of boxes.entries()) {
          expect(x0 >= 0 && y0 >= 0 && x1 <= 900 && y1 <= 600).toBe(true);
          for (const [a0, b0, a1, b1] of boxes.slice(i + 1)) expect(x1 <= a0 || a1 <= x0 || y1 <= b0 || b1 <= y0).toBe(true);
        }
      }),
    );
  });

  test("the largest is named first", () => {
    const at = { x: 100, y: 100, width: 80, height: 18 };
    const placed = placeLabels([{ id: "small", text: "small", weight: 1, ...at }, { id: "large", text: "large", weight: 9, ...at }], 900, 600);
    expect(placed[0]).toMatchObject({ id: "large", y: 100 });
    expect(placed[1]?.y).not.toBe(100);
  });
});

describe("picture", () => {
  const inks = { categories: ["#ff0000", "#00ff00"], other: "#808080", missing: "#404040", sequence: ["#000000", "#ffffff"], plain: "#0000ff", context: "#c0c0c0" };
  const draw = (level: number[], codes: number[] | null) => {
    const xy = xyOf([[SIDE / 2, SIDE / 2], [0, 0]]);
    const palette = paletteOf(codes ? "category" : null, inks);
    const picture = { width: 21, height: 21, dpr: 1, camera: { x: 0.5, y: 0.5, zoom: 1 }, palette, context: [192, 192, 192] as const, quick: false };
    const pixels = new Raster().draw(xy, codes && Uint8Array.from(codes), layersOf(xy, Uint8Array.from(level)), picture);
    return (x: number, y: number) => [...pixels.subarray(4 * (y * 21 + x), 4 * (y * 21 + x) + 3)];
  };

  test("points have the color of their code, and grey outside the view", () => {
    const at = draw([LIT, OUTSIDE], [1, 0]);
    expect(at(10, 10)).toEqual([0, 255, 0]);
    expect(at(1, 19)).toEqual([192, 192, 192]);
  });

  test("without a column all have the accent", () => {
    expect(draw([LIT, LIT], null)(10, 10)).toEqual([0, 0, 255]);
  });

  test("a palette runs evenly over the codes of a number", () => {
    const palette = paletteOf("number", inks);
    expect([palette[0], palette[3 * 127], palette[3 * 254], palette[3 * 255]]).toEqual([0, 128, 255, 64]);
  });
});
