// Pictures of everything that people see, to look at: `node tests/browser/shots.mjs <folder>`. Not a test.

import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { startDemo } from "../../demo/origin.mjs";
import { startBrowser } from "../support/browser.mjs";
import { startWorker } from "../support/worker.mjs";
import { asking, bannerOf, button, dialogOf, equip, sites } from "./stage.mjs";

const folder = process.argv[2];
if (!folder) {
  console.error("usage: node tests/browser/shots.mjs <folder>");
  process.exit(2);
}
await mkdir(folder, { recursive: true });

const demo = await startDemo();
const worker = await startWorker({ bindings: { ORIGIN: demo.url } });
const { page, stop } = await startBrowser();

const screens = { desktop: { width: 1280, height: 800 }, phone: { width: 390, height: 844 }, small: { width: 320, height: 640 } };
const schemes = { light: { colorScheme: "light" }, dark: { colorScheme: "dark" }, forced: { colorScheme: "dark", forcedColors: "active" } };

for (const site of sites) {
  const own = asking.find((one) => one.site === site);
  const url = (path) => worker.url(`${site}.localhost`, path);
  for (const [screen, viewport] of Object.entries(screens)) {
    for (const [scheme, options] of Object.entries(schemes)) {
      const visitor = await equip(await page({ viewport, ...options }));
      const shoot = (name, more) => visitor.screenshot({ path: join(folder, `${site}-${name}-${screen}-${scheme}.png`), ...more });
      await visitor.goto(url("/"));
      await shoot(own ? "banner" : "page");
      if (own) {
        await bannerOf(visitor).getByText(own.customise, { exact: true }).click();
        await dialogOf(visitor).waitFor();
        await shoot("dialog");
        await visitor.keyboard.press("Escape");
        await dialogOf(visitor).waitFor({ state: "detached" });
      }
      await visitor.goto(url("/_privacy/"));
      await shoot("preferences", { fullPage: true });
      if (scheme !== "forced") {
        await visitor.goto(url("/cookie-policy"));
        await shoot("policy", { fullPage: true });
      }
      if (own && scheme === "light") {
        await visitor.goto(url("/"));
        await button(visitor, own.accept).click();
        await bannerOf(visitor).waitFor({ state: "detached" });
        await visitor.goto(url("/_privacy/"));
        await shoot("decided", { fullPage: true });
      }
      await visitor.done();
    }
  }
  const visitor = await equip(await page({ viewport: screens.desktop, extraHTTPHeaders: { "sec-gpc": "1" } }));
  await visitor.goto(url("/"));
  await visitor.screenshot({ path: join(folder, `${site}-gpc-banner.png`) });
  await visitor.goto(url("/_privacy/"));
  await visitor.screenshot({ path: join(folder, `${site}-gpc-preferences.png`), fullPage: true });
  await visitor.goto(url("/_privacy/choice"));
  await visitor.screenshot({ path: join(folder, `${site}-error.png`) });
  await visitor.done();
}

await stop();
await worker.stop();
await demo.close();
