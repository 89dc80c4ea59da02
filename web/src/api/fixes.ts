/** What the fix of a finding is: an entry for a recipe, or a tag to put on its rows. */
import type { Finding } from "./types";

export function tagOf({ fix }: Finding): string | null {
  return typeof fix?.["tag"] === "string" ? fix["tag"] : null;
}

export function ruleOf(finding: Finding): NonNullable<Finding["fix"]> | null {
  return tagOf(finding) === null ? finding.fix : null;
}
