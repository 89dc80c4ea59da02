/** What differs between two short texts, word by word. */

export interface Piece {
  text: string;
  changed: boolean;
}

const MAX_WORDS = 160;

/** Both texts cut into pieces; `changed` pieces are not in the other. */
export function compare(a: string, b: string): { a: Piece[]; b: Piece[] } {
  const left = tokens(a);
  const right = tokens(b);
  const common = longestCommon(left, right);
  return { a: pieces(left, common.map(([i]) => i)), b: pieces(right, common.map(([, j]) => j)) };
}

function tokens(text: string): string[] {
  return (text.match(/\s+|[\p{L}\p{N}_]+|./gsu) ?? []).slice(0, 2 * MAX_WORDS);
}

/** Pairs of equal tokens, in order (the classic table; the texts are snippets). */
function longestCommon(a: readonly string[], b: readonly string[]): [number, number][] {
  const width = b.length + 1;
  const best = new Uint16Array((a.length + 1) * width);
  const at = (i: number, j: number) => best[i * width + j] ?? 0;
  for (let i = a.length - 1; i >= 0; i--)
    for (let j = b.length - 1; j >= 0; j--)
      best[i * width + j] = a[i] === b[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
  const out: [number, number][] = [];
  for (let i = 0, j = 0; i < a.length && j < b.length; ) {
    if (a[i] === b[j]) out.push([i++, j++]);
    else if (at(i + 1, j) >= at(i, j + 1)) i++;
    else j++;
  }
  return out;
}

function pieces(all: readonly string[], same: readonly number[]): Piece[] {
  const kept = new Set(same);
  const out: Piece[] = [];
  all.forEach((token, i) => {
    const changed = !kept.has(i);
    const last = out.at(-1);
    if (last?.changed === changed) last.text += token;
    else out.push({ text: token, changed });
  });
  return out;
}
