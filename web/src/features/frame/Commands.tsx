/** The keys that work everywhere, and the palette over them, the pages and what screens offer. */
import { useProject, useSavedViews, useViewState } from "@/api";
import { useAllCommands } from "@/lib/commands";
import { features } from "@/lib/features";
import { useBindings, useKeys } from "@/lib/keys";
import { setTheme, shownTheme } from "@/lib/theme";
import { undoNewest } from "@/lib/undo";
import { goTo, searchOf, useView, view } from "@/lib/view";
import { Palette, toast, type PaletteItem } from "@/ui";
import { rowsPage } from "./SearchBox";
import { copyPython } from "./ViewMenu";

export function Commands({ open, onOpen, onKeys }: { open: boolean; onOpen: (open: boolean) => void; onKeys: () => void }) {
  const dataset = useView((now) => now.dataset);
  const project = useProject();
  const saved = useSavedViews(open);
  const state = useViewState();
  const bindings = useBindings();
  const offered = useAllCommands();
  const pages = features.filter((feature) => !feature.hidden);
  const flipTheme = () => setTheme(shownTheme() === "dark" ? "light" : "dark");

  useKeys("Go to", pages.map((feature) => ({ keys: `g ${feature.key}`, label: feature.title, run: () => goTo(feature.page) })));
  useKeys("Everywhere", [
    { keys: "mod+k", label: "Commands", run: () => onOpen(true), inFields: true },
    { keys: "?", label: "Keys on this screen", run: onKeys },
    { keys: "mod+z", label: "Undo what was done last", run: () => undoNewest(view) || toast("Nothing to undo") },
    { keys: "mod+shift+z", label: "Redo", run: () => view.redo() || toast("Nothing to redo in this view") },
  ]);

  const items: PaletteItem[] = [
    ...pages.map((feature) => ({ group: "Go to", label: feature.title, keys: `g ${feature.key}`, run: () => goTo(feature.page) })),
    ...offered,
    ...bindings
      .filter((one) => !one.shownOnly && one.group !== "Go to" && one.keys !== "mod+k")
      .map((one) => ({ group: one.group ?? "Everywhere", label: one.label, keys: one.keys, run: one.run })),
    ...(project.data?.datasets ?? []).flatMap((one) => [
      { group: "Open", label: one.name, run: () => view.open(one.name) },
      ...one.versions.map((version) => ({ group: "Open", label: version.full_name, run: () => view.open(version.full_name) })),
    ]),
    ...(saved.data ?? []).map((one) => ({
      group: "Saved views",
      label: one.name,
      run: () => goTo(rowsPage(), { filters: one.view.filters ?? [], search: searchOf(one.view.search ?? null), sort: one.view.sort ?? [] }),
    })),
    { group: "View", label: "Clear all filters and the search", run: () => view.set({ filters: [], search: null }) },
    ...(dataset && state.data ? [{ group: "View", label: "Copy as Python", run: () => state.data && void copyPython(dataset, state.data.view_key) }] : []),
    { group: "View", label: "Light or dark", words: "theme", run: flipTheme },
    { group: "View", label: "Components of this app", words: "ui design", run: () => goTo("_ui") },
  ];
  return (
    <Palette
      open={open}
      onClose={() => onOpen(false)}
      items={items}
      onText={dataset ? { label: (text) => `Search the texts for “${text}”`, run: (query) => goTo(rowsPage(), { search: { query } }) } : undefined}
    />
  );
}
