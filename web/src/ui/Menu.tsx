import type { LucideIcon } from "lucide-react";
import { DropdownMenu as M } from "radix-ui";
import type { ReactElement, ReactNode } from "react";
import { cx } from "./cx";
import { Kbd } from "./Kbd";

export interface MenuItem {
  label: ReactNode;
  icon?: LucideIcon;
  keys?: string;
  run?: () => void;
  disabled?: boolean;
  /** A tick at its side: one choice of several. */
  chosen?: boolean;
  note?: ReactNode;
  tone?: "loss";
}

/** Groups of items, with a hairline between them. `trigger` is a button. */
export function Menu({ trigger, groups, title, align = "start" }: { trigger: ReactElement; groups: readonly (readonly MenuItem[])[]; title?: string; align?: "start" | "end" }) {
  return (
    <M.Root>
      <M.Trigger asChild>{trigger}</M.Trigger>
      <M.Portal>
        <M.Content data-modal align={align} sideOffset={4} collisionPadding={8} className="rise bg-panel border-line shadow-float z-50 max-h-(--radix-dropdown-menu-content-available-height) min-w-52 overflow-y-auto rounded border p-1">
          {title && <M.Label className="text-faint px-2 py-1 text-xs">{title}</M.Label>}
          {groups
            .filter((group) => group.length > 0)
            .map((group, i) => (
              <M.Group key={i} className={cx(i > 0 && "border-line mt-1 border-t pt-1")}>
                {group.map((item, j) => (
                  <M.Item
                    key={j}
                    disabled={item.disabled}
                    onSelect={() => item.run?.()}
                    className={cx(
                      "data-highlighted:bg-hover flex min-h-(--target) cursor-default items-center gap-2 rounded-[4px] px-2 text-sm outline-none select-none data-disabled:opacity-45",
                      item.tone === "loss" && "text-loss",
                      item.chosen && "text-accent font-medium",
                    )}
                  >
                    {item.icon && <item.icon size={15} aria-hidden className="shrink-0 opacity-75" />}
                    <span className="flex-1 truncate">{item.label}</span>
                    {item.note && <span className="text-faint text-xs font-normal">{item.note}</span>}
                    {item.keys && <Kbd keys={item.keys} />}
                  </M.Item>
                ))}
              </M.Group>
            ))}
        </M.Content>
      </M.Portal>
    </M.Root>
  );
}
