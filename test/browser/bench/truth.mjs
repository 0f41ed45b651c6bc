// @ts-check
// What really happened to the messages of the corpora.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { env } from "node:process";

/** @typedef {Record<string, string>} Row */

/** A file of tab-separated values with a header. @param {string} name @returns {Row[]} */
function table(name) {
  const [head = "", ...lines] = readFileSync(join(env.WORK ?? "", "corpora", name), "utf8").trimEnd().split("\n");
  const columns = head.split("\t");
  return lines.map((line) => Object.fromEntries(line.split("\t").map((v, i) => [columns[i] ?? "", v])));
}

/** Rows about messages of Postfix, Exim, OpenSMTPD and Sendmail. */
export const mta = () => table("mta/truth.tsv");
/** Rows about recipients of Elemta's mail. */
export const elemta = () => table("elemta/dev.tsv");

/** @param {string} list */
export const split = (list) => list.split(",").filter((s) => s !== "");

/** @type {string[] | undefined} */
let lines;

/** The lines of all hosts, in lower case. */
function logs() {
  lines ??= ["mx1/mail.log", "mx1/rspamd.log", "store1/mail.log", "store2/dovecot.log", "ex1/mainlog", "ex1/rejectlog", "osm1/mail.log", "smx1/mail.log"].flatMap((f) =>
    readFileSync(join(env.WORK ?? "", "corpora", "mta", "hosts", f), "utf8").toLowerCase().split("\n"),
  );
  return lines;
}

/** Whether any line names this: only then can anybody find it. @param {string} value */
export const logged = (value) => logs().some((l) => l.includes(value.toLowerCase()));

/** Whether some line names the row's recipient together with its sender or one of its ids. @param {Row} row */
export function named(row) {
  const to = [row.recipient, row.final_recipient].filter(Boolean).map((a) => (a ?? "").toLowerCase());
  const others = [...split(row.queue_ids ?? ""), row.sender ?? "", row.message_id ?? ""].filter(Boolean).map((v) => v.toLowerCase());
  return logs().some((l) => to.some((a) => l.includes(a)) && others.some((v) => l.includes(v)));
}

/** Rows of every program, scenario and status, every one once, the rarest first; at most so many of each program.
 * @param {Row[]} rows @param {number} each */
export function sample(rows, each) {
  /** @type {Map<string, Map<string, Row>>} */
  const programs = new Map();
  for (const row of rows) {
    const scenarios = programs.get(row.mta ?? "") ?? new Map();
    programs.set(row.mta ?? "", scenarios);
    const key = `${row.scenario} ${row.final_status}`;
    if (!scenarios.has(key)) scenarios.set(key, row);
  }
  return [...programs.values()].flatMap((scenarios) => [...scenarios.values()].slice(0, each));
}
