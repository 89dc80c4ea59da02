import { PenLine, UserCheck } from "lucide-react";
import { useState } from "react";
import { failureText, useDataset } from "@/api";
import { ago, moment } from "@/lib/format";
import { useKeys } from "@/lib/keys";
import { answer, LabelDialog, shown } from "@/labelling";
import { Button, Chip, toast } from "@/ui";
import { cameWith } from "./cameWith";
import type { RowDetail } from "./types";

/** What people answered about the row, beside what it came with; and a way to answer. */
export function Answers({ row }: { row: RowDetail }) {
  const columns = useDataset().data?.columns ?? [];
  const [asking, setAsking] = useState(false);
  const dataset = row.dataset.split("@")[0] ?? row.dataset;
  useKeys("Inspect", [{ keys: "shift+l", label: "Label this row", run: () => setAsking(true) }]);
  const fieldOf = (name: string) => {
    const column = columns.find((one) => one.name === name);
    return { field: name, label: column?.label ?? name, kind: column?.kind ?? ("category" as const) };
  };
  const takeBack = (field: ReturnType<typeof fieldOf>) =>
    void answer(dataset, field, null, { ids: [row.id] }).catch((error: unknown) => toast.error(failureText(error)));
  return (
    <div className="flex flex-wrap items-center gap-1.5" aria-label="Labels" role="group">
      {row.labels.map(({ field: name, value, by, time }) => {
        const field = fieldOf(name);
        const said = shown(value, field.kind);
        const before = cameWith(row.values, name);
        const was = before === null ? null : shown(before, field.kind);
        return (
          <span key={name} className="inline-flex max-w-full min-w-0 items-center gap-1.5">
            <Chip icon={UserCheck} title={`${field.label}: ${said}\n${by}, ${moment(time)} (${ago(time)})`} removeLabel={`Take back that ${field.label} is ${said}`} onRemove={() => takeBack(field)}>
              <span className="font-normal opacity-80">{field.label}</span> <bdi>{said}</bdi>
            </Chip>
            {was !== null && (
              <span className="text-muted min-w-0 truncate text-xs" title={`It came with ${was}`}>
                {was === said ? "as it came" : <>was <bdi>{was}</bdi></>}
              </span>
            )}
          </span>
        );
      })}
      <Button kind="quiet" icon={PenLine} keys="shift+l" className={row.labels.length === 0 ? "-ml-3" : "-ml-1.5"} onClick={() => setAsking(true)}>
        Label…
      </Button>
      <LabelDialog
        dataset={dataset}
        title="Label this row"
        open={asking}
        onClose={() => setAsking(false)}
        rows={() => Promise.resolve({ ids: [row.id] })}
        known={(field) => ({ now: row.labels.find((one) => one.field === field)?.value ?? null, before: cameWith(row.values, field) })}
      />
    </div>
  );
}
