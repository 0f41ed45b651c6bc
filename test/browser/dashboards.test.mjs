// @ts-check
// Dashboards: those that come with Rastro show data, and people make their own.
import assert from "node:assert/strict";
import { test } from "node:test";

import { address, corpora, days, demo, eventually, newPage, settled, textOf, useBrowser, visit } from "./bench/browser.mjs";
import { boards, brush } from "./bench/find.mjs";

useBrowser();

const builtin = ["overview", "smtp", "reception", "delivery", "rejection", "tempfail", "bounces"];
/** @param {import("playwright-core").Page} page */
const params = (page) => new URL(page.url()).searchParams;
/** @param {import("playwright-core").Page} page */
const boardId = (page) => decodeURIComponent(new URL(page.url()).pathname.split("/")[2] ?? "");

/** A board of one's own with what it needs, made by the API. @param {string} title @returns {Promise<string>} its id */
async function make(title) {
  const response = await fetch(`${corpora}/api/dashboards`, {
    method: "POST",
    body: JSON.stringify({
      title: { en: title }, since: days.since, until: days.until, refresh: 0,
      panels: [
        { id: "count", kind: "number", title: { en: "All" }, x: 0, y: 0, w: 4, h: 4, series: [{ title: { en: "All" }, query: "*" }] },
        { id: "hosts", kind: "bar", title: { en: "Hosts" }, x: 4, y: 0, w: 4, h: 6, field: "host", size: 10 },
        { id: "time", kind: "timeline", title: { en: "Over time" }, x: 0, y: 6, w: 12, h: 6, field: "status" },
      ],
    }),
  });
  const made = await response.json();
  assert.ok(response.ok, JSON.stringify(made));
  return made.id;
}

test("every dashboard that comes with Rastro opens with every panel filled or with its hint", async () => {
  const page = await newPage();
  await visit(page, address(demo, "/dashboards"));
  const empty = [];
  for (const id of builtin) {
    await page.locator(`a[href="/dashboards/${id}"]`).first().click();
    await page.getByTestId("board").waitFor();
    const panels = await boards.all(page);
    assert.ok((await panels.count()) >= 3, id);
    for (const panel of await panels.all()) {
      const name = `${id}: ${await panel.getAttribute("data-testid")}`;
      assert.equal(await panel.getByTestId("error").count(), 0, `${name} failed: ${await panel.textContent()}`);
      const filled = await panel.locator('[data-testid="chart"], [data-testid="figure"], [data-testid="bar"], [data-testid="term"], [data-testid="map-hint"], tbody tr, svg, .board-markdown, p').count();
      if (filled === 0 || (await panel.getByTestId("panel-empty").count()) > 0) empty.push(`${name} ${await panel.textContent()}`);
    }
    await page.goBack();
    await page.locator(`a[href="/dashboards/${id}"]`).first().waitFor();
  }
  assert.deepEqual(empty, [], "no panel is empty");
});

test("a click on a value filters every panel, and a second person sees it by the link", async () => {
  const id = await make("Filter");
  const page = await newPage();
  await visit(page, address(corpora, `/dashboards/${id}`));
  await boards.all(page);
  const figure = boards.panel(page, "count").getByTestId("figure");
  const before = await figure.textContent();
  await boards.panel(page, "hosts").getByTestId("bar").filter({ hasText: /^mx1(?!\.)/ }).click();
  await settled(page);
  assert.deepEqual(JSON.parse(params(page).get("pills") ?? "[]"), [{ field: "host", value: "mx1" }]);
  assert.notEqual(await figure.textContent(), before);
  const other = await newPage();
  await visit(other, page.url());
  assert.equal(await boards.panel(other, "count").getByTestId("figure").textContent(), await figure.textContent());
  await page.getByTestId("pill").getByRole("button").last().click();
  await settled(page);
  await eventually(async () => (await figure.textContent()) === before, "without the filter it is as before");
});

test("brushing a timeline sets the time of all", async () => {
  const id = await make("Brush");
  const page = await newPage();
  await visit(page, address(corpora, `/dashboards/${id}`, { since: "2026-11-23T00:00:00Z", until: "2026-11-23T03:00:00Z" }));
  await boards.all(page);
  const chart = boards.panel(page, "time").getByTestId("chart").and(page.locator("[data-ready]"));
  await chart.scrollIntoViewIfNeeded();
  await page.waitForTimeout(400);
  const figure = boards.panel(page, "count").getByTestId("figure");
  const before = await figure.textContent();
  await brush(page, chart, 0.4, 0.7);
  await eventually(() => params(page).get("since") !== "2026-11-23T00:00:00Z", "the range follows the brush");
  await settled(page);
  await eventually(async () => (await figure.textContent()) !== before, "the figure is that of the range");
});

