import { Check, Copy } from "lucide-react";
import { useState } from "react";
import { IconButton } from "./Button";
import { cx } from "./cx";
import { Tooltip } from "./Tooltip";
import { toast } from "./toast";

export async function copyText(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    toast.error("The browser does not allow copying here; select the text instead.");
    return false;
  }
}

/** Code to read and take along. */
export function CodeBlock({ code, className }: { code: string; className?: string }) {
  const [copied, setCopied] = useState(false);
  return (
    <div className={cx("bg-sunken border-line flex items-start rounded border pr-1", className)}>
      <pre tabIndex={0} aria-label="Code" className="min-w-0 flex-1 overflow-x-auto p-3 font-mono text-xs leading-5">
        <code>{code}</code>
      </pre>
      <IconButton
        icon={copied ? Check : Copy}
        label={copied ? "Copied" : "Copy"}
        className="my-1"
        onClick={() =>
          void copyText(code).then((done) => {
            setCopied(done);
            setTimeout(() => setCopied(false), 1500);
          })
        }
      />
    </div>
  );
}

/** A short id; a click copies all of it. */
export function CopyId({ id, length = 8 }: { id: string; length?: number }) {
  return (
    <Tooltip text={`Copy ${id}`}>
      <button
        type="button"
        className="text-muted hover:text-text hover:bg-hover rounded-[4px] px-1 font-mono text-xs"
        onClick={(event) => {
          event.stopPropagation();
          void copyText(id).then((done) => done && toast(`Copied ${id}`));
        }}
      >
        {id.slice(0, length)}
      </button>
    </Tooltip>
  );
}
