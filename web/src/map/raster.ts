/** The map as a density raster, on the processor alone: works everywhere, in a worker. */
import type { Camera } from "@/lib/view";
import { scaleOf } from "./camera";
import { SIDE } from "./geometry";
import { inkOf, SAMPLE, type Layers } from "./layers";

export interface Picture {
  /** Device pixels. */
  width: number;
  height: number;
  dpr: number;
  camera: Camera;
  palette: Uint8Array;
  context: readonly [number, number, number];
  /** Draw a sample, because the map moves. */
  quick: boolean;
}

/** Sums of weight, red, green and blue; kept between pictures of one size. */
export class Raster {
  private sums = new Float32Array(0);

  /** RGBA, not premultiplied. */
  draw(xy: Uint16Array, codes: Uint8Array | null, { lit, grey }: Layers, picture: Picture): Uint8ClampedArray<ArrayBuffer> {
    const { width, height, palette, context } = picture;
    const out = new Uint8ClampedArray(4 * width * height);
    if (this.sums.length !== 4 * width * height) this.sums = new Float32Array(4 * width * height);
    if (grey.length > 0) {
      this.sums.fill(0);
      this.lay(out, this.splat(xy, null, grey, picture, Uint8Array.from(context)));
    }
    if (lit.length > 0) {
      this.sums.fill(0);
      this.lay(out, this.splat(xy, codes, lit, picture, palette));
    }
    return out;
  }

  /** Add the points up; answers the exposure to show them with. */
  private splat(xy: Uint16Array, codes: Uint8Array | null, rows: Uint32Array, picture: Picture, palette: Uint8Array): number {
    const { width, height, dpr, camera, quick } = picture;
    const scale = scaleOf(camera, { width: width / dpr, height: height / dpr });
    const ink = inkOf(rows.length, scale, dpr);
    const shown = quick ? Math.min(rows.length, SAMPLE) : rows.length;
    const k = (scale * dpr) / SIDE;
    const stamp = stampOf(ink.size);
    const side = Math.round(Math.sqrt(stamp.length));
    const dx = width / 2 - camera.x * scale * dpr - (side - 1) / 2;
    const dy = height / 2 + camera.y * scale * dpr - (side - 1) / 2;
    const sums = this.sums;
    for (let j = 0; j < shown; j++) {
      const i = rows[j] as number;
      const px = Math.floor((xy[2 * i] as number) * k + dx);
      const py = Math.floor(dy - (xy[2 * i + 1] as number) * k);
      if (px <= -side || py <= -side || px >= width || py >= height) continue;
      const c = codes ? 3 * (codes[i] as number) : 0;
      const r = palette[c] as number;
      const g = palette[c + 1] as number;
      const b = palette[c + 2] as number;
      for (let sy = 0, s = 0; sy < side; sy++) {
        const y = py + sy;
        for (let sx = 0; sx < side; sx++, s++) {
          const x = px + sx;
          const w = stamp[s] as number;
          if (w === 0 || x < 0 || y < 0 || x >= width || y >= height) continue;
          const p = 4 * (y * width + x);
          sums[p] = (sums[p] as number) + w;
          sums[p + 1] = (sums[p + 1] as number) + w * r;
          sums[p + 2] = (sums[p + 2] as number) + w * g;
          sums[p + 3] = (sums[p + 3] as number) + w * b;
        }
      }
    }
    return (ink.exposure * rows.length) / Math.max(1, shown);
  }

  /** Sums as a color over what is there. */
  private lay(out: Uint8ClampedArray, exposure: number): void {
    const sums = this.sums;
    for (let p = 0; p < sums.length; p += 4) {
      const w = sums[p] as number;
      if (w === 0) continue;
      const alpha = 1 - Math.exp(-exposure * w);
      const under = ((out[p + 3] as number) / 255) * (1 - alpha);
      const whole = alpha + under;
      for (let c = 0; c < 3; c++) out[p + c] = ((sums[p + c + 1] as number) / w * alpha + (out[p + c] as number) * under) / whole;
      out[p + 3] = 255 * whole;
    }
  }
}

/** A disc as weights of pixels. */
function stampOf(size: number): Float32Array {
  if (size <= 1.25) return Float32Array.of(1);
  const side = Math.ceil(size);
  const stamp = new Float32Array(side * side);
  for (let y = 0; y < side; y++)
    for (let x = 0; x < side; x++) {
      const d = Math.hypot(x - (side - 1) / 2, y - (side - 1) / 2);
      stamp[y * side + x] = Math.max(0, Math.min(1, size / 2 + 0.25 - d));
    }
  return stamp;
}
