import { useMemo, type ReactNode } from "react";
import type { Camera } from "@/lib/view";
import { toScreen, type Size } from "./camera";
import { placeLabels } from "./labels";

export interface Name {
  id: string;
  text: string;
  /** 0..1, y upwards. */
  x: number;
  y: number;
  weight: number;
  /** At which distance it is shown; at both unless said. */
  when?: "far" | "near";
}

const FONT = '600 12px "Source Sans 3 Variable", system-ui, sans-serif';
const HEIGHT = 18;
const MAX_WIDTH = 180;
const widths = new Map<string, number>();
let ruler: CanvasRenderingContext2D | null = null;

function widthOf(text: string): number {
  const known = widths.get(text);
  if (known !== undefined) return known;
  ruler ??= document.createElement("canvas").getContext("2d");
  if (!ruler) return 7 * text.length;
  ruler.font = FONT;
  const width = Math.min(MAX_WIDTH, ruler.measureText(text).width) + 10;
  if (widths.size > 5000) widths.clear();
  widths.set(text, width);
  return width;
}

interface Props {
  names: readonly Name[];
  camera: Camera;
  near: boolean;
  size: Size;
  onName?: (id: string) => void;
  /** The name that is being changed, which nothing may cover, and what stands in its place. */
  edited?: { id: string; editor: ReactNode } | null;
}

/** Names of clusters over the map; a click asks for the cluster's rows. */
export function Names({ names, camera, near, size, onName, edited }: Props) {
  const first = edited?.id;
  const placed = useMemo(() => {
    const all = names
      .filter(({ id, when }) => id === first || when === undefined || (when === "near") === near)
      .map(({ id, text, x, y, weight }) => {
        const [sx, sy] = toScreen(camera, size, x, y);
        return { id, text, x: sx, y: sy, weight: id === first ? Infinity : weight, width: widthOf(text), height: HEIGHT };
      });
    return placeLabels(all, size.width, size.height);
  }, [names, camera, near, size, first]);
  return (
    <div className="pointer-events-none absolute inset-0 overflow-hidden">
      {placed.map(({ id, text, x, y }) => edited?.id === id ? (
        <div key={id} data-over-map className="pointer-events-auto absolute top-0 left-0 z-10" style={{ transform: `translate(${x}px, ${y}px) translate(-50%, -50%)` }}>
          {edited.editor}
        </div>
      ) : (
        <button
          key={id}
          type="button"
          tabIndex={-1}
          title={`${text}: show only these rows; a double click renames`}
          // A press is the map's, which tells a click from a drag; this is for assistive technology.
          onClick={(event) => event.detail === 0 && onName?.(id)}
          className="text-text hover:text-accent pointer-events-auto absolute top-0 left-0 max-w-48 truncate px-1 text-xs leading-[18px] font-semibold [-webkit-text-stroke:3px_var(--panel)] [paint-order:stroke_fill]"
          style={{ transform: `translate(${x}px, ${y}px) translate(-50%, -50%)` }}
          data-name={id}
        >
          {text}
        </button>
      ))}
    </div>
  );
}
