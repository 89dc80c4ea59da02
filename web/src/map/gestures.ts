/** Fingers, mouse and wheel on the map → camera moves, outlines and clicks. Screen coordinates are CSS pixels inside the box. */
import type { Camera } from "@/lib/view";
import { panBy, zoomAt, type Size } from "./camera";

export type Tool = "pan" | "lasso" | "rectangle";
export type Outline = [x: number, y: number][];

export interface GestureEvents {
  camera(): Camera;
  size(): Size;
  tool(): Tool;
  look(camera: Camera): void;
  /** An outline grows (null: given up or done). */
  drawing(outline: Outline | null): void;
  pick(outline: Outline): void;
  /** `name`: what `data-name` says of the element that was pressed. */
  click(x: number, y: number, name: string | null): void;
  hover(x: number, y: number): void;
  leave(): void;
  reset(): void;
  /** A double click on a name. */
  rename(name: string): void;
}

const CLICK_PX = 4;

/** Listen on `box` until the returned function is called. */
export function listenToGestures(box: HTMLElement, on: GestureEvents): () => void {
  const down = new Map<number, [number, number]>();
  let start: [number, number] = [0, 0];
  let moved = false;
  let outline: Outline | null = null;
  let straight = false;
  let name: string | null = null;

  const at = (event: MouseEvent): [number, number] => {
    const area = box.getBoundingClientRect();
    return [event.clientX - area.left, event.clientY - area.top];
  };
  const nameAt = (event: Event) => (event.target instanceof Element ? (event.target.closest<HTMLElement>("[data-name]")?.dataset.name ?? null) : null);
  const mine = (event: Event) => !(event.target instanceof Element && event.target.closest("[data-over-map]"));

  const press = (event: PointerEvent) => {
    if (event.button !== 0 || !mine(event)) return;
    box.setPointerCapture(event.pointerId);
    const place = at(event);
    down.set(event.pointerId, place);
    if (down.size > 1) {
      outline = null;
      on.drawing(null);
      moved = true;
      return;
    }
    start = place;
    moved = false;
    name = nameAt(event);
    straight = event.shiftKey || on.tool() === "rectangle";
    if (straight || on.tool() === "lasso") outline = [place];
  };

  const move = (event: PointerEvent) => {
    const place = at(event);
    const before = down.get(event.pointerId);
    if (!before) {
      if (mine(event) && nameAt(event) === null) on.hover(...place);
      else on.leave();
      return;
    }
    if (Math.hypot(place[0] - start[0], place[1] - start[1]) > CLICK_PX) moved = true;
    const other = [...down].find(([id]) => id !== event.pointerId)?.[1];
    down.set(event.pointerId, place);
    if (other) pinch(before, place, other);
    // A busy page gets several moves as one event: the outline goes through all of them.
    else if (outline) for (const one of [...event.getCoalescedEvents(), event]) draw(at(one));
    else if (moved) on.look(panBy(on.camera(), on.size(), place[0] - before[0], place[1] - before[1]));
    if (moved) on.leave();
  };

  const draw = (place: [number, number]) => {
    if (!outline) return;
    const [x, y] = place;
    const [x0, y0] = start;
    if (straight) outline = [start, [x, y0], place, [x0, y]];
    else {
      const last = outline.at(-1) ?? start;
      if (Math.hypot(x - last[0], y - last[1]) >= 3) outline = [...outline, place];
    }
    on.drawing(outline);
  };

  const pinch = (before: [number, number], now: [number, number], other: [number, number]) => {
    const apart = (p: [number, number]) => Math.max(10, Math.hypot(p[0] - other[0], p[1] - other[1]));
    const middle = (p: [number, number]) => [(p[0] + other[0]) / 2, (p[1] + other[1]) / 2] as const;
    const [bx, by] = middle(before);
    const [x, y] = middle(now);
    const size = on.size();
    on.look(zoomAt(panBy(on.camera(), size, x - bx, y - by), size, x, y, apart(now) / apart(before)));
  };

  const release = (event: PointerEvent) => {
    if (!down.delete(event.pointerId)) return;
    if (outline) {
      const done = outline;
      outline = null;
      on.drawing(null);
      if (moved && done.length > 2) return on.pick(done);
    }
    if (!moved && event.type === "pointerup") on.click(...at(event), name);
  };

  const wheel = (event: WheelEvent) => {
    event.preventDefault();
    const lines = event.deltaMode === 1 ? 20 : 1;
    // A pinch on a touchpad is a wheel with Ctrl, in small steps.
    const speed = event.ctrlKey ? 0.01 : 0.0018;
    on.look(zoomAt(on.camera(), on.size(), ...at(event), Math.exp(-event.deltaY * lines * speed)));
  };

  const double = (event: MouseEvent) => {
    if (!mine(event)) return;
    // What was pressed: the box holds the pointer, so the event's own target is the box.
    if (name !== null) on.rename(name);
    else on.reset();
  };
  const leave = () => on.leave();
  const escape = (event: KeyboardEvent) => {
    if (event.key !== "Escape" || !outline) return;
    outline = null;
    moved = true;
    on.drawing(null);
    event.stopPropagation();
  };

  box.addEventListener("pointerdown", press);
  box.addEventListener("pointermove", move);
  box.addEventListener("pointerup", release);
  box.addEventListener("pointercancel", release);
  box.addEventListener("pointerleave", leave);
  box.addEventListener("dblclick", double);
  box.addEventListener("wheel", wheel, { passive: false });
  window.addEventListener("keydown", escape, true);
  return () => {
    box.removeEventListener("pointerdown", press);
    box.removeEventListener("pointermove", move);
    box.removeEventListener("pointerup", release);
    box.removeEventListener("pointercancel", release);
    box.removeEventListener("pointerleave", leave);
    box.removeEventListener("dblclick", double);
    box.removeEventListener("wheel", wheel);
    window.removeEventListener("keydown", escape, true);
  };
}
