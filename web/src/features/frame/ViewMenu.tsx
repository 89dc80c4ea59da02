import { Bookmark, BookmarkPlus, Code, Download, Keyboard, Link, Monitor, Moon, Redo2, Ellipsis, Sun, Undo2 } from "lucide-react";
import { useState } from "react";
import { about, api, failureOf, failureText, queries, useSavedViews, useViewState } from "@/api";
import { useCommands } from "@/lib/commands";
import { setTheme, useTheme } from "@/lib/theme";
import { undoNewest } from "@/lib/undo";
import { EMPTY, searchOf, useCanRedo, useView, view } from "@/lib/view";
import { Button, copyText, Dialog, IconButton, Input, Menu, toast } from "@/ui";

/** Undo, save, share and take along what is looked at; and how the app looks. */
export function ViewMenu({ onKeys }: { onKeys: () => void }) {
  const now = useView();
  const canRedo = useCanRedo();
  const state = useViewState();
  const saved = useSavedViews();
  const { chosen } = useTheme();
  const [naming, setNaming] = useState(false);
  const d = now.dataset;
  const key = state.isPlaceholderData ? undefined : state.data?.view_key;

  useCommands(d === null ? [] : [{ group: "View", label: "Save view…", words: "name keep bookmark", run: () => setNaming(true) }]);

  const ofView = d === null ? [] : [
    [
      { label: "Undo", icon: Undo2, keys: "mod+z", run: () => void (undoNewest(view) || toast("Nothing to undo")) },
      { label: "Redo", icon: Redo2, keys: "mod+shift+z", disabled: !canRedo, run: view.redo },
    ],
    [
      { label: "Save view…", icon: BookmarkPlus, run: () => setNaming(true) },
      ...(saved.data ?? []).map((one) => ({
        label: one.name,
        icon: Bookmark,
        run: () => view.set({ ...EMPTY, dataset: d, filters: one.view.filters ?? [], search: searchOf(one.view.search ?? null), sort: one.view.sort ?? [] }),
      })),
    ],
    [
      { label: "Copy link", icon: Link, run: () => void copyText(location.href).then((done) => done && toast("Copied the link to this view")) },
      { label: "Copy as Python", icon: Code, disabled: !key, run: () => key && void copyPython(d, key) },
      ...(["jsonl", "csv", "parquet"] as const).map((format) => ({
        label: `Download as ${format === "parquet" ? "Parquet" : format.toUpperCase()}`,
        icon: Download,
        disabled: !key,
        run: () => key && location.assign(api.exportUrl(d, key, format)),
      })),
    ],
  ];
  return (
    <>
      <Menu
        align="end"
        trigger={<IconButton icon={Ellipsis} label="View" />}
        groups={[
          ...ofView,
          [
            { label: "As the system", icon: Monitor, chosen: chosen === "system", run: () => setTheme("system") },
            { label: "Light", icon: Sun, chosen: chosen === "light", run: () => setTheme("light") },
            { label: "Dark", icon: Moon, chosen: chosen === "dark", run: () => setTheme("dark") },
          ],
          [{ label: "Keys on this screen", icon: Keyboard, keys: "?", run: onKeys }],
        ]}
      />
      {d !== null && <SaveView open={naming} onClose={() => setNaming(false)} dataset={d} />}
    </>
  );
}

export async function copyPython(dataset: string, key: string): Promise<void> {
  try {
    if (await copyText(await api.python(dataset, key))) toast("Copied this view as Python");
  } catch (error) {
    toast.error(failureText(error));
  }
}

function SaveView({ open, onClose, dataset }: { open: boolean; onClose: () => void; dataset: string }) {
  const [name, setName] = useState("");
  const [problem, setProblem] = useState<string>();
  const save = async () => {
    try {
      await api.saveView(dataset, name.trim(), view.get());
      await queries.invalidateQueries({ queryKey: about(dataset, "saved views") });
      toast(`Saved the view as ${name.trim()}`, {
        undo: () =>
          void api.forgetView(dataset, name.trim()).then(() => queries.invalidateQueries({ queryKey: about(dataset, "saved views") })),
      });
      setName("");
      onClose();
    } catch (error) {
      setProblem(failureOf(error).message);
    }
  };
  return (
    <Dialog
      open={open}
      onClose={onClose}
      title="Save this view"
      note="Filters, search and sort by name: in this menu, in Python and on the command line."
      actions={
        <Button kind="primary" disabled={!name.trim()} onClick={() => void save()}>
          Save
        </Button>
      }
    >
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (name.trim()) void save();
        }}
      >
        <Input label="Name" value={name} problem={problem} maxLength={60} autoFocus onChange={(event) => setName(event.target.value)} />
      </form>
    </Dialog>
  );
}
