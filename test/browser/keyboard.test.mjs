// @ts-check
// Without a mouse: a whole case of the support desk, and no screen that keeps
// the focus or hides it.
import assert from "node:assert/strict";
import { test } from "node:test";

import { address, corpora, days, eventually, newPage, settled, useBrowser, visit } from "./bench/browser.mjs";
import { mta, split } from "./bench/truth.mjs";

useBrowser();

/** @param {import("playwright-core").Page} page */
const focused = (page) =>
  page.evaluate(() => {
    const active = document.activeElement;
    if (!active || active === document.body) return undefined;
    // A box to tick may be drawn by its label.
    const label = active.getBoundingClientRect().width === 0 ? active.nextElementSibling : null;
    const e = label?.tagName === "LABEL" ? label : active;
    const style = getComputedStyle(e);
    const box = e.getBoundingClientRect();
    // An input may show its focus on the box around it.
    const around = e.parentElement ? getComputedStyle(e.parentElement) : style;
    return {
      testid: e.closest("[data-testid]")?.getAttribute("data-testid") ?? "",
      what: `${e.tagName.toLowerCase()} ${e.getAttribute("aria-label") ?? (e.textContent ?? "").slice(0, 40)}`,
      seen: box.width > 0 && box.height > 0,
      ring: (style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0) || style.boxShadow !== "none" || /input|textarea|select/i.test(e.tagName) || e.getAttribute("contenteditable") === "true" || around.outlineStyle !== "none",
    };
  });

/** Presses Tab until something has the focus. @param {import("playwright-core").Page} page @param {(at: { testid: string, what: string }) => boolean} wanted @param {number} [most] */
async function tabTo(page, wanted, most = 80) {
  /** @type {string[]} */
  const passed = [];
  for (let i = 0; i < most; i++) {
    const at = await focused(page);
    if (at && wanted(at)) return at;
    // A heading that a page puts the focus on is no place where keys act.
    if (at && !at.what.startsWith("h1")) {
      passed.push(at.what);
      assert.ok(at.seen, `${at.what} has the focus and cannot be seen`);
      assert.ok(at.ring, `${at.what} does not show that it has the focus`);
    }
    await page.keyboard.press("Tab");
  }
  throw new Error(`not reached; passed ${passed.join(" | ")}`);
}

test("a case of the support desk, from the start page to the copied answer", async () => {
  const row = mta().find((r) => r.scenario === "out_bounce_user_unknown" && r.mta === "postfix");
  const page = await newPage();
  await visit(page, address(corpora, "/", days));
  // The box has the focus already.
  assert.equal((await focused(page))?.testid, "trace-box");
  await page.keyboard.type(split(row?.queue_ids ?? "")[0] ?? "");
  await page.keyboard.press("Enter");
  await settled(page);
  await tabTo(page, (at) => at.testid === "row");
  for (let i = 0; i < 20 && !((await page.evaluate(() => document.activeElement?.textContent ?? "")).includes(row?.recipient ?? "?")); i++) await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await page.waitForURL(/\/journey\//);
  await settled(page);
  await tabTo(page, (at) => at.testid === "customer-answer");
  await page.keyboard.press("Enter");
  await page.getByRole("dialog").waitFor();
  await eventually(async () => (await focused(page))?.testid === "answer-text" || page.evaluate(() => document.activeElement?.closest("[role=dialog]") !== null), "the focus is in the dialog");
  const answer = await page.getByTestId("answer-text").inputValue();
  await tabTo(page, (at) => at.what.startsWith("button") && /Copy/.test(at.what));
  await page.keyboard.press("Enter");
  await eventually(async () => (await page.evaluate(() => navigator.clipboard.readText())) === answer, "the answer is on the clipboard");
  await page.keyboard.press("Escape");
  await eventually(async () => (await focused(page))?.testid === "customer-answer", "the focus is back where it was");
});

test("the first Tab offers to skip the navigation", async () => {
  const page = await newPage();
  await visit(page, address(corpora, "/discover", days));
  await page.keyboard.press("Tab");
  assert.equal(await page.evaluate(() => document.activeElement?.getAttribute("href")), "#content");
  await page.keyboard.press("Enter");
  await page.keyboard.press("Tab");
  assert.ok(await page.evaluate(() => document.activeElement?.closest("main") !== null || document.activeElement === document.body));
});

for (const [name, path] of Object.entries({ trace: "/?q=cafenorte.example", discover: "/discover?q=status:bounced", dashboards: "/dashboards", dashboard: "/dashboards/overview", sources: "/sources" })) {
  test(`the focus passes through ${name} and shows where it is`, async () => {
    const page = await newPage();
    await visit(page, `${corpora}${path}${path.includes("?") ? "&" : "?"}since=${days.since}&until=${days.until}`);
    await page.evaluate(() => (/** @type {HTMLElement | null} */ (document.activeElement)?.blur()));
    /** @type {string[]} */
    const passed = [];
    const hidden = [];
    let last = "";
    let left = false;
    for (let i = 0; i < 400 && !left; i++) {
      await page.keyboard.press("Tab");
      const at = await focused(page);
      const id = await page.evaluate(() => {
        const e = /** @type {any} */ (document.activeElement);
        return e === document.body ? "" : (e.__place ??= String(Math.random()));
      });
      // The end of the page is reached when the focus leaves it or begins anew.
      left = id === "" || (i > 5 && passed[0] === id);
      if (left || !at) break;
      assert.notEqual(id, last, `${at.what} keeps the focus`);
      last = id;
      passed.push(id);
      if (!at.seen || !at.ring) hidden.push(at.what);
    }
    assert.deepEqual(hidden, [], "focus is always seen");
    assert.ok(left || passed.length === 400, "the focus gets out");
    assert.ok(passed.length > 5, `${passed.length} places`);
  });
}
