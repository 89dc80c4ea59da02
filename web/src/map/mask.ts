/** One bit a row: bit `i & 7` of byte `i >> 3` is row i. */
export function hasBit(mask: Uint8Array, row: number): boolean {
  return (((mask[row >> 3] ?? 0) >> (row & 7)) & 1) === 1;
}

export function setBit(mask: Uint8Array, row: number): void {
  mask[row >> 3] = (mask[row >> 3] ?? 0) | (1 << (row & 7));
}

export function emptyMask(rows: number): Uint8Array<ArrayBuffer> {
  return new Uint8Array((rows + 7) >> 3);
}

export function maskOf(rows: number, members: Iterable<number>): Uint8Array<ArrayBuffer> {
  const mask = emptyMask(rows);
  for (const row of members) if (row < rows) setBit(mask, row);
  return mask;
}

export function countBits(mask: Uint8Array): number {
  let count = 0;
  for (let byte of mask) for (; byte; byte &= byte - 1) count++;
  return count;
}

/** How a row is drawn: outside the view, in view beside a selection, or in the light. */
export const OUTSIDE = 0;
export const BESIDE = 1;
export const LIT = 2;

/** One level a row, from what is in view and what is selected (null: all, none). */
export function levels(rows: number, view: Uint8Array | null, selected: Uint8Array | null): Uint8Array<ArrayBuffer> {
  const out = new Uint8Array(rows).fill(LIT);
  if (selected) for (let i = 0; i < rows; i++) if (!hasBit(selected, i)) out[i] = BESIDE;
  if (view) for (let i = 0; i < rows; i++) if (!hasBit(view, i)) out[i] = OUTSIDE;
  return out;
}
