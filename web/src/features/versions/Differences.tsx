import { Fragment, type ReactNode } from "react";
import type { Diff } from "@/api";
import { count, measure, plural, share } from "@/lib/format";
import { changeWords } from "./words";

/** What people look at first: the columns that differ most. */
const SHOWN = 40;

/** Which rows have a content, or nearly one, that the other side has too. */
export function Content({ diff }: { diff: Diff }) {
  const { exact, near } = diff.overlap;
  const sides = [
    { name: diff.a.name, rows: diff.a.rows, equal: exact.a, alike: near?.a ?? null },
    { name: diff.b.name, rows: diff.b.rows, equal: exact.b, alike: near?.b ?? null },
  ];
  return (
    <Sheet title="Content that the other has too" head={["Rows of", "Equal", "Nearly equal"]}>
      {sides.map((side) => (
        <tr key={side.name} className="hairline-b">
          <Name>{side.name}</Name>
          <Cell>
            {count(side.equal)} <Faint>({share(side.equal, side.rows)})</Faint>
          </Cell>
          <Cell>
            {side.alike === null ? (
              "–"
            ) : (
              <>
                {count(side.alike)} <Faint>({share(side.alike, side.rows)})</Faint>
              </>
            )}
          </Cell>
        </tr>
      ))}
    </Sheet>
  );
}

/** What rows say: how well a classifier tells the sides apart, by what, and where the mass went. */
export function Meaning({ diff }: { diff: Diff }) {
  const { classifier, cells } = diff;
  return (
    <>
      {classifier && (
        <div>
          <h3 className="mb-1 text-sm font-semibold">What tells their rows apart</h3>
          <p className="text-muted mb-2 text-sm">
            A classifier reaches an AUROC of <span className="text-text font-semibold">{classifier.auroc.toFixed(2)}</span> ({classifier.low.toFixed(2)} to {classifier.high.toFixed(2)}): 0.5 is not at all, 1 is always.
          </p>
          <Sheet head={["By", "Alone", `In ${diff.b.name}`]}>
            {classifier.features.map((one) => (
              <tr key={`${one.name} ${one.detail}`} className="hairline-b">
                <Name>{called(one)}</Name>
                <Cell>{one.auroc.toFixed(2)}</Cell>
                <Cell>{direction(one)}</Cell>
              </tr>
            ))}
          </Sheet>
        </div>
      )}
      {cells && (
        <div>
          <h3 className="mb-1 text-sm font-semibold">Where their meanings lie</h3>
          <p className="text-muted mb-2 text-sm">
            Shares of {plural(cells.cells, "cell")} of {cells.embedding} are <span className="text-text font-semibold">{cells.distance.toFixed(3)}</span> apart; chance alone makes {cells.by_chance.toFixed(3)}.
          </p>
          <Sheet head={["Cell", diff.a.name, diff.b.name, "Ratio", "95 % interval"]}>
            {cells.shares.map((one, at) => (
              <tr key={at} className="hairline-b">
                <Name>{one.name}</Name>
                <Cell>{percent(one.a)}</Cell>
                <Cell>{percent(one.b)}</Cell>
                <Cell>× {one.ratio.toFixed(2)}</Cell>
                <Cell>
                  <Faint>
                    {one.low.toFixed(2)} to {one.high.toFixed(2)}
                  </Faint>
                </Cell>
              </tr>
            ))}
          </Sheet>
        </div>
      )}
      {diff.notes.map((note) => (
        <p key={note} className="text-muted text-sm wrap-anywhere">
          {note.split("`").map((part, at) => (at % 2 === 0 ? part : <code key={at} className="font-mono text-xs">{part}</code>))}
        </p>
      ))}
    </>
  );
}

