import { useCommands } from "@/lib/commands";
import { view } from "@/lib/view";
import { Select } from "@/ui";

interface Props {
  dataset: string;
  others: readonly { name: string }[] | undefined;
  target: string | null;
}

/** No dataset has this name. */
const NONE = "-";

/** What the dataset is held against, if anything: the report tells then what it lacks. */
export function Beside({ dataset, others = [], target }: Props) {
  const names = others.map((one) => one.name);
  const listed = target === null || names.includes(target) ? names : [target, ...names];
  const choose = (name: string | null) => view.set({ beside: name });
  useCommands([
    ...names.filter((name) => name !== target).map((name) => ({ group: "Report", label: `Report what ${dataset} lacks beside ${name}`, words: "target compare gaps", run: () => choose(name) })),
    ...(target === null ? [] : [{ group: "Report", label: `Report on ${dataset} alone`, words: "target none", run: () => choose(null) }]),
  ]);
  if (listed.length === 0) return null;
  const options = [{ value: NONE, label: "nothing" }, ...listed.map((name) => ({ value: name, label: name }))];
  return (
    <label className="text-muted flex min-w-0 items-center gap-2 text-sm">
      beside
      <Select label="Target" value={target ?? NONE} options={options} onChange={(name) => choose(name === NONE ? null : name)} className="w-auto! max-w-52 min-w-28" />
    </label>
  );
}
