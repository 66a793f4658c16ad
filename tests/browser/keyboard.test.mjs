// By keyboard alone, on small screens, enlarged, and with people's own text spacing.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { asking, bannerOf, button, dialogOf, focused, plainPage, setStage, sites } from "./stage.mjs";

const links = Array.from({ length: 40 }, (_, n) => `<p style="margin:1.5em 0"><a id="l${n}" href="#l${n}">Link ${n}</a> and words about it. <button type="button" id="b${n}">Do ${n}</button></p>`).join("");

let stage;
before(async () => (stage = await setStage({ "*": plainPage(links, "<style>body { margin: 0; font-family: sans-serif } header { position: sticky; top: 0; background: white; padding: 10px } footer { padding: 4px }</style>") })));
after(() => stage?.stop());

/** A desktop at 400 %, a small phone, and less than anybody has to support. */
const small = [{ width: 320, height: 256 }, { width: 320, height: 640 }, { width: 320, height: 200 }];

test("from the top of the page the banner is reached in a few stops, and left again", async () => {
  for (const { site, accept, refuse } of asking) {
    const visitor = await stage.open(site);
    const stops = [];
    for (let presses = 0; presses < 6; presses += 1) {
      await visitor.keyboard.press("Tab");
      stops.push(await focused(visitor));
    }
    const inBanner = stops.filter(({ in: place }) => place === "banner").map(({ text }) => text);
    assert.deepEqual(stops.slice(0, inBanner.length).map(({ text }) => text), inBanner, "the banner comes first");
    assert.ok(inBanner.indexOf(accept) >= 0 && inBanner.indexOf(refuse) === inBanner.indexOf(accept) + 1, String(inBanner));
    assert.equal(stops[inBanner.length].id, "home");
    for (let presses = 0; presses < 2; presses += 1) await visitor.keyboard.press("Shift+Tab");
    assert.equal((await focused(visitor)).in, "banner");
    await visitor.done();
  }
});

for (const viewport of [{ width: 1280, height: 800 }, ...small.slice(0, 2)]) {
  test(`at ${viewport.width} × ${viewport.height}, nothing that has the focus is hidden under the banner`, async () => {
    const visitor = await stage.open("musictracker", { viewport });
    const hidden = [];
    for (const key of ["Tab", "Shift+Tab"]) {
      for (let presses = 0; presses < 95; presses += 1) {
        await visitor.keyboard.press(key);
        // Two frames: the page scrolls in one, the banner moves in the next.
        const found = await visitor.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(() => {
          const element = document.activeElement;
          const banner = document.body.shadowRoot.querySelector("section").getBoundingClientRect();
          const box = element.getBoundingClientRect();
          const covered = element !== document.body && box.top >= banner.top && box.bottom <= banner.bottom && box.left >= banner.left && box.right <= banner.right;
          const away = box.bottom <= 0 || box.top >= innerHeight;
          resolve(element !== document.body && (covered || away) ? `${element.id}: ${covered ? "covered" : "out of sight"}` : "");
        }))));
        if (found) hidden.push(`${key}: ${found}`);
      }
    }
    assert.deepEqual(hidden, []);
    await visitor.done();
  });
}

/** What can only be seen by scrolling sideways, and text cut off by its own box. */
const overflows = (page, selector) => page.evaluate((selector) => {
  const roots = [document, ...[...document.querySelectorAll("*")].map(({ shadowRoot }) => shadowRoot).filter(Boolean)];
  const place = roots.map((root) => root.querySelector(selector)).find(Boolean);
  const faults = [];
  for (const element of [document.documentElement, place, ...place.querySelectorAll("*")]) {
    const style = getComputedStyle(element);
    if (/^inline$|^contents$|^none$/.test(style.display) || style.clipPath !== "none" || element.closest(".skip, [aria-hidden=true], thead")) continue;
    // The bar of buttons reaches over the edges of the dialog's padding on purpose.
    if (element.matches(".choice")) continue;
    if (element.scrollWidth > element.clientWidth + 1) faults.push(`${element.localName}.${element.className}: ${element.scrollWidth} px wide in ${element.clientWidth}`);
    if (/hidden|clip/.test(style.overflowY) && element.scrollHeight > element.clientHeight + 1) faults.push(`${element.localName}.${element.className}: ${element.scrollHeight} px high in ${element.clientHeight}`);
    const box = element.getBoundingClientRect();
    if (box.right > innerWidth + 1 || box.left < -1) faults.push(`${element.localName}.${element.className}: from ${box.left} to ${box.right}`);
  }
  return faults;
}, selector);

const spacing = "* { line-height: 1.5 !important; letter-spacing: 0.12em !important; word-spacing: 0.16em !important } p { margin-bottom: 2em !important }";

/** As a reader's own tool does it: into every root. */
const space = (page) => page.evaluate((css) => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(css);
  for (const root of [document, ...[...document.querySelectorAll("*")].map(({ shadowRoot }) => shadowRoot).filter(Boolean)]) root.adoptedStyleSheets = [...root.adoptedStyleSheets, sheet];
}, spacing);

