import { useCallback, useEffect, useImperativeHandle, useMemo, useRef, useState, type KeyboardEvent, type ReactNode, type Ref } from "react";
import { flushSync } from "react-dom";
import { cx } from "@/ui";
import { remembered } from "@/lib/storage";
import type { Camera } from "@/lib/view";
import { fit, HOME, panBy, toScreen, zoomAt, type Size } from "./camera";
import { boundsOf, NOWHERE, SIDE } from "./geometry";
import { listenToGestures, type Outline, type Tool } from "./gestures";
import { Names, type Name } from "./Names";
import type { Palette } from "./palette";
import { Scene, type PainterChoice } from "./scene";

/** What keys and buttons outside can do with the map. */
export interface MapHandle {
  zoom(factor: number): void;
  reset(): void;
  show(row: number): void;
  focus(): void;
}

interface Props {
  label: string;
  xy: Uint16Array;
  level: Uint8Array<ArrayBuffer>;
  codes: Uint8Array | null;
  palette: Palette;
  context: string;
  /** Null: all of the map. */
  camera: Camera | null;
  onCamera: (camera: Camera | null) => void;
  tool: Tool;
  names: readonly Name[];
  onName?: (id: string) => void;
  onRename?: (id: string) => void;
  edited?: { id: string; editor: ReactNode } | null;
  /** Rows in view inside an outline, as bits. */
  onPick: (mask: Uint8Array<ArrayBuffer>, count: number) => void;
  onOpen: (row: number) => void;
  /** What is shown of the row under the pointer. */
  tooltip: (row: number) => ReactNode;
  /** Row number with a ring around it. */
  focus: number | null;
  stale?: boolean;
  handle?: Ref<MapHandle>;
  children?: ReactNode;
}

/** From how many times nearer than the whole map the names of parts are shown. */
const NEAR = 1.9;
const SETTLE_MS = 250;
const HOVER_MS = 60;

