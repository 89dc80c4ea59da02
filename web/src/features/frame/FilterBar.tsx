import { CircleMinus, ListFilter, Sparkles } from "lucide-react";
import { Popover } from "radix-ui";
import { useState } from "react";
import { useFinding, useViewState } from "@/api";
import { count } from "@/lib/format";
import { useKeys } from "@/lib/keys";
import { exampleWords, filterText, goTo, useView, view, withoutExample, type Filter } from "@/lib/view";
import { Button, Chip } from "@/ui";
import { FilterInput } from "./FilterInput";
import { rowsPage } from "./SearchBox";
import { SearchedBy } from "./SearchedBy";

/** A chip for each filter in force, in the server's words; a click edits a typed one. */
export function FilterChips() {
  const filters = useView((now) => now.filters);
  const search = useView((now) => now.search);
  const state = useViewState();
  const told = state.isPlaceholderData ? [] : (state.data?.filters ?? []);
  return (
    <div className="flex min-w-0 items-center gap-1.5 overflow-x-auto">
      {search && <SearchedBy search={search} />}
      {(["like", "unlike"] as const).map((side) =>
        (search?.[side] ?? []).map((example) => (
          <Chip
            key={`${side} ${example}`}
            icon={side === "like" ? Sparkles : CircleMinus}
            tone={side === "like" ? "plain" : "quiet"}
            title={`${side === "like" ? "More like" : "Less like"} ${example.slice(0, 300)}`}
            onClick={isRow(example) ? () => view.set({ row: example }) : undefined}
            onRemove={() => view.set({ search: withoutExample(view.get().search, example) })}
            removeLabel={`Remove: ${side === "like" ? "more like" : "less like"} ${exampleWords(example)}`}
          >
            {side === "like" ? "like" : "not like"} {exampleWords(example)}
          </Chip>
        )),
      )}
      {filters.map((filter, i) => (
        <OneChip key={JSON.stringify(filter)} filter={filter} label={told[i]?.label} rows={told[i]?.count} />
      ))}
    </div>
  );
}

const isRow = (example: string) => /^[0-9a-f]{32}$/.test(example);
const FINDING = /^finding:([0-9a-f]+)$/;

function OneChip({ filter, label, rows }: { filter: Filter; label?: string; rows?: number }) {
  const [editing, setEditing] = useState(false);
  const finding = useFinding(typeof filter === "string" ? (FINDING.exec(filter)?.[1] ?? null) : null);
  const words = finding?.title ?? label ?? filterText(filter);
  const chip = (
    <Chip
      title={rows === undefined ? filterText(filter) : `${filterText(filter)}: ${count(rows)} rows by itself`}
      onClick={typeof filter === "string" ? () => setEditing(true) : undefined}
      onRemove={() => view.removeFilter(filter)}
      removeLabel={`Remove filter ${words}`}
    >
      {words}
    </Chip>
  );
  if (typeof filter !== "string") return chip;
  return (
    <FilterPopover open={editing} onOpen={setEditing} initial={filter} onDone={(text) => view.replaceFilter(filter, text)}>
      <span>{chip}</span>
    </FilterPopover>
  );
}

export function AddFilter({ bound = true }: { bound?: boolean }) {
  const [open, setOpen] = useState(false);
  useKeys("Everywhere", [{ keys: "f", label: "Add a filter", run: () => setOpen(true) }], { enabled: bound });
  return (
    <FilterPopover
      open={open}
      onOpen={setOpen}
      initial=""
      onDone={(text) => {
        view.addFilter(text);
        goTo(rowsPage());
      }}
    >
      <span className="shrink-0">
        <Button kind="quiet" icon={ListFilter} keys={bound ? "f" : undefined} aria-expanded={open} onClick={() => setOpen(true)}>
          Filter
        </Button>
      </span>
    </FilterPopover>
  );
}

interface PopoverProps {
  open: boolean;
  onOpen: (open: boolean) => void;
  initial: string;
  onDone: (expression: string) => void;
  children: React.ReactNode;
}

function FilterPopover({ open, onOpen, initial, onDone, children }: PopoverProps) {
  return (
    <Popover.Root open={open} onOpenChange={onOpen}>
      <Popover.Anchor asChild>{children}</Popover.Anchor>
      <Popover.Portal>
        <Popover.Content
          data-modal
          aria-label="Filter"
          align="start"
          sideOffset={6}
          collisionPadding={8}
          className="rise bg-panel border-line shadow-float z-50 w-[min(520px,calc(100vw-16px))] rounded border p-2 outline-none"
        >
          <FilterInput
            initial={initial}
            onDone={(text) => {
              onOpen(false);
              onDone(text);
            }}
          />
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  );
}
