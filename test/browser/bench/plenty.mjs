// @ts-check
// More lines than one answer holds, at a time of their own.
import { writeFileSync } from "node:fs";
import { join } from "node:path";

export const plenty = { count: 12_345, since: "2026-10-01T00:00:00Z", until: "2026-10-02T00:00:00Z", query: "host:bulk1" };

/** @param {string} folder @returns {string} the file */
export function writePlenty(folder) {
  const start = Date.parse("2026-10-01T06:00:00Z");
  const lines = [];
  for (let i = 0; i < plenty.count; i++) {
    const at = new Date(start + i * 4000).toISOString().replace("Z", "+00:00");
    lines.push(`${at} bulk1 postfix/smtpd[${100 + (i % 7)}]: connect from client${i}.bulk.example[192.0.2.${i % 250}]`);
  }
  const file = join(folder, "plenty.log");
  writeFileSync(file, `${lines.join("\n")}\n`);
  return file;
}
