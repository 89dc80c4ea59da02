/** Thresholds being held and let go: counts follow live, the draft changes once. */
import { useMemo } from "react";
import { failureOf, queries } from "@/api";
import { toast } from "@/ui";
import { compiledOf, moveThreshold, outlookOf, type Move } from "./ask";
import { active, merge, toRecipe } from "./draft";
import { latest } from "./latest";
import { draft } from "./store";

interface Input extends Omit<Move, "held"> {
  done: boolean;
}

/** `onSettled` is told which rule of the draft has the threshold now: a family was unfolded for it. */
export function useThresholds(dataset: string, onSettled: (id: number, sub: number) => void): (input: Input) => void {
  return useMemo(() => {
    const follow = latest<Input>(async ({ done, ...move }) => {
      const now = draft.get();
      if (!now) return;
      const { preview, ...parsed } = await moveThreshold(dataset, toRecipe(now), { ...move, held: !done });
      const rule = parsed.rules[move.place];
      queries.setQueryData(compiledOf(dataset, parsed.recipe).queryKey, parsed);
      queries.setQueryData(outlookOf(dataset, parsed.recipe, rule?.name ?? null).queryKey, preview);
      if (draft.get() !== now) return;
      if (!done) {
        draft.hold({ recipe: parsed.recipe, rule: rule?.name ?? null });
        return;
      }
      const focused = document.activeElement?.id;
      draft.edit((old) => merge(old, parsed.recipe));
      const after = draft.get();
      const owner = rule && after && active(after)[rule.index];
      if (owner) onSettled(owner.id, move.place - parsed.rules.findIndex((one) => one.index === rule.index));
      if (focused) refocus(focused);
    });
    return (input) => {
      follow(input).catch((error: unknown) => {
        draft.hold(null);
        const { message, remedy } = failureOf(error);
        toast.error([message, remedy].filter(Boolean).join(" "));
      });
    };
  }, [dataset, onSettled]);
}

/** An unfolded family is drawn anew; the threshold that had the focus gets it back. */
function refocus(id: string): void {
  requestAnimationFrame(() => {
    if (document.activeElement?.id !== id) document.getElementById(id)?.focus();
  });
}
