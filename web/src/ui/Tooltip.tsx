import { Tooltip as T } from "radix-ui";
import type { ReactElement, ReactNode } from "react";
import { Kbd } from "./Kbd";

export const TooltipProvider = T.Provider;

/** What a control does, and its key. The child must take a ref and props (a button, a link). */
export function Tooltip({
  text,
  keys,
  side = "bottom",
  children,
}: {
  text: ReactNode;
  keys?: string;
  side?: "top" | "right" | "bottom" | "left";
  children: ReactElement;
}) {
  return (
    <T.Root>
      <T.Trigger asChild>{children}</T.Trigger>
      <T.Portal>
        <T.Content
          side={side}
          sideOffset={6}
          collisionPadding={8}
          className="rise bg-text text-panel shadow-float z-50 flex max-w-80 items-center gap-2 rounded px-2 py-1 text-xs [&_kbd]:border-transparent [&_kbd]:bg-[color-mix(in_srgb,var(--panel)_18%,transparent)] [&_kbd]:text-inherit [&_span]:text-inherit"
        >
          {text}
          {keys && <Kbd keys={keys} />}
        </T.Content>
      </T.Portal>
    </T.Root>
  );
}
