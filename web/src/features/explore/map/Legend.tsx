import { useState } from "react";
import { brief, measure } from "@/lib/format";
import { conditionOn, useView, view, type Scalar } from "@/lib/view";
import { cx } from "@/ui";
import type { Legend as Facts } from "../types";
import { Rename } from "./Rename";

/** What the colors mean; a click on a value shows only its rows. */
export function Legend({ facts, onRename }: { facts: Facts; onRename?: (was: string, name: string) => void }) {
  const [edited, setEdited] = useState<number | null>(null);
  const filters = useView((now) => now.filters);
  const condition = conditionOn(filters, facts.column);
  const chosen: readonly Scalar[] = condition?.op === "in" && Array.isArray(condition.value) ? condition.value as readonly Scalar[] : [];
  const entries = facts.entries ?? [];
  const choose = (value: Scalar) => {
    const next = chosen.includes(value) ? chosen.filter((other) => other !== value) : [...chosen, value];
    view.replaceFilter(condition, next.length > 0 ? { column: facts.column, op: "in", value: next } : null);
  };
  const onOther = condition?.op === "not in";
  const onMissing = condition?.op === "is null";
  const format = facts.kind === "date" ? (value: number) => new Date(value).toISOString().slice(0, 10) : measure;
  return (
    <div className="bg-panel/90 border-line pointer-events-auto max-h-full w-48 overflow-y-auto rounded border py-1 text-xs" role="group" aria-label={`Colors: ${facts.label}`}>
      {facts.kind !== "category" && facts.min !== null && facts.max !== null && (
        <div className="px-2 py-1">
          <div aria-hidden className="h-2.5 rounded-[3px] bg-[linear-gradient(to_right,var(--seq-3),var(--seq-4),var(--seq-5),var(--seq-6),var(--seq-7))]" />
          <div className="text-muted mt-1 flex justify-between">
            <span>{format(facts.min)}</span>
            {facts.scale === "log" && <span className="text-faint">log</span>}
            <span>{format(facts.max)}</span>
          </div>
        </div>
      )}
      {entries.map((entry) => edited === entry.code ? (
        <div key={entry.code} className="flex min-h-6 items-center px-1 pointer-coarse:min-h-11">
          <Rename
            name={name(entry.value)}
            className="w-full"
            onDone={(next) => {
              setEdited(null);
              if (next !== null) onRename?.(String(entry.value), next);
            }}
          />
        </div>
      ) : (
        <Line
          key={entry.code}
          color={`var(--cat-${entry.code + 1})`}
          text={name(entry.value)}
          rows={entry.rows}
          on={chosen.includes(entry.value)}
          onClick={() => choose(entry.value)}
          onRename={onRename && (() => setEdited(entry.code))}
        />
      ))}
      {facts.other && (
        <Line
          color="var(--cat-other)"
          text={`${brief(facts.other.distinct)} others`}
          rows={facts.other.rows}
          on={onOther}
          onClick={() => view.replaceFilter(condition, onOther ? null : { column: facts.column, op: "not in", value: entries.map((entry) => entry.value) })}
        />
      )}
      {facts.missing.rows > 0 && (
        <Line color="var(--context)" text="no value" rows={facts.missing.rows} on={onMissing} onClick={() => view.replaceFilter(condition, onMissing ? null : { column: facts.column, op: "is null" })} />
      )}
    </div>
  );
}

function name(value: string | boolean): string {
  if (value === "") return "(empty)";
  return value === true ? "yes" : value === false ? "no" : value;
}

function Line({ color, text, rows, on, onClick, onRename }: { color: string; text: string; rows: number; on: boolean; onClick: () => void; onRename?: () => void }) {
  return (
    <button
      type="button"
      aria-pressed={on}
      aria-keyshortcuts={onRename && "F2"}
      onClick={onClick}
      onDoubleClick={onRename}
      onKeyDown={(event) => {
        if (event.key !== "F2" || !onRename) return;
        event.preventDefault();
        onRename();
      }}
      className="hover:bg-hover flex min-h-6 w-full items-center gap-2 px-2 pointer-coarse:min-h-11"
    >
      <span aria-hidden className="size-2.5 shrink-0 rounded-full" style={{ background: color }} />
      <span dir="auto" title={onRename ? `${text}: F2 or a double click renames` : text} className={cx("min-w-0 flex-1 truncate text-left", on && "text-accent font-semibold")}>
        {text}
      </span>
      <span className="text-muted">{brief(rows)}</span>
    </button>
  );
}
