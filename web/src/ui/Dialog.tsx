import { X } from "lucide-react";
import { Dialog as D } from "radix-ui";
import { useState, type ReactNode } from "react";
import { IconButton } from "./Button";
import { cx } from "./cx";

interface Props {
  open: boolean;
  onClose: () => void;
  title: string;
  /** A sentence under the title. */
  note?: ReactNode;
  children: ReactNode;
  actions?: ReactNode;
  wide?: boolean;
  /** Name it for screen readers only. */
  untitled?: boolean;
}

/** The first field has the focus; without one the dialog itself, not its close button. */
function focusField(event: Event): void {
  const content = event.currentTarget;
  if (!(content instanceof HTMLElement) || content.querySelector("input, textarea, select, [data-autofocus]")) return;
  event.preventDefault();
  content.focus();
}

/** Gives the focus back to what had it before `open`. What opens a dialog is often a key, and no button. */
function useGivingBack(open: boolean): (event: Event) => void {
  const [seen, setSeen] = useState({ open, before: open ? document.activeElement : null });
  if (seen.open !== open) setSeen({ open, before: open ? document.activeElement : seen.before });
  return (event) => {
    event.preventDefault();
    // What the dialog led to may have taken it already.
    if (seen.before instanceof HTMLElement && document.activeElement === document.body) seen.before.focus({ preventScroll: true });
  };
}

const HEAD = "hairline-b flex items-center justify-between gap-2 py-2 pr-2 pl-4";

export function Dialog({ open, onClose, title, note, children, actions, wide, untitled }: Props) {
  const giveBack = useGivingBack(open);
  return (
    <D.Root open={open} onOpenChange={(next) => !next && onClose()}>
      <D.Portal>
        <D.Overlay className="bg-scrim fixed inset-0 z-40" />
        <D.Content
          data-modal
          onOpenAutoFocus={focusField}
          onCloseAutoFocus={giveBack}
          {...(note ? {} : { "aria-describedby": undefined })}
          className={cx(
            "rise bg-panel shadow-float fixed top-[10vh] left-1/2 z-50 flex max-h-[80vh] w-[calc(100vw-24px)] -translate-x-1/2 flex-col overflow-hidden rounded outline-none",
            wide ? "max-w-4xl" : "max-w-xl",
          )}
        >
          {untitled ? (
            <D.Title className="sr-only">{title}</D.Title>
          ) : (
            <div className={HEAD}>
              <D.Title className="text-base font-semibold">{title}</D.Title>
              <D.Close asChild>
                <IconButton icon={X} label="Close" keys="escape" />
              </D.Close>
            </div>
          )}
          <div className={cx("min-h-0 flex-1 overflow-y-auto", !untitled && "p-4")}>
            {note && <D.Description className="text-muted mb-3 text-sm">{note}</D.Description>}
            {children}
          </div>
          {actions && <div className="border-line flex flex-wrap justify-end gap-2 border-t p-3">{actions}</div>}
        </D.Content>
      </D.Portal>
    </D.Root>
  );
}

/** A pane that slides over the right side; over all of a phone. */
export function Sheet({ open, onClose, title, children, actions }: Props) {
  const giveBack = useGivingBack(open);
  return (
    <D.Root open={open} onOpenChange={(next) => !next && onClose()}>
      <D.Portal>
        <D.Overlay className="bg-scrim fixed inset-0 z-40" />
        <D.Content data-modal onOpenAutoFocus={focusField} onCloseAutoFocus={giveBack} aria-describedby={undefined} className="rise bg-panel border-line shadow-float fixed inset-y-0 right-0 z-50 flex w-full max-w-xl flex-col border-l outline-none">
          <div className={HEAD}>
            <D.Title className="truncate text-base font-semibold">{title}</D.Title>
            <D.Close asChild>
              <IconButton icon={X} label="Close" keys="escape" />
            </D.Close>
          </div>
          <div className="min-h-0 flex-1 overflow-y-auto p-4">{children}</div>
          {actions && <div className="border-line flex justify-end gap-2 border-t p-3">{actions}</div>}
        </D.Content>
      </D.Portal>
    </D.Root>
  );
}
