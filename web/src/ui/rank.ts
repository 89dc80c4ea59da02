/** How well a command answers what is typed, from 0 (not at all) to 1; of equals the shorter first. */
export function rank(text: string, label: string, also = ""): number {
  const sought = text.trim().toLowerCase();
  const name = label.toLowerCase();
  const parts = sought.split(/\s+/);
  const starts = (one: string, part: string) => one.split(/[^\p{L}\p{N}_.]+/u).some((word) => word.startsWith(part));
  const brevity = 0.1 / (1 + name.length);
  if (name === sought) return 1;
  if (name.startsWith(sought)) return 0.8 + brevity;
  if (parts.every((part) => starts(name, part))) return 0.6 + brevity;
  const all = `${name} ${also.toLowerCase()}`;
  if (parts.every((part) => starts(all, part))) return 0.4 + brevity;
  if (parts.every((part) => all.includes(part))) return 0.2 + brevity;
  return lettersOf(sought.replace(/\s+/g, ""), name) ? brevity : 0;
}

/** Whether the first letters of words, one for each letter, spell it: "cap" for "Copy as Python". */
function lettersOf(sought: string, name: string): boolean {
  return name.split(/\s+/).map((word) => word[0] ?? "").join("").startsWith(sought);
}
