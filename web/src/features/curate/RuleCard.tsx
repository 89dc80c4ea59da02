import { ArrowDown, ArrowUp, Ellipsis, GripVertical, PencilLine, TextCursorInput, Trash2 } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { count, plural, share } from "@/lib/format";
import { Badge, cx, IconButton, Menu, Skeleton, Switch } from "@/ui";
import type { Handle, RulePreview } from "./types";
import { Computing } from "./Computing";
import { formOf, nameOf, type DraftRule } from "./draft";
import type { EntryCounts } from "./funnel";
import { Plot } from "./Plot";
import { detailOf, FORM_WORDS, STATE_WORDS, titleOf, readable } from "./words";

export interface RuleActions {
  choose: (id: number, sub: number | null) => void;
  toggle: (id: number) => void;
  edit: (id: number) => void;
  rename: (id: number, name: string) => void;
  shift: (id: number, by: number) => void;
  place: (id: number, before: number) => void;
  remove: (id: number) => void;
  move: (id: number, sub: number, handle: Handle, value: number | [number, number], done: boolean) => void;
}

interface Props {
  rule: DraftRule;
  counts: EntryCounts | undefined;
  rowsIn: number | null;
  chosen: boolean;
  sub: number | null;
  /** Place of its first rule among all rules. */
  flat: number;
  actions: RuleActions;
  renaming: boolean;
  onRenaming: (on: boolean) => void;
}

