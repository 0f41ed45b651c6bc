// @ts-check
// A browser as a person's, and a watch on what must never happen in it: errors
// in the console, broken rules of the Content-Security-Policy, dialogs that a
// log line opened, requests to another host.
import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { env } from "node:process";
import { fileURLToPath } from "node:url";
import { after, afterEach, before } from "node:test";
import { chromium } from "playwright-core";

/** Where pictures go; git ignores it. */
export const pictures = fileURLToPath(new URL("../../../screenshots", import.meta.url));
export const corpora = env.RASTRO_CORPORA ?? "";
export const demo = env.RASTRO_DEMO ?? "";
/** Where the corpora stand in time. */
export const days = { since: "2026-11-22T00:00:00Z", until: "2026-11-25T00:00:00Z" };

/** @typedef {import("playwright-core").Page} Page */
/** @typedef {import("playwright-core").BrowserContext} BrowserContext */
/** @typedef {{ language?: "en" | "es", scheme?: "light" | "dark", width?: number, height?: number, zone?: string, storage?: Record<string, string> }} Person */

/** @type {import("playwright-core").Browser | undefined} */
let browser;
/** @type {{ context: BrowserContext, faults: string[] }[]} */
let open = [];

/** launch starts the browser of this process. */
export async function launch() {
  return chromium.launch({
    executablePath: env.CHROMIUM || "/usr/bin/chromium",
    args: [
      "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync",
      // Nothing but the server exists.
      "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1 , EXCLUDE localhost",
    ],
  });
}

/** useBrowser opens a browser for the tests of a file; after each test it says what went wrong in the pages. */
export function useBrowser() {
  before(async () => {
    browser = await launch();
  });
  after(async () => {
    await browser?.close();
  });
  afterEach(async (t) => {
    const faults = open.flatMap((o) => o.faults);
    const pages = open.flatMap((o) => o.context.pages());
    if (faults.length > 0 || /** @type {{ passed?: boolean, error?: unknown }} */ (t).error) await shoot(pages, "name" in t ? String(t.name) : "test");
    await Promise.all(open.map((o) => o.context.close()));
    open = [];
    assert.deepEqual(faults, [], "nothing may go wrong in the page");
  });
}

/** A context of its own, as another person's browser. @param {Person} [who] */
export async function person(who = {}) {
  if (!browser) throw new Error("BUG: no browser");
  const context = await newContext(browser, who);
  /** @type {string[]} */
  const faults = [];
  watch(context, faults);
  open.push({ context, faults });
  return context;
}

/** @param {import("playwright-core").Browser} from @param {Person} who */
export async function newContext(from, who) {
  const context = await from.newContext({
    viewport: { width: who.width ?? 1440, height: who.height ?? 900 },
    locale: who.language === "es" ? "es-CO" : "en-US",
    timezoneId: who.zone ?? "America/Bogota",
    colorScheme: who.scheme ?? "light",
    reducedMotion: "reduce",
    acceptDownloads: true,
    permissions: ["clipboard-read", "clipboard-write"],
  });
  context.setDefaultTimeout(10_000);
  const stored = { language: who.language ?? "en", ...(who.scheme ? { scheme: who.scheme } : {}), ...who.storage };
  await context.addInitScript((kept) => {
    try {
      for (const [name, value] of Object.entries(kept)) if (localStorage.getItem(`rastro.${name}`) === null) localStorage.setItem(`rastro.${name}`, value);
    } catch {
      // A page without storage.
    }
    addEventListener("securitypolicyviolation", (e) => console.error(`CSP: ${e.violatedDirective} ${e.blockedURI}`));
  }, stored);
  return context;
}

/** A page of a new person. @param {Person} [who] */
export async function newPage(who) {
  return (await person(who)).newPage();
}

