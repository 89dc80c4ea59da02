import { Plus, SlidersHorizontal } from "lucide-react";
import { failureOf } from "@/api";
import { FeaturePane, hasPane } from "@/lib/panes";
import { useView } from "@/lib/view";
import { Button, cx, EmptyState, ErrorState, ResizablePanes, type Pane } from "@/ui";
import { AddRule } from "./AddRule";
import * as d from "./draft";
import { FunnelBar } from "./FunnelBar";
import { Header } from "./Header";
import { MakeVersion } from "./MakeVersion";
import { RuleCard } from "./RuleCard";
import { Samples } from "./Samples";
import { draft as store } from "./store";
import { Suggestions } from "./Suggestions";
import { useBench, type Bench } from "./useBench";
import { YamlPane } from "./YamlPane";

interface Props {
  dataset: string;
  draft: d.Draft;
  /** Begin again with what the server has. */
  onAnew: () => void;
}

/** The recipe at work: its rules, what each does, and the rows at its thresholds. */
export function Workbench({ dataset, draft, onAnew }: Props) {
  const row = useView((now) => now.row);
  const bench = useBench(dataset, draft, onAnew);
  const { preview, counts, stale, yaml } = bench.outlook;
  const beside = row !== null && hasPane("inspect") ? <FeaturePane page="inspect" /> : <Samples preview={preview} stale={stale} />;
  const panes: Pane[] = [
    { id: "rules", label: "Rules", content: <Rules draft={draft} bench={bench} />, size: 5, min: 320 },
    { id: "edge", label: row === null ? "Samples" : "Row", content: beside, size: 6, min: 280 },
    ...(bench.yaml ? [{ id: "yaml", label: "YAML", content: <YamlPane yaml={yaml} />, size: 4, min: 240 }] : []),
  ];
  const edited = draft.rules.find((rule) => rule.id === bench.editing?.id);
  return (
    <div className="flex h-full min-h-0 flex-col">
      <Header draft={draft} preview={preview} stale={stale} yaml={bench.yaml} onYaml={bench.showYaml} onAnew={onAnew} onMake={() => bench.make(true)} />
      {draft.rules.length > 0 && (
        <div className={cx("hairline-b bg-panel", stale && "stale")}>
          <FunnelBar
            rowsIn={preview?.rows_in ?? null}
            input={draft.input}
            steps={d.active(draft).map((rule) => ({ rule, counts: counts.get(rule.id) }))}
            chosen={bench.chosen?.id ?? null}
            onChoose={(id) => bench.actions.choose(id, null)}
          />
        </div>
      )}
      <div className="min-h-0 flex-1">
        <ResizablePanes name="curate" panes={panes} />
      </div>
      <AddRule
        open={bench.editing !== null}
        onClose={() => bench.edit(null)}
        entry={edited?.entry ?? null}
        draft={draft}
        onDone={(entry) => (edited ? store.edit((now) => d.change(now, edited.id, entry)) : bench.add([entry]))}
      />
      {preview && <MakeVersion open={bench.making} onClose={() => bench.make(false)} draft={draft} preview={preview} />}
    </div>
  );
}

function Rules({ draft, bench }: { draft: d.Draft; bench: Bench }) {
  const { outlook, chosen, actions } = bench;
  const adding = () => bench.edit({ id: null });
  return (
    <div className="space-y-2 p-4">
      {outlook.error !== null && outlook.error !== undefined && <Broken error={outlook.error} />}
      {draft.rules.length === 0 && (
        <EmptyState
          icon={SlidersHorizontal}
          title="The recipe has no rule yet"
          action={
            <Button kind="primary" icon={Plus} keys="a" onClick={adding}>
              Add a rule
            </Button>
          }
        >
          A rule says which rows stay: a condition on a signal, a published family of rules, or a selector such as deduplication.
        </EmptyState>
      )}
      <ol aria-label="Rules" className="space-y-2">
        {draft.rules.map((rule) => (
          <RuleCard
            key={rule.id}
            rule={rule}
            counts={outlook.counts.get(rule.id)}
            rowsIn={outlook.preview?.rows_in ?? null}
            chosen={rule.id === chosen?.id}
            sub={chosen?.id === rule.id ? chosen.sub : null}
            flat={outlook.rule(rule.id, 0)?.flat ?? 0}
            actions={actions}
            renaming={bench.renaming === rule.id}
            onRenaming={(on) => bench.rename(on ? rule.id : null)}
          />
        ))}
      </ol>
      {draft.rules.length > 0 && (
        <Button icon={Plus} keys="a" onClick={adding}>
          Add a rule
        </Button>
      )}
      <Suggestions draft={draft} onAdd={bench.add} />
    </div>
  );
}

function Broken({ error }: { error: unknown }) {
  return (
    <div className="-m-4 mb-0">
      <ErrorState failure={failureOf(error)} />
      <div className="px-4 pb-2">
        <Button onClick={() => void store.undo()}>Undo the last change</Button>
      </div>
    </div>
  );
}
