/** A layered drawing of a graph that flows one way: each node one column after its latest parent. */
import type { Lineage, LineageNode } from "@/api";
import { groupBy } from "@/lib/group";

export interface Placed extends LineageNode {
  column: number;
  row: number;
  /** Nodes that this one stands for; several signals of one step are drawn as one. */
  members: LineageNode[];
}

export interface Drawing {
  nodes: Placed[];
  edges: { from: Placed; to: Placed }[];
  columns: number;
  rows: number;
}

const GATHERED: ReadonlySet<LineageNode["kind"]> = new Set(["signal", "files", "findings"]);
const GATHER_FROM = 3;

/**
 * Nodes of a kind that come from and lead to the same nodes are drawn as one where there are many.
 * Edges that would close a circle, and edges to unknown nodes, are left out.
 */
export function draw({ nodes, edges }: Lineage): Drawing {
  const known = new Map(nodes.map((node, i) => [node.id, i]));
  const sound = edges.filter((edge) => {
    const from = known.get(edge.from);
    const to = known.get(edge.to);
    return from !== undefined && to !== undefined && from < to;
  });
  const groups = groupBy(nodes, (node) => {
    if (!GATHERED.has(node.kind)) return node.id;
    const ends = sound.filter((edge) => edge.from === node.id || edge.to === node.id);
    return `${node.kind}\u0001${ends.map((edge) => (edge.from === node.id ? `>${edge.to}` : `<${edge.from}`)).sort().join()}`;
  });
  const standsFor = new Map<string, Placed>();
  const placed: Placed[] = [];
  for (const members of groups.values()) {
    const parts = members.length >= GATHER_FROM ? [members] : members.map((member) => [member]);
    for (const part of parts) {
      const first = part[0];
      if (!first) continue;
      const node: Placed = { ...first, column: 0, row: 0, members: part };
      placed.push(node);
      for (const member of part) standsFor.set(member.id, node);
    }
  }
  const order = new Map(placed.map((node) => [node, known.get(node.id) ?? 0]));
  placed.sort((a, b) => (order.get(a) ?? 0) - (order.get(b) ?? 0));
  const links = new Map<string, { from: Placed; to: Placed }>();
  for (const edge of sound) {
    const from = standsFor.get(edge.from);
    const to = standsFor.get(edge.to);
    if (from && to && from !== to) links.set(`${from.id}\u0001${to.id}`, { from, to });
  }
  const drawn = [...links.values()].sort((a, b) => (order.get(a.to) ?? 0) - (order.get(b.to) ?? 0));
  for (const { from, to } of drawn) to.column = Math.max(to.column, from.column + 1);
  const filled: number[] = [];
  for (const node of placed) {
    const row = filled[node.column] ?? 0;
    node.row = row;
    filled[node.column] = row + 1;
  }
  return { nodes: placed, edges: drawn, columns: filled.length, rows: Math.max(0, ...filled.map((n) => n ?? 0)) };
}
