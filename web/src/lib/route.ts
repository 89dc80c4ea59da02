/**
 * Where the app stands: a page under wherever it is served, and the view behind `?`.
 *
 * The server sets `<base href>` to the prefix it serves under; without it (development) the prefix
 * is the folder of the address.
 */
import { useSyncExternalStore } from "react";

export interface Place {
  page: string;
  search: string;
}

/** The prefix the app is served under, with a slash at both ends. */
export function basePath(): string {
  const path = new URL(document.baseURI).pathname;
  return path.slice(0, path.lastIndexOf("/") + 1);
}

function read(): Place {
  const base = basePath();
  const path = location.pathname.startsWith(base) ? location.pathname.slice(base.length) : location.pathname;
  return { page: path.replace(/^\/+|\/+$/g, ""), search: location.search };
}

const listeners = new Set<() => void>();
let place: Place | null = null;

export function currentPlace(): Place {
  place ??= read();
  return place;
}

function moved(): void {
  place = read();
  for (const listener of listeners) listener();
}

export function onMove(listener: () => void): () => void {
  if (listeners.size === 0) window.addEventListener("popstate", moved);
  listeners.add(listener);
  return () => {
    listeners.delete(listener);
    if (listeners.size === 0) window.removeEventListener("popstate", moved);
  };
}

/** Show `page` with the query `search` ("" or "?…"); `replace` leaves no step in the browser. */
export function move(page: string, search: string, { replace = false } = {}): void {
  const now = currentPlace();
  if (now.page === page && now.search === search) return;
  const url = basePath() + page + search;
  if (replace) history.replaceState(null, "", url);
  else history.pushState(null, "", url);
  moved();
}

export function usePlace(): Place {
  return useSyncExternalStore(onMove, currentPlace);
}
