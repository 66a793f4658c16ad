// Where the surroundings work against the banner: filter lists, and pages that lock, cover or replace things.

import assert from "node:assert/strict";
import { mkdtemp, mkdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { chromium } from "playwright-core";
import { findBrowser } from "../support/browser.mjs";
import { asking, bannerOf, button, choiceOf, dialogOf, equip, plainPage, setStage } from "./stage.mjs";

const tall = `<div style="height:3000px">Tall</div><p id="end">The end</p>`;
const selectors = "[id*=cookie i], [class*=cookie i], [class*=consent i], [id*=consent i], [aria-label*=cookie i], [class*=gdpr i], [id*=banner i], [class*=banner i], #cookie-law-info-bar, .cc-window { display: none !important }";

let stage;
before(async () => (stage = await setStage({ "*": plainPage(tall), "/hidden": plainPage(tall, `<style>${selectors}</style>`) })));
after(() => stage?.stop());

/** A page that can be scrolled to its end, clicked and typed in while the banner is there. */
async function assertAlive(visitor) {
  await visitor.mouse.move(900, 200);
  await visitor.mouse.wheel(0, 10_000);
  await visitor.waitForFunction(() => scrollY > 1000);
  const { overflow, inert } = await visitor.evaluate(() => ({ overflow: [document.documentElement, document.body].map((element) => getComputedStyle(element).overflow), inert: !!document.querySelector("[inert], [aria-hidden]") }));
  assert.deepEqual([overflow, inert], [["visible", "visible"], false]);
}

const blocked = /cookie-?banner|consent-?banner|cookie-?consent|cookiebot|onetrust|gdpr/i;

for (const { site, accept } of asking) {
  test(`${site}: a filter list finds nothing to hide and nothing to block`, async () => {
    const visitor = await equip(await stage.browser.page());
    await visitor.route(blocked, (route) => route.abort());
    await visitor.goto(stage.url(site, "/hidden"));
    assert.equal(await bannerOf(visitor).isVisible(), true);
    await assertAlive(visitor);
    await visitor.locator("#settings").focus();
    await visitor.keyboard.press("Enter");
    await dialogOf(visitor).waitFor();
    await visitor.keyboard.press("Escape");
    await dialogOf(visitor).waitFor({ state: "detached" });
    await button(visitor, accept).click();
    await bannerOf(visitor).waitFor({ state: "detached" });
    assert.ok((await choiceOf(visitor.context())).answers.includes("y"));
    assert.deepEqual(visitor.requests.all.filter((address) => blocked.test(address)), []);
    await visitor.done();
  });
}

test("nor does an extension whose rules reach into every shadow root", async () => {
  const folder = await mkdtemp(join(tmpdir(), "extension-"));
  await mkdir(join(folder, "own"));
  await writeFile(join(folder, "own/manifest.json"), JSON.stringify({ manifest_version: 3, name: "Filter", version: "1", content_scripts: [{ matches: ["<all_urls>"], js: ["mark.js"], css: ["filter.css"], run_at: "document_start" }] }));
  await writeFile(join(folder, "own/filter.css"), `${selectors} main { outline: 7px solid red }`);
  await writeFile(join(folder, "own/mark.js"), `document.addEventListener("DOMContentLoaded", () => { const sheet = new CSSStyleSheet(); sheet.replaceSync(${JSON.stringify(selectors)}); const root = chrome.dom.openOrClosedShadowRoot(document.body); if (root) root.adoptedStyleSheets = [sheet]; document.documentElement.dataset.filtered = String(!!root); });`);
  const context = await chromium.launchPersistentContext(join(folder, "profile"), { executablePath: findBrowser(), channel: undefined, headless: false, args: ["--headless=new", `--disable-extensions-except=${join(folder, "own")}`, `--load-extension=${join(folder, "own")}`, ...(process.getuid?.() === 0 ? ["--no-sandbox"] : [])] });
  try {
    const visitor = await equip(await context.newPage());
    await visitor.goto(stage.url("trackncloak"));
    assert.equal(await visitor.locator("main").evaluate((main) => getComputedStyle(main).outlineWidth), "7px", "the extension is there");
    assert.equal(await bannerOf(visitor).isVisible(), true);
    await button(visitor, "Reject").click();
    await bannerOf(visitor).waitFor({ state: "detached" });
    assert.equal((await choiceOf(context)).answers, "nn");
  } finally {
    await context.close();
    await rm(folder, { recursive: true, force: true });
  }
});

test("were the banner hidden after all, the page would be none the worse", async () => {
  stage.origin.routes["/gone"] = plainPage(tall);
  const visitor = await stage.open("musictracker", { path: "/gone" });
  await visitor.evaluate(() => document.body.shadowRoot.querySelector("section").style.setProperty("display", "none", "important"));
  await assertAlive(visitor);
  await visitor.waitForFunction(() => /^(0px|auto|)$/.test(document.documentElement.style.scrollPaddingBottom) || parseInt(document.documentElement.style.scrollPaddingBottom, 10) <= 32);
  await visitor.done();
});

test("the banner lies above everything that a page puts on top of itself, and dialogs of the page above it", async () => {
  stage.origin.routes["/overlay"] = plainPage(`<div id="overlay" style="position:fixed;inset:0;z-index:2147483647;background:#0008"></div><dialog id="own"><form method="dialog"><button id="ok">OK</button></form></dialog>`);
  const visitor = await stage.open("musictracker", { path: "/overlay" });
  await visitor.evaluate(() => document.querySelector("#own").showModal());
  await visitor.locator("#ok").click();
  await visitor.evaluate(() => document.querySelector("#overlay").remove());
  await button(visitor, "Accept all").click();
  await bannerOf(visitor).waitFor({ state: "detached" });
  await visitor.done();
});

test("a page that hides or freezes its body until its script has run shows the banner then, and loses nothing", async () => {
  stage.origin.routes["/fouc"] = plainPage(`<script>setTimeout(() => document.body.removeAttribute("style"), 50)</script>`).replace("<body>", `<body style="opacity:0;pointer-events:none;user-select:none;visibility:hidden">`);
  const visitor = await stage.open("musictracker", { path: "/fouc" });
  await button(visitor, "Accept all").click();
  await bannerOf(visitor).waitFor({ state: "detached" });
  assert.equal(await visitor.locator("h1").isVisible(), true);
  await visitor.done();
});

test("a body that can't have a shadow root twice, or has attributes of its own, keeps both", async () => {
  stage.origin.routes["/attributes"] = plainPage().replace("<body>", `<body class="theme" id="top" data-x='a>b' onload="document.title='loaded'">`);
  const visitor = await stage.open("musictracker", { path: "/attributes" });
  assert.deepEqual(await visitor.evaluate(() => [document.body.className, document.body.id, document.body.dataset.x, document.title]), ["theme", "top", "a>b", "loaded"]);
  assert.equal(await bannerOf(visitor).isVisible(), true);
  assert.equal(await visitor.locator("h1").isVisible(), true);
  assert.deepEqual(visitor.faults, []);
  await visitor.done();
});

test("in a frame there is no second banner", async () => {
  stage.origin.routes["/framed"] = plainPage(`<iframe src="/inner" title="Inner"></iframe>`);
  const visitor = await stage.open("musictracker", { path: "/framed" });
  await visitor.frameLocator("iframe").locator("h1").waitFor();
  assert.equal(await visitor.frameLocator("iframe").locator("section[data-state]").count(), 0);
  assert.equal(await bannerOf(visitor).count(), 1);
  await visitor.done();
});
