/** What an answer rests on: rows, a chart or findings, each a view that opens. */
import { Code, Rows3 } from "lucide-react";
import { useState } from "react";
import { useNearest } from "@/api";
import { count, measure } from "@/lib/format";
import { goTo, searchOf } from "@/lib/view";
import { BarList, Button, CodeBlock, cx, Histogram, IconButton } from "@/ui";
import type { Shown } from "./types";

export function ShownCard({ shown }: { shown: Shown }) {
  const [code, setCode] = useState(false);
  const { view, dataset } = shown;
  const nearest = useNearest(view.search ?? null, dataset);
  const open = code || hasBody(shown);
  const look = (row: string | null = null) =>
    goTo("explore", { dataset, filters: view.filters ?? [], search: searchOf(view.search ?? null), sort: view.sort ?? [], selection: null, row });
  return (
    <section aria-label={shown.title} className="border-line bg-panel rounded border">
      <header className={cx("border-line flex items-center gap-2 py-1 pr-1 pl-3", open && "border-b")}>
        <h3 className="min-w-0 flex-1 truncate text-sm font-semibold" title={shown.title}>
          {shown.title}
        </h3>
        {shown.kind !== "findings" && (
          <span className="text-muted shrink-0 text-xs">
            {nearest && shown.count < shown.total ? `the ${count(shown.count)} nearest` : count(shown.count)} of {count(shown.total)}
          </span>
        )}
        <IconButton icon={Code} label={code ? "Hide the code" : "Show as Python"} onClick={() => setCode(!code)} />
        <Button kind="quiet" icon={Rows3} onClick={() => (shown.kind === "findings" ? goTo("findings", { filters: [], search: null, sort: [], selection: null }) : look())}>
          Open
        </Button>
      </header>
      {open && (
        <div className="space-y-3 p-3">
          {code && <CodeBlock code={shown.code} />}
          {shown.kind === "rows" && <Samples shown={shown} onOpen={look} />}
          {shown.kind === "chart" && <Chart shown={shown} />}
          {shown.kind === "findings" && (
            <ul className="space-y-1 text-sm">
              {shown.data.slice(0, 8).map((one) => (
                <li key={one.id}>{one.title}</li>
              ))}
              {shown.data.length > 8 && <li className="text-muted text-xs">and {count(shown.data.length - 8)} more</li>}
            </ul>
          )}
        </div>
      )}
    </section>
  );
}

/** A count alone says all it has to say in its heading. */
function hasBody(shown: Shown): boolean {
  return shown.kind !== "rows" || shown.count === 0 || (shown.data ?? []).length > 0;
}

function Samples({ shown, onOpen }: { shown: Extract<Shown, { kind: "rows" }>; onOpen: (row: string) => void }) {
  if (shown.count === 0) return <p className="text-muted text-sm">No row is in this view.</p>;
  return (
    <ul className="-mx-1 space-y-1">
      {(shown.data ?? []).map((row) => (
        <li key={row.id}>
          <button type="button" className="hover:bg-hover line-clamp-2 w-full rounded-[4px] px-1 py-0.5 text-left text-sm wrap-anywhere" onClick={() => onOpen(row.id)}>
            {row.snippet || <span className="text-faint">(no text)</span>}
          </button>
        </li>
      ))}
    </ul>
  );
}

function Chart({ shown }: { shown: Extract<Shown, { kind: "chart" }> }) {
  const { values, edges, rows } = shown.data;
  if (values) return <BarList label={shown.title} bars={values.map((one) => ({ value: String(one.value), count: one.rows }))} />;
  if (edges && rows) return <Histogram label={shown.title} data={{ edges, all: rows }} height={80} format={measure} />;
  return null;
}
