import { useState } from "react";
import { failureOf, whenOver } from "@/api";
import { useView } from "@/lib/view";
import { Button, toast } from "@/ui";
import { compute } from "./ask";

/** The button that computes the signals a rule needs; the frame shows how far it is. */
export function Computing({ ops }: { ops: readonly string[] }) {
  const dataset = useView((view) => view.dataset) ?? "";
  const [running, setRunning] = useState(false);
  const start = async () => {
    setRunning(true);
    try {
      const job = await whenOver((await compute(dataset, ops)).job);
      if (job.state === "failed") toast.error([job.error?.what, job.error?.remedy].filter(Boolean).join(" "));
    } catch (error) {
      toast.error(failureOf(error).message);
    } finally {
      setRunning(false);
    }
  };
  return (
    <Button className="my-1" disabled={running} onClick={() => void start()}>
      {running ? "Computing…" : `Compute ${ops.join(", ")}`}
    </Button>
  );
}
