/** Light, dark, or as the system says (the default). */
import { useSyncExternalStore } from "react";
import { remember, remembered } from "./storage";

export type Theme = "system" | "light" | "dark";

const dark = typeof matchMedia === "function" ? matchMedia("(prefers-color-scheme: dark)") : null;
const listeners = new Set<() => void>();

export function theme(): Theme {
  const kept = remembered("theme");
  return kept === "light" || kept === "dark" ? kept : "system";
}

export function shownTheme(): "light" | "dark" {
  const chosen = theme();
  return chosen === "system" ? (dark?.matches ? "dark" : "light") : chosen;
}

export function setTheme(next: Theme): void {
  remember("theme", next === "system" ? null : next);
  apply();
}

function apply(): void {
  document.documentElement.dataset.theme = shownTheme();
  for (const listener of listeners) listener();
}

export function startTheme(): void {
  apply();
  dark?.addEventListener("change", apply);
}

/** What is shown now; canvases redraw when it changes. */
export function useTheme(): { chosen: Theme; shown: "light" | "dark" } {
  const shown = useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => `${theme()} ${shownTheme()}`,
  );
  const [chosen, now] = shown.split(" ") as [Theme, "light" | "dark"];
  return { chosen, shown: now };
}

/** The value of a token now, for canvas and WebGL: `token("--accent")`. */
export function token(name: `--${string}`): string {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

export const CATEGORIES = Array.from({ length: 10 }, (_, i) => `--cat-${i + 1}` as const);
