import { X } from "lucide-react";
import type { ReactNode } from "react";
import { IconButton } from "@/ui";

export function Banner({ children, onDismiss }: { tone: "doubt"; children: ReactNode; onDismiss?: () => void }) {
  return (
    <div role="status" className="bg-doubt-soft text-doubt flex min-h-9 items-center justify-between gap-2 px-4 py-1 text-sm">
      <span className="min-w-0 wrap-anywhere">{children}</span>
      {onDismiss && <IconButton icon={X} label="Dismiss" className="text-doubt" onClick={onDismiss} />}
    </div>
  );
}
