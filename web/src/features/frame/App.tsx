/** The frame around every screen. */
import { useDeferredValue, useEffect, useState } from "react";
import { useLive, useProject } from "@/api";
import { features } from "@/lib/features";
import { usePlace } from "@/lib/route";
import { useView, useViewProblems, view } from "@/lib/view";
import { KeySheet, Toasts } from "@/ui";
import { Banner } from "./Banner";
import { Commands } from "./Commands";
import { JobToasts } from "./Jobs";
import { Rail, TabBar } from "./Rail";
import { NoAccess, NoData, NoPage, NoServer, Screen } from "./Screen";
import { TopBar } from "./TopBar";
import { ApiError } from "@/api";

const HOME = "findings";

export function App() {
  const { page } = usePlace();
  // The rail answers in the next frame; the new screen, which takes longer, comes in the one after it.
  const shown = useDeferredValue(page);
  const dataset = useView((now) => now.dataset);
  const problems = useViewProblems();
  const connected = useLive((live) => live.connected);
  const project = useProject();
  const [palette, setPalette] = useState(false);
  const [sheet, setSheet] = useState(false);
  const current = features.find((one) => one.page === (page || HOME));
  const feature = features.find((one) => one.page === (shown || HOME));
  const names = project.data?.datasets.map((one) => one.name) ?? [];
  const first = names[0] ?? null;

  useEffect(() => {
    document.title = [current?.title, dataset, "Assay"].filter(Boolean).join(" · ");
  }, [current, dataset]);
  useEffect(() => {
    if (dataset === null && first !== null && !feature?.free) view.open(first, { quiet: true });
  }, [dataset, first, feature]);

  const refused = project.error instanceof ApiError && project.error.status === 401 ? project.error : null;
  const content = () => {
    if (!feature) return <NoPage page={shown} />;
    if (feature.free) return <Screen feature={feature} />;
    if (refused) return <NoAccess />;
    if (project.error && !project.data) return <NoServer error={project.error} onRetry={() => void project.refetch()} />;
    if (project.data && names.length === 0) return <NoData />;
    if (dataset === null) return null;
    return <Screen key={feature.page} feature={feature} />;
  };

  return (
    <div className="grid h-full grid-cols-1 grid-rows-[auto_minmax(0,1fr)_auto] md:grid-cols-[var(--rail)_minmax(0,1fr)] md:grid-rows-[auto_minmax(0,1fr)]">
      <a href="#content" className="bg-panel sr-only z-50 rounded p-2 focus:not-sr-only focus:absolute">
        Skip to content
      </a>
      <Rail current={current?.page} />
      <TopBar onPalette={() => setPalette(true)} onKeys={() => setSheet(true)} />
      <main id="content" tabIndex={-1} className="flex min-h-0 min-w-0 flex-col outline-none md:col-start-2">
        {!connected && !refused && <Banner tone="doubt">The server does not answer. What you see stays. If it was stopped, start it again and open the URL that it prints.</Banner>}
        {problems.length > 0 && (
          <Banner tone="doubt" onDismiss={view.dismissProblems}>
            Part of this link could not be read. {problems.join(" ")}
          </Banner>
        )}
        {feature && !feature.free && <h1 className="sr-only">{dataset ? `${feature.title} of ${dataset}` : feature.title}</h1>}
        <div className="min-h-0 flex-1">{content()}</div>
      </main>
      <TabBar current={current?.page} />
      <Commands open={palette} onOpen={setPalette} onKeys={() => setSheet(true)} />
      <KeySheet open={sheet} onClose={() => setSheet(false)} />
      <JobToasts />
      <Toasts />
    </div>
  );
}
