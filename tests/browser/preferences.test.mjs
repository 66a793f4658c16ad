// The preference centre, as a page and as a dialog.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { asking, bannerOf, button, changesOf, choiceOf, dialogOf, equip, focused, noteChanges, plainPage, setStage, stateOf } from "./stage.mjs";

const scripted = plainPage(`<p><label>Name <input id="name"></label></p>`, `<script src="/_privacy/consent.js" defer></script>`);

let stage;
before(async () => (stage = await setStage({ "/scripted": scripted, "*": plainPage(`<p><label>Name <input id="name"></label></p>`) })));
after(() => stage?.stop());

const today = () => new Date().toLocaleDateString("en-US", { year: "numeric", month: "long", day: "numeric", timeZone: "UTC" });
const tickedOf = (place) => place.getByRole("switch").evaluateAll((all) => all.map(({ checked }) => checked));

for (const { site, optional, accept, customise } of asking) {
  test(`${site}: the page saves just what is switched on, without JavaScript, and shows it with its date`, async () => {
    const visitor = await stage.open(site, { javaScriptEnabled: false });
    await bannerOf(visitor).getByText(customise, { exact: true }).click();
    await visitor.waitForURL(stage.url(site, "/_privacy/"));
    assert.match(await visitor.locator(".present").innerText(), /You have not chosen yet/);
    const switches = visitor.getByRole("switch");
    const count = await switches.count();
    await visitor.locator("label.switch").last().click();
    await visitor.getByRole("button", { name: "Save my choice" }).click();
    await visitor.getByText(`You chose on ${today()}.`).waitFor();
    assert.deepEqual(await tickedOf(visitor), [...Array(count - 1).fill(false), true]);
    assert.match(await visitor.locator(".present").innerText(), /Your choice is kept until [A-Z][a-z]+ \d+, \d{4}\./);
    const { receipt } = await choiceOf(visitor.context());
    assert.match(await visitor.locator(".present").innerText(), new RegExp(`Your receipt: ${receipt}`));
    assert.match(await visitor.locator(".present .now").innerText(), /On now/);

    // And back to nothing: a no after a yes holds no id.
    await visitor.getByRole("button", { name: "Reject all" }).click();
    await visitor.waitForFunction(() => !document.querySelector("input:checked"));
    assert.deepEqual([(await choiceOf(visitor.context())).receipt, (await choiceOf(visitor.context())).answers], ["", "n".repeat(optional.length)]);
    await visitor.getByRole("button", { name: "Accept all" }).click();
    await visitor.waitForFunction((count) => document.querySelectorAll("input:checked").length === count, count);
    assert.equal((await choiceOf(visitor.context())).answers, "y".repeat(optional.length));
    await visitor.done();
  });

  test(`${site}: the dialog takes the focus, keeps it, and gives it back`, async () => {
    const visitor = await stage.open(site);
    await noteChanges(visitor);
    const opener = bannerOf(visitor).getByText(customise, { exact: true });
    for (const close of [() => visitor.keyboard.press("Escape"), () => dialogOf(visitor).getByRole("button", { name: "Close" }).click(), () => visitor.mouse.click(5, 400)]) {
      await opener.focus();
      await visitor.keyboard.press("Enter");
      await dialogOf(visitor).waitFor();
      assert.deepEqual(await focused(visitor), { tag: "h2", id: "title", text: "Cookie settings", in: "dialog" });
      assert.equal(await dialogOf(visitor).evaluate((dialog) => dialog.matches(":modal")), true);
      const stops = [];
      for (let presses = 0; presses < 60; presses += 1) {
        await visitor.keyboard.press("Tab");
        const stop = await focused(visitor);
        // From the last stop the browser's own controls follow, which a headless one shows as its body.
        if (stop.in !== "dialog") assert.equal(stop.tag, "body");
        stops.push(stop.in === "dialog" ? `${stop.tag} ${stop.id} ${stop.text}` : "");
        if (presses > 2 && stops.at(-1) === stops[0]) break;
      }
      assert.equal(stops.at(-1), stops[0], "the focus comes round");
      for (const wanted of ["Save my choice", "Accept all", "Reject all", "×"]) assert.ok(stops.some((stop) => stop.endsWith(wanted)), `${wanted} among ${stops}`);
      await close();
      await dialogOf(visitor).waitFor({ state: "detached" });
      assert.equal((await focused(visitor)).text, customise);
      assert.equal(await bannerOf(visitor).isVisible(), true);
    }
    assert.deepEqual(await changesOf(visitor), []);
    assert.deepEqual(await visitor.context().cookies(), []);
    await visitor.done();
  });

  test(`${site}: what is switched on in the dialog and not saved is gone`, async () => {
    const visitor = await stage.open(site);
    for (let round = 0; round < 2; round += 1) {
      await bannerOf(visitor).getByText(customise, { exact: true }).click();
      await dialogOf(visitor).waitFor();
      assert.ok((await tickedOf(dialogOf(visitor))).every((on) => !on));
      await dialogOf(visitor).locator("label.switch").first().click();
      await visitor.keyboard.press("Escape");
      await dialogOf(visitor).waitFor({ state: "detached" });
    }
    assert.deepEqual(await visitor.context().cookies(), []);
    await visitor.done();
  });

  test(`${site}: saved in the dialog, it holds at once, is said, and the page goes on`, async () => {
    const visitor = await stage.open(site);
    await noteChanges(visitor);
    let navigations = 0;
    visitor.on("framenavigated", () => (navigations += 1));
    await visitor.locator("#settings").focus();
    await visitor.keyboard.press("Enter");
    await dialogOf(visitor).waitFor();
    await dialogOf(visitor).locator("label.switch").first().click();
    await dialogOf(visitor).getByRole("button", { name: "Save my choice" }).click();
    await dialogOf(visitor).waitFor({ state: "detached" });
    await bannerOf(visitor).waitFor({ state: "detached" });
    assert.equal((await focused(visitor)).id, "settings");
    assert.equal((await changesOf(visitor)).length, 1);
    assert.equal(await visitor.getByRole("status").last().textContent(), "Your choice is saved.");
    assert.equal(navigations, 0);
    assert.ok((await choiceOf(visitor.context())).receipt);

    await visitor.locator("#settings").click();
    await dialogOf(visitor).waitFor();
    const [first, ...rest] = await tickedOf(dialogOf(visitor));
    assert.deepEqual([first, ...new Set(rest)], rest.length ? [true, false] : [true]);
    await dialogOf(visitor).getByText(`You chose on ${today()}.`).waitFor();
    await dialogOf(visitor).getByRole("button", { name: "Accept all" }).click();
    await dialogOf(visitor).waitFor({ state: "detached" });
    assert.equal((await choiceOf(visitor.context())).answers, "y".repeat(optional.length));

    // Forgetting reloads: the page has to be one that asks.
    await visitor.locator("#settings").click();
    await Promise.all([visitor.waitForEvent("framenavigated"), dialogOf(visitor).getByRole("button", { name: "Forget my choice" }).click()]);
    await bannerOf(visitor).waitFor();
    assert.deepEqual(await visitor.context().cookies(), []);
    assert.deepEqual(visitor.faults, []);
    await visitor.done();
  });

  test(`${site}: saved in a dialog that was opened from the banner, the focus is not lost in nothing`, async () => {
    const visitor = await stage.open(site);
    await visitor.locator("#name").focus();
    await bannerOf(visitor).getByText(customise, { exact: true }).focus();
    await visitor.keyboard.press("Enter");
    await dialogOf(visitor).waitFor();
    await dialogOf(visitor).getByRole("button", { name: "Reject all" }).focus();
    await visitor.keyboard.press("Enter");
    await bannerOf(visitor).waitFor({ state: "detached" });
    assert.equal((await focused(visitor)).id, "name");
    await visitor.done();
  });

  test(`${site}: a decided visitor's page that asks for the script has window.consent and the dialog`, async () => {
    const visitor = await stage.open(site);
    const ready = () => visitor.evaluate(() => globalThis.consent.ready);
    assert.equal((await ready()).decided, false);
    await button(visitor, accept).click();
    await bannerOf(visitor).waitFor({ state: "detached" });
    await visitor.goto(stage.url(site, "/scripted"));
    assert.deepEqual(await ready(), await stateOf(visitor));
    assert.ok(await visitor.evaluate((category) => globalThis.consent.get(category), optional[0]));
    assert.deepEqual(await visitor.evaluate(() => globalThis.consent.state), await stateOf(visitor));
    await noteChanges(visitor);
    await visitor.evaluate(() => globalThis.consent.show());
    await dialogOf(visitor).waitFor();
    assert.ok((await tickedOf(dialogOf(visitor))).every((on) => on));
    await visitor.keyboard.press("Escape");
    await dialogOf(visitor).waitFor({ state: "detached" });
    await visitor.locator("#settings").click();
    await dialogOf(visitor).waitFor();
    await dialogOf(visitor).getByRole("button", { name: "Reject all" }).click();
    await dialogOf(visitor).waitFor({ state: "detached" });
    assert.equal((await changesOf(visitor)).length, 1);
    assert.equal((await choiceOf(visitor.context())).answers, "n".repeat(optional.length));
    // Said here too, where no banner brought a place to say it.
    assert.equal(await visitor.getByRole("status").last().textContent(), "Your choice is saved.");
    assert.equal((await focused(visitor)).id, "settings");
    await visitor.done();
  });

  test(`${site}: who cannot be asked what was answered is taken for a no`, async () => {
    const visitor = await stage.open(site);
    await button(visitor, accept).click();
    await bannerOf(visitor).waitFor({ state: "detached" });
    await visitor.route("**/_privacy/state", (route) => route.abort());
    await visitor.goto(stage.url(site, "/scripted"));
    const state = await visitor.evaluate(() => globalThis.consent.ready);
    assert.deepEqual([state.categories, await visitor.evaluate((category) => globalThis.consent.get(category), optional[0])], [{ necessary: true }, false]);
  });

  test(`${site}: where our script is not, the link in the footer is a link`, async () => {
    const visitor = await stage.open(site);
    await button(visitor, accept).click();
    await bannerOf(visitor).waitFor({ state: "detached" });
    await visitor.goto(stage.url(site));
    await visitor.locator("#settings").click();
    await visitor.waitForURL(stage.url(site, "/_privacy/"));
    await visitor.done();
  });
}

