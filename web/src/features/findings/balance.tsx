/** Pictures of findings about what a dataset is made of: languages, sources, shortcuts. */
import type { ReactNode } from "react";
import { count, plural } from "@/lib/format";
import { Gauges } from "./parts";
import { interval, list, number, text, type Facts } from "./read";

const SHOWN = 4;

/** "77 % (71 to 83)" */
function percent(share: number, ends?: readonly [number, number] | null): string {
  const shown = (x: number) => (100 * x < 9.95 ? (100 * x).toFixed(1) : (100 * x).toFixed(0));
  return ends ? `${shown(share)} % (${shown(ends[0])}–${shown(ends[1])})` : `${shown(share)} %`;
}

function Note({ children }: { children: ReactNode }) {
  return <p className="text-muted px-1 text-xs">{children}</p>;
}

function gauge(key: string, label: string, facts: Facts, of: string) {
  const value = number(facts, of) ?? 0;
  const ends = interval(facts, `${of}_interval`);
  return { key, label, value, low: ends?.[0], high: ends?.[1], note: percent(value, ends) };
}

export function languages(evidence: Facts): ReactNode {
  const parts = list(evidence, "languages");
  const gauges = parts.slice(0, SHOWN).map((one) => gauge(text(one, "code") ?? "", text(one, "name") ?? text(one, "code") ?? "", one, "share"));
  const more = Math.max(0, parts.length - SHOWN) + (number(evidence, "other_languages") ?? 0);
  return (
    <div className="space-y-1">
      <Gauges label="Share of each language" gauges={gauges} most={1} />
      <Effective of={number(evidence, "effective_languages")} noun="language" more={more} />
    </div>
  );
}

export function sources(evidence: Facts): ReactNode {
  const what = text(evidence, "largest_by") === "text" ? "text" : "rows";
  const by = list({ by: [evidence[`by_${what}`]] }, "by")[0] ?? {};
  const largest = text(by, "largest") ?? "";
  const others = list(evidence, "shares").filter((one) => text(one, "value") !== largest);
  const gauges = [
    gauge("largest", largest, by, "share"),
    ...others.slice(0, SHOWN - 1).map((one) => gauge(`other ${text(one, "value")}`, text(one, "value") ?? "", one, what === "text" ? "text_share" : "share")),
  ];
  const more = (number(evidence, "sources") ?? gauges.length) - gauges.length;
  return (
    <div className="space-y-1">
      <Gauges label={`Share of the ${what} by ${text(evidence, "column") ?? "source"}`} gauges={gauges} most={1} />
      <Effective of={number(by, "effective_sources")} noun="source" more={more} what={`by ${what}`} />
    </div>
  );
}

/** How many parts of equal size would be as uneven. */
function Effective({ of, noun, more, what = "" }: { of: number | null; noun: string; more: number; what?: string }) {
  const told = of === null ? "" : `as uneven as ${of.toFixed(1)} equal ${noun}s ${what}`.trim();
  const rest = more > 0 ? `and ${count(more)} more` : "";
  return <Note>{[rest, told].filter(Boolean).join("; ")}</Note>;
}

export function spurious(evidence: Facts): ReactNode {
  const column = text(evidence, "column") ?? "the column";
  const right = number(evidence, "accuracy") ?? 0;
  const usual = number(evidence, "majority") ?? 0;
  const ends = interval(evidence, "accuracy_interval");
  const strength = number(evidence, "association") ?? 0;
  const range = interval(evidence, "association_interval");
  const pairs = list(evidence, "pairs").slice(0, 3);
  const most = Math.max(...pairs.map((pair) => number(pair, "rows") ?? 0), 1);
  return (
    <div className="space-y-1.5">
      <Gauges
        label="How often the label is right"
        most={1}
        gauges={[{ key: "alone", label: `right by ${column} alone`, value: right, low: ends?.[0], high: ends?.[1], mark: usual, note: percent(right, ends) }]}
      />
      <Gauges
        label="Pairs that are too frequent"
        most={most}
        gauges={pairs.map((pair, i) => {
          const held = number(pair, "rows") ?? 0;
          const expected = number(pair, "expected") ?? 0;
          return { key: String(i), label: `${shown(pair, "value")} with ${shown(pair, "class")}`, value: held, mark: expected, note: `${count(held)}, not ${count(expected)}` };
        })}
      />
      <Note>
        The mark is what chance would give. Cramér's V {strength.toFixed(2)}
        {range && ` (${range[0].toFixed(2)}–${range[1].toFixed(2)})`}, {plural(number(evidence, "columns_looked_at") ?? 1, "column")} looked at
      </Note>
    </div>
  );
}

function shown(facts: Facts, key: string): string {
  const value = facts[key];
  return typeof value === "string" || typeof value === "number" || typeof value === "boolean" ? String(value) : "?";
}
