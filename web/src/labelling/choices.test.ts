import { describe, expect, it } from "vitest";
import { choicesFor, firstAt, valuesOf } from "./choices";

const names = (values: readonly { value: string }[]) => values.map((one) => one.value);
const INTENTS = valuesOf({ kind: "category", values: ["request_pto", "pto_request", "PTO used", "card", ""] });

describe("what a field may be answered with", () => {
  it("is all it knows, the most frequent first, until something is typed; no empty text", () => {
    expect(names(choicesFor(INTENTS, " ", true))).toEqual(["request_pto", "pto_request", "PTO used", "card"]);
  });

  it("is what contains the typed text: what begins so first, case and separators aside", () => {
    expect(names(choicesFor(INTENTS, "pto", false))).toEqual(["pto_request", "PTO used", "request_pto"]);
    expect(names(choicesFor(INTENTS, "pto REQ", false))).toEqual(["pto_request"]);
    expect(names(choicesFor(INTENTS, "ar", false))).toEqual(["card"]);
  });

  it("is last what was typed, where nothing is called so", () => {
    expect(names(choicesFor(INTENTS, " pto ", true))).toEqual(["pto_request", "PTO used", "request_pto", "pto"]);
    expect(names(choicesFor(INTENTS, "card", true))).toEqual(["card"]);
    // A label is kept as it is written: another case is another label.
    expect(names(choicesFor(INTENTS, "Card", true))).toEqual(["card", "Card"]);
    expect(names(choicesFor(INTENTS, "nothing like it", false))).toEqual([]);
  });

  it("is yes and no for what is true or false, also where one of them is not known yet", () => {
    const truths = valuesOf({ kind: "boolean", values: ["true"] });
    expect(truths.map((one) => one.label)).toEqual(["yes", "no"]);
    expect(names(choicesFor(truths, "n", false))).toEqual(["false"]);
  });

  it("is found at once among thousands, whatever they hold", () => {
    const many = valuesOf({ kind: "category", values: Array.from({ length: 5000 }, (_, i) => `(class) [${i}]\\ *`) });
    expect(names(choicesFor(many, "[4321]", true))).toEqual(["(class) [4321]\\ *", "[4321]"]);
  });
});

describe("what Enter takes", () => {
  it("is nothing before something is typed, then the best", () => {
    expect(firstAt(INTENTS, "")).toBe(-1);
    expect(firstAt(choicesFor(INTENTS, "pto", true), "pto")).toBe(0);
    expect(firstAt([], "pto")).toBe(-1);
  });
});
