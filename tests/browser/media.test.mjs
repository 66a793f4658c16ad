// What people's systems ask for: no motion, their own colours, paper.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { asking, bannerOf, contrast, dialogOf, parseColour, plainPage, setStage, sites } from "./stage.mjs";

let stage;
before(async () => (stage = await setStage({ "*": plainPage() })));
after(() => stage?.stop());

test("nothing moves by itself, least of all for those who ask for it", async () => {
  for (const reducedMotion of ["reduce", "no-preference"]) {
    for (const { site, customise } of asking) {
      const visitor = await stage.open(site, { reducedMotion });
      const moving = () => visitor.evaluate(() => {
        const roots = [document, ...[...document.querySelectorAll("*")].map(({ shadowRoot }) => shadowRoot).filter(Boolean)];
        const elements = roots.flatMap((root) => [...root.querySelectorAll("*")]);
        return elements.filter((element) => [null, "::before", "::after", "::backdrop"].some((pseudo) => {
          const { animationName, transitionDuration, scrollBehavior } = getComputedStyle(element, pseudo);
          return animationName !== "none" || /[1-9]/.test(transitionDuration) || scrollBehavior === "smooth";
        })).map(({ localName }) => localName);
      });
      // Without the wish, the look may move; with it, nothing does.
      if (reducedMotion === "reduce") assert.deepEqual(await moving(), []);
      await bannerOf(visitor).getByText(customise, { exact: true }).click();
      await dialogOf(visitor).waitFor();
      if (reducedMotion === "reduce") assert.deepEqual(await moving(), []);
      for (const path of ["/_privacy/", "/cookie-policy"]) {
        await visitor.goto(stage.url(site, path));
        if (reducedMotion === "reduce") assert.deepEqual(await moving(), []);
      }
      await visitor.done();
    }
  }
});

test("in forced colours, buttons and switches have edges, and a switch looks different when on", async () => {
  for (const { site, customise } of asking) {
    for (const colorScheme of ["light", "dark"]) {
      const visitor = await stage.open(site, { forcedColors: "active", colorScheme });
      const edges = (place, selector) => place.locator(selector).evaluateAll((all) => all.map((element) => {
        const { borderTopWidth, borderTopStyle, borderTopColor } = getComputedStyle(element);
        let ground = element.parentElement;
        while (ground && /, 0\)$/.test(getComputedStyle(ground).backgroundColor)) ground = ground.parentElement;
        return { width: parseFloat(borderTopWidth), style: borderTopStyle, colour: borderTopColor, ground: getComputedStyle(ground ?? document.documentElement).backgroundColor };
      }));
      const visible = ({ width, style, colour, ground }, name) => assert.ok(width >= 1 && style !== "none" && contrast(colour, ground) >= 3, `${site} ${name}: ${width} ${style} ${colour} on ${ground}`);
      for (const one of await edges(bannerOf(visitor), "button")) visible(one, "banner button");
      assert.ok(parseFloat(await bannerOf(visitor).evaluate((banner) => getComputedStyle(banner).borderTopWidth)) >= 1, "the banner has an edge");
      await bannerOf(visitor).getByText(customise, { exact: true }).click();
      await dialogOf(visitor).waitFor();
      for (const one of await edges(dialogOf(visitor), ".actions button")) visible(one, "dialog button");
      for (const one of await edges(dialogOf(visitor), ".track")) visible(one, "switch");
      const track = dialogOf(visitor).locator(".track").first();
      const off = await track.screenshot();
      await dialogOf(visitor).locator("label.switch").first().click();
      const [track_, knob] = await track.evaluate((element) => [getComputedStyle(element).backgroundColor, getComputedStyle(element, "::after").borderTopColor]);
      assert.ok(contrast(track_, knob) >= 3, `${site}: knob ${knob} on ${track_}`);
      assert.notDeepEqual(await track.screenshot(), off);
      await visitor.done();
    }
  }
});

test("the switch's parts stand out without colour forced, on and off, light and dark", async () => {
  for (const { site } of asking) {
    for (const colorScheme of ["light", "dark"]) {
      const visitor = await stage.open(site, { path: "/_privacy/", colorScheme });
      const track = visitor.locator(".track").first();
      const parts = () => track.evaluate((element) => ({ edge: getComputedStyle(element).borderTopColor, track: getComputedStyle(element).backgroundColor, knob: getComputedStyle(element, "::after").borderTopColor, page: getComputedStyle(document.body).backgroundColor }));
      const off = await parts();
      assert.ok(contrast(off.edge, off.page) >= 3 && contrast(off.knob, off.page) >= 3, JSON.stringify(off));
      await visitor.locator("label.switch").first().click();
      const on = await parts();
      assert.ok(contrast(on.track, on.page) >= 3 && contrast(on.knob, on.track) >= 3, JSON.stringify(on));
      await visitor.done();
    }
  }
});

test("on paper there is no banner, and the policy with its tables", async () => {
  for (const site of sites) {
    for (const colorScheme of ["light", "dark"]) {
      const visitor = await stage.open(site, { colorScheme });
      await visitor.emulateMedia({ media: "print" });
      assert.equal(await bannerOf(visitor).isVisible(), false);
      assert.equal(await visitor.locator("h1").isVisible(), true);
      await visitor.goto(stage.url(site, "/cookie-policy"));
      const tables = visitor.locator("article table");
      assert.ok((await tables.count()) > 0);
      for (const table of await tables.all()) {
        if (await table.evaluate((element) => !element.closest("details:not([open])"))) assert.equal(await table.isVisible(), true);
      }
      for (const gone of [".skip", "main button", ".switch"]) assert.deepEqual(await visitor.locator(gone).evaluateAll((all) => all.filter((element) => element.checkVisibility()).length), 0, gone);
      const [text, ground] = await visitor.evaluate(() => [getComputedStyle(document.querySelector("h1")).color, getComputedStyle(document.body).backgroundColor]);
      assert.deepEqual([parseColour(text), parseColour(ground)], [[0, 0, 0, 1], [255, 255, 255, 1]]);
      await visitor.done();
    }
  }
});

test("in a dark scheme all of ours is dark, whatever the page is", async () => {
  const luminous = (colour) => contrast(colour, "rgb(0, 0, 0)");
  for (const { site, customise } of asking) {
    const visitor = await stage.open(site, { colorScheme: "dark" });
    const ground = (one) => one.evaluate((element) => getComputedStyle(element).backgroundColor);
    assert.ok(luminous(await ground(bannerOf(visitor))) < 2);
    await bannerOf(visitor).getByText(customise, { exact: true }).click();
    await dialogOf(visitor).waitFor();
    assert.ok(luminous(await ground(dialogOf(visitor))) < 2);
    for (const path of ["/_privacy/", "/cookie-policy"]) {
      await visitor.goto(stage.url(site, path));
      assert.ok(luminous(await ground(visitor.locator("body"))) < 2);
    }
    await visitor.done();
  }
});
