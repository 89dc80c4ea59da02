import { CircleAlert, X } from "lucide-react";
import { useEffect } from "react";
import { create } from "zustand";
import { useKeys } from "@/lib/keys";
import { IconButton } from "./Button";
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

const SHOWN_MS = 7000;
let next = 0;

const useToasts = create<{ toasts: Toast[] }>(() => ({ toasts: [] }));

function drop(id: number): void {
  useToasts.setState((state) => ({ toasts: state.toasts.filter((toast) => toast.id !== id) }));
}

/** Say what was done, with a way back or onwards; `toast.error` for what was not. */
export function toast(text: string, options: Pick<Toast, "of" | "undo" | "action"> = {}): void {
  push({ text, tone: "plain", ...options });
}

toast.error = (text: string): void => push({ text, tone: "loss" });

function push(toast: Omit<Toast, "id">): void {
  const id = next++;
  useToasts.setState((state) => {
    const others = state.toasts.filter((other) => toast.of === undefined || other.of !== toast.of);
    return { toasts: [...others.slice(-2), { ...toast, id }] };
  });
}

export function Toasts() {
  const toasts = useToasts((state) => state.toasts);
  const last = toasts.findLast((toast) => toast.undo);
  useKeys("Everywhere", [{ keys: "u", label: "Undo what was just done", run: () => last && takeBack(last) }], { enabled: last !== undefined });
  return (
    <div role="status" aria-live="polite" className="pointer-events-none fixed inset-x-0 bottom-16 z-50 flex flex-col items-center gap-2 px-3 md:bottom-5">
      {toasts.map((toast) => (
        <Card key={toast.id} toast={toast} byKey={toast === last} />
      ))}
    </div>
  );
}

function takeBack(toast: Toast): void {
  toast.undo?.();
  drop(toast.id);
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
          onClick={() => takeBack(toast)}
        >
          Undo {byKey && <Kbd keys="u" />}
        </button>
      )}
      <IconButton icon={X} label="Dismiss" onClick={() => drop(toast.id)} />
    </div>
  );
}
