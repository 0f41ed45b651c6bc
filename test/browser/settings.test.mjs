// @ts-check
// Language, appearance and zone change what is shown, at once and for the next visit.
import assert from "node:assert/strict";
import { test } from "node:test";

import { address, corpora, days, eventually, newPage, settled, useBrowser, visit } from "./bench/browser.mjs";

useBrowser();

/** @param {import("playwright-core").Page} page */
async function openSettings(page) {
  await page.getByTestId("settings").click();
  await page.getByRole("dialog").waitFor();
}

test("the language of the page is the viewer's, and can be changed", async () => {
  const page = await newPage();
  await visit(page, corpora);
  assert.equal(await page.locator("html").getAttribute("lang"), "en");
  await page.getByRole("link", { name: "Sources" }).first().waitFor();
  await openSettings(page);
  await page.getByText("Español").click();
  await eventually(async () => (await page.locator("html").getAttribute("lang")) === "es", "the page becomes Spanish");
  await page.keyboard.press("Escape");
  await page.getByRole("link", { name: "Orígenes" }).first().waitFor();
  await page.reload();
  await page.getByRole("link", { name: "Orígenes" }).first().waitFor();
});

test("a Spanish browser gets Spanish without asking", async () => {
  const page = await newPage({ language: "es", storage: { language: "" } });
  await visit(page, corpora);
  assert.equal(await page.locator("html").getAttribute("lang"), "es");
});

test("the appearance is the system's, and can be changed", async () => {
  const page = await newPage({ scheme: undefined });
  await page.emulateMedia({ colorScheme: "dark" });
  await visit(page, corpora);
  const ground = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor.match(/\d+/g)?.slice(0, 3).reduce((a, n) => a + Number(n), 0) ?? 0);
  assert.ok((await ground()) < 200, "dark like the system");
  await openSettings(page);
  await page.locator("label", { has: page.locator("xpath=preceding-sibling::input[@value='light']") }).click();
  await eventually(async () => (await ground()) > 600, "the page becomes light");
  await page.reload();
  await eventually(async () => (await ground()) > 600, "the page stays light");
});

test("the zone changes the times that are shown", async () => {
  const page = await newPage({ zone: "America/Bogota" });
  await visit(page, address(corpora, "/", { q: "E5AD715A3E0", ...days }));
  const clock = async () => (await page.locator("main time").first().textContent()) ?? "";
  const bogota = await clock();
  assert.match(bogota, /20:17/);
  await openSettings(page);
  const zone = page.getByRole("dialog").getByRole("combobox").or(page.getByRole("dialog").locator("input[aria-haspopup=listbox]")).first();
  await zone.fill("Asia/Tokyo");
  await page.getByRole("option", { name: /Asia\/Tokyo/ }).click();
  await page.keyboard.press("Escape");
  await settled(page);
  assert.match(await clock(), /10:17/);
});
