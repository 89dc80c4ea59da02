import { expect, test } from "vitest";
import { asPassage, LONGEST } from "./passage";

test("a passage is one line of what was selected", () => {
  expect(asPassage("  a card\n\twas declined ")).toBe("a card was declined");
});

test("a click or a letter is no passage, and a book is cut", () => {
  expect(asPassage("")).toBeNull();
  expect(asPassage(" \n a ")).toBeNull();
  expect(asPassage("long ".repeat(1000))?.length).toBeLessThanOrEqual(LONGEST);
});
