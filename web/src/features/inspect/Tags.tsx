import { Tag } from "lucide-react";
import { useId, useRef, useState } from "react";
import { failureOf, queries, useDataset } from "@/api";
import { useKeys } from "@/lib/keys";
import { Button, Chip, toast } from "@/ui";
import { tagRow, undoTag } from "./data";
import type { RowDetail } from "./types";

const DIGITS = 9;

/** The row's tags; 1 to 9 put a tag of the dataset on it or take it off. */
export function Tags({ row }: { row: RowDetail }) {
  const known = useDataset().data?.tags.map((tag) => tag.name) ?? [];
  const [adding, setAdding] = useState(false);
  const [name, setName] = useState("");
  const list = useId();
  const adder = useRef<HTMLButtonElement>(null);
  const dataset = row.dataset.split("@")[0] ?? row.dataset;

  const refresh = () => void queries.invalidateQueries({ queryKey: ["about", dataset] });
  const change = async (tag: string, action: "add" | "remove") => {
    try {
      const { event } = await tagRow(dataset, row.id, tag, action);
      refresh();
      const undo = () => void undoTag(dataset, event).then(refresh, (error: unknown) => toast.error(failureOf(error).message));
      toast(action === "add" ? `Tagged “${tag}”` : `Took off “${tag}”`, { undo });
    } catch (error) {
      toast.error(failureOf(error).message);
    }
  };
  const toggle = (tag: string) => void change(tag, row.tags.includes(tag) ? "remove" : "add");
  const close = () => {
    setAdding(false);
    setName("");
    adder.current?.focus();
  };

  useKeys("Inspect", [
    { keys: "t", label: "Tag this row", run: () => setAdding(true) },
    ...known.slice(0, DIGITS).map((tag, i) => ({ keys: String(i + 1), label: `Tag “${tag}” on or off`, run: () => toggle(tag) })),
  ]);
  return (
    <div className="flex flex-wrap items-center gap-1.5" aria-label="Tags" role="group">
      {row.tags.map((tag) => (
        <Chip key={tag} icon={Tag} removeLabel={`Take off ${tag}`} onRemove={() => void change(tag, "remove")}>
          {tag}
        </Chip>
      ))}
      {adding ? (
        <form
          className="contents"
          onSubmit={(event) => {
            event.preventDefault();
            if (name.trim()) void change(name.trim(), "add");
            close();
          }}
        >
          <input
            aria-label="Name of the tag"
            autoFocus
            value={name}
            list={list}
            maxLength={60}
            placeholder="Tag…"
            onChange={(event) => setName(event.target.value)}
            onBlur={close}
            onKeyDown={(event) => event.key === "Escape" && (event.stopPropagation(), close())}
            className="border-line-strong bg-panel h-7 w-36 rounded border px-2 text-xs"
          />
          <datalist id={list}>
            {known.map((tag) => (
              <option key={tag} value={tag} />
            ))}
          </datalist>
        </form>
      ) : (
        <Button ref={adder} kind="quiet" icon={Tag} keys="t" className={row.tags.length === 0 ? "-ml-3" : undefined} onClick={() => setAdding(true)}>
          Add a tag
        </Button>
      )}
    </div>
  );
}
