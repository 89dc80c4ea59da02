/** Places of rows on the map: two u16 a row, as the server sends them. */
export const SIDE = 65534;
/** Both coordinates of a row that has no place. */
export const NOWHERE = 65535;

/** x0 y0 x1 y1 …; little-endian, as every browser's machine is. */
export function decode(bytes: Uint8Array): Uint16Array {
  const even = bytes.byteLength - (bytes.byteLength % 4);
  const aligned = bytes.byteOffset % 2 === 0 ? bytes : bytes.slice();
  return new Uint16Array(aligned.buffer, aligned.byteOffset, even / 2);
}

export function isPlaced(xy: Uint16Array, row: number): boolean {
  return xy[2 * row] !== NOWHERE;
}

/** The box around the rows that have a place, in 0..1; null if none has. */
export function boundsOf(xy: Uint16Array): [number, number, number, number] | null {
  let [x0, y0, x1, y1] = [NOWHERE, NOWHERE, -1, -1];
  for (let i = 0; i < xy.length; i += 2) {
    const x = xy[i] as number;
    const y = xy[i + 1] as number;
    if (x === NOWHERE) continue;
    if (x < x0) x0 = x;
    if (x > x1) x1 = x;
    if (y < y0) y0 = y;
    if (y > y1) y1 = y;
  }
  return x1 < 0 ? null : [x0 / SIDE, y0 / SIDE, x1 / SIDE, y1 / SIDE];
}
