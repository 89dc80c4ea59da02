/** Where an evaluation item stands in the text of a row, from the excerpts that a check kept. */
import type { Finding } from "@/api";
import type { Span } from "@/ui";
import { points } from "./lens";

export const LEAK_CHECK = "leak.benchmark";

/** Spans of the row's text that repeat evaluation items, as far as the findings quote them. */
export function leaksIn(id: string, text: string, findings: readonly Pick<Finding, "check" | "evidence">[]): Span[] {
  return findings
    .filter((finding) => finding.check === LEAK_CHECK && Array.isArray(finding.evidence.examples))
    .flatMap((finding) => {
      const file = String(finding.evidence.file ?? "").split(/[\\/]/).at(-1) ?? "";
      return (finding.evidence.examples as Record<string, unknown>[])
        .filter((example) => example.id === id && typeof example.text === "string")
        .flatMap((example) => {
          const found = locate(text, String(example.text));
          const score = typeof example.coverage === "number" ? example.coverage : null;
          return found ? [{ ...found, label: file === "" ? "leak" : `leak from ${file}`, score }] : [];
        });
    });
}

/** An excerpt (spaces folded, its ends cut with "…") in the text it is from; offsets in code points. */
export function locate(text: string, excerpt: string): { start: number; end: number } | null {
  const words = excerpt.replace(/^…|…$/g, "").trim().split(/\s+/).filter(Boolean);
  if (words.length === 0) return null;
  const pattern = new RegExp(words.map((word) => word.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")).join("\\s+"));
  const match = pattern.exec(text);
  if (!match) return null;
  const start = points(text.slice(0, match.index));
  return { start, end: start + points(match[0]) };
}
