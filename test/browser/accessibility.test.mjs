// @ts-check
// Every screen and state, in both languages and both appearances: no serious or
// critical finding of axe-core, one main heading, nothing sticks out at 390 px.
import assert from "node:assert/strict";
import { describe, test } from "node:test";

import { noBarriers } from "./bench/axe.mjs";
import { fitsWidth, newPage, settled, useBrowser, visit } from "./bench/browser.mjs";
import { screens } from "./bench/screens.mjs";

useBrowser();

for (const language of /** @type {const} */ (["en", "es"])) {
  describe(language, () => {
    for (const { name, url, prepare } of screens) {
      test(name, async () => {
        const page = await newPage({ language });
        await visit(page, await url());
        await prepare?.(page);
        assert.equal(await page.locator("h1").count(), 1, "one main heading");
        assert.equal(await page.getByRole("main").count(), 1);
        assert.notEqual(await page.title(), "", "the page has a title");
        for (const colorScheme of /** @type {const} */ (["light", "dark"])) {
          await page.emulateMedia({ colorScheme });
          await page.waitForTimeout(200); // charts take their colours
          await noBarriers(page, `${name}, ${colorScheme}, ${language}`);
        }
        // Spanish is the longer one.
        if (language === "en") return;
        await page.setViewportSize({ width: 390, height: 844 });
        await settled(page);
        await fitsWidth(page);
        await noBarriers(page, `${name}, narrow, ${language}`);
      });
    }
  });
}
