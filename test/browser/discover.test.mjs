// @ts-check
// Discover: writing queries, narrowing down, looking closer, keeping, sharing.
import assert from "node:assert/strict";
import { test } from "node:test";

import { address, corpora, days, demo, eventually, newPage, person, settled, textOf, useBrowser, visit } from "./bench/browser.mjs";
import { ask, brush, discover, hits } from "./bench/find.mjs";
import { plenty } from "./bench/plenty.mjs";

useBrowser();

/** @param {Record<string, string>} [params] */
const at = (params = {}) => address(corpora, "/discover", { ...days, ...params });
/** @param {import("playwright-core").Page} page */
const params = (page) => new URL(page.url()).searchParams;
/** @param {import("playwright-core").Page} page */
const pillsIn = (page) => JSON.parse(params(page).get("pills") ?? "[]");
const suggestions = ".q-suggestions li";

test("fields, values and operators are completed by keyboard", async () => {
  const page = await newPage();
  await visit(page, at());
  await discover.write(page, "stat");
  const fields = page.locator(suggestions);
  await fields.filter({ hasText: "status" }).first().waitFor();
  await page.keyboard.press("ArrowDown");
  for (let i = 0; i < 20 && !/^status(?!_)/.test((await page.locator(`${suggestions}[aria-selected]`).textContent()) ?? ""); i++) await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await eventually(async () => ((await discover.input(page).textContent()) ?? "") === "status:", "the field is completed");
  await fields.filter({ hasText: "bounced" }).first().waitFor();
  await page.keyboard.type("bou");
  await eventually(async () => (await fields.count()) >= 1 && ((await fields.first().textContent()) ?? "").includes("bounced"), "values are narrowed");
  // The editor takes no key for a moment after a list has changed, lest one meant for the text chooses.
  await page.waitForTimeout(500);
  await page.keyboard.press("Tab");
  await eventually(async () => /^status:"?bounced"?\s?$/.test((await discover.input(page).textContent()) ?? ""), "the value is completed");
  await page.keyboard.type(" A");
  await fields.filter({ hasText: "AND" }).first().waitFor();
  await page.keyboard.press("Escape");
  await page.keyboard.press("Backspace");
  await page.keyboard.press("Enter");
  await settled(page);
  await discover.counts(page, await hits(corpora, "status:bounced", days));
});

test("a mistake is marked where it is, with what was probably meant", async () => {
  const page = await newPage();
  await visit(page, at());
  await discover.write(page, "ñandú AND status:(bounced OR deferred");
  await page.keyboard.press("Escape");
  await page.getByTestId("query-mistake").waitFor();
  const marked = await page.locator(".q-mistake").first().textContent();
  assert.ok("ñandú AND status:(bounced OR deferred".includes(marked ?? "?"), `marked ${marked}`);
  const use = page.getByTestId("query-use");
  await use.click();
  await eventually(async () => (await page.getByTestId("query-mistake").count()) === 0, "the suggestion is right");
  await page.keyboard.press("Enter");
  await settled(page);
  assert.match(params(page).get("q") ?? "", /deferred\)$/);
});

test("earlier queries are offered", async () => {
  const page = await newPage();
  await visit(page, at());
  await discover.query(page, "status:deferred");
  await discover.query(page, "status:bounced");
  await page.getByTestId("query-history").click();
  await page.getByRole("menuitem", { name: "status:deferred" }).click();
  await settled(page);
  assert.equal(params(page).get("q"), "status:deferred");
});

test("brushing and clicking the histogram zooms the time; back undoes it", async () => {
  const page = await newPage();
  const hours = { since: "2026-11-23T00:00:00Z", until: "2026-11-23T03:00:00Z" };
  await visit(page, address(corpora, "/discover", hours));
  const chart = page.getByTestId("chart").and(page.locator("[data-ready]"));
  await chart.waitFor();
  await page.waitForTimeout(300); // the brush is armed after the first drawing
  const before = await discover.count(page);
  await brush(page, chart, 0.3, 0.7);
  await eventually(() => params(page).get("since") !== hours.since, "the range follows the brush");
  await settled(page);
  const [since, until] = [Date.parse(params(page).get("since") ?? ""), Date.parse(params(page).get("until") ?? "")];
  assert.ok(since > Date.parse(hours.since) && until < Date.parse(hours.until) && until > since, page.url());
  const inside = await discover.count(page);
  assert.ok(inside < before);
  assert.equal(inside, await hits(corpora, "", { since: new Date(since).toISOString(), until: new Date(until).toISOString() }));
  await page.goBack();
  await settled(page);
  await discover.counts(page, before);
});

