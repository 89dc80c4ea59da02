import { Fragment } from "react";
import { caps } from "@/lib/keys/registry";

/** The keys of a binding as caps. */
export function Kbd({ keys }: { keys: string }) {
  return (
    <span className="inline-flex items-center gap-1 whitespace-nowrap" aria-hidden>
      {caps(keys).map((chord, i) => (
        <Fragment key={i}>
          {i > 0 && <span className="text-faint text-xs">then</span>}
          {chord.map((cap) => (
            <kbd
              key={cap}
              className="border-line-strong bg-sunken text-muted inline-grid h-[18px] min-w-[18px] place-items-center rounded-[4px] border px-1 font-sans text-[11px] leading-none font-medium"
            >
              {cap}
            </kbd>
          ))}
        </Fragment>
      ))}
    </span>
  );
}
