// The banner arrives: seen at once, in nobody's way, and neither it nor the page changes the other.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { asking, bannerOf, button, choiceOf, dialogOf, plainPage, setStage } from "./stage.mjs";

const content = `<section><h2>Part</h2><p>Words and words</p><form><label>Name <input></label><button type="button">Go</button></form></section>
  <section id="tall"><h2>Tall</h2><p><b>bold</b> <i>thin</i></p><ul><li>one<li>two</ul></section><aside><p role="status">said</p></aside>`;

/** Styles that pages have, and that could reach the banner, be reached by it, or count its elements. */
const styles = {
  "nothing but the browser's": "",
  "box-sizing inherited": "html { box-sizing: border-box; padding: 3px } *, ::before, ::after { box-sizing: inherit } body, section { padding: 20px; width: 80% }",
  "body a flex column": "html, body { height: 100% } body { display: flex; flex-direction: column; gap: 11px; margin: 0 } main { flex: 1 }",
  "body a flex row that spreads": "body { display: flex; justify-content: space-between; align-items: center; min-height: 100vh }",
  "body a grid": "body { display: grid; grid-template: auto 1fr auto / 1fr 3fr; gap: 7px; margin: 0; min-height: 100vh } footer { grid-column: 1 / -1 }",
  "body's margin and padding": "body { margin: 40px; padding: 3em 5% } header { padding: inherit; margin: inherit; border: inherit }",
  "first and last child": "body > *:first-child { color: red; margin-top: 50px } body > :last-child { color: blue } body > :nth-child(2) { outline: 1px solid } body > * + * { margin-top: 2em } header + main { padding: 3px }",
  "heights in per cent": "html, body { height: 100%; margin: 0 } main { height: 60%; min-height: 50% } #tall { height: 50% }",
  "a sticky header": "header { position: sticky; top: 0; height: 60px; background: #eee } #tall { height: 3000px }",
  "a scrolling body": "html { height: 100%; overflow: hidden } body { height: 100%; overflow: auto; margin: 0 } #tall { height: 3000px }",
  "!important everywhere": "h2, p, button, form, section, a, div, slot, style, script, template { color: red !important; background: lime !important; font: 31px/2 cursive !important; padding: 17px !important; margin: 9px !important; border: 5px dotted blue !important; display: inline-block !important; position: relative !important; float: right !important } * { letter-spacing: 3px !important; text-transform: uppercase !important; visibility: visible !important; opacity: 0.7 !important; pointer-events: none !important }",
  "our own names": ".bl, .br, .b, .t, .pair, .customise { display: none !important } [role=status], [data-state], [data-nosnippet], #t { position: absolute !important; top: 0; color: red }",
  "our own custom properties": ":root, body, * { --a: red !important; --b: red !important; --t: red !important; --o: red !important }",
  "what body inherits down": "html { font: 22px/3 serif; direction: rtl; text-align: right } body { color: navy; letter-spacing: 2px; word-spacing: 4px; font-style: italic; text-indent: 3em; white-space: pre; cursor: wait; user-select: none; list-style: square; hyphens: auto; visibility: visible; text-shadow: 1px 1px red }",
  "upright script": "body { writing-mode: vertical-rl; text-orientation: upright }",
  "counters": "h2 { display: inline-block } body { counter-reset: part; counter-increment: all 999999 } section { counter-increment: part } h2::before { content: counters(part, '.') ' of ' counter(all) ' ' } body::before { content: 'before' }",
  "body a container": "body { container: page / inline-size; margin: 0 } @container (min-width: 500px) { h1 { color: green; font-size: 50px } } @container page (min-width: 500px) { h2 { color: green } }",
  "body a container of styles": "body { --theme: dark } @container style(--theme: dark) { h1 { color: green } }",
  "body in layers and columns": "body { columns: 2; isolation: isolate; z-index: 5; position: relative; overflow-x: hidden }",
};

const page = (css) => plainPage(content, `<style>${css}</style>`);

let stage;
before(async () => {
  stage = await setStage({ "/styled": ({ url }) => page(Object.values(styles)[new URLSearchParams(url.split("?")[1]).get("n")] ?? ""), "*": page("") });
});
after(() => stage?.stop());

/** Every element of the page itself: its box, all computed styles, and its generated content. */
const pageElements = (page) => page.evaluate(() => [...document.querySelectorAll("*")].map((element) => {
  const { x, y, width, height } = element.getBoundingClientRect();
  const style = (pseudo) => getComputedStyle(element, pseudo).cssText;
  return { element: `${element.localName}#${element.id}`, box: [x, y, width, height].join(" "), own: style(null), before: style("::before") };
}));

const bannerElements = (page) => bannerOf(page).evaluate((banner) => [banner, ...banner.querySelectorAll("*")].map((element) => {
  const { x, y, width, height } = element.getBoundingClientRect();
  return { element: element.localName, box: [x, y, width, height].join(" "), own: getComputedStyle(element).cssText };
}));

