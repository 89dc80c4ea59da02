import { Fragment, useEffect, useRef, useState, useSyncExternalStore, type ReactNode } from "react";
import { remember, remembered } from "@/lib/storage";
import { cx } from "./cx";

export interface Pane {
  id: string;
  label: string;
  content: ReactNode;
  /** Share of the width (or height) at first, of all shares together. */
  size: number;
  /** Pixels below which it is not squeezed. */
  min?: number;
  /** Can be shut with a double click on its divider, and with Enter on it. */
  collapsible?: boolean;
}

const narrow = typeof matchMedia === "function" ? matchMedia("(max-width: 767px)") : null;

/** Whether panes are stacked: a phone, or a narrow window. */
export function useNarrow(): boolean {
  return useSyncExternalStore(
    (listener) => {
      narrow?.addEventListener("change", listener);
      return () => narrow?.removeEventListener("change", listener);
    },
    () => narrow?.matches ?? false,
  );
}

/**
 * Panes side by side (or one above the other) with dividers that drag, answer to arrow keys and
 * remember where they were under `name`. On a phone: one pane at a time, with tabs above.
 */
export function ResizablePanes({ name, panes, vertical = false }: { name: string; panes: readonly Pane[]; vertical?: boolean }) {
  const isNarrow = useNarrow();
  const [front, setFront] = useState<string | undefined>();
  if (isNarrow && !vertical && panes.length > 1) {
    const shown = panes.find((pane) => pane.id === front) ?? panes[0];
    return (
      <div className="flex h-full min-h-0 flex-col">
        <div role="tablist" aria-label="Panes" className="hairline-b bg-panel flex">
          {panes.map((pane) => (
            <button
              key={pane.id}
              role="tab"
              type="button"
              aria-selected={pane === shown}
              onClick={() => setFront(pane.id)}
              className={cx("-mb-px min-h-11 flex-1 border-b-2 text-sm font-medium", pane === shown ? "border-accent" : "text-muted border-transparent")}
            >
              {pane.label}
            </button>
          ))}
        </div>
        <div className="min-h-0 flex-1 overflow-auto">{shown?.content}</div>
      </div>
    );
  }
  return <Row name={name} panes={panes} vertical={vertical} />;
}

function Row({ name, panes, vertical }: { name: string; panes: readonly Pane[]; vertical: boolean }) {
  const box = useRef<HTMLDivElement>(null);
  const [sizes, setSizes] = useState<Record<string, number>>(() => recall(name));
  useEffect(() => remember(`panes.${name}`, JSON.stringify(sizes)), [name, sizes]);
  const size = (pane: Pane) => sizes[pane.id] ?? pane.size;

  const shift = (i: number, delta: number) => {
    const before = panes[i];
    const after = panes[i + 1];
    const extent = vertical ? box.current?.clientHeight : box.current?.clientWidth;
    if (!before || !after || !extent) return;
    const total = panes.reduce((sum, pane) => sum + size(pane), 0);
    const unit = total / extent;
    const both = size(before) + size(after);
    const low = (before.min ?? 160) * unit;
    const high = both - (after.min ?? 160) * unit;
    const next = Math.max(low, Math.min(high, size(before) + delta * unit));
    if (high > low) setSizes((old) => ({ ...old, [before.id]: next, [after.id]: both - next }));
  };
  const toggle = (i: number) => {
    const pane = [panes[i + 1], panes[i]].find((p) => p?.collapsible);
    if (pane) setSizes((old) => ({ ...old, [pane.id]: size(pane) === 0 ? pane.size : 0 }));
  };

  return (
    <div ref={box} className={cx("flex h-full min-h-0 min-w-0", vertical && "flex-col")}>
      {panes.map((pane, i) => (
        <Fragment key={pane.id}>
          {i > 0 && <Divider vertical={vertical} label={`Resize ${panes[i - 1]?.label} and ${pane.label}`} onShift={(d) => shift(i - 1, d)} onToggle={() => toggle(i - 1)} />}
          <section
            aria-label={pane.label}
            style={{ flex: `${size(pane)} 1 0` }}
            className={cx("relative min-h-0 min-w-0 overflow-auto", size(pane) === 0 && "hidden")}
          >
            {pane.content}
          </section>
        </Fragment>
      ))}
    </div>
  );
}

function Divider({ vertical, label, onShift, onToggle }: { vertical: boolean; label: string; onShift: (pixels: number) => void; onToggle: () => void }) {
  const last = useRef<number | null>(null);
  const at = (event: { clientX: number; clientY: number }) => (vertical ? event.clientY : event.clientX);
  return (
    <div
      role="separator"
      tabIndex={0}
      aria-label={label}
      aria-orientation={vertical ? "horizontal" : "vertical"}
      aria-valuenow={50}
      className={cx(
        "group relative z-10 shrink-0 touch-none select-none",
        vertical ? "h-px cursor-row-resize before:-inset-y-1.5 before:inset-x-0" : "w-px cursor-col-resize before:inset-y-0 before:-inset-x-1.5",
        "bg-line hover:bg-accent focus-visible:bg-accent before:absolute",
      )}
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId);
        last.current = at(event);
      }}
      onPointerMove={(event) => {
        if (last.current === null) return;
        onShift(at(event) - last.current);
        last.current = at(event);
      }}
      onPointerUp={() => (last.current = null)}
      onPointerCancel={() => (last.current = null)}
      onDoubleClick={onToggle}
      onKeyDown={(event) => {
        const less = vertical ? "ArrowUp" : "ArrowLeft";
        const more = vertical ? "ArrowDown" : "ArrowRight";
        if (event.key === less) onShift(-24);
        else if (event.key === more) onShift(24);
        else if (event.key === "Enter") onToggle();
        else return;
        event.preventDefault();
      }}
    />
  );
}

function recall(name: string): Record<string, number> {
  try {
    const kept: unknown = JSON.parse(remembered(`panes.${name}`) ?? "{}");
    if (typeof kept !== "object" || kept === null) return {};
    return Object.fromEntries(
      Object.entries(kept).filter((entry): entry is [string, number] => Number.isFinite(entry[1]) && Number(entry[1]) >= 0),
    );
  } catch {
    return {};
  }
}
