/** What the page and the map's worker say to each other. */
import type { Layers } from "./layers";
import type { Picture } from "./raster";

export type Question =
  | { ask: "places"; xy: Uint16Array<ArrayBuffer> }
  | { ask: "levels"; level: Uint8Array<ArrayBuffer> }
  | { ask: "codes"; codes: Uint8Array<ArrayBuffer> | null }
  | { ask: "layers"; id: number }
  | { ask: "draw"; id: number; picture: Picture }
  | { ask: "within"; id: number; outline: Float64Array }
  | { ask: "nearest"; id: number; x: number; y: number; radius: number };

export type Answer =
  | { ask: "layers"; id: number; layers: Layers }
  | { ask: "draw"; id: number; pixels: Uint8ClampedArray<ArrayBuffer>; picture: Picture }
  | { ask: "within"; id: number; mask: Uint8Array<ArrayBuffer>; count: number }
  | { ask: "nearest"; id: number; row: number };

type AnswerTo<A extends Answer["ask"]> = Extract<Answer, { ask: A }>;

/** The worker, with promises. */
export class MapWorker {
  private readonly worker = new Worker(new URL("./worker.ts", import.meta.url), { type: "module" });
  private readonly open = new Map<number, (answer: Answer) => void>();
  private next = 0;

  constructor() {
    this.worker.onmessage = ({ data }: MessageEvent<Answer>) => {
      this.open.get(data.id)?.(data);
      this.open.delete(data.id);
    };
  }

  tell(message: Extract<Question, { ask: "places" | "levels" | "codes" }>): void {
    this.worker.postMessage(message);
  }

  layers = () => this.ask<"layers">((id) => ({ ask: "layers", id }));
  draw = (picture: Picture) => this.ask<"draw">((id) => ({ ask: "draw", id, picture }));
  within = (outline: Float64Array) => this.ask<"within">((id) => ({ ask: "within", id, outline }));
  nearest = (x: number, y: number, radius: number) => this.ask<"nearest">((id) => ({ ask: "nearest", id, x, y, radius }));

  dispose(): void {
    this.worker.terminate();
    this.open.clear();
  }

  private ask<A extends Answer["ask"]>(make: (id: number) => Question): Promise<AnswerTo<A>> {
    const id = this.next++;
    return new Promise((resolve) => {
      this.open.set(id, (answer) => resolve(answer as AnswerTo<A>));
      this.worker.postMessage(make(id));
    });
  }
}
