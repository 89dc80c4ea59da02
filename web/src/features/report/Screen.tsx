import { useQuery } from "@tanstack/react-query";
import { Download, RotateCw } from "lucide-react";
import { useEffect, useRef, type ReactNode } from "react";
import { about, api, apiUrl, cancelJob, failureOf, failureText, isOver, queries, useDataset, useLive, useOthers, whenOver, type Report } from "@/api";
import { useCommands } from "@/lib/commands";
import { count, moment } from "@/lib/format";
import { useKeys } from "@/lib/keys";
import { goTo, splitDataset, useView } from "@/lib/view";
import { Button, CodeBlock, EmptyState, ErrorState, Menu, NoRows, Progress, Skeleton, toast } from "@/ui";
import { Beside } from "./Beside";
import { Bars, Figures, Spread, Words } from "./Parts";

export default function ReportScreen() {
  const dataset = useView((now) => now.dataset) ?? "";
  const wanted = useView((now) => now.beside);
  const target = wanted === dataset ? null : wanted;
  const detail = useDataset(dataset);
  const others = useOthers(dataset);
  const state = useQuery({
    queryKey: about(dataset, "report", target),
    queryFn: ({ signal }) => api.report(dataset, target, signal),
    // The target may have changed without a word about this dataset.
    refetchOnMount: target === null || "always",
  });
  const label = `Describing ${dataset}${target === null ? "" : ` beside ${target}`}`;
  const jobs = useLive((live) => live.jobs).filter((job) => job.kind === "report" && job.label === label);
  const running = jobs.find((job) => !isOver(job));
  const last = jobs[0];
  const failed = last?.state === "failed" || last?.state === "cancelled" ? last : undefined;
  const report = state.data?.report ?? null;
  const obstacle = state.data?.obstacle ?? null;
  const empty = detail.data?.source_rows === 0;

  const done = last?.state === "done" ? last.id : null;
  useEffect(() => {
    // One that was begun before the page was loaded anew.
    if (done !== null) void queries.invalidateQueries({ queryKey: about(dataset, "report") });
  }, [dataset, done]);

  const make = () => void write(dataset, target);
  const missing = state.isSuccess && report === null && obstacle === null && last === undefined && detail.isSuccess && !empty;
  const asked = useRef<string | null>(null);
  useEffect(() => {
    // It speaks first: nobody has to ask for the first report.
    if (!missing || asked.current === label) return;
    asked.current = label;
    void write(dataset, target);
  }, [missing, label, dataset, target]);

  const take = (form: string) => location.assign(apiUrl(["datasets", dataset, "report", "file"], { form, target: target ?? undefined }));
  useKeys("Report", [{ keys: "r", label: "Write it anew", run: make }]);
  useCommands([
    { group: "Report", label: "Write the report anew", run: make },
    ...(report ? ["html", "pdf", "json"].map((form) => ({ group: "Report", label: `Download the report as ${form.toUpperCase()}`, run: () => take(form) })) : []),
  ]);

  if (empty) return <NoRows name={splitDataset(dataset).name} />;
  const beside = <Beside dataset={dataset} others={others} target={target} />;
  return (
    <div className="h-full overflow-y-auto">
      <article className="mx-auto max-w-4xl space-y-8 p-4 pb-16 md:px-6">
        {report === null && <Title dataset={dataset}>{beside}</Title>}
        {running && <Progress label={running.progress.label} done={running.progress.done} total={running.progress.total} onCancel={() => void cancelJob(running.id)} />}
        {report !== null ? (
          <Pages report={report} target={target} beside={beside} stale={state.data?.stale ?? false} busy={running !== undefined} onMake={make} onTake={take} />
        ) : state.error ? (
          <ErrorState failure={failureOf(state.error)} onRetry={() => void state.refetch()} />
        ) : obstacle !== null ? (
          <Blocked what={obstacle.what} remedy={obstacle.remedy} embeddable={obstacle.embeddable} />
        ) : failed && !running ? (
          <ErrorState failure={{ message: failed.error?.what ?? "The report was stopped.", remedy: failed.error?.remedy }} onRetry={make} />
        ) : (
          <Waiting />
        )}
      </article>
    </div>
  );
}

/** What stands in the way of a comparison, and the screen that can change it. */
function Blocked({ what, remedy, embeddable }: { what: string; remedy: string; embeddable: boolean }) {
  const open = () => goTo("gaps");
  useKeys("Report", [{ keys: "enter", label: "Compute an embedding in Gaps", run: open }], { enabled: embeddable });
  return (
    <EmptyState
      title={what}
      command={remedy}
      action={
        embeddable && (
          <Button kind="primary" keys="enter" onClick={open}>
            Compute an embedding in Gaps
          </Button>
        )
      }
    >
      What is missing beside a target is found by what rows mean, so both sides need vectors of one model. On the command line:
    </EmptyState>
  );
}

/** Have it written, and look at it then: also where it was over before anybody listened. */
async function write(dataset: string, target: string | null): Promise<void> {
  try {
    await whenOver((await api.makeReport(dataset, target)).job);
    await queries.invalidateQueries({ queryKey: about(dataset, "report") });
  } catch (error) {
    toast.error(failureText(error));
  }
}

