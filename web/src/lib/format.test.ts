import { describe, expect, it } from "vitest";
import { chance, measure, share } from "./format";

describe("measure", () => {
  it("groups every number of four digits, with three that count", () => {
    const shown = [2900, 2954.26, 999.6, 999.4, 12.345, -1449.6, 12_345.6].map(measure);
    expect(shown).toEqual(["2,900", "2,950", "1,000", "999", "12.3", "-1,450", "12.3K"]);
  });

  it("writes what is too large for words as a power", () => {
    expect(measure(1e308)).toBe("1.0e+308");
    expect(measure(2.5e12)).toBe("2.5T");
  });
});

describe("chance", () => {
  it("never says that what is not certain is", () => {
    expect([0, 0.001, 0.412, 0.999, 1].map(chance)).toEqual(["0 %", "1 %", "41 %", "99 %", "100 %"]);
  });
});

describe("share", () => {
  it("reads as the titles of findings do", () => {
    const shown = [[0, 10], [10, 10], [1, 1_000_000], [999_999, 1_000_000], [1, 8], [49, 400], [31, 1000], [0, 0]].map(([part, whole]) => share(part ?? 0, whole ?? 0));
    expect(shown).toEqual(["0.0 %", "100.0 %", "< 0.1 %", "> 99.9 %", "12.5 %", "12.3 %", "3.1 %", "–"]);
  });
});
