import { memo, useCallback, useEffect, useLayoutEffect, useMemo, useRef, useState } from "react";
import { flushSync } from "react-dom";
import { failureOf, type Column } from "@/api";
import { useKeys } from "@/lib/keys";
import { useView, view } from "@/lib/view";
import { Checkbox, cx, EmptyState, ErrorState, useCovered, useNarrow } from "@/ui";
import { CellContent } from "./cell";
import type { Columns } from "./columns";
import { Head } from "./Head";
import { LIKELY, LIKELY_NARROW, LikelyCell, LikelyHead } from "./LikelyCell";
import { useLikely, type Standing } from "./likely";
import { STAY, STAY_FIRST } from "./stay";
import { useRows, type TableRow } from "./pages";
import { again, barOf, begin, follow, rowsOn } from "./scroll";
import { nextSort } from "./sort";

/** Rows are taller where fingers touch them. */
const ROW = typeof matchMedia === "function" && matchMedia("(pointer: coarse)").matches ? 44 : 32;
const HEAD = 34;
const PICK = 36;

interface Props {
  viewKey: string | undefined;
  /** What was asked for: the same while only what the rows say has changed. */
  question: object | undefined;
  count: number;
  columns: Columns;
  stale: boolean;
  isSelected: (row: TableRow) => boolean;
  onSelect: (row: TableRow) => void;
  onOpen: (row: TableRow) => void;
  /** The row under the cursor of the keyboard, to act on with 1 to 9. */
  onCurrent: (row: TableRow | undefined) => void;
}

