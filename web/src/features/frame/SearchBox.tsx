import { useEffect, useRef, useState } from "react";
import { hasFeature } from "@/lib/features";
import { useKeys } from "@/lib/keys";
import { currentPlace } from "@/lib/route";
import { goTo, searchOf, useView, view } from "@/lib/view";
import { SearchField } from "@/ui";

/** Where rows are shown; a search from elsewhere leads there. */
export function rowsPage(): string {
  const { page } = currentPlace();
  return page !== "explore" && hasFeature("explore") ? "explore" : page;
}

/** Search by text, in the view. `bound`: this one answers to `/`. */
export function SearchBox({ bound = true }: { bound?: boolean }) {
  const search = useView((now) => now.search);
  const asked = search?.query ?? "";
  const [text, setText] = useState(asked);
  const [before, setBefore] = useState(asked);
  const field = useRef<HTMLInputElement>(null);
  if (before !== asked) {
    setBefore(asked);
    setText(asked);
  }
  useKeys("Everywhere", [{ keys: "/", label: "Search", run: () => field.current?.select() }], { enabled: bound });
  useEffect(() => {
    if (text.trim() !== "" || asked === "") return;
    goTo(currentPlace().page, { search: searchOf({ ...view.get().search, query: null }) });
  }, [text, asked]);

  return (
    <form
      role="search"
      className="w-40 shrink-0 md:w-56 xl:w-72"
      onSubmit={(event) => {
        event.preventDefault();
        const query = text.trim();
        goTo(query ? rowsPage() : currentPlace().page, { search: searchOf({ ...search, query }) });
        field.current?.blur();
      }}
    >
      <SearchField
        label={search?.like || search?.unlike ? "Words beside the examples" : "Search the texts"}
        value={text}
        onChange={setText}
        inputRef={field}
        keys={bound ? "/" : undefined}
        enterKeyHint="search"
        onKeyDown={(event) => {
          if (event.key !== "Escape") return;
          setText(asked);
          field.current?.blur();
        }}
      />
    </form>
  );
}
