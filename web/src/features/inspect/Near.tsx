import { useState } from "react";
import { ApiError, failureOf } from "@/api";
import { count } from "@/lib/format";
import { view } from "@/lib/view";
import { Button, ErrorState, type Failure } from "@/ui";
import { computeEmbeddings } from "./data";
import { MoreOrLess } from "./MoreOrLess";
import type { RowDetail, RowRef } from "./types";

/** Rows that mean nearly the same, and exact copies; a press moves there. */
export function Near({ row }: { row: RowDetail }) {
  const [failure, setFailure] = useState<Failure | null>(null);
  const [asked, setAsked] = useState(false);
  const compute = () => {
    setAsked(true);
    computeEmbeddings(row.dataset).catch((error: unknown) => {
      setAsked(false);
      setFailure(error instanceof ApiError && error.kind === "MissingExtra" ? error.failure : failureOf(error));
    });
  };
  return (
    <div className="space-y-3">
      {row.duplicates.exact.length > 0 && (
        <div role="group" aria-label="Exact copies">
          <h3 className="text-muted mb-1 text-xs font-semibold">Exact copies: {count(row.duplicates.exact.length)}</h3>
          <List rows={row.duplicates.exact} />
        </div>
      )}
      {row.neighbors === null && typeof row.values.text !== "string" ? (
        <p className="text-muted text-sm">Only rows with a text have neighbors in meaning.</p>
      ) : row.neighbors === null ? (
        <div className="space-y-2 text-sm">
          <p className="text-muted">Rows of similar meaning are known once the texts are embedded.</p>
          <Button onClick={compute} disabled={asked}>
            {asked ? "Embedding…" : "Embed the texts"}
          </Button>
          {failure && <ErrorState failure={failure} />}
        </div>
      ) : row.neighbors.length === 0 ? (
        <p className="text-muted text-sm">There is no other row to compare with.</p>
      ) : (
        <List rows={row.neighbors} />
      )}
      {row.neighbors !== null && (
        <MoreOrLess row={row.id} />
      )}
    </div>
  );
}

function List({ rows }: { rows: readonly RowRef[] }) {
  return (
    <ul>
      {rows.map((row) => (
        <li key={row.id} className="hairline-b last:border-0">
          <button type="button" className="hover:bg-hover flex min-h-(--target) w-full gap-3 rounded-[4px] px-1 py-1.5 text-left text-sm" onClick={() => view.set({ row: row.id })}>
            {row.similarity !== undefined && (
              <span className="text-muted w-9 shrink-0 text-right" title="Cosine similarity">
                {row.similarity.toFixed(2)}
              </span>
            )}
            <span dir="auto" className="line-clamp-2 min-w-0 flex-1 wrap-anywhere">
              {row.snippet || "(empty)"}
            </span>
          </button>
        </li>
      ))}
    </ul>
  );
}
