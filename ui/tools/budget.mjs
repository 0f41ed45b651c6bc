// @ts-check
// Weighs what a browser loads before the first screen, and fails above the
// budget or when a chart or an editor is part of it.
// Usage: node budget.mjs DIST
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";

const dist = process.argv[2] ?? "dist";
const budget = 350_000;
/** Texts that survive minification and belong to what is loaded when needed. */
const heavy = { ECharts: "zrender", CodeMirror: "cm-content", "react-grid-layout": "react-grid-item", "the world map": "countries-110m" };

/** @param {string} path */
const read = (path) => readFileSync(join(dist, path));

const page = read("index.html").toString();
const first = new Set([...page.matchAll(/<(?:script|link)\b[^>]*\b(?:src|href)="\/(assets\/[^"]+\.(?:js|css))"/g)].map((m) => m[1] ?? ""));
for (const path of first) {
  if (!path.endsWith(".js")) continue;
  // Static imports come with the file that names them; those of import() do not.
  for (const [, name] of read(path).toString().matchAll(/(?:^|[;}\n])import\s*(?:[\w*{][^"'()]*?from\s*)?["']\.\/([^"']+)["']/g)) first.add(`assets/${name}`);
}

let sum = gzipSync(page).length;
let failed = false;
for (const path of first) {
  const body = read(path);
  const size = gzipSync(body).length;
  sum += size;
  console.log(`  ${path.padEnd(34)} ${(size / 1000).toFixed(1).padStart(7)} kB gzip`);
  for (const [name, mark] of Object.entries(heavy)) {
    if (path.endsWith(".js") && body.includes(mark)) {
      console.error(`${path} contains ${name}, which is to be loaded when it is needed`);
      failed = true;
    }
  }
}
console.log(`  before the first screen: ${(sum / 1000).toFixed(1)} kB gzip of ${budget / 1000} kB`);
if (sum > budget) {
  console.error("the first screen is heavier than its budget");
  failed = true;
}
process.exit(failed ? 1 : 0);
