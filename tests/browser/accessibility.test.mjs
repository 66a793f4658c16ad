// axe-core on everything that we show: light, dark and forced colours, on a desktop and on a small phone.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { accessibilityFaults } from "../support/browser.mjs";
import { asking, bannerOf, button, contrast, dialogOf, plainPage, setStage, sites } from "./stage.mjs";

let stage;
before(async () => (stage = await setStage({ "*": plainPage("", "<style>:root { color-scheme: light dark } html { background: Canvas; color: CanvasText } a { display: inline-block; padding: 6px }</style>") })));
after(() => stage?.stop());

const desktop = { width: 1280, height: 800 };
const phone = { width: 320, height: 640 };
const all = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

/** In a dark scheme only what has to do with colours can differ; where colours are forced, they are the visitor's own,
 * and axe looks at those that are not seen. */
const runs = {
  "light, on a desktop": [{ viewport: desktop, colorScheme: "light" }, {}],
  "light, on a small phone": [{ viewport: phone, colorScheme: "light" }, {}],
  "dark": [{ viewport: desktop, colorScheme: "dark" }, { rules: ["color-contrast", "link-in-text-block"] }],
  "colours forced": [{ viewport: phone, colorScheme: "dark", forcedColors: "active" }, { tags: all, except: /^color-contrast/ }],
};

/** Everything that a visitor may have before him, one after the other in one browser. */
async function surfaces(visitor, site, note) {
  const own = asking.find((one) => one.site === site);
  const open = async (path) => {
    await visitor.goto(stage.url(site, path));
    await visitor.locator("details").evaluateAll((all) => all.forEach((one) => (one.open = true)));
  };
  if (own) {
    // Where the banner scrolls, what lies under its buttons is scrolled to; axe only sees what is there now.
    await bannerOf(visitor).getByText("Cookie policy", { exact: true }).focus();
    await note("banner");
    await bannerOf(visitor).getByText(own.customise, { exact: true }).click();
    await dialogOf(visitor).waitFor();
    await dialogOf(visitor).locator("details").evaluateAll((all) => all.forEach((one) => (one.open = true)));
    await note("dialog");
  }
  await open("/_privacy/");
  await note("preference centre, undecided");
  await open("/cookie-policy");
  await note("policy");
  if (own) {
    await open("/");
    await button(visitor, own.accept).click();
    await bannerOf(visitor).waitFor({ state: "detached" });
    await note("page after the answer");
    await open("/_privacy/");
    await note("preference centre, decided");
  }
  await open("/_privacy/choice");
  await note("error");
}

for (const site of sites) {
  for (const [name, [context, { except, ...options }]] of Object.entries(runs)) {
    test(`${site}: axe finds no fault, ${name}`, async () => {
      const faults = [];
      const visitor = await stage.open(site, context);
      await surfaces(visitor, site, async (surface) => {
        const found = await accessibilityFaults(visitor, options);
        faults.push(...found.filter((fault) => !except?.test(fault)).map((fault) => `${surface}: ${fault}`));
      });
      assert.deepEqual(faults, []);
      await visitor.done();
    });
  }
}

for (const { site, accept, refuse, customise } of asking) {
  test(`${site}: text stands out from its ground at rest, hovered and focused, in light and dark`, async () => {
    for (const colorScheme of ["light", "dark"]) {
      const visitor = await stage.open(site, { colorScheme });
      const measure = async (one, name) => {
        const colours = await one.evaluate((element) => {
          const see = (colour) => !/, 0\)$|\/ 0\)$/.test(colour);
          let ground = element;
          while (!see(getComputedStyle(ground).backgroundColor)) ground = ground.parentElement;
          const { color, outlineColor, outlineStyle, outlineWidth } = getComputedStyle(element);
          let around = element.parentElement;
          while (!see(getComputedStyle(around).backgroundColor)) around = around.parentElement;
          return { color, ground: getComputedStyle(ground).backgroundColor, around: getComputedStyle(around).backgroundColor, outlineColor, outlineStyle, outlineWidth };
        });
        const ratio = contrast(colours.color, colours.ground);
        assert.ok(ratio >= 4.5, `${name}: ${ratio}`);
        return colours;
      };
      const all = async (place, names) => {
        for (const name of names) {
          const one = place.getByText(name, { exact: true });
          await measure(one, name);
          await one.hover();
          await measure(one, `${name}, hovered`);
          await visitor.keyboard.press("Shift");
          await one.focus();
          const { outlineColor, outlineStyle, outlineWidth, around } = await measure(one, `${name}, focused`);
          assert.ok(outlineStyle !== "none" && parseFloat(outlineWidth) >= 2, `${name} shows its focus`);
          assert.ok(contrast(outlineColor, around) >= 3, `${name}'s ring: ${contrast(outlineColor, around)}`);
        }
      };
      await all(bannerOf(visitor), [accept, refuse, customise, "Cookie policy"]);
      for (const text of ["h2", "p"]) await measure(bannerOf(visitor).locator(text).first(), text);
      await bannerOf(visitor).getByText(customise, { exact: true }).click();
      await dialogOf(visitor).waitFor();
      await all(dialogOf(visitor), ["Save my choice", "Accept all", "Reject all", "Cookie policy"]);
      await visitor.done();
    }
  });

  test(`${site}: everything that is pressed is at least 24 px wide and high, the buttons 44 px high`, async () => {
    const visitor = await stage.open(site, { viewport: { width: 320, height: 640 } });
    const sizes = (place) => place.locator("button, .customise, .switch, summary").evaluateAll((all) => all.map((element) => [element.textContent.trim(), ...["width", "height"].map((side) => element.getBoundingClientRect()[side])]));
    for (const [name, width, height] of await sizes(bannerOf(visitor))) assert.ok(width >= 44 && height >= 44, `${name}: ${width} × ${height}`);
    await visitor.goto(stage.url(site, "/_privacy/"));
    for (const [name, width, height] of await sizes(visitor.locator("main"))) assert.ok(width >= 24 && height >= 24, `${name}: ${width} × ${height}`);
    await visitor.done();
  });
}

test("the switch says its state and its name, and necessary cookies have none", async () => {
  const visitor = await stage.open("trackncloak", { path: "/_privacy/" });
  const names = await visitor.getByRole("switch").evaluateAll((all) => all.map((element) => element.labels[0].querySelector(".name").textContent));
  assert.deepEqual(names, ["Allow Functional", "Allow Analytics"]);
  const one = visitor.getByRole("switch", { name: "Allow Functional" });
  assert.equal(await one.isChecked(), false);
  assert.equal(await visitor.locator(".switch .state").first().innerText(), "Off");
  await visitor.locator("label.switch").first().click();
  assert.equal(await one.isChecked(), true);
  assert.equal(await visitor.locator(".switch .state").first().innerText(), "On");
  assert.equal(visitor.url(), stage.url("trackncloak", "/_privacy/"));
  await visitor.done();
});
