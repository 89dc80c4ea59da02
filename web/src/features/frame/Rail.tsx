import type { MouseEvent } from "react";
import { features, type Feature } from "@/lib/features";
import { basePath } from "@/lib/route";
import { goTo, toQuery, useView } from "@/lib/view";
import { cx, Tooltip } from "@/ui";
import icon from "@/ui/icon.svg";

const shown = features.filter((feature) => !feature.hidden);

function useLink(feature: Feature) {
  const query = toQuery(useView());
  return {
    href: basePath() + feature.page + query,
    onClick: (event: MouseEvent) => {
      if (event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) return;
      event.preventDefault();
      goTo(feature.page);
    },
  };
}

export function Rail({ current }: { current?: string }) {
  return (
    <nav aria-label="Screens" className="bg-panel border-line row-span-2 hidden flex-col items-center gap-1 border-r py-2 md:flex">
      <img src={icon} alt="Assay" width={28} height={28} className="mb-3" />
      {shown.map((feature) => (
        <RailLink key={feature.page} feature={feature} active={feature.page === current} />
      ))}
    </nav>
  );
}

function RailLink({ feature, active }: { feature: Feature; active: boolean }) {
  const link = useLink(feature);
  return (
    <Tooltip text={feature.title} keys={`g ${feature.key}`} side="right">
      <a
        {...link}
        aria-label={feature.title}
        aria-current={active ? "page" : undefined}
        className={cx("grid size-10 place-items-center rounded", active ? "bg-accent-soft text-accent" : "text-muted hover:bg-hover hover:text-text")}
      >
        <feature.icon size={20} strokeWidth={1.75} aria-hidden />
      </a>
    </Tooltip>
  );
}

/** On a phone: the same, at the thumb. */
export function TabBar({ current }: { current?: string }) {
  return (
    <nav aria-label="Screens" className="bg-panel border-line flex border-t pb-[env(safe-area-inset-bottom)] md:hidden">
      {shown.map((feature) => (
        <TabLink key={feature.page} feature={feature} active={feature.page === current} />
      ))}
    </nav>
  );
}

function TabLink({ feature, active }: { feature: Feature; active: boolean }) {
  const link = useLink(feature);
  return (
    <a {...link} aria-current={active ? "page" : undefined} className={cx("flex min-h-14 flex-1 flex-col items-center justify-center gap-0.5 text-xs", active ? "text-accent font-semibold" : "text-muted")}>
      <feature.icon size={20} strokeWidth={1.75} aria-hidden />
      {feature.title}
    </a>
  );
}
