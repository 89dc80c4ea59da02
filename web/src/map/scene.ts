/** The picture of the map: what is drawn, with which painter, and when. Knows nothing of the page. */
import type { Camera } from "@/lib/view";
import { HOME, toData, scaleOf, type Size } from "./camera";
import { SIDE } from "./geometry";
import { SAMPLE } from "./layers";
import { rgb, type Palette } from "./palette";
import { MapWorker } from "./protocol";
import { WebGLPainter } from "./webgl";

/** At rest for so long: everything is drawn, not only the sample. */
const REST_MS = 140;
/** A full picture that takes longer is not drawn while the map moves. */
const SMOOTH_MS = 40;
/** WebGL that takes longer runs without a GPU, and there the raster is several times faster. */
const WEBGL_MS = 40;

/** Which painter to take: by what this machine does best, or always the same one (tests). */
export type PainterChoice = "auto" | "webgl" | "raster";
const PICTURE = "map picture";
const MAX_PIXELS = 4_000_000;

export interface Frame {
  /** What it shows. */
  camera: Camera;
  painter: "webgl" | "raster";
  points: number;
  quick: boolean;
  ms: number;
}

export class Scene {
  readonly worker = new MapWorker();
  /** Told after each picture. */
  onFrame: ((frame: Frame) => void) | null = null;
  private gl: WebGLPainter | null = null;
  private readonly flat: CanvasRenderingContext2D | null;
  private size: Size = { width: 1, height: 1 };
  private dpr = 1;
  private camera: Camera = HOME;
  private palette: Palette = new Uint8Array(768);
  private context: [number, number, number] = [200, 200, 200];
  private points = 0;
  private slow = false;
  private measured = false;
  private wanted: "none" | "quick" | "full" = "none";
  private busy = false;
  private frame = 0;
  private rest = 0;
  private styling = 0;
  private over = false;

  /** `canvas` for WebGL2; `plain` takes the raster where there is none (or it is chosen). */
  constructor(private readonly canvas: HTMLCanvasElement, private readonly plain: HTMLCanvasElement, private readonly choice: PainterChoice = "auto") {
    // Its pixels come from the processor, so they stay there: as a texture of its own, the canvas made
    // every frame of the page dearer, and each layer that lies over it.
    this.flat = plain.getContext("2d", { willReadFrequently: true });
    if (choice !== "raster") this.gl = painter(canvas, choice === "auto");
    canvas.hidden = this.gl === null;
    plain.hidden = this.gl !== null;
    if (this.gl) canvas.addEventListener("webglcontextlost", this.fallBack);
  }

  get painter(): "webgl" | "raster" {
    return this.gl ? "webgl" : "raster";
  }

  setPlaces(xy: Uint16Array): void {
    this.points = xy.length >> 1;
    this.measured = false;
    this.worker.tell({ ask: "places", xy: xy.slice() });
    this.gl?.setPlaces(xy);
  }
  private codes: Uint8Array | null = null;

  /** How rows are shown; the picture changes once it can be drawn whole. */
  async setLevels(level: Uint8Array<ArrayBuffer>): Promise<void> {
    const mine = ++this.styling;
    this.worker.tell({ ask: "levels", level });
    if (this.gl) {
      const { layers } = await this.worker.layers();
      if (mine !== this.styling || this.over) return;
      this.gl?.setLayers(layers);
      if (!this.measured) this.measure();
    }
    this.ask("full");
  }

  setColors(codes: Uint8Array | null, palette: Palette, context: string): void {
    this.palette = palette;
    this.context = rgb(context);
    if (codes !== this.codes) this.worker.tell({ ask: "codes", codes: codes ? codes.slice() : null });
    if (codes !== this.codes) this.gl?.setCodes(codes);
    this.codes = codes;
    this.gl?.setPalette(palette, this.context);
    this.ask("full");
  }

  resize(size: Size, dpr: number): void {
    this.size = size;
    // A very large screen is drawn a little coarser rather than slowly.
    this.dpr = Math.min(dpr, Math.max(1, Math.sqrt(MAX_PIXELS / Math.max(1, size.width * size.height))));
    // A canvas that is resized is cleared: draw in the same frame.
    if (this.gl) this.paint("full");
    else this.ask("full");
  }

  /** Look elsewhere. While it moves, a sample may stand for all rows. */
  look(camera: Camera): void {
    const { x, y, zoom } = this.camera;
    if (camera.x === x && camera.y === y && camera.zoom === zoom) return;
    this.camera = camera;
    const many = this.slow && this.points > SAMPLE;
    this.ask(many ? "quick" : "full");
    window.clearTimeout(this.rest);
    if (many) this.rest = window.setTimeout(() => this.ask("full"), REST_MS);
  }

