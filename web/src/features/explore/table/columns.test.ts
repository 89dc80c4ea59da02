import { expect, test } from "vitest";
import type { Column } from "@/api";
import { defaultColumns } from "./columns";

function column(name: string, kind: Column["kind"], group = ""): Column {
  return { name, kind, group, input: group === "", table: true } as Column;
}

test("a label in force stands beside what the rows came with, and a field of its own after all", () => {
  const columns = [column("intent", "category"), column("split", "category"), column("text", "text"), column("words", "number", "text.stats")];
  expect(defaultColumns(columns)).toEqual(["text", "intent", "split", "words"]);
  const labelled = [...columns, column("labels.intent", "category", "labels"), column("labels.tone", "category", "labels")];
  expect(defaultColumns(labelled)).toEqual(["text", "intent", "labels.intent", "split", "words", "labels.tone"]);
});
