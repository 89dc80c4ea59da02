import { useEffect, useRef, useState, type KeyboardEvent, type PointerEvent } from "react";
import { measure } from "@/lib/format";
import { cx } from "./cx";

export interface HistogramData {
  /** b + 1 ascending numbers; bins are drawn equally wide. */
  edges: readonly number[];
  all: readonly number[];
  /** The part in view; drawn over `all`. */
  view?: readonly number[];
}

interface Props {
  data: HistogramData;
  label: string;
  height?: number;
  /** The range chosen, and what happens when a drag ends (null: nothing chosen). */
  brush?: readonly [number, number] | null;
  onBrush?: (range: [number, number] | null) => void;
  /** A line that can be dragged, and which side of it is kept. */
  threshold?: number | null;
  keeps?: "above" | "below";
  onThreshold?: (value: number, done: boolean) => void;
  format?: (value: number) => string;
  /** The least and the greatest value, written below; the edges of bins lie around them. */
  extent?: readonly [number, number];
  /** Draw no numbers below. */
  bare?: boolean;
}

const W = 240;
const KEY_STEPS: Record<string, number> = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1, PageDown: -10, PageUp: 10 };
const KEYS_REST_MS = 300;

/** All rows in grey, those in view in the accent; drag (or move its ends by key) to choose a range, or drag the threshold. */
export function Histogram({ data, label, height = 56, brush = null, onBrush, threshold = null, keeps = "above", onThreshold, format = measure, extent, bare }: Props) {
  const box = useRef<HTMLDivElement>(null);
  const [drag, setDrag] = useState<[number, number] | null>(null);
  const [hover, setHover] = useState<number | null>(null);
  const { edges, all } = data;
  const bins = all.length;
  const view = data.view ?? all;
  // Few bins of a heavy tail would flatten all others: heights follow the square root.
  const top = Math.sqrt(Math.max(1, ...all));
  const low = edges[0] ?? 0;
  const high = edges[bins] ?? 1;
  const [least, greatest] = extent ?? [low, high];
  const [keyed, setKeyed] = useState<readonly [number, number] | null>(null);
  const shown = drag ?? keyed ?? brush;

  // Keys come in runs: the range is chosen once they rest.
  const choose = useRef(onBrush);
  useEffect(() => {
    choose.current = onBrush;
  });
  useEffect(() => {
    if (keyed === null) return;
    const timer = setTimeout(() => {
      setKeyed(null);
      choose.current?.(keyed[0] <= low && keyed[1] >= high ? null : [keyed[0], keyed[1]]);
    }, KEYS_REST_MS);
    return () => clearTimeout(timer);
  }, [keyed, low, high]);

  const value = (event: PointerEvent): number => {
    const area = box.current?.getBoundingClientRect();
    if (!area) return low;
    const part = Math.max(0, Math.min(1, (event.clientX - area.left) / area.width)) * bins;
    const i = Math.min(bins - 1, Math.floor(part));
    return lerp(edges[i] ?? low, edges[i + 1] ?? high, part - i);
  };
  const place = (v: number): number => {
    if (v <= low) return 0;
    if (v >= high) return 100;
    let i = 0;
    while (i < bins - 1 && (edges[i + 1] ?? high) <= v) i++;
    const from = edges[i] ?? low;
    const to = edges[i + 1] ?? high;
    return (100 * (i + (to > from ? (v - from) / (to - from) : 0))) / bins;
  };
  const snap = ([a, b]: [number, number]): [number, number] => {
    const [from, to] = a < b ? [a, b] : [b, a];
    return [edges.findLast((edge) => edge <= from) ?? low, edges.find((edge) => edge >= to) ?? high];
  };

  return (
    <div className="select-none">
      <div
        ref={box}
        className={cx("relative touch-none", onBrush && "cursor-crosshair")}
        style={{ height }}
        onPointerDown={(event) => {
          if (!onBrush) return;
          event.currentTarget.setPointerCapture(event.pointerId);
          const at = value(event);
          setDrag([at, at]);
        }}
        onPointerMove={(event) => {
          const at = value(event);
          setHover(at);
          if (drag) setDrag([drag[0], at]);
        }}
        onPointerLeave={() => setHover(null)}
        onPointerUp={() => {
          if (!drag) return;
          setDrag(null);
          onBrush?.(Math.abs(place(drag[0]) - place(drag[1])) < 1 ? null : snap(drag));
        }}
        onPointerCancel={() => setDrag(null)}
      >
        <svg viewBox={`0 0 ${W} ${height}`} preserveAspectRatio="none" className="absolute inset-0 size-full" role="img" aria-label={`${label}: ${format(least)} to ${format(greatest)}`}>
          <Steps counts={all} top={top} height={height} fill="var(--context)" />
          <Steps counts={view} top={top} height={height} fill="var(--accent)" />
          <line x1="0" x2={W} y1={height - 0.5} y2={height - 0.5} stroke="var(--line-strong)" vectorEffect="non-scaling-stroke" />
        </svg>
        {shown && (
          <>
            <Veil from={0} to={place(Math.min(...shown))} />
            <Veil from={place(Math.max(...shown))} to={100} />
          </>
        )}
        {onBrush &&
          ([0, 1] as const).map((end) => (
            <End key={end} end={end} edges={edges} range={shown ? [Math.min(...shown), Math.max(...shown)] : [low, high]} place={place} label={label} format={format} onChange={setKeyed} />
          ))}
        {threshold !== null && (
          <>
            {keeps === "above" ? <Veil from={0} to={place(threshold)} /> : <Veil from={place(threshold)} to={100} />}
            <Handle value={threshold} at={place(threshold)} low={low} high={high} label={label} format={format} onChange={onThreshold} read={value} />
          </>
        )}
      </div>
      {!bare && (
        <div className="text-muted mt-0.5 flex h-4 justify-between text-xs">
          <span>{shown ? format(Math.min(...shown)) : format(least)}</span>
          <span className="text-text">{hover !== null && !drag ? binText(data, hover, format) : ""}</span>
          <span>{shown ? format(Math.max(...shown)) : format(greatest)}</span>
        </div>
      )}
    </div>
  );
}

