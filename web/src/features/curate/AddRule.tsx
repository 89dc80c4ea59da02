import { useState } from "react";
import { api, ApiError, failureOf, ruleOf, useFindings } from "@/api";
import { plural } from "@/lib/format";
import { useView } from "@/lib/view";
import { Badge, Button, Dialog, EmptyState, ExpressionInput, Select, Skeleton, Tabs, type ExpressionProblem } from "@/ui";
import { useFamilies, useSelectors } from "./ask";
import { formOf, includes, nameOf, textOf, type Draft } from "./draft";
import { SelectorForm } from "./SelectorForm";
import type { Entry } from "./types";

interface Props {
  open: boolean;
  onClose: () => void;
  /** The entry to change; null: a new one. */
  entry: Entry | null;
  draft: Draft;
  onDone: (entry: Entry) => void;
}

const TABS = { keep: "condition", drop: "condition", use: "family", select: "selector" } as const;

/** A rule from a condition, a published family, a selector, or a finding. */
export function AddRule({ open, onClose, entry, draft, onDone }: Props) {
  return (
    <Dialog open={open} onClose={onClose} title={entry ? "Change the rule" : "Add a rule"} wide>
      {open && <Body entry={entry} draft={draft} onDone={(next) => (onClose(), onDone(next))} />}
    </Dialog>
  );
}

function Body({ entry, draft, onDone }: Pick<Props, "entry" | "draft" | "onDone">) {
  const [tab, setTab] = useState<string>(entry ? TABS[formOf(entry)] : "condition");
  const named = (next: Entry): Entry => (entry && nameOf(entry) ? { name: nameOf(entry), ...next } : next);
  const done = (next: Entry) => onDone(named(next));
  return (
    <Tabs
      label="Kinds of rules"
      value={tab}
      onChange={setTab}
      tabs={[
        { value: "condition", label: "Condition", content: <Condition entry={entry} onDone={done} /> },
        { value: "family", label: "Published family", content: <Families chosen={entry && formOf(entry) === "use" ? textOf(entry) : null} onDone={done} /> },
        { value: "selector", label: "Selector", content: <Selectors entry={entry} onDone={done} /> },
        ...(entry ? [] : [{ value: "finding", label: "From findings", content: <FromFindings draft={draft} onDone={onDone} /> }]),
      ]}
    />
  );
}

function Condition({ entry, onDone }: { entry: Entry | null; onDone: (entry: Entry) => void }) {
  const dataset = useView((view) => view.dataset) ?? "";
  const form = entry && formOf(entry);
  const [keeps, setKeeps] = useState(form === "drop" ? "drop" : "keep");
  const check = async (text: string): Promise<ExpressionProblem | null> => {
    try {
      await api.checkExpression(dataset, text);
      return null;
    } catch (error) {
      const { message, allowed, remedy } = failureOf(error);
      const position = error instanceof ApiError && typeof error.facts.position === "number" ? error.facts.position : null;
      // A signal that can be computed is no mistake: the rule says how to get it.
      if (error instanceof ApiError && typeof error.facts.op === "string") return null;
      return { message: [message, allowed && `Allowed: ${allowed}.`, remedy].filter(Boolean).join(" "), position };
    }
  };
  return (
    <div className="grid gap-3 pt-3 sm:grid-cols-[140px_minmax(0,1fr)]">
      <Select label="What to do with these rows" value={keeps} onChange={setKeeps} options={[{ value: "keep", label: "Keep rows where" }, { value: "drop", label: "Drop rows where" }]} />
      <ExpressionInput
        label="Condition"
        initial={form === "keep" || form === "drop" ? textOf(entry ?? {}) : ""}
        placeholder='text.stats.words >= 50 and language in ("en", "de")'
        action={entry ? "Change" : "Add"}
        complete={(text, at, signal) => api.complete(dataset, text, at, signal)}
        check={check}
        onDone={(text) => onDone({ [keeps]: text })}
      />
    </div>
  );
}

function Families({ chosen, onDone }: { chosen: string | null; onDone: (entry: Entry) => void }) {
  const families = useFamilies();
  if (!families.data) return <Skeleton className="mt-3 h-40" />;
  return (
    <ul className="divide-line divide-y pt-1">
      {families.data.map((family) => (
        <li key={family.name} className="flex flex-wrap items-center gap-3 py-3">
          <div className="min-w-60 flex-1">
            <p className="flex items-center gap-2 text-sm font-semibold">
              {family.name} <span className="text-muted font-normal">{plural(family.rules.length, "rule")}</span>
              {chosen?.split("@")[0] === family.name && <Badge tone="accent">chosen</Badge>}
            </p>
            <p className="text-muted text-sm">{family.description}</p>
            <p className="text-faint text-xs">{family.source}</p>
          </div>
          {family.definitions.map((definition, i) => (
            <Button key={definition} title={i === 0 ? "Words as Assay counts them" : `Words as ${definition} counts them`} onClick={() => onDone({ use: i === 0 ? family.name : `${family.name}@${definition}` })}>
              {i === 0 ? "Use" : `@${definition}`}
            </Button>
          ))}
        </li>
      ))}
    </ul>
  );
}

function Selectors({ entry, onDone }: { entry: Entry | null; onDone: (entry: Entry) => void }) {
  const selectors = useSelectors();
  const own = entry && formOf(entry) === "select" ? entry : null;
  const [picked, setPicked] = useState<string | null>(own && textOf(own));
  if (!selectors.data) return <Skeleton className="mt-3 h-40" />;
  const selector = selectors.data.find((one) => one.name === picked) ?? selectors.data[0];
  if (!selector) return <EmptyState title="There is no selector here" />;
  return (
    <div className="space-y-3 pt-3">
      <Select label="Selector" value={selector.name} onChange={setPicked} options={selectors.data.map((one) => ({ value: one.name, label: one.name }))} />
      <p className="text-muted text-sm">{selector.description}</p>
      <SelectorForm key={selector.name} selector={selector} entry={own && textOf(own) === selector.name ? own : null} onDone={onDone} />
    </div>
  );
}

/** Fixes that checks offer, whether or not they were applied. */
function FromFindings({ draft, onDone }: { draft: Draft; onDone: (entry: Entry) => void }) {
  const findings = useFindings("all");
  if (!findings.data) return <Skeleton className="mt-3 h-40" />;
  const offered = findings.data.findings.flatMap((finding) => {
    const rule = ruleOf(finding);
    return rule && finding.state !== "wontfix" && !includes(draft, rule) ? [{ finding, rule }] : [];
  });
  if (offered.length === 0) return <p className="text-muted pt-4 text-sm">Every fix that the findings offer is in the recipe already.</p>;
  return (
    <ul className="divide-line divide-y pt-1">
      {offered.map(({ finding, rule }) => (
        <li key={finding.id} className="flex items-center gap-3 py-2">
          <div className="min-w-0 flex-1">
            <p className="text-sm font-medium wrap-anywhere">{finding.title}</p>
            {finding.fix_text && <p className="text-muted truncate font-mono text-xs">{finding.fix_text}</p>}
          </div>
          {finding.state === "applied" && <Badge tone="accent">applied</Badge>}
          <Button onClick={() => onDone(rule)}>Add</Button>
        </li>
      ))}
    </ul>
  );
}
