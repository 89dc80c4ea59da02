import { expect, test } from "vitest";
import { changeWords } from "./words";

const pii = (version: number, params: object, inputs: object = { text: "text" }) => `text.pii ${version} ${JSON.stringify([params, inputs])}`;

test("of a signal that was made otherwise, only what differs is named", () => {
  const kinds = ["email", "card"];
  expect(changeWords(pii(2, { kinds, min_score: 0.5 }), pii(1, { kinds, min_score: 0.5 }))).toBe("text.pii version 2 → 1");
  expect(changeWords(pii(2, { kinds, min_score: 0.5 }), pii(2, { kinds: ["email"], min_score: 0.8 }))).toBe("kinds email + card → email, min score 0.5 → 0.8");
  expect(changeWords(pii(2, {}), pii(2, { spans: true }))).toBe("spans none → true");
  expect(changeWords(pii(2, {}), pii(2, {}, { text: "body" }))).toBe("text text → body");
  expect(changeWords('embed.text 2 [{"model": "lsa"}, {}]', "text.pii 1 [{}, {}]")).toBe("embed.text 2 → text.pii 1, model lsa → none");
  expect(changeWords(pii(2, {}), pii(2, {}))).toBe("text.pii, made anew");
});

test("types, and what cannot be read, stand as they are", () => {
  expect(changeWords("int64", "string")).toBe("int64 → string");
  expect(changeWords("text.pii 2 [{", "int64")).toBe("text.pii 2 [{ → int64");
});
