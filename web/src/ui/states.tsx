import { CircleAlert, FileInput, RotateCw, X, type LucideIcon } from "lucide-react";
import type { ReactNode } from "react";
import { Button, IconButton } from "./Button";
import { CodeBlock } from "./CodeBlock";
import { cx } from "./cx";

/** What would be here, and the one command or button that brings it. */
export function EmptyState({ icon: Icon, title, children, command, action }: { icon?: LucideIcon; title: string; children?: ReactNode; command?: string; action?: ReactNode }) {
  return (
    <div className="mx-auto flex max-w-md flex-col items-center gap-3 px-4 py-16 text-center">
      {Icon && <Icon size={28} strokeWidth={1.25} className="text-faint" aria-hidden />}
      <h2 className="max-w-full text-base font-semibold wrap-anywhere">{title}</h2>
      {children && <div className="text-muted text-sm">{children}</div>}
      {command && <CodeBlock code={command} className="w-full text-left" />}
      {action}
    </div>
  );
}

export interface Failure {
  message: string;
  where?: string | null;
  remedy?: string | null;
  allowed?: string | null;
}

/** What went wrong, where, and what to do. */
export function ErrorState({ failure, onRetry }: { failure: Failure; onRetry?: () => void }) {
  return (
    <div role="alert" className="border-line bg-panel m-4 max-w-2xl rounded border p-4">
      <div className="flex gap-3">
        <CircleAlert size={18} className="text-loss mt-0.5 shrink-0" aria-hidden />
        <div className="min-w-0 space-y-1 text-sm wrap-anywhere">
          <p className="font-semibold">{failure.message}</p>
          {failure.where && <p className="text-muted">Where: {failure.where}</p>}
          {failure.allowed && <p className="text-muted">Allowed: {failure.allowed}</p>}
          {failure.remedy && <p>What to do: {failure.remedy}</p>}
          {onRetry && (
            <div className="pt-2">
              <Button icon={RotateCw} onClick={onRetry}>
                Try again
              </Button>
            </div>
          )}
        </div>
      </div>
    </div>
  );
}

/** A dataset that nothing was added to yet. */
export function NoRows({ name }: { name: string }) {
  return (
    <EmptyState icon={FileInput} title={`No rows in ${name} yet`} command={`assay add ${name} FILE`}>
      Files and folders of JSON Lines, Parquet, Arrow, CSV, text, Markdown, HTML, WARC or chats; what was added shows here at once.
    </EmptyState>
  );
}

/** Keeps the place of what is coming. Give it the size that the content will have. */
export function Skeleton({ className }: { className?: string }) {
  return <div aria-hidden className={cx("bg-hover breathe rounded", className)} />;
}

export function Progress({ label, done, total, note, onCancel }: { label: string; done: number; total: number | null; note?: ReactNode; onCancel?: () => void }) {
  const known = total !== null && total > 0;
  const percent = known ? Math.min(100, (100 * done) / total) : 0;
  return (
    <div className="flex items-center gap-3 text-sm">
      <div className="min-w-0 flex-1">
        <div className="mb-1 flex justify-between gap-3">
          <span className="truncate font-medium">{label}</span>
          <span className="text-muted shrink-0">{note ?? (known ? `${Math.floor(percent)} %` : "")}</span>
        </div>
        <div
          role="progressbar"
          aria-label={label}
          aria-valuemin={0}
          aria-valuemax={100}
          aria-valuenow={known ? Math.floor(percent) : undefined}
          className="bg-sunken h-1.5 overflow-hidden rounded-full"
        >
          <div className={cx("bg-accent h-full rounded-full transition-[width]", !known && "breathe w-full opacity-40")} style={known ? { width: `${percent}%` } : undefined} />
        </div>
      </div>
      {onCancel && <IconButton icon={X} label={`Cancel: ${label}`} onClick={onCancel} />}
    </div>
  );
}
