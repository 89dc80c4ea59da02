import type { LucideIcon } from "lucide-react";
import type { ComponentProps } from "react";
import { caps } from "@/lib/keys/registry";
import { cx } from "./cx";
import { Kbd } from "./Kbd";
import { Tooltip } from "./Tooltip";

const KINDS = {
  primary: "bg-accent text-on-accent hover:bg-accent-hover border-transparent",
  plain: "bg-panel text-text border-line hover:bg-hover",
  quiet: "border-transparent text-muted hover:bg-hover hover:text-text",
  loss: "bg-panel text-loss border-line hover:bg-loss-soft",
};
const BASE =
  "inline-flex shrink-0 items-center justify-center gap-2 rounded border font-medium whitespace-nowrap transition-colors disabled:pointer-events-none disabled:opacity-45 min-h-(--target)";

interface ButtonProps extends ComponentProps<"button"> {
  kind?: keyof typeof KINDS;
  icon?: LucideIcon;
  /** Its key: shown on the button, and told to screen readers. Binding it is `useKeys`' work. */
  keys?: string;
}

export function Button({ kind = "plain", icon: Icon, keys, className, children, ...rest }: ButtonProps) {
  return (
    <button
      type="button"
      aria-keyshortcuts={keys && ariaKeys(keys)}
      className={cx(BASE, KINDS[kind], "px-3 text-sm", className)}
      {...rest}
    >
      {Icon && <Icon size={16} aria-hidden className="-ml-0.5" />}
      {children}
      {keys && (
        <span className={cx("max-md:hidden", kind === "primary" && "[&_kbd]:border-current/35 [&_kbd]:bg-transparent [&_kbd]:text-inherit")}>
          <Kbd keys={keys} />
        </span>
      )}
    </button>
  );
}

interface IconButtonProps extends ComponentProps<"button"> {
  icon: LucideIcon;
  /** What it does: its accessible name and tooltip. */
  label: string;
  keys?: string;
  kind?: keyof typeof KINDS;
  active?: boolean;
  side?: "top" | "right" | "bottom" | "left";
}

export function IconButton({ icon: Icon, label, keys, kind = "quiet", active, side, className, ...rest }: IconButtonProps) {
  return (
    <Tooltip text={label} keys={keys} side={side}>
      <button
        type="button"
        aria-label={label}
        aria-pressed={active}
        aria-keyshortcuts={keys && ariaKeys(keys)}
        className={cx(BASE, KINDS[kind], "min-w-(--target)", active && "bg-accent-soft text-accent", className)}
        {...rest}
      >
        <Icon size={18} strokeWidth={1.75} aria-hidden />
      </button>
    </Tooltip>
  );
}

function ariaKeys(keys: string): string {
  return caps(keys)
    .map((chord) => chord.join("+").replace("Ctrl", "Control").replace("⌘", "Meta"))
    .join(" ");
}
