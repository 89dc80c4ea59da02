/** Colors of codes: three bytes each for the 256 codes a row can have. */
export type Palette = Uint8Array<ArrayBuffer>;

export type ColorKind = "category" | "number" | "date" | null;

/** Color of codes 0..9, of "other" (10), and of rows without a value. */
export interface Inks {
  categories: readonly string[];
  other: string;
  missing: string;
  sequence: readonly string[];
  plain: string;
  context: string;
}

export function paletteOf(kind: ColorKind, inks: Inks): Palette {
  const out = new Uint8Array(256 * 3);
  const put = (code: number, color: readonly number[]) => out.set(color, 3 * code);
  const plain = rgb(kind === null ? inks.plain : inks.other);
  for (let code = 0; code < 256; code++) put(code, plain);
  if (kind === "category") inks.categories.forEach((color, code) => put(code, rgb(color)));
  if (kind === "number" || kind === "date") {
    const steps = inks.sequence.map(rgb);
    for (let code = 0; code < 255; code++) put(code, between(steps, code / 254));
  }
  if (kind !== null) put(255, rgb(inks.missing));
  return out;
}

function between(steps: readonly (readonly number[])[], part: number): number[] {
  const at = part * (steps.length - 1);
  const low = steps[Math.floor(at)] ?? [0, 0, 0];
  const high = steps[Math.min(steps.length - 1, Math.floor(at) + 1)] ?? low;
  return low.map((value, i) => Math.round(value + ((high[i] ?? value) - value) * (at % 1)));
}

/** `#0b6a66` as three bytes; grey for anything else. */
export function rgb(color: string): [number, number, number] {
  const hex = /^#([\da-f]{6})$/i.exec(color.trim())?.[1];
  if (!hex) return [128, 128, 128];
  const value = parseInt(hex, 16);
  return [value >> 16, (value >> 8) & 255, value & 255];
}