/** One entry of the recipe: what it says, what it costs, and its thresholds. */
export function RuleCard({ rule, counts, rowsIn, chosen, sub, flat, actions, renaming, onRenaming }: Props) {
  const box = useRef<HTMLLIElement>(null);
  const [over, setOver] = useState(false);
  const { entry, off, id } = rule;
  const family = formOf(entry) === "use";
  const detail = detailOf(entry);
  const said = counts && STATE_WORDS[counts.state];
  useEffect(() => {
    if (chosen) box.current?.scrollIntoView({ block: "nearest" });
  }, [chosen]);
  return (
    <li
      ref={box}
      aria-current={chosen ? "true" : undefined}
      className={cx("bg-panel scroll-my-2 rounded border", chosen ? "border-accent" : "border-line", off && "opacity-60", over && "border-t-accent border-t-2")}
      onClick={() => !chosen && actions.choose(id, null)}
      onDragOver={(event) => {
        if (!event.dataTransfer.types.includes("assay/rule")) return;
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={(event) => {
        setOver(false);
        const moved = Number(event.dataTransfer.getData("assay/rule"));
        if (moved && moved !== id) actions.place(moved, id);
      }}
    >
      <div className="flex items-start gap-1 py-1 pr-1">
        <span
          draggable
          aria-hidden
          title="Drag to reorder (Alt ↑ and Alt ↓)"
          className="text-faint hover:text-text grid h-8 w-6 shrink-0 cursor-grab place-items-center"
          onDragStart={(event) => {
            event.dataTransfer.setData("assay/rule", String(id));
            event.dataTransfer.effectAllowed = "move";
          }}
        >
          <GripVertical size={15} />
        </span>
        <div className="min-w-0 flex-1 py-1">
          {renaming ? (
            <Rename entry={nameOf(entry) ?? ""} onDone={(name) => (onRenaming(false), name !== null && actions.rename(id, name))} />
          ) : (
            <button type="button" className="flex w-full min-w-0 items-baseline gap-2 text-left" onClick={() => actions.choose(id, null)}>
              <span className="text-muted shrink-0 text-xs">{FORM_WORDS[formOf(entry)]}</span>
              <span className="truncate text-sm font-semibold" title={titleOf(entry)}>
                {titleOf(entry)}
              </span>
            </button>
          )}
          {detail && (
            <p className="text-muted truncate font-mono text-xs" title={detail}>
              {detail}
            </p>
          )}
          {family && !chosen && counts && <p className="text-muted text-xs">{plural(counts.rules.length, "rule")}</p>}
        </div>
        <Cost counts={counts} rowsIn={rowsIn} off={off} />
        <span className="[&_label]:sr-only">
          <Switch label={`${titleOf(entry)} on`} checked={!off} onChange={() => actions.toggle(id)} />
        </span>
        <Menu
          align="end"
          trigger={<IconButton icon={Ellipsis} label={`More about ${titleOf(entry)}`} />}
          groups={[
            [
              { label: "Change", icon: PencilLine, keys: "enter", run: () => actions.edit(id) },
              { label: "Rename", icon: TextCursorInput, keys: "r", run: () => onRenaming(true) },
            ],
            [
              { label: "Move up", icon: ArrowUp, keys: "alt+arrowup", run: () => actions.shift(id, -1) },
              { label: "Move down", icon: ArrowDown, keys: "alt+arrowdown", run: () => actions.shift(id, 1) },
            ],
            [{ label: "Delete", icon: Trash2, keys: "d", tone: "loss", run: () => actions.remove(id) }],
          ]}
        />
      </div>
      {!off && (
        <div className="px-3 pb-2 pl-7">
          {said && (
            <p className="mb-1 flex flex-wrap items-center gap-2 text-xs">
              <Badge tone={said.tone}>{said.text}</Badge>
              <span className="text-muted">{said.why}</span>
            </p>
          )}
          {counts?.rules.map((one) => one.error && <Problem key={one.name} rule={one} />)}
          {counts && counts.state === "needs" && <Computing ops={[...new Set(counts.rules.flatMap((one) => one.needs ?? []))]} />}
          {!counts ? (
            <Skeleton className="h-12" />
          ) : family ? (
            <Members rules={counts.rules} flat={flat} id={id} chosen={chosen ? sub : null} open={chosen} rowsIn={rowsIn} actions={actions} />
          ) : (
            counts.rules.map((one, i) => <Judged key={i} rule={one} anchor={`threshold-${flat + i}`} tall={chosen} onMove={(handle, value, done) => actions.move(id, i, handle, value, done)} />)
          )}
        </div>
      )}
    </li>
  );
}

function Cost({ counts, rowsIn, off }: { counts: EntryCounts | undefined; rowsIn: number | null; off: boolean }) {
  if (off) return <span className="text-muted self-center px-1 text-xs">off</span>;
  if (!counts || rowsIn === null) return <Skeleton className="mt-2 h-4 w-16" />;
  return (
    <span className="shrink-0 py-1 pr-1 text-right text-sm leading-4">
      <span className={cx("block font-semibold", counts.dropped > 0 ? "text-loss" : "text-muted")}>{counts.dropped > 0 ? `−${count(counts.dropped)}` : "drops none"}</span>
      {counts.dropped > 0 && <span className="text-muted block text-xs">{share(counts.dropped, rowsIn)}</span>}
    </span>
  );
}

/** The threshold of one rule, and how many rows it decides about. */
function Judged({ rule, anchor, tall, onMove }: { rule: RulePreview; anchor: string; tall: boolean; onMove: (handle: Handle, value: number | [number, number], done: boolean) => void }) {
  return (
    <>
      {rule.histogram && (
        <div className="pt-5">
          <Plot histogram={rule.histogram} kind={rule.kind} name={rule.name} height={tall ? 72 : 40} anchor={anchor} onMove={onMove} />
        </div>
      )}
      <p className="text-muted text-xs">
        {count(rule.failing)} fail{rule.failing === 1 ? "s" : ""} it
        {rule.failing > 0 && <>, {rule.only === rule.failing ? "all of them" : count(rule.only)} by this rule alone</>}
      </p>
    </>
  );
}

interface MembersProps {
  rules: readonly RulePreview[];
  flat: number;
  id: number;
  chosen: number | null;
  open: boolean;
  rowsIn: number | null;
  actions: RuleActions;
}

/** The rules of a family, each to be opened. */
function Members({ rules, flat, id, chosen, open, rowsIn, actions }: MembersProps) {
  if (!open) return null;
  return (
    <ul className="mt-1">
      {rules.map((rule, i) => (
        <li key={i} className="border-line border-t first:border-0">
          <button type="button" aria-expanded={chosen === i} className="hover:bg-hover flex min-h-(--target) w-full items-center justify-between gap-3 rounded-[4px] px-1 text-left text-sm" onClick={() => actions.choose(id, chosen === i ? null : i)}>
            <span className="truncate">{rule.name}</span>
            <span className={cx("shrink-0 text-xs", rule.dropped > 0 ? "text-loss" : "text-muted")}>{rule.dropped > 0 && rowsIn !== null ? `−${count(rule.dropped)}` : "–"}</span>
          </button>
          {chosen === i && (
            <div className="px-1 pb-2">
              <p className="text-muted font-mono text-xs wrap-anywhere">{readable(rule.text)}</p>
              <Judged rule={rule} anchor={`threshold-${flat + i}`} tall onMove={(handle, value, done) => actions.move(id, i, handle, value, done)} />
            </div>
          )}
        </li>
      ))}
    </ul>
  );
}

function Problem({ rule }: { rule: RulePreview }) {
  return (
    <p role="alert" className="text-loss mb-1 text-xs">
      {rule.error?.what} {rule.error?.remedy && `What to do: ${rule.error.remedy}`}
    </p>
  );
}

function Rename({ entry, onDone }: { entry: string; onDone: (name: string | null) => void }) {
  const [name, setName] = useState(entry);
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        onDone(name);
      }}
    >
      <input
        aria-label="Name of the rule"
        autoFocus
        value={name}
        maxLength={120}
        placeholder="called after what it says"
        onFocus={(event) => event.target.select()}
        onChange={(event) => setName(event.target.value)}
        onBlur={() => onDone(name)}
        onKeyDown={(event) => event.key === "Escape" && (event.stopPropagation(), onDone(null))}
        className="border-line-strong bg-panel h-7 w-full rounded border px-2 text-sm font-semibold"
      />
    </form>
  );
}
