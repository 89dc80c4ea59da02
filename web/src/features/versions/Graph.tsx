import { groupBy } from "@/lib/group";
import { useMemo } from "react";
import type { Lineage, LineageNode } from "@/api";
import { count, plural } from "@/lib/format";
import { useNarrow } from "@/ui";
import { draw, type Placed } from "./layout";

const WIDE = { W: 168, GAP_X: 56 };
const NARROW = { W: 96, GAP_X: 20 }; // three columns beside each other on a phone
const H = 48;
const GAP_Y = 16;
const PAD = 12;

const MANY: Partial<Record<LineageNode["kind"], string>> = { signal: "signals", files: "files", findings: "checks" };
const FILLS: Record<LineageNode["kind"], string> = {
  files: "var(--sunken)",
  dataset: "var(--accent-soft)",
  signal: "var(--panel)",
  findings: "var(--panel)",
  version: "var(--accent-soft)",
  export: "var(--sunken)",
};

/** Where everything came from, left to right. Versions can be chosen. */
export function Graph({ lineage, chosen, onChoose }: { lineage: Lineage; chosen: string | null; onChoose: (label: string) => void }) {
  const { W, GAP_X } = useNarrow() ? NARROW : WIDE;
  const { nodes, edges, columns, rows } = useMemo(() => draw(lineage), [lineage]);
  const x = (node: Placed) => PAD + node.column * (W + GAP_X);
  // Columns are centered against the tallest.
  const height = useMemo(() => groupBy(nodes, (node) => node.column), [nodes]);
  const y = (node: Placed) => PAD + (node.row + (rows - (height.get(node.column)?.length ?? 1)) / 2) * (H + GAP_Y);
  const size = { width: 2 * PAD + columns * W + (columns - 1) * GAP_X, height: 2 * PAD + rows * (H + GAP_Y) - GAP_Y };
  return (
    <div className="overflow-auto" tabIndex={0} role="group" aria-label="Lineage">
      <svg {...size} className="block text-xs">
        {edges.map(({ from, to }) => {
          const x1 = x(from) + W;
          const y1 = y(from) + H / 2;
          const x2 = x(to);
          const y2 = y(to) + H / 2;
          const mid = (x1 + x2) / 2;
          return <path key={`${from.id} ${to.id}`} d={`M${x1} ${y1}C${mid} ${y1} ${mid} ${y2} ${x2} ${y2}`} fill="none" stroke="var(--line-strong)" />;
        })}
        {nodes.map((node) => (
          <foreignObject key={node.id} x={x(node)} y={y(node)} width={W} height={H}>
            <Box node={node} chosen={chosen === node.label} onChoose={onChoose} />
          </foreignObject>
        ))}
      </svg>
    </div>
  );
}

function Box({ node, chosen, onChoose }: { node: Placed; chosen: boolean; onChoose: (label: string) => void }) {
  const several = node.members.length;
  const label = several > 1 ? `${several} ${MANY[node.kind] ?? "steps"}` : node.label;
  const note = several > 1 ? node.members.map((member) => member.label).join(", ") : node.rows === null ? node.kind : plural(node.rows, "row");
  const look = "flex h-full w-full flex-col justify-center rounded border px-2 text-left md:px-2.5";
  const style = { background: FILLS[node.kind], borderColor: chosen ? "var(--accent)" : "var(--line)" };
  const body = (
    <>
      <span className="truncate text-sm font-medium">{label}</span>
      <span className="text-muted truncate text-xs">{note}</span>
    </>
  );
  const title = [label, note, node.rows === null ? "" : `${count(node.rows)} rows`].filter(Boolean).join("\n");
  if (node.kind !== "version" && node.kind !== "dataset")
    return (
      <div title={title} className={look} style={style}>
        {body}
      </div>
    );
  return (
    <button type="button" title={title} aria-pressed={chosen} className={`${look} hover:border-line-strong`} style={style} onClick={() => onChoose(node.label)}>
      {body}
    </button>
  );
}
