// @ts-check
// Where things are on the screens, by role or data-testid, in any language.
import assert from "node:assert/strict";

import { address, eventually, settled } from "./browser.mjs";

/** @typedef {import("playwright-core").Page} Page */
/** @typedef {import("playwright-core").Locator} Locator */
/** @typedef {{ since?: string, until?: string }} Range */

/** Asks the API. @param {string} base @param {string} path @param {unknown} body @returns {Promise<any>} */
export async function ask(base, path, body) {
  const response = await fetch(base + path, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) });
  if (!response.ok) throw new Error(`${path} ${JSON.stringify(body)}: ${response.status} ${await response.text()}`);
  return response.json();
}

/** @param {string} base @param {string} query @param {Range} range @returns {Promise<any[]>} */
export const journeys = async (base, query, range) => (await ask(base, "/api/trace", { query, ...range, limit: 200, no_steps: true })).journeys ?? [];

/** How many events match. @param {string} base @param {string} query @param {Range} range @returns {Promise<number>} */
export const hits = async (base, query, range) => (await ask(base, "/api/search", { query, ...range, size: 0 })).total;

/** The address of a journey's page, found as its row on the start page leads to it. @param {string} base @param {any} journey @param {Range} range */
export function openJourney(base, journey, range) {
  return address(base, `/journey/${encodeURIComponent(journey.id)}`, { q: journey.queue_ids?.[0] ?? journey.message_id ?? journey.recipient, ...range, to: journey.recipient });
}

/** Waits until a question stands in the address, and its answer on the page. @param {Page} page @param {string} text */
async function asked(page, text) {
  await page.waitForURL((url) => (url.searchParams.get("q") ?? "") === text.trim());
  await settled(page);
}

export const trace = {
  /** @param {Page} page */
  box: (page) => page.getByTestId("trace-box"),
  /** @param {Page} page */
  rows: (page) => page.getByTestId("row"),

  /** Types into the box and waits for the answer. @param {Page} page @param {string} text */
  async search(page, text) {
    await trace.box(page).fill(text);
    await trace.box(page).press("Enter");
    await asked(page, text);
  },

  /** What the rows say: the status and all text. @param {Page} page @returns {Promise<{ status: string, text: string }[]>} */
  async shown(page) {
    return trace.rows(page).evaluateAll((rows) => rows.map((r) => ({ status: r.querySelector("[data-status]")?.getAttribute("data-status") ?? "", text: r.textContent ?? "" })));
  },
};

export const discover = {
  /** @param {Page} page */
  input: (page) => page.getByTestId("query-bar").getByTestId("query-input"),
  /** @param {Page} page */
  rows: (page) => page.getByTestId("results").getByTestId("row"),
  /** @param {Page} page */
  pills: (page) => page.getByTestId("pill"),

  /** Writes a query when the editor is there, without sending it. @param {Page} page @param {string} text */
  async write(page, text) {
    await page.locator(".q-text[data-ready]").waitFor();
    await discover.input(page).click();
    await page.keyboard.press("Control+a");
    await page.keyboard.press("Delete");
    await page.keyboard.type(text);
  },

  /** Writes a query and sends it. @param {Page} page @param {string} text */
  async query(page, text) {
    await discover.write(page, text);
    await page.keyboard.press("Escape"); // no suggestion is meant
    await page.keyboard.press("Enter");
    await asked(page, text);
  },

  /** Waits until so many hits are shown. @param {Page} page @param {number} want */
  async counts(page, want) {
    let got = NaN;
    await eventually(async () => (got = await discover.count(page)) === want, "the number of hits").catch(() => assert.equal(got, want));
  },

  /** The number of hits that is shown. @param {Page} page */
  async count(page) {
    const text = await page.getByTestId("hit-count").locator("p").first().textContent();
    return Number((text ?? "").replace(/\D/g, ""));
  },

  /** Opens a row. @param {Page} page @param {number} index */
  async expand(page, index) {
    await page.locator(`[data-expander="${index}"]`).click();
    await page.getByTestId("event-details").first().waitFor();
    await settled(page);
  },

  /** A field's buttons in the open event: filter for, out, exists, column, copy. @param {Page} page @param {string} field */
  actions: (page, field) => page.getByTestId("event-fields").locator(`tr[data-field="${field}"]`).getByRole("button"),
};

/** Drags over a chart from one share of its width to another. @param {Page} page @param {Locator} chart @param {number} from @param {number} to */
export async function brush(page, chart, from, to) {
  const box = await chart.boundingBox();
  if (!box) throw new Error("the chart is not there");
  const y = box.y + box.height * 0.4;
  await page.mouse.move(box.x + box.width * from, y);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width * ((from + to) / 2), y, { steps: 3 });
  await page.mouse.move(box.x + box.width * to, y, { steps: 3 });
  await page.mouse.up();
}

export const boards = {
  /** @param {Page} page @param {string} id */
  panel: (page, id) => page.getByTestId(`panel-${id}`),

  /** Scrolls to each panel, so that all of them are asked for. @param {Page} page */
  async all(page) {
    const panels = page.locator(".board-panel");
    await panels.first().waitFor();
    for (const panel of await panels.all()) await panel.scrollIntoViewIfNeeded();
    await settled(page);
    await page.locator(".board-panel-body[aria-busy=true]").first().waitFor({ state: "detached" });
    return panels;
  },

  /** Chooses an entry of a panel's menu by its place. @param {Page} page @param {Locator} panel @param {number} item */
  async menu(page, panel, item) {
    await panel.getByTestId("panel-menu").click();
    await page.getByRole("menuitem").nth(item).click();
  },

  /** Where the panels of a dashboard are, as the server has it. @param {string} base @param {string} id @returns {Promise<any>} */
  saved: async (base, id) => (await fetch(`${base}/api/dashboards/${id}`)).json(),
};
