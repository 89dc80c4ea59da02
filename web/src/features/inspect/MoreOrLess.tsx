import { CircleMinus, Sparkles } from "lucide-react";
import { useKeys } from "@/lib/keys";
import { sideOf, useView, view } from "@/lib/view";
import { Button } from "@/ui";

/** Search by this row: more like it, or less. Pressed again, it is left out. */
export function MoreOrLess({ example }: { example: string }) {
  const side = sideOf(useView((now) => now.search), example);
  const more = () => view.toggleExample("like", example);
  const less = () => view.toggleExample("unlike", example);
  useKeys("Inspect", [
    { keys: "y", label: "More like this", run: more },
    { keys: "shift+y", label: "Less like this", run: less },
  ]);
  return (
    <div role="group" aria-label="Search by this row" className="-ml-3 flex flex-wrap">
      <Button kind="quiet" icon={Sparkles} keys="y" aria-pressed={side === "like"} onClick={more}>
        More like this
      </Button>
      <Button kind="quiet" icon={CircleMinus} keys="shift+y" aria-pressed={side === "unlike"} onClick={less}>
        Less like this
      </Button>
    </div>
  );
}
