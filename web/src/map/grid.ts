/** Rows by where they are: a uniform grid over the map, for lasso and hover. */
import { NOWHERE } from "./geometry";
import { BESIDE, emptyMask, setBit } from "./mask";
import { inPolygon } from "./polygon";

const WHOLE = NOWHERE + 1;

export interface Grid {
  xy: Uint16Array;
  cells: number;
  /** Rows of cell c are order[starts[c]] to order[starts[c + 1]]. */
  starts: Uint32Array;
  order: Uint32Array;
}

export function buildGrid(xy: Uint16Array): Grid {
  const n = xy.length >> 1;
  const cells = Math.max(1, Math.min(512, Math.ceil(Math.sqrt(n / 8))));
  const starts = new Uint32Array(cells * cells + 1);
  const cellOf = (i: number) => row(xy[2 * i + 1] as number, cells) * cells + row(xy[2 * i] as number, cells);
  let placed = 0;
  for (let i = 0; i < n; i++) {
    if (xy[2 * i] === NOWHERE) continue;
    placed++;
    const c = cellOf(i) + 1;
    starts[c] = (starts[c] as number) + 1;
  }
  for (let c = 1; c < starts.length; c++) starts[c] = (starts[c] as number) + (starts[c - 1] as number);
  const order = new Uint32Array(placed);
  const next = starts.slice(0, -1);
  for (let i = 0; i < n; i++) {
    if (xy[2 * i] === NOWHERE) continue;
    const c = cellOf(i);
    order[next[c] as number] = i;
    next[c] = (next[c] as number) + 1;
  }
  return { xy, cells, starts, order };
}

function row(value: number, cells: number): number {
  return Math.floor((value * cells) / WHOLE);
}

function clampCell(value: number, cells: number): number {
  return Math.max(0, Math.min(cells - 1, row(value, cells)));
}

/** Rows in view inside an outline (u16 coordinates), as bits. */
export function within(grid: Grid, outline: Float64Array, level: Uint8Array | null): { mask: Uint8Array<ArrayBuffer>; count: number } {
  const { xy, cells, starts, order } = grid;
  const mask = emptyMask(xy.length >> 1);
  let count = 0;
  if (outline.length < 6) return { mask, count };
  const [x0, y0, x1, y1] = box(outline, cells);
  const mixed = crossed(outline, cells);
  const middle = WHOLE / cells;
  for (let cy = y0; cy <= y1; cy++) {
    for (let cx = x0; cx <= x1; cx++) {
      const c = cy * cells + cx;
      const from = starts[c] as number;
      const to = starts[c + 1] as number;
      if (from === to) continue;
      const each = mixed[c] === 1;
      if (!each && !inPolygon(outline, (cx + 0.5) * middle, (cy + 0.5) * middle)) continue;
      for (let k = from; k < to; k++) {
        const i = order[k] as number;
        if (level && (level[i] as number) < BESIDE) continue;
        if (each && !inPolygon(outline, xy[2 * i] as number, xy[2 * i + 1] as number)) continue;
        setBit(mask, i);
        count++;
      }
    }
  }
  return { mask, count };
}

function box(outline: Float64Array, cells: number): [number, number, number, number] {
  let [x0, y0, x1, y1] = [Infinity, Infinity, -Infinity, -Infinity];
  for (let i = 0; i < outline.length; i += 2) {
    x0 = Math.min(x0, outline[i] as number);
    x1 = Math.max(x1, outline[i] as number);
    y0 = Math.min(y0, outline[i + 1] as number);
    y1 = Math.max(y1, outline[i + 1] as number);
  }
  return [clampCell(x0, cells), clampCell(y0, cells), clampCell(x1, cells), clampCell(y1, cells)];
}

/** Cells that an edge may cross: of these each point is tested, of the others one. */
function crossed(outline: Float64Array, cells: number): Uint8Array {
  const out = new Uint8Array(cells * cells);
  const n = outline.length;
  const side = WHOLE / cells;
  for (let i = 0, j = n - 2; i < n; j = i, i += 2) {
    const [ax, ay, bx, by] = [outline[j], outline[j + 1], outline[i], outline[i + 1]] as [number, number, number, number];
    const first = clampCell(Math.min(ay, by), cells);
    const last = clampCell(Math.max(ay, by), cells);
    for (let cy = first; cy <= last; cy++) {
      // The part of the edge inside this band of cells, a little wider for rounding.
      const at = (y: number) => (ay === by ? null : ax + ((bx - ax) * (Math.max(Math.min(ay, by), Math.min(Math.max(ay, by), y)) - ay)) / (by - ay));
      const low = at(cy * side) ?? ax;
      const high = at((cy + 1) * side) ?? bx;
      const from = clampCell(Math.min(low, high) - 1, cells);
      const to = clampCell(Math.max(low, high) + 1, cells);
      out.fill(1, cy * cells + from, cy * cells + to + 1);
    }
  }
  return out;
}

/** The row in view nearest to a place, not farther than `radius`; -1 if there is none. */
export function nearest(grid: Grid, x: number, y: number, radius: number, level: Uint8Array | null): number {
  const { xy, cells, starts, order } = grid;
  let best = -1;
  let distance = radius * radius;
  for (let cy = clampCell(y - radius, cells); cy <= clampCell(y + radius, cells); cy++) {
    for (let cx = clampCell(x - radius, cells); cx <= clampCell(x + radius, cells); cx++) {
      const c = cy * cells + cx;
      for (let k = starts[c] as number; k < (starts[c + 1] as number); k++) {
        const i = order[k] as number;
        if (level && (level[i] as number) < BESIDE) continue;
        const dx = (xy[2 * i] as number) - x;
        const dy = (xy[2 * i + 1] as number) - y;
        const d = dx * dx + dy * dy;
        if (d < distance || (d === distance && best < 0)) {
          distance = d;
          best = i;
        }
      }
    }
  }
  return best;
}
