import fc from "fast-check";
import { expect, test } from "vitest";
import { begin, drift, redo, step, undo } from "./history";

test("undo brings back what was, redo what is", () => {
  const line = step(step(begin(1), 2), 3);
  expect(undo(line).now).toBe(2);
  expect(undo(undo(line)).now).toBe(1);
  const again = redo(undo(line));
  expect(again).toEqual({ ...line, at: [line.at[0], again.at[1]] });
  // Done again, it is what was done last.
  expect(again.at[1]).toBeGreaterThan(line.at[1] ?? Infinity);
});

test("at the ends nothing happens", () => {
  const line = begin(1);
  expect(undo(line)).toBe(line);
  expect(redo(line)).toBe(line);
});

test("a change after undo ends what could be redone", () => {
  const line = step(undo(step(begin(1), 2)), 3);
  expect(redo(line)).toBe(line);
  expect(line.past).toEqual([1]);
});

test("movement is no step", () => {
  const line = drift(step(begin(1), 2), 5);
  expect(line.now).toBe(5);
  expect(undo(line).now).toBe(1);
});

test("n steps and n undos lead back, whatever the steps", () => {
  fc.assert(
    fc.property(fc.array(fc.integer(), { maxLength: 100 }), (values) => {
      let line = values.reduce(step, begin(0));
      for (let i = 0; i < values.length; i++) line = undo(line);
      expect(line.now).toBe(0);
    }),
  );
});
