import { useEffect, useRef, useState } from "react";
import { ApiError, failureOf } from "@/api";
import { cx } from "@/ui";
import { parseYaml } from "./ask";
import { merge } from "./draft";
import { draft } from "./store";

const REST_MS = 350;

interface Problem {
  line: number | null;
  message: string;
}

/** The recipe as YAML: what is typed becomes the rules, and what is done there is written here. */
export function YamlPane({ yaml }: { yaml: string | undefined }) {
  const [typed, setTyped] = useState<string | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [understood, setUnderstood] = useState<string | null>(null);
  const gutter = useRef<HTMLDivElement>(null);
  const field = useRef<HTMLTextAreaElement>(null);
  const text = typed ?? yaml ?? "";

  useEffect(() => {
    if (typed === null) return;
    const control = new AbortController();
    const timer = setTimeout(() => {
      parseYaml(typed, control.signal).then(
        ({ recipe }) => {
          setProblem(null);
          draft.edit((now) => merge(now, recipe));
          if (document.activeElement === field.current) setUnderstood(typed);
          else setTyped(null);
        },
        (error: unknown) => {
          if (!control.signal.aborted) setProblem(problemOf(error));
        },
      );
    }, REST_MS);
    return () => {
      control.abort();
      clearTimeout(timer);
    };
  }, [typed]);

  const lines = text.split("\n").length;
  return (
    <div className="bg-sunken flex h-full min-h-0 flex-col">
      <div className="flex min-h-0 flex-1 overflow-hidden font-mono text-xs leading-5">
        <div ref={gutter} aria-hidden className="text-faint w-10 shrink-0 overflow-hidden py-3 pr-2 text-right">
          {Array.from({ length: lines }, (_, i) => (
            <div key={i} className={cx(problem?.line === i + 1 && "bg-loss-soft text-loss font-semibold")}>
              {i + 1}
            </div>
          ))}
        </div>
        <textarea
          ref={field}
          aria-label="Recipe as YAML"
          aria-invalid={problem ? true : undefined}
          aria-describedby={problem ? "yaml-problem" : undefined}
          spellCheck={false}
          autoCapitalize="off"
          wrap="off"
          value={text}
          className="min-h-0 min-w-0 flex-1 resize-none bg-transparent py-3 pr-3 outline-offset-[-2px]"
          onChange={(event) => setTyped(event.target.value)}
          onScroll={(event) => {
            if (gutter.current) gutter.current.scrollTop = event.currentTarget.scrollTop;
          }}
          // What was understood is shown as it is stored; what was not stays as it was typed.
          onBlur={() => typed === understood && setTyped(null)}
        />
      </div>
      <div className="border-line min-h-10 border-t px-3 py-2 text-sm" aria-live="polite">
        {problem ? (
          <p id="yaml-problem" className="text-loss wrap-anywhere">
            {problem.line !== null && <b className="font-semibold">Line {problem.line}: </b>}
            {problem.message}{" "}
            <button type="button" className="underline" onClick={() => (setTyped(null), setProblem(null))}>
              Take it back
            </button>
          </p>
        ) : (
          <p className="text-muted">Rules and YAML follow each other.</p>
        )}
      </div>
    </div>
  );
}

function problemOf(error: unknown): Problem {
  const { message, where, allowed, remedy } = failureOf(error);
  const line = error instanceof ApiError && typeof error.facts.line === "number" ? error.facts.line : lineIn(where ?? "");
  return { line, message: [message, allowed && `Allowed: ${allowed}.`, remedy].filter(Boolean).join(" ") };
}

function lineIn(where: string): number | null {
  const found = /line (\d+)/.exec(where);
  return found ? Number(found[1]) : null;
}