/** @param {BrowserContext} context @param {string[]} faults */
function watch(context, faults) {
  const mine = new Set([corpora, demo].filter(Boolean).map((u) => new URL(u).host));
  context.on("page", (page) => {
    page.on("console", (m) => {
      // A refused request stands in the console too; tests provoke them.
      if (m.type() === "error" && !/Failed to load resource.*status of 4\d\d/.test(m.text())) faults.push(`console: ${m.text().slice(0, 500)}`);
    });
    page.on("pageerror", (e) => faults.push(`error: ${String(e.stack ?? e).slice(0, 500)}`));
    page.on("dialog", (d) => {
      if (d.type() !== "beforeunload") faults.push(`dialog: ${d.message()}`);
      void d.accept();
    });
    page.on("request", (r) => {
      const { protocol, host } = new URL(r.url());
      if (/^(http|ws)s?:$/.test(protocol) && !mine.has(host)) faults.push(`request to another host: ${r.url().slice(0, 200)}`);
    });
    page.on("response", (r) => {
      if (r.status() >= 500) faults.push(`the server answered ${r.status()} to ${r.url().slice(0, 200)}`);
    });
    count(page);
  });
}

/** @type {WeakMap<Page, Set<import("playwright-core").Request>>} */
const inFlight = new WeakMap();

/** @param {Page} page */
export function count(page) {
  if (inFlight.has(page)) return;
  const now = new Set();
  inFlight.set(page, now);
  page.on("request", (r) => {
    // The live tail never ends.
    if (!r.url().includes("/api/tail")) now.add(r);
  });
  for (const ended of /** @type {const} */ (["requestfinished", "requestfailed"])) page.on(/** @type {any} */ (ended), (/** @type {any} */ r) => now.delete(r));
}

/** settled waits until the page has asked all it wants to know and has shown it. @param {Page} page @param {number} [limit] */
export async function settled(page, limit = 15_000) {
  const end = Date.now() + limit;
  let quiet = 0;
  while (quiet < 3) {
    if (Date.now() > end) throw new Error(`the page is still busy with ${[...(inFlight.get(page) ?? [])].map((r) => r.url()).join(" ") || "itself"}`);
    await page.waitForTimeout(40);
    quiet = (inFlight.get(page)?.size ?? 0) === 0 ? quiet + 1 : 0;
  }
  await page.evaluate(() => new Promise((shown) => requestAnimationFrame(() => requestAnimationFrame(shown))));
}

/** visit opens an address and waits until it is shown. @param {Page} page @param {string} url */
export async function visit(page, url) {
  await page.goto(url, { waitUntil: "load" });
  await page.locator("h1").first().waitFor({ state: "attached" });
  await settled(page);
}

/** The address of a screen. @param {string} base @param {string} path @param {Record<string, string | undefined>} [params] */
export function address(base, path, params = {}) {
  const url = new URL(path, base);
  for (const [name, value] of Object.entries(params)) if (value !== undefined) url.searchParams.set(name, value);
  return url.href;
}

/** eventually waits until something is true. @param {() => Promise<boolean> | boolean} ok @param {string} what @param {number} [limit] */
export async function eventually(ok, what, limit = 10_000) {
  for (const end = Date.now() + limit; !(await ok()); await new Promise((again) => setTimeout(again, 50))) {
    if (Date.now() > end) throw new Error(`waited ${limit} ms in vain: ${what}`);
  }
}

/** No part of the page may stand out to the right. @param {Page} page */
export async function fitsWidth(page) {
  const { wide, inner, who } = await page.evaluate(() => {
    const inner = document.documentElement.clientWidth;
    const wide = document.documentElement.scrollWidth;
    const who = wide <= inner ? [] : [...document.querySelectorAll("main *")].filter((e) => e.getBoundingClientRect().right > inner + 1).slice(0, 5).map((e) => `${e.tagName}.${e.className}: ${(e.textContent ?? "").slice(0, 60)}`);
    return { wide, inner, who };
  });
  assert.ok(wide <= inner, `the page is ${wide} wide in a window of ${inner}: ${who.join(" | ")}`);
}

/** The text of a downloaded file. @param {import("playwright-core").Download} download */
export async function textOf(download) {
  const chunks = [];
  for await (const chunk of await download.createReadStream()) chunks.push(chunk);
  return Buffer.concat(chunks).toString("utf8");
}

/** @param {Page[]} pages @param {string} name */
async function shoot(pages, name) {
  const folder = join(pictures, "failed");
  mkdirSync(folder, { recursive: true });
  for (const [i, page] of pages.entries()) {
    const path = join(folder, `${name.replace(/[^\w]+/g, "-").slice(0, 80)}${i > 0 ? `-${i}` : ""}.png`);
    await page.screenshot({ path }).then(
      () => console.error(`see ${path} (${page.url().slice(0, 300)})`),
      () => undefined, // the page is gone
    );
  }
}
