import { BellOff, Check, Rows3, Undo2 } from "lucide-react";
import { memo } from "react";
import { tagOf, type Finding } from "@/api";
import { plural, share } from "@/lib/format";
import { Badge, Button, cx, ScoreDot } from "@/ui";
import { Evidence } from "./Evidence";
import { checkName } from "./read";

export interface Actions {
  look: (finding: Finding) => void;
  apply: (finding: Finding) => void;
  snooze: (finding: Finding) => void;
  dismiss: (finding: Finding) => void;
  reopen: (finding: Finding) => void;
}

interface Props {
  finding: Finding;
  focused: boolean;
  busy: boolean;
  onFocus: () => void;
  actions: Actions;
}

const STATES = { open: null, snoozed: "snoozed", applied: "fix applied", wontfix: "won't fix" } as const;

export const Card = memo(function Card({ finding, focused, busy, onFocus, actions }: Props) {
  const state = STATES[finding.state];
  return (
    <article
      aria-label={finding.title}
      aria-current={focused ? "true" : undefined}
      onClick={onFocus}
      onFocus={onFocus}
      className={cx(
        "bg-panel grid scroll-my-4 grid-cols-1 gap-x-6 gap-y-3 rounded border p-4 transition-colors lg:grid-cols-[minmax(0,1fr)_minmax(0,440px)]",
        focused ? "border-accent" : "border-line hover:border-line-strong",
        busy && "opacity-60",
      )}
    >
      <div className="flex min-w-0 flex-col gap-2">
        <div className="flex gap-3">
          <span className="mt-1 shrink-0">
            <ScoreDot score={finding.score} />
          </span>
          <div className="min-w-0">
            <div className="text-muted flex flex-wrap items-center gap-2 text-xs">
              {checkName(finding.check)}
              {state && <Badge tone={finding.state === "applied" ? "accent" : "plain"}>{state}</Badge>}
            </div>
            <h2 className="text-base font-semibold wrap-anywhere">{finding.title}</h2>
            <p className="text-muted text-sm">
              <EffectLine finding={finding} />
            </p>
            {finding.fix_text && (
              <code title={finding.fix_text} className="text-muted block truncate font-mono text-xs">
                {finding.fix_text}
              </code>
            )}
          </div>
        </div>
        <div className="mt-auto flex flex-wrap gap-2 pl-[30px]">
          {finding.rows > 0 && (
            <Button icon={Rows3} keys={focused ? "enter" : undefined} kind={focused ? "primary" : "plain"} onClick={() => actions.look(finding)}>
              Look at {plural(finding.rows, "row")}
            </Button>
          )}
          {finding.state === "open" ? (
            <>
              {finding.fix && (
                <Button icon={Check} keys={focused ? "a" : undefined} disabled={busy} onClick={() => actions.apply(finding)}>
                  Apply fix
                </Button>
              )}
              <Button kind="quiet" icon={BellOff} keys={focused ? "s" : undefined} disabled={busy} onClick={() => actions.snooze(finding)}>
                Snooze
              </Button>
              <Button kind="quiet" keys={focused ? "w" : undefined} disabled={busy} onClick={() => actions.dismiss(finding)}>
                Won't fix
              </Button>
            </>
          ) : (
            <Button kind="quiet" icon={Undo2} keys={focused ? "u" : undefined} disabled={busy} onClick={() => actions.reopen(finding)}>
              Undo
            </Button>
          )}
        </div>
      </div>
      <div className="min-w-0 self-center">
        <Evidence finding={finding} />
      </div>
    </article>
  );
});

function EffectLine({ finding }: { finding: Finding }) {
  const { effect, fix } = finding;
  if (effect) {
    const tokens = effect.tokens_share === null ? "" : ` and ${share(effect.tokens_share, 1)} of tokens`;
    return <>{`The fix removes ${share(effect.rows_share, 1)} of rows${tokens}`}</>;
  }
  if (finding.rows === 0) return <>{finding.check.startsWith("columns.") ? "No rows to drop: look at where the column comes from" : "No rows to drop: other rows are missing"}</>;
  if (tagOf(finding) !== null) return <>{share(finding.share, 1)} of rows; the fix tags them and drops none</>;
  return <>{share(finding.share, 1)} of rows{!fix && "; no rule would fix this, look first"}</>;
}
