import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useDeferredValue, useMemo, useRef, useState } from "react";
import { about, api, failureOf, type Answer, type Chosen } from "@/api";
import { Button, ChoiceField, Dialog, ErrorState, Input, Select, Skeleton } from "@/ui";
import { answer } from "./answer";
import { choicesFor, firstAt, shown, valuesOf, type Asked, type Known } from "./choices";

const NEW = "\u0000";

/** The field that was answered last, by dataset: the next row is about the same. */
const last = new Map<string, string>();

interface Props {
  dataset: string;
  /** "Label 12 rows" */
  title: string;
  open: boolean;
  onClose: () => void;
  /** The rows, as they are when they are labelled; null: there are none. */
  rows: () => Promise<Chosen | null>;
  /** Of a single row: what a field of it is said to be, and what it came with. */
  known?: (field: string) => Known;
}

/** Asks which field of rows is answered, and with what. */
export function LabelDialog({ title, open, onClose, ...rest }: Props) {
  return (
    <Dialog open={open} onClose={onClose} title={title}>
      <Form onClose={onClose} {...rest} />
    </Dialog>
  );
}

function Form({ dataset, onClose, rows, known: knownOf }: Omit<Props, "title" | "open">) {
  const asked = useQuery({ queryKey: about(dataset, "labels"), queryFn: ({ signal }) => api.labels(dataset, signal), placeholderData: keepPreviousData });
  const [picked, setPicked] = useState<string | undefined>(() => last.get(dataset));
  const [name, setName] = useState("");
  const [text, setText] = useState("");
  // Where the arrows went; undefined: what is typed decides.
  const [moved, setMoved] = useState<number>();
  const [problem, setProblem] = useState<string>();
  const [busy, setBusy] = useState(false);
  const sought = useDeferredValue(text);
  const form = useRef<HTMLFormElement>(null);

  const fields = asked.data ?? [];
  const known = fields.find((one) => one.field === picked) ?? (picked === NEW ? undefined : fields[0]);
  const field: Asked = known ?? { field: name.trim(), label: name.trim(), kind: "category", values: [] };
  const one = knownOf?.(field.field);
  const values = useMemo(() => (known ? valuesOf(known, { now: one?.now ?? null, before: one?.before ?? null }) : []), [known, one?.now, one?.before]);
  const choices = useMemo(() => choicesFor(values, sought, known?.kind !== "boolean"), [values, sought, known]);
  const at = moved ?? firstAt(choices, sought);
  const choice = choices[at];
  const has = one ? one.now !== null : (known?.rows ?? 0) > 0;

  const change = (act: () => void) => {
    act();
    setMoved(undefined);
    setProblem(undefined);
  };
  const put = async (value: Answer) => {
    if (busy) return;
    if (field.field === "") return setProblem("A field needs a name.");
    setBusy(true);
    try {
      const target = await rows();
      if (target) await answer(dataset, field, value, target);
      last.set(dataset, field.field);
      onClose();
    } catch (error) {
      const { message, allowed } = failureOf(error);
      setProblem(allowed ? `${message} Allowed: ${allowed}.` : message);
      setBusy(false);
    }
  };

  if (asked.error && !asked.data) return <ErrorState failure={failureOf(asked.error)} onRetry={() => void asked.refetch()} />;
  if (!asked.data) return <Skeleton className="h-96" />;
  return (
    <form
      ref={form}
      onSubmit={(event) => {
        event.preventDefault();
        // Letters that were typed a moment ago count, though the list is not yet drawn.
        const fresh = choicesFor(values, text, known?.kind !== "boolean");
        const now = moved === undefined ? fresh[firstAt(fresh, text)] : choice;
        if (now) void put(now.value);
        else setProblem(text.trim() === "" ? "Choose a label, or type one." : `“${text.trim()}” is neither yes nor no.`);
      }}
    >
      <div className="mb-3 flex flex-wrap gap-2">
        <div className="min-w-40 flex-1">
          <Select
            label="Field"
            value={known?.field ?? NEW}
            onChange={(next) => {
              change(() => setPicked(next));
              // On to what is asked next, once the list has given the focus back.
              setTimeout(() => setTimeout(() => form.current?.querySelector("input")?.focus()));
            }}
            options={[...fields.map((one) => ({ value: one.field, label: one.label })), { value: NEW, label: <span className="text-muted">New field…</span> }]}
          />
        </div>
        {!known && (
          <div className="min-w-40 flex-1">
            <Input aria-label="Name of the field" placeholder="Name of the field" autoFocus maxLength={60} value={name} onChange={(event) => change(() => setName(event.target.value))} />
          </div>
        )}
      </div>
      <ChoiceField
        key={known?.field ?? NEW}
        label={`Label for ${field.label || "the new field"}`}
        text={text}
        onText={(next) => change(() => setText(next))}
        choices={choices}
        at={at}
        onAt={setMoved}
        onPick={(one) => void put(one.value)}
        problem={problem}
        stale={asked.isPlaceholderData}
        // A new field is named first.
        autoFocus={known !== undefined}
        empty={text.trim() === "" ? "Type the first label of the field." : "No label is called that."}
      />
      <div className="mt-3 flex items-center justify-between gap-2">
        <span className="-ml-3">
          {has && (
            <Button kind="quiet" disabled={busy} onClick={() => void put(null)}>
              Take {one ? "the answer" : "answers"} back
            </Button>
          )}
        </span>
        <span className="min-w-0">
          <Button kind="primary" type="submit" keys="enter" disabled={busy} className="max-w-full">
            <span dir="auto" className="truncate">{choice ? `Label “${shown(choice.value, field.kind)}”` : "Label"}</span>
          </Button>
        </span>
      </div>
    </form>
  );
}
