// @ts-check
// Every screen and every state of it that is worth a picture and a check.
import { address, corpora, days, demo, settled } from "./browser.mjs";
import { discover, journeys, openJourney } from "./find.mjs";

/** @typedef {import("playwright-core").Page} Page */
/** @typedef {{ name: string, url: () => string | Promise<string>, prepare?: (page: Page) => Promise<void>, wideOnly?: boolean }} Screen */

/** A message of the corpora that bounced, with a journey of several steps. */
const bounced = { q: "<20250003.213199.e06e130a79@cafenorte.example>", ...days };

/** @type {Screen[]} */
export const screens = [
  { name: "trace-start", url: () => demo },
  { name: "trace-results", url: () => address(corpora, "/", { q: "cafenorte.example", ...days }) },
  { name: "trace-not-found", url: () => address(corpora, "/", { q: "nadie@ninguna-parte.example", ...days }) },
  { name: "journey", url: () => journeyUrl(bounced) },
  { name: "discover", url: () => address(demo, "/discover", { since: "now-24h" }) },
  { name: "discover-filtered", url: () => address(demo, "/discover", { q: "status:(bounced OR deferred)", pills: JSON.stringify([{ field: "program", value: "elemta", not: true, off: true }, { field: "level", value: "INFO" }]), since: "now-24h", by: "status" }) },
  { name: "discover-event", url: () => address(demo, "/discover", { q: "status:bounced", since: "now-24h" }), prepare: (page) => discover.expand(page, 0) },
  { name: "discover-mistake", url: () => address(demo, "/discover", { q: "status:(bounced", since: "now-24h" }) },
  { name: "discover-nothing", url: () => address(demo, "/discover", { q: "sender:nobody@nowhere.example", since: "now-24h" }) },
  { name: "dashboards", url: () => address(demo, "/dashboards") },
  ...["overview", "smtp", "reception", "delivery", "rejection", "tempfail", "bounces"].map((id) => ({ name: `dashboard-${id}`, url: () => address(demo, `/dashboards/${id}`) })),
  { name: "sources", url: () => address(corpora, "/sources") },
  { name: "sources-live", url: () => address(demo, "/sources") },
  { name: "settings", url: () => address(corpora, "/sources"), prepare: (page) => press(page, "settings") },
  { name: "time-picker", url: () => address(corpora, "/discover", { since: "now-24h" }), prepare: (page) => press(page, "time-picker") },
  { name: "lost", url: () => address(corpora, "/nowhere") },
];

/** @param {Page} page @param {string} id */
async function press(page, id) {
  await page.getByTestId(id).first().click();
  await page.getByRole("dialog").waitFor();
  await settled(page);
}

/** The address of the first journey that a question finds. @param {{ q: string, since: string, until: string }} question */
async function journeyUrl({ q, since, until }) {
  const [first] = await journeys(corpora, q, { since, until });
  if (!first) throw new Error(`no journey of ${q}`);
  return openJourney(corpora, first, { since, until });
}
