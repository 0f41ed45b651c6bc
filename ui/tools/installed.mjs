// @ts-check
// Tells whether node_modules of a folder is what its package-lock.json names:
// exit code 0 when it is, 1 when `npm ci` has to run.
// Usage: node installed.mjs FOLDER
import { readFileSync } from "node:fs";
import { join } from "node:path";

const folder = process.argv[2] ?? ".";

/** @param {string} name @returns {Record<string, { version?: string, optional?: boolean, devOptional?: boolean }>} */
const packages = (name) => JSON.parse(readFileSync(join(folder, name), "utf8")).packages;

try {
  const wanted = packages("package-lock.json");
  const here = packages("node_modules/.package-lock.json");
  const fits = Object.entries(wanted).every(([path, { version, optional }]) => path === "" || (here[path] ? here[path].version === version : optional === true));
  process.exit(fits ? 0 : 1);
} catch {
  process.exit(1);
}
