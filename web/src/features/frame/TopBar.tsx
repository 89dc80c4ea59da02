import { Command } from "lucide-react";
import { useNearest, useViewState } from "@/api";
import { useView } from "@/lib/view";
import { CountLine, IconButton } from "@/ui";
import { DatasetMenu } from "./DatasetMenu";
import { AddFilter, FilterChips } from "./FilterBar";
import { JobsButton } from "./Jobs";
import { SearchBox } from "./SearchBox";
import { ViewMenu } from "./ViewMenu";

export function TopBar({ onPalette, onKeys }: { onPalette: () => void; onKeys: () => void }) {
  const state = useViewState();
  const dataset = useView((now) => now.dataset);
  const nearest = useNearest(useView((now) => now.search));
  return (
    <header className="bg-panel border-line min-w-0 border-b">
      <div className="flex h-(--bar) items-center gap-2 pr-2 pl-3">
        <DatasetMenu />
        {dataset !== null && (
          <div className="flex min-w-0 flex-1 items-center gap-2 max-md:hidden">
            <SearchBox />
            <FilterChips />
            <AddFilter />
          </div>
        )}
        <div className="ml-auto flex items-center gap-1">
          {dataset !== null && (
            <span className="min-w-20 px-2 text-right">
              <CountLine shown={state.data?.count ?? null} total={state.data?.total ?? null} nearest={nearest} stale={state.isPlaceholderData} />
            </span>
          )}
          <JobsButton />
          <ViewMenu onKeys={onKeys} />
          <IconButton icon={Command} label="Commands" keys="mod+k" onClick={onPalette} />
        </div>
      </div>
      {dataset !== null && (
        <div className="flex items-center gap-2 overflow-x-auto px-3 pb-2 md:hidden">
          <SearchBox bound={false} />
          <AddFilter bound={false} />
          <FilterChips />
        </div>
      )}
    </header>
  );
}
