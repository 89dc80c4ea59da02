/** A screen that can also stand beside another one: its folder's `feature.ts` gives a `pane`. */
import { lazy, Suspense, type ComponentType } from "react";
import { features } from "./features";

const panes = new Map<string, ComponentType>();

function paneOf(page: string): ComponentType | null {
  const load = features.find((feature) => feature.page === page)?.pane;
  if (!load) return null;
  const known = panes.get(page) ?? lazy(load);
  panes.set(page, known);
  return known;
}

export function hasPane(page: string): boolean {
  return features.some((feature) => feature.page === page && feature.pane !== undefined);
}

/** `<FeaturePane page="inspect" />` shows the row in focus (`view.row`), and can be closed. */
export function FeaturePane({ page }: { page: string }) {
  const Pane = paneOf(page);
  // eslint-disable-next-line react-hooks/static-components -- one component a page, kept in `panes`
  return Pane && <Suspense fallback={<div className="h-full" aria-busy />}><Pane /></Suspense>;
}
