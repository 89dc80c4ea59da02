// First load: the page's own scripts, and what they import at once, compressed. The bar is 1 MB.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";

const folder = process.argv[2] ?? "../src/assay/server/static";
const LIMIT = 1_000_000;
const seen = new Set();

function take(path) {
  if (seen.has(path)) return;
  seen.add(path);
  const code = readFileSync(join(folder, path), "utf8");
  for (const [, name] of code.matchAll(/(?:import|from)\s*"\.\/([^"]+\.js)"/g)) take(`assets/${name}`);
}

const page = readFileSync(join(folder, "index.html"), "utf8");
for (const [, path] of page.matchAll(/(?:src|href)="\.\/(assets\/[^"]+\.js)"/g)) take(path);
const bytes = [...seen].reduce((sum, path) => sum + gzipSync(readFileSync(join(folder, path))).length, 0);
console.log(JSON.stringify({ first_load_gzip: bytes, files: [...seen].sort() }));
if (seen.size === 0 || bytes >= LIMIT) {
  console.error(`First load is ${bytes} bytes of gzipped JavaScript in ${seen.size} files; the limit is ${LIMIT}.`);
  process.exit(1);
}
