import { count } from "@/lib/format";
import { conditionOn, useView, view } from "@/lib/view";
import { cx } from "@/ui";

/** Rows without a value: how many, and a click shows them. */
export function Missing({ column, nulls }: { column: string; nulls: { all: number; view: number } }) {
  const condition = useView((now) => conditionOn(now.filters, column));
  if (nulls.all === 0) return null;
  const on = condition?.op === "is null";
  return (
    <button
      type="button"
      aria-pressed={on}
      className={cx("hover:text-text ml-auto rounded-[4px] underline decoration-dotted underline-offset-2", on && "text-accent font-semibold")}
      onClick={() => view.replaceFilter(condition, on ? null : { column, op: "is null" })}
    >
      {nulls.view === nulls.all ? count(nulls.all) : `${count(nulls.view)} of ${count(nulls.all)}`} without
    </button>
  );
}