test("balanced-mastering: each service has a switch of its own, on the page and in the dialog", async () => {
  const services = ["user-preferences", "theme-mode", "upload-history", "google-analytics", "usage-stats"];
  for (const javaScriptEnabled of [true, false]) {
    const visitor = await stage.open("balanced-mastering", { javaScriptEnabled });
    await bannerOf(visitor).getByText("Choose", { exact: true }).click();
    const place = javaScriptEnabled ? dialogOf(visitor) : visitor.locator("main");
    await place.getByRole("switch").first().waitFor({ state: "attached" });
    assert.deepEqual(await place.getByRole("switch").evaluateAll((all) => all.map(({ value }) => value)), services);
    for (const name of ["Allow Theme", "Allow Usage statistics"]) {
      const one = place.getByRole("switch", { name });
      await one.focus();
      await visitor.keyboard.press(" ");
      assert.equal(await one.isChecked(), true);
    }
    await place.getByRole("button", { name: "Save my choice" }).click();
    await (javaScriptEnabled ? dialogOf(visitor).waitFor({ state: "detached" }) : visitor.getByText("You chose on").waitFor());
    const state = await (await visitor.goto(stage.url("balanced-mastering", "/_privacy/state"))).json();
    assert.deepEqual(services.map((id) => state.services[id]), [false, true, false, false, true]);
    assert.deepEqual(state.categories, { necessary: true, functional: false, analytics: false });
    await visitor.goto(stage.url("balanced-mastering", "/_privacy/"));
    assert.deepEqual(await tickedOf(visitor), [false, true, false, false, true]);
    await visitor.goto(stage.url("balanced-mastering", "/"));
    assert.equal(await bannerOf(visitor).count(), 0);
    await visitor.done();
  }
});

