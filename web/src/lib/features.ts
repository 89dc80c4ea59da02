/**
 * Every screen is a folder `features/<noun>` whose `feature.ts` default-exports a `Feature`.
 * It is found by being there; no list is edited.
 */
import type { LucideIcon } from "lucide-react";
import type { ComponentType } from "react";

export interface Feature {
  /** Path segment: `explore`. */
  page: string;
  /** In the rail, the palette and the page title. */
  title: string;
  icon: LucideIcon;
  /** `g` and this letter go there. */
  key: string;
  /** Position in the rail, from the top. */
  order: number;
  /** The screen, loaded when first shown. */
  load: () => Promise<{ default: ComponentType }>;
  /** What another screen can show beside it: `<FeaturePane page="…" />` of `@/lib/panes`. */
  pane?: () => Promise<{ default: ComponentType }>;
  /** Not in the rail. */
  hidden?: boolean;
  /** The screen does without a dataset. */
  free?: boolean;
}

const found = import.meta.glob<{ default: Feature }>("../features/*/feature.ts", { eager: true });

export const features: readonly Feature[] = Object.values(found)
  .map((module) => module.default)
  .sort((a, b) => a.order - b.order);

export function hasFeature(page: string): boolean {
  return features.some((feature) => feature.page === page);
}
