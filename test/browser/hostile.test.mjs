// @ts-check
// Lines of attackers are shown as text, on every screen: nothing runs, nothing
// is fetched, nothing breaks. What runs or fetches is caught after each test by
// the watch of bench/browser.mjs.
import assert from "node:assert/strict";
import { test } from "node:test";

import { noBarriers } from "./bench/axe.mjs";
import { address, corpora, fitsWidth, newPage, settled, useBrowser, visit } from "./bench/browser.mjs";
import { discover, journeys, openJourney, trace } from "./bench/find.mjs";
import { hostile, subjects } from "./bench/hostile.mjs";

useBrowser();

const range = { since: hostile.since, until: hostile.until };

/** Nothing of a line became an element. @param {import("playwright-core").Page} page */
async function nothingGrew(page) {
  const grown = await page.evaluate(() => document.querySelectorAll('main img[src="x"], main script, main svg[onload], main b > svg, main a[href^="javascript:"], main [onerror]').length);
  assert.equal(grown, 0, "a line became part of the page");
  const turned = await page.evaluate(() => (document.querySelector("main")?.textContent ?? "").includes("\u202e"));
  assert.equal(turned, false, "a line turns the direction of text");
}

/** @param {import("playwright-core").Page} page */
async function holds(page) {
  await nothingGrew(page);
  await page.setViewportSize({ width: 390, height: 844 });
  await settled(page);
  await fitsWidth(page);
  await page.setViewportSize({ width: 1440, height: 900 });
  await settled(page);
}

test("Trace shows them in its list", async () => {
  const page = await newPage();
  await visit(page, address(corpora, "/", { q: hostile.domain, ...range }));
  const shown = await trace.shown(page);
  assert.ok(shown.length >= subjects.length, `${shown.length} rows`);
  const text = shown.map((s) => s.text).join("\n");
  assert.ok(text.includes(hostile.img), "the tag is text");
  assert.ok(text.includes("[U+202E]"), "the override is visible");
  assert.ok(text.length < 100_000, `a subject of 1 MB is cut: ${text.length}`);
  await noBarriers(page, "hostile rows");
  await holds(page);
});

test("journeys of them stand", async () => {
  const page = await newPage();
  const found = await journeys(corpora, hostile.domain, range);
  assert.ok(found.length >= subjects.length);
  for (const journey of found) {
    await visit(page, openJourney(corpora, journey, range));
    await page.getByTestId("verdict").waitFor();
    await page.getByTestId("all-lines").click();
    await settled(page);
    await nothingGrew(page);
  }
  await page.getByTestId("customer-answer").click();
  await page.getByTestId("answer-text").waitFor();
  await page.keyboard.press("Escape");
  await holds(page);
});

test("Discover shows them in its table, opened, as JSON and around", async () => {
  const page = await newPage();
  await visit(page, address(corpora, "/discover", { ...range, q: "host:evil1 OR program:*prog* OR subject:*", columns: "@timestamp,host,program,sender,recipient,subject,reply,message", sort: "-@timestamp" }));
  await nothingGrew(page);
  for (const row of [0, 0, 0]) {
    await discover.expand(page, row);
    for (const tab of await page.getByTestId("event-details").first().getByRole("tab").all()) {
      await tab.click();
      await settled(page);
      await nothingGrew(page);
    }
    await page.locator(`[data-expander="${row}"]`).click();
  }
  await holds(page);
});

test("Discover opens the line with a subject of 1 MB", async () => {
  const page = await newPage();
  await visit(page, address(corpora, "/discover", { ...range, q: `sender:"n5@${hostile.domain}" AND tags:_cut`, columns: "@timestamp,message" }));
  await discover.expand(page, 0);
  const length = await page.evaluate(() => (document.querySelector("main")?.textContent ?? "").length);
  assert.ok(length < 300_000, `${length} characters stand in the page`);
  await holds(page);
});

test("values of them are counted, filtered and broken down", async () => {
  const page = await newPage();
  await visit(page, address(corpora, "/discover", { ...range, by: "subject", q: "subject:*" }));
  await nothingGrew(page);
  await visit(page, address(corpora, "/discover", { ...range, pills: JSON.stringify([{ field: "subject", value: hostile.script }, { field: "__proto__", value: hostile.img, not: true }]) }));
  assert.equal(await discover.pills(page).count(), 2);
  await nothingGrew(page);
  await holds(page);
});

test("queries of attackers in a link run nothing", async () => {
  const page = await newPage();
  for (const path of ["/", "/discover", "/dashboards/overview", `/journey/${encodeURIComponent(hostile.img)}`, `/dashboards/${encodeURIComponent(hostile.script)}`]) {
    await visit(page, address(corpora, path, { q: hostile.script, since: hostile.img, until: "javascript:alert(9)", zone: hostile.img, pills: hostile.img, columns: hostile.img, sort: hostile.img, event: hostile.script, saved: hostile.script, by: hostile.img }));
    await nothingGrew(page);
  }
});

test("dashboards and sources show them", async () => {
  const page = await newPage();
  for (const id of ["overview", "smtp", "reception", "delivery", "rejection", "tempfail", "bounces"]) {
    await visit(page, address(corpora, `/dashboards/${id}`, range));
    await nothingGrew(page);
  }
  await holds(page);
  await visit(page, address(corpora, "/sources"));
  await holds(page);
});