test("the histogram is read, marked and zoomed by keys", async () => {
  const page = await newPage();
  await visit(page, at());
  const walker = page.getByTestId("chart-walker");
  await walker.focus();
  const first = await walker.getAttribute("aria-valuetext");
  await page.keyboard.press("ArrowRight");
  assert.notEqual(await walker.getAttribute("aria-valuetext"), first);
  await page.keyboard.press("Shift+ArrowRight");
  await page.keyboard.press("Enter");
  await eventually(() => params(page).get("since") !== days.since, "the range follows the keys");
});

test("the histogram is broken down by a field", async () => {
  const page = await newPage();
  await visit(page, at({ by: "status", q: "_exists_:status" }));
  const chart = page.getByTestId("histogram");
  await eventually(async () => (await chart.locator("table th").count()) > 2, "a series for each value");
  const names = await chart.locator("table th").allTextContents();
  assert.ok(names.includes("delivered") && names.includes("rejected"), names.join());
});

test("values are filtered for and out; pills are edited, negated, disabled and removed", async () => {
  const page = await newPage();
  await visit(page, at());
  await page.getByTestId("field-status").click();
  await page.getByTestId("top-values").waitFor();
  const values = page.getByTestId("top-values").getByRole("listitem");
  assert.ok(((await values.filter({ hasText: "delivered" }).textContent()) ?? "").match(/%/), "with their share");
  await values.filter({ hasText: "delivered" }).getByRole("button").first().click();
  await settled(page);
  const delivered = await hits(corpora, "status:delivered", days);
  assert.deepEqual(pillsIn(page), [{ field: "status", value: "delivered" }]);
  await discover.counts(page, delivered);

  /** @param {number} item */
  const menu = async (item) => {
    await discover.pills(page).first().getByRole("button").first().click();
    await page.getByRole("menuitem").nth(item).click();
    await settled(page);
  };
  await menu(1); // the contrary
  await discover.counts(page, await hits(corpora, "NOT status:delivered", days));
  await menu(2); // off
  await discover.counts(page, await hits(corpora, "", days));
  await menu(2); // on again
  await menu(1);
  await discover.counts(page, delivered);
  await menu(0); // another value
  await page.getByTestId("pill-value").fill("bounced");
  await page.keyboard.press("Escape");
  if (await page.getByTestId("pill-value").isHidden()) await menu(0).then(() => page.getByTestId("pill-value").fill("bounced"));
  await page.getByTestId("pill-value").press("Enter");
  await settled(page);
  assert.deepEqual(pillsIn(page), [{ field: "status", value: "bounced" }]);
  await menu(3); // away
  assert.equal(await discover.pills(page).count(), 0);
});

test("columns are added, moved and removed, rows sorted by several", async () => {
  const page = await newPage();
  await visit(page, at({ q: "status:deferred" }));
  const heads = () => page.locator(".d-head[data-field]").evaluateAll((all) => all.map((h) => h.getAttribute("data-field")));
  await discover.expand(page, 0);
  await discover.actions(page, "queue_id").nth(3).click();
  await settled(page);
  assert.ok((await heads()).includes("queue_id"), "the column is there");
  const head = page.locator('.d-head[data-field="queue_id"]');
  await head.getByRole("button").last().click();
  await page.getByRole("menuitem").nth(3).click(); // to the left
  await settled(page);
  const moved = await heads();
  assert.ok(moved.indexOf("queue_id") < moved.length - 1, moved.join());
  await head.getByRole("button").first().click();
  await page.locator('.d-head[data-field="host"]').getByRole("button").first().click({ modifiers: ["Shift"] });
  await settled(page);
  assert.equal(params(page).get("sort"), "queue_id,host");
  const texts = await discover.rows(page).evaluateAll((rows) => rows.map((r) => r.textContent ?? ""));
  assert.ok(texts.length > 3);
  // The width by keys.
  const before = (await head.boundingBox())?.width ?? 0;
  await head.getByRole("separator").focus();
  await page.keyboard.press("ArrowRight");
  await eventually(async () => Math.abs(((await head.boundingBox())?.width ?? 0) - before) > 5, "the column is wider");
});

