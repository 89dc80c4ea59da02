import { useEffect, useRef, useSyncExternalStore } from "react";
import { KeyRegistry, stroke, type Binding } from "./registry";

export { caps, type Binding } from "./registry";

export const keys = new KeyRegistry();

/** Bind keys while the component is shown. Handlers may change each render; keys and labels rarely. */
export function useKeys(group: string, bindings: readonly Binding[], { enabled = true } = {}): void {
  const latest = useRef(bindings);
  useEffect(() => {
    latest.current = bindings;
  });
  const shape = bindings.map((b) => [b.keys, b.label, b.inFields, b.shownOnly].join("\u0001")).join("\u0002");
  useEffect(() => {
    if (!enabled) return;
    return keys.add(
      latest.current.map((binding, i) => ({ group, ...binding, run: () => latest.current[i]?.run() })),
    );
  }, [group, shape, enabled]);
}

export function useBindings(): readonly Binding[] {
  return useSyncExternalStore(keys.subscribe, keys.list);
}

function inField(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target.isContentEditable) return true;
  if (target instanceof HTMLInputElement) return !/^(checkbox|radio|button|range)$/.test(target.type);
  return target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement;
}

/** Elements that act on Enter and Space themselves keep them. */
function actsItself(target: EventTarget | null, pressed: string): boolean {
  return (
    (pressed === "enter" || pressed === "space") &&
    target instanceof Element &&
    target.closest("a[href],button,summary,[role=menuitem],[role=option],[role=tab]") !== null
  );
}

/** Listen to the keyboard for the whole app; called once. */
export function listenToKeys(): () => void {
  const onKey = (event: KeyboardEvent) => {
    if (event.defaultPrevented || event.isComposing) return;
    const pressed = stroke(event);
    if (actsItself(event.target, pressed)) return;
    // An open dialog or menu keeps the keys for itself.
    if (document.querySelector("[data-modal]")) return;
    if (keys.press(pressed, { inField: inField(event.target) })) event.preventDefault();
  };
  window.addEventListener("keydown", onKey);
  return () => window.removeEventListener("keydown", onKey);
}
