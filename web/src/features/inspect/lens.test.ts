import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Column } from "@/api";
import { lensOf, pieces, points, turnsOf, visible } from "./lens";

const column = (name: string, kind: Column["kind"]) => ({ name, kind, label: name.toUpperCase() }) as Column;

describe("a conversation", () => {
  const messages = [
    { role: "user", content: "Call 😀 me" },
    { role: "assistant", content: null, tool_calls: '[{"name":"dial"}]' },
    { role: "assistant", content: "Call 😀 me on 555" },
  ];
  const text = "user: Call 😀 me\n\nassistant: [tool calls] [{\"name\":\"dial\"}]\n\nassistant: Call 😀 me on 555";

  test("has each span in its turn, counted from its beginning", () => {
    const at = points(text.slice(0, text.indexOf("555")));
    const turns = turnsOf(messages, text, [{ start: at, end: at + 3, label: "phone" }]);
    expect(turns?.map((turn) => turn.spans.length)).toEqual([0, 0, 1]);
    const span = turns?.[2]?.spans[0];
    expect([...(turns?.[2]?.content ?? "")].slice(span?.start, span?.end).join("")).toBe("555");
  });

  test("cuts a span that runs over its end", () => {
    const turns = turnsOf([{ role: "user", content: "abc" }], "user: abc", [{ start: 0, end: 8, label: "x" }]);
    expect(turns?.[0]?.spans).toEqual([{ start: 0, end: 2, label: "x" }]);
  });

  test("survives messages of any shape", () => {
    expect(turnsOf([null, 3, { role: 4 }], "", [])?.map((turn) => turn.role)).toEqual(["unknown", "unknown", "unknown"]);
    expect(turnsOf("none", "", [])).toBeNull();
    expect(turnsOf([], "", [])).toBeNull();
  });
});

test("the text comes first, short values are fields, empty ones are left out", () => {
  const long = "x".repeat(500);
  const lens = lensOf(
    { id: "1", notes: long, title: "A title", text: "Short.", url: null, score: 0 },
    [column("notes", "text"), column("title", "category"), column("text", "text")],
    [],
  );
  expect(lens.texts.map((one) => one.name)).toEqual(["text", "notes"]);
  expect(lens.fields.map((one) => [one.name, one.value])).toEqual([["title", "A title"], ["score", 0]]);
  expect(lens.turns).toBeNull();
});

test("pieces add up to the text, and cut no character in two", () => {
  fc.assert(
    fc.property(fc.string({ unit: "grapheme", maxLength: 400 }), fc.integer({ min: 4, max: 40 }), (text, size) => {
      const cut = pieces(text, size);
      expect(cut.join("")).toBe(text);
      expect(cut.reduce((sum, piece) => sum + points(piece), 0)).toBe(points(text));
    }),
  );
});

test("points count characters as Python does", () => {
  expect(points("a😀é漢")).toBe(4);
});

test("control characters are shown, line ends stay", () => {
  expect(visible("\u001b[31mred\u0000\n\tx\u007f")).toBe("␛[31mred␀\n\tx␡");
});
