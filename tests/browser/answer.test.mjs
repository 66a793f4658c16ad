// Every answer, with and without JavaScript: what is kept, what comes next, and what never counts as an answer.

import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { chromium } from "playwright-core";
import { findBrowser } from "../support/browser.mjs";
import { asking, bannerOf, button, changesOf, choiceOf, daysFromNow, equip, focused, noteChanges, plainPage, setStage, stateOf } from "./stage.mjs";

const long = plainPage(`<p><label>Name <input id="name"></label></p><div style="height:3000px"></div><p id="end">The end</p>`);

let stage;
before(async () => (stage = await setStage({ "*": long })));
after(() => stage?.stop());

const path = "/deep/page?a=1&b=%C3%A4%20c&c=%2F&d=<x>";
const answers = asking.flatMap((own) => [
  { ...own, name: own.accept, granted: true },
  { ...own, name: own.refuse, granted: false },
]);

/** What the cookie must be after an answer to everything. */
function assertKept(choice, { optional, granted }) {
  assert.equal(choice.answers, (granted ? "y" : "n").repeat(optional.length));
  assert.ok(Math.abs(daysFromNow(choice.expires) - 180) < 0.01, `${daysFromNow(choice.expires)} days`);
  assert.deepEqual([choice.path, choice.secure, choice.sameSite, choice.httpOnly], ["/", true, "Lax", false]);
  assert.equal(choice.receipt === "", !granted);
  assert.ok(choice.value.length + "cookie_consent=".length <= 128);
}

for (const { site, optional, name, granted } of answers) {
  const categories = Object.fromEntries([["necessary", true], ...optional.map((id) => [id, granted])]);

  test(`${site}: “${name}” with JavaScript takes effect in place`, async () => {
    const visitor = await stage.open(site, { path });
    await noteChanges(visitor);
    const address = visitor.url();
    let navigations = 0;
    visitor.on("framenavigated", () => (navigations += 1));
    await visitor.locator("#name").focus();
    visitor.requests.clear();
    await button(visitor, name).click();
    await bannerOf(visitor).waitFor({ state: "detached" });

    assertKept(await choiceOf(visitor.context()), { optional, granted });
    assert.deepEqual([navigations, visitor.url()], [0, address]);
    assert.deepEqual(visitor.requests.all, [stage.url(site, "/_privacy/choice")]);
    const state = await visitor.evaluate(() => globalThis.consent.state);
    const changes = await changesOf(visitor);
    assert.deepEqual(changes, [state]);
    assert.deepEqual([state.decided, state.source, state.categories, state.site], [true, "choice", categories, site]);
    assert.deepEqual(await visitor.evaluate((ids) => ids.map((id) => globalThis.consent.get(id)), ["necessary", ...optional, "unheard-of"]), [true, ...optional.map(() => granted), false]);
    assert.equal(await visitor.locator("body > p[role=status], [role=status]").first().textContent(), "Your choice is saved.");
    assert.deepEqual(await focused(visitor), { tag: "input", id: "name", text: "", in: "page" });
    const { message, ...said } = state;
    assert.deepEqual(await stateOf(visitor), said);
    assert.deepEqual(visitor.faults, []);

    visitor.requests.clear();
    const next = await visitor.goto(stage.url(site, "/next"));
    assert.equal(await next.text(), long);
    assert.deepEqual(visitor.requests.all, [stage.url(site, "/next")]);
    await visitor.done();
  });

  test(`${site}: “${name}” without JavaScript leads back to the very same address`, async () => {
    const visitor = await stage.open(site, { path, javaScriptEnabled: false });
    const address = visitor.url();
    const answered = visitor.waitForResponse((response) => response.url().endsWith("/_privacy/choice"));
    const back = visitor.waitForResponse((response) => response.url() === address);
    await button(visitor, name).click();
    assert.equal((await answered).status(), 303);
    assert.equal(await (await back).text(), long);
    await visitor.waitForURL(address);
    assert.equal(await bannerOf(visitor).count(), 0);
    assertKept(await choiceOf(visitor.context()), { optional, granted });
    assert.deepEqual(visitor.requests.outside(), []);
    const next = await visitor.goto(stage.url(site, "/next"));
    assert.equal(await next.text(), long);
    await visitor.done();
  });

  for (const key of ["Enter", " "]) {
    test(`${site}: “${name}” by one press of ${key === " " ? "Space" : key}`, async () => {
      const visitor = await stage.open(site);
      await button(visitor, name).focus();
      await visitor.keyboard.press(key);
      await bannerOf(visitor).waitFor({ state: "detached" });
      assertKept(await choiceOf(visitor.context()), { optional, granted });
      await visitor.done();
    });
  }
}

