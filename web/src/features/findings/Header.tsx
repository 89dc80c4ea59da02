/** The strip above the findings: what this dataset is. */
import type { ReactNode } from "react";
import { useDataset, type DatasetDetail } from "@/api";
import { ago, brief, count, share } from "@/lib/format";
import { splitDataset } from "@/lib/view";
import { addOrGo } from "./open";
import { cx, Skeleton, Tooltip } from "@/ui";

export function Header() {
  const { data } = useDataset();
  return (
    <section aria-label="This dataset" className="bg-panel border-line grid grid-cols-2 rounded border sm:grid-cols-3 xl:grid-cols-[repeat(5,auto)_minmax(220px,1.6fr)]">
      <Figure name="Rows">{data && count(data.rows)}</Figure>
      <Figure name="Tokens" note={data?.tokens?.vocabulary ? `counted with ${data.tokens.vocabulary}` : undefined}>
        {data && (data.tokens ? brief(data.tokens.count) : "–")}
      </Figure>
      <Figure name="Languages">{data && <Languages data={data} />}</Figure>
      <Figure name="Sources">{data && <Sources data={data} />}</Figure>
      <Figure name="Last change" lone>{data && (data.last_change ? ago(data.last_change) : "–")}</Figure>
      <Figure name={data?.dropped ? `Kept in ${data.dropped.version}` : "Kept"} wide>
        {data && <Kept data={data} />}
      </Figure>
    </section>
  );
}

function Figure({ name, note, wide, lone, children }: { name: string; note?: string; wide?: boolean; lone?: boolean; children: ReactNode }) {
  return (
    <div className={cx("border-line min-w-0 px-4 py-3 max-xl:border-b max-xl:last:border-b-0 xl:not-first:border-l", wide && "max-xl:col-span-full", lone && "max-sm:col-span-2 sm:max-xl:col-span-2")}>
      <div className="text-muted truncate text-xs" title={note}>
        {name}
      </div>
      <div className="min-h-6 truncate text-base font-semibold">{children ?? <Skeleton className="mt-1 h-4 w-20" />}</div>
    </div>
  );
}

function Languages({ data }: { data: DatasetDetail }) {
  const top = data.languages?.[0];
  if (!data.languages || !top) return <>–</>;
  const known = data.languages.length;
  const list = data.languages.map((one) => `${one.name} ${share(one.rows, data.rows)}`).join(", ");
  return (
    <Tooltip text={list}>
      <span tabIndex={0}>
        {top.name} <span className="text-muted font-normal">{share(top.rows, data.rows)}{known > 1 && `, ${known >= 10 ? "9+" : known - 1} more`}</span>
      </span>
    </Tooltip>
  );
}

function Sources({ data }: { data: DatasetDetail }) {
  const [only] = data.sources;
  if (!only) return <>–</>;
  const list = data.sources.map((one) => `${one.source} ${share(one.rows, data.rows)}`).join(", ");
  return (
    <Tooltip text={list}>
      <span tabIndex={0}>{data.sources.length === 1 ? only.source : data.sources.length >= 10 ? "10 or more" : data.sources.length}</span>
    </Tooltip>
  );
}

function Kept({ data }: { data: DatasetDetail }) {
  const { dropped } = data;
  if (!dropped) return <span className="text-muted font-normal">everything: no version yet</span>;
  const kept = dropped.rows;
  const by = dropped.by.filter((rule) => rule.rows > 0).sort((a, b) => b.rows - a.rows);
  const version = splitDataset(dropped.version).version ?? dropped.version;
  return (
    <div className="flex items-center gap-3">
      <div className="bg-sunken flex h-3 min-w-0 flex-1 overflow-hidden rounded-[3px]">
        <div className="bg-accent" style={{ width: `${(100 * kept) / Math.max(1, dropped.rows_in)}%` }} />
        {by.map((rule) => (
          <Tooltip key={rule.rule} text={`${rule.rule}: dropped ${count(rule.rows)}`}>
            <button
              type="button"
              aria-label={`Rows dropped by ${rule.rule}: ${count(rule.rows)}`}
              className="bg-context hover:bg-line-strong border-panel h-full border-l"
              style={{ width: `${(100 * rule.rows) / Math.max(1, dropped.rows_in)}%` }}
              onClick={() => addOrGo(`dropped:${version}/${rule.rule}`)}
            />
          </Tooltip>
        ))}
      </div>
      <span className="shrink-0 text-sm">
        {brief(kept)} <span className="text-muted font-normal">of {brief(dropped.rows_in)}</span>
      </span>
    </div>
  );
}
