import { Tabs as T } from "radix-ui";
import type { ReactNode } from "react";

export interface Tab {
  value: string;
  label: ReactNode;
  content: ReactNode;
}

export function Tabs({ label, value, onChange, tabs }: { label: string; value: string; onChange: (value: string) => void; tabs: readonly Tab[] }) {
  return (
    <T.Root value={value} onValueChange={onChange} className="flex min-h-0 flex-col">
      <T.List aria-label={label} className="hairline-b flex gap-1 overflow-x-auto">
        {tabs.map((tab) => (
          <T.Trigger
            key={tab.value}
            value={tab.value}
            className="text-muted hover:text-text data-[state=active]:text-text data-[state=active]:border-accent -mb-px min-h-9 border-b-2 border-transparent px-3 text-sm font-medium whitespace-nowrap"
          >
            {tab.label}
          </T.Trigger>
        ))}
      </T.List>
      {tabs.map((tab) => (
        <T.Content key={tab.value} value={tab.value} className="min-h-0 flex-1">
          {tab.content}
        </T.Content>
      ))}
    </T.Root>
  );
}