test("an answer that was given with the keyboard, past other buttons, leaves the focus where it came from", async () => {
  const visitor = await stage.open("trackncloak");
  await visitor.locator("#name").focus();
  await button(visitor, "Accept").focus();
  await visitor.keyboard.press("Tab");
  assert.equal((await focused(visitor)).text, "Reject");
  await visitor.keyboard.press("Enter");
  await bannerOf(visitor).waitFor({ state: "detached" });
  assert.equal((await focused(visitor)).id, "name");
  await visitor.done();
});

for (const { site, accept, refuse } of asking) {
  test(`${site}: an answer survives a restart of the browser`, async () => {
    const folder = await mkdtemp(join(tmpdir(), "visitor-"));
    const start = () => chromium.launchPersistentContext(folder, { executablePath: findBrowser(), args: process.getuid?.() === 0 ? ["--no-sandbox"] : [] });
    try {
      for (const [name, seen] of [[accept, 1], [refuse, 0]]) {
        let context = await start();
        let visitor = await equip(await context.newPage());
        await visitor.goto(stage.url(site));
        await button(visitor, name).click();
        await bannerOf(visitor).waitFor({ state: "detached" });
        const choice = await choiceOf(context);
        await context.close();

        context = await start();
        visitor = await equip(await context.newPage());
        const answer = await visitor.goto(stage.url(site));
        assert.equal(await answer.text(), long);
        assert.equal((await choiceOf(context)).value, choice.value);
        assert.equal(choice.answers.includes("y"), seen === 1);
        await context.clearCookies();
        await context.close();
      }
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });

  test(`${site}: scrolling, clicking elsewhere, Esc and going on are no answers`, async () => {
    const visitor = await stage.open(site);
    await noteChanges(visitor);
    await visitor.mouse.wheel(0, 2000);
    await visitor.waitForFunction(() => scrollY > 500);
    await visitor.mouse.click(1200, 300);
    await visitor.keyboard.press("Escape");
    assert.equal(await bannerOf(visitor).isVisible(), true);
    // Esc in the banner itself puts it away, for this page.
    await button(visitor, accept).focus();
    await visitor.keyboard.press("Escape");
    await bannerOf(visitor).waitFor({ state: "detached" });
    assert.deepEqual(await changesOf(visitor), []);
    assert.deepEqual(await visitor.context().cookies(), []);
    await visitor.goto(stage.url(site, "/more"));
    assert.equal(await bannerOf(visitor).isVisible(), true);
    await visitor.locator("#home").click();
    await visitor.waitForURL(stage.url(site));
    assert.equal(await bannerOf(visitor).isVisible(), true);
    await visitor.reload();
    assert.deepEqual(await visitor.context().cookies(), []);
    assert.ok(visitor.requests.all.every((address) => !/choice|reset/.test(address)));
    assert.equal((await stateOf(visitor)).decided, false);
    await visitor.done();
  });

  test(`${site}: forgetting brings the banner back, with and without JavaScript`, async () => {
    for (const javaScriptEnabled of [true, false]) {
      const visitor = await stage.open(site, { javaScriptEnabled });
      await button(visitor, accept).click();
      await bannerOf(visitor).waitFor({ state: "detached" });
      await visitor.goto(stage.url(site, "/_privacy/"));
      await visitor.getByRole("button", { name: "Forget my choice" }).click();
      await visitor.getByText("You have not chosen yet").waitFor();
      assert.equal(await choiceOf(visitor.context()), undefined);
      await visitor.goto(stage.url(site));
      assert.equal(await bannerOf(visitor).isVisible(), true);
      await visitor.done();
    }
  });
}

test("where the answer can't be sent, the banner stays and the form goes the plain way", async () => {
  const visitor = await stage.open("musictracker");
  await visitor.route("**/_privacy/choice", (route) => (route.request().resourceType() === "fetch" ? route.abort() : route.continue()));
  await button(visitor, "Accept all").click();
  await visitor.waitForLoadState();
  await bannerOf(visitor).waitFor({ state: "detached" });
  assert.equal(visitor.url(), stage.url("musictracker"));
  assert.equal((await choiceOf(visitor.context())).answers, "y");
  await visitor.done();
});

test("who is asked again, about what has changed, is asked as fairly, and the rest of his answer stands", async () => {
  for (const [javaScriptEnabled, name, answers] of [[true, "Accept", "yy"], [false, "Reject", "yn"]]) {
    const visitor = await stage.open("trackncloak", { path: "/_privacy/policy.json", javaScriptEnabled });
    const { categories } = await visitor.answer.json();
    const [functional] = categories.filter(({ version }) => version).map(({ version }) => version);
    const value = `1~${Math.floor(Date.now() / 1000 - 1000).toString(36)}~~y${functional}.n00000000~01JDABCDEFGHJKMNPQRSTVWXYZ`;
    await visitor.context().addCookies([{ name: "cookie_consent", value, url: stage.url("trackncloak") }]);
    await visitor.setViewportSize({ width: 320, height: 640 });
    await visitor.goto(stage.url("trackncloak"));
    assert.match(await bannerOf(visitor).innerText(), /changed since you chose: Analytics/);
    const [yes, no] = await Promise.all(["Accept", "Reject"].map((one) => button(visitor, one).boundingBox()));
    assert.ok(Math.abs(yes.y - no.y) <= 1 && Math.abs(yes.width - no.width) <= 1 && Math.abs(yes.height - no.height) <= 1 && yes.width > 80 && yes.height >= 44, JSON.stringify([yes, no]));
    await button(visitor, name).click();
    await bannerOf(visitor).waitFor({ state: "detached" });
    assert.equal((await choiceOf(visitor.context())).answers, answers);
    await visitor.done();
  }
});

test("consent.set changes what it names and nothing else", async () => {
  const visitor = await stage.open("trackncloak");
  await noteChanges(visitor);
  await visitor.evaluate(() => globalThis.consent.set({ functional: true }));
  await bannerOf(visitor).waitFor({ state: "detached" });
  assert.deepEqual((await stateOf(visitor)).categories, { necessary: true, functional: true, analytics: false });
  await visitor.evaluate(() => globalThis.consent.set({ analytics: true }));
  assert.deepEqual((await stateOf(visitor)).categories, { necessary: true, functional: true, analytics: true });
  await visitor.evaluate(() => globalThis.consent.set({ functional: false }));
  assert.deepEqual((await stateOf(visitor)).categories, { necessary: true, functional: false, analytics: true });
  assert.equal((await changesOf(visitor)).length, 3);
  const refused = await visitor.evaluate(() => globalThis.consent.set({ unheard: true }).then(() => "kept", ({ status }) => status));
  assert.equal(refused, 422);
  await visitor.done();
});

test("an element of the page that is called consent is not mistaken for our script", async () => {
  stage.origin.routes["/signup"] = plainPage(`<form><input type="checkbox" id="consent"> I agree</form><script src="/_privacy/consent.js" defer></script>`);
  const visitor = await stage.open("musictracker");
  await button(visitor, "Accept all").click();
  await bannerOf(visitor).waitFor({ state: "detached" });
  await visitor.goto(stage.url("musictracker", "/signup"));
  await visitor.waitForFunction(() => globalThis.consent.state?.decided);
  assert.equal(await visitor.evaluate(() => globalThis.consent.get("analytics")), true);
  await visitor.done();
});

test("clicks that a page makes up itself do no harm", async () => {
  const visitor = await stage.open("musictracker");
  await visitor.evaluate(() => {
    document.dispatchEvent(new MouseEvent("click", { bubbles: true }));
    document.documentElement.firstChild.dispatchEvent(new MouseEvent("click", { bubbles: true, composed: true }));
    document.querySelector("h1").firstChild.dispatchEvent(new MouseEvent("click", { bubbles: true, composed: true }));
  });
  assert.deepEqual(visitor.faults, []);
  await visitor.done();
});

test("an answer in one tab holds in the other as soon as it is looked at", async () => {
  const one = await stage.open("musictracker");
  const other = await equip(await one.context().newPage());
  await other.goto(stage.url("musictracker", "/more"));
  await noteChanges(other);
  await one.bringToFront();
  await button(one, "Accept all").click();
  await bannerOf(one).waitFor({ state: "detached" });
  await other.bringToFront();
  // Headless tabs are all visible; the event is what a real one gets.
  await other.evaluate(() => document.dispatchEvent(new Event("visibilitychange")));
  await bannerOf(other).waitFor({ state: "detached" });
  await other.waitForFunction(() => globalThis.changes.length === 1);
  assert.equal(await other.evaluate(() => globalThis.consent.get("analytics")), true);
  // Looked at again, nothing has changed.
  await other.evaluate(() => document.dispatchEvent(new Event("visibilitychange")));
  assert.equal((await stateOf(other)).decided, true);
  assert.equal((await changesOf(other)).length, 1);
  await one.done();
});

test("back to a page that the browser kept as it was: no banner for who has answered", async () => {
  const browser = await chromium.launch({ executablePath: findBrowser(), ignoreDefaultArgs: ["--disable-back-forward-cache"], args: process.getuid?.() === 0 ? ["--no-sandbox"] : [] });
  try {
    const visitor = await browser.newPage();
    await visitor.goto(stage.url("musictracker"));
    await visitor.evaluate(() => {
      addEventListener("pageshow", ({ persisted }) => persisted && sessionStorage.setItem("restored", "1"));
      globalThis.same = true;
    });
    await visitor.goto(stage.url("musictracker", "/more"));
    await button(visitor, "Essential only").click();
    await bannerOf(visitor).waitFor({ state: "detached" });
    // Playwright's own way back waits for a load, which such a page doesn't have.
    const debuggee = await visitor.context().newCDPSession(visitor);
    const { entries, currentIndex } = await debuggee.send("Page.getNavigationHistory");
    await debuggee.send("Page.navigateToHistoryEntry", { entryId: entries[currentIndex - 1].id });
    // It was of a visitor who had not answered: it is loaded again.
    await visitor.waitForFunction(() => sessionStorage.getItem("restored") && !globalThis.same);
    await bannerOf(visitor).waitFor({ state: "detached" });
  } finally {
    await browser.close();
  }
});

test("without JavaScript, back after an answer asks the server again", async () => {
  const visitor = await stage.open("musictracker", { javaScriptEnabled: false });
  await visitor.goto(stage.url("musictracker", "/more"));
  await button(visitor, "Essential only").click();
  await bannerOf(visitor).waitFor({ state: "detached" });
  await visitor.goto(stage.url("musictracker"));
  assert.equal(await bannerOf(visitor).count(), 0);
  await visitor.done();
});
