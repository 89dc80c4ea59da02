import { X, type LucideIcon } from "lucide-react";
import type { ReactNode } from "react";
import { cx } from "./cx";

interface ChipProps {
  children: ReactNode;
  /** What removing it does: "Remove filter stats.words > 50". */
  removeLabel?: string;
  onRemove?: () => void;
  onClick?: () => void;
  icon?: LucideIcon;
  title?: string;
  tone?: "plain" | "quiet" | "loss";
}

const CHIP = {
  plain: "bg-accent-soft text-accent",
  quiet: "bg-sunken text-muted",
  loss: "bg-loss-soft text-loss",
};

/** A filter in force. */
export function Chip({ children, removeLabel, onRemove, onClick, icon: Icon, title, tone = "plain" }: ChipProps) {
  const body = (
    <>
      {Icon && <Icon size={13} aria-hidden className="shrink-0" />}
      <span className="truncate">{children}</span>
    </>
  );
  return (
    <span
      title={title}
      className={cx(
        "inline-flex h-7 max-w-64 min-w-0 shrink-0 items-center rounded text-xs font-medium",
        CHIP[tone],
      )}
    >
      {onClick ? (
        <button type="button" onClick={onClick} className="flex h-full min-w-0 items-center gap-1.5 pl-2.5">
          {body}
        </button>
      ) : (
        <span className="flex min-w-0 items-center gap-1.5 pl-2.5">{body}</span>
      )}
      {onRemove ? (
        <button type="button" aria-label={removeLabel ?? "Remove"} onClick={onRemove} className="grid h-full w-7 shrink-0 place-items-center opacity-70 hover:opacity-100">
          <X size={13} aria-hidden />
        </button>
      ) : (
        <span className="w-2.5" />
      )}
    </span>
  );
}

const TONES = {
  plain: "bg-sunken text-muted border-line",
  accent: "bg-accent-soft text-accent border-transparent",
  loss: "bg-loss-soft text-loss border-transparent",
  doubt: "bg-doubt-soft text-doubt border-transparent",
};

export function Badge({ children, tone = "plain" }: { children: ReactNode; tone?: keyof typeof TONES }) {
  return (
    <span className={cx("inline-flex h-5 items-center rounded-[4px] border px-1.5 text-xs font-medium whitespace-nowrap", TONES[tone])}>
      {children}
    </span>
  );
}
