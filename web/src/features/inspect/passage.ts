import { useSyncExternalStore } from "react";

/** Characters of a passage that can be searched for by a link. */
export const LONGEST = 1000;
const SHORTEST = 3;

/** The passage selected in a text that is read, in one line; null without. */
export function usePassage(): string | null {
  return useSyncExternalStore(subscribe, selected);
}

function subscribe(tell: () => void): () => void {
  document.addEventListener("selectionchange", tell);
  return () => document.removeEventListener("selectionchange", tell);
}

function selected(): string | null {
  const selection = document.getSelection();
  const anchor = selection?.anchorNode;
  const element = anchor instanceof Element ? anchor : anchor?.parentElement;
  return element?.closest(".reading") ? asPassage(selection?.toString() ?? "") : null;
}

/** A selected text as an example: one line, not too long; null where it says nothing. */
export function asPassage(text: string): string | null {
  const line = text.replace(/[\s\p{Cc}]+/gu, " ").trim();
  return line.length < SHORTEST ? null : line.slice(0, LONGEST).trimEnd();
}
