// @ts-check
// Real servers for the tests: one with the corpora, hostile lines and many plain
// ones, one with the live traffic of `rastro demo`.
import { execFile, spawn } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { env } from "node:process";
import { promisify } from "node:util";

import { writeHostile } from "./hostile.mjs";
import { writePlenty } from "./plenty.mjs";

const run = promisify(execFile);
const rastro = env.RASTRO ?? "../../bin/rastro";
const work = env.WORK ?? "";

/** What is imported: file, host, zone. */
const origins = [
  ["mta/hosts/mx1/mail.log", "mx1", "America/Bogota"],
  ["mta/hosts/mx1/rspamd.log", "mx1", "America/Bogota"],
  ["mta/hosts/store1/mail.log", "store1", "America/Bogota"],
  ["mta/hosts/store2/dovecot.log", "store2", "UTC"],
  ["mta/hosts/ex1/mainlog", "ex1", "America/Bogota"],
  ["mta/hosts/ex1/rejectlog", "ex1", "America/Bogota"],
  ["mta/hosts/osm1/mail.log", "osm1", "America/Bogota"],
  ["mta/hosts/smx1/mail.log", "smx1", "UTC"],
  ["elemta/dev.log", "elemta1", "America/Bogota"],
];

/** @typedef {{ url: string, stop: () => Promise<void> }} Running */

/** A server with everything that does not change. live is a file that it follows.
 * @returns {Promise<Running & { live: string }>} */
export async function startCorpora() {
  const data = join(work, "data");
  const corpora = join(work, "corpora");
  for (const [file, host, zone] of [
    ...origins.map(([file, host, zone]) => [join(corpora, file ?? ""), host, zone]),
    [writeHostile(corpora, work), "evil1", "UTC"],
    [writePlenty(work), "bulk1", "UTC"],
  ]) {
    await run(rastro, ["import", "--data", data, "--host", host ?? "", "--zone", zone ?? "", file ?? ""]);
  }
  const logs = join(work, "logs");
  mkdirSync(logs, { recursive: true });
  const live = join(logs, "live.log");
  writeFileSync(live, "");
  // Stamps of a zone that nobody told the server of: hours ahead.
  const ahead = new Date(Date.now() + 5 * 3_600_000).toISOString().slice(0, 19);
  writeFileSync(join(logs, "zone.log"), Array.from({ length: 20 }, (_, i) => `${ahead}+00:00 zone1 postfix/smtpd[${i}]: connect from a.example[192.0.2.7]\n`).join(""));
  const config = join(work, "rastro.yaml");
  writeFileSync(
    config,
    `data: ${data}
listen: {ui: "127.0.0.1:0", elastic: off, monitor: off, beats: off}
disk: {reserve: 1MB}
sources:
- {paths: ["${live}"], host: live1, zone: UTC}
- {paths: ["${join(logs, "zone.log")}"], zone: UTC}
- {paths: ["${join(logs, "nowhere", "*.log")}"]}
- {paths: ["${join(logs, "missing.log")}"]}
`,
  );
  const child = spawn(rastro, ["serve", "--config", config], { stdio: ["ignore", "ignore", "pipe"] });
  const url = await learn(child, () => lockAddress(join(data, "lock"), child.pid));
  return { url, live, stop: () => end(child) };
}

/** A throw-away server with a day of history and live traffic.
 * @returns {Promise<Running>} */
export async function startDemo() {
  const child = spawn(rastro, ["demo", "--ui", "127.0.0.1:0", "--elastic", "off", "--monitor", "off", "--beats", "off", "--seed", "7", "--rate", "15"], {
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...env, TMPDIR: work },
  });
  let said = "";
  child.stdout.on("data", (text) => (said += text));
  const url = await learn(child, () => /http:\/\/127\.0\.0\.1:\d+/.exec(said)?.[0]);
  return { url, stop: () => end(child) };
}

/** @param {string} lock @param {number | undefined} pid */
function lockAddress(lock, pid) {
  try {
    const held = JSON.parse(readFileSync(lock, "utf8"));
    const address = held.addresses?.ui ?? held.Addresses?.UI;
    return (held.pid ?? held.PID) === pid && address ? `http://${address}` : undefined;
  } catch {
    return undefined; // not there yet
  }
}

/** Waits until a server answers.
 * @param {import("node:child_process").ChildProcess} child @param {() => string | undefined} address */
async function learn(child, address) {
  let complaints = "";
  child.stderr?.on("data", (text) => (complaints = (complaints + text).slice(-4000)));
  for (let tries = 0; tries < 1800; tries++) {
    if (child.exitCode !== null) break;
    const url = address();
    if (url && (await fetch(`${url}/api/info`).then((r) => r.ok, () => false))) return url;
    await new Promise((again) => setTimeout(again, 50));
  }
  throw new Error(`the server did not start\n${complaints}`);
}

/** @param {import("node:child_process").ChildProcess} child @returns {Promise<void>} */
function end(child) {
  return new Promise((done) => {
    if (child.exitCode !== null) return done();
    const hard = setTimeout(() => child.kill("SIGKILL"), 12_000);
    child.once("exit", () => {
      clearTimeout(hard);
      done();
    });
    child.kill("SIGTERM");
  });
}
