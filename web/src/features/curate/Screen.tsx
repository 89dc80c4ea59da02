import { SlidersHorizontal } from "lucide-react";
import { useEffect } from "react";
import { failureOf } from "@/api";
import { useView } from "@/lib/view";
import { takeForCurate } from "@/lib/handover";
import { EmptyState, ErrorState, Skeleton, toast } from "@/ui";
import { useStart } from "./ask";
import { addOnce } from "./draft";
import { draft as store, NEWEST, useDraft } from "./store";
import { Workbench } from "./Workbench";

export default function CurateScreen() {
  const dataset = useView((view) => view.dataset);
  if (dataset === null) return <EmptyState icon={SlidersHorizontal} title="No dataset is open" />;
  return <Opened key={dataset} dataset={dataset} />;
}

/** The draft that was left here, or else what the server would begin with. */
function Opened({ dataset }: { dataset: string }) {
  store.open(dataset);
  const draft = useDraft();
  const start = useStart(dataset);
  const recipe = start.data?.recipe;
  useEffect(() => {
    if (recipe) store.begin(dataset, recipe);
  }, [dataset, recipe]);
  const ready = draft !== null;
  useEffect(() => {
    const handed = ready ? takeForCurate(dataset) : [];
    if (handed.length === 0) return;
    const before = store.get();
    store.edit((now) => handed.reduce(addOnce, now));
    const added = store.get() !== before;
    toast(added ? "The recipe drops these rows; they go when a version is made" : "The recipe drops these rows already", added ? { of: NEWEST, undo: () => void store.undo(dataset), step: true } : {});
  }, [dataset, ready]);
  if (draft) return <Workbench dataset={dataset} draft={draft} onAnew={() => recipe && store.begin(dataset, recipe, { anew: true })} />;
  if (start.error) return <ErrorState failure={failureOf(start.error)} onRetry={() => void start.refetch()} />;
  return (
    <div className="space-y-3 p-4" aria-busy>
      <Skeleton className="h-10" />
      <Skeleton className="h-24" />
      <Skeleton className="h-64 w-1/2" />
    </div>
  );
}