/** Which dataset it is about, and what can be done with the report. */
function Title({ dataset, note, children }: { dataset: string; note?: string; children: ReactNode }) {
  return (
    <div className="flex flex-wrap items-start justify-between gap-3">
      <div className="min-w-0">
        <p className="text-2xl font-semibold wrap-anywhere">{dataset}</p>
        <p className="text-muted min-h-5 text-sm">{note}</p>
      </div>
      <div className="flex max-w-full flex-wrap items-center gap-2">{children}</div>
    </div>
  );
}

interface PagesProps {
  report: Report;
  target: string | null;
  beside: ReactNode;
  stale: boolean;
  busy: boolean;
  onMake: () => void;
  onTake: (form: string) => void;
}

function Pages({ report, target, beside, stale, busy, onMake, onTake }: PagesProps) {
  const { dataset } = report;
  return (
    <>
      <header className="space-y-4">
        <Title dataset={dataset} note={`${moment(report.time)}${stale ? ", before the last change" : ""}`}>
          {beside}
          {stale && (
            <Button icon={RotateCw} keys="r" disabled={busy} onClick={onMake}>
              Write anew
            </Button>
          )}
          <Menu
            align="end"
            trigger={<Button icon={Download}>Download</Button>}
            groups={[
              [
                { label: "One HTML file", run: () => onTake("html") },
                { label: "PDF", run: () => onTake("pdf") },
                { label: "JSON", run: () => onTake("json") },
              ],
            ]}
          />
        </Title>
        <Words parts={report.lead} dataset={dataset} className="max-w-[72ch] text-base leading-7" />
        <Figures figures={report.figures} dataset={dataset} />
      </header>
      <section aria-labelledby="report-advice">
        <h2 id="report-advice" className="mb-2 text-lg font-semibold">
          What to do
        </h2>
        {report.recommendations.length === 0 ? (
          <p className="text-muted text-sm">Nothing was found that a fix would mend.</p>
        ) : (
          <ol className="border-line bg-panel divide-line divide-y rounded border">
            {report.recommendations.map((advice, i) => (
              <Step key={advice.reason} advice={advice} place={i + 1} dataset={dataset} />
            ))}
          </ol>
        )}
      </section>
      {report.sections.map((section) => (
        <section key={section.id} aria-labelledby={`report-${section.id}`} className="space-y-4">
          <div>
            <h2 id={`report-${section.id}`} className="text-lg font-semibold">
              {section.title}
            </h2>
            <Words parts={section.lead} dataset={dataset} className="text-sm" />
          </div>
          {section.figures.length > 0 && <Figures figures={section.figures} dataset={dataset} />}
          {section.blocks.map((block, i) => (block.kind === "bars" ? <Bars key={i} block={block} dataset={dataset} /> : <Spread key={i} block={block} dataset={dataset} />))}
        </section>
      ))}
      <section aria-label="Take it along" className="space-y-2">
        <p className="text-muted text-sm">
          Every number opens the view that it was measured on. Table version {count(report.table_version)}. On the command line:
        </p>
        <CodeBlock code={`assay report ${dataset}${target === null ? "" : ` --target ${target}`} -o ${dataset.replace("@", "-")}.html`} />
      </section>
    </>
  );
}

function Step({ advice, place, dataset }: { advice: Report["recommendations"][number]; place: number; dataset: string }) {
  const next = nextOf(advice.command);
  return (
    <li className="flex items-start gap-x-3 gap-y-1 p-3 max-md:grid max-md:grid-cols-[auto_minmax(0,1fr)]">
      <span className="text-faint w-6 shrink-0 pt-0.5 text-right text-sm">{place}</span>
      <div className="min-w-0 flex-1 space-y-0.5">
        <h3 className="font-semibold wrap-anywhere">{advice.title}</h3>
        <Words parts={[`${capital(advice.action)}: `, ...advice.parts, "."]} dataset={dataset} className="text-muted text-sm wrap-anywhere" />
      </div>
      {next && (
        <Button kind="quiet" className="max-md:col-start-2 max-md:-ml-3 max-md:justify-self-start" onClick={() => goTo(next.page, { filters: [], search: null, sort: [], selection: null, ...(next.beside !== undefined && { beside: next.beside }) })}>
          {next.label}
        </Button>
      )}
    </li>
  );
}

/** The screen that does what the command does, where there is one. */
function nextOf(command: string): { page: string; label: string; beside?: string } | null {
  const gaps = /^assay gaps \S+ --target (\S+)$/.exec(command);
  if (gaps) return { page: "gaps", label: "Look", beside: gaps[1] };
  if (command.startsWith("assay findings")) return { page: "findings", label: "Decide" };
  return command.startsWith("assay curate") ? { page: "curate", label: "Curate" } : null;
}

function Waiting() {
  return (
    <div aria-busy="true" className="space-y-4">
      <Skeleton className="h-14" />
      <Skeleton className="h-20" />
      <Skeleton className="h-64" />
    </div>
  );
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
