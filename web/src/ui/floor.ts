/** Bars that float at the foot of the screen: toasts stand above them, and lists end before them. */
import { useEffect, useState, type RefObject } from "react";
import { create } from "zustand";

const GAP = 12;

const useFloor = create<{ bar: HTMLElement | null }>(() => ({ bar: null }));

/** Ref of the bar; one at a time. */
export function setFloor(bar: HTMLElement | null): void {
  useFloor.setState({ bar });
}

/** Pixels of the element's foot that the bar covers. */
export function useCovered(box: RefObject<HTMLElement | null>): number {
  const bar = useFloor((state) => state.bar);
  const [covered, setCovered] = useState(0);
  useEffect(() => {
    const element = box.current;
    if (!bar || !element) return;
    const measure = () => setCovered(coveredBy(bar.getBoundingClientRect(), element.getBoundingClientRect()));
    const watch = new ResizeObserver(measure);
    watch.observe(bar);
    watch.observe(element);
    return () => watch.disconnect();
  }, [bar, box]);
  return bar ? covered : 0;
}

/** How far the foot of the screen is taken; null: nothing floats there. */
export function useTaken(): number | null {
  const bar = useFloor((state) => state.bar);
  const [taken, setTaken] = useState(0);
  useEffect(() => {
    if (!bar) return;
    const measure = () => setTaken(window.innerHeight - bar.getBoundingClientRect().top + GAP);
    const watch = new ResizeObserver(measure);
    watch.observe(bar);
    watch.observe(document.documentElement);
    return () => watch.disconnect();
  }, [bar]);
  return bar ? taken : null;
}

type Box = Pick<DOMRect, "top" | "bottom" | "left" | "right">;

/** Of the height of `box`, from its foot; a list keeps at least half of itself. */
export function coveredBy(bar: Box, box: Box): number {
  if (bar.right <= box.left || bar.left >= box.right || bar.top >= box.bottom || bar.bottom <= box.top) return 0;
  return Math.min(box.bottom - bar.top + GAP / 2, (box.bottom - box.top) / 2);
}
