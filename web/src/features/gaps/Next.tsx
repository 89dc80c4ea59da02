/** What to get next: rows for each chosen gap, counted together, and what they would close. */
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { Code, Download, FileText, RotateCcw, Terminal, X } from "lucide-react";
import { useState } from "react";
import { about, api, apiUrl, failureOf, type GapsFound, type ShoppingItem } from "@/api";
import { useCommands } from "@/lib/commands";
import { count, plural } from "@/lib/format";
import { Button, copyText, cx, ErrorState, IconButton, Menu, toast } from "@/ui";
import { chosen, typedRows, type Decision, type Decisions } from "./choice";
import { percent } from "./words";

const FORMS = { csv: "CSV", json: "JSON", md: "Markdown" };

interface Props {
  found: GapsFound;
  decisions: Decisions;
  decide: (gap: string, decision: Decision | null) => void;
}

export function Next({ found, decisions, decide }: Props) {
  const wanted = chosen(found.gaps, decisions);
  // None chosen is a choice too; without the empty one, all sure gaps would be meant.
  const asked = wanted.length > 0 ? wanted : [""];
  const list = useQuery({
    queryKey: about(found.pool, "shopping", found.target, found.time, asked),
    queryFn: ({ signal }) => api.shoppingList(found.pool, found.target, asked, signal),
    placeholderData: keepPreviousData,
  });
  const file = (form: string) => `${apiUrl(["datasets", found.pool, "gaps", "list", "file"], { target: found.target, form })}&${asked.map((one) => `gap=${encodeURIComponent(one)}`).join("&")}`;
  const take = (form: string) => location.assign(file(form));
  const copyAll = async () => {
    const page = await fetch(file("md"), { credentials: "same-origin" });
    if (page.ok && (await copyText(await page.text()))) toast("Copied the briefs of all chosen gaps");
  };
  const copy = (text: string, what: string) => void copyText(text).then((done) => done && toast(`Copied ${what}`));
  useCommands([
    ...Object.entries(FORMS).map(([form, name]) => ({ group: "Gaps", label: `Download what to get as ${name}`, run: () => take(form) })),
    { group: "Gaps", label: "Copy the briefs of all chosen gaps", words: "generate write synthetic", run: () => void copyAll() },
    { group: "Gaps", label: "Copy this comparison as Python", run: () => copy(found.code, "this comparison as Python") },
    { group: "Gaps", label: "Copy this comparison as a command", run: () => copy(found.command, "the command") },
  ]);
  const data = list.data;
  const none = data?.items.length === 0;
  return (
    <section aria-label="What to get next" className="bg-panel border-line flex flex-col rounded border lg:max-h-[calc(100dvh-200px)]">
      <header className="border-line space-y-2 border-b p-4">
        <h2 className="text-base font-semibold">What to get next</h2>
        {list.error && !data ? (
          <ErrorState failure={failureOf(list.error)} onRetry={() => void list.refetch()} />
        ) : (
          <div className={cx("min-h-16 space-y-1.5", list.isPlaceholderData && "stale")} aria-live="polite">
            <p>
              <span className="text-xl font-semibold">{data ? count(data.rows) : "…"}</span>{" "}
              <span className="text-muted">
                {data?.rows === 1 ? "row" : "rows"} for {data ? plural(data.items.length, "gap") : "…"}
              </span>
            </p>
            <div aria-hidden className="bg-sunken h-2 overflow-hidden rounded-full">
              <div className="bg-accent h-full rounded-full" style={{ width: `${100 * (data?.closes ?? 0)}%` }} />
            </div>
            <p className="text-muted text-sm" title="If the rows got are like the gaps that they are for">
              {none ? "Choose gaps to fill, by their boxes or x." : `closes ${Math.round(100 * (data?.closes ?? 0))} % of what is surely missing`}
            </p>
          </div>
        )}
      </header>
      <ol aria-label="Gaps to fill" className="min-h-0 flex-1 overflow-y-auto" tabIndex={0}>
        {data?.items.map((item) => <Item key={item.gap} item={item} own={typeof decisions[item.gap] === "number"} sure={found.gaps.find((gap) => gap.id === item.gap)?.sure ?? false} decide={decide} />)}
      </ol>
      <footer className="border-line flex flex-wrap gap-2 border-t p-3">
        <Menu
          trigger={
            <Button icon={Download} disabled={none}>
              Download
            </Button>
          }
          groups={[Object.entries(FORMS).map(([form, name]) => ({ label: name, run: () => take(form) }))]}
        />
        <Menu
          trigger={<Button icon={Code}>Copy</Button>}
          groups={[
            [{ label: "The briefs of all", icon: FileText, disabled: none, run: () => void copyAll() }],
            [
              { label: "As Python", icon: Code, run: () => copy(found.code, "this comparison as Python") },
              { label: "As a command", icon: Terminal, run: () => copy(`${found.command} --list list.csv`, "the command") },
            ],
          ]}
        />
      </footer>
    </section>
  );
}

interface ItemProps {
  item: ShoppingItem;
  /** Somebody wrote the number. */
  own: boolean;
  sure: boolean;
  decide: Props["decide"];
}

function Item({ item, own, sure, decide }: ItemProps) {
  // What is being typed; null: what the list says.
  const [text, setText] = useState<string | null>(null);
  const wrong = text !== null && typedRows(text) === null;
  return (
    <li className="border-line grid grid-cols-[minmax(0,1fr)_84px_64px] items-center gap-2 border-b py-1.5 pr-2 pl-4 last:border-b-0">
      <div className="min-w-0">
        <p className="text-sm font-medium wrap-anywhere">
          {item.name}
        </p>
        <p className="text-muted text-xs">
          {percent(item.own_share)} → {percent(item.share)}
          {percent(item.share) !== percent(item.target_share) && <span className="text-faint">, target {percent(item.target_share)}</span>}
        </p>
      </div>
      <input
        inputMode="numeric"
        aria-label={`Rows for ${item.name}`}
        aria-invalid={wrong || undefined}
        title={wrong ? "A whole number of rows" : undefined}
        value={text ?? count(item.rows)}
        className={cx("bg-panel border-line hover:border-line-strong aria-invalid:border-loss min-h-(--target) w-full rounded border px-2 text-right text-sm", own && "border-accent font-semibold")}
        onFocus={(event) => event.currentTarget.select()}
        onChange={(event) => {
          setText(event.target.value);
          const rows = typedRows(event.target.value);
          if (rows !== null) decide(item.gap, rows);
        }}
        onBlur={() => setText(null)}
        onKeyDown={(event) => {
          if (event.key === "Enter" || event.key === "Escape") event.currentTarget.blur();
        }}
      />
      <span className="flex justify-end">
        {own && <IconButton icon={RotateCcw} label={`Work out the rows for ${item.name}`} className="px-1!" onClick={() => decide(item.gap, sure ? null : true)} />}
        <IconButton icon={X} label={`Leave out ${item.name}`} className="px-1!" onClick={() => decide(item.gap, sure ? false : null)} />
      </span>
    </li>
  );
}
