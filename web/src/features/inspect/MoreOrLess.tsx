import { CircleMinus, Sparkles } from "lucide-react";
import { useKeys } from "@/lib/keys";
import { sideOf, useView, view } from "@/lib/view";
import { Button } from "@/ui";
import { usePassage } from "./passage";

/** Search by this row, or by the passage selected in it: more like it, or less. Pressed again, it is left out. */
export function MoreOrLess({ row }: { row: string }) {
  const passage = usePassage();
  const example = passage === null ? row : `text:${passage}`;
  const what = passage === null ? "this" : "the passage";
  const side = sideOf(useView((now) => now.search), example);
  const more = () => view.toggleExample("like", example);
  const less = () => view.toggleExample("unlike", example);
  useKeys("Inspect", [
    { keys: "y", label: "More like this, or like the selected passage", run: more },
    { keys: "shift+y", label: "Less like this, or like the selected passage", run: less },
  ]);
  return (
    // What is selected stays selected when a button is pressed.
    <div role="group" aria-label="Search by this row" className="-ml-3 flex flex-wrap" onMouseDown={(event) => event.preventDefault()}>
      <Button kind="quiet" icon={Sparkles} keys="y" aria-pressed={side === "like"} onClick={more}>
        More like {what}
      </Button>
      <Button kind="quiet" icon={CircleMinus} keys="shift+y" aria-pressed={side === "unlike"} onClick={less}>
        Less like {what}
      </Button>
    </div>
  );
}
