// @ts-check
// Pictures of every screen: 1440 and 390 wide, light and dark, English and
// Spanish, into screenshots/ at the root. Names given choose screens.
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { argv } from "node:process";

import { count, launch, newContext, pictures as folder, settled } from "./bench/browser.mjs";
import { screens } from "./bench/screens.mjs";

mkdirSync(folder, { recursive: true });
const wanted = argv.slice(2);
const browser = await launch();
let failed = 0;
for (const language of /** @type {const} */ (["en", "es"])) {
  for (const scheme of /** @type {const} */ (["light", "dark"])) {
    for (const [width, height] of [[1440, 900], [390, 844]]) {
      const context = await newContext(browser, { language, scheme, width, height });
      const page = await context.newPage();
      count(page);
      for (const { name, url, prepare } of screens) {
        if (wanted.length > 0 && !wanted.includes(name)) continue;
        const path = join(folder, `${name}-${width}-${scheme}-${language}.png`);
        try {
          await page.goto(await url(), { waitUntil: "load" });
          await page.locator("h1").first().waitFor({ state: "attached" });
          await settled(page);
          await prepare?.(page);
          await page.waitForTimeout(250); // charts are drawn after their data came
          await page.screenshot({ path });
        } catch (err) {
          failed++;
          console.error(`${path}: ${err instanceof Error ? err.message.split("\n")[0] : err}`);
        }
      }
      await context.close();
    }
  }
}
await browser.close();
console.log(`pictures are in screenshots/${failed > 0 ? `; ${failed} could not be taken` : ""}`);
process.exit(failed > 0 ? 1 : 0);