/** The rows of the view, of any number: only what is on screen is drawn and asked for. */
export function Table({ viewKey, question, count, columns, stale, isSelected, onSelect, onOpen, onCurrent }: Props) {
  const sort = useView((now) => now.sort);
  const open = useView((now) => now.row);
  const box = useRef<HTMLDivElement>(null);
  const full = count * ROW;
  const empty = count === 0;
  const [scroll, setScroll] = useState(() => begin(count, ROW));
  const [room, setRoom] = useState(480);
  // The last rows can be scrolled out from under a bar.
  const covered = useCovered(box);
  const window_ = Math.max(ROW, room - covered);
  const [cursor, setCursor] = useState<number | null>(null);
  const { shown } = columns;
  // A phone has no room for a column that stays.
  const narrow = useNarrow();
  const width = (column: Column) => (narrow ? Math.min(260, columns.width(column)) : columns.width(column));
  const layout = shown.map(width).join(" ");
  const widths = useMemo(() => layout.split(" ").map(Number), [layout]);
  // Lines are drawn anew only when what they show changes, so what they call stays the same.
  const acts = useRef({ onSelect, onOpen });
  useEffect(() => {
    acts.current = { onSelect, onOpen };
  });
  const select = useCallback((row: TableRow) => acts.current.onSelect(row), []);
  const openAt = useCallback((row: TableRow, index: number) => {
    setCursor(index);
    acts.current.onOpen(row);
  }, []);
  const [first, last] = rowsOn(scroll.top, room, count, ROW);
  const rows = useRows(viewKey, shown.length > 0 ? shown.map((column) => column.name) : undefined, count, first, last);
  const likely = useLikely(viewKey, count, first, last, stale);

  // Another view begins at its top; the same one, asked anew, stays where it is.
  const [seen, setSeen] = useState({ question, count });
  if (seen.question !== question || seen.count !== count) {
    setSeen({ question, count });
    if (seen.question === question) {
      setScroll(again(scroll, count, ROW, window_));
      setCursor(cursor !== null && cursor < count ? cursor : null);
    } else if (seen.count !== count || seen.question !== undefined) {
      setScroll(begin(count, ROW));
      setCursor(null);
    }
  }
  useLayoutEffect(() => {
    if (box.current && scroll.bar === 0) box.current.scrollTop = 0;
  }, [scroll.bar, viewKey]);

  useEffect(() => {
    const element = box.current;
    if (!element) return;
    const watch = new ResizeObserver(() => setRoom(Math.max(ROW, element.clientHeight - HEAD)));
    watch.observe(element);
    return () => watch.disconnect();
  }, [empty]);

  const reveal = useCallback((index: number) => {
    const element = box.current;
    if (!element) return;
    setScroll((now) => {
      const at = index * ROW;
      const top = at < now.top ? at : at + ROW > now.top + window_ ? at + ROW - window_ : now.top;
      if (top === now.top) return now;
      const bar = barOf(top, now.height, full, window_);
      element.scrollTop = bar;
      return { ...now, top, bar: element.scrollTop };
    });
  }, [full, window_]);

  const move = (by: number) => {
    if (count === 0) return;
    const at = cursor === null ? first : Math.max(0, Math.min(count - 1, cursor + by));
    setCursor(at);
    reveal(at);
  };
  const current = cursor === null ? undefined : rows.row(cursor);
  useEffect(() => onCurrent(current), [current, onCurrent]);
  // The row that Inspect shows is the one the keys go on from.
  const opened = open === null ? -1 : indexOf(rows.row, first, last, open);
  if (opened >= 0 && opened !== cursor) setCursor(opened);

  useKeys("Table", [
    { keys: "j", label: "Next row", run: () => move(1) },
    { keys: "k", label: "Previous row", run: () => move(-1) },
    { keys: "arrowdown", label: "Next row", run: () => move(1) },
    { keys: "arrowup", label: "Previous row", run: () => move(-1) },
    { keys: "pagedown", label: "A page down", run: () => move(Math.floor(window_ / ROW)) },
    { keys: "pageup", label: "A page up", run: () => move(-Math.floor(window_ / ROW)) },
    { keys: "home", label: "First row", run: () => move(-count) },
    { keys: "end", label: "Last row", run: () => move(count) },
    { keys: "x", label: "Select the row", run: () => current && onSelect(current) },
    { keys: "enter", label: "Inspect the row", run: () => current && onOpen(current) },
  ]);
  const judge = (next: boolean) => likely?.say(likely.of(current?.id), next);
  useKeys(
    "Table",
    [
      { keys: "=", label: "The row is what I search for", run: () => judge(true) },
      { keys: "-", label: "The row is not", run: () => judge(false) },
    ],
    // Beside the table, Inspect has the same keys for the row it shows.
    { enabled: likely !== undefined && open === null },
  );

  if (rows.error) return <ErrorState failure={failureOf(rows.error)} onRetry={rows.retry} />;
  if (count === 0 && viewKey !== undefined) return <Nothing />;
  const likelyWidth = likely === undefined ? 0 : narrow ? LIKELY_NARROW : LIKELY;
  const total = PICK + likelyWidth + shown.reduce((sum, column) => sum + width(column), 0);
  const offset = scroll.bar - scroll.top;
  return (
    <div
      ref={box}
      role="grid"
      aria-label="Rows in view"
      aria-rowcount={count + 1}
      aria-colcount={shown.length + (likely ? 2 : 1)}
      aria-busy={stale || rows.stale}
      tabIndex={0}
      onScroll={(event) => {
        const bar = event.currentTarget.scrollTop;
        // In this frame, or it would show the place where the rows were.
        if (bar !== scroll.bar) flushSync(() => setScroll((now) => follow(now, bar, full, window_)));
        event.currentTarget.toggleAttribute("data-aside", event.currentTarget.scrollLeft > 0);
      }}
      className={cx("group/grid bg-panel h-full overflow-auto text-sm -outline-offset-2", (stale || rows.stale) && "stale")}
    >
      <div className="relative" style={{ width: total, minWidth: "100%", height: scroll.height + HEAD + covered }}>
        <div role="row" aria-rowindex={1} className="bg-panel hairline-b sticky top-0 z-20 flex" style={{ height: HEAD }}>
          <div role="columnheader" className={cx("bg-panel shrink-0", STAY_FIRST)} style={{ width: PICK }}>
            <span className="sr-only">Selected</span>
          </div>
          {likely && <LikelyHead sorted={sort.length === 0} narrow={narrow} onSort={() => view.set({ sort: [] })} />}
          {shown.map((column, i) => {
            const place = sort.findIndex((one) => one.column === column.name);
            return (
              <Head
                key={column.name}
                column={column}
                width={width(column)}
                place={place + 1}
                desc={sort[place]?.desc ?? false}
                several={sort.length > 1}
                sticky={i === 0 && !narrow}
                onSort={(more) => view.set({ sort: nextSort(sort, column.name, more) })}
                onResize={(width) => columns.setWidth(column.name, width)}
              />
            );
          })}
        </div>
        {Array.from({ length: last - first + 1 }, (_, i) => first + i).map((index) => {
          const row = rows.row(index);
          return (
            <Line
              key={index}
              index={index}
              top={HEAD + index * ROW + offset}
              row={row}
              columns={shown}
              widths={widths}
              narrow={narrow}
              likelyWidth={likelyWidth}
              standing={likely?.of(row?.id)}
              onSay={likely?.say}
              selected={row !== undefined && isSelected(row)}
              current={index === cursor || (row !== undefined && row.id === open)}
              onSelect={select}
              onOpen={openAt}
            />
          );
        })}
      </div>
    </div>
  );
}

