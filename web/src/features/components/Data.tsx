import { useState } from "react";
import { BarList, CountLine, DataTable, Funnel, Histogram, ScoreDot, Sparkline, SpanText } from "@/ui";
import { Section, Show } from "./Screen";

// Shapes to look at, not data: a hump, its part in view, and a long list.
const EDGES = Array.from({ length: 33 }, (_, i) => i * 25);
const ALL = Array.from({ length: 32 }, (_, i) => Math.round(900 * Math.exp(-(((i - 9) / 5) ** 2)) + 8));
const PART = ALL.map((n, i) => Math.round(n * (i > 12 ? 0.7 : 0.25)));
const LABELS = ["en", "sv", "pt", "de", "es", "fi", "fr", "nl", "el", "ja", "ko", "pl", "tr", "العربية"];
const TEXT = "Write to ana@example.org or call +351 910 000 000 before Friday 😀.";
const SPANS = [
  { start: 9, end: 24, label: "email", score: 0.95 },
  { start: 33, end: 49, label: "phone", score: 0.6 },
  { start: 28, end: 63, label: "request" },
];
const SORTS = [{ column: "words", desc: true }];

export function Data() {
  const [brush, setBrush] = useState<[number, number] | null>([150, 400]);
  const [threshold, setThreshold] = useState(200);
  const [chosen, setChosen] = useState<string[]>(["de"]);
  const toggle = (value: string) => setChosen((now) => (now.includes(value) ? now.filter((one) => one !== value) : [...now, value]));
  return (
    <Section title="Data">
      <Show name="CountLine: all, some, on its way, unknown">
        <CountLine shown={98112} total={98112} />
        <CountLine shown={12480} total={98112} />
        <CountLine shown={12480} total={98112} stale />
        <CountLine shown={100} total={98112} nearest />
        <CountLine shown={null} total={null} />
      </Show>
      <Show name="ScoreDot 0, 0.05, 0.2, 0.6, 1">
        {[0, 0.05, 0.2, 0.6, 1].map((score) => (
          <ScoreDot key={score} score={score} />
        ))}
      </Show>
      <Show name="Sparkline">
        <Sparkline values={ALL} label="A hump" />
      </Show>
      <Show name="Histogram: all and in view, with brush">
        <div className="w-full">
          <Histogram label="Words" data={{ edges: EDGES, all: ALL, view: PART }} brush={brush} onBrush={setBrush} />
        </div>
      </Show>
      <Show name="Histogram: threshold to drag">
        <div className="w-full">
          <Histogram label="Words" data={{ edges: EDGES, all: ALL }} threshold={threshold} onThreshold={setThreshold} />
        </div>
      </Show>
      <Show name="Histogram: one bin, nothing">
        <div className="w-full space-y-2">
          <Histogram label="Constant" data={{ edges: [1, 1], all: [40] }} height={28} />
          <Histogram label="Nothing" data={{ edges: [0, 1], all: [0] }} height={28} />
        </div>
      </Show>
      <Show name="BarList: x of y, chosen, search over 12">
        <div className="max-h-72 w-full overflow-y-auto">
          <BarList label="Language" chosen={chosen} onToggle={toggle} bars={LABELS.map((value, i) => ({ value, total: Math.round(1400 / (i + 1)), count: Math.round(600 / (i * i + 1)) }))} distinct={37} />
        </div>
      </Show>
      <Show name="Funnel">
        <div className="w-full">
          <Funnel steps={[{ label: "all rows", kept: 1753 }, { label: "words between 50 and 100000", kept: 1074 }, { label: "language", kept: 1074 }, { label: "dedup.near", kept: 573 }]} />
        </div>
      </Show>
      <Show name="SpanText: overlapping, each label on and off">
        <SpanText text={TEXT} spans={SPANS} />
      </Show>
      <Show name="DataTable: a million rows, each loaded when seen" wide>
        <div className="border-line h-64 w-full overflow-hidden rounded border">
          <DataTable
            name="show"
            count={1_000_000}
            row={(i) => (i % 7 === 6 ? undefined : i)}
            rowKey={(i) => String(i)}
            focus="2"
            selected={(i) => i === 4}
            sort={SORTS}
            onSort={() => undefined}
            columns={[
              { id: "id", label: "Row", width: 110, align: "right", cell: (i) => i.toLocaleString("en-US") },
              { id: "text", label: "Text", width: 420, cell: (i) => (i % 2 ? "Where is my refund?" : "أين أموالي؟ — 返金はどこですか") },
              { id: "words", label: "Words", width: 90, align: "right", cell: (i) => (i * 7919) % 977 },
            ]}
          />
        </div>
      </Show>
    </Section>
  );
}
