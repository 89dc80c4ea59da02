/** The conversation, kept while the app is open, also on other screens. */
import { create } from "zustand";
import { api, failureOf, whenOver } from "@/api";
import type { Failure } from "@/ui";
import type { Answer } from "./types";

export interface Turn {
  id: number;
  dataset: string;
  question: string;
  /** While it is being answered. */
  job: string | null;
  answer: Answer | null;
  failure: Failure | null;
}

export const useTurns = create<{ turns: Turn[] }>(() => ({ turns: [] }));

const HISTORY = 6;
let next = 0;

function put(id: number, change: Partial<Turn>): void {
  useTurns.setState(({ turns }) => ({ turns: turns.map((turn) => (turn.id === id ? { ...turn, ...change } : turn)) }));
}

export async function askAbout(dataset: string, question: string): Promise<void> {
  const id = next++;
  const before = useTurns.getState().turns.filter((turn) => turn.dataset === dataset && turn.answer?.answer);
  const history = before.slice(-HISTORY).flatMap((turn) => [
    { role: "user" as const, content: turn.question },
    { role: "assistant" as const, content: turn.answer?.answer.slice(0, 4000) ?? "" },
  ]);
  useTurns.setState(({ turns }) => ({ turns: [...turns, { id, dataset, question, job: null, answer: null, failure: null }] }));
  try {
    const { job } = await api.ask(dataset, question, history);
    put(id, { job });
    const over = await whenOver(job);
    if (over.state === "done") put(id, { job: null, answer: over.result as Answer });
    else put(id, { job: null, failure: { message: over.state === "cancelled" ? "Stopped." : (over.error?.what ?? "This failed."), remedy: over.error?.remedy } });
  } catch (error) {
    put(id, { job: null, failure: failureOf(error) });
  }
}

export function forget(dataset: string): void {
  useTurns.setState(({ turns }) => ({ turns: turns.filter((turn) => turn.dataset !== dataset) }));
}
