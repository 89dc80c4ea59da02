import { GraduationCap, ListChecks } from "lucide-react";
import { useState } from "react";
import { api, failureOf, whenOver } from "@/api";
import { count, plural } from "@/lib/format";
import { view, type Search } from "@/lib/view";
import { Button, Dialog, Input, toast } from "@/ui";

interface Props {
  dataset: string;
  search: Search;
  viewKey: string;
}

/** What a search is good for beyond looking: its most likely rows as a selection, and a concept. */
export function Likely({ dataset, search, viewKey }: Props) {
  const [asking, setAsking] = useState<"rows" | "concept" | null>(null);
  const [n, setN] = useState("300");
  const [name, setName] = useState("");
  const [problem, setProblem] = useState<string>();
  const close = () => {
    setAsking(null);
    setProblem(undefined);
  };
  const choose = async () => {
    const wanted = Number(n);
    if (!Number.isInteger(wanted) || wanted < 1 || wanted > 10_000) return setProblem("A number from 1 to 10,000.");
    try {
      const stored = await api.mostLikely(dataset, search, wanted, viewKey);
      close();
      view.set({ selection: { key: stored.selection } });
      const { expected, low, high } = stored;
      const said = expected === null || low === null || high === null ? "give thumbs to learn how many are expected to match" : `about ${count(Math.round(expected))} expected to match (${count(Math.round(low))} to ${count(Math.round(high))})`;
      toast(`${plural(stored.rows, "row")} selected: ${said}`);
    } catch (error) {
      setProblem(failureOf(error).message);
    }
  };
  const teach = async () => {
    const concept = name.trim().toLowerCase().replace(/\W+/g, "_");
    try {
      const { job } = await api.teach(dataset, concept, search);
      close();
      const done = await whenOver(job);
      if (done.state === "done") toast(`concept.${concept} scores every row`, { action: { label: "Sort by it", run: () => view.set({ search: null, sort: [{ column: `concept.${concept}.score`, desc: true }] }) } });
    } catch (error) {
      setProblem(failureOf(error).message);
    }
  };
  return (
    <>
      <Button kind="quiet" icon={ListChecks} onClick={() => setAsking("rows")}>
        <span className="max-xl:sr-only">Most likely…</span>
      </Button>
      <Button kind="quiet" icon={GraduationCap} onClick={() => setAsking("concept")}>
        <span className="max-xl:sr-only">Concept…</span>
      </Button>
      <Dialog open={asking === "rows"} onClose={close} title="Select the most likely rows" note="The best rows of this search become a selection that can be tagged, filtered and exported. From thumbs on rows follows how many of them are expected to match.">
        <form
          className="flex items-start gap-2"
          onSubmit={(event) => {
            event.preventDefault();
            void choose();
          }}
        >
          <div className="flex-1">
            <Input aria-label="How many rows" inputMode="numeric" autoFocus value={n} problem={problem} onChange={(event) => setN(event.target.value)} />
          </div>
          <Button kind="primary" type="submit">
            Select
          </Button>
        </form>
      </Dialog>
      <Dialog open={asking === "concept"} onClose={close} title="Teach a concept" note="The words, examples and thumbs of this search teach a scorer. It becomes a column of the dataset, concept.NAME, to filter, sort and color by.">
        <form
          className="flex items-start gap-2"
          onSubmit={(event) => {
            event.preventDefault();
            void teach();
          }}
        >
          <div className="flex-1">
            <Input aria-label="Name of the concept" placeholder="late_refund" autoFocus maxLength={60} value={name} problem={problem} onChange={(event) => setName(event.target.value)} />
          </div>
          <Button kind="primary" type="submit" disabled={!name.trim()}>
            Teach
          </Button>
        </form>
      </Dialog>
    </>
  );
}
