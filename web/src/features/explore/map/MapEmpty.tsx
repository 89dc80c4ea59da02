import { Map as MapIcon } from "lucide-react";
import { useEffect, useState } from "react";
import { cancelJob, failureOf, useLive } from "@/api";
import { useView } from "@/lib/view";
import { Button, EmptyState, Progress, toast } from "@/ui";
import { computeEmbedding, makeMap } from "../data";
import type { MapState } from "../types";

/** Datasets whose map was asked for already: one that is stopped is not begun again. */
const begun = new Set<string>();

/** No map yet: it is made where there are embeddings; else what it would be, and what brings it. */
export function MapEmpty({ map }: { map: MapState }) {
  const dataset = useView((now) => now.dataset);
  const name = dataset?.split("@")[0] ?? "";
  const [asked, setAsked] = useState(false);
  const job = useLive(({ jobs }) => jobs.find((one) => one.id === map.job) ?? jobs.find((one) => one.dataset === name && (one.kind === "map" || one.kind === "compute") && (one.state === "running" || one.state === "waiting")));
  const start = async () => {
    setAsked(true);
    try {
      await (map.state === "none" ? computeEmbedding(name) : makeMap(name));
    } catch (error) {
      toast.error(failureOf(error).message);
    } finally {
      setAsked(false);
    }
  };
  const idle = map.state === "missing" && job === undefined;
  useEffect(() => {
    if (!idle || begun.has(name)) return;
    begun.add(name);
    makeMap(name).catch(() => undefined); // the button is there, and says why
  }, [idle, name]);
  const busy = job !== undefined && (job.state === "running" || job.state === "waiting");
  return (
    <div className="bg-panel grid h-full place-items-center overflow-auto">
      {busy ? (
        <div className="w-full max-w-sm px-6">
          <Progress label={job.progress.label || job.label} done={job.progress.done} total={job.progress.total} onCancel={() => void cancelJob(job.id)} />
          <p className="text-muted mt-2 text-xs">
            You can go on working; the map appears here.
          </p>
        </div>
      ) : (
        <EmptyState
          icon={MapIcon}
          title={map.state === "none" ? "The map needs embeddings" : "No map yet"}
          action={
            <Button kind="primary" disabled={asked} onClick={() => void start()}>
              {map.state === "none" ? "Compute embeddings" : "Make the map"}
            </Button>
          }
        >
          {map.state === "none"
            ? "A model turns every text into a vector, here on this machine; rows that mean the same then lie together."
            : "Rows that mean the same lie together, and groups get names. It is made once, then kept with the data."}
        </EmptyState>
      )}
    </div>
  );
}
