// @ts-check
// Looks for barriers with axe-core.
import assert from "node:assert/strict";
import axe from "axe-core";

/** noBarriers fails on serious and critical findings. @param {import("playwright-core").Page} page @param {string} where */
export async function noBarriers(page, where) {
  // Colours on their way are nobody's colours.
  await page.evaluate(() => document.getAnimations().forEach((a) => a instanceof CSSTransition && a.finish()));
  // evaluate runs beside the page's Content-Security-Policy.
  await page.evaluate(axe.source);
  const found = await page.evaluate(async () => {
    const { axe } = /** @type {any} */ (globalThis);
    const result = await axe.run(document, { resultTypes: ["violations"], rules: { "color-contrast": { enabled: true } } });
    return result.violations
      .filter((/** @type {any} */ v) => v.impact === "serious" || v.impact === "critical")
      .flatMap((/** @type {any} */ v) => v.nodes.slice(0, 4).map((/** @type {any} */ n) => `${v.id}: ${n.target.join(" ")}: ${n.failureSummary.replace(/\s+/g, " ").slice(0, 240)}: ${n.html.slice(0, 160)}`));
  });
  assert.deepEqual(found, [], `barriers on ${where}`);
}