/** Our script keeps focused elements clear of the banner by this one property of the root. */
const allowed = /^scroll-padding|^--/;

/** What differs, a line each: thousands of equal values tell nothing. */
function differences(seen, expected) {
  if (seen.length !== expected.length) return [`${seen.length} elements instead of ${expected.length}: ${seen.map(({ element }) => element)} and ${expected.map(({ element }) => element)}`];
  return seen.flatMap((element, index) => Object.keys(element).filter((key) => element[key] !== expected[index][key]).flatMap((key) => {
    const before = new Set(expected[index][key].split("; "));
    const changed = element[key].split("; ").filter((declaration) => !before.has(declaration) && !allowed.test(declaration));
    return changed.map((declaration) => `${element.element} ${key}: ${declaration}`);
  }));
}

for (const javaScriptEnabled of [true, false]) {
  test(`the page is as without the banner, and the banner as on any page, ${javaScriptEnabled ? "with" : "without"} JavaScript`, async () => {
    const bare = await stage.browser.page({ javaScriptEnabled });
    const plain = await stage.open("musictracker", { path: "/styled?n=0", javaScriptEnabled });
    const expectedBanner = await bannerElements(plain);
    const faults = [];
    for (const [n, name] of Object.keys(styles).entries()) {
      await bare.goto(`${stage.origin.url.replace("127.0.0.1", "musictracker.localhost")}/styled?n=${n}`);
      await plain.goto(stage.url("musictracker", `/styled?n=${n}`));
      assert.equal(await bannerOf(plain).isVisible(), true, name);
      faults.push(...differences(await pageElements(plain), await pageElements(bare)).map((line) => `${name}: page: ${line}`));
      // A page that sets another size for `rem` is looked at below.
      if (name !== "what body inherits down") faults.push(...differences(await bannerElements(plain), expectedBanner).map((line) => `${name}: banner: ${line}`));
    }
    assert.deepEqual(faults.slice(0, 20), [], `${faults.length} differences`);
    await bare.context().close();
    await plain.done();
  });
}

test("where body changes colour slowly, what is in it changes no slower", async () => {
  stage.origin.routes["/theme"] = page("body { color: rgb(0, 0, 0); transition: color 100ms linear } body.dark { color: rgb(200, 200, 200) }");
  const page_ = await stage.open("musictracker", { path: "/theme" });
  const colours = await page_.evaluate(async () => {
    document.body.classList.add("dark");
    await Promise.all(document.body.getAnimations().map(({ finished }) => finished));
    return [document.body, document.querySelector("h1"), document.querySelector("footer")].map((element) => getComputedStyle(element).color);
  });
  assert.deepEqual(colours, ["rgb(200, 200, 200)", "rgb(200, 200, 200)", "rgb(200, 200, 200)"]);
  await page_.done();
});

test("the banner keeps its size and place on pages that redefine both", async () => {
  const reference = await stage.open("trackncloak");
  const expected = await bannerOf(reference).boundingBox();
  const sizes = (page) => bannerOf(page).evaluate((banner) => [...banner.querySelectorAll("h2, p, a, button")].map((element) => getComputedStyle(element).fontSize));
  const expectedSizes = await sizes(reference);
  const dialogSizes = async (page) => {
    await bannerOf(page).getByText("Customize").click();
    const found = await dialogOf(page).evaluate((dialog) => [dialog.offsetWidth, ...[...dialog.querySelectorAll("h2, p, button")].flatMap((element) => [getComputedStyle(element).fontSize, element.offsetHeight])]);
    await page.keyboard.press("Escape");
    return found;
  };
  const expectedDialog = await dialogSizes(reference);
  for (const css of ["html { font-size: 62.5% }", "html { font-size: 24px }", "body { font-size: 0; line-height: 0 }"]) {
    stage.origin.routes["/sized"] = page(css);
    await reference.goto(stage.url("trackncloak", "/sized"));
    await bannerOf(reference).waitFor();
    assert.deepEqual([css, await bannerOf(reference).boundingBox()], [css, expected]);
    assert.deepEqual([css, await sizes(reference)], [css, expectedSizes]);
    assert.deepEqual([css, await dialogSizes(reference)], [css, expectedDialog]);
  }
  // These hold what is fixed to the body instead of the window.
  for (const css of ["transform: translateY(0)", "will-change: transform", "perspective: 100px", "filter: grayscale(1)", "contain: layout"]) {
    stage.origin.routes["/held"] = page(`body { ${css} } #tall { height: 3000px }`);
    await reference.goto(stage.url("trackncloak", "/held"));
    await bannerOf(reference).waitFor();
    await reference.waitForFunction(([top, bottom]) => {
      const box = document.body.shadowRoot.querySelector("section").getBoundingClientRect();
      return Math.abs(box.top - top) <= 1 && Math.abs(box.bottom - bottom) <= 1;
    }, [expected.y, expected.y + expected.height]);
    await button(reference, "Reject").click();
    await bannerOf(reference).waitFor({ state: "detached" });
    await reference.context().clearCookies();
  }
  await reference.done();
});

