import { expect, test } from "vitest";
import { begin, step, undo, type Timeline } from "./view/history";
import { done, settle, settleAbout, undoNewest, type Undoable } from "./undo";

function over(line: { now: Timeline<string> }): Undoable {
  return { at: () => line.now.at.at(-1) ?? 0, undo: () => void (line.now = undo(line.now)) };
}

test("what was done last is taken back first, be it a step or an act", () => {
  const log: string[] = [];
  const view = { now: begin("") };
  view.now = step(view.now, "filtered");
  done(() => log.push("tag"));
  view.now = step(view.now, "sorted");
  done(() => log.push("snooze"));
  const seen = Array.from({ length: 5 }, () => [undoNewest(over(view)), view.now.now, log.length] as const);
  expect(seen).toEqual([
    [true, "sorted", 1],
    [true, "filtered", 1],
    [true, "filtered", 2],
    [true, "", 2],
    [false, "", 2],
  ]);
  expect(log).toEqual(["snooze", "tag"]);
});

test("an act that was taken back elsewhere is not taken back again", () => {
  const log: string[] = [];
  const act = done(() => log.push("tag"));
  settle(act);
  expect(undoNewest()).toBe(false);
  expect(log).toEqual([]);
});

test("of two acts about the same only the last can be taken back, and none once it is settled", () => {
  const log: string[] = [];
  done(() => log.push("snooze"), "finding");
  done(() => log.push("apply"), "finding");
  expect(undoNewest()).toBe(true);
  expect(undoNewest()).toBe(false);
  expect(log).toEqual(["apply"]);
  done(() => log.push("again"), "finding");
  settleAbout("finding");
  expect(undoNewest()).toBe(false);
});