for (const { site, accept, refuse } of asking) {
  test(`${site}: yes and no are in sight side by side on every screen, without scrolling`, async () => {
    for (const viewport of [...small, { width: 280, height: 653 }, { width: 360, height: 640 }, { width: 390, height: 844 }, { width: 844, height: 390 }, { width: 1280, height: 800 }]) {
      const visitor = await stage.open(site, { viewport, javaScriptEnabled: false });
      for (const widen of [false, true]) {
        if (widen) await space(visitor);
        const [around, yes, no] = await Promise.all([bannerOf(visitor), button(visitor, accept), button(visitor, refuse)].map((one) => one.boundingBox()));
        const at = `${viewport.width} × ${viewport.height}: ${JSON.stringify([around, yes, no])}`;
        for (const one of [yes, no]) assert.ok(one.y >= around.y && one.y + one.height <= around.y + around.height, at);
        assert.ok(Math.abs(yes.y - no.y) <= 1 && Math.abs(yes.height - no.height) <= 1 && Math.abs(yes.width - no.width) <= 1, at);
        // And what is before the eye is the button, not something above it.
        for (const { x, y, width, height } of [yes, no]) assert.equal(await visitor.evaluate(([x, y]) => document.body.shadowRoot.elementFromPoint(x, y).localName, [x + width / 2, y + height / 2]), "button");
      }
      await visitor.done();
    }
  });
}

for (const { site, accept, customise } of asking) {
  for (const viewport of small.slice(0, 2)) {
    test(`${site}: banner and dialog fit on ${viewport.width} × ${viewport.height}, also with wide text`, async () => {
      const visitor = await stage.open(site, { viewport });
      for (const widen of [false, true]) {
        if (widen) await space(visitor);
        assert.deepEqual(await overflows(visitor, "section[data-state]"), []);
        const box = await bannerOf(visitor).boundingBox();
        assert.ok(box.height <= viewport.height * 0.61, `${box.height} of ${viewport.height}`);
        // What doesn't fit can be scrolled to.
        for (const one of [button(visitor, accept), bannerOf(visitor).getByText(customise, { exact: true })]) {
          await one.focus();
          const [inside, around] = [await one.boundingBox(), await bannerOf(visitor).boundingBox()];
          assert.ok(inside.y >= around.y - 1 && inside.y + inside.height <= around.y + around.height + 1, JSON.stringify([inside, around]));
        }
      }
      await bannerOf(visitor).getByText(customise, { exact: true }).click();
      await dialogOf(visitor).waitFor();
      assert.deepEqual(await overflows(visitor, "dialog[open]"), []);
      await space(visitor);
      await dialogOf(visitor).locator("details").evaluateAll((all) => all.forEach((one) => (one.open = true)));
      assert.deepEqual(await overflows(visitor, "dialog[open]"), []);
      await visitor.done();
    });
  }
}

for (const site of sites) {
  test(`${site}: preference centre and policy page fit on 320 px, also with wide text`, async () => {
    const visitor = await stage.open(site, { viewport: { width: 320, height: 640 } });
    for (const path of ["/_privacy/", "/cookie-policy"]) {
      for (const widen of [false, true]) {
        await visitor.goto(stage.url(site, path));
        await visitor.locator("details").evaluateAll((all) => all.forEach((one) => (one.open = true)));
        if (widen) await space(visitor);
        assert.deepEqual(await overflows(visitor, "body"), [], path);
      }
    }
    await visitor.done();
  });

  test(`${site}: on our own pages every stop is in sight, and the first leads to the content`, async () => {
    for (const viewport of [{ width: 1280, height: 800 }, { width: 320, height: 256 }]) {
      const visitor = await stage.open(site, { viewport, path: "/cookie-policy" });
      await visitor.keyboard.press("Tab");
      assert.equal((await focused(visitor)).text, "Skip to content");
      const hidden = [];
      for (let presses = 0; presses < 40; presses += 1) {
        const { text, out, last } = await visitor.evaluate(() => {
          const element = document.activeElement;
          const box = (element.matches("input") ? element.nextElementSibling : element).getBoundingClientRect();
          return { text: element.textContent, last: element === document.body, out: box.bottom <= 0 || box.top >= innerHeight || box.width < 1 || box.right <= 0 || box.left >= innerWidth };
        });
        if (last) break;
        if (out) hidden.push(text);
        await visitor.keyboard.press("Tab");
      }
      assert.deepEqual(hidden, []);
      await visitor.done();
    }
  });
}

test("in the dialog, nothing that has the focus lies under its fixed parts", async () => {
  for (const viewport of [{ width: 320, height: 400 }, { width: 1280, height: 500 }]) {
    const visitor = await stage.open("balanced-mastering", { viewport });
    await bannerOf(visitor).getByText("Choose", { exact: true }).click();
    await dialogOf(visitor).waitFor();
    const hidden = [];
    for (let presses = 0; presses < 25; presses += 1) {
      await visitor.keyboard.press("Tab");
      const found = await dialogOf(visitor).evaluate((dialog) => {
        const element = dialog.getRootNode().activeElement;
        if (!element || element === dialog) return "";
        const shown = element.matches("input") ? element.nextElementSibling : element;
        const { left, top, width, height } = shown.getBoundingClientRect();
        const points = [[0.1, 0.2], [0.5, 0.5], [0.9, 0.8]].map(([x, y]) => dialog.getRootNode().elementFromPoint(left + width * x, top + height * y));
        return points.some((at) => at && (at === element || shown.contains(at) || element.contains(at) || at.contains(shown))) ? "" : element.outerHTML.slice(0, 80);
      });
      if (found) hidden.push(found);
    }
    assert.deepEqual(hidden, []);
    await visitor.done();
  }
});
