/** Lineage as sentences: what one op computed is told once. */
import { shown } from "./standing";
import type { LineageStep } from "./types";

export interface Told {
  text: string;
  run: string | null;
  time: string | null;
}

export function story(steps: readonly LineageStep[]): Told[] {
  const out: Told[] = [];
  const computed = new Map<string, { told: Told; signals: number; name: string }>();
  for (const step of steps) {
    const told: Told = { text: words(step), run: step.run ?? null, time: step.time ?? null };
    if (step.step === "compute") {
      const key = `${shown(step.op)} ${told.run}`;
      const known = computed.get(key);
      if (known) {
        known.signals += 1;
        known.told.text = `${known.signals} signals computed by ${known.name}`;
        continue;
      }
      computed.set(key, { told, signals: 1, name: shown(step.op) });
    }
    out.push(told);
  }
  return out;
}

function words(step: LineageStep): string {
  if (step.step === "curate") return `Judged by the recipe “${shown(step.recipe)}”: ${shown(step.input)} → ${shown(step.version)}`;
  if (step.step === "compute") return `${shown(step.signal)} computed by ${shown(step.op)}`;
  if (step.step !== "add") return step.step;
  const row = typeof step.position === "number" ? `, position ${step.position}` : "";
  const licence = step.licence ? ` (${shown(step.licence)})` : "";
  return `Read from ${shown(step.source ?? "a file")}${row}${licence}`;
}
