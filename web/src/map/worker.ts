/** Beside the page: the grid for lasso and hover, and the raster where WebGL2 is missing. */
import { buildGrid, nearest, within, type Grid } from "./grid";
import { layersOf, type Layers } from "./layers";
import { Raster } from "./raster";
import type { Answer, Question } from "./protocol";

let xy = new Uint16Array(0);
let level: Uint8Array | null = null;
let codes: Uint8Array | null = null;
let grid: Grid | null = null;
let layers: Layers | null = null;
const raster = new Raster();

function theGrid(): Grid {
  return (grid ??= buildGrid(xy));
}

function answer(message: Answer, move: Transferable[] = []): void {
  (self as unknown as { postMessage: (message: Answer, move: Transferable[]) => void }).postMessage(message, move);
}

self.onmessage = ({ data }: MessageEvent<Question>) => {
  switch (data.ask) {
    case "places":
      ({ xy } = data);
      level = grid = layers = codes = null;
      return;
    case "levels":
      ({ level } = data);
      layers = null;
      return;
    case "codes":
      ({ codes } = data);
      return;
    case "layers": {
      const made = layersOf(xy, level ?? new Uint8Array(0));
      return answer({ id: data.id, ask: "layers", layers: made }, [made.lit.buffer, made.grey.buffer]);
    }
    case "draw": {
      layers ??= layersOf(xy, level ?? new Uint8Array(0));
      const pixels = raster.draw(xy, codes, layers, data.picture);
      return answer({ id: data.id, ask: "draw", pixels, picture: data.picture }, [pixels.buffer]);
    }
    case "within": {
      const found = within(theGrid(), data.outline, level);
      return answer({ id: data.id, ask: "within", ...found }, [found.mask.buffer]);
    }
    case "nearest":
      return answer({ id: data.id, ask: "nearest", row: nearest(theGrid(), data.x, data.y, data.radius, level) });
  }
};