test("a click with a modifier opens the preference centre in a tab of its own", async () => {
  const visitor = await stage.open("musictracker");
  const [tab] = await Promise.all([visitor.context().waitForEvent("page"), visitor.locator("#settings").click({ modifiers: ["Control"] })]);
  await tab.waitForURL(stage.url("musictracker", "/_privacy/"));
  assert.equal(await dialogOf(visitor).count(), 0);
  await visitor.done();
});

test("asked for twice, one dialog opens", async () => {
  const visitor = await stage.open("musictracker");
  await visitor.evaluate(() => Promise.all([globalThis.consent.show(), globalThis.consent.show(), globalThis.consent.show()]));
  assert.equal(await dialogOf(visitor).count(), 1);
  await visitor.keyboard.press("Escape");
  await dialogOf(visitor).waitFor({ state: "detached" });
  await visitor.done();
});

test("where the dialog can't be fetched, the page comes instead, with nothing odd on the way", async () => {
  for (const fulfil of [(route) => route.abort(), (route) => route.fulfill({ status: 502, body: "no" })]) {
    const visitor = await stage.open("musictracker");
    await visitor.route("**/_privacy/?dialog*", fulfil);
    await visitor.locator("#settings").click();
    await visitor.waitForURL(stage.url("musictracker", "/_privacy/"));
    assert.equal(await visitor.locator("h1").innerText(), "Cookie settings");
    await visitor.done();
  }
});

