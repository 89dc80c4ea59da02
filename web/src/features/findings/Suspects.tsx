import { useQuery } from "@tanstack/react-query";
import { Check, UserCheck, X } from "lucide-react";
import { useState, type Ref } from "react";
import { about, api, failureText, queries, rowsOf, useDataset, type Answer } from "@/api";
import { plural } from "@/lib/format";
import { useView } from "@/lib/view";
import { answer, shown } from "@/labelling";
import { Button, cx, IconButton, toast } from "@/ui";
import { Quote } from "./parts";
import { list, text, value, type Facts } from "./read";

const SHOWN = 2;
const TOLD = 20;

/** Rows whose label is probably wrong, to be answered one by one: what is suggested, or what they have. */
export function Suspects({ evidence }: { evidence: Facts }) {
  const dataset = useView((now) => now.dataset) ?? "";
  const columns = useDataset().data?.columns ?? [];
  const [all, setAll] = useState(false);
  const name = (text(evidence, "column") ?? "").replace(/^labels\./, "");
  const column = columns.find((one) => one.name === name);
  const field = { field: name, label: column?.label ?? name, kind: column?.kind ?? ("category" as const) };
  // Of the worst the text is told, of the others only the id.
  const rows = list(evidence, "ranked").slice(0, TOLD);
  const seen = all ? rows : rows.slice(0, SHOWN);
  const ids = rows.flatMap((row) => text(row, "id") ?? []);
  const key = about(dataset, "answers", name, ids);
  const answers = useQuery({ queryKey: key, queryFn: ({ signal }) => answersOf(dataset, name, ids, signal), enabled: name !== "" && ids.length > 0 });
  const [busy, setBusy] = useState<string | null>(null);
  const [acted, setActed] = useState<string | null>(null);
  // The button that a key pressed is gone: the focus goes to what takes its place.
  const inPlace = (id: string) => (button: HTMLButtonElement | null) => {
    if (button && acted === id && document.activeElement === document.body) button.focus();
  };
  const say = async (id: string, said: Answer, byKey: boolean) => {
    if (busy !== null) return;
    setBusy(id);
    setActed(byKey ? id : null);
    try {
      await answer(dataset, field, said, { ids: [id] });
      await queries.refetchQueries({ queryKey: key });
    } catch (error) {
      toast.error(failureText(error));
    }
    setBusy(null);
  };
  return (
    <div className="space-y-1">
      {seen.map((row, i) => {
        const id = text(row, "id");
        const given = shown(value(row, "given"), field.kind);
        const suggested = shown(value(row, "suggested"), field.kind);
        const said = answers.data?.get(id ?? "");
        return (
          <div key={id ?? i} role="group" aria-label={`Suspect ${i + 1}`} className={cx("bg-sunken rounded", busy === id && "opacity-60")}>
            <Quote lines={all ? 3 : 1} note={<Looks given={given} suggested={suggested} />}>
              {text(row, "text")}
            </Quote>
            {id !== null && name !== "" && (
              <div className="flex min-h-(--target) items-center gap-1.5 px-2.5 pb-2 text-xs">
                {said === undefined ? (
                  <>
                    <Say ref={inPlace(id)} label={`Label as “${suggested}”`} icon={Check} onClick={(byKey) => void say(id, answerOf(row.suggested), byKey)} />
                    <Say label={`Keep “${given}”`} onClick={(byKey) => void say(id, answerOf(row.given), byKey)} />
                  </>
                ) : (
                  <>
                    <span className="text-accent flex min-w-0 items-center gap-1.5" title={said.by ?? undefined}>
                      <UserCheck size={14} aria-hidden className="shrink-0" />
                      <span className="min-w-0 truncate">
                        {shown(said.value, field.kind) === given ? "kept" : "labelled"} <b dir="auto" className="font-semibold">{shown(said.value, field.kind)}</b>
                      </span>
                    </span>
                    <IconButton ref={inPlace(id)} icon={X} label="Take the answer back" className="ml-auto" onClick={(event) => void say(id, null, event.detail === 0)} />
                  </>
                )}
              </div>
            )}
          </div>
        );
      })}
      {rows.length > SHOWN && (
        <button type="button" aria-expanded={all} className="text-muted hover:text-text min-h-(--target) px-1 text-xs underline decoration-dotted underline-offset-2" onClick={() => setAll(!all)}>
          {all ? "fewer" : `${plural(rows.length - SHOWN, "more row")}`}
        </button>
      )}
    </div>
  );
}

function Looks({ given, suggested }: { given: string; suggested: string }) {
  return (
    <>
      <b className="text-text font-semibold">{given}</b> looks like <b className="text-text font-semibold">{suggested}</b>
    </>
  );
}

function Say({ label, icon, onClick, ref }: { label: string; icon?: typeof Check; onClick: (byKey: boolean) => void; ref?: Ref<HTMLButtonElement> }) {
  return (
    <span className="min-w-0">
      <Button ref={ref} icon={icon} title={label} className="max-w-full" onClick={(event) => onClick(event.detail === 0)}>
        <span dir="auto" className="truncate text-xs">{label}</span>
      </Button>
    </span>
  );
}

/** A class as it is answered: numbers and truths stay what they are. */
function answerOf(given: unknown): Answer {
  return typeof given === "string" || typeof given === "boolean" || Number.isInteger(given) ? (given as Answer) : String(given);
}

interface Said {
  value: string;
  by: string | null;
}

/** What people answered about some rows, by id; rows that nobody answered are left out. */
async function answersOf(dataset: string, field: string, ids: readonly string[], signal: AbortSignal): Promise<Map<string, Said>> {
  const fields = await api.labels(dataset, signal);
  const found = fields.find((one) => one.field === field);
  if (!found || found.rows === 0) return new Map();
  const { view_key, count } = await api.view(dataset, { filters: [{ column: "id", op: "in", value: [...ids] }, { column: `${found.column}.by`, op: "is not null" }], search: null, sort: [] }, signal);
  if (count === 0) return new Map();
  const table = await api.rows(dataset, view_key, { limit: ids.length, columns: [found.column, `${found.column}.by`] }, signal);
  return new Map(rowsOf(table).map((row) => [String(row.id), { value: String(row[found.column]), by: row[`${found.column}.by`] === null ? null : String(row[`${found.column}.by`]) }]));
}