test("a panel opens in Discover with its query, range and filters", async () => {
  const page = await newPage();
  await visit(page, address(corpora, "/dashboards/bounces", { ...days, q: "host:mx1", pills: JSON.stringify([{ field: "level", value: "INFO", off: true }]) }));
  const panels = await boards.all(page);
  await panels.filter({ has: page.getByTestId("panel-menu") }).first().getByTestId("panel-menu").click();
  await page.getByRole("menuitem").first().click();
  await page.waitForURL(/\/discover\?/);
  await settled(page);
  const got = params(page);
  assert.match(got.get("q") ?? "", /\+\(host:mx1\)/);
  assert.equal(got.get("since"), days.since);
  assert.equal(got.get("until"), days.until);
  assert.equal(JSON.parse(got.get("pills") ?? "[]").length, 1);
  assert.equal(await page.getByTestId("query-mistake").count(), 0);
});

test("a panel is shown as a table and exported", async () => {
  const id = await make("Table");
  const page = await newPage();
  await visit(page, address(corpora, `/dashboards/${id}`));
  await boards.all(page);
  const panel = boards.panel(page, "hosts");
  await boards.menu(page, panel, 1);
  await panel.locator("tbody tr").first().waitFor();
  assert.ok(((await panel.locator("tbody").textContent()) ?? "").includes("mx1"));
  await panel.getByTestId("panel-menu").click();
  const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("menuitem").nth(2).click()]);
  assert.match(await textOf(download), /mx1,\d+/);
});

test("a dashboard is duplicated, and panels are added, edited, moved, resized, removed and saved", async () => {
  const page = await newPage();
  await visit(page, address(corpora, "/dashboards/delivery", days));
  await page.getByTestId("board-duplicate").click();
  await page.getByTestId("edit-bar").waitFor();
  const id = boardId(page);
  assert.notEqual(id, "delivery");
  const before = await boards.saved(corpora, id);

  // Add a bar panel by its form.
  await page.getByTestId("add-panel").click();
  await page.getByTestId("add-bar").click();
  const drawer = page.getByTestId("panel-drawer");
  await page.getByTestId("panel-title").fill("Hosts of mine");
  const field = page.getByTestId("field-select").first();
  await field.click();
  await field.fill("host");
  await page.getByRole("option", { name: "host", exact: true }).click();
  await page.getByTestId("panel-apply").click();
  await drawer.waitFor({ state: "detached" });
  const mine = page.locator(".board-panel").filter({ hasText: "Hosts of mine" });
  await mine.scrollIntoViewIfNeeded();
  await mine.getByTestId("bar").filter({ hasText: /^mx1(?!\.)/ }).waitFor();

  // Move and resize another by its menu, as without a mouse, then one with the mouse.
  const first = page.locator(".board-panel").first();
  const firstId = ((await first.getAttribute("data-testid")) ?? "").replace("panel-", "");
  const place = (/** @type {any} */ board, /** @type {string} */ panel) => board.panels.find((/** @type {any} */ p) => p.id === panel);
  await first.scrollIntoViewIfNeeded();
  await first.getByTestId("panel-menu").click();
  for (const item of await page.getByRole("menuitem").all()) void item;
  const taller = page.getByRole("menuitem").nth(-2);
  await taller.click();
  await page.keyboard.press("Escape");
  const handle = mine.locator("xpath=ancestor::*[contains(@class,'react-grid-item')]").locator(".react-resizable-handle-se");
  await mine.scrollIntoViewIfNeeded();
  const grip = await handle.boundingBox();
  assert.ok(grip, "panels have a corner to pull at");
  await page.mouse.move(grip.x + grip.width / 2, grip.y + grip.height / 2);
  await page.mouse.down();
  await page.mouse.move(grip.x + 30, grip.y + 120, { steps: 5 });
  await page.mouse.up();

  // Remove one, bring it back, remove it again.
  const last = page.locator(".board-panel").nth(1);
  const gone = ((await last.getAttribute("data-testid")) ?? "").replace("panel-", "");
  await last.scrollIntoViewIfNeeded();
  await last.getByTestId("panel-menu").click();
  const remove = page.getByRole("menuitem").filter({ hasText: /Remove/ });
  await remove.click();
  await eventually(async () => (await boards.panel(page, gone).count()) === 0, "the panel is gone");
  await page.getByTestId("toast").getByRole("button").first().click();
  await boards.panel(page, gone).waitFor();
  await boards.panel(page, gone).getByTestId("panel-menu").click();
  await remove.click();

  await page.getByTestId("edit-save").click();
  await settled(page);
  await eventually(async () => (await boards.saved(corpora, id)).version > before.version, "a new version is saved");
  const after = await boards.saved(corpora, id);
  assert.equal(after.panels.length, before.panels.length, "one came, one went");
  assert.ok(!place(after, gone));
  assert.ok(place(after, firstId).h > place(before, firstId).h, "the first is taller");
  const added = after.panels.find((/** @type {any} */ p) => Object.values(p.title).includes("Hosts of mine"));
  assert.equal(added.field, "host");

  // It is there after loading again.
  await visit(page, address(corpora, `/dashboards/${id}`));
  assert.equal(await page.locator(".board-panel").count(), after.panels.length);
  await page.locator(".board-panel").filter({ hasText: "Hosts of mine" }).waitFor();
});

