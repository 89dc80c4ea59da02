import { useRef, useState, type KeyboardEvent, type PointerEvent } from "react";
import { count, measure } from "@/lib/format";
import { cx } from "@/ui";
import { droppedZones, endsOf, nudgeOf, placeOf, stepped, valueAt, withEnd } from "./threshold";
import type { Handle, RuleHistogram } from "./types";

interface Props {
  histogram: RuleHistogram;
  kind: "keep" | "drop" | "select";
  name: string;
  height: number;
  /** Begins the ids of the sliders, so that the focus can come back to one. */
  anchor: string;
  onMove: (handle: Handle, value: number | [number, number], done: boolean) => void;
}

interface Held {
  id: number;
  value: number | [number, number];
  until: RuleHistogram | null;
}

const W = 240;
const STEPS: Record<string, number> = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1, PageDown: -10, PageUp: 10 };

/** All rows in grey, those that come this far in the accent; what the rule drops is veiled. */
export function Plot({ histogram, kind, name, height, anchor, onMove }: Props) {
  const box = useRef<HTMLDivElement>(null);
  const [held, setHeld] = useState<Held | null>(null);
  // Let go, a handle stays where it is until the counts that belong to it are there.
  if (held?.until && held.until !== histogram) setHeld(null);
  const { edges, all, alive } = histogram;
  const top = Math.sqrt(Math.max(1, ...all));
  const shown = histogram.handles.map((handle) => (held?.id === handle.id ? { ...handle, value: held.value } : handle));
  const at = (event: PointerEvent, handle: Handle, end: number) => {
    const area = box.current?.getBoundingClientRect();
    return valueAt(histogram, area && area.width > 0 ? (event.clientX - area.left) / area.width : 0) - nudgeOf(histogram, handle, end);
  };
  const move = (handle: Handle, end: number, value: number, done: boolean) => {
    const next = withEnd(handle, end, value);
    setHeld({ id: handle.id, value: next, until: done ? histogram : null });
    onMove(handle, next, done);
  };
  return (
    <div className="select-none">
      <div ref={box} className="relative" style={{ height }}>
        <svg viewBox={`0 0 ${W} ${height}`} preserveAspectRatio="none" className="absolute inset-0 size-full" role="img" aria-label={`${histogram.subject}: ${measure(edges[0] ?? 0)} to ${measure(edges.at(-1) ?? 0)}`}>
          {/* Bars on whole pixels are sharp, and many times cheaper to draw than soft edges. */}
          <g shapeRendering="crispEdges">
            <path d={bars(all, top, height)} fill="var(--context)" />
            <path d={bars(alive, top, height)} fill="var(--accent)" />
          </g>
          <line x1="0" x2={W} y1={height - 0.5} y2={height - 0.5} stroke="var(--line-strong)" vectorEffect="non-scaling-stroke" />
        </svg>
        {shown.map((handle) =>
          droppedZones(histogram, kind, handle).map((zone) => (
            <div
              key={`${handle.id} ${zone.from === 0 ? "low" : "high"}`}
              className="pointer-events-none absolute inset-y-0 bg-[color-mix(in_srgb,var(--loss-soft)_78%,transparent)]"
              style={{ left: `${100 * zone.from}%`, width: `${100 * (zone.to - zone.from)}%` }}
            />
          )),
        )}
        {shown.map((handle) =>
          endsOf(handle).map((value, end) => (
            <Slider
              key={`${handle.id} ${end}`}
              id={`${anchor}-${handle.id}-${end}`}
              value={value}
              place={placeOf(histogram, value + nudgeOf(histogram, handle, end))}
              outside={value < (edges[0] ?? value) ? "below" : value > (edges.at(-1) ?? value) ? "above" : null}
              low={edges[0] ?? 0}
              high={edges.at(-1) ?? 1}
              label={`${name}: ${handle.subject} ${handle.side === "range" ? (end === 0 ? "at least" : "at most") : handle.op}`}
              onPull={(event, done) => move(handle, end, at(event, handle, end), done)}
              onStep={(steps) => move(handle, end, stepped(histogram, value, steps), true)}
              onEnd={(where) => move(handle, end, (where === "low" ? edges[0] : edges.at(-1)) ?? value, true)}
              onCancel={() => setHeld(null)}
            />
          )),
        )}
      </div>
      <div className="text-muted mt-0.5 flex h-4 justify-between text-xs">
        <span>{measure(edges[0] ?? 0)}</span>
        {histogram.nulls > 0 && <span>{count(histogram.nulls)} without a value</span>}
        <span>{measure(edges.at(-1) ?? 0)}</span>
      </div>
    </div>
  );
}

function bars(counts: readonly number[], top: number, height: number): string {
  const w = W / counts.length;
  return counts.map((n, i) => (n > 0 ? `M${i * w} ${height}V${height - Math.max(1.5, (Math.sqrt(n) / top) * (height - 2))}h${Math.max(0.5, w - 0.6)}V${height}z` : "")).join("");
}

interface SliderProps {
  id: string;
  value: number;
  place: number;
  outside: "below" | "above" | null;
  low: number;
  high: number;
  label: string;
  onPull: (event: PointerEvent, done: boolean) => void;
  onStep: (steps: number) => void;
  onEnd: (where: "low" | "high") => void;
  onCancel: () => void;
}

function Slider({ id, value, place, outside, low, high, label, onPull, onStep, onEnd, onCancel }: SliderProps) {
  const held = useRef(false);
  const moved = useRef(false);
  const onKey = (event: KeyboardEvent) => {
    const steps = STEPS[event.key];
    if (steps !== undefined) onStep(steps * (event.shiftKey ? 10 : 1));
    else if (event.key === "Home") onEnd("low");
    else if (event.key === "End") onEnd("high");
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <div
      id={id}
      role="slider"
      tabIndex={0}
      aria-label={label}
      aria-valuemin={Math.min(low, value)}
      aria-valuemax={Math.max(high, value)}
      aria-valuenow={value}
      aria-valuetext={measure(value)}
      className="group absolute -top-5 bottom-0 z-10 -ml-4 w-8 cursor-ew-resize touch-none rounded"
      style={{ left: `${100 * place}%` }}
      onPointerDown={(event) => {
        event.preventDefault();
        event.currentTarget.setPointerCapture(event.pointerId);
        event.currentTarget.focus();
        held.current = true;
        moved.current = false;
      }}
      onPointerMove={(event) => {
        if (!held.current) return;
        moved.current = true;
        onPull(event, false);
      }}
      onPointerUp={(event) => {
        if (held.current && moved.current) onPull(event, true);
        held.current = false;
      }}
      onPointerCancel={() => {
        held.current = false;
        onCancel();
      }}
      onKeyDown={onKey}
    >
      <div className="bg-text absolute top-5 bottom-0 left-1/2 w-0.5 -translate-x-1/2" />
      <div
        className={cx(
          "bg-text text-panel group-hover:bg-accent group-focus-visible:bg-accent absolute top-0 left-1/2 h-[18px] rounded-[4px] px-1.5 text-xs leading-[18px] font-semibold whitespace-nowrap",
          place < 0.08 ? "-translate-x-2" : place > 0.92 ? "-translate-x-[calc(100%-8px)]" : "-translate-x-1/2",
        )}
      >
        {outside === "below" ? "‹ " : ""}
        {exact(value)}
        {outside === "above" ? " ›" : ""}
      </div>
    </div>
  );
}

/** A threshold is shown as it is written, not rounded. */
function exact(value: number): string {
  return Math.abs(value) >= 1e6 ? measure(value) : value.toLocaleString("en-US", { maximumFractionDigits: 6 });
}
