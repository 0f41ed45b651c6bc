// @ts-check
// The page of one message on its way to one recipient.
import assert from "node:assert/strict";
import { test } from "node:test";

import { address, corpora, days, eventually, newPage, person, settled, textOf, useBrowser, visit } from "./bench/browser.mjs";
import { ask, journeys, openJourney, trace } from "./bench/find.mjs";
import { mta, split } from "./bench/truth.mjs";

useBrowser();

/** A message of Postfix that another server refused, from somebody else's address. */
async function bounced() {
  const row = mta().find((r) => r.mta === "postfix" && r.scenario === "out_bounce_user_unknown");
  const [found] = (await journeys(corpora, split(row?.queue_ids ?? "")[0] ?? "", days)).filter((j) => j.recipient === row?.recipient);
  assert.ok(found && row, "the corpora have a bounce");
  return { row, journey: found, url: openJourney(corpora, found, days) };
}

test("verdict, who must act, next step, steps and raw lines", async () => {
  const { row, journey, url } = await bounced();
  const page = await newPage();
  await visit(page, url);
  const verdict = page.getByTestId("verdict");
  assert.equal(await verdict.locator("[data-status]").first().getAttribute("data-status"), "bounced");
  assert.ok(((await page.getByTestId("verdict-text").textContent()) ?? "").includes(journey.verdict.en.slice(0, 30)));
  assert.notEqual(await page.getByTestId("acts").textContent(), "");
  assert.ok(((await page.getByTestId("action").textContent()) ?? "").includes(journey.action.en.slice(0, 30)));
  const { journeys: whole } = await ask(corpora, "/api/trace", { query: journey.queue_ids[0], ...days });
  const steps = whole.find((/** @type {any} */ j) => j.id === journey.id).steps;
  assert.equal(await page.getByTestId("step").count(), steps.length);
  assert.ok((await page.locator("[data-testid=step][data-problem]").count()) >= 1, "the refusal stands out");

  // A step's line, then all of them, with what matters marked.
  const step = page.locator("[data-testid=step][data-problem]").first();
  await step.getByTestId("step-line").click();
  assert.ok((await step.locator("mark").allTextContents()).some((m) => split(row.queue_ids ?? "").includes(m)), "the queue id is marked");
  await page.getByTestId("all-lines").click();
  assert.equal(await page.getByTestId("lines").locator("pre").count(), steps.filter((/** @type {any} */ s) => s.line).length);
});

test("a confidence mark explains itself on focus", async () => {
  const probable = (await journeys(corpora, "", days)).find((j) => j.confidence === "probable");
  assert.ok(probable, "the corpora have a probable journey");
  const page = await newPage();
  await visit(page, openJourney(corpora, probable, days));
  await page.getByTestId("confidence").first().focus();
  await page.getByRole("tooltip").first().waitFor();
  assert.ok(((await page.getByRole("tooltip").first().textContent()) ?? "").length > 20);
});

test("the answer for the customer hides other people, in both languages", async () => {
  const { row, journey, url } = await bounced();
  const page = await newPage();
  await visit(page, `${url}&side=sender`);
  await page.getByTestId("customer-answer").click();
  const text = page.getByTestId("answer-text");
  const english = await text.inputValue();
  await page.getByRole("dialog").getByText("Español").click();
  await eventually(async () => (await text.inputValue()) !== english, "the answer becomes Spanish");
  const spanish = await text.inputValue();
  for (const said of [english, spanish]) {
    assert.ok(!said.includes(row.recipient ?? "?"), `the other address is hidden: ${said}`);
    assert.ok(said.includes(`${(row.recipient ?? "")[0]}***@${(row.recipient ?? "").split("@")[1]}`), `the other address is masked: ${said}`);
    for (const inner of [...journey.queue_ids, journey.client_ip, ...(journey.hosts ?? [])].filter(Boolean)) assert.ok(!new RegExp(`(?<![\\w.-])${inner}(?![\\w.-])`).test(said), `${inner} is ours: ${said}`);
  }
  assert.match(spanish, /mensaje|correo/);
  assert.match(english, /message|mail/);
  // The other side.
  await page.getByRole("dialog").locator("input[value=recipient] + label").click();
  await eventually(async () => !(await text.inputValue()).includes(row.sender ?? "?"), "the sender is masked for the recipient");
  assert.ok((await text.inputValue()).includes(row.recipient ?? "?"));
  // What is copied is what is shown.
  const shown = await text.inputValue();
  await page.getByRole("dialog").locator("button", { has: page.locator("[aria-live=polite]") }).click();
  await eventually(async () => (await page.evaluate(() => navigator.clipboard.readText())) === shown, "the answer is on the clipboard");
});

