/** Pictures of findings about labels and splits: what a row is called, and what it looks like. */
import type { ReactNode } from "react";
import { count } from "@/lib/format";
import { Gauges, Quote } from "./parts";
import { interval, list, number, text, value, type Facts } from "./read";
import { Suspects } from "./Suspects";

const SHOWN = 2;

export function labelErrors(evidence: Facts): ReactNode {
  return <Suspects evidence={evidence} />;
}

export function ambiguous(evidence: Facts): ReactNode {
  return (
    <div className="space-y-1">
      {list(evidence, "examples")
        .slice(0, SHOWN)
        .map((row, i) => (
          <Quote key={i} lines={1} note={<Labels one={votes(row, "given")} between="or" other={votes(row, "other")} />}>
            {text(row, "text")}
          </Quote>
        ))}
    </div>
  );
}

function votes(row: Facts, of: "given" | "other"): string {
  const share = number(row, `${of}_votes`);
  return `${value(row, of)}${share === null ? "" : ` ${Math.round(100 * share)} %`}`;
}

function Labels({ one, between, other }: { one: string | null; between: string; other: string | null }) {
  return (
    <>
      <b className="text-text font-semibold">{one}</b> {between} <b className="text-text font-semibold">{other}</b>
    </>
  );
}

export function imbalance(evidence: Facts): ReactNode {
  const equal = number(evidence, "equal_share") ?? 0;
  const gauges = list(evidence, "rare_classes")
    .slice(0, SHOWN + 2)
    .map((one) => {
      const [low, high] = interval(one, "share_interval") ?? [];
      const rows = number(one, "rows") ?? 0;
      return { key: value(one, "class"), label: value(one, "class"), value: number(one, "share") ?? 0, low, high, mark: equal, note: `${count(rows)} ${rows === 1 ? "row" : "rows"}` };
    });
  return (
    <div className="space-y-1">
      <Gauges label="Share of the rarest classes" gauges={gauges} most={Math.max(equal * 1.25, ...gauges.map((one) => one.high ?? one.value))} />
      <p className="text-muted px-1 text-xs">The mark is an equal share.</p>
    </div>
  );
}

export function splitLeak(evidence: Facts): ReactNode {
  const pair = list(evidence, "examples")[0];
  if (!pair) return null;
  const alike = number(pair, "similarity");
  return (
    <div className="grid grid-cols-2 gap-2">
      <Quote note={`in ${text(evidence, "training_split") ?? "one split"}`} lines={4}>
        {text(pair, "text")}
      </Quote>
      <Quote note={`in ${text(pair, "other_split") ?? "another"}${alike === null ? "" : `, similarity ${alike.toFixed(2)}`}`} lines={4}>
        {text(pair, "other_text")}
      </Quote>
    </div>
  );
}
