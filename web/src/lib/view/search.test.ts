import { expect, test } from "vitest";
import { byNearness, exampleWords, searchOf, sideOf, withExample, withoutExample } from "./search";

test("an example goes beside the words, and changes sides", () => {
  const search = withExample({ query: "refund" }, "like", "a");
  expect(search).toEqual({ query: "refund", like: ["a"] });
  expect(sideOf(search, "a")).toBe("like");
  expect(withExample(search, "unlike", "a")).toEqual({ query: "refund", unlike: ["a"] });
});

test("without its last part a search is over", () => {
  expect(withoutExample({ like: ["a"] }, "a")).toBeNull();
  expect(withoutExample({ query: "x", like: ["a"] }, "a")).toEqual({ query: "x" });
  expect(searchOf({ query: "  ", like: [], mode: "text" })).toBeNull();
});

test("a search saved with one example is read", () => {
  expect(searchOf({ like: "a" })).toEqual({ like: ["a"] });
});

test("examples in few words", () => {
  expect(exampleWords("0123456789abcdef0123456789abcdef")).toBe("01234567");
  expect(exampleWords("selection:1f")).toBe("selected rows");
  expect(exampleWords(`text: ${"long ".repeat(20)}`)).toBe("“long long long long long lo…”");
});

test("rows that are there because they are near are no answer to how many", () => {
  expect(byNearness({}, ["embed.text.vector"])).toBe(true);
  expect(byNearness({ mode: "vector" }, ["embed.text.vector"])).toBe(true);
  expect(byNearness({ mode: "text" }, ["embed.text.vector"])).toBe(false);
  // Without vectors only the words count.
  expect(byNearness({}, [])).toBe(false);
  expect(byNearness(null, ["embed.text.vector"])).toBe(false);
});
