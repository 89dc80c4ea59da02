/** Which rows are drawn in color and which in grey, in an order whose every beginning is a sample. */
import { NOWHERE } from "./geometry";
import { LIT } from "./mask";

/** Drawn while the map moves, if all rows would take too long. */
export const SAMPLE = 100_000;

export interface Layers {
  lit: Uint32Array;
  grey: Uint32Array;
}

export function layersOf(xy: Uint16Array, level: Uint8Array): Layers {
  const n = level.length;
  let lit = 0;
  let grey = 0;
  for (let i = 0; i < n; i++) {
    if (xy[2 * i] === NOWHERE) continue;
    if (level[i] === LIT) lit++;
    else grey++;
  }
  return { lit: spread(xy, level, true, lit), grey: spread(xy, level, false, grey) };
}

/** Every k-th row first, then those between them. */
function spread(xy: Uint16Array, level: Uint8Array, wanted: boolean, size: number): Uint32Array {
  const out = new Uint32Array(size);
  const steps = Math.max(1, Math.ceil(size / SAMPLE));
  const at = new Uint32Array(steps);
  for (let s = 1; s < steps; s++) at[s] = (at[s - 1] as number) + Math.ceil((size - s + 1) / steps);
  let s = 0;
  for (let i = 0; i < level.length; i++) {
    if (xy[2 * i] === NOWHERE || (level[i] === LIT) !== wanted) continue;
    out[(at[s] as number)++] = i;
    if (++s === steps) s = 0;
  }
  return out;
}

export interface Ink {
  /** Diameter of a point in device pixels. */
  size: number;
  /** How fast points on one pixel add up to a full color. */
  exposure: number;
}

/** Share of the square that a typical map covers: the rest is empty. */
const COVERED = 0.12;

/** Few points are discs, many are a density; both keep the same overall weight at any zoom. */
export function inkOf(points: number, scale: number, dpr: number): Ink {
  const area = (scale * scale * COVERED) / Math.max(1, points);
  const radius = Math.max(0.6, Math.min(4, Math.sqrt(area) * 0.32));
  const size = Math.max(1, 2 * radius * dpr);
  const perPixel = (size * size) / (area * dpr * dpr);
  return { size, exposure: Math.max(0.1, Math.min(1.9, 1.1 / Math.max(perPixel, 0.2))) };
}