test("leaving with unsaved changes asks first", async () => {
  const id = await make("Leave");
  const page = await newPage();
  await visit(page, address(corpora, `/dashboards/${id}`, { edit: "1" }));
  await boards.panel(page, "hosts").getByTestId("panel-menu").click();
  await page.getByRole("menuitem").filter({ hasText: /Remove/ }).click();
  await page.getByRole("link", { name: "Sources" }).first().click();
  await page.getByRole("dialog").waitFor();
  assert.match(page.url(), new RegExp(id));
});

test("two people who save at once lose nothing", async () => {
  const id = await make("Conflict");
  const [one, two] = [await newPage(), await newPage()];
  for (const [page, title] of /** @type {const} */ ([[one, "First"], [two, "Second"]])) {
    await visit(page, address(corpora, `/dashboards/${id}`, { edit: "1" }));
    await page.getByTestId("board-settings").click();
    await page.getByTestId("settings-title").fill(title);
    await page.getByTestId("settings-title").press("Enter");
    await page.getByTestId("settings-title").waitFor({ state: "detached" });
  }
  await one.getByTestId("edit-save").click();
  await eventually(async () => (await boards.saved(corpora, id)).title.en === "First", "the first one is saved");
  await two.getByTestId("edit-save").click();
  const conflict = two.getByTestId("conflict").getByRole("dialog").or(two.getByRole("dialog"));
  await conflict.first().waitFor();
  assert.equal((await boards.saved(corpora, id)).title.en, "First", "nothing is overwritten unseen");
  // As a copy: both are there.
  await conflict.first().locator("[data-autofocus]").click();
  await eventually(() => boardId(two) !== id, "the copy is open");
  assert.equal((await boards.saved(corpora, boardId(two))).title.en.includes("Second"), true);
  assert.equal((await boards.saved(corpora, id)).title.en, "First");
});

test("dashboards are exported and imported as NDJSON; a bad file is refused with its line", async () => {
  const id = await make("Wander");
  const page = await newPage();
  await visit(page, address(corpora, "/dashboards"));
  await page.getByTestId(`board-${id}`).getByRole("checkbox").check();
  const [download] = await Promise.all([page.waitForEvent("download"), page.getByTestId("export").click()]);
  const text = await textOf(download);
  const [line, ...more] = text.trimEnd().split("\n");
  assert.equal(more.length, 0);
  const renamed = JSON.parse(line ?? "");
  delete renamed.id;
  renamed.dashboard.title = { en: "Wandered" };
  await page.getByTestId("import-file").setInputFiles({ name: "boards.ndjson", mimeType: "application/x-ndjson", buffer: Buffer.from(`${JSON.stringify(renamed)}\n`) });
  await page.getByRole("link", { name: "Wandered" }).first().waitFor();
  await page.getByTestId("import-file").setInputFiles({ name: "bad.ndjson", mimeType: "application/x-ndjson", buffer: Buffer.from(`${JSON.stringify({ ...renamed, dashboard: { ...renamed.dashboard, title: { en: "Half" } } })}\n{"title": 3}\n`) });
  await page.getByTestId("error").waitFor();
  assert.match((await page.getByTestId("error").textContent()) ?? "", /2/);
  assert.equal(await page.getByRole("link", { name: "Half" }).count(), 0, "all or nothing");
});

test("a dashboard fills the screen and comes back", async () => {
  const page = await newPage();
  await visit(page, address(corpora, "/dashboards/overview", days));
  await page.getByTestId("board-full").click();
  await eventually(() => params(page).get("full") === "1", "the address says so");
  await eventually(async () => !(await page.locator("header").first().isVisible()), "without navigation");
  await page.getByTestId("board-full").click();
  await eventually(async () => page.locator("header").first().isVisible(), "the navigation is back");
});

test("a dashboard refreshes by itself", async () => {
  const page = await newPage();
  await visit(page, address(demo, "/dashboards/smtp", { since: "now-15m", refresh: "5" }));
  await page.waitForRequest((r) => r.url().endsWith("/api/aggregate"), { timeout: 20_000 });
  await page.waitForRequest((r) => r.url().endsWith("/api/aggregate"), { timeout: 20_000 });
});

test("a dashboard is deleted and brought back", async () => {
  const id = await make("Gone");
  const page = await newPage();
  await visit(page, address(corpora, `/dashboards/${id}`));
  await page.getByTestId("board-menu").click();
  await page.getByRole("menuitem").last().click();
  await page.waitForURL(/\/dashboards(\?|$)/);
  await eventually(async () => (await page.getByTestId(`board-${id}`).count()) === 0, "it is gone");
  await page.getByTestId("toast").getByRole("button").first().click();
  await page.getByTestId(`board-${id}`).waitFor();
});
