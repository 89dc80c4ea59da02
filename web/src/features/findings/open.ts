import { hasFeature } from "@/lib/features";
import { currentPlace } from "@/lib/route";
import { goTo, type Filter } from "@/lib/view";

/** Show exactly these rows where rows are shown. */
export function addOrGo(filter: Filter): void {
  const page = hasFeature("explore") ? "explore" : currentPlace().page;
  goTo(page, { filters: [filter], search: null, sort: [], selection: null });
}
