// A visitor's own pages, and the notice of a change: without JavaScript, by keyboard, on a small phone, and for axe.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { accessibilityFaults } from "../support/browser.mjs";
import { equip, plainPage, setStage } from "./stage.mjs";

const day = 86_400;
const now = Date.parse("2026-11-24T12:00:00Z") / 1000;
const folder = process.env.EDGE_CONSENT_SHOTS;
let stage;
before(async () => (stage = await setStage({ "*": plainPage("", "<style>:root { color-scheme: light dark } html { background: Canvas; color: CanvasText } a { display: inline-block; padding: 6px }</style>") }, { testSites: true, clock: now * 1000 })));
after(() => stage?.stop());

/** A browser that said yes so many days ago; cookies are set by hand, as the worker's clock stands still. */
async function visitor(days, options = {}) {
  const page = await stage.browser.page(options);
  await equip(page);
  const url = stage.url("changed");
  const answer = await stage.worker.fetch(stage.url("changed", "/_privacy/choice"), { form: { decision: "accept" } });
  const parts = answer.cookie("cookie_consent").split("~");
  parts[1] = (now - days * day).toString(36);
  await page.context().addCookies([{ name: "cookie_consent", value: parts.join("~"), url }]);
  return page;
}

const notice = (page) => page.locator("section", { hasText: "We now count how often songs are played." });
const overflow = (page) => page.evaluate(() => document.documentElement.scrollWidth - innerWidth);

test("the notice goes with a click, without JavaScript, and stays away", async () => {
  const page = await visitor(20, { javaScriptEnabled: false });
  await page.goto(stage.url("changed", "/shop?a=b"));
  await notice(page).getByRole("button", { name: "Got it" }).click();
  assert.equal(page.url(), stage.url("changed", "/shop?a=b"));
  assert.equal(await notice(page).count(), 0);
  const kept = (await page.context().cookies()).find(({ name }) => name === "consent_seen");
  assert.deepEqual([kept.value, kept.httpOnly, kept.sameSite], ["2026-11-10", true, "Lax"]);
  await page.done();
});

test("a visitor reads his records, takes them, and has them erased, without JavaScript", async () => {
  const page = await visitor(1, { javaScriptEnabled: false, acceptDownloads: true });
  await page.goto(stage.url("changed", "/_privacy/"));
  await page.getByRole("link", { name: "See my records" }).click();
  assert.equal(await page.locator("section.record").count(), 1);
  await page.getByRole("link", { name: "What you were shown" }).click();
  assert.ok(await page.getByText("[Accept all]").isVisible());
  const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("link", { name: "Download them as a file" }).click()]);
  assert.equal(download.suggestedFilename(), "changed-consent-records.json");
  await page.getByRole("link", { name: "Erase my records" }).click();
  await page.getByRole("button", { name: "Erase my records" }).click();
  assert.ok(await page.getByText("Your records are erased.").isVisible());
  assert.deepEqual((await page.context().cookies()).filter(({ name }) => name === "cookie_consent"), []);
  await page.done();
});

test("axe finds no fault on them, and nothing is wider than a small phone", async () => {
  for (const [scheme, viewport] of [["light", { width: 1280, height: 800 }], ["dark", { width: 320, height: 640 }]]) {
    const page = await visitor(20, { colorScheme: scheme, viewport });
    const look = async (name) => {
      assert.deepEqual(await accessibilityFaults(page), [], `${name}, ${scheme}`);
      assert.ok((await overflow(page)) <= 0, `${name} is ${await overflow(page)} px too wide`);
      if (folder) await page.screenshot({ path: `${folder}/${name}-${scheme}.png`, fullPage: name !== "notice" });
    };
    await page.goto(stage.url("changed", "/"));
    await look("notice");
    await page.goto(stage.url("changed", "/_privacy/records"));
    await page.getByRole("link", { name: "What you were shown" }).click();
    await look("records");
    for (const [name, path] of [["erase", "/_privacy/records?erase"], ["erased", "/_privacy/records?erased&lang=de"], ["changes", "/cookie-policy"], ["error", "/_privacy/policy/x?lang=es"]]) {
      await page.goto(stage.url("changed", path));
      await look(name);
    }
    await page.getByRole("link", { name: /Configuración de cookies/ }).first().click();
    await page.goto(stage.url("changed", "/cookie-policy"));
    await page.getByRole("link", { name: /^Version / }).click();
    await look("earlier");
    await page.done();
  }
});
