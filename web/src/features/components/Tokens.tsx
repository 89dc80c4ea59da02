import { CATEGORIES } from "@/lib/theme";
import { Section, Show } from "./Screen";

const SURFACES = ["--ground", "--panel", "--sunken", "--hover", "--line", "--line-strong", "--accent", "--accent-soft", "--loss", "--loss-soft", "--doubt", "--doubt-soft", "--context", "--mark"];

export function Tokens() {
  return (
    <Section title="Color and type">
      <Show name="Surfaces and meanings" wide>
        {SURFACES.map((name) => (
          <Swatch key={name} name={name} />
        ))}
      </Show>
      <Show name="Categories: ten, and other" wide>
        {[...CATEGORIES, "--cat-other"].map((name) => (
          <Swatch key={name} name={name} />
        ))}
      </Show>
      <Show name="Little to much" wide>
        {[1, 2, 3, 4, 5, 6, 7].map((n) => (
          <Swatch key={n} name={`--seq-${n}`} />
        ))}
      </Show>
      <Show name="Reading, 15 px">
        <p className="reading">Facts are appended; decisions are derived. So a threshold moves in milliseconds, and every row can say why it is in or out.</p>
      </Show>
      <Show name="Tables, 13 px, even figures">
        <table className="text-sm">
          <tbody>
            <tr>
              <td className="text-muted pr-6">kept</td>
              <td className="text-right">1,111,111</td>
            </tr>
            <tr>
              <td className="text-muted pr-6">dropped</td>
              <td className="text-right">98,098</td>
            </tr>
          </tbody>
        </table>
      </Show>
      <Show name="Text, muted, faint, code">
        <span>text</span>
        <span className="text-muted">muted</span>
        <span className="text-faint">faint</span>
        <code className="font-mono text-xs">stats.words &gt; 50</code>
      </Show>
    </Section>
  );
}

function Swatch({ name }: { name: string }) {
  return (
    <span className="flex w-24 flex-col gap-1 text-xs">
      <span className="border-line h-8 rounded border" style={{ background: `var(${name})` }} />
      <span className="text-muted truncate">{name.slice(2)}</span>
    </span>
  );
}
