/** Pictures of findings about what a dataset is made of: languages, sources, shortcuts. */
import type { ReactNode } from "react";
import { count, plural } from "@/lib/format";
import { Gauges } from "./parts";
import { interval, list, number, text, value, type Facts } from "./read";

const SHOWN = 4;

/** A share as a percentage, finer near the ends; only what is exact reads 0 or 100. */
function digits(share: number): string {
  const value = 100 * share;
  if (value > 0 && value < 0.05) return "<0.1";
  if (value < 100 && value >= 99.95) return ">99.9";
  return value.toFixed(value === 0 || value === 100 || (value > 9.95 && value < 90.05) ? 0 : 1);
}

/** "77 % (71–83)" */
function percent(share: number, ends?: readonly [number, number] | null): string {
  return ends ? `${digits(share)} % (${digits(ends[0])}–${digits(ends[1])})` : `${digits(share)} %`;
}

function Note({ children }: { children: ReactNode }) {
  return <p className="text-muted px-1 text-xs">{children}</p>;
}

function gauge(key: string, label: string, facts: Facts, of: string) {
  const share = number(facts, of) ?? 0;
  const ends = interval(facts, `${of}_interval`);
  return { key, label, value: share, low: ends?.[0], high: ends?.[1], note: percent(share, ends) };
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
  const rest = more > 0 ? `and ${count(more)} more` : "";
  const told = of === null ? "" : `in effect ${of.toFixed(1)} ${of.toFixed(1) === "1.0" ? noun : `${noun}s`} ${what}`.trim();
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
          return { key: String(i), label: `${value(pair, "value")} → ${value(pair, "class")}`, value: held, mark: expected, note: `${count(held)}, not ${count(expected)}` };
        })}
      />
      <Note>
        The mark is what chance would give. Cramér's V {strength.toFixed(2)}
        {range && ` (${range[0].toFixed(2)}–${range[1].toFixed(2)})`}, {plural(number(evidence, "columns_looked_at") ?? 1, "column")} looked at
      </Note>
    </div>
  );
}

export function drift(evidence: Facts): ReactNode {
  const columns = list(evidence, "columns");
  const worst = columns[0];
  if (!worst) return null;
  const values = list(worst, "values").slice(0, 3);
  const share = (one: Facts, side: string) => number(one, side) ?? 0;
  const most = Math.max(...values.flatMap((one) => [share(one, "before"), share(one, "after")]), 0.01);
  const more = columns.length - SHOWN + (number(evidence, "other_columns") ?? 0);
  return (
    <div className="space-y-1.5">
      <Gauges
        label="How far each column moved"
        most={1}
        gauges={columns.slice(0, SHOWN).map((column) => {
          const ends = interval(column, "distance_interval");
          const name = text(column, "column") ?? "";
          return { ...gauge(name, name, column, "distance"), mark: number(column, "by_chance") ?? undefined, note: percent(number(column, "distance") ?? 0, ends) };
        })}
      />
      <Note>
        {more > 0 && `and ${count(more)} more; `}share of rows with another value than before; the mark is what chance gives. In {text(worst, "column")}:
      </Note>
      <Gauges
        label={`Shares before and after in ${text(worst, "column") ?? ""}`}
        most={most}
        gauges={values.map((one) => {
          const name = text(one, "value") ?? "";
          return { key: name, label: name, value: share(one, "after"), mark: share(one, "before"), note: `${digits(share(one, "before"))} → ${percent(share(one, "after"))}` };
        })}
      />
    </div>
  );
}

export function groups(evidence: Facts): ReactNode {
  const rates = list(evidence, "rates");
  if (rates.length > 0) {
    return (
      <div className="space-y-1">
        <Gauges
          label={`Labels of rows that name a group, by ${text(evidence, "axis") ?? "axis"}`}
          most={1}
          gauges={rates.slice(0, SHOWN).map((rate, i) => ({
            ...gauge(String(i), `${value(rate, "group")}: ${value(rate, "class")}`, rate, "share"),
            mark: number(rate, "other_share") ?? undefined,
            note: `${digits(number(rate, "share") ?? 0)}, not ${digits(number(rate, "other_share") ?? 0)} %`,
          }))}
        />
        <Note>Share of rows that name the group; the mark is that of all others. Mentions are counted, not people.</Note>
      </div>
    );
  }
  const named = list(evidence, "groups");
  const [first, ...others] = named;
  if (!first) return null;
  const rarest = others.slice(-SHOWN);
  const last = others[others.length - 1];
  const lacking = last ? (number(last, "to_collect") ?? 0) : 0;
  return (
    <div className="space-y-1">
      <Gauges
        label={`Rows that name each group, by ${text(evidence, "axis") ?? "axis"}`}
        most={1}
        gauges={[first, ...rarest].map((one) => {
          const ends = interval(one, "ratio_interval");
          const name = text(one, "group") ?? "";
          return { key: name, label: name, value: number(one, "ratio") ?? 0, low: ends?.[0], high: ends?.[1], mark: number(evidence, "least") ?? undefined, note: plural(number(one, "rows") ?? 0, "row") };
        })}
      />
      <Note>
        {others.length > rarest.length && `and ${count(others.length - rarest.length)} more in between; `}rows whose text names a group are counted, not people
        {last && lacking > 0 && `. ${text(last, "group") ?? "The last"} reach the mark with ${plural(lacking, "more row")}`}
      </Note>
    </div>
  );
}
