import { Command as C } from "cmdk";
import { useDeferredValue, useState } from "react";
import { groupBy } from "@/lib/group";
import { cx } from "./cx";
import { Dialog } from "./Dialog";
import { Kbd } from "./Kbd";
import { rank } from "./rank";

export interface PaletteItem {
  label: string;
  group: string;
  run: () => void;
  keys?: string;
  words?: string;
}

/** Everything that can be done here, by a few letters of its name. */
export function Palette({ open, onClose, items, onText }: { open: boolean; onClose: () => void; items: readonly PaletteItem[]; onText?: { label: (text: string) => string; run: (text: string) => void } }) {
  const [text, setText] = useState("");
  // The dialog opens in the next frame, with room for its many lines, which come in the one after it.
  const listed = useDeferredValue(open);
  const groups = groupBy(items, (item) => item.group);
  const act = (run: () => void) => {
    setText("");
    onClose();
    // After the dialog has given the focus back, which it does in a task of its own.
    setTimeout(() => setTimeout(run));
  };
  return (
    <Dialog open={open} onClose={onClose} title="Commands" untitled>
      <C label="Commands" loop filter={(_, sought, [label = "", ...also] = []) => rank(sought, label, also.join(" "))}>
        <div className="hairline-b">
          <C.Input value={text} onValueChange={setText} placeholder="Do, go, open…" className="h-12 w-full bg-transparent px-4 text-base outline-none" />
        </div>
        <C.List className={cx("max-h-[56vh] overflow-y-auto p-1", !listed && "min-h-[56vh]")}>
          {listed && <C.Empty className="text-muted px-3 py-6 text-center text-sm">Nothing here is called that.</C.Empty>}
          {listed && [...groups].map(([group, list]) => (
            <C.Group key={group} heading={group} className="[&_[cmdk-group-heading]]:text-faint [&_[cmdk-group-heading]]:px-2 [&_[cmdk-group-heading]]:pt-2 [&_[cmdk-group-heading]]:pb-1 [&_[cmdk-group-heading]]:text-xs">
              {list.map((item, i) => (
                <Item key={i} value={`${group} ${item.label} ${i}`} words={[item.label, group, item.words ?? ""]} onSelect={() => act(item.run)} label={item.label} keys={item.keys} />
              ))}
            </C.Group>
          ))}
          {/* Not before the list: what is alone when letters are typed would stay chosen. */}
          {listed && onText && text.trim() && (
            <C.Group forceMount heading="Search" className="[&_[cmdk-group-heading]]:text-faint [&_[cmdk-group-heading]]:px-2 [&_[cmdk-group-heading]]:pt-2 [&_[cmdk-group-heading]]:pb-1 [&_[cmdk-group-heading]]:text-xs">
              <Item value={"\u0000"} forceMount onSelect={() => act(() => onText.run(text.trim()))} label={onText.label(text.trim())} />
            </C.Group>
          )}
        </C.List>
      </C>
    </Dialog>
  );
}

function Item({ value, words, label, keys, onSelect, forceMount }: { value: string; words?: string[]; label: string; keys?: string; onSelect: () => void; forceMount?: boolean }) {
  return (
    <C.Item value={value} keywords={words} forceMount={forceMount} onSelect={onSelect} className="data-[selected=true]:bg-hover flex min-h-9 cursor-default items-center justify-between gap-4 rounded-[4px] px-2 text-sm">
      <span className="truncate">{label}</span>
      {keys && <Kbd keys={keys} />}
    </C.Item>
  );
}
