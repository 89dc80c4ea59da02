/** Columns of the table: which are shown, how wide, remembered by dataset. */
import { useMemo, useState } from "react";
import type { Column, ColumnKind } from "@/api";
import { remember, remembered } from "@/lib/storage";

const WIDTHS: Partial<Record<ColumnKind, number>> = { text: 440, number: 112, boolean: 80, date: 150, spans: 90, id: 120 };
const NARROWEST = 56;
const WIDEST = 1600;

export function defaultWidth(column: Column): number {
  return WIDTHS[column.kind] ?? 132;
}

/** Unasked: what says what a row is, then categories and numbers; a long text first; a label in force after what rows came with. */
export function defaultColumns(columns: readonly Column[]): string[] {
  const shown = columns.filter((column) => column.table);
  const rank = (column: Column) => (column.name === "text" || column.kind === "text" ? 0 : column.input ? 1 : 2);
  const names = shown.toSorted((a, b) => rank(a) - rank(b)).map((column) => column.name);
  const labels = shown.filter((column) => column.group === "labels").map((column) => column.name);
  const beside = (name: string) => labels.filter((label) => label === `labels.${name}`);
  return [...new Set(names.flatMap((name) => [name, ...beside(name)]))];
}

interface Kept {
  shown?: string[];
  widths?: Record<string, number>;
}

function recall(dataset: string): Kept {
  try {
    const kept = JSON.parse(remembered(`explore.columns.${dataset}`) ?? "{}") as Kept;
    const shown = Array.isArray(kept.shown) ? kept.shown.filter((name) => typeof name === "string") : undefined;
    const widths = Object.entries(kept.widths ?? {}).filter(([, width]) => Number.isFinite(width) && width >= NARROWEST && width <= WIDEST);
    return { shown, widths: Object.fromEntries(widths) };
  } catch {
    return {};
  }
}

export type Columns = ReturnType<typeof useColumns>;

export function useColumns(dataset: string, all: readonly Column[] | undefined) {
  const [held, setHeld] = useState(() => ({ dataset, kept: recall(dataset) }));
  if (held.dataset !== dataset) setHeld({ dataset, kept: recall(dataset) });
  const { kept } = held;
  const shown = useMemo(() => {
    const known = new Map((all ?? []).map((column) => [column.name, column]));
    const names = kept.shown?.filter((name) => known.has(name)) ?? [];
    return (names.length > 0 ? names : defaultColumns(all ?? [])).flatMap((name) => known.get(name) ?? []);
  }, [all, kept.shown]);
  // The same as long as nothing in it changes, so that what shows the columns is not drawn anew.
  return useMemo(() => {
    const keep = (next: Kept) => {
      setHeld({ dataset, kept: next });
      remember(`explore.columns.${dataset}`, JSON.stringify(next));
    };
    return {
      shown,
      width: (column: Column) => kept.widths?.[column.name] ?? defaultWidth(column),
      setWidth: (name: string, width: number) =>
        keep({ ...kept, widths: { ...kept.widths, [name]: Math.round(Math.max(NARROWEST, Math.min(WIDEST, width))) } }),
      toggle: (name: string) => {
        const now = shown.map((column) => column.name);
        const next = now.includes(name) ? now.filter((other) => other !== name) : [...now, name];
        if (next.length > 0) keep({ ...kept, shown: next });
      },
      reset: () => keep({}),
      changed: kept.shown !== undefined,
    };
  }, [dataset, kept, shown]);
}
