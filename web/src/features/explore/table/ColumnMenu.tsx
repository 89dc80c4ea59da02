import { Columns3, RotateCcw } from "lucide-react";
import { memo, useState } from "react";
import type { Column } from "@/api";
import { Button, Checkbox, Dialog, IconButton, SearchField } from "@/ui";
import type { Columns } from "./columns";

interface Props {
  all: readonly Column[] | undefined;
  columns: Columns;
}

/** Which columns the table shows. */
export const ColumnMenu = memo(function ColumnMenu({ all = [], columns: { shown, toggle, reset, changed } }: Props) {
  const [open, setOpen] = useState(false);
  const [part, setPart] = useState("");
  const needle = part.trim().toLowerCase();
  const offered = all.filter((column) => column.kind !== "vector" && `${column.label} ${column.name}`.toLowerCase().includes(needle));
  const on = new Set(shown.map((column) => column.name));
  return (
    <>
      <IconButton icon={Columns3} label={`Columns: ${shown.length} of ${all.length} shown`} onClick={() => setOpen(true)} />
      <Dialog
        open={open}
        onClose={() => setOpen(false)}
        title="Columns of the table"
        actions={
          <Button icon={RotateCcw} kind="quiet" disabled={!changed} onClick={reset}>
            As at first
          </Button>
        }
      >
        <SearchField label="Find a column" value={part} onChange={setPart} />
        {[...Map.groupBy(offered, (column) => column.group)].map(([group, columns]) => (
          <fieldset key={group} className="mt-3">
            <legend className="text-faint text-xs">{group || "Columns of the data"}</legend>
            <div className="grid grid-cols-1 sm:grid-cols-2">
              {columns.map((column) => (
                <span key={column.name} title={column.description ?? column.name}>
                  <Checkbox label={column.label} checked={on.has(column.name)} onChange={() => toggle(column.name)} />
                </span>
              ))}
            </div>
          </fieldset>
        ))}
        {offered.length === 0 && <p className="text-muted py-4 text-sm">No column is called that.</p>}
      </Dialog>
    </>
  );
});
