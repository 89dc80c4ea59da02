import { expect, test } from "vitest";
import { thumbsWords } from "./thumbs";

test("what to do next depends on the thumbs there are", () => {
  expect(thumbsWords({ yes: 0, no: 0, known: false })).toBe("Say of a few rows whether they are meant: = yes, - no");
  expect(thumbsWords({ yes: 2, no: 0, known: true })).toBe("2 yes, 0 no: say no to some, further down");
  expect(thumbsWords({ yes: 0, no: 3, known: true })).toBe("0 yes, 3 no: say yes to some, further up");
  expect(thumbsWords({ yes: 2, no: 1, known: true })).toBe("2 yes, 1 no: a few more, also further down, make it surer");
  expect(thumbsWords({ yes: 5, no: 4, known: true })).toBe("5 yes, 4 no");
});

test("thumbs on rows that the filters hide say nothing of those in view", () => {
  expect(thumbsWords({ yes: 1, no: 0, known: false })).toBe("1 thumb, none on a row that the filters leave");
});
