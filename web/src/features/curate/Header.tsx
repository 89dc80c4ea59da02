import { FileCode2, GitBranchPlus, Redo2, RotateCcw, Undo2 } from "lucide-react";
import { useState } from "react";
import { brief, count, plural, share } from "@/lib/format";
import { splitDataset } from "@/lib/view";
import { Button, cx, IconButton } from "@/ui";
import { nameProblem, type Draft } from "./draft";
import { draft as store, useDraftSteps } from "./store";
import type { Preview } from "./types";

interface Props {
  draft: Draft;
  preview: Preview | undefined;
  stale: boolean;
  yaml: boolean;
  onYaml: () => void;
  onAnew: () => void;
  onMake: () => void;
}

/** What version is being made, what it keeps, and the button that makes it. */
export function Header({ draft, preview, stale, yaml, onYaml, onAnew, onMake }: Props) {
  const steps = useDraftSteps();
  return (
    <header className="hairline-b bg-panel flex flex-wrap items-center gap-x-4 gap-y-1 px-4 py-2">
      <h1 className="sr-only">Curate</h1>
      <Name draft={draft} />
      <p aria-live="polite" className={cx("min-w-52 flex-1 text-sm", stale && "stale")}>
        {preview ? (
          <>
            keeps <b className="font-semibold">{count(preview.kept)}</b> <span className="text-muted">of {plural(preview.rows_in, "row")}</span>
            {preview.rows_in > 0 && ` (${share(preview.kept, preview.rows_in)})`}
            {preview.tokens_in !== null && preview.tokens_kept !== null && (
              <span className="text-muted">
                , <span className="text-text">{brief(preview.tokens_kept)}</span> of {brief(preview.tokens_in)} tokens
              </span>
            )}
            {!preview.exact && <span className="text-doubt"> so far</span>}
          </>
        ) : (
          <span className="text-muted">counting…</span>
        )}
      </p>
      <div className="flex items-center gap-1">
        <IconButton icon={Undo2} label="Undo" keys="mod+z" disabled={!steps.undo} onClick={() => store.undo()} />
        <IconButton icon={Redo2} label="Redo" keys="mod+shift+z" disabled={!steps.redo} onClick={() => store.redo()} />
        <IconButton icon={RotateCcw} label="Start again from the newest version" onClick={onAnew} />
        <IconButton icon={FileCode2} label={yaml ? "Hide the YAML" : "Show the YAML"} keys="y" active={yaml} onClick={onYaml} />
        <Button kind="primary" icon={GitBranchPlus} keys="m" disabled={!preview || nameProblem(draft.name) !== null || preview.rules.length === 0} onClick={onMake}>
          Make version
        </Button>
      </div>
    </header>
  );
}

function Name({ draft }: { draft: Draft }) {
  const [typed, setTyped] = useState<string | null>(null);
  const problem = nameProblem(typed ?? draft.name);
  const done = () => {
    if (typed !== null && problem === null && typed !== draft.name) store.edit((now) => ({ ...now, name: typed }));
    setTyped(null);
  };
  return (
    <div className="flex items-center text-sm">
      <span className="text-muted">{splitDataset(draft.input).name}@</span>
      <input
        aria-label="Name of the version"
        aria-invalid={problem ? true : undefined}
        title={problem ?? "Name of the version"}
        value={typed ?? draft.name}
        size={Math.max(6, (typed ?? draft.name).length)}
        maxLength={60}
        spellCheck={false}
        className="hover:border-line-strong focus:border-line-strong aria-invalid:border-loss h-8 rounded border border-transparent bg-transparent px-0.5 font-semibold"
        onChange={(event) => setTyped(event.target.value)}
        onBlur={done}
        onKeyDown={(event) => {
          if (event.key === "Enter") event.currentTarget.blur();
          if (event.key === "Escape") setTyped(null);
        }}
      />
      {draft.input.includes("@") && <span className="text-muted">from {draft.input}</span>}
    </div>
  );
}
