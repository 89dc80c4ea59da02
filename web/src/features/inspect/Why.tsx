import { Check, ChevronRight, Minus, X } from "lucide-react";
import { useState } from "react";
import { hasFeature } from "@/lib/features";
import { plural } from "@/lib/format";
import { goTo } from "@/lib/view";
import { cx } from "@/ui";
import { shown } from "./standing";
import type { RowDetail, Verdict } from "./types";

const FIRST = 4;

/** Whether the row is in the version, and the rules that decided it. */
export function Why({ verdicts }: { verdicts: RowDetail["verdicts"] }) {
  const [all, setAll] = useState(false);
  const [more, setMore] = useState(false);
  if (verdicts === null)
    return (
      <p className="text-muted text-sm">
        No version was made yet, so nothing judged this row.{" "}
        {hasFeature("curate") && (
          <button type="button" className="text-accent font-medium hover:underline" onClick={() => goTo("curate")}>
            Write the first rule
          </button>
        )}
      </p>
    );
  const failed = verdicts.rules.filter((rule) => rule.verdict === "drop");
  const passed = verdicts.rules.filter((rule) => rule.verdict === "keep");
  return (
    <div className="space-y-2 text-sm">
      <p className={cx("rounded px-3 py-2", verdicts.kept ? "bg-accent-soft text-accent" : "bg-loss-soft text-loss")}>
        {verdicts.kept ? (
          <>
            Kept in <b className="font-semibold">{verdicts.version}</b>: {plural(passed.length, "rule")} let it through.
          </>
        ) : (
          <>
            Dropped from <b className="font-semibold">{verdicts.version}</b>
            {failed[0] && (
              <>
                {" "}by <b className="font-semibold">{failed[0].rule}</b>
              </>
            )}
            .
          </>
        )}
      </p>
      {failed.length > 0 && (
        <ul aria-label="Rules it fails">
          {(more ? failed : failed.slice(0, FIRST)).map((rule) => (
            <Line key={rule.rule} rule={rule} />
          ))}
        </ul>
      )}
      {failed.length > FIRST && (
        <button type="button" aria-expanded={more} className="text-accent min-h-(--target) font-medium hover:underline" onClick={() => setMore(!more)}>
          {more ? "Only the first" : `It fails ${plural(failed.length - FIRST, "more rule")}`}
        </button>
      )}
      {passed.length > 0 && (
        <>
          <button type="button" aria-expanded={all} className="text-muted hover:text-text flex min-h-(--target) items-center gap-1" onClick={() => setAll(!all)}>
            <ChevronRight size={14} aria-hidden className={cx("transition-transform", all && "rotate-90")} />
            {plural(passed.length, "rule")} that {passed.length === 1 ? "keeps" : "keep"} it
          </button>
          {all && (
            <ul aria-label="Rules that keep it">
              {passed.map((rule) => (
                <Line key={rule.rule} rule={rule} />
              ))}
            </ul>
          )}
        </>
      )}
    </div>
  );
}

function Line({ rule }: { rule: Verdict }) {
  const asked = !rule.reason.startsWith("not asked");
  const Icon = rule.verdict === "drop" ? X : asked ? Check : Minus;
  return (
    <li className="hairline-b flex gap-2 py-1.5 last:border-0">
      <Icon size={15} aria-label={rule.verdict === "drop" ? "Drops it" : "Keeps it"} className={cx("mt-0.5 shrink-0", rule.verdict === "drop" ? "text-loss" : "text-muted")} />
      <div className="min-w-0 wrap-anywhere">
        <p className="font-medium">{rule.rule}</p>
        <p className="text-muted">
          {rule.reason}
          {typeof rule.threshold === "number" && !rule.reason.includes(shown(rule.threshold)) && asked && <> (threshold {shown(rule.threshold)})</>}
        </p>
      </div>
    </li>
  );
}
