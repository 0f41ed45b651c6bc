// @ts-check
// The start page: whatever a customer gives is found, with the status that the
// truth of the corpora tells.
import assert from "node:assert/strict";
import { test } from "node:test";

import { address, corpora, days, eventually, newPage, settled, textOf, useBrowser, visit } from "./bench/browser.mjs";
import { journeys, trace } from "./bench/find.mjs";
import { elemta, logged, mta, named, sample, split } from "./bench/truth.mjs";

useBrowser();

/** @typedef {import("./bench/truth.mjs").Row} Row */

/** What a customer may give of a message, by kind; undefined where the row has no such thing. @type {Record<string, (r: Row) => string | undefined>} */
const kinds = {
  "queue id": (r) => split(r.queue_ids ?? "")[0],
  // OpenSMTPD writes no Message-ID down.
  "Message-ID": (r) => (r.message_id && logged(r.message_id) ? r.message_id : undefined),
  "two addresses": (r) => (r.sender && r.sender.includes("@") ? `${r.sender} ${r.recipient}` : undefined),
  address: (r) => r.recipient,
  "remote receipt": (r) => r.remote_queue_id || undefined,
  "pasted bounce": (r) => (r.message_id && r.sender ? bounce(r) : undefined),
};

/** A bounce as a customer pastes it. @param {Row} r */
const bounce = (r) => `This is the mail system at host mx.example.

I'm sorry to have to inform you that your message could not
be delivered to one or more recipients.

<${r.recipient}>: host mx.elsewhere.example[198.51.100.25] said: 550 5.1.1 no

From: Someone <${r.sender}>
To: <${r.recipient}>
Message-ID: ${r.message_id}
Subject: Re: order`;

/** @param {{ status: string, text: string }[]} shown @param {Row} row */
const copies = (shown, row) => shown.filter((s) => [row.recipient, row.final_recipient].some((a) => a && s.text.toLowerCase().includes(a.toLowerCase())));

test("every kind of identifier leads to the status that is true", async () => {
  const page = await newPage();
  await visit(page, address(corpora, "/", days));
  const names = Object.keys(kinds);
  const wrong = [];
  const used = new Map();
  const programs = new Map();
  const rows = sample(mta(), 20).filter((r) => r.final_status !== "not_found" && named(r));
  for (const [i, row] of rows.entries()) {
    // Each row is asked for with another kind, the first one that it has.
    const order = names.map((_, k) => names[(i + k) % names.length] ?? "");
    const kind = order.find((k) => kinds[k]?.(row) !== undefined) ?? "";
    await trace.search(page, kinds[kind]?.(row) ?? "");
    used.set(kind, (used.get(kind) ?? 0) + 1);
    programs.set(row.mta, (programs.get(row.mta) ?? 0) + 1);
    const shown = copies(await trace.shown(page), row);
    if (!shown.some((s) => s.status === row.final_status)) wrong.push(`${row.mta} ${row.scenario} by ${kind}: ${row.sender} → ${row.recipient} is ${row.final_status}, shown ${shown.map((s) => s.status).join(" ") || "nothing"}`);
  }
  assert.ok(rows.length >= 60, `${rows.length} rows`);
  assert.deepEqual([...used.keys()].sort(), names.sort(), "every kind was used");
  assert.deepEqual([...programs.keys()].sort(), ["exim", "opensmtpd", "postfix", "sendmail"]);
  assert.ok(wrong.length <= rows.length * 0.03, `wrong: ${wrong.length} of ${rows.length}\n${wrong.join("\n")}`);
});

test("Elemta's mail has the status that is true", async () => {
  const page = await newPage();
  await visit(page, address(corpora, "/", days));
  const wanted = new Map();
  for (const r of elemta()) if (r.queue_id && ["delivered", "bounced"].includes(r.tracer_expected ?? "") && (wanted.get(r.scenario)?.length ?? 0) < 1) wanted.set(r.scenario, [r]);
  const rows = [...wanted.values()].flat().slice(0, 14);
  assert.ok(rows.length >= 8, `${rows.length} rows`);
  for (const row of rows) {
    await trace.search(page, row.queue_id);
    const shown = (await trace.shown(page)).filter((s) => s.text.includes(row.rcpt_to));
    assert.ok(shown.some((s) => s.status === row.tracer_expected), `${row.scenario} ${row.queue_id}: ${row.tracer_expected}, shown ${JSON.stringify(shown)}`);
  }
});

test("a domain and an IP address find all their messages", async () => {
  const page = await newPage();
  await visit(page, address(corpora, "/", days));
  for (const text of ["cafenorte.example", "203.0.113.11"]) {
    await trace.search(page, text);
    const want = await journeys(corpora, text, days);
    assert.ok(want.length > 3, `${text}: ${want.length}`);
    assert.equal(await trace.rows(page).count(), want.length);
  }
});