test("an event shows all fields, its line, JSON and the lines around it, and leads to its message", async () => {
  const page = await newPage();
  await visit(page, at({ q: "status:bounced AND program:postfix*" }));
  const { hits: [event] } = await ask(corpora, "/api/search", { query: "status:bounced AND program:postfix*", ...days, size: 1 });
  await discover.expand(page, 0);
  const fields = await page.getByTestId("event-fields").locator("tr[data-field]").evaluateAll((all) => all.map((r) => r.getAttribute("data-field")));
  assert.deepEqual(fields.sort(), Object.keys(event).sort());
  const tabs = page.getByTestId("event-details").getByRole("tab");
  await tabs.nth(1).click();
  assert.ok(((await page.getByRole("tabpanel").textContent()) ?? "").includes(event.message));
  await tabs.nth(2).click();
  assert.deepEqual(JSON.parse((await page.getByRole("tabpanel").locator("pre").textContent()) ?? ""), event);
  await tabs.nth(3).click();
  const around = page.getByTestId("around").getByRole("listitem");
  await around.first().waitFor();
  const first = await around.count();
  assert.ok(first > 5, `${first} lines`);
  await page.getByTestId("around-before").click();
  await eventually(async () => (await around.count()) > first, "more lines before");
  await page.getByTestId("trace-message").click();
  await page.waitForURL(/\/\?q=/);
  await settled(page);
  assert.equal(params(page).get("q"), event.queue_id);
  assert.ok((await page.getByTestId("row").count()) > 0);
});

test("a single event has an address of its own", async () => {
  const { hits: [event] } = await ask(corpora, "/api/search", { query: "status:bounced", ...days, size: 1 });
  const page = await newPage();
  await visit(page, address(corpora, "/discover", { event: event.event_id }));
  const drawer = page.getByRole("dialog");
  await drawer.getByTestId("event-fields").waitFor();
  assert.ok(((await drawer.textContent()) ?? "").includes(event.event_id));
});

test("searches are saved, opened, changed and deleted; nobody's change is lost", async () => {
  const page = await newPage();
  await visit(page, at({ q: "status:bounced", columns: "@timestamp,recipient,reply" }));
  const title = `bounced ${Date.now()}`;
  await page.getByTestId("saved-menu").click();
  await page.getByTestId("saved-save-as").click();
  await page.getByTestId("saved-title").fill(title);
  await page.getByTestId("saved-submit").click();
  await eventually(() => params(page).get("saved") !== null, "the search is open under its name");
  const saved = page.url();

  const context = await person();
  const [one, two] = [await context.newPage(), await context.newPage()];
  for (const other of [one, two]) {
    await other.bringToFront(); // a page in the background draws nothing
    await visit(other, at());
    await other.getByTestId("saved-menu").click();
    await other.getByTestId("saved-item").filter({ hasText: title }).click();
    await settled(other);
    assert.equal(params(other).get("q"), "status:bounced");
    assert.equal(params(other).get("columns"), "@timestamp,recipient,reply");
  }
  for (const [other, query] of /** @type {const} */ ([[one, "status:deferred"], [two, "status:rejected"]])) {
    await other.bringToFront();
    await discover.query(other, query);
    await other.getByTestId("saved-menu").click();
    await other.getByTestId("saved-save").click();
    await settled(other);
  }
  await two.getByTestId("saved-conflict").waitFor();
  await two.getByTestId("saved-conflict").getByRole("button").first().click(); // theirs
  await settled(two);
  assert.equal(params(two).get("q"), "status:deferred");

  await page.bringToFront();
  await visit(page, saved);
  await page.getByTestId("saved-menu").click();
  await page.getByTestId("saved-delete").click();
  await page.getByTestId("saved-dialog").getByRole("button").last().click();
  await eventually(() => params(page).get("saved") === null, "it is gone");
});