function Steps({ counts, top, height, fill }: { counts: readonly number[]; top: number; height: number; fill: string }) {
  const w = W / counts.length;
  const path = counts.map((n, i) => (n > 0 ? `M${i * w} ${height}V${height - Math.max(1.5, (Math.sqrt(n) / top) * (height - 2))}h${w}V${height}z` : "")).join("");
  // Bars on whole pixels are sharp, and many times cheaper to draw than soft edges. They touch: a gap
  // of less than a pixel would come and go from bar to bar.
  return <path d={path} fill={fill} shapeRendering="crispEdges" />;
}

function Veil({ from, to }: { from: number; to: number }) {
  return <div className="pointer-events-none absolute inset-y-0 bg-[color-mix(in_srgb,var(--panel)_72%,transparent)]" style={{ left: `${from}%`, width: `${Math.max(0, to - from)}%` }} />;
}

interface EndProps {
  /** 0: the low end, 1: the high one. */
  end: 0 | 1;
  edges: readonly number[];
  range: readonly [number, number];
  place: (value: number) => number;
  label: string;
  format: (value: number) => string;
  onChange: (range: readonly [number, number]) => void;
}

/** An end of the range, moved from bin to bin by key; seen only while it has the focus. */
function End({ end, edges, range, place, label, format, onChange }: EndProps) {
  const last = edges.length - 1;
  const at = [Math.max(0, edges.findLastIndex((edge) => edge <= range[0])), edges.findIndex((edge) => edge >= range[1])] as const;
  const [from, to] = [at[0], at[1] < 0 ? last : at[1]];
  const [least, most] = end === 0 ? [0, to - 1] : [from + 1, last];
  const onKey = (event: KeyboardEvent) => {
    const steps = event.key === "Home" ? -last : event.key === "End" ? last : KEY_STEPS[event.key];
    if (steps === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    const next = Math.max(least, Math.min(most, (end === 0 ? from : to) + steps));
    const [a, b] = end === 0 ? [edges[next], edges[to]] : [edges[from], edges[next]];
    if (a !== undefined && b !== undefined) onChange([a, b]);
  };
  return (
    <div
      role="slider"
      tabIndex={0}
      aria-label={`${label} ${end === 0 ? "from" : "to"}`}
      aria-valuemin={edges[0] ?? 0}
      aria-valuemax={edges[last] ?? 1}
      aria-valuenow={range[end]}
      aria-valuetext={format(range[end])}
      className="bg-accent pointer-events-none absolute inset-y-0 w-1 -translate-x-1/2 rounded opacity-0 focus-visible:opacity-100"
      style={{ left: `${place(range[end])}%` }}
      onKeyDown={onKey}
    />
  );
}

interface HandleProps {
  value: number;
  at: number;
  low: number;
  high: number;
  label: string;
  format: (value: number) => string;
  onChange?: (value: number, done: boolean) => void;
  read: (event: PointerEvent) => number;
}

function Handle({ value, at, low, high, label, format, onChange, read }: HandleProps) {
  const held = useRef(false);
  const onKey = (event: KeyboardEvent) => {
    const steps = KEY_STEPS[event.key];
    if (steps === undefined || !onChange) return;
    event.preventDefault();
    onChange(Math.max(low, Math.min(high, value + (steps * (high - low)) / 200)), true);
  };
  return (
    <div
      role="slider"
      tabIndex={0}
      aria-label={`Threshold of ${label}`}
      aria-valuemin={low}
      aria-valuemax={high}
      aria-valuenow={value}
      aria-valuetext={format(value)}
      className="absolute inset-y-0 z-10 -ml-3 w-6 cursor-ew-resize touch-none"
      style={{ left: `${at}%` }}
      onPointerDown={(event) => {
        event.stopPropagation();
        event.currentTarget.setPointerCapture(event.pointerId);
        held.current = true;
      }}
      onPointerMove={(event) => held.current && onChange?.(read(event), false)}
      onPointerUp={(event) => {
        if (held.current) onChange?.(read(event), true);
        held.current = false;
      }}
      onKeyDown={onKey}
    >
      <div className="bg-text mx-auto h-full w-0.5" />
      <div className="bg-text absolute -top-0.5 left-1/2 size-2.5 -translate-x-1/2 rounded-full" />
    </div>
  );
}

function binText({ edges, all, view }: HistogramData, at: number, format: (value: number) => string): string {
  const i = Math.max(0, Math.min(all.length - 1, edges.findLastIndex((edge) => edge <= at)));
  const inView = view ? `${(view[i] ?? 0).toLocaleString("en-US")} of ` : "";
  return `${format(edges[i] ?? 0)} – ${format(edges[i + 1] ?? 0)}: ${inView}${(all[i] ?? 0).toLocaleString("en-US")}`;
}

function lerp(a: number, b: number, t: number): number {
  return a + (b - a) * t;
}
