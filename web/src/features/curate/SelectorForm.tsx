import { useState } from "react";
import { Button, Input } from "@/ui";
import { paramsOf } from "./draft";
import { entryOf, written } from "./params";
import type { Entry, Selector } from "./types";

/** One field a parameter; what is left empty stays as the selector has it. */
export function SelectorForm({ selector, entry, onDone }: { selector: Selector; entry: Entry | null; onDone: (entry: Entry) => void }) {
  const given = entry ? paramsOf(entry) : {};
  const [texts, setTexts] = useState<Record<string, string>>(() => Object.fromEntries(Object.entries(given).map(([name, value]) => [name, written(value)])));
  return (
    <form
      className="space-y-3"
      onSubmit={(event) => {
        event.preventDefault();
        onDone(entryOf(selector, texts));
      }}
    >
      <div className="grid gap-3 sm:grid-cols-2">
        {selector.params.map((param) => (
          <Input
            key={param.name}
            label={param.name.replaceAll("_", " ")}
            value={texts[param.name] ?? ""}
            placeholder={written(param.default) || "not set"}
            spellCheck={false}
            onChange={(event) => setTexts({ ...texts, [param.name]: event.target.value })}
          />
        ))}
      </div>
      {selector.needs.length > 0 && <p className="text-muted text-sm">It reads {selector.needs.join(", ")}.</p>}
      <Button kind="primary" type="submit">
        {entry ? "Change" : "Add"}
      </Button>
    </form>
  );
}