/** Columns that only one side has, or that are of another kind; nothing where there are none. */
export function Schema({ diff }: { diff: Diff }) {
  const { added, missing, changed } = diff.schema;
  const rows = [
    ...missing.map((one) => ({ name: one.name, what: `only in ${diff.a.name}`, type: one.type })),
    ...added.map((one) => ({ name: one.name, what: `only in ${diff.b.name}`, type: one.type })),
    ...changed.map((one) => ({ name: one.name, what: "changed", type: changeWords(one.a, one.b) })),
  ];
  if (rows.length === 0) return null;
  return (
    <Sheet title="Columns that are not the same" head={["Column", "Where", "Type"]}>
      {rows.map((row) => (
        <tr key={`${row.what} ${row.name}`} className="hairline-b">
          <Name>{parts(row.name)}</Name>
          <Cell>{row.what}</Cell>
          <td className="pl-2 text-right text-xs wrap-anywhere md:pl-3">{row.type}</td>
        </tr>
      ))}
    </Sheet>
  );
}

/** How far apart the columns are that both sides have, those that differ most first. */
export function Statistics({ diff }: { diff: Diff }) {
  const apart = Object.entries(diff.statistics)
    .flatMap(([column, one]) => (one.distance === null ? [] : [{ column, ...one, distance: one.distance }]))
    .sort((x, y) => y.distance - x.distance);
  if (apart.length === 0) return null;
  return (
    <Sheet title="Columns, the most different first" head={["Column", diff.a.name, diff.b.name, "Distance", "By chance"]}>
      {apart.slice(0, SHOWN).map((one) => (
        <tr key={one.column} className="hairline-b">
          <Name>{parts(one.column)}</Name>
          <Cell>{mean(one.a.mean)}</Cell>
          <Cell>{mean(one.b.mean)}</Cell>
          <Cell>{one.distance.toFixed(3)}</Cell>
          <Cell>
            <Faint>{one.by_chance?.toFixed(3) ?? "–"}</Faint>
          </Cell>
        </tr>
      ))}
    </Sheet>
  );
}

function Sheet({ title, head, children }: { title?: string; head: readonly string[]; children: ReactNode }) {
  return (
    <div>
      {title && <h3 className="mb-1 text-sm font-semibold">{title}</h3>}
      <div className="overflow-x-auto" role="group" aria-label={title ?? head[0]} tabIndex={0}>
        <table className="w-full text-sm">
          <thead>
            <tr className="text-muted hairline-b text-xs">
              {head.map((name, at) => (
                <th key={at} scope="col" className={at === 0 ? "py-1.5 pr-3 text-left font-medium" : "px-2 text-right font-medium whitespace-nowrap last:pr-0 md:px-3"}>
                  {name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>{children}</tbody>
        </table>
      </div>
    </div>
  );
}

function Name({ children }: { children: ReactNode }) {
  return (
    <th scope="row" className="min-w-26 py-1.5 pr-3 text-left font-normal wrap-anywhere">
      {children}
    </th>
  );
}

function Cell({ children }: { children: ReactNode }) {
  return <td className="px-2 text-right whitespace-nowrap last:pr-0 md:px-3">{children}</td>;
}

function Faint({ children }: { children: ReactNode }) {
  return <span className="text-muted">{children}</span>;
}

/** The name of a column, which breaks between its words where it has to. */
function parts(name: string): ReactNode {
  return name.split(/(?<=[._])/).map((part, at) => (
    <Fragment key={at}>
      {part}
      <wbr />
    </Fragment>
  ));
}

type Feature = NonNullable<Diff["classifier"]>["features"][number];

function called({ name, detail }: Feature): string {
  if (detail === "") return name;
  if (detail === "spread") return `${name}, distance from the middle`;
  return detail === "missing" ? `${name} is missing` : `${name} = ${detail}`;
}

function direction({ detail, auroc }: Feature): string {
  const graded = detail === "" || detail === "spread";
  if (auroc > 0.5) return graded ? "higher" : "more often";
  return graded ? "lower" : "less often";
}

function mean(value: number | null): string {
  return value === null ? "–" : measure(value);
}

function percent(part: number): string {
  return `${(100 * part).toFixed(1)} %`;
}
