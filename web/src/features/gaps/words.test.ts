import { expect, test } from "vitest";
import { chance, interval, ruleWords, times } from "./words";

test("a p-value says what it can", () => {
  expect(chance(0.002)).toBe("p = 0.002");
  expect(chance(0.0004)).toBe("p < 0.001");
  expect(chance(1)).toBe("p = 1");
});

test("a ratio is short", () => {
  expect(times(7.667)).toBe("7.7×");
  expect(times(102.85)).toBe("103×");
  expect(interval(2.71, 27334)).toBe("2.7 or more");
});

test("a rule reads as words", () => {
  expect(ruleWords('room == "kitchen"')).toBe("room is kitchen");
  expect(ruleWords("length >= 19 and length <= 48")).toBe("length 19 to 48");
  expect(ruleWords('sex != "m" and age >= 40 and age <= 60 and `my score` >= 0.5')).toBe("sex is not m, age 40 to 60, my score at least 0.5");
});

test("quoted values keep their words, and what is no rule stays as it is", () => {
  expect(ruleWords('band == "Simon and Garfunkel" and year >= 1964')).toBe("band is Simon and Garfunkel, year at least 1964");
  expect(ruleWords("flag")).toBe("flag");
});
