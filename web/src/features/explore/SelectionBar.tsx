import { CircleMinus, Download, Filter as FilterIcon, PenLine, Sparkles, Tag, Trash2, X } from "lucide-react";
import { useId, useState, type Ref } from "react";
import { useDataset } from "@/api";
import { plural } from "@/lib/format";
import { Button, cx, Dialog, IconButton, Input, Kbd, Menu } from "@/ui";
import { tagProblem } from "./tags";

export type Format = (typeof FORMATS)[number]["name"];
export const FORMATS = [
  { name: "jsonl", label: "JSONL" },
  { name: "csv", label: "CSV" },
  { name: "parquet", label: "Parquet" },
] as const;

interface Props {
  count: number | null;
  stale: boolean;
  onTag: (tag: string) => void;
  onLabel: () => void;
  onFilter: () => void;
  onExample: (side: "like" | "unlike") => void;
  onDownload: (format: Format) => void;
  onDrop?: () => void;
  onClear: () => void;
  tagging: boolean;
  onTagging: (open: boolean) => void;
  ref: Ref<HTMLDivElement>;
}

/** What can be done with the selected rows. */
export function SelectionBar({ count, stale, onLabel, onFilter, onExample, onDownload, onDrop, onClear, onTagging, ref, ...rest }: Props) {
  return (
    <div ref={ref} role="toolbar" aria-label="Selected rows" className="bg-panel border-line shadow-float absolute bottom-3 left-3 z-30 flex max-w-[calc(100%-24px)] items-center gap-1 rounded border p-1 pl-3 text-sm max-md:bottom-20 max-sm:right-3 max-sm:flex-wrap max-sm:justify-between max-sm:gap-0">
      <span aria-live="polite" className={cx("mr-2 font-semibold whitespace-nowrap max-sm:w-full max-sm:py-1", stale && "stale")}>
        {count === null ? "…" : `${plural(count, "row")} selected`}
      </span>
      <Button kind="quiet" icon={Tag} keys="t" onClick={() => onTagging(true)}>
        <span className="max-sm:sr-only">Tag…</span>
      </Button>
      <Button kind="quiet" icon={PenLine} keys="shift+l" onClick={onLabel}>
        <span className="max-sm:sr-only">Label…</span>
      </Button>
      <Button kind="quiet" icon={FilterIcon} onClick={onFilter}>
        <span className="max-sm:sr-only">Filter to these</span>
      </Button>
      <IconButton icon={Sparkles} label="More like these" onClick={() => onExample("like")} />
      <IconButton icon={CircleMinus} label="Less like these" onClick={() => onExample("unlike")} />
      <Menu title="Download these rows" trigger={<IconButton icon={Download} label="Download these rows" />} groups={[FORMATS.map(({ name, label }) => ({ label, run: () => onDownload(name) }))]} />
      {onDrop && <IconButton icon={Trash2} label="Drop these in Curate" onClick={onDrop} />}
      <Button kind="quiet" icon={X} keys="escape" onClick={onClear}>
        <span className="max-sm:sr-only">Clear</span>
      </Button>
      <TagDialog count={count ?? 0} onTagging={onTagging} {...rest} />
    </div>
  );
}

function TagDialog({ count, onTag, tagging, onTagging }: { count: number; onTag: (tag: string) => void; tagging: boolean; onTagging: (open: boolean) => void }) {
  const known = useDataset().data?.tags ?? [];
  const [name, setName] = useState("");
  const [problem, setProblem] = useState<string>();
  const list = useId();
  const put = (tag: string) => {
    const wrong = tagProblem(tag);
    setProblem(wrong);
    if (wrong) return;
    onTag(tag.trim());
    setName("");
    onTagging(false);
  };
  return (
    <Dialog open={tagging} onClose={() => onTagging(false)} title={`Tag ${plural(count, "row")}`} note="Tags are kept with the data: filter by them here, in Python and on the command line (tag:NAME).">
      <form
        className="flex items-start gap-2"
        onSubmit={(event) => {
          event.preventDefault();
          put(name);
        }}
      >
        <div className="flex-1">
          <Input
            aria-label="Name of the tag"
            placeholder="Name of the tag"
            autoFocus
            list={list}
            maxLength={60}
            value={name}
            problem={problem}
            onChange={(event) => {
              setName(event.target.value);
              setProblem(undefined);
            }}
          />
          <datalist id={list}>
            {known.map((tag) => (
              <option key={tag.name} value={tag.name} />
            ))}
          </datalist>
        </div>
        <Button kind="primary" type="submit">
          Tag
        </Button>
      </form>
      {known.length > 0 && (
        <ul aria-label="Tags in use" className="mt-3 flex flex-wrap gap-1.5">
          {known.slice(0, 30).map((tag, i) => (
            <li key={tag.name}>
              <Button onClick={() => put(tag.name)}>
                {tag.name}
                {i < 9 && <Kbd keys={String(i + 1)} />}
              </Button>
            </li>
          ))}
        </ul>
      )}
    </Dialog>
  );
}
