import { expect, test } from "vitest";
import { listOf } from "./http";

test("names of columns stay apart whatever is in them", () => {
  expect(listOf(["id", "text"])).toBe("id,text");
  expect(listOf([])).toBe("");
  expect(listOf(["name, first", "id"])).toBe('["name, first","id"]');
  expect(listOf(["[1]"])).toBe('["[1]"]');
});
