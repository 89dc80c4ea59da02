import { Inbox } from "lucide-react";
import { useState } from "react";
import { Button, CodeBlock, CopyId, Dialog, EmptyState, ErrorState, KeySheet, Palette, Progress, ResizablePanes, Sheet, Skeleton, toast } from "@/ui";
import { Section, Show } from "./Screen";

type Open = "dialog" | "sheet" | "keys" | "palette" | null;

export function Feedback() {
  const [open, setOpen] = useState<Open>(null);
  const close = () => setOpen(null);
  return (
    <Section title="Layers and answers">
      <Show name="Dialog, Sheet, KeySheet, Palette">
        {(["dialog", "sheet", "keys", "palette"] as const).map((one) => (
          <Button key={one} onClick={() => setOpen(one)}>
            {one}
          </Button>
        ))}
        <Dialog open={open === "dialog"} onClose={close} title="Make version" note="573 of 1,753 rows are kept." actions={<Button kind="primary" onClick={close}>Make @clean</Button>}>
          <p className="reading">The version is immutable; making it again with the same outcome changes nothing.</p>
        </Dialog>
        <Sheet open={open === "sheet"} onClose={close} title="Row 7c4e0b12">
          <p className="reading">A pane over the right side; over all of a phone.</p>
        </Sheet>
        <KeySheet open={open === "keys"} onClose={close} />
        <Palette open={open === "palette"} onClose={close} items={[{ group: "Go to", label: "Findings", keys: "g f", run: close }, { group: "View", label: "Copy as Python", run: close }]} />
      </Show>
      <Show name="Toast">
        <Button onClick={() => toast("Snoozed: 203 rows nearly repeat another row", { undo: () => toast("Open again") })}>with undo</Button>
        <Button onClick={() => toast.error("The disk is full. Free some space and run it again.")}>error</Button>
      </Show>
      <Show name="CopyId, CodeBlock">
        <CopyId id="4c7824bc46153874fc132463b0e3dc42" />
        <CodeBlock code={'import assay\nrows = assay.open(".").dataset("demo")'} className="w-full" />
      </Show>
      <Show name="Progress: known, unknown, with cancel">
        <div className="w-full space-y-3">
          <Progress label="Compute text.stats" done={6200} total={10000} onCancel={() => undefined} />
          <Progress label="Check demo" done={0} total={null} />
        </div>
      </Show>
      <Show name="Skeleton">
        <div className="w-full space-y-2">
          <Skeleton className="h-4 w-2/3" />
          <Skeleton className="h-16" />
        </div>
      </Show>
      <Show name="ErrorState">
        <ErrorState failure={{ message: "There is no column called 'wrods'.", where: "demo", allowed: "words, chars, lines", remedy: "did you mean 'words'?" }} onRetry={() => undefined} />
      </Show>
      <Show name="EmptyState" wide>
        <EmptyState icon={Inbox} title="No version yet" command="assay curate recipe.yaml">
          A version is what a recipe keeps.
        </EmptyState>
      </Show>
      <Show name="ResizablePanes: drag, arrow keys, double click shuts the right one" wide>
        <div className="border-line h-32 w-full rounded border">
          <ResizablePanes
            name="show"
            panes={[
              { id: "map", label: "Map", size: 2, content: <p className="p-3 text-sm">Map</p> },
              { id: "table", label: "Table", size: 2, content: <p className="p-3 text-sm">Table</p> },
              { id: "facets", label: "Facets", size: 1, collapsible: true, content: <p className="p-3 text-sm">Facets</p> },
            ]}
          />
        </div>
      </Show>
    </Section>
  );
}
