import { groupBy } from "@/lib/group";
import { useBindings, type Binding } from "@/lib/keys";
import { Dialog } from "./Dialog";
import { Kbd } from "./Kbd";

/** The keys that work here now, by the part of the screen they belong to. */
export function KeySheet({ open, onClose }: { open: boolean; onClose: () => void }) {
  const groups = groupBy(useBindings(), (binding) => binding.group ?? "Everywhere");
  return (
    <Dialog open={open} onClose={onClose} title="Keys on this screen" wide>
      <div className="columns-1 gap-8 sm:columns-2">
        {[...groups].map(([group, bindings]) => (
          <section key={group} className="mb-5 break-inside-avoid">
            <h3 className="text-muted mb-1 text-xs font-semibold">{group}</h3>
            <dl>
              {[...groupBy(bindings, (binding) => binding.label)].map(([label, same]) => (
                <Line key={label} label={label} bindings={same} />
              ))}
            </dl>
          </section>
        ))}
      </div>
    </Dialog>
  );
}

/** One thing to do, and all the keys that do it. */
function Line({ label, bindings }: { label: string; bindings: readonly Binding[] }) {
  return (
    <div className="border-line flex min-h-8 items-center justify-between gap-4 border-b text-sm">
      <dt>{label}</dt>
      <dd className="flex items-center gap-2">
        {bindings.map((binding) => (
          <span key={binding.keys}>
            <Kbd keys={binding.keys} />
            <span className="sr-only">{binding.keys}</span>
          </span>
        ))}
      </dd>
    </div>
  );
}
