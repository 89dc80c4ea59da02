/** One picture of a finding, chosen by its check; what no lens knows gets its examples and figures. */
import type { ReactNode } from "react";
import type { Finding } from "@/api";
import { count, measure, share } from "@/lib/format";
import { drift, groups, languages, sources, spurious } from "./balance";
import { compare, type Piece } from "./diff";
import { ambiguous, imbalance, labelErrors, splitLeak } from "./labels";
import { Bars, Quote } from "./parts";
import { list, number, text, words, type Facts } from "./read";

type Lens = (evidence: Facts, finding: Finding) => ReactNode;

const LENSES: Record<string, Lens> = {
  "duplicates.near": nearDuplicates,
  "duplicates.exact": exactDuplicates,
  "pii.found": personal,
  "leak.benchmark": leak,
  "quality.rules": rules,
  "language.mix": languages,
  "columns.broken": column,
  "text.encoding": encoding,
  "text.lengths": lengths,
  "outliers.embedding": outliers,
  label_errors: labelErrors,
  "labels.ambiguous": ambiguous,
  "labels.imbalance": imbalance,
  "leak.splits": splitLeak,
  "labels.spurious": spurious,
  "sources.imbalance": sources,
  "drift.versions": drift,
  "groups.identity": groups,
};

export function Evidence({ finding }: { finding: Finding }) {
  return <>{LENSES[finding.check]?.(finding.evidence, finding) ?? generic(finding.evidence, finding)}</>;
}

function Pieces({ pieces }: { pieces: readonly Piece[] }) {
  return pieces.map((piece, i) =>
    piece.changed ? (
      <mark key={i} className="bg-mark text-text rounded-[2px]">
        {piece.text}
      </mark>
    ) : (
      piece.text
    ),
  );
}

function nearDuplicates(evidence: Facts): ReactNode {
  const group = list(evidence, "examples")[0];
  const member = group && list(group, "members")[0];
  if (!group || !member) return null;
  const { a, b } = compare(text(member, "representative_text") ?? text(group, "text") ?? "", text(member, "text") ?? "");
  const jaccard = number(member, "jaccard");
  return (
    <div className="grid grid-cols-2 gap-2">
      <Quote note={`one of ${count(number(group, "size") ?? 2)} alike`} lines={4}>
        <Pieces pieces={a} />
      </Quote>
      <Quote note={jaccard === null ? "another" : `another, similarity ${jaccard.toFixed(2)}`} lines={4}>
        <Pieces pieces={b} />
      </Quote>
    </div>
  );
}

function exactDuplicates(evidence: Facts): ReactNode {
  const groups = list(evidence, "examples").slice(0, 3);
  if (groups.length === 0) return null;
  return (
    <ul className="space-y-1">
      {groups.map((group, i) => (
        <li key={i} className="grid grid-cols-[36px_minmax(0,1fr)] items-center gap-2 text-sm">
          <b className="text-right font-semibold">{count(number(group, "size") ?? 2)}×</b>
          <Quote lines={1}>{text(group, "text")}</Quote>
        </li>
      ))}
    </ul>
  );
}

/** A text with every place of `part` marked. */
function Marked({ whole, part }: { whole: string; part: string }) {
  const at = part ? whole.indexOf(part) : -1;
  if (at < 0) return <>{whole}</>;
  return (
    <>
      {whole.slice(0, at)}
      <mark className="bg-mark text-text rounded-[2px] px-0.5 font-mono text-xs">{part}</mark>
      {whole.slice(at + part.length)}
    </>
  );
}

/** The words around the part, so that it is seen on one line. */
function around(whole: string, part: string, before = 20): string {
  const at = whole.indexOf(part);
  if (at <= before) return whole;
  return `…${whole.slice(at - before).replace(/^\S*\s/, "")}`;
}

function personal(evidence: Facts): ReactNode {
  return (
    <div className="space-y-1">
      {list(evidence, "examples")
        .slice(0, 3)
        .map((example, i) => {
          const value = text(example, "value") ?? "";
          return (
            <Quote key={i} lines={1}>
              <Marked whole={around(text(example, "text") ?? "", value)} part={value} />
            </Quote>
          );
        })}
    </div>
  );
}

function leak(evidence: Facts): ReactNode {
  const example = list(evidence, "examples")[0];
  if (!example) return null;
  const coverage = number(example, "coverage");
  return (
    <div className="grid grid-cols-2 gap-2">
      <Quote note={`item ${count(number(example, "item") ?? 0)} of the evaluation`} lines={4}>
        {text(example, "item_text")}
      </Quote>
      <Quote note={coverage === null ? "your row" : `your row: ${Math.round(100 * coverage)} % of it`} lines={4}>
        {text(example, "text")}
      </Quote>
    </div>
  );
}

