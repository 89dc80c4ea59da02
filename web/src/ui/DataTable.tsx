import { useVirtualizer } from "@tanstack/react-virtual";
import { ArrowDown, ArrowUp } from "lucide-react";
import { useEffect, useRef, useState, type ReactNode } from "react";
import { remember, remembered } from "@/lib/storage";
import { cx } from "./cx";

export interface TableColumn<Row> {
  id: string;
  label: string;
  /** Pixels at first. */
  width?: number;
  align?: "left" | "right";
  cell: (row: Row) => ReactNode;
  sortable?: boolean;
  title?: string;
}

interface Props<Row> {
  /** For screen readers, and to remember widths under. */
  name: string;
  columns: readonly TableColumn<Row>[];
  /** How many rows there are, loaded or not. */
  count: number;
  /** The row at an index; undefined while it is not loaded. */
  row: (index: number) => Row | undefined;
  rowKey: (row: Row) => string;
  /** Told which rows are on screen, to load them. */
  onRange?: (first: number, last: number) => void;
  sort?: readonly { column: string; desc: boolean }[];
  /** `more` (Shift): add to the columns that sort already. */
  onSort?: (column: string, more: boolean) => void;
  focus?: string | null;
  onFocus?: (row: Row, index: number) => void;
  onOpen?: (row: Row, index: number) => void;
  selected?: (row: Row) => boolean;
  rowHeight?: number;
  stale?: boolean;
  empty?: ReactNode;
}

const WIDTH = 140;
const HEAD = 32;

/** A table of any length: only what is on screen is drawn, and asked for. */
export function DataTable<Row>(props: Props<Row>) {
  const { name, columns, count, row, rowKey, onRange, sort = [], onSort, focus, onFocus, onOpen, selected, rowHeight = 32, stale, empty } = props;
  const box = useRef<HTMLDivElement>(null);
  const [widths, setWidths] = useState<Record<string, number>>(() => recall(name));
  const width = (column: TableColumn<Row>) => widths[column.id] ?? column.width ?? WIDTH;
  const total = columns.reduce((sum, column) => sum + width(column), 0);
  // eslint-disable-next-line react-hooks/incompatible-library -- the virtualizer changes in place; this component is not memoized
  const virtual = useVirtualizer({ count, getScrollElement: () => box.current, estimateSize: () => rowHeight, overscan: 12 });
  const items = virtual.getVirtualItems();
  const first = items[0]?.index ?? 0;
  const last = items.at(-1)?.index ?? 0;
  useEffect(() => {
    if (count > 0) onRange?.(first, last);
  }, [first, last, count, onRange]);
  useEffect(() => virtual.measure(), [rowHeight, virtual]);

  const resize = (column: TableColumn<Row>, to: number) => {
    const next = { ...widths, [column.id]: Math.max(48, Math.round(to)) };
    setWidths(next);
    remember(`table.${name}`, JSON.stringify(next));
  };
  if (count === 0 && empty) return <>{empty}</>;
  return (
    <div ref={box} role="grid" aria-label={name} aria-rowcount={count + 1} aria-colcount={columns.length} tabIndex={0} className={cx("bg-panel h-full overflow-auto text-sm", stale && "stale")}>
      <div style={{ width: total, minWidth: "100%" }}>
        <div role="row" aria-rowindex={1} className="bg-panel hairline-b sticky top-0 z-10 flex" style={{ height: HEAD }}>
          {columns.map((column) => (
            <Head key={column.id} column={column} width={width(column)} sort={sort.find((one) => one.column === column.id)} onSort={onSort} onResize={(to) => resize(column, to)} />
          ))}
        </div>
        <div className="relative" style={{ height: virtual.getTotalSize() }}>
          {items.map((item) => {
            const data = row(item.index);
            const key = data === undefined ? null : rowKey(data);
            return (
              <div
                key={item.key}
                role="row"
                aria-rowindex={item.index + 2}
                aria-selected={data !== undefined && selected?.(data) ? true : undefined}
                className={cx(
                  "hairline-b absolute top-0 left-0 flex w-full cursor-default items-center",
                  key !== null && key === focus ? "bg-accent-soft" : data !== undefined && selected?.(data) ? "bg-sunken" : "hover:bg-hover",
                )}
                style={{ height: rowHeight, transform: `translateY(${item.start}px)` }}
                onClick={() => data !== undefined && onFocus?.(data, item.index)}
                onDoubleClick={() => data !== undefined && onOpen?.(data, item.index)}
              >
                {columns.map((column) => (
                  <div key={column.id} role="gridcell" dir="auto" className={cx("shrink-0 truncate px-2.5", column.align === "right" && "text-right")} style={{ width: width(column) }}>
                    {data === undefined ? <span className="bg-hover inline-block h-2.5 w-2/3 rounded" /> : column.cell(data)}
                  </div>
                ))}
              </div>
            );
          })}
        </div>
      </div>
    </div>
  );
}

interface HeadProps<Row> {
  column: TableColumn<Row>;
  width: number;
  sort?: { desc: boolean };
  onSort?: (column: string, more: boolean) => void;
  onResize: (width: number) => void;
}

function Head<Row>({ column, width, sort, onSort, onResize }: HeadProps<Row>) {
  const start = useRef<{ x: number; width: number } | null>(null);
  const Arrow = sort?.desc ? ArrowDown : ArrowUp;
  const body = (
    <>
      <span className="truncate">{column.label}</span>
      {sort && <Arrow size={13} aria-hidden className="text-accent shrink-0" />}
    </>
  );
  const look = cx("flex h-full w-full min-w-0 items-center gap-1 px-2.5 text-xs font-semibold", column.align === "right" && "justify-end", sort ? "text-text" : "text-muted");
  return (
    <div role="columnheader" aria-sort={sort ? (sort.desc ? "descending" : "ascending") : undefined} title={column.title} className="relative shrink-0" style={{ width }}>
      {onSort && column.sortable !== false ? (
        <button type="button" className={cx(look, "hover:text-text")} onClick={(event) => onSort(column.id, event.shiftKey)}>
          {body}
        </button>
      ) : (
        <div className={look}>{body}</div>
      )}
      <div
        aria-hidden
        className="hover:bg-accent absolute inset-y-1 -right-px z-10 w-1 cursor-col-resize touch-none"
        onPointerDown={(event) => {
          event.currentTarget.setPointerCapture(event.pointerId);
          start.current = { x: event.clientX, width };
        }}
        onPointerMove={(event) => start.current && onResize(start.current.width + event.clientX - start.current.x)}
        onPointerUp={() => (start.current = null)}
      />
    </div>
  );
}

function recall(name: string): Record<string, number> {
  try {
    const kept = JSON.parse(remembered(`table.${name}`) ?? "{}") as Record<string, unknown>;
    return Object.fromEntries(Object.entries(kept).filter((entry): entry is [string, number] => typeof entry[1] === "number" && entry[1] >= 48 && entry[1] < 4000));
  } catch {
    return {};
  }
}