test("what never arrived is not found, with coverage and near spellings", async () => {
  const page = await newPage();
  const row = mta().find((r) => r.final_status === "not_found");
  await visit(page, address(corpora, "/", { q: `${row?.sender} ${row?.recipient}`, ...days }));
  assert.deepEqual(copies(await trace.shown(page), row ?? {}), []);
  // One letter is wrong.
  await trace.search(page, "felipe.vegs@cifrado-roto.example");
  await page.getByTestId("not-found").waitFor();
  for (const host of ["mx1", "ex1", "osm1", "smx1", "elemta1"]) await page.getByTestId("coverage").getByText(host, { exact: true }).first().waitFor();
  await page.getByTestId("near").filter({ hasText: "felipe.vega@cifrado-roto.example" }).click();
  await settled(page);
  assert.ok((await trace.rows(page).count()) > 0);
  assert.match(page.url(), /q=felipe\.vega/);
});

test("a range that is too short offers a longer one", async () => {
  const page = await newPage();
  await visit(page, address(corpora, "/", { q: "E5AD715A3E0", since: "2026-11-01T00:00:00Z", until: "2026-11-02T00:00:00Z" }));
  await page.getByTestId("elsewhen").getByRole("button").click();
  await settled(page);
  assert.ok((await trace.rows(page).count()) > 0);
});

test("status filters count and narrow, in the address too", async () => {
  const page = await newPage();
  await visit(page, address(corpora, "/", { q: "cafenorte.example", ...days }));
  const all = await trace.shown(page);
  const statuses = [...new Set(all.map((s) => s.status))];
  assert.ok(statuses.length >= 2, statuses.join());
  const status = statuses.find((s) => s !== "delivered") ?? "";
  const chip = page.getByTestId(`filter-${status}`);
  const count = all.filter((s) => s.status === status).length;
  assert.match((await chip.textContent()) ?? "", new RegExp(`${count}$`));
  await chip.click();
  await eventually(async () => (await trace.rows(page).count()) === count, "only this status");
  assert.equal(await chip.getAttribute("aria-pressed"), "true");
  // The address is the state: another person sees the same, back takes it off.
  const other = await newPage();
  await visit(other, page.url());
  assert.equal(await trace.rows(other).count(), count);
  await page.goBack();
  await eventually(async () => (await trace.rows(page).count()) === all.length, "all again");
});

test("copies are grouped by message on demand", async () => {
  const row = mta().find((r) => r.scenario === "out_many_recipients");
  const page = await newPage();
  await visit(page, address(corpora, "/", { q: row?.message_id, ...days }));
  const copiesShown = await trace.rows(page).count();
  assert.ok(copiesShown >= 5, `${copiesShown} copies`);
  await page.getByRole("switch").click();
  await page.getByTestId("message-row").first().waitFor();
  const groups = await page.getByTestId("message-row").count();
  assert.ok(groups < copiesShown, `${groups} messages of ${copiesShown} copies`);
  await page.getByTestId("message-row").first().click();
  await trace.rows(page).first().waitFor();
});

test("the arrow keys go through the rows and Enter opens one", async () => {
  const page = await newPage();
  await visit(page, address(corpora, "/", { q: "cafenorte.example", ...days }));
  await trace.rows(page).first().focus();
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("ArrowDown");
  assert.equal(await page.evaluate(() => document.activeElement?.getAttribute("data-row")), "2");
  await page.keyboard.press("Enter");
  await page.waitForURL(/\/journey\//);
});

test("recent searches are kept, offered and removed", async () => {
  const page = await newPage();
  await visit(page, address(corpora, "/", days));
  await trace.search(page, "E5AD715A3E0");
  await visit(page, address(corpora, "/", days));
  const recent = page.getByTestId("recent");
  await recent.getByText("E5AD715A3E0").click();
  await settled(page);
  assert.match(page.url(), /q=E5AD715A3E0/);
  await recent.getByRole("button").last().click();
  await eventually(async () => !((await recent.count()) > 0 && ((await recent.textContent()) ?? "").includes("E5AD715A3E0")), "the search is gone");
});

test("the list is exported as CSV and JSON with exactly its copies", async () => {
  const page = await newPage();
  await visit(page, address(corpora, "/", { q: "cafenorte.example", ...days }));
  const want = (await journeys(corpora, "cafenorte.example", days)).map((j) => j.id).sort();
  for (const format of ["CSV", "JSON"]) {
    await page.getByTestId("trace-export").click();
    const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("menuitem", { name: format }).click()]);
    const text = await textOf(download);
    if (format === "JSON") {
      assert.deepEqual(JSON.parse(text).map((/** @type {any} */ j) => j.id).sort(), want);
    } else {
      assert.equal(text.trimEnd().split("\n").length, want.length + 1);
      assert.ok(text.startsWith("\ufeff"), "CSV tells that it is UTF-8");
    }
  }
});
