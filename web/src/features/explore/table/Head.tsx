import { ArrowDown, ArrowUp } from "lucide-react";
import { useRef } from "react";
import type { Column } from "@/api";
import { cx } from "@/ui";
import { STAY } from "./stay";

interface Props {
  column: Column;
  width: number;
  /** Place among the columns that sort, from 1; 0: it does not. */
  place: number;
  desc: boolean;
  several: boolean;
  sticky: boolean;
  onSort: (more: boolean) => void;
  onResize: (width: number) => void;
}

/** Head of a column: a click sorts, Shift adds to the sort, its right edge drags. */
export function Head({ column, width, place, desc, several, sticky, onSort, onResize }: Props) {
  const start = useRef<{ x: number; width: number } | null>(null);
  const Arrow = desc ? ArrowDown : ArrowUp;
  return (
    <div
      role="columnheader"
      aria-sort={place > 0 ? (desc ? "descending" : "ascending") : "none"}
      title={[column.name, column.description].filter(Boolean).join(": ")}
      className={cx("bg-panel relative h-full shrink-0", sticky && STAY)}
      style={{ width }}
    >
      <button
        type="button"
        onClick={(event) => onSort(event.shiftKey)}
        className={cx("hover:text-text flex size-full items-center gap-1 px-2.5 text-xs font-semibold", column.kind === "number" && "justify-end", place > 0 ? "text-text" : "text-muted")}
      >
        <span className="truncate">{column.label}</span>
        {place > 0 && <Arrow size={13} aria-hidden className="text-accent shrink-0" />}
        {place > 0 && several && <span className="text-accent text-[11px] font-medium">{place}</span>}
      </button>
      <div
        role="separator"
        aria-orientation="vertical"
        aria-label={`Width of ${column.label}`}
        aria-valuenow={width}
        tabIndex={-1}
        className="hover:bg-accent before:bg-line absolute inset-y-1 -right-1 z-1 w-2 cursor-col-resize touch-none rounded before:absolute before:inset-y-1 before:left-1/2 before:w-px"
        onPointerDown={(event) => {
          event.currentTarget.setPointerCapture(event.pointerId);
          start.current = { x: event.clientX, width };
        }}
        onPointerMove={(event) => start.current && onResize(start.current.width + event.clientX - start.current.x)}
        onPointerUp={() => (start.current = null)}
        onPointerCancel={() => (start.current = null)}
      />
    </div>
  );
}
