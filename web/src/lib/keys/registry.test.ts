import { expect, test, vi } from "vitest";
import { caps, KeyRegistry, stroke } from "./registry";

const event = (key: string, held: Partial<Record<"ctrlKey" | "metaKey" | "altKey" | "shiftKey", boolean>> = {}) => ({
  key,
  ctrlKey: false,
  metaKey: false,
  altKey: false,
  shiftKey: false,
  ...held,
});

test.each([
  [event("a"), "a"],
  [event("X", { shiftKey: true }), "shift+x"],
  [event("?", { shiftKey: true }), "?"],
  [event("k", { ctrlKey: true }), "mod+k"],
  [event("k", { metaKey: true }), "mod+k"],
  [event("Z", { ctrlKey: true, shiftKey: true }), "mod+shift+z"],
  [event("Enter"), "enter"],
  [event(" "), "space"],
  [event("ArrowDown", { shiftKey: true }), "shift+arrowdown"],
])("%o is written %s", (pressed, written) => {
  expect(stroke(pressed)).toBe(written);
});

test("the newest binding wins, and leaves", () => {
  const registry = new KeyRegistry();
  const outer = vi.fn();
  const inner = vi.fn();
  registry.add([{ keys: "a", label: "Outer", run: outer }]);
  const leave = registry.add([{ keys: "a", label: "Inner", run: inner }]);
  registry.press("a");
  leave();
  registry.press("a");
  expect(inner).toHaveBeenCalledOnce();
  expect(outer).toHaveBeenCalledOnce();
});

test("a sequence waits for its second key, not forever", () => {
  const registry = new KeyRegistry();
  const go = vi.fn();
  registry.add([{ keys: "g e", label: "Explore", run: go }]);
  expect(registry.press("g", { now: 0 })).toBe(true);
  expect(registry.press("e", { now: 500 })).toBe(true);
  expect(go).toHaveBeenCalledOnce();
  registry.press("g", { now: 1000 });
  expect(registry.press("e", { now: 9000 })).toBe(false);
  expect(go).toHaveBeenCalledOnce();
});

test("in a text field only keys made for it work", () => {
  const registry = new KeyRegistry();
  const letter = vi.fn();
  const palette = vi.fn();
  registry.add([
    { keys: "a", label: "Apply", run: letter },
    { keys: "mod+k", label: "Palette", run: palette, inFields: true },
  ]);
  expect(registry.press("a", { inField: true })).toBe(false);
  expect(registry.press("mod+k", { inField: true })).toBe(true);
  expect(letter).not.toHaveBeenCalled();
  expect(palette).toHaveBeenCalledOnce();
});

test("the list names each key once, as it works now", () => {
  const registry = new KeyRegistry();
  registry.add([{ keys: "a", label: "Outer", run: () => undefined }]);
  registry.add([{ keys: "a", label: "Inner", run: () => undefined }]);
  expect(registry.list().map((binding) => binding.label)).toEqual(["Inner"]);
});

test("caps", () => {
  expect(caps("g e")).toEqual([["g"], ["e"]]);
  expect(caps("mod+shift+z")).toEqual([["Ctrl", "Shift", "Z"]]);
  expect(caps("?")).toEqual([["?"]]);
  expect(caps("shift+pagedown")).toEqual([["Shift", "Page Down"]]);
});
