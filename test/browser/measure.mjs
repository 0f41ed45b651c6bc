// @ts-check
// Measures what a person waits for, against a server that runs already:
//   node measure.mjs http://127.0.0.1:5601 [RUNS]
// Prints a table in Markdown. "Answer shown" is the moment after which nothing
// was asked any more and the browser had painted: from the start of the
// navigation, or from the key or click.
import { argv } from "node:process";

import { address, count, launch, newContext, settled } from "./bench/browser.mjs";

const base = argv[2] ?? "http://127.0.0.1:5601";
const runs = Number(argv[3] ?? 5);

/** @typedef {import("playwright-core").Page} Page */

// Runs in the page: when was the last answer there and painted?
const stopwatch = () => {
  const w = /** @type {any} */ (window);
  w.watch = { open: 0, shown: 0, asked: 0 };
  const painted = () => requestAnimationFrame(() => setTimeout(() => w.watch.open === 0 && (w.watch.shown = performance.now()), 0));
  const plain = window.fetch;
  window.fetch = async (...args) => {
    w.watch.open++;
    w.watch.asked++;
    try {
      const response = await plain(...args);
      const read = response.json.bind(response);
      response.json = () => read().finally(() => setTimeout(painted, 0));
      return response;
    } finally {
      w.watch.open--;
    }
  };
  addEventListener("load", painted);
  new MutationObserver(painted).observe(document, { childList: true, subtree: true });
};

/** @param {number[]} all */
const median = (all) => [...all].sort((a, b) => a - b)[Math.floor(all.length / 2)] ?? NaN;
/** @param {number[]} all */
const cell = (all) => `${Math.round(median(all))} ms | ${Math.round(Math.max(...all))} ms`;

/** @param {Page} page */
const opened = (page) =>
  page.evaluate(() => ({
    paint: performance.getEntriesByName("first-contentful-paint")[0]?.startTime ?? NaN,
    shown: /** @type {any} */ (window).watch.shown,
    // Long tasks end when the page takes input.
    loaded: /** @type {PerformanceNavigationTiming | undefined} */ (performance.getEntriesByType("navigation")[0])?.domContentLoadedEventEnd ?? NaN,
  }));

/** Time from an action to its answer. @param {Page} page @param {() => Promise<unknown>} act */
async function timed(page, act) {
  const start = await page.evaluate(() => ((/** @type {any} */ (window).watch.shown = 0), performance.now()));
  await act();
  await settled(page, 60_000);
  await page.waitForTimeout(150);
  return (await page.evaluate(() => /** @type {any} */ (window).watch.shown)) - start;
}

const browser = await launch();
/** @param {(page: Page) => Promise<void>} visit */
async function fresh(visit) {
  const context = await newContext(browser, {});
  await context.addInitScript(stopwatch);
  const page = await context.newPage();
  count(page);
  await visit(page);
  await context.close();
}

/** @type {Record<string, { paint: number[], shown: number[] }>} */
const pages = {};
const screens = {
  "Trace (start page), all time": "/?since=*",
  "Discover, last 24 hours": "/discover?since=now-24h",
  "Discover, all time": "/discover?since=*",
  "Dashboard Overview, all time": "/dashboards/overview?since=*",
  Sources: "/sources",
};
for (const [name, path] of Object.entries(screens)) {
  const { paint, shown } = (pages[name] = { paint: [], shown: [] });
  for (let i = 0; i < runs; i++) {
    await fresh(async (page) => {
      await page.goto(base + path, { waitUntil: "load" });
      // The page may be loaded before its program has asked anything.
      await page.waitForFunction(() => /** @type {any} */ (window).watch.asked > 0);
      await settled(page, 60_000);
      await page.waitForTimeout(200);
      const at = await opened(page);
      paint.push(at.paint);
      shown.push(at.shown);
    });
  }
}

/** @type {Record<string, number[]>} */
const actions = {};
/** @param {string} name @param {number} ms */
const note = (name, ms) => (actions[name] ??= []).push(ms);
const newest = await (await fetch(`${base}/api/trace`, { method: "POST", body: JSON.stringify({ query: "", limit: 20, no_steps: true }) })).json();
const journey = (newest.journeys ?? []).find((/** @type {any} */ j) => j.recipient && j.queue_ids?.length);
for (let i = 0; i < runs; i++) {
  await fresh(async (page) => {
    await page.goto(address(base, "/", { since: "*" }), { waitUntil: "load" });
    await settled(page, 60_000);
    for (const [name, text] of Object.entries({ "trace an address": journey?.recipient, "trace a queue id": journey?.queue_ids?.[0] })) {
      const box = page.getByTestId("trace-box");
      await box.fill(text ?? "nobody@nowhere.example");
      note(name, await timed(page, () => box.press("Enter")));
    }
    const row = page.getByTestId("row").first();
    if ((await row.count()) > 0) note("open a journey", await timed(page, () => row.click()));
  });
  await fresh(async (page) => {
    await page.goto(address(base, "/discover", { since: "*" }), { waitUntil: "load" });
    await settled(page, 60_000);
    const write = async (/** @type {string} */ text) => {
      const bar = page.locator(".q-text[data-ready]").getByTestId("query-input");
      await bar.click();
      await page.keyboard.press("Control+a");
      await page.keyboard.type(text);
      await page.keyboard.press("Escape");
    };
    await write("status:bounced");
    note("Discover: a field's value", await timed(page, () => page.keyboard.press("Enter")));
    await write("program:postfix* AND NOT status:delivered");
    note("Discover: a prefix and a negation", await timed(page, () => page.keyboard.press("Enter")));
    const chart = await page.getByTestId("chart").first().boundingBox();
    if (chart) {
      const at = (/** @type {number} */ share) => [chart.x + chart.width * share, chart.y + chart.height / 2];
      await page.mouse.move(.../** @type {[number, number]} */ (at(0.4)));
      await page.mouse.down();
      await page.mouse.move(.../** @type {[number, number]} */ (at(0.6)), { steps: 4 });
      note("Discover: brush the histogram", await timed(page, () => page.mouse.up()));
    }
    await write("timeout");
    note("Discover: a word, in a fifth of the time", await timed(page, () => page.keyboard.press("Enter")));
  });
  await fresh(async (page) => {
    await page.goto(`${base}/dashboards`, { waitUntil: "load" });
    await settled(page, 60_000);
    note("open a dashboard from the list", await timed(page, () => page.locator('a[href^="/dashboards/overview"]').first().click()));
  });
}
await browser.close();

const info = await (await fetch(`${base}/api/info`)).json();
console.log(`Measured in Chromium on ${Number(info.events).toLocaleString("en")} events, ${runs} runs, cold cache.\n`);
console.log("| Screen | first contentful paint, median | worst | answer shown, median | worst |\n|---|---|---|---|---|");
for (const [name, { paint, shown }] of Object.entries(pages)) console.log(`| ${name} | ${cell(paint)} | ${cell(shown)} |`);
console.log("\n| Interaction | median | worst |\n|---|---|---|");
for (const [name, all] of Object.entries(actions)) console.log(`| ${name} | ${cell(all)} |`);