export function MapView(props: Props) {
  const { label, xy, level, codes, palette, context, camera, tool, names, focus, stale, handle } = props;
  const box = useRef<HTMLDivElement>(null);
  const gl = useRef<HTMLCanvasElement>(null);
  const plain = useRef<HTMLCanvasElement>(null);
  const scene = useRef<Scene | null>(null);
  const [size, setSize] = useState<Size>({ width: 0, height: 0 });
  const [moved, setMoved] = useState<Camera | null>(null);
  const [outline, setOutline] = useState<Outline | null>(null);
  const [hovered, setHovered] = useState<{ row: number; x: number; y: number } | null>(null);
  const bounds = useMemo(() => boundsOf(xy), [xy]);
  const home = useMemo(() => (bounds && size.width > 0 ? fit(size, bounds) : HOME), [bounds, size]);
  const rest = camera ?? home;
  const now = moved ?? rest;
  // Where it is going; `now` is what the newest picture shows, so that names stand where points do.
  const target = useRef(rest);
  const moving = useRef(false);
  const latest = useRef({ ...props, size, home });
  useEffect(() => {
    latest.current = { ...props, size, home };
    if (!moving.current) target.current = rest;
  });

  // While it moves the camera is the map's own; at rest it is the view's.
  const settle = useRef(0);
  const look = useCallback((next: Camera) => {
    target.current = next;
    moving.current = true;
    scene.current?.look(next);
    window.clearTimeout(settle.current);
    settle.current = window.setTimeout(() => {
      moving.current = false;
      latest.current.onCamera(next);
      setMoved(null);
    }, SETTLE_MS);
  }, []);
  const reset = useCallback(() => {
    window.clearTimeout(settle.current);
    moving.current = false;
    target.current = latest.current.home;
    scene.current?.look(target.current);
    setMoved(null);
    latest.current.onCamera(null);
  }, []);
  const zoom = useCallback((factor: number) => {
    const { size } = latest.current;
    look(zoomAt(target.current, size, size.width / 2, size.height / 2, factor));
  }, [look]);
  useImperativeHandle(handle, () => ({
    zoom,
    reset,
    focus: () => box.current?.focus(),
    show: (row: number) => {
      const place = placeOf(latest.current.xy, row);
      if (place) look({ x: place[0], y: place[1], zoom: Math.max(target.current.zoom, 4 * latest.current.home.zoom) });
    },
  }), [look, reset, zoom]);

  useEffect(() => {
    if (!gl.current || !plain.current) return;
    const made = new Scene(gl.current, plain.current, painterChoice());
    made.onFrame = ({ camera }) => moving.current && flushSync(() => setMoved(camera));
    scene.current = made;
    return () => {
      made.dispose();
      scene.current = null;
    };
  }, []);
  useEffect(() => scene.current?.setPlaces(xy), [xy]);
  useEffect(() => {
    if (level.length === xy.length >> 1) void scene.current?.setLevels(level);
  }, [xy, level]);
  useEffect(() => scene.current?.setColors(codes?.length === xy.length >> 1 ? codes : null, palette, context), [xy, codes, palette, context]);
  useEffect(() => {
    if (!moving.current) scene.current?.look(rest);
  }, [rest, xy]);

  useEffect(() => {
    const element = box.current;
    if (!element) return;
    const watch = new ResizeObserver(() => {
      const next = { width: element.clientWidth, height: element.clientHeight };
      if (next.width === 0 || next.height === 0) return;
      setSize(next);
      scene.current?.resize(next, window.devicePixelRatio);
    });
    watch.observe(element);
    let hover = 0;
    let asked = 0;
    const stop = listenToGestures(element, {
      camera: () => target.current,
      size: () => latest.current.size,
      tool: () => latest.current.tool,
      look,
      reset,
      rename: (name) => latest.current.onRename?.(name),
      drawing: setOutline,
      pick: (outline) => void scene.current?.within(outline).then(({ mask, count }) => latest.current.onPick(mask, count)),
      click: (x, y, name) => {
        if (name !== null) latest.current.onName?.(name);
        else void scene.current?.nearest(x, y).then((row) => row >= 0 && latest.current.onOpen(row));
      },
      hover: (x, y) => {
        window.clearTimeout(hover);
        hover = window.setTimeout(() => {
          const mine = ++asked;
          void scene.current?.nearest(x, y).then((row) => mine === asked && setHovered(row < 0 ? null : { row, x, y }));
        }, HOVER_MS);
      },
      leave: () => {
        asked++;
        window.clearTimeout(hover);
        setHovered(null);
      },
    });
    return () => {
      watch.disconnect();
      stop();
      window.clearTimeout(hover);
    };
  }, [look, reset]);

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.target !== event.currentTarget || event.altKey || event.metaKey || event.ctrlKey) return;
    const step = event.shiftKey ? 200 : 60;
    const move: Record<string, () => void> = {
      "+": () => zoom(1.4),
      "=": () => zoom(1.4),
      "-": () => zoom(1 / 1.4),
      "0": reset,
      ArrowLeft: () => look(panBy(target.current, size, step, 0)),
      ArrowRight: () => look(panBy(target.current, size, -step, 0)),
      ArrowUp: () => look(panBy(target.current, size, 0, step)),
      ArrowDown: () => look(panBy(target.current, size, 0, -step)),
    };
    if (!move[event.key]) return;
    move[event.key]?.();
    event.preventDefault();
  };

  const ring = (row: number | null, look: string) => {
    const place = row === null ? null : placeOf(xy, row);
    if (!place || size.width === 0) return null;
    const [x, y] = toScreen(now, size, ...place);
    return <circle cx={x} cy={y} r={7} fill="none" className={look} strokeWidth={2} />;
  };
  return (
    <div
      ref={box}
      role="application"
      aria-label={label}
      aria-roledescription="map"
      tabIndex={0}
      onKeyDown={onKeyDown}
      className={cx("bg-panel relative h-full touch-none overflow-hidden select-none -outline-offset-2", tool === "pan" ? "cursor-grab active:cursor-grabbing" : "cursor-crosshair")}
    >
      <div className={cx("absolute inset-0", stale && "stale")}>
        <canvas ref={gl} className="absolute inset-0 size-full" />
        <canvas ref={plain} className="absolute inset-0 size-full" />
      </div>
      <Names names={names} camera={now} near={now.zoom >= NEAR * home.zoom} size={size} onName={props.onName} edited={props.edited} />
      <svg className="pointer-events-none absolute inset-0 size-full" aria-hidden>
        {outline && <polygon points={outline.map((point) => point.join(",")).join(" ")} className="fill-accent/10 stroke-accent" strokeWidth={1.5} />}
        {hovered && ring(hovered.row, "stroke-muted")}
        {ring(focus, "stroke-text")}
      </svg>
      {hovered && (
        <div
          className="bg-panel border-line shadow-float pointer-events-none absolute z-10 w-72 max-w-[calc(100%-16px)] rounded border px-3 py-2 text-sm"
          style={{
            left: Math.max(8, Math.min(size.width - 296, hovered.x + 14)),
            ...(hovered.y > size.height / 2 ? { bottom: size.height - hovered.y + 14 } : { top: hovered.y + 14 }),
          }}
        >
          {props.tooltip(hovered.row)}
        </div>
      )}
      {props.children}
    </div>
  );
}

function placeOf(xy: Uint16Array, row: number): [number, number] | null {
  const x = xy[2 * row];
  const y = xy[2 * row + 1];
  return x === undefined || y === undefined || x === NOWHERE ? null : [x / SIDE, y / SIDE];
}

/** Set by tests, or by who must: `assay.map` in local storage. */
function painterChoice(): PainterChoice {
  const kept = remembered("map");
  return kept === "webgl" || kept === "raster" ? kept : "auto";
}
