// Browsers that say no by themselves: Global Privacy Control and Do Not Track.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { asking, bannerOf, button, choiceOf, dialogOf, plainPage, setStage, stateOf } from "./stage.mjs";

let stage;
before(async () => (stage = await setStage({ "*": plainPage() })));
after(() => stage?.stop());

const gpc = { "sec-gpc": "1" };
const dnt = { dnt: "1" };
const none = (optional) => Object.fromEntries([["necessary", true], ...optional.map((id) => [id, false])]);
const says = (visitor, text) => visitor.locator(".present").innerText().then((present) => present.includes(text));

for (const { site, optional, accept, customise } of asking) {
  const honoured = [["GPC", gpc, "gpc", "Your browser sends Global Privacy Control"], ...(site === "musictracker" ? [] : [["DNT", dnt, "dnt", "Your browser sends Do Not Track"]])];
  for (const [name, extraHTTPHeaders, source, sentence] of honoured) {
    test(`${site}: ${name} switches everything optional off, says so, and asks no less plainly`, async () => {
      const visitor = await stage.open(site, { extraHTTPHeaders });
      const state = JSON.parse(await bannerOf(visitor).getAttribute("data-state"));
      assert.deepEqual([state.decided, state.source, state.categories, state.gpc], [false, source, none(optional), name === "GPC"]);
      assert.deepEqual(await visitor.evaluate(() => globalThis.consent.state), state);
      assert.equal(stage.origin.last().headers["x-consent"], optional.map((id) => `${id}=0`).join(", "));
      await bannerOf(visitor).getByText(customise, { exact: true }).click();
      await dialogOf(visitor).waitFor();
      assert.ok((await dialogOf(visitor).locator(".present").innerText()).includes(sentence));
      assert.equal(await dialogOf(visitor).locator("input:checked").count(), 0);
      for (const path of ["/_privacy/", "/cookie-policy"]) {
        await visitor.goto(stage.url(site, path));
        assert.equal(await says(visitor, sentence), true);
        assert.equal(await visitor.locator("input:checked").count(), 0);
      }
      await visitor.done();
    });

    test(`${site}: a choice made with ${name} on stands`, async () => {
      const visitor = await stage.open(site, { extraHTTPHeaders });
      await button(visitor, accept).click();
      await bannerOf(visitor).waitFor({ state: "detached" });
      const state = await stateOf(visitor);
      assert.deepEqual([state.decided, state.source, Object.values(state.categories)], [true, "choice", [true, ...optional.map(() => true)]]);
      assert.equal((await choiceOf(visitor.context())).signals, name === "GPC" ? "g" : "d");
      await visitor.goto(stage.url(site));
      assert.equal(await bannerOf(visitor).count(), 0);
      assert.equal(stage.origin.last().headers["x-consent"], optional.map((id) => `${id}=1`).join(", "));
      await visitor.goto(stage.url(site, "/_privacy/"));
      assert.equal(await says(visitor, sentence), false);
      assert.equal(await visitor.locator("input:not(:checked)[type=checkbox]").count(), 0);
      await visitor.done();
    });

    test(`${site}: ${name} switched on after a yes takes it back, and can be answered`, async () => {
      const visitor = await stage.open(site);
      await button(visitor, accept).click();
      await bannerOf(visitor).waitFor({ state: "detached" });
      await visitor.context().setExtraHTTPHeaders(extraHTTPHeaders);
      await visitor.goto(stage.url(site));
      assert.equal(stage.origin.last().headers["x-consent"], optional.map((id) => `${id}=0`).join(", "));
      assert.deepEqual((await stateOf(visitor)).categories, none(optional));
      await visitor.goto(stage.url(site, "/_privacy/"));
      assert.equal(await says(visitor, sentence), true);
      assert.equal(await visitor.locator("input:checked").count(), 0);
      await visitor.getByRole("button", { name: "Accept all" }).click();
      await visitor.waitForFunction(() => document.querySelector("input:checked"));
      await visitor.goto(stage.url(site));
      assert.equal((await stateOf(visitor)).source, "choice");
      await visitor.done();
    });
  }
}

test("musictracker does not honour DNT, and says so", async () => {
  const visitor = await stage.open("musictracker", { extraHTTPHeaders: dnt });
  assert.equal(JSON.parse(await bannerOf(visitor).getAttribute("data-state")).source, "default");
  await visitor.goto(stage.url("musictracker", "/_privacy/"));
  assert.equal(await says(visitor, "Do Not Track"), false);
  await visitor.goto(stage.url("musictracker", "/cookie-policy"));
  assert.match(await visitor.locator("dl.signals").innerText(), /no accepted standard for this signal[^]*Your browser sends it/);
  await visitor.done();
});

test("musicmuse has nothing to switch off, and its policy says what the signals do", async () => {
  const visitor = await stage.open("musicmuse", { extraHTTPHeaders: { ...gpc, ...dnt }, path: "/cookie-policy" });
  assert.match(await visitor.locator("dl.signals").innerText(), /nothing optional on this site[^]*Your browser sends it/);
  await visitor.done();
});
