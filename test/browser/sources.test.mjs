// @ts-check
// Sources: why do I see no logs? The page says which file is missing, whose
// clock is wrong, which lines nobody understood, and what to do.
import assert from "node:assert/strict";
import { appendFileSync } from "node:fs";
import { env } from "node:process";
import { test } from "node:test";

import { address, corpora, demo, eventually, fitsWidth, newPage, settled, useBrowser, visit } from "./bench/browser.mjs";

useBrowser();

const live = env.RASTRO_LIVE_LOG ?? "";
const stamp = () => new Date().toISOString().replace("Z", "+00:00");
/** @param {import("playwright-core").Page} page @param {string} name the end of its name */
const source = (page, name) => page.locator(`[data-testid="source"][data-name$="${name}"]`);

test("a missing file and a pattern without a match say so, and what to do", async () => {
  for (const language of /** @type {const} */ (["en", "es"])) {
    const page = await newPage({ language });
    await visit(page, address(corpora, "/sources"));
    for (const name of ["missing.log", "nowhere/*.log"]) {
      await source(page, name).locator('[data-state="missing"]').waitFor();
      const card = page.getByTestId("problems").locator("[data-code]").filter({ hasText: name }).first();
      assert.ok(((await card.textContent()) ?? "").length > 80, "with words and a hint");
    }
  }
});

test("a clock or zone that is wrong is named", async () => {
  const page = await newPage();
  await visit(page, address(corpora, "/sources"));
  await source(page, "zone.log").locator('[data-state="clock"]').waitFor({ timeout: 20_000 });
});

test("new lines are counted by themselves, and the row opens", async () => {
  const page = await newPage();
  await visit(page, address(corpora, "/sources"));
  const row = source(page, "live.log");
  const lines = async () => Number(((await row.getByRole("cell").nth(8).textContent()) ?? "").replace(/\D/g, ""));
  const before = await lines();
  appendFileSync(live, Array.from({ length: 7 }, (_, i) => `${stamp()} live1 postfix/smtpd[${i}]: connect from b.example[192.0.2.8]\n`).join(""));
  await eventually(async () => (await lines()) === before + 7, "seven lines more", 20_000);
  await row.getByRole("button").first().click();
  assert.ok(((await page.getByTestId("source-detail").textContent()) ?? "").includes("connect from b.example"), "with the last line");
});

test("lines that nobody understood are shown and searched", async () => {
  appendFileSync(live, `${stamp()} live1 strangeprogram[1]: <img src=x onerror=alert(8)> who knows what this is\n`);
  const page = await newPage();
  await visit(page, address(corpora, "/sources"));
  const card = page.getByTestId("unparsed").locator('[data-program="strangeprogram"]');
  await card.waitFor({ timeout: 20_000 });
  assert.ok(((await card.textContent()) ?? "").includes("<img src=x onerror=alert(8)>"));
  await card.getByRole("link").first().click();
  await page.waitForURL(/\/discover\?/);
  await settled(page);
  await page.getByTestId("row").filter({ hasText: "who knows" }).first().waitFor();
});

test("a server where all is well says that, also on a phone", async () => {
  const page = await newPage({ width: 390, height: 844 });
  await visit(page, address(demo, "/sources"));
  assert.ok((await page.getByTestId("source").count()) >= 2);
  assert.equal(await page.getByTestId("source-cards").count(), 1);
  await fitsWidth(page);
  await page.setViewportSize({ width: 1440, height: 900 });
  await page.getByTestId("source-table").waitFor();
});

test("refreshing is paused", async () => {
  const page = await newPage();
  await visit(page, address(demo, "/sources"));
  let asked = 0;
  page.on("request", (r) => (asked += r.url().endsWith("/api/sources") ? 1 : 0));
  await eventually(() => asked > 0, "it asks by itself", 20_000);
  await page.locator("button[aria-pressed]").first().click();
  await settled(page);
  asked = 0;
  await page.waitForTimeout(7000);
  assert.equal(asked, 0);
});
