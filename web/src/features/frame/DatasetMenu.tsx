import { ChevronDown, Database, GitCommitHorizontal } from "lucide-react";
import { useProject } from "@/api";
import { brief } from "@/lib/format";
import { useView, view } from "@/lib/view";
import { Menu, type MenuItem } from "@/ui";

/** Which dataset, and which of its versions. */
export function DatasetMenu() {
  const shown = useView((now) => now.dataset);
  const project = useProject();
  const groups = (project.data?.datasets ?? []).map((dataset): MenuItem[] => [
    { label: dataset.name, icon: Database, note: `${brief(dataset.rows)} rows`, chosen: shown === dataset.name, run: () => view.open(dataset.name) },
    ...dataset.versions.map((version) => ({
      label: `@${version.name}`,
      icon: GitCommitHorizontal,
      note: brief(version.rows),
      chosen: shown === version.full_name,
      run: () => view.open(version.full_name),
    })),
  ]);
  const [name, version] = (shown ?? "").split("@");
  return (
    <Menu
      title="Datasets and versions"
      groups={groups}
      trigger={
        <button type="button" disabled={groups.length === 0} className="hover:bg-hover flex min-h-(--target) min-w-0 items-center gap-1.5 rounded px-2 text-sm md:max-w-56">
          <span className="sr-only">Dataset</span>
          <span className="truncate font-semibold">{name || project.data?.name || "Assay"}</span>
          {version && <span className="text-muted truncate">@{version}</span>}
          {groups.length > 0 && <ChevronDown size={14} className="text-faint shrink-0" aria-hidden />}
        </button>
      }
    />
  );
}