test("the address holds everything: somebody else sees the same", async () => {
  const page = await newPage();
  await visit(page, at({ q: "status:(bounced OR deferred)", pills: JSON.stringify([{ field: "host", value: "mx1" }, { field: "level", value: "INFO", not: true, off: true }]), columns: "@timestamp,queue_id,recipient", sort: "recipient,-@timestamp", by: "status", density: "compact" }));
  await page.getByTestId("share-menu").click();
  await page.getByTestId("share-absolute").click();
  await eventually(async () => (await page.evaluate(() => navigator.clipboard.readText())).includes("/discover?"), "the link is copied");
  const link = await page.evaluate(() => navigator.clipboard.readText());
  const other = await newPage({ zone: "Asia/Tokyo" });
  await visit(other, link);
  const seen = (/** @type {import("playwright-core").Page} */ p) => discover.rows(p).evaluateAll((rows) => rows.slice(0, 8).map((r) => r.textContent));
  assert.deepEqual(await seen(other), await seen(page));
  assert.equal(await discover.count(other), await discover.count(page));
  assert.equal(await discover.pills(other).count(), 2);
  assert.equal(await other.getByTestId("results").getAttribute("data-density"), "compact");
});

test("CSV and NDJSON hold exactly what matches, with guarded cells", async () => {
  const page = await newPage();
  const range = { since: "2026-11-20T00:00:00Z", until: "2026-11-25T00:00:00Z" };
  await visit(page, address(corpora, "/discover", { ...range, q: "subject:* OR status:bounced", columns: "@timestamp,subject,recipient" }));
  const want = await hits(corpora, "subject:* OR status:bounced", range);
  const get = async (/** @type {string} */ id) => {
    await page.getByTestId("export-menu").click();
    const [download] = await Promise.all([page.waitForEvent("download"), page.getByTestId(id).click()]);
    return textOf(download);
  };
  const csv = await get("export-csv");
  assert.ok(csv.startsWith("\ufeff@timestamp,subject,recipient\r\n"), csv.slice(0, 80));
  const cells = csv.trimEnd().split("\r\n").slice(1);
  assert.equal(cells.length, want);
  assert.ok(!/(^|,)"?[=+@]/m.test(csv.replace(/^\ufeff@timestamp/, "")), "no cell is a formula");
  assert.ok(csv.includes("'=cmd|"), "the formula is text");
  const lines = (await get("export-ndjson")).trimEnd().split("\n").map((l) => JSON.parse(l));
  assert.equal(lines.length, want);
  assert.equal(new Set(lines.map((l) => l.event_id)).size, want, "each once");
});

test("more than 10,000 hits are scrolled through to the last", async () => {
  const page = await newPage();
  await visit(page, address(corpora, "/discover", { q: plenty.query, since: plenty.since, until: plenty.until, sort: "@timestamp", density: "compact", chart: "off" }));
  await discover.counts(page, plenty.count);
  const table = page.getByTestId("results");
  const last = `client${plenty.count - 1}.bulk`;
  await eventually(
    async () => {
      await table.evaluate((t) => t.scrollTo({ top: t.scrollHeight }));
      return (await table.getByText(last).count()) > 0;
    },
    "the last of all hits is reached",
    60_000,
  );
  // Only what is seen exists.
  assert.ok((await discover.rows(page).count()) < 200);
});

test("the live tail follows the same query, and pauses", async () => {
  const page = await newPage();
  await visit(page, address(demo, "/discover", { q: "event_type:*", live: "on" }));
  const bar = page.getByTestId("live-bar");
  await eventually(async () => (await bar.getAttribute("data-state")) === "open", "the tail is open");
  await eventually(async () => (await discover.rows(page).count()) > 2, "lines come in", 30_000);
  await page.getByTestId("live-pause").click();
  const held = await discover.rows(page).first().textContent();
  const waiting = async () => Number(((await page.getByTestId("live-count").textContent()) ?? "").replace(/\D/g, ""));
  await eventually(async () => (await waiting()) > 0, "others wait", 30_000);
  assert.equal(await discover.rows(page).first().textContent(), held, "nothing moves");
  await page.getByTestId("live-pause").click();
  await eventually(async () => (await discover.rows(page).first().textContent()) !== held, "it goes on", 30_000);
  await page.getByTestId("live-stop").click();
  await settled(page);
  assert.equal(params(page).get("live"), null);
});

test("refreshing shows what is new", async () => {
  const page = await newPage();
  await visit(page, address(demo, "/discover", { since: "now-15m", refresh: "5" }));
  const first = await discover.count(page);
  await eventually(async () => (await discover.count(page)) !== first, "the count moves by itself", 40_000);
});
