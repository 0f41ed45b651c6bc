// @ts-check
// Starts the servers that the tests use, runs what is asked, and stops them.
import { spawn } from "node:child_process";
import { readdirSync } from "node:fs";
import { argv, env, exit } from "node:process";

import { startCorpora, startDemo } from "./bench/server.mjs";

const [what = "test", ...rest] = argv.slice(2);

/** @param {string[]} args @param {Record<string, string>} more @returns {Promise<number>} */
const node = (args, more) =>
  new Promise((done) => {
    const child = spawn(process.execPath, args, { stdio: "inherit", env: { ...env, ...more } });
    child.on("exit", (code) => done(code ?? 1));
  });

/** @param {string[]} names @param {Record<string, string>} servers */
function test(names, servers) {
  const all = readdirSync(".").filter((f) => f.endsWith(".test.mjs") && (names.length === 0 || names.some((n) => f.startsWith(n))));
  return node(["--test", "--test-concurrency=2", "--test-reporter=spec", "--test-timeout=600000", ...all.sort()], servers);
}

async function main() {
  if (what === "measure") return node(["measure.mjs", ...rest], {});
  /** @type {{ stop: () => Promise<void> }[]} */
  const servers = [];
  // Who ends this program ends its servers.
  for (const signal of /** @type {const} */ (["SIGTERM", "SIGHUP"])) process.once(signal, () => void Promise.all(servers.map((s) => s.stop())).then(() => exit(130)));
  try {
    const [corpora, demo] = await Promise.all([startCorpora(), startDemo()]);
    servers.push(corpora, demo);
    const urls = { RASTRO_CORPORA: corpora.url, RASTRO_DEMO: demo.url, RASTRO_LIVE_LOG: corpora.live, WORK: env.WORK ?? "" };
    if (what === "test") return await test(rest, urls);
    if (what === "screenshots") return await node(["screenshots.mjs", ...rest], urls);
    console.log(Object.entries(urls).map(([k, v]) => `export ${k}=${v}`).join("\n"));
    return await new Promise((done) => process.once("SIGINT", () => done(0)));
  } finally {
    await Promise.all(servers.map((s) => s.stop()));
  }
}

exit(await main());
