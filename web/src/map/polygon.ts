/** Points inside an outline, by the even-odd rule. An outline is x0 y0 x1 y1 …, closed by itself. */
export function inPolygon(outline: Float64Array, x: number, y: number): boolean {
  let inside = false;
  const n = outline.length;
  for (let i = 0, j = n - 2; i < n; j = i, i += 2) {
    const xi = outline[i] as number;
    const yi = outline[i + 1] as number;
    const xj = outline[j] as number;
    const yj = outline[j + 1] as number;
    if (yi > y !== yj > y && x < ((xj - xi) * (y - yi)) / (yj - yi) + xi) inside = !inside;
  }
  return inside;
}

export function rectangle(x0: number, y0: number, x1: number, y1: number): Float64Array {
  return Float64Array.of(x0, y0, x1, y0, x1, y1, x0, y1);
}
