/** Commands of the palette: what can be done here, by name. Keys and pages are listed by themselves. */
import { useEffect, useRef, useSyncExternalStore } from "react";

export interface Command {
  label: string;
  group: string;
  run: () => void;
  /** Shown beside it. */
  keys?: string;
  /** More words to find it by. */
  words?: string;
}

let layers: (readonly Command[])[] = [];
let snapshot: readonly Command[] = [];
const listeners = new Set<() => void>();

function changed(): void {
  snapshot = layers.flat();
  for (const listener of listeners) listener();
}

export function addCommands(commands: readonly Command[]): () => void {
  layers = [...layers, commands];
  changed();
  return () => {
    layers = layers.filter((other) => other !== commands);
    changed();
  };
}

/** Offer commands while the component is shown. */
export function useCommands(commands: readonly Command[]): void {
  const latest = useRef(commands);
  useEffect(() => {
    latest.current = commands;
  });
  const shape = commands.map((c) => `${c.group}\u0001${c.label}`).join("\u0002");
  useEffect(
    () => addCommands(latest.current.map((command, i) => ({ ...command, run: () => latest.current[i]?.run() }))),
    [shape],
  );
}

export function useAllCommands(): readonly Command[] {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => snapshot,
  );
}