test("the copied link opens the same journey for somebody else", async () => {
  const { journey, url } = await bounced();
  const page = await newPage({ zone: "America/Bogota" });
  await visit(page, url);
  await page.getByTestId("verdict").locator("button", { has: page.locator("[aria-live=polite]") }).first().click();
  await eventually(async () => (await page.evaluate(() => navigator.clipboard.readText())).includes("/journey/"), "the link is on the clipboard");
  const link = await page.evaluate(() => navigator.clipboard.readText());
  const steps = await page.getByTestId("step").count();
  const first = await page.locator("[data-testid=step] time").first().textContent();
  const other = await (await person({ zone: "Asia/Tokyo" })).newPage();
  await visit(other, link);
  assert.ok(((await other.getByTestId("verdict").textContent()) ?? "").includes(journey.recipient));
  assert.equal(await other.getByTestId("step").count(), steps);
  assert.equal(await other.locator("[data-testid=step] time").first().textContent(), first, "in the zone of the one who shared it");
});

test("all recipients of a message are there, each with its status and link", async () => {
  const row = mta().find((r) => r.scenario === "out_many_recipients");
  const copies = await journeys(corpora, split(row?.queue_ids ?? "")[0] ?? "", days);
  const [first] = copies;
  const page = await newPage();
  await visit(page, openJourney(corpora, first, days));
  const list = page.getByTestId("recipients").getByRole("listitem");
  const want = copies.filter((j) => j.message_key === first.message_key);
  assert.ok(want.length >= 5, `${want.length} copies`);
  assert.equal(await list.count(), want.length);
  const statuses = await list.evaluateAll((all) => all.map((e) => e.querySelector("[data-status]")?.getAttribute("data-status")));
  assert.deepEqual(statuses.sort(), want.map((j) => j.status).sort());
  const other = list.getByRole("link").first();
  const name = await other.textContent();
  await other.click();
  await settled(page);
  assert.ok(((await page.locator("h1").first().textContent()) ?? "").includes(name ?? "?"));
});

test("a bounce and its original lead to each other", async () => {
  const { url } = await bounced();
  const page = await newPage();
  await visit(page, url);
  const first = await page.locator("h1").first().textContent();
  await page.getByTestId("related").getByRole("link").first().click();
  await settled(page);
  await eventually(async () => (await page.locator("h1").first().textContent()) !== first, "another journey");
  await page.getByTestId("related").getByRole("link").first().click();
  await settled(page);
  await eventually(async () => (await page.locator("h1").first().textContent()) === first, "back at the original");
});

test("a journey is exported as JSON and CSV, and leads to its lines", async () => {
  const { journey, url } = await bounced();
  const page = await newPage();
  await visit(page, url);
  /** @type {string[]} */
  const texts = [];
  for (const item of [0, 1]) {
    await page.getByTestId("journey-export").click();
    const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("menuitem").nth(item).click()]);
    texts.push(await textOf(download));
  }
  assert.equal(JSON.parse(texts[0] ?? "").id, journey.id);
  const steps = await page.getByTestId("step").count();
  assert.ok((texts[1] ?? "").trimEnd().split("\r\n").length > steps, "a line for each step");
  await page.getByTestId("in-discover").click();
  await page.waitForURL(/\/discover\?/);
  await settled(page);
});

test("a journey is printed without buttons and in dark ink", async () => {
  const { url } = await bounced();
  const page = await newPage({ scheme: "dark" });
  await visit(page, url);
  await page.emulateMedia({ media: "print" });
  assert.equal(await page.getByTestId("journey-export").isVisible(), false);
  assert.equal(await page.getByTestId("verdict").isVisible(), true);
  assert.equal(await page.locator("header").first().isVisible(), false);
});

test("a link whose journey is gone says so", async () => {
  const page = await newPage();
  await visit(page, address(corpora, "/journey/no-such-id", { q: "nobody@nowhere.example", ...days }));
  assert.equal(await page.getByTestId("verdict").count(), 0);
  await page.getByTestId("empty").or(trace.rows(page)).first().waitFor();
});
