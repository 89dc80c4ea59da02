import { CircleAlert, X } from "lucide-react";
import { useEffect } from "react";
import { create } from "zustand";
import { useKeys } from "@/lib/keys";
import { done, settle, settleAbout } from "@/lib/undo";
import { IconButton } from "./Button";
import { useTaken } from "./floor";
import { Kbd } from "./Kbd";

interface Toast {
  id: number;
  text: string;
  tone: "plain" | "loss";
  /** What it is about: a later word about the same takes its place. */
  of?: string;
  undo?: () => void;
  /** Where to go from here: "Open Versions". */
  action?: { label: string; run: () => void };
}

interface Options extends Pick<Toast, "of" | "undo" | "action"> {
  /** `undo` goes back on a timeline, whose steps Ctrl+Z knows already. */
  step?: boolean;
}

const SHOWN_MS = 7000;
let next = 0;

const useToasts = create<{ toasts: Toast[] }>(() => ({ toasts: [] }));

function drop(id: number): void {
  useToasts.setState((state) => ({ toasts: state.toasts.filter((toast) => toast.id !== id) }));
}

/** Say what was done, with a way back or onwards; `toast.error` for what was not. */
export function toast(text: string, { step = false, ...options }: Options = {}): void {
  push({ text, tone: "plain", ...options }, step);
}

toast.error = (text: string): void => push({ text, tone: "loss" }, false);

/** What toasts `of` this say is not so any more. */
toast.drop = (of: string): void => useToasts.setState((state) => ({ toasts: state.toasts.filter((other) => other.of !== of) }));

function push(toast: Omit<Toast, "id">, step: boolean): void {
  const id = next++;
  const { undo } = toast;
  if (undo) {
    const back = () => {
      drop(id);
      undo();
    };
    // Ctrl+Z takes it back also when its toast is gone.
    const act = step ? null : done(back, toast.of);
    toast = { ...toast, undo: () => (act && settle(act), back()) };
  } else settleAbout(toast.of);
  useToasts.setState((state) => {
    const others = state.toasts.filter((other) => toast.of === undefined || other.of !== toast.of);
    return { toasts: [...others.slice(-2), { ...toast, id }] };
  });
}

export function Toasts() {
  const toasts = useToasts((state) => state.toasts);
  const taken = useTaken();
  const last = toasts.findLast((toast) => toast.undo);
  useKeys("Everywhere", [{ keys: "u", label: "Undo what was just done", run: () => last?.undo?.() }], { enabled: last !== undefined });
  return (
    <div role="status" aria-live="polite" className="pointer-events-none fixed inset-x-0 bottom-16 z-50 flex flex-col items-center gap-2 px-3 md:bottom-5" style={taken === null ? undefined : { bottom: taken }}>
      {toasts.map((toast) => (
        <Card key={toast.id} toast={toast} byKey={toast === last} />
      ))}
    </div>
  );
}

function Card({ toast, byKey }: { toast: Toast; byKey: boolean }) {
  useEffect(() => {
    const timer = setTimeout(() => drop(toast.id), toast.tone === "loss" ? 2 * SHOWN_MS : SHOWN_MS);
    return () => clearTimeout(timer);
  }, [toast]);
  return (
    <div className="rise bg-panel border-line shadow-float pointer-events-auto flex min-h-11 max-w-full items-center gap-3 rounded border py-1 pr-1 pl-4 text-sm">
      {toast.tone === "loss" && <CircleAlert size={16} className="text-loss shrink-0" aria-hidden />}
      <span className="min-w-0 wrap-anywhere">{toast.text}</span>
      {toast.action && (
        <button
          type="button"
          className="text-accent hover:bg-accent-soft min-h-8 rounded px-2 font-semibold whitespace-nowrap"
          onClick={() => {
            toast.action?.run();
            drop(toast.id);
          }}
        >
          {toast.action.label}
        </button>
      )}
      {toast.undo && (
        <button
          type="button"
          className="text-accent hover:bg-accent-soft flex min-h-8 items-center gap-2 rounded px-2 font-semibold"
          onClick={toast.undo}
        >
          Undo {byKey && <Kbd keys="u" />}
        </button>
      )}
      <IconButton icon={X} label="Dismiss" onClick={() => drop(toast.id)} />
    </div>
  );
}
