import { useEffect, useId, useRef, useState } from "react";
import { Button } from "./Button";
import { cx } from "./cx";
import { Kbd } from "./Kbd";

export interface Completions {
  /** The part of the text that an option takes the place of. */
  from: number;
  to: number;
  options: { text: string; kind: string; detail: string | null }[];
}

export interface ExpressionProblem {
  message: string;
  /** Character of the text, from 0. */
  position: number | null;
}

interface Props {
  label: string;
  initial: string;
  placeholder?: string;
  /** On the button: "Apply". */
  action: string;
  complete: (text: string, at: number, signal: AbortSignal) => Promise<Completions>;
  /** What is wrong with the expression; null if it can be used. */
  check: (text: string) => Promise<ExpressionProblem | null>;
  onDone: (expression: string) => void;
}

type Option = Completions["options"][number];
const MOST = 50;

/** An expression with completion; it is done only once it was checked. */
export function ExpressionInput({ label, initial, placeholder, action, complete, check, onDone }: Props) {
  const field = useRef<HTMLInputElement>(null);
  const list = useId();
  const [text, setText] = useState(initial);
  const [at, setAt] = useState(initial.length);
  const [picked, setPicked] = useState(-1);
  const [problem, setProblem] = useState<ExpressionProblem | null>(null);
  const [found, setFound] = useState<Completions | null>(null);
  const options = found?.options.slice(0, MOST) ?? [];

  const asked = useRef(complete);
  useEffect(() => {
    asked.current = complete;
  });
  useEffect(() => {
    const control = new AbortController();
    asked.current(text, at, control.signal).then(
      (answer) => !control.signal.aborted && setFound(answer),
      () => undefined, // Without completions one can still write.
    );
    return () => control.abort();
  }, [text, at]);

  const write = (next: string, cursor: number) => {
    setText(next);
    setAt(cursor);
    setPicked(-1);
    setProblem(null);
  };
  const take = (option: Option) => {
    const { from, to } = found ?? { from: at, to: at };
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
    const wrong = await check(expression);
    setProblem(wrong);
    if (wrong === null) onDone(expression);
    else if (wrong.position !== null) field.current?.setSelectionRange(wrong.position, expression.length);
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
          aria-label={label}
          aria-expanded={options.length > 0}
          aria-controls={list}
          aria-activedescendant={picked >= 0 ? `${list}-${picked}` : undefined}
          aria-invalid={problem ? true : undefined}
          placeholder={placeholder}
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
          {action}
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
            <span className="text-faint shrink-0 text-xs">{option.detail ?? option.kind}</span>
          </li>
        ))}
        {found && options.length === 0 && <li className="text-muted px-2 py-1.5 text-sm">Enter: {action.toLowerCase()}.</li>}
      </ul>
      <div className="text-faint flex gap-4 px-1 pt-1 text-xs max-md:hidden">
        <span>
          <Kbd keys="arrowdown" /> choose
        </span>
        <span>Tab completes</span>
        <span>
          <Kbd keys="enter" /> {action.toLowerCase()}
        </span>
      </div>
    </div>
  );
}
