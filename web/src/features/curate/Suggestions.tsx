import { Plus, Sparkles } from "lucide-react";
import { ruleOf, useFindings } from "@/api";
import { Button } from "@/ui";
import { includes, type Draft } from "./draft";
import type { Entry } from "./types";

/** Fixes of applied findings that the recipe lacks. */
export function Suggestions({ draft, onAdd }: { draft: Draft; onAdd: (entries: readonly Entry[]) => void }) {
  const applied = useFindings("applied").data?.findings ?? [];
  const missing = applied.flatMap((finding) => {
    const rule = ruleOf(finding);
    return rule && !includes(draft, rule) ? [{ finding, rule }] : [];
  });
  if (missing.length === 0) return null;
  return (
    <section aria-label="Suggested rules" className="border-line-strong rounded border border-dashed p-3">
      <h2 className="mb-1 flex items-center gap-1.5 text-sm font-semibold">
        <Sparkles size={15} aria-hidden className="text-accent" /> From fixes that were applied
      </h2>
      <ul>
        {missing.map(({ finding, rule }) => (
          <li key={finding.id} className="flex items-center gap-2 py-1 text-sm">
            <span className="min-w-0 flex-1 wrap-anywhere" title={finding.fix_text ?? undefined}>
              {finding.title}
            </span>
            <Button icon={Plus} onClick={() => onAdd([rule])}>
              Add
            </Button>
          </li>
        ))}
      </ul>
    </section>
  );
}
