/** Which keys do what, now. The newest binding of a key wins; the key sheet lists them all. */

export interface Binding {
  /** `a`, `?`, `enter`, `shift+x`, `mod+k` (Ctrl, or ⌘ on a Mac), or a sequence: `g e`. */
  keys: string;
  /** What happens, as a short command: "Apply the fix". */
  label: string;
  run: () => void;
  /** Heading in the key sheet: the screen or part it belongs to. */
  group?: string;
  /** Also while a text field has the focus; only for keys that type nothing. */
  inFields?: boolean;
  /** Listed, but handled by the element itself. */
  shownOnly?: boolean;
}

const SEQUENCE_MS = 1200;
const NAMED: Record<string, string> = { " ": "space", esc: "escape" };

/** The stroke of a keyboard event, as bindings write it. */
export function stroke(event: Pick<KeyboardEvent, "key" | "ctrlKey" | "metaKey" | "altKey" | "shiftKey">): string {
  const key = NAMED[event.key] ?? event.key.toLowerCase();
  const letter = /^[a-z]$/.test(key) && event.key.length === 1;
  // Shift is part of "?" already; it is named only where it changes no character.
  const shift = event.shiftKey && (letter || key.length > 1);
  return [
    event.ctrlKey || event.metaKey ? "mod+" : "",
    event.altKey ? "alt+" : "",
    shift ? "shift+" : "",
    key,
  ].join("");
}

export class KeyRegistry {
  private layers: { bindings: readonly Binding[] }[] = [];
  private pending = "";
  private pendingAt = 0;
  private listeners = new Set<() => void>();
  private snapshot: readonly Binding[] = [];

  /** Bind keys until the returned function is called. */
  add(bindings: readonly Binding[]): () => void {
    const layer = { bindings };
    this.layers.push(layer);
    this.changed();
    return () => {
      this.layers = this.layers.filter((other) => other !== layer);
      this.changed();
    };
  }

  /** All bindings in force, newest layer first, one a key. */
  list = (): readonly Binding[] => this.snapshot;

  subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  /** Run what a stroke is bound to; true if it was used, also as the start of a sequence. */
  press(pressed: string, { inField = false, now = Date.now() } = {}): boolean {
    const open = this.pending !== "" && now - this.pendingAt <= SEQUENCE_MS ? this.pending : "";
    this.pending = "";
    const usable = this.snapshot.filter((b) => !b.shownOnly && (!inField || b.inFields));
    const wanted = open ? `${open} ${pressed}` : pressed;
    const found = usable.find((b) => b.keys === wanted) ?? usable.find((b) => b.keys === pressed);
    if (found) {
      found.run();
      return true;
    }
    if (usable.some((b) => b.keys.startsWith(`${pressed} `))) {
      this.pending = pressed;
      this.pendingAt = now;
      return true;
    }
    return false;
  }

  private changed(): void {
    const seen = new Set<string>();
    this.snapshot = this.layers
      .toReversed()
      .flatMap((layer) => layer.bindings)
      .filter((binding) => !seen.has(binding.keys) && seen.add(binding.keys));
    for (const listener of this.listeners) listener();
  }
}

const MAC = typeof navigator !== "undefined" && /Mac|iPhone|iPad/.test(navigator.userAgent);
const SHOWN: Record<string, string> = {
  mod: MAC ? "⌘" : "Ctrl",
  shift: MAC ? "⇧" : "Shift",
  alt: MAC ? "⌥" : "Alt",
  enter: "Enter",
  escape: "Esc",
  space: "Space",
  arrowup: "↑",
  arrowdown: "↓",
  arrowleft: "←",
  arrowright: "→",
  pagedown: "Page Down",
  pageup: "Page Up",
  home: "Home",
  end: "End",
};

/** The strokes of a binding as shown on caps: [["Ctrl","K"]] or [["g"],["e"]]. */
export function caps(keys: string): string[][] {
  return keys
    .split(" ")
    .map((one) =>
      one
        .split(/\+(?=.)/)
        .map((part, _, all) => SHOWN[part] ?? (all.length > 1 && part.length === 1 ? part.toUpperCase() : part)),
    );
}