const strict = {
  "nonces and trusted types": ["default-src 'self'; script-src 'nonce-x'; style-src 'nonce-x'; require-trusted-types-for 'script'", "page"],
  "nonces": ["default-src 'self'; script-src 'nonce-x' 'strict-dynamic'; style-src 'nonce-x'; base-uri 'none'; object-src 'none'", "dialog"],
  "nothing but itself": ["default-src 'self'", "dialog"],
  "nothing at all": ["default-src 'none'; form-action 'none'; base-uri 'none'", "dialog"],
  "a sandbox of its own": ["default-src 'self'; sandbox allow-scripts allow-forms allow-same-origin", "dialog"],
};

for (const [name, [policy, opens]] of Object.entries(strict)) {
  test(`under a policy that allows ${name}, the banner is styled and works, and settings open as a ${opens}`, async () => {
    stage.origin.routes["/strict"] = { headers: { "content-security-policy": policy }, body: plainPage() };
    const visitor = await stage.open("trackncloak", { path: "/strict" });
    const style = await bannerOf(visitor).evaluate((banner) => [getComputedStyle(banner).position, getComputedStyle(banner.querySelector("button")).backgroundColor]);
    assert.deepEqual(style, ["fixed", "rgb(29, 78, 216)"]);
    await visitor.locator("#settings").click();
    if (opens === "dialog") {
      await dialogOf(visitor).waitFor();
      assert.equal(await dialogOf(visitor).evaluate((dialog) => getComputedStyle(dialog.querySelector(".actions button")).backgroundColor), "rgb(29, 78, 216)");
      await visitor.keyboard.press("Escape");
    } else {
      await visitor.waitForURL(stage.url("trackncloak", "/_privacy/"));
      await visitor.goto(stage.url("trackncloak", "/strict"));
    }
    await button(visitor, "Accept").click();
    await bannerOf(visitor).waitFor({ state: "detached" });
    assert.equal(visitor.url(), stage.url("trackncloak", "/strict"));
    assert.equal((await choiceOf(visitor.context())).answers, "yy");
    await visitor.done();
  });
}

test("our own pages run nothing and load nothing", async () => {
  const visitor = await equip(await stage.browser.page());
  for (const path of ["/_privacy/", "/cookie-policy"]) {
    visitor.requests.clear();
    await visitor.goto(stage.url("balanced-mastering", path));
    assert.equal(await visitor.locator("script, link[rel=stylesheet], img, iframe").count(), 0);
    assert.deepEqual(visitor.requests.all.filter((address) => !address.endsWith("favicon.ico")), [stage.url("balanced-mastering", path)]);
  }
  assert.deepEqual(visitor.faults.filter((fault) => !/404/.test(fault)), []);
  await visitor.done();
});
