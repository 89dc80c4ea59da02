import { useQuery } from "@tanstack/react-query";
import { CornerDownLeft, MessageCircleQuestion } from "lucide-react";
import { useEffect, useMemo, useRef, useState } from "react";
import { api, cancelJob, useDataset, useLive } from "@/api";
import { useCommands } from "@/lib/commands";
import { plural } from "@/lib/format";
import { useKeys } from "@/lib/keys";
import { splitDataset, useView } from "@/lib/view";
import { Button, EmptyState, ErrorState, NoRows, Progress } from "@/ui";
import { ShownCard } from "./Shown";
import { askAbout, forget, useTurns, type Turn } from "./store";

/** Where fingers type, a focus opens the keyboard over half of the screen. */
const touch = typeof matchMedia === "function" && matchMedia("(pointer: coarse)").matches;

const IDEAS = ["What is in this data?", "What is wrong with it?", "Which rows have personal data?"];

export default function AskScreen() {
  const dataset = useView((now) => now.dataset) ?? "";
  const all = useTurns((state) => state.turns);
  const turns = useMemo(() => all.filter((turn) => turn.dataset === dataset), [all, dataset]);
  const model = useQuery({ queryKey: ["ask"], queryFn: ({ signal }) => api.askState(signal) });
  const detail = useDataset(dataset);
  const [text, setText] = useState("");
  const box = useRef<HTMLTextAreaElement>(null);
  const last = useRef<HTMLLIElement>(null);
  const busy = turns.some((turn) => turn.answer === null && turn.failure === null);
  const send = (question: string) => {
    if (question.trim() === "" || busy) return;
    setText("");
    void askAbout(dataset, question.trim());
  };
  useKeys("Ask", [{ keys: "a", label: "Ask something", run: () => box.current?.focus() }]);
  useCommands([{ group: "Ask", label: "Forget this conversation", run: () => forget(dataset) }]);
  useEffect(() => {
    // The answer is read from its beginning.
    last.current?.scrollIntoView({ block: "start" });
  }, [turns]);

  if (detail.data?.source_rows === 0) return <NoRows name={splitDataset(dataset).name} />;
  return (
    <div className="mx-auto flex h-full max-w-4xl flex-col p-4 md:px-6">
      <div className="min-h-0 flex-1 overflow-y-auto" role="log" aria-label="Conversation" tabIndex={0}>
        {turns.length === 0 ? (
          <EmptyState
            icon={MessageCircleQuestion}
            title={`Ask about ${dataset}`}
            action={
              <div className="flex flex-wrap justify-center gap-2">
                {IDEAS.map((idea) => (
                  <Button key={idea} onClick={() => send(idea)}>
                    {idea}
                  </Button>
                ))}
              </div>
            }
          >
            {model.data?.model
              ? `${model.data.model} at ${model.data.host} answers. It can only look, and each answer shows the rows behind it.`
              : "No model is configured, so search answers. Set ASSAY_LLM_URL and ASSAY_LLM_MODEL before assay serve to have questions answered."}
          </EmptyState>
        ) : (
          <ol className="space-y-6 pb-4">
            {turns.map((turn, i) => (
              <li key={turn.id} ref={i === turns.length - 1 ? last : undefined}>
                <OneTurn turn={turn} />
              </li>
            ))}
          </ol>
        )}
      </div>
      <form
        className="border-line bg-panel focus-within:border-accent mt-2 flex shrink-0 items-end gap-2 rounded border p-2"
        onSubmit={(event) => {
          event.preventDefault();
          send(text);
        }}
      >
        <textarea
          ref={box}
          autoFocus={!touch}
          value={text}
          rows={Math.min(6, Math.max(1, text.split("\n").length))}
          maxLength={4000}
          aria-label="Question"
          placeholder={`Ask about ${dataset}`}
          className="min-h-(--target) min-w-0 flex-1 resize-none bg-transparent px-1 py-[calc((var(--target)-20px)/2)] text-sm outline-none"
          onChange={(event) => setText(event.target.value)}
          onKeyDown={(event) => {
            // From then on letters are keys again.
            if (event.key === "Escape") event.currentTarget.blur();
            if (event.key !== "Enter" || event.shiftKey || event.nativeEvent.isComposing) return;
            event.preventDefault();
            send(text);
          }}
        />
        <Button kind="primary" type="submit" icon={CornerDownLeft} disabled={busy || text.trim() === ""}>
          Ask
        </Button>
      </form>
    </div>
  );
}

function OneTurn({ turn }: { turn: Turn }) {
  const { answer, failure } = turn;
  return (
    <article aria-label={turn.question} className="space-y-3">
      <h2 className="text-base font-semibold wrap-anywhere">{turn.question}</h2>
      {failure && <ErrorState failure={failure} />}
      {!answer && !failure && <Waiting job={turn.job} />}
      {answer && (
        <>
          {answer.looked === false && (
            <p role="note" className="bg-doubt-soft text-doubt rounded px-3 py-2 text-sm">
              Not looked up in the data. What {answer.model ?? "the model"} says here rests on no row{answer.shown.length > 0 && "; below is what search finds"}.
            </p>
          )}
          {answer.answer && <p className="max-w-[72ch] leading-6 wrap-anywhere whitespace-pre-wrap">{answer.answer}</p>}
          {answer.note && answer.looked !== false && <p className="text-doubt text-sm">{answer.note}</p>}
          <div className="space-y-3">
            {answer.shown.map((shown, i) => (
              <ShownCard key={i} shown={shown} />
            ))}
          </div>
          {answer.steps.length > 0 && <Steps steps={answer.steps} model={answer.model} />}
        </>
      )}
    </article>
  );
}

function Steps({ steps, model }: { steps: NonNullable<Turn["answer"]>["steps"]; model: string | null }) {
  const refused = steps.filter((step) => step.error !== null).length;
  return (
    <details className="text-muted text-xs">
      <summary className="cursor-pointer">
        {model ?? "The model"} looked {plural(steps.length, "time")}
        {refused > 0 && `, of which ${refused} ${refused === 1 ? "was" : "were"} refused`}
      </summary>
      <ol className="mt-1 space-y-0.5 pl-4">
        {steps.map((step, i) => (
          <li key={i} className="wrap-anywhere">
            <span className="text-text">{step.tool.replaceAll("_", " ")}</span> <code className="font-mono">{step.arguments}</code>
            {step.error && <span className="text-loss"> {step.error}</span>}
          </li>
        ))}
      </ol>
    </details>
  );
}

function Waiting({ job }: { job: string | null }) {
  const progress = useLive((live) => live.jobs.find((one) => one.id === job)?.progress);
  return <Progress label={progress?.label ?? "Thinking"} done={0} total={null} onCancel={job === null ? undefined : () => void cancelJob(job)} />;
}
