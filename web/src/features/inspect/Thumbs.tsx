import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { ThumbsDown, ThumbsUp } from "lucide-react";
import { about, api, failureOf, giveThumb, useViewState } from "@/api";
import { useKeys } from "@/lib/keys";
import { chance } from "@/lib/format";
import { useView } from "@/lib/view";
import { IconButton, Skeleton, toast } from "@/ui";
import type { RowDetail } from "./types";

/** Whether this row is what was searched for; each answer makes the others' probabilities surer. */
export function Thumbs({ row }: { row: RowDetail }) {
  const search = useView((now) => now.search);
  const view = useViewState().data?.view_key;
  const dataset = row.dataset;
  const wanted = search !== null && view !== undefined;
  const standing = useQuery({
    queryKey: about(dataset, "standing", "row", search, row.id, view ?? ""),
    queryFn: ({ signal }) => (search ? api.standing(dataset, search, row.id, view ?? "", signal) : null),
    enabled: wanted,
    placeholderData: keepPreviousData,
  });
  const answer = standing.data?.answer ?? null;
  const say = async (next: boolean) => {
    if (!search || view === undefined) return;
    try {
      await giveThumb(dataset, search, row.id, answer === next ? null : next, view);
    } catch (error) {
      toast.error(failureOf(error).message);
    }
  };
  useKeys(
    "Inspect",
    [
      { keys: "=", label: "It is what I search for", run: () => void say(true) },
      { keys: "-", label: "It is not", run: () => void say(false) },
    ],
    { enabled: wanted },
  );
  if (!wanted) return null;
  const likely = standing.data?.likely;
  return (
    <div role="group" aria-label="Is it what you search for?" className="bg-sunken flex min-h-11 flex-wrap items-center gap-x-2 rounded px-3 text-sm">
      <span>Is it what you search for?</span>
      <span className="flex">
        <IconButton icon={ThumbsUp} label="Yes" keys="=" active={answer === true} onClick={() => void say(true)} />
        <IconButton icon={ThumbsDown} label="No" keys="-" active={answer === false} onClick={() => void say(false)} />
      </span>
      <span className="ml-auto" aria-live="polite">
        {standing.isPending ? (
          <Skeleton className="h-4 w-24" />
        ) : likely ? (
          <>
            likely <strong className="font-semibold">{chance(likely.value)}</strong>{" "}
            <span className="text-muted">
              ({chance(likely.low)} to {chance(likely.high)})
            </span>
          </>
        ) : (
          <span className="text-muted">{standing.data && standing.data.yes + standing.data.no > 0 ? "too far down to say" : "no thumbs yet"}</span>
        )}
      </span>
    </div>
  );
}
