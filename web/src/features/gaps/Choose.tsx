import { CircleDashed } from "lucide-react";
import { useCommands } from "@/lib/commands";
import { plural } from "@/lib/format";
import { useKeys } from "@/lib/keys";
import { view } from "@/lib/view";
import { EmptyState, Kbd, Select } from "@/ui";

export interface Other {
  name: string;
  rows: number;
}

interface Props {
  pool: string;
  others: readonly Other[];
  /** The one that is chosen. */
  target?: string;
}

const SHOWN = 8;

/** What the dataset is held against: a list at first, then one line. */
export function Choose({ pool, others, target }: Props) {
  const choose = (beside: string) => view.set({ beside });
  const first = target === undefined ? others.slice(0, SHOWN) : [];
  useCommands(others.filter((one) => one.name !== target).map((one) => ({ group: "Gaps", label: `Hold ${pool} against ${one.name}`, words: "target compare gaps", run: () => choose(one.name) })));
  useKeys("Gaps", first.map((one, i) => ({ keys: String(i + 1), label: `Hold it against ${one.name}`, run: () => choose(one.name) })));
  if (target !== undefined) return <Target others={others} target={target} pool={pool} />;
  return (
    <EmptyState
      icon={CircleDashed}
      title={`What should ${pool} be like?`}
      action={
        <ul aria-label="Targets" className="w-full space-y-1">
          {first.map((one, i) => (
            <li key={one.name}>
              <button type="button" className="border-line bg-panel hover:border-line-strong flex min-h-11 w-full items-center justify-between gap-4 rounded border px-3 text-left text-sm" onClick={() => choose(one.name)}>
                <span className="min-w-0 flex-1 truncate font-semibold">{one.name}</span>
                <span className="text-muted shrink-0">{plural(one.rows, "row")}</span>
                <span className="max-md:hidden">
                  <Kbd keys={String(i + 1)} />
                </span>
              </button>
            </li>
          ))}
          {others.length > SHOWN && (
            <li>
              <Select label="Another one" value="" options={others.slice(SHOWN).map((one) => ({ value: one.name, label: one.name }))} onChange={choose} />
            </li>
          )}
        </ul>
      }
    >
      Choose a target: what it has and {pool} lacks is listed here, the surest and largest gap first, with what to get next.
    </EmptyState>
  );
}

export function Target({ others, target, pool }: Props & { target: string }) {
  const names = others.map((one) => one.name);
  const options = (names.includes(target) ? names : [target, ...names]).map((name) => ({ value: name, label: name }));
  return (
    <label className="text-muted flex min-w-0 items-center gap-2 text-sm">
      <span className="truncate">{pool} beside</span>
      <Select label="Target" value={target} options={options} onChange={(beside) => view.set({ beside })} className="w-auto! max-w-52" />
    </label>
  );
}
