/** Names of clusters, placed so that none covers another. */
export interface Named {
  id: string;
  text: string;
  /** Screen place of its middle. */
  x: number;
  y: number;
  /** The larger goes first. */
  weight: number;
  width: number;
  height: number;
}

export interface Placed {
  id: string;
  text: string;
  /** Middle of the name. */
  x: number;
  y: number;
}

const GAP = 6;

/** Greedy: by weight, each at its middle, else a little above or below, else not at all. */
export function placeLabels(names: readonly Named[], width: number, height: number, most = 40): Placed[] {
  const taken: [number, number, number, number][] = [];
  const out: Placed[] = [];
  for (const name of names.toSorted((a, b) => b.weight - a.weight)) {
    if (out.length >= most) break;
    const y = [0, -name.height - 2, name.height + 2].map((shift) => name.y + shift).find((at) => free(name, at));
    if (y === undefined) continue;
    taken.push(boxOf(name, y));
    out.push({ id: name.id, text: name.text, x: name.x, y });
  }
  return out;

  function free(name: Named, y: number): boolean {
    const [x0, y0, x1, y1] = boxOf(name, y);
    if (x0 < 2 || y0 < 2 || x1 > width - 2 || y1 > height - 2) return false;
    return taken.every((box) => x1 + GAP <= box[0] || box[2] + GAP <= x0 || y1 + GAP / 2 <= box[1] || box[3] + GAP / 2 <= y0);
  }
}

function boxOf(name: Named, y: number): [number, number, number, number] {
  return [name.x - name.width / 2, y - name.height / 2, name.x + name.width / 2, y + name.height / 2];
}
