import { Database, KeyRound, MapPinOff } from "lucide-react";
import { Component, lazy, Suspense, type ComponentType, type ReactNode } from "react";
import { failureOf } from "@/api";
import type { Feature } from "@/lib/features";
import { goTo } from "@/lib/view";
import { Button, EmptyState, ErrorState, Skeleton } from "@/ui";

const loaded = new Map<string, ComponentType>();

function screenOf(feature: Feature): ComponentType {
  const known = loaded.get(feature.page) ?? lazy(feature.load);
  loaded.set(feature.page, known);
  return known;
}

/** A screen, loaded when first shown; if it breaks, the frame stays. */
export function Screen({ feature }: { feature: Feature }) {
  const Content = screenOf(feature);
  return (
    <Guard>
      <Suspense fallback={<Waiting />}>
        {/* eslint-disable-next-line react-hooks/static-components -- one component a feature, kept in `loaded` */}
        <Content />
      </Suspense>
    </Guard>
  );
}

function Waiting() {
  return (
    <div className="space-y-3 p-4" aria-busy="true">
      <Skeleton className="h-16" />
      <Skeleton className="h-28" />
      <Skeleton className="h-28" />
    </div>
  );
}

class Guard extends Component<{ children: ReactNode }, { error: unknown }> {
  override state = { error: null as unknown };

  static getDerivedStateFromError(error: unknown) {
    return { error };
  }

  override render() {
    if (this.state.error === null) return this.props.children;
    const failure = { ...failureOf(this.state.error), remedy: "reload the page; if it happens again, the command line does all of this as well" };
    return <ErrorState failure={failure} onRetry={() => this.setState({ error: null })} />;
  }
}

export function NoAccess() {
  return (
    <EmptyState icon={KeyRound} title="This page needs its token" command="assay serve">
      Each start of the server makes a new token. Open the URL that it printed last: this browser then remembers the token, and this page goes on where it was.
    </EmptyState>
  );
}

export function NoServer({ error, onRetry }: { error: Error; onRetry: () => void }) {
  return <ErrorState failure={failureOf(error)} onRetry={onRetry} />;
}

export function NoData() {
  return (
    <EmptyState icon={Database} title="No data yet" command={"assay add web pages.jsonl\nassay check web"}>
      Add files or folders (JSONL, Parquet, CSV, text, HTML, WARC), and what is wrong with them appears here.
    </EmptyState>
  );
}

export function NoPage({ page }: { page: string }) {
  return (
    <EmptyState icon={MapPinOff} title="There is no such page" action={<Button onClick={() => goTo("findings")}>Go to Findings</Button>}>
      “{page.slice(0, 80)}” is not a page of this app.
    </EmptyState>
  );
}
