import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useId, useRef, useState } from "react";
import { about, api, ApiError, failureOf, type Completion } from "@/api";
import { useView } from "@/lib/view";
import { Button, cx, Kbd } from "@/ui";

type Choice = Completion["options"][number];
const KINDS: Record<Choice["kind"], string> = { column: "column", operator: "", value: "value", function: "function", set: "rows" };

/** An expression with completion; checked by the server before it becomes a filter. */
export function FilterInput({ initial, onDone }: { initial: string; onDone: (expression: string) => void }) {
  const dataset = useView((now) => now.dataset) ?? "";
  const field = useRef<HTMLInputElement>(null);
  const list = useId();
  const [text, setText] = useState(initial);
  const [at, setAt] = useState(initial.length);
  const [picked, setPicked] = useState(-1);
  const [problem, setProblem] = useState<{ message: string; position: number | null } | null>(null);
  const completion = useQuery({
    queryKey: about(dataset, "complete", text, at),
    queryFn: ({ signal }) => api.complete(dataset, text, at, signal),
    placeholderData: keepPreviousData,
    staleTime: 60_000,
  });
  const options = completion.data?.options.slice(0, 50) ?? [];

  const write = (next: string, cursor: number) => {
    setText(next);
    setAt(cursor);
    setPicked(-1);
    setProblem(null);
  };
  const take = (option: Choice) => {
    const { from, to } = completion.data ?? { from: at, to: at };
    const cursor = from + option.text.length + 1;
    write(`${text.slice(0, from)}${option.text} ${text.slice(to).trimStart()}`, cursor);
    requestAnimationFrame(() => {
      field.current?.focus();
      field.current?.setSelectionRange(cursor, cursor);
    });
  };
  const submit = async () => {
    const expression = text.trim();
    if (!expression) return;
    try {
      await api.checkExpression(dataset, expression);
      onDone(expression);
    } catch (error) {
      const { message, allowed, remedy } = failureOf(error);
      const position = error instanceof ApiError && typeof error.facts.position === "number" ? error.facts.position : null;
      setProblem({ message: [message, allowed && `Allowed: ${allowed}.`, remedy].filter(Boolean).join(" "), position });
      if (position !== null) field.current?.setSelectionRange(position, expression.length);
    }
  };
  const onKey = (event: React.KeyboardEvent) => {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      const by = event.key === "ArrowDown" ? 1 : -1;
      setPicked((now) => Math.max(-1, Math.min(options.length - 1, now + by)));
    } else if (event.key === "Tab" && !event.shiftKey && (options[picked] ?? options[0]) && text) {
      const option = options[picked] ?? options[0];
      event.preventDefault();
      if (option) take(option);
    } else if (event.key === "Enter") {
      event.preventDefault();
      const option = options[picked];
      if (option) take(option);
      else void submit();
    }
  };

  return (
    <div>
      <div className="flex gap-2">
        <input
          ref={field}
          autoFocus
          role="combobox"
          aria-label="Filter expression"
          aria-expanded={options.length > 0}
          aria-controls={list}
          aria-activedescendant={picked >= 0 ? `${list}-${picked}` : undefined}
          aria-invalid={problem ? true : undefined}
          placeholder={'text.stats.words > 50 and language in ("en", "de")'}
          spellCheck={false}
          autoCapitalize="off"
          autoComplete="off"
          value={text}
          className="border-line bg-panel aria-invalid:border-loss min-h-(--target) min-w-0 flex-1 rounded border px-2.5 font-mono text-xs"
          onChange={(event) => write(event.target.value, event.target.selectionStart ?? event.target.value.length)}
          onSelect={(event) => setAt(event.currentTarget.selectionStart ?? text.length)}
          onKeyDown={onKey}
        />
        <Button kind="primary" onClick={() => void submit()} disabled={!text.trim()}>
          Apply
        </Button>
      </div>
      {problem && (
        <p role="alert" className="text-loss px-1 pt-2 text-sm">
          {problem.message}
          {problem.position !== null && ` (at character ${problem.position + 1})`}
        </p>
      )}
      <ul id={list} role="listbox" aria-label="Completions" className="mt-1 h-56 overflow-y-auto">
        {options.map((option, i) => (
          <li
            key={`${option.kind} ${option.text}`}
            id={`${list}-${i}`}
            role="option"
            aria-selected={i === picked}
            ref={i === picked ? (element) => element?.scrollIntoView({ block: "nearest" }) : undefined}
            className={cx("flex min-h-8 cursor-default items-center justify-between gap-3 rounded-[4px] px-2", i === picked ? "bg-hover" : "hover:bg-hover")}
            onPointerDown={(event) => {
              event.preventDefault();
              take(option);
            }}
          >
            <span className="truncate font-mono text-xs">{option.text}</span>
            <span className="text-faint shrink-0 text-xs">{option.detail ?? KINDS[option.kind]}</span>
          </li>
        ))}
        {completion.isSuccess && options.length === 0 && <li className="text-muted px-2 py-1.5 text-sm">Enter applies the expression.</li>}
      </ul>
      <div className="text-faint flex gap-4 px-1 pt-1 text-xs max-md:hidden">
        <span>
          <Kbd keys="arrowdown" /> choose
        </span>
        <span>Tab completes</span>
        <span>
          <Kbd keys="enter" /> applies
        </span>
      </div>
    </div>
  );
}
