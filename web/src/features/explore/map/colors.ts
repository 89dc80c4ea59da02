/** What the map is colored by, remembered by dataset; and the colors of the theme. */
import { useMemo, useState } from "react";
import type { Column } from "@/api";
import { remember, remembered } from "@/lib/storage";
import { CATEGORIES, token, useTheme } from "@/lib/theme";
import { paletteOf, type ColorKind, type Inks } from "@/map";

const KINDS = new Set(["number", "date", "category", "boolean"]);

/** What can color the map: its topics first, for they are what the map is of. */
export function colorable(columns: readonly Column[]): Column[] {
  const topics = ["map.topic", "map.subtopic"].map((name) => columns.find((column) => column.name === name));
  return [...topics.filter((one) => one !== undefined), ...columns.filter((column) => KINDS.has(column.kind) && column.group !== "map")];
}

export function useColorColumn(dataset: string, columns: readonly Column[] | undefined): [string | null, (name: string | null) => void] {
  const key = `explore.color.${dataset}`;
  const [held, setHeld] = useState(() => ({ dataset, name: remembered(key) }));
  if (held.dataset !== dataset) setHeld({ dataset, name: remembered(key) });
  const known = held.name !== null && columns !== undefined && colorable(columns).some((column) => column.name === held.name);
  return [
    known ? held.name : null,
    (name) => {
      remember(key, name);
      setHeld({ dataset, name });
    },
  ];
}

/** The palette of a kind of color, in the theme that is shown. */
export function usePalette(kind: ColorKind) {
  const { shown } = useTheme();
  return useMemo(() => {
    void shown;
    const inks: Inks = {
      categories: CATEGORIES.map((name) => token(name)),
      other: token("--cat-other"),
      missing: token("--context"),
      // The faintest steps cannot be seen as points.
      sequence: [3, 4, 5, 6, 7].map((i) => token(`--seq-${i}`)),
      plain: token("--accent"),
      context: token("--context"),
    };
    return { palette: paletteOf(kind, inks), context: inks.context };
  }, [kind, shown]);
}
