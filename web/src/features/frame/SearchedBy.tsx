import { ChevronDown } from "lucide-react";
import { useDataset } from "@/api";
import { searchOf, useView, view, type Search } from "@/lib/view";
import { Menu, useNarrow } from "@/ui";

const MODES = [
  { mode: "hybrid", label: "Words and meaning", short: "words and meaning" },
  { mode: "text", label: "Words alone", short: "words" },
  { mode: "vector", label: "Meaning alone", short: "meaning" },
] as const;

/** By what rows are searched: words, meaning or both, and which vectors where there are several. */
export function SearchedBy({ search }: { search: Search }) {
  const narrow = useNarrow();
  const dataset = useDataset(useView((now) => now.dataset));
  const vectors = dataset.data?.embeddings ?? [];
  if (vectors.length === 0) return null;
  const mode = search.mode ?? "hybrid";
  const set = (changed: Partial<Search>) => view.set({ search: searchOf({ ...search, ...changed }) });
  const shown = search.embedding ?? vectors[0];
  return (
    <Menu
      title="Search by"
      trigger={
        <button type="button" className="text-muted hover:bg-hover inline-flex h-7 shrink-0 items-center gap-1 rounded px-2 text-xs">
          by {mode === "hybrid" && narrow ? "both" : MODES.find((one) => one.mode === mode)?.short}
          <ChevronDown size={13} aria-hidden />
        </button>
      }
      groups={[
        MODES.map((one) => ({ label: one.label, chosen: one.mode === mode, run: () => set({ mode: one.mode }) })),
        vectors.length > 1 ? vectors.map((name) => ({ label: name.replace(/\.vector$/, ""), note: "vectors", chosen: name === shown, run: () => set({ embedding: name }) })) : [],
      ]}
    />
  );
}
