import { useQuery } from "@tanstack/react-query";
import { useEffect, useRef } from "react";
import { about, api, cancelJob, failureOf, failureText, isOver, queries, useDataset, useLive, useOthers, useProject, whenOver } from "@/api";
import { useKeys } from "@/lib/keys";
import { splitDataset, useView } from "@/lib/view";
import { Button, EmptyState, ErrorState, NoRows, Progress, Skeleton, toast } from "@/ui";
import { CircleDashed } from "lucide-react";
import { Choose } from "./Choose";
import { Found } from "./Found";

export default function GapsScreen() {
  const pool = useView((now) => now.dataset) ?? "";
  const wanted = useView((now) => now.beside);
  const asked = wanted === pool ? null : wanted;
  const detail = useDataset(pool);
  const project = useProject();
  const state = useQuery({
    queryKey: about(pool, "gaps", asked),
    queryFn: ({ signal }) => api.gaps(pool, asked, signal),
    // The other side may have changed without a word about this one.
    refetchOnMount: "always",
  });
  const target = state.data?.target ?? asked;
  const jobs = useLive((live) => live.jobs).filter((job) => job.kind === "gaps" && job.label === `Comparing ${pool} with ${target}`);
  const running = jobs.find((job) => !isOver(job));
  const last = jobs[0];
  const ended = last?.state === "failed" || last?.state === "cancelled" ? last : undefined;
  const found = state.data?.found ?? null;
  const obstacle = state.data?.obstacle ?? null;

  const done = last?.state === "done" ? last.id : null;
  useEffect(() => {
    // One that was begun before the page was loaded anew.
    if (done !== null) void queries.invalidateQueries({ queryKey: about(pool, "gaps") });
  }, [pool, done]);

  const make = (options: { sources?: readonly string[]; embed?: boolean } = {}) => target !== null && void compare(pool, target, options);
  const missing = state.isSuccess && target !== null && found === null && obstacle === null && last === undefined;
  const begun = useRef<string | null>(null);
  useEffect(() => {
    // It speaks first: who chose a target need not ask for the comparison as well.
    if (!missing || begun.current === `${pool} ${target}`) return;
    begun.current = `${pool} ${target}`;
    void compare(pool, target);
  }, [missing, pool, target]);

  const others = useOthers(pool) ?? [];
  const pools = (project.data?.datasets ?? []).map((one) => one.name).filter((name) => name !== splitDataset(pool).name && name !== splitDataset(target ?? "").name);

  if (detail.data?.source_rows === 0) return <NoRows name={splitDataset(pool).name} />;
  if (state.error && !state.data) return <ErrorState failure={failureOf(state.error)} onRetry={() => void state.refetch()} />;
  if (!state.data || !project.data) return <Waiting />;
  if (others.length === 0 && found === null)
    return (
      <EmptyState icon={CircleDashed} title={`Nothing to hold ${pool} against yet`} command="assay add target FILE">
        Add the rows that {pool} should be like: questions people really ask, a benchmark’s training set, last month’s traffic. What {pool} lacks beside them would be listed here, with what to get next.
      </EmptyState>
    );
  if (target === null) return <Choose pool={pool} others={others} />;

  const progress = running && <Progress label={running.progress.label} done={running.progress.done} total={running.progress.total} onCancel={() => void cancelJob(running.id)} />;
  if (found)
    return (
      <Found key={`${found.pool} ${found.target}`} found={found} stale={state.data.stale} busy={running !== undefined} progress={progress} problem={ended?.state === "failed" ? (ended.error?.what ?? null) : null} others={others} pools={pools} onCompare={make} />
    );
  return (
    <div className="h-full overflow-y-auto">
      <div className="mx-auto max-w-7xl space-y-6 p-4 md:px-6">
        <Choose pool={pool} others={others} target={target} />
        {progress ?? (ended ? <ErrorState failure={{ message: ended.error?.what ?? "The comparison was stopped.", remedy: ended.error?.remedy }} onRetry={() => make()} /> : null)}
        {!running && obstacle && (
          <EmptyState
            title={obstacle.what}
            command={obstacle.remedy}
            action={obstacle.embeddable && <Embed onEmbed={() => make({ embed: true })} />}
          >
            {obstacle.embeddable && "Rows are compared by what they mean, so both sides need vectors of one model. "}On the command line:
          </EmptyState>
        )}
        {running && <Skeletons />}
      </div>
    </div>
  );
}

function Embed({ onEmbed }: { onEmbed: () => void }) {
  useKeys("Gaps", [{ keys: "enter", label: "Compute an embedding and compare", run: onEmbed }]);
  return (
    <Button kind="primary" keys="enter" onClick={onEmbed}>
      Compute an embedding and compare
    </Button>
  );
}

/** Have it compared, and look at it then: also where it was over before anybody listened. */
async function compare(pool: string, target: string, options: { sources?: readonly string[]; embed?: boolean } = {}): Promise<void> {
  try {
    await whenOver((await api.compareWith(pool, target, options)).job);
    await queries.invalidateQueries({ queryKey: about(pool, "gaps") });
  } catch (error) {
    toast.error(failureText(error));
  }
}

function Waiting() {
  return (
    <div aria-busy="true" className="p-4 md:px-6">
      <Skeletons />
    </div>
  );
}

function Skeletons() {
  return (
    <div aria-busy="true" className="space-y-2">
      <Skeleton className="h-8 w-2/3" />
      <Skeleton className="h-16" />
      <Skeleton className="h-16" />
      <Skeleton className="h-16" />
    </div>
  );
}
