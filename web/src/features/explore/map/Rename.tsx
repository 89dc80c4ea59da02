import { useEffect, useRef } from "react";
import { cx } from "@/ui";

const MOST = 60;

/** A name changed where it stands: Enter keeps it, Escape and leaving do not. */
export function Rename({ name, onDone, className }: { name: string; onDone: (name: string | null) => void; className?: string }) {
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => input.current?.select(), []);
  return (
    <input
      ref={input}
      autoFocus
      defaultValue={name}
      maxLength={MOST}
      spellCheck={false}
      aria-label={`New name of ${name}`}
      onBlur={() => onDone(null)}
      onKeyDown={(event) => {
        event.stopPropagation();
        if (event.key === "Enter" && !event.nativeEvent.isComposing) onDone(event.currentTarget.value);
        if (event.key === "Escape") onDone(null);
      }}
      className={cx("bg-panel border-accent text-text h-6 rounded border px-1 text-xs font-semibold outline-none select-text", className)}
    />
  );
}
