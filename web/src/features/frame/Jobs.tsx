import { Activity } from "lucide-react";
import { Popover } from "radix-ui";
import { useEffect, useRef } from "react";
import { cancelJob, failureText, isOver, useLive, type Job } from "@/api";
import { ago, count, duration } from "@/lib/format";
import { IconButton, Progress, toast } from "@/ui";

/** Work whose screen shows it by itself, or that only fills in a number, is not worth a message. */
const QUIET: ReadonlySet<Job["kind"]> = new Set(["effect", "preview", "report", "ask", "gaps", "names"]);

/** Work whose screen says by itself what came of it. */
const TOLD: ReadonlySet<Job["kind"]> = new Set([...QUIET, "curate"]);

export function JobsButton() {
  const jobs = useLive((live) => live.jobs).filter((job) => !QUIET.has(job.kind));
  const active = jobs.filter((job) => !isOver(job));
  if (jobs.length === 0) return null;
  const main = active[0];
  return (
    <Popover.Root>
      <Popover.Trigger asChild>
        {main ? (
          <button type="button" aria-label={`Work in progress: ${main.label}`} className="hover:bg-hover min-h-(--target) w-36 rounded px-2 text-left text-xs max-md:w-16">
            <span className="text-muted block truncate">{main.label}</span>
            <Bar job={main} />
          </button>
        ) : (
          <IconButton icon={Activity} label="Work done" />
        )}
      </Popover.Trigger>
      <Popover.Portal>
        <Popover.Content align="end" sideOffset={6} collisionPadding={8} aria-label="Work" className="rise bg-panel border-line shadow-float z-50 max-h-[60vh] w-[min(400px,calc(100vw-16px))] space-y-4 overflow-y-auto rounded border p-4 outline-none">
          {jobs.slice(0, 12).map((job) => (
            <One key={job.id} job={job} />
          ))}
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  );
}

function Bar({ job }: { job: Job }) {
  const { done, total } = job.progress;
  const width = total ? `${Math.min(100, (100 * done) / total)}%` : "100%";
  return (
    <span className="bg-sunken mt-0.5 block h-1 overflow-hidden rounded-full">
      <span className={`bg-accent block h-full rounded-full ${total ? "" : "breathe opacity-50"}`} style={{ width }} />
    </span>
  );
}

function One({ job }: { job: Job }) {
  const { done, total, label, rate } = job.progress;
  if (isOver(job)) {
    const took = job.started && job.ended ? duration((Date.parse(job.ended) - Date.parse(job.started)) / 1000) : "";
    return (
      <div className="text-sm">
        <div className="flex justify-between gap-3">
          <span className="truncate font-medium">{job.label}</span>
          <span className={job.state === "failed" ? "text-loss" : "text-muted"}>{job.state === "done" ? took : job.state}</span>
        </div>
        {job.error && <p className="text-loss mt-0.5 text-xs wrap-anywhere">{[job.error.what, job.error.remedy].filter(Boolean).join(" ")}</p>}
        {job.ended && <p className="text-faint text-xs">{ago(job.ended)}</p>}
      </div>
    );
  }
  const left = rate && total ? duration((total - done) / rate) : null;
  return (
    <div>
      <Progress
        label={job.label}
        done={done}
        total={total}
        onCancel={() => void cancelJob(job.id).catch((error: unknown) => toast.error(failureText(error)))}
      />
      <p className="text-muted mt-1 text-xs">
        {[label, total ? `${count(done)} of ${count(total)}` : "", left && `${left} left`].filter(Boolean).join(" · ")}
      </p>
    </div>
  );
}

/** Says when work that was seen running is over. */
export function JobToasts() {
  const jobs = useLive((live) => live.jobs);
  const running = useRef(new Set<string>());
  useEffect(() => {
    for (const job of jobs) {
      if (!isOver(job)) running.current.add(job.id);
      else if (running.current.delete(job.id) && !TOLD.has(job.kind)) {
        if (job.state === "failed") toast.error(`${job.label}: ${job.error?.what ?? "failed"} ${job.error?.remedy ?? ""}`);
        else toast(job.state === "done" ? `${job.label}: done` : `${job.label}: cancelled; what was finished stays`);
      }
    }
  }, [jobs]);
  return null;
}
