import { useId, useLayoutEffect, useRef, useState, type KeyboardEvent, type ReactNode } from "react";
import { cx } from "./cx";
import { BOX } from "./Field";

export interface Choice {
  value: string;
  label: string;
  /** Beside it, in grey. */
  note?: ReactNode;
}

interface Props {
  label: string;
  text: string;
  onText: (text: string) => void;
  /** Those that answer the text; any number of them. */
  choices: readonly Choice[];
  /** Place of the one that Enter takes (the form's submit); -1: none. */
  at: number;
  onAt: (at: number) => void;
  onPick: (choice: Choice) => void;
  problem?: string;
  /** Where there are none. */
  empty?: ReactNode;
  stale?: boolean;
  autoFocus?: boolean;
}

const ROW = typeof matchMedia === "function" && matchMedia("(pointer: coarse)").matches ? 44 : 32;
const EXTRA = 4;

/** A text field over the list of what it may say: letters make it shorter, arrows go through it. */
export function ChoiceField({ label, text, onText, choices, at, onAt, onPick, problem, empty, stale, autoFocus }: Props) {
  const id = useId();
  const box = useRef<HTMLDivElement>(null);
  const [seen, setSeen] = useState({ top: 0, height: 8 * ROW });
  const first = Math.max(0, Math.floor(seen.top / ROW) - EXTRA);
  const last = Math.min(choices.length, Math.ceil((seen.top + seen.height) / ROW) + EXTRA);

  // The one that would be taken is in sight.
  useLayoutEffect(() => {
    const element = box.current;
    if (!element) return;
    const height = element.clientHeight;
    const top = at * ROW < element.scrollTop ? at * ROW : Math.max(element.scrollTop, (at + 1) * ROW - height);
    element.scrollTop = Math.max(0, top);
    setSeen({ top: element.scrollTop, height });
  }, [at, choices]);

  const steps: Record<string, number> = { ArrowDown: 1, ArrowUp: -1, PageDown: 8, PageUp: -8 };
  const onKeyDown = (event: KeyboardEvent) => {
    const by = steps[event.key];
    if (by === undefined || choices.length === 0 || event.nativeEvent.isComposing) return;
    event.preventDefault();
    const end = choices.length - 1;
    if (Math.abs(by) > 1) return onAt(Math.max(0, Math.min(end, at + by)));
    // Around the ends: what stands last is one step from the first.
    onAt(at < 0 ? (by > 0 ? 0 : end) : (at + by + choices.length) % choices.length);
  };
  return (
    <div>
      <input
        role="combobox"
        aria-label={label}
        aria-expanded
        aria-autocomplete="list"
        aria-controls={id}
        aria-activedescendant={at >= 0 && at < choices.length ? `${id}-${at}` : undefined}
        aria-invalid={problem ? true : undefined}
        aria-describedby={problem ? `${id}-problem` : undefined}
        placeholder={label}
        autoFocus={autoFocus}
        autoComplete="off"
        spellCheck={false}
        dir="auto"
        value={text}
        onChange={(event) => onText(event.target.value)}
        onKeyDown={onKeyDown}
        className={BOX}
      />
      <p id={`${id}-problem`} role="alert" className="text-loss min-h-5 text-xs wrap-anywhere">
        {problem}
      </p>
      <div
        ref={box}
        id={id}
        role="listbox"
        aria-label={`${label}: choices`}
        tabIndex={-1}
        onScroll={(event) => setSeen({ top: event.currentTarget.scrollTop, height: event.currentTarget.clientHeight })}
        // The field keeps the focus.
        onPointerDown={(event) => event.preventDefault()}
        className={cx("border-line relative h-64 overflow-y-auto rounded border text-sm max-h-[34vh]", stale && "stale")}
      >
        {choices.length === 0 && <div className="text-muted px-3 py-4 text-center">{empty}</div>}
        <div style={{ height: choices.length * ROW }} role="presentation">
          {choices.slice(first, last).map((choice, i) => (
            <div
              key={first + i}
              id={`${id}-${first + i}`}
              role="option"
              aria-selected={first + i === at}
              aria-setsize={choices.length}
              aria-posinset={first + i + 1}
              title={choice.label}
              onClick={() => onPick(choice)}
              className={cx("absolute inset-x-1 flex cursor-default items-center gap-4 rounded-[4px] px-2", first + i === at ? "bg-accent-soft text-accent" : "hover:bg-hover")}
              style={{ height: ROW, top: (first + i) * ROW }}
            >
              <span dir="auto" className="min-w-0 flex-1 truncate text-left">
                {choice.label}
              </span>
              {choice.note && <span className={cx("shrink-0 text-xs", first + i !== at && "text-muted")}>{choice.note}</span>}
            </div>
          ))}
        </div>
      </div>
    </div>
  );
}
