import { expect, test } from "vitest";
import type { Lineage, LineageNode } from "@/api";
import { draw } from "./layout";

const node = (id: string, kind: LineageNode["kind"] = "version"): LineageNode => ({ id, kind, label: id, rows: 1, time: null });
const edge = (from: string, to: string): Lineage["edges"][number] => ({ from, to, run: "r", kind: "k", seconds: 1 });

test("each node stands after its latest parent", () => {
  const { nodes, columns, rows } = draw({
    nodes: [node("files"), node("data"), node("a"), node("b")],
    edges: [edge("files", "data"), edge("data", "a"), edge("a", "b"), edge("data", "b")],
  });
  expect(nodes.map(({ id, column, row }) => [id, column, row])).toEqual([
    ["files", 0, 0],
    ["data", 1, 0],
    ["a", 2, 0],
    ["b", 3, 0],
  ]);
  expect([columns, rows]).toEqual([4, 1]);
});

test("many signals of the same place are one", () => {
  const signals = ["s1", "s2", "s3", "s4"];
  const { nodes, edges } = draw({
    nodes: [node("data", "dataset"), ...signals.map((id) => node(id, "signal")), node("v")],
    edges: signals.flatMap((id) => [edge("data", id), edge(id, "v")]),
  });
  expect(nodes.map(({ id, members }) => [id, members.length])).toEqual([["data", 1], ["s1", 4], ["v", 1]]);
  expect(edges).toHaveLength(2);
});

test("circles and edges to nowhere are left out", () => {
  const { edges, columns } = draw({ nodes: [node("a"), node("b")], edges: [edge("a", "b"), edge("b", "a"), edge("b", "zzz")] });
  expect(edges).toHaveLength(1);
  expect(columns).toBe(2);
});

test("nothing is drawn of nothing", () => {
  expect(draw({ nodes: [], edges: [] })).toEqual({ nodes: [], edges: [], columns: 0, rows: 0 });
});