  /** Rows in view inside an outline of screen points. */
  within(outline: readonly (readonly [number, number])[]) {
    const flat = outline.flatMap(([sx, sy]) => toData(this.camera, this.size, sx, sy).map((value) => value * SIDE));
    return this.worker.within(Float64Array.from(flat));
  }

  /** The row in view under the pointer, or -1. */
  async nearest(sx: number, sy: number, pixels = 12): Promise<number> {
    const [x, y] = toData(this.camera, this.size, sx, sy);
    const radius = (pixels / scaleOf(this.camera, this.size)) * SIDE;
    return (await this.worker.nearest(x * SIDE, y * SIDE, radius)).row;
  }

  dispose(): void {
    this.over = true;
    this.canvas.removeEventListener("webglcontextlost", this.fallBack);
    cancelAnimationFrame(this.frame);
    window.clearTimeout(this.rest);
    this.gl?.dispose();
    this.worker.dispose();
  }

  private ask(kind: "quick" | "full"): void {
    if (this.wanted !== "full" || kind === "quick") this.wanted = kind;
    if (this.frame === 0 && !this.over)
      this.frame = requestAnimationFrame(() => {
        this.frame = 0;
        if (this.wanted !== "none" && !this.busy) this.paint(this.wanted);
      });
  }

  private paint(kind: "quick" | "full"): void {
    if (this.over || this.points === 0) return;
    this.wanted = "none";
    if (this.gl) this.paintGl(this.gl, kind === "quick");
    else void this.paintRaster(kind === "quick");
  }

  private paintGl(gl: WebGLPainter, quick: boolean): void {
    const width = Math.max(1, Math.round(this.size.width * this.dpr));
    const height = Math.max(1, Math.round(this.size.height * this.dpr));
    const began = performance.now();
    if (this.canvas.width !== width || this.canvas.height !== height) {
      this.canvas.width = width;
      this.canvas.height = height;
    }
    gl.resize(width, height);
    gl.draw(this.camera, this.dpr, quick);
    this.tell({ camera: this.camera, painter: "webgl", points: this.points, quick, ms: performance.now() - began });
  }

  private async paintRaster(quick: boolean): Promise<void> {
    this.busy = true;
    const began = performance.now();
    const width = Math.max(1, Math.round(this.size.width * this.dpr));
    const height = Math.max(1, Math.round(this.size.height * this.dpr));
    const { palette, context, camera, dpr } = this;
    const { pixels } = await this.worker.draw({ width, height, dpr, camera, palette, context, quick });
    this.busy = false;
    if (this.over) return;
    if (this.plain.width !== width || this.plain.height !== height) {
      this.plain.width = width;
      this.plain.height = height;
    }
    this.flat?.putImageData(new ImageData(pixels, width, height), 0, 0);
    const ms = performance.now() - began;
    if (!quick) this.slow = ms > SMOOTH_MS;
    this.tell({ camera, painter: "raster", points: this.points, quick, ms });
    if (this.wanted !== "none") this.ask(this.wanted);
  }

  /** Pictures stand in the browser's own timeline too, for `benchmarks/web`; nothing piles up there. */
  private tell(frame: Frame): void {
    performance.mark(PICTURE, { detail: frame });
    performance.clearMarks(PICTURE);
    this.onFrame?.(frame);
  }

  /** Once for each map: how fast this machine draws it. The first picture also pays for shaders. */
  private measure(): void {
    this.measured = true;
    if (!this.gl || this.points === 0) return;
    const drawn = Math.min(this.points, SAMPLE);
    let ms = 0;
    for (let round = 0; round < 2; round++) {
      const began = performance.now();
      this.paintGl(this.gl, true);
      this.gl.finish();
      ms = (performance.now() - began) * (this.points / drawn);
    }
    this.slow = ms > SMOOTH_MS;
    if (ms > WEBGL_MS && this.choice === "auto") this.fallBack();
  }

  private fallBack = (event?: Event): void => {
    event?.preventDefault();
    this.gl = null;
    this.canvas.hidden = true;
    this.plain.hidden = false;
    this.ask("full");
  };
}

/** `fast`: only where the browser says that WebGL2 is not drawn in software. */
function painter(canvas: HTMLCanvasElement, fast: boolean): WebGLPainter | null {
  try {
    return new WebGLPainter(canvas, fast);
  } catch {
    return null;
  }
}
