import { Bookmark, Check, Filter, Play, Trash2 } from "lucide-react";
import { useState } from "react";
import { Badge, Button, Checkbox, Chip, ChoiceField, IconButton, Input, Kbd, Menu, SearchField, Select, Switch, Tabs, Tooltip } from "@/ui";
import { Section, Show } from "./Screen";

const LENSES = [
  { value: "table", label: "Table" },
  { value: "grid", label: "Grid" },
  { value: "map", label: "Map" },
];

const CHOICES = Array.from({ length: 3000 }, (_, i) => ({ value: String(i), label: `class ${i}` }));

export function Controls() {
  const [text, setText] = useState("refunds");
  const [lens, setLens] = useState("table");
  const [on, setOn] = useState(true);
  const [taken, setTaken] = useState(-1);
  const [some, setSome] = useState<boolean | "indeterminate">("indeterminate");
  const [tab, setTab] = useState("diff");
  return (
    <Section title="Controls">
      <Show name="Button: primary, plain, quiet, loss" wide>
        <Button kind="primary" icon={Play} keys="enter">Make version</Button>
        <Button icon={Check} keys="a">Apply fix</Button>
        <Button kind="quiet">Cancel</Button>
        <Button kind="loss" icon={Trash2}>Erase</Button>
        <Button kind="primary" disabled>Not now</Button>
        <Button disabled>Not now</Button>
      </Show>
      <Show name="IconButton: plain, active, off">
        <IconButton icon={Bookmark} label="Save" keys="mod+s" />
        <IconButton icon={Filter} label="Filter" active />
        <IconButton icon={Trash2} label="Drop" disabled />
      </Show>
      <Show name="Input: empty, filled, wrong, off">
        <Input label="Name" placeholder="clean" />
        <Input label="Name" defaultValue="clean" />
        <Input label="Name" defaultValue="a b" problem="Letters, digits, “_”, “-” and “.” only." />
        <Input label="Name" defaultValue="clean" disabled />
      </Show>
      <Show name="SearchField">
        <SearchField label="Search the texts" value="" onChange={() => undefined} keys="/" className="w-full" />
        <SearchField label="Search the texts" value={text} onChange={setText} className="w-full" />
      </Show>
      <Show name="Select">
        <Select label="Lens" value={lens} options={LENSES} onChange={setLens} />
        <Select label="Lens" value="map" options={LENSES} onChange={() => undefined} disabled />
      </Show>
      <Show name="ChoiceField: none taken, one taken, wrong" wide>
        <ChoiceField label="Label" text="" onText={() => undefined} choices={CHOICES} at={taken} onAt={setTaken} onPick={() => undefined} />
        <ChoiceField label="Label of stars" text="many" onText={() => undefined} choices={[{ value: "many", label: "many", note: "new" }]} at={0} onAt={() => undefined} onPick={() => undefined} problem="'many' is no value of 'stars'." />
      </Show>
      <Show name="Checkbox, Switch">
        <Checkbox label="Keep" checked={on} onChange={setOn} />
        <Checkbox label="Some" checked={some} onChange={setSome} />
        <Checkbox label="Off" checked={false} onChange={() => undefined} disabled />
        <Switch label="Show dropped" checked={on} onChange={setOn} />
        <Switch label="Off" checked={false} onChange={() => undefined} disabled />
      </Show>
      <Show name="Chip">
        <Chip onRemove={() => undefined} removeLabel="Remove">Words 50 – 1,000</Chip>
        <Chip onClick={() => undefined} onRemove={() => undefined}>language in (en, de)</Chip>
        <Chip tone="loss" onRemove={() => undefined}>unknown column</Chip>
      </Show>
      <Show name="Badge">
        <Badge>snoozed</Badge>
        <Badge tone="accent">fix applied</Badge>
        <Badge tone="doubt">estimate</Badge>
        <Badge tone="loss">failed</Badge>
      </Show>
      <Show name="Tooltip, Kbd, Menu">
        <Tooltip text="What it does" keys="g e">
          <Button>Hover</Button>
        </Tooltip>
        <Kbd keys="mod+shift+z" />
        <Kbd keys="g e" />
        <Menu
          trigger={<Button>Menu</Button>}
          title="Datasets"
          groups={[[{ label: "demo", note: "1,753 rows", chosen: true }, { label: "@clean", note: "573" }], [{ label: "Erase", icon: Trash2, tone: "loss" }, { label: "Not now", disabled: true }]]}
        />
      </Show>
      <Show name="Tabs" wide>
        <Tabs
          label="Panes"
          value={tab}
          onChange={setTab}
          tabs={[
            { value: "diff", label: "Difference", content: <p className="py-3 text-sm">573 of 1,753 rows</p> },
            { value: "recipe", label: "Recipe", content: <p className="py-3 text-sm">keep: stats.words &gt; 50</p> },
          ]}
        />
      </Show>
    </Section>
  );
}
