/** What the server says by itself: jobs and changes. Reconnects, and a reload joins again. */
import { create } from "zustand";
import { api } from "./api";
import { queries } from "./hooks";
import { apiUrl } from "./http";
import type { Changed, Job } from "./types";

interface Live {
  /** Newest first. */
  jobs: Job[];
  /** False while the server does not answer. */
  connected: boolean;
}

export const useLive = create<Live>(() => ({ jobs: [], connected: true }));

const waiting = new Map<string, ((job: Job) => void)[]>();

export function isOver(job: Job): boolean {
  return job.state === "done" || job.state === "failed" || job.state === "cancelled";
}

function take(job: Job): void {
  useLive.setState(({ jobs }) => {
    const known = jobs.find((other) => other.id === job.id);
    // An answer may be older than an event that overtook it: what is over stays over.
    if (known && isOver(known)) return { jobs };
    return { jobs: known ? jobs.map((other) => (other === known ? job : other)) : [job, ...jobs] };
  });
  if (!isOver(job)) return;
  for (const resolve of waiting.get(job.id) ?? []) resolve(job);
  waiting.delete(job.id);
}

/** Resolves when a job is over, however it ended. */
export function whenOver(id: string): Promise<Job> {
  const known = useLive.getState().jobs.find((job) => job.id === id);
  if (known && isOver(known)) return Promise.resolve(known);
  const over = new Promise<Job>((resolve) => waiting.set(id, [...(waiting.get(id) ?? []), resolve]));
  // It may have ended before anybody listened.
  void api.job(id).then(take, () => undefined);
  return over;
}

export async function cancelJob(id: string): Promise<void> {
  take(await api.cancel(id));
}

const AGAIN_MS = 2000;

export function listenToServer(): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let stop = listen(refused);
  // A server that answers and refuses (restarted, it has another token) ends an EventSource for
  // good: the page says why, and goes on once this browser is let in again.
  function refused(): void {
    void queries.invalidateQueries({ queryKey: ["project"] });
    timer = setTimeout(() => (stop = listen(refused)), AGAIN_MS);
  }
  return () => {
    clearTimeout(timer);
    stop();
  };
}

function listen(onRefused: () => void): () => void {
  const source = new EventSource(apiUrl(["events"]), { withCredentials: true });
  source.addEventListener("open", () => {
    const again = !useLive.getState().connected;
    useLive.setState({ connected: true });
    void api.jobs().then((jobs) => {
      const over = useLive.getState().jobs.filter(isOver);
      useLive.setState({ jobs: jobs.map((job) => over.find((one) => one.id === job.id) ?? job) });
      for (const job of jobs) if (isOver(job) && waiting.has(job.id)) take(job);
    }, () => undefined);
    // What happened meanwhile is not known: ask anew.
    if (again) void queries.invalidateQueries();
  });
  source.addEventListener("error", () => {
    useLive.setState({ connected: false });
    if (source.readyState === EventSource.CLOSED) onRefused();
  });
  source.addEventListener("job", (event: MessageEvent<string>) => take(JSON.parse(event.data) as Job));
  source.addEventListener("changed", (event: MessageEvent<string>) => {
    const { dataset, what } = JSON.parse(event.data) as Changed;
    void queries.invalidateQueries({ queryKey: dataset === null ? ["about"] : ["about", dataset] });
    if (what !== "tags" && what !== "views") void queries.invalidateQueries({ queryKey: ["project"] });
  });
  return () => source.close();
}
