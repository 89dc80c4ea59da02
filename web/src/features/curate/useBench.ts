/** What can be done to the draft on the workbench, and the keys that do it. */
import { useCallback, useState } from "react";
import { useCommands } from "@/lib/commands";
import { useKeys } from "@/lib/keys";
import { remember, remembered } from "@/lib/storage";
import { undoNewest } from "@/lib/undo";
import { view } from "@/lib/view";
import { toast } from "@/ui";
import * as d from "./draft";
import type { RuleActions } from "./RuleCard";
import { draft as store, NEWEST } from "./store";
import type { Entry } from "./types";
import { useOutlook, type Outlook } from "./useOutlook";
import { useThresholds } from "./useThresholds";
import { titleOf } from "./words";

interface Chosen {
  id: number;
  /** Which rule of a family. */
  sub: number | null;
}

export interface Bench {
  outlook: Outlook;
  chosen: Chosen | null;
  actions: RuleActions;
  /** The rule in the dialog; null in it: a new one. */
  editing: { id: number | null } | null;
  edit: (rule: { id: number | null } | null) => void;
  renaming: number | null;
  rename: (id: number | null) => void;
  making: boolean;
  make: (on: boolean) => void;
  yaml: boolean;
  showYaml: () => void;
  add: (entries: readonly Entry[]) => void;
}

export function useBench(dataset: string, draft: d.Draft, onAnew: () => void): Bench {
  const [picked, setPicked] = useState<Chosen | null>(null);
  const [editing, edit] = useState<{ id: number | null } | null>(null);
  const [renaming, rename] = useState<number | null>(null);
  const [making, make] = useState(false);
  const [yaml, setYaml] = useState(remembered("curate.yaml") === "on");
  const chosen = picked && draft.rules.some((rule) => rule.id === picked.id) ? picked : null;
  const outlook = useOutlook(dataset, draft, chosen);
  const isFamily = (id: number) => d.formOf(store.get()?.rules.find((rule) => rule.id === id)?.entry ?? {}) === "use";
  const settle = useCallback((id: number, sub: number) => setPicked({ id, sub: isFamily(id) ? sub : null }), []);
  const move = useThresholds(dataset, settle);

  const remove = (id: number) => {
    const rule = draft.rules.find((one) => one.id === id);
    if (!rule) return;
    store.edit((now) => d.remove(now, id));
    toast(`Deleted “${titleOf(rule.entry)}”`, { of: NEWEST, undo: () => void store.undo(dataset), step: true });
  };
  const actions: RuleActions = {
    choose: (id, sub) => setPicked({ id, sub }),
    toggle: (id) => store.edit((now) => d.toggle(now, id)),
    edit: (id) => edit({ id }),
    rename: (id, name) => store.edit((now) => d.rename(now, id, name)),
    shift: (id, by) => store.edit((now) => d.shift(now, id, by)),
    place: (id, before) => store.edit((now) => d.place(now, id, before)),
    remove,
    move: (id, sub, handle, value, done) => {
      const index = d.active(draft).findIndex((rule) => rule.id === id);
      const rule = outlook.rule(id, sub);
      if (!rule) return;
      if (chosen?.id !== id) setPicked({ id, sub: isFamily(id) ? sub : null });
      move({ index, name: rule.name, place: rule.flat, handle: handle.id, value, done });
    },
  };
  const step = (by: number) => {
    const at = draft.rules.findIndex((rule) => rule.id === chosen?.id);
    const next = draft.rules[Math.max(0, Math.min(draft.rules.length - 1, at + by))];
    if (next) setPicked({ id: next.id, sub: null });
  };
  const showYaml = () => {
    remember("curate.yaml", yaml ? null : "on");
    setYaml(!yaml);
  };
  const add = (entries: readonly Entry[]) => {
    store.edit((now) => d.add(now, ...entries));
    const last = store.get()?.rules.at(-1);
    if (last) setPicked({ id: last.id, sub: null });
  };
  const withChosen = (act: (id: number) => void) => () => {
    if (chosen) act(chosen.id);
  };
  const undo = () => void (undoNewest(store, view) || toast("Nothing to undo here"));
  const redo = () => void (store.redo() || view.redo());
  const ready = outlook.preview !== undefined;
  useKeys("Curate", [
    { keys: "a", label: "Add a rule", run: () => edit({ id: null }) },
    { keys: "j", label: "Next rule", run: () => step(1) },
    { keys: "k", label: "Previous rule", run: () => step(-1) },
    { keys: "x", label: "Switch the rule on or off", run: withChosen(actions.toggle) },
    { keys: "enter", label: "Change the rule", run: withChosen(actions.edit) },
    { keys: "r", label: "Rename the rule", run: withChosen(rename) },
    { keys: "d", label: "Delete the rule", run: withChosen(remove) },
    { keys: "alt+arrowup", label: "Move the rule up", run: withChosen((id) => actions.shift(id, -1)) },
    { keys: "alt+arrowdown", label: "Move the rule down", run: withChosen((id) => actions.shift(id, 1)) },
    { keys: "y", label: "Show or hide the YAML", run: showYaml },
    { keys: "m", label: "Make the version", run: () => make(ready) },
    { keys: "u", label: "Undo", run: undo },
    { keys: "mod+z", label: "Undo", run: undo },
    { keys: "mod+shift+z", label: "Redo", run: redo },
    { keys: "arrowleft", label: "Lower the threshold in focus (Shift: ten steps)", run: () => undefined, shownOnly: true },
    { keys: "arrowright", label: "Raise the threshold in focus (Shift: ten steps)", run: () => undefined, shownOnly: true },
  ]);
  useCommands([
    { group: "Curate", label: "Add a rule", keys: "a", run: () => edit({ id: null }) },
    { group: "Curate", label: "Make the version", keys: "m", run: () => make(ready) },
    { group: "Curate", label: "Show or hide the recipe as YAML", keys: "y", run: showYaml },
    { group: "Curate", label: "Start again from the newest version", run: onAnew },
  ]);
  return { outlook, chosen, actions, editing, edit, renaming, rename, making, make, yaml, showYaml, add };
}
