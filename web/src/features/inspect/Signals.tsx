import { useMemo, useState } from "react";
import { view } from "@/lib/view";
import { useBins, type Bins } from "./data";
import { binOf, shown, standing, standouts } from "./standing";
import type { Output, SignalGroup } from "./types";

const MOST = 6;
/** Where the map shows a row: a picture, no quality of the row. */
const PLACES: ReadonlySet<string> = new Set(["map.x", "map.y"]);

/** What was computed about the row, by op: first where it differs from most rows. */
export function Signals({ groups }: { groups: readonly SignalGroup[] }) {
  const [open, setOpen] = useState<ReadonlySet<string>>(new Set());
  const parts = useMemo(
    () => groups.map((group) => ({ group, ...standouts(group.outputs.filter(({ column }) => !PLACES.has(column)), MOST) })),
    [groups],
  );
  const columns = useMemo(
    () =>
      parts
        .flatMap(({ group, shown }) => (open.has(group.op) ? group.outputs : shown))
        .filter((output) => output.kind === "number" && output.value !== null)
        .map((output) => output.column),
    [parts, open],
  );
  const bins = useBins(columns).data;
  if (groups.length === 0) return <p className="text-muted text-sm">No signal was computed on this dataset yet.</p>;
  return (
    <div className="space-y-4">
      {parts.map(({ group, shown, rest }) => {
        const all = open.has(group.op);
        const none = group.outputs.every((output) => output.value === null);
        return (
          <div role="group" key={group.op} aria-label={group.op}>
            <h3 className="text-muted mb-1 font-mono text-xs">
              {group.op}
              {group.version && <span className="text-faint"> v{group.version}</span>}
            </h3>
            {none && <p className="text-muted text-sm">No value for this row.</p>}
            {!none && <table className="w-full table-fixed text-sm">
              <colgroup>
                <col />
                <col className="w-20" />
                <col className="w-24" />
              </colgroup>
              <tbody>
                {(all ? group.outputs : shown).map((output) => (
                  <Line key={output.column} output={output} bins={bins?.get(output.column)} />
                ))}
              </tbody>
            </table>}
            {rest.length > 0 && !none && (
              <button type="button" aria-expanded={all} className="text-accent min-h-(--target) text-sm font-medium hover:underline" onClick={() => setOpen(toggled(open, group.op))}>
                {all ? "Only what stands out" : `${rest.length} more`}
              </button>
            )}
          </div>
        );
      })}
    </div>
  );
}

function Line({ output, bins }: { output: Output; bins?: Bins }) {
  const where = output.percentile === null ? null : standing(output.percentile);
  const alike = typeof output.value === "string" && output.kind === "category";
  return (
    <tr title={where ? `${output.column}: ${where}; the median is ${shown(output.median, output.unit)}` : output.column}>
      <th scope="row" className="truncate py-0.5 pr-2 text-left font-normal">
        {output.label}
      </th>
      <td colSpan={alike ? 2 : 1} className="truncate py-0.5 text-right font-semibold tabular-nums">
        {alike ? (
          <button type="button" className="text-accent max-w-full truncate align-bottom hover:underline" onClick={() => view.addFilter({ column: output.column, op: "==", value: String(output.value) })}>
            {shown(output.value, output.unit)}
          </button>
        ) : (
          shown(output.value, output.unit)
        )}
      </td>
      {!alike && <td className="py-0.5 pl-3">{typeof output.value === "number" && output.kind === "number" && <Spread bins={bins} value={output.value} label={where ?? ""} />}</td>}
    </tr>
  );
}

const W = 84;
const H = 20;

/** All rows in grey; the bar this row is in, and its place, in the accent. */
function Spread({ bins, value, label }: { bins?: Bins; value: number; label: string }) {
  if (!bins) return <div style={{ height: H }} />;
  const own = binOf(bins, value);
  const top = Math.sqrt(Math.max(1, ...bins.all));
  const w = W / bins.all.length;
  return (
    <svg width={W} height={H} role="img" aria-label={label} className="block">
      {bins.all.map((n, i) => {
        const h = n === 0 ? 0 : Math.max(1.5, (Math.sqrt(n) / top) * (H - 3));
        return <rect key={i} x={i * w} y={H - 1 - h} width={Math.max(0.6, w - 0.5)} height={h} fill={i === own ? "var(--accent)" : "var(--context)"} />;
      })}
      <line x1="0" x2={W} y1={H - 0.5} y2={H - 0.5} stroke="var(--line-strong)" />
      {own !== null && <path d={`M${(own + 0.5) * w - 3} 0h6l-3 4z`} fill="var(--accent)" />}
    </svg>
  );
}

function toggled(set: ReadonlySet<string>, value: string): ReadonlySet<string> {
  const next = new Set(set);
  if (!next.delete(value)) next.add(value);
  return next;
}
