import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { EMPTY, OPERATORS, type Condition, type View } from "./model";
import { searchOf } from "./search";
import { fromQuery, toQuery } from "./url";

const readable = (s: string) =>
   
  s.trim().length > 0 && s.isWellFormed() && !/[\u0000-\u0008\u000e-\u001f]/.test(s);
const text = fc.string({ unit: "grapheme", minLength: 1, maxLength: 60 }).filter(readable);
const id = fc.stringMatching(/^[0-9a-f]{8,32}$/);
const name = fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9_.-]{0,20}$/);
const scalar = fc.oneof(text, fc.integer(), fc.boolean(), fc.constant(null), fc.constant(0.1));
const condition = fc.constantFrom(...OPERATORS).chain((op): fc.Arbitrary<Condition> => {
  if (op.startsWith("is ")) return fc.record({ column: text, op: fc.constant(op) });
  if (op === "between")
    return fc.oneof(
      fc.record({ column: text, op: fc.constant(op), value: fc.tuple(scalar, scalar) }),
      fc.record({ column: text, op: fc.constant(op), value: fc.tuple(scalar, scalar), right: fc.constant("open" as const) }),
    );
  const value = op === "in" || op === "not in" ? fc.array(scalar, { maxLength: 4 }) : scalar;
  return fc.record({ column: text, op: fc.constant(op), value });
});
const short = fc.integer({ min: -9999, max: 9999 }).map((n) => n / 100);
const views: fc.Arbitrary<View> = fc.record({
  dataset: fc.option(fc.oneof(name, fc.tuple(name, name).map((two) => two.join("@")))),
  filters: fc.array(fc.oneof(text, condition), { maxLength: 5 }),
  search: fc.option(fc.record({ query: fc.option(text), like: fc.array(fc.oneof(id, text)), unlike: fc.array(id), mode: fc.constantFrom("hybrid" as const, "text" as const), embedding: fc.option(fc.constantFrom("embed.text.vector", "small.vector")) })).map(searchOf),
  sort: fc.array(fc.record({ column: text, desc: fc.boolean() }), { maxLength: 3 }),
  selection: fc.option(
    fc.oneof(fc.record({ ids: fc.array(id, { minLength: 1, maxLength: 5 }) }), fc.record({ key: id })),
  ),
  camera: fc.option(fc.record({ x: short, y: short, zoom: short.map((n) => Math.abs(n) + 1) })),
  row: fc.option(id),
  beside: fc.option(name),
});

describe("a view in the URL", () => {
  test("comes back as it was", () => {
    fc.assert(
      fc.property(views, (view) => {
        const { view: back, problems } = fromQuery(toQuery(view));
        expect(problems).toEqual([]);
        expect({ ...back, camera: null }).toEqual({ ...view, camera: null });
        if (view.camera) expect(back.camera?.zoom).toBeCloseTo(view.camera.zoom, 1);
      }),
      { numRuns: 500 },
    );
  });

  test("is readable", () => {
    const view: View = {
      ...EMPTY,
      dataset: "demo@clean",
      filters: ["tag:seen", { column: "language", op: "in", value: ["en", "de"] }],
      sort: [{ column: "stats.words", desc: true }],
    };
    expect(toQuery(view)).toBe(
      "?data=demo@clean&where=tag:seen&if=language~in~[%22en%22,%22de%22]&sort=-stats.words",
    );
  });

  test("survives anything: what is broken is named and left out", () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 200 }), (query) => {
        const { view } = fromQuery(query);
        expect(fromQuery(toQuery(view)).view).toEqual(view);
      }),
      { numRuns: 500 },
    );
  });

  test("an apostrophe is written as the address bar keeps it", () => {
    const query = toQuery({ ...EMPTY, search: { query: "don't" } });
    expect(query).toBe("?q=don%27t");
    expect(new URL(`http://x/${query}`).search).toBe(query);
    expect(fromQuery(query).view.search).toEqual({ query: "don't" });
  });

  test.each([
    ["data=../../etc", "data"],
    ["data=demo%00", "data"],
    ["row=<script>", "row"],
    ["map=1,2", "map"],
    ["map=1,2,Infinity", "map"],
    ["map=1,2,-3", "map"],
    ["where=", "where"],
    [`where=${"x".repeat(5000)}`, "where"],
    ["if=words~between~[1]", "if"],
    ["if=words~drop table~1", "if"],
    ["if=words~==~{\"a\":1}", "if"],
    ["rows=a%20b", "rows"],
    ["__proto__=1", "__proto__"],
    ["zzz=1", "zzz"],
  ])("%s is refused with a reason", (query, key) => {
    const { view, problems } = fromQuery(query);
    expect(view).toEqual(EMPTY);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toContain(`${key}=`);
  });

  test("a broken part leaves the others", () => {
    const { view, problems } = fromQuery("?data=demo&map=nowhere&q=refunds");
    expect(view).toEqual({ ...EMPTY, dataset: "demo", search: { query: "refunds" } });
    expect(problems).toHaveLength(1);
  });
});
