import { plural } from "@/lib/format";

export interface Thumbs {
  yes: number;
  no: number;
  /** Whether what is known reaches the rows in view. */
  known: boolean;
}

/** Below this many thumbs the ranges are wide, wherever they were given. */
const FEW = 6;

/** What there is to know about the thumbs of a search, and what to do next. */
export function thumbsWords({ yes, no, known }: Thumbs): string {
  const given = yes + no;
  if (given === 0) return "Say of a few rows whether they are meant: = yes, - no";
  if (!known) return `${plural(given, "thumb")}, none on a row that the filters leave`;
  const counted = `${yes} yes, ${no} no`;
  if (yes === 0 || no === 0) return `${counted}: say ${yes === 0 ? "yes" : "no"} to some, further ${yes === 0 ? "up" : "down"}`;
  return given < FEW ? `${counted}: a few more, also further down, make it surer` : counted;
}
