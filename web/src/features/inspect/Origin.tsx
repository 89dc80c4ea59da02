import { ago } from "@/lib/format";
import { CopyId } from "@/ui";
import { story } from "./story";
import type { LineageStep } from "./types";

/** From the version back to the file and the row in it. */
export function Origin({ steps }: { steps: readonly LineageStep[] }) {
  return (
    <ol className="text-sm">
      {story(steps).map((step, i) => (
        <li key={i} className="border-line-strong before:bg-line-strong relative ml-1 border-l pb-3 pl-4 last:border-transparent last:pb-0 before:absolute before:top-1.5 before:-left-[5px] before:size-[9px] before:rounded-full">
          <p className="wrap-anywhere">{step.text}</p>
          {(step.time || step.run) && (
            <p className="text-muted flex flex-wrap items-center gap-1 text-xs">
              {step.time && <span title={step.time}>{ago(step.time)}</span>}
              {step.run && (
                <>
                  run <CopyId id={step.run} />
                </>
              )}
            </p>
          )}
        </li>
      ))}
    </ol>
  );
}
