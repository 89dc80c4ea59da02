/** `/_ui`: every component in every state, to look at in both themes and at any width. */
import type { ReactNode } from "react";
import { setTheme, useTheme } from "@/lib/theme";
import { Switch } from "@/ui";
import { Controls } from "./Controls";
import { Data } from "./Data";
import { Feedback } from "./Feedback";
import { Tokens } from "./Tokens";

export default function ComponentsScreen() {
  const { shown } = useTheme();
  return (
    <div className="h-full overflow-y-auto">
      <div className="mx-auto max-w-6xl space-y-10 p-4 md:px-6">
        <div className="flex flex-wrap items-center justify-between gap-3">
          <h1 className="text-xl font-semibold">Components</h1>
          <Switch label="Dark" checked={shown === "dark"} onChange={(dark) => setTheme(dark ? "dark" : "light")} />
        </div>
        <Tokens />
        <Controls />
        <Feedback />
        <Data />
      </div>
    </div>
  );
}

export function Section({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section>
      <h2 className="hairline-b mb-4 pb-1 text-base font-semibold">{title}</h2>
      <div className="grid gap-x-8 gap-y-5 sm:grid-cols-2 lg:grid-cols-3">{children}</div>
    </section>
  );
}

export function Show({ name, wide, children }: { name: string; wide?: boolean; children: ReactNode }) {
  return (
    <div className={wide ? "col-span-full min-w-0" : "min-w-0"}>
      <div className="text-muted mb-1.5 text-xs">{name}</div>
      <div className="flex flex-wrap items-center gap-2 [&>div]:min-w-0">{children}</div>
    </div>
  );
}