interface LineProps {
  index: number;
  top: number;
  row: TableRow | undefined;
  columns: readonly Column[];
  widths: readonly number[];
  narrow: boolean;
  /** Pixels; 0 where nothing is searched for. */
  likelyWidth: number;
  standing: Standing | undefined;
  onSay: ((row: Standing | undefined, next: boolean) => void) | undefined;
  selected: boolean;
  current: boolean;
  onSelect: (row: TableRow) => void;
  onOpen: (row: TableRow, index: number) => void;
}

const Line = memo(function Line({ index, top, row, columns, widths, narrow, likelyWidth, standing, onSay, selected, current, onSelect, onOpen }: LineProps) {
  const ground = current ? "bg-accent-soft" : selected ? "bg-sunken" : "bg-panel group-hover:bg-hover";
  return (
    <div
      role="row"
      aria-rowindex={index + 2}
      aria-selected={selected}
      aria-current={current || undefined}
      className="group hairline-b absolute left-0 flex w-full cursor-default items-stretch"
      style={{ height: ROW, top }}
      onClick={() => row && onOpen(row, index)}
    >
      <div role="gridcell" className={cx("grid shrink-0 place-items-center", STAY_FIRST, ground)} style={{ width: PICK }} onClick={(event) => event.stopPropagation()}>
        {row && <Checkbox bare label={`Select row ${index + 1}`} checked={selected} onChange={() => onSelect(row)} />}
      </div>
      {likelyWidth > 0 && (
        <div role="gridcell" className={cx("shrink-0", ground)} style={{ width: likelyWidth }}>
          <LikelyCell index={index} standing={standing} narrow={narrow} onSay={(next) => onSay?.(standing, next)} />
        </div>
      )}
      {columns.map((column, i) => (
        <div
          key={column.name}
          role="gridcell"
          dir={column.kind === "text" || column.kind === "category" ? "auto" : undefined}
          className={cx("shrink-0 truncate px-2.5", ground, column.kind === "number" && "text-right", i === 0 && !narrow && STAY)}
          style={{ width: widths[i], lineHeight: `${ROW - 1}px` }}
        >
          {row ? <CellContent column={column} value={row.cells[column.name]} /> : <span className="bg-hover inline-block h-2.5 w-2/3 rounded" />}
        </div>
      ))}
      <div aria-hidden className={cx("flex-1", ground)} />
    </div>
  );
});

function Nothing() {
  const filters = useView((now) => now.filters);
  const search = useView((now) => now.search);
  if (filters.length === 0 && search === null) return <EmptyState title="No rows" />;
  return (
    <EmptyState title="No rows in view">
      No row meets all filters. Take one off above, or <kbd className="font-sans">Ctrl+Z</kbd> to go back.
    </EmptyState>
  );
}

function indexOf(row: (index: number) => TableRow | undefined, first: number, last: number, id: string): number {
  for (let i = first; i <= last; i++) if (row(i)?.id === id) return i;
  return -1;
}