function rules(evidence: Facts, finding: Finding): ReactNode {
  const bars = list(evidence, "rules").map((rule) => ({
    value: text(rule, "rule") ?? "",
    label: (text(rule, "keep") ?? text(rule, "rule") ?? "").replaceAll("text.stats.", ""),
    count: number(rule, "failing") ?? 0,
  }));
  return <Bars label={`Rows failing each rule: ${finding.title}`} bars={bars} />;
}

function column(evidence: Facts): ReactNode {
  const rows = number(evidence, "rows") ?? 0;
  const filled = number(evidence, "values") ?? 0;
  const problems = list(evidence, "problems");
  const values = problems.flatMap((problem) => list(problem, "exceptions")).slice(0, 4);
  const constant = problems.map((problem) => text(problem, "value")).find((value) => value !== null);
  return (
    <div className="space-y-2 text-sm">
      <div>
        <div className="bg-context h-2.5 overflow-hidden rounded-[3px]">
          <div className="bg-accent h-full" style={{ width: `${rows ? (100 * filled) / rows : 0}%` }} />
        </div>
        <div className="text-muted mt-1 flex justify-between text-xs">
          <span>{share(filled, rows)} filled</span>
          <span className="font-mono">{text(evidence, "type")}</span>
        </div>
      </div>
      {(values.length > 0 || constant !== undefined) && (
        <p className="truncate">
          <span className="text-muted">{constant === undefined ? "Exceptions: " : "Always: "}</span>
          <span className="font-mono text-xs">
            {constant ?? values.map((value) => `${text(value, "value") ?? "?"} (${count(number(value, "rows") ?? 1)})`).join("  ")}
          </span>
        </p>
      )}
    </div>
  );
}

/** Characters nobody sees, by their number. */
function visible(whole: string): string {
   
  return whole.replace(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\ufffd]/g, (c) => `[U+${c.charCodeAt(0).toString(16).toUpperCase().padStart(4, "0")}]`);
}

function encoding(evidence: Facts): ReactNode {
  return (
    <div className="space-y-1">
      {list(evidence, "examples")
        .slice(0, 3)
        .map((example, i) => {
          const part = visible(text(example, "characters") ?? "");
          const meant = text(example, "meant");
          return (
            <Quote key={i} lines={2} note={meant === null ? undefined : `meant: ${meant}`}>
              <Marked whole={around(visible(text(example, "text") ?? ""), part)} part={part} />
            </Quote>
          );
        })}
    </div>
  );
}

function lengths(evidence: Facts): ReactNode {
  const examples = list(evidence, "examples").slice(0, 3);
  const median = number(evidence, "median");
  if (examples.length === 0) {
    const counted = text(evidence, "counted");
    return counted && <p className="text-muted text-sm">Counted as empty: {counted}.</p>;
  }
  return (
    <div className="space-y-1">
      {examples.map((example, i) => (
        <Quote key={i} lines={1} note={`${count(number(example, "characters") ?? 0)} characters${median === null ? "" : `; the median is ${count(median)}`}`}>
          {text(example, "text")}
        </Quote>
      ))}
    </div>
  );
}

function outliers(evidence: Facts): ReactNode {
  const example = list(evidence, "examples")[0];
  const near = example && list(example, "nearest")[0];
  if (!example) return null;
  return (
    <div className="grid grid-cols-2 gap-2">
      <Quote note="far from all others" lines={4}>
        {text(example, "text")}
      </Quote>
      {near && (
        <Quote note={`its nearest row, similarity ${(number(near, "similarity") ?? 0).toFixed(2)}`} lines={4}>
          {text(near, "text")}
        </Quote>
      )}
    </div>
  );
}

function generic(evidence: Facts, finding: Finding): ReactNode {
  const told = list(evidence, "examples").map((example) => text(example, "text")).filter((one) => one !== null);
  const shown = (told.length > 0 ? told : finding.examples.map((example) => example.snippet)).slice(0, 3);
  const figures = Object.entries(evidence)
    .filter((entry): entry is [string, number] => typeof entry[1] === "number" && entry[0] !== "rows")
    .slice(0, 4);
  return (
    <div className="space-y-1">
      {shown.map((one, i) => (
        <Quote key={i} lines={1}>
          {one}
        </Quote>
      ))}
      {shown.length === 0 && figures.length > 0 && (
        <dl className="grid grid-cols-2 gap-x-4 text-sm">
          {figures.map(([key, value]) => (
            <div key={key} className="flex justify-between gap-2">
              <dt className="text-muted truncate">{words(key)}</dt>
              <dd>{measure(value)}</dd>
            </div>
          ))}
        </dl>
      )}
    </div>
  );
}