for (const { site, accept, refuse, customise } of asking) {
  for (const javaScriptEnabled of [true, false]) {
    test(`${site}: seen before the page has arrived, ${javaScriptEnabled ? "with" : "without"} JavaScript, and nothing is stored`, async () => {
      const [head, rest] = page("").split("<main>");
      stage.origin.routes["/slow"] = { pieces: [`${head}<main>${" ".repeat(2000)}`, rest.slice(0, 20)], delay: 1, hang: true };
      // Miniflare compresses in one go, which the edge doesn't.
      const visitor = await stage.browser.page({ javaScriptEnabled, extraHTTPHeaders: { "accept-encoding": "identity" } });
      await visitor.goto(stage.url(site, "/slow"), { waitUntil: "commit" });
      await bannerOf(visitor).waitFor();
      for (const name of [accept, refuse]) assert.equal(await button(visitor, name).isVisible(), true);
      assert.equal(await bannerOf(visitor).getByText(customise, { exact: true }).isVisible(), true);
      assert.equal(await visitor.locator("footer").count(), 0);
      assert.equal(await choiceOf(visitor.context()), undefined);
      await visitor.context().close();
    });
  }

  test(`${site}: nothing moves, nothing is asked for, nothing fails, and no search snippet is made of it`, async () => {
    const visitor = await stage.open(site);
    const shift = await visitor.evaluate(() => new Promise((resolve) => {
      const shifts = [];
      new PerformanceObserver((list) => shifts.push(...list.getEntries().map(({ value }) => value))).observe({ type: "layout-shift", buffered: true });
      requestAnimationFrame(() => requestAnimationFrame(() => resolve(shifts)));
    }));
    assert.deepEqual(shift, []);
    assert.deepEqual(visitor.requests.all.filter((address) => !address.endsWith("favicon.ico")), [visitor.url()]);
    assert.deepEqual(visitor.faults, []);
    assert.equal(await bannerOf(visitor).count(), 1);
    assert.equal(await bannerOf(visitor).evaluate((banner) => banner.localName + banner.hasAttribute("data-nosnippet")), "sectiontrue");
    assert.equal(await visitor.evaluate(() => document.activeElement.localName), "body");
    assert.deepEqual(await visitor.context().cookies(), []);
    assert.deepEqual(await visitor.evaluate(() => [localStorage.length, sessionStorage.length]), [0, 0]);
    await visitor.done();
  });

  test(`${site}: accept and refuse are equals, in both schemes, at rest, hovered and focused`, async () => {
    for (const colorScheme of ["light", "dark"]) {
      const visitor = await stage.open(site, { colorScheme });
      const look = (name) => button(visitor, name).evaluate((element) => {
        const { width, height } = element.getBoundingClientRect();
        const style = getComputedStyle(element);
        return { tag: element.localName, box: { width, height }, parent: element.parentElement.localName, ...Object.fromEntries([...style].filter((property) => !/^(perspective|transform)-origin|inset|^(left|right|top|bottom)$|^(width|height|inline-size|block-size)$/.test(property)).map((property) => [property, style.getPropertyValue(property)])) };
      });
      const both = async (prepare) => {
        const looks = [];
        for (const name of [accept, refuse]) {
          await prepare?.(button(visitor, name));
          looks.push(await look(name));
        }
        return looks;
      };
      for (const prepare of [undefined, (one) => one.hover(), (one) => one.focus()]) {
        await visitor.mouse.move(1000, 100);
        const [{ box: one, ...yes }, { box: other, ...no }] = await both(prepare);
        assert.deepEqual(yes, no);
        assert.ok(Math.abs(one.width - other.width) <= 1 && Math.abs(one.height - other.height) <= 1, JSON.stringify([one, other]));
        assert.ok(one.height >= 44, `${one.height} high`);
      }
      await visitor.done();
    }
  });

  test(`${site}: nothing is ticked beforehand, in any layer`, async () => {
    const visitor = await stage.open(site);
    assert.equal(await bannerOf(visitor).locator("input:not([type=hidden])").count(), 0);
    await visitor.goto(stage.url(site, "/_privacy/"));
    assert.ok((await visitor.getByRole("switch").count()) > 0);
    assert.equal(await visitor.locator("input:checked").count(), 0);
    await visitor.goto(stage.url(site, "/cookie-policy"));
    assert.ok((await visitor.getByRole("switch").count()) > 0);
    assert.equal(await visitor.locator("input:checked").count(), 0);
    await visitor.done();
  });
}

test("musicmuse asks nothing: its pages are the origin's, byte for byte, and its settings say so", async () => {
  const visitor = await stage.open("musicmuse");
  assert.equal(await visitor.answer.text(), page(""));
  assert.equal(await bannerOf(visitor).count(), 0);
  await visitor.goto(stage.url("musicmuse", "/_privacy/"));
  assert.match(await visitor.locator("main").innerText(), /nothing to choose/);
  assert.equal(await visitor.locator("main :is(button, input)").count(), 0);
  await visitor.done();
});
