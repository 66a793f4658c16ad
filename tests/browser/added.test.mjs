// Tags that a site's own scripts add, in Chromium: by every means that scripts have, what goes over the wire is what was
// granted; under a guard (the page has a script of ours) and under a policy (it has a header).

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { equip, plainPage, setStage } from "./stage.mjs";

let stage;
before(async () => (stage = await setStage({ "*": plainPage() }, { testSites: true })));
after(() => stage?.stop());

const javascript = (body) => ({ headers: { "content-type": "text/javascript" }, body });

/** A bundle of the site's own, which doesn't ask. Each means asks for a file of its own name. */
const means = {
  "script-append": `const s = document.createElement("script"); s.src = "https://www.clarity.ms/script-append"; document.head.append(s);`,
  "script-before-first": `const t = document.createElement("script"); t.src = "//www.clarity.ms/script-before-first"; const y = document.getElementsByTagName("script")[0]; y.parentNode.insertBefore(t, y);`,
  "script-attribute": `const a = document.createElement("script"); a.setAttribute("src", "https://WWW.Clarity.ms/script-attribute"); document.body.appendChild(a);`,
  "script-late": `const l = document.createElement("script"); document.body.appendChild(l); l.src = "https://www.clarity.ms/script-late";`,
  "script-in-fragment": `const f = document.createDocumentFragment(), fs = document.createElement("script"); fs.src = "https://www.clarity.ms/script-in-fragment"; f.append(fs); document.body.append(f);`,
  "script-fragment-text": `document.body.append(document.createRange().createContextualFragment('<script src="https://www.clarity.ms/script-fragment-text"></scr' + 'ipt>'));`,
  "frame-markup": `const d = document.createElement("div"); document.body.append(d); d.innerHTML = '<p id="beside">kept</p><iframe src="https://www.clarity.ms/frame-markup"></iframe>';`,
  "frame-adjacent": `document.body.insertAdjacentHTML("beforeend", '<iframe src="https://www.clarity.ms/frame-adjacent"></iframe>');`,
  "frame-late": `const i = document.createElement("iframe"); document.body.append(i); i.src = "https://www.clarity.ms/frame-late";`,
};
/** What a policy leaves alone unless unknown hosts are held: no code, and nothing to bring back later. */
const passing = {
  "image": `new Image().src = "https://c.clarity.ms/image";`,
  "image-set": `const im = document.createElement("img"); im.srcset = "/own.png 3x, https://c.clarity.ms/image-set 1x"; document.body.append(im);`,
  "image-markup": `document.createElement("div").innerHTML = '<img src="https://c.clarity.ms/image-markup">';`,
  "fetch": `fetch("https://www.clarity.ms/fetch", { mode: "no-cors" }).then((answer) => { window.fetched = answer.status; }, () => {});`,
  "beacon": `navigator.sendBeacon("https://www.clarity.ms/beacon", "x");`,
  "xhr": `const x = new XMLHttpRequest(); x.open("GET", "https://www.clarity.ms/xhr"); x.onloadend = () => { window.loaded = 1; }; x.send();`,
};
const written = `document.write('<script src="https://www.clarity.ms/written"></scr' + 'ipt><p id="after">kept</p>');`;
const own = `
  const o = document.createElement("script"); o.src = "/own.js"; o.onload = () => { window.ownLoaded = 1; }; document.head.append(o);
  const e = document.createElement("div"); e.innerHTML = '<b>bold</b><svg><path d="M0 0"/></svg>'; document.body.append(e, "text");
  const n = document.createElement("script"); n.text = "window.inline = 1"; document.body.append(n);
  fetch("/own.json"); localStorage.length;`;

const routes = () => {
  const all = { ...means, ...passing };
  stage.origin.routes["/"] = plainPage(`<script>${written}</script>`, `<script>window.first = 1</script><script src="/bundle.js" defer></script>`);
  stage.origin.routes["/bundle.js"] = javascript(`${Object.values(all).map((code) => `try { (() => { ${code} })(); } catch (fault) { (window.threw = window.threw || []).push(String(fault)); }`).join("\n")}\n${own}`);
  stage.origin.routes["/own.js"] = javascript("window.own = 1");
  stage.origin.routes["/own.json"] = { headers: { "content-type": "application/json" }, body: "{}" };
};

/** A visitor to whom third parties answer, noting in `ran` what did. */
async function visitor(site, { cookie, ...options } = {}) {
  const context = await stage.browser.context(options);
  if (cookie) await context.addCookies(cookie);
  const page = await equip(await context.newPage());
  // What the browser's own policy stops is a request to Playwright, but never gets here: this is the wire.
  const wire = [];
  await context.route((url) => !/(localhost|127\.0\.0\.1)$/.test(url.hostname), (route) => {
    const name = new URL(route.request().url()).pathname.slice(1);
    wire.push(name);
    const [contentType, body] = name.startsWith("frame") ? ["text/html", "<!doctype html><title>Frame</title>"] : ["text/javascript", `(window.ran = window.ran || []).push(${JSON.stringify(name)})`];
    return route.fulfill({ contentType, body, headers: { "access-control-allow-origin": "*" } });
  });
  page.asked = () => [...wire].sort();
  page.clear = () => wire.splice(0);
  page.open = async () => {
    page.clear();
    page.answer = await page.goto(stage.url(site), { waitUntil: "networkidle" });
    // The page itself is as it would be without us.
    await page.waitForFunction(() => window.ownLoaded && window.inline && window.own);
    assert.equal(await page.locator("#beside").textContent(), "kept");
    assert.equal(await page.locator("#after").textContent(), "kept");
    assert.equal(await page.evaluate(() => window.threw), undefined);
    return page;
  };
  return page.open();
}

const answer = async (page, value) => {
  await page.click(`button[value=${value}]`);
  await page.waitForFunction(() => !document.body.shadowRoot.querySelector("section"));
};
const held = ["written", ...Object.keys(means)];
const everything = [...held, ...Object.keys(passing)].sort();
/** What a yes brings in at once; images that aren't in the page and requests stay unsent. */
const back = [...held, "image-set"].sort();
const isBack = async (page) => {
  for (let turn = 0; page.asked().length < back.length && turn < 100; turn += 1) await page.waitForTimeout(30);
  await page.waitForFunction(() => window.ran?.length === 7);
};
const gpc = { extraHTTPHeaders: { "sec-gpc": "1" } };

for (const site of ["guarded", "closed"]) {
  test(`${site}: before an answer nothing of a withheld service goes out, and a yes brings it in, once, in order, without a reload`, async () => {
    routes();
    const page = await visitor(site);
    assert.deepEqual(page.asked(), []);
    assert.equal(await page.evaluate(() => [window.fetched, window.loaded].join()), "204,1");
    await page.evaluate(() => (window.same = true));
    await answer(page, "accept");
    await isBack(page);
    await page.waitForTimeout(200);
    assert.ok(await page.evaluate(() => window.same));
    assert.deepEqual(page.asked(), back);
    const order = await page.evaluate(() => window.ran);
    const inDocument = await page.evaluate(() => [...document.querySelectorAll("script[src*='clarity.ms' i]")].map((script) => new URL(script.src).pathname.slice(1)));
    assert.deepEqual(order, inDocument);
    await page.done();
  });

  test(`${site}: after a no, on the next page, nothing goes out`, async () => {
    routes();
    const page = await visitor(site);
    await answer(page, "reject");
    await page.open();
    const passes = site === "closed" ? Object.keys(passing).sort() : [];
    assert.deepEqual(page.asked(), passes);
    const header = page.answer.headers()["content-security-policy"] ?? "";
    assert.equal(header.includes("frame-src 'self'"), site === "closed");
    assert.equal((await page.answer.text()).includes("currentScript.remove"), site === "guarded");
    await page.done();
  });

  test(`${site}: after a yes everything goes out and the page is the origin's; after a withdrawal nothing does`, async () => {
    routes();
    const page = await visitor(site);
    await answer(page, "accept");
    await isBack(page);
    await page.open();
    assert.deepEqual(page.asked(), everything);
    assert.equal(page.answer.headers()["content-security-policy"], undefined);
    assert.equal(await page.answer.text(), stage.origin.routes["/"]);
    await page.evaluate(() => fetch("/_privacy/choice", { method: "POST", body: new URLSearchParams({ decision: "reject" }) }));
    await page.open();
    assert.deepEqual(page.asked(), site === "closed" ? Object.keys(passing).sort() : []);
    await page.done();
  });

  test(`${site}: with GPC, nothing goes out, asked or refused`, async () => {
    routes();
    const page = await visitor(site, gpc);
    assert.deepEqual(page.asked(), []);
    await answer(page, "reject");
    await page.open();
    assert.deepEqual(page.asked(), site === "closed" ? Object.keys(passing).sort() : []);
    await page.done();
  });

  test(`${site}: a later yes in the dialog brings the tags in, ${site === "closed" ? "with" : "without"} a reload`, async () => {
    routes();
    const page = await visitor(site);
    await answer(page, "reject");
    stage.origin.routes["/"] = stage.origin.routes["/"].replace("</head>", `<script src="/_privacy/consent.js" defer></script></head>`);
    await page.open();
    await page.evaluate(() => (window.same = true));
    page.clear();
    await page.click("#settings");
    await page.locator("dialog[open]").getByRole("button", { name: "Accept all" }).click();
    await page.waitForFunction(() => window.ran?.length >= 7);
    assert.equal(await page.evaluate(() => Boolean(window.same)), site === "guarded");
    await page.done();
  });
}

test("the guard forgets what is stored and not granted, and leaves the rest", async () => {
  routes();
  const page = await visitor("guarded");
  await page.evaluate(() => {
    localStorage.setItem("theme", "dark");
    localStorage.setItem("other", "1");
    sessionStorage.setItem("_cltk", "1");
  });
  await page.open();
  assert.deepEqual(await page.evaluate(() => [localStorage.theme, localStorage.other, sessionStorage._cltk].map(String)), ["undefined", "1", "undefined"]);
  await page.done();
});

test("an inline loader that a script adds is held by its marks, and runs on a yes", async () => {
  routes();
  const page = await visitor("guarded");
  await page.evaluate(() => {
    const script = document.createElement("script");
    script.text = `window.loader = "clarity.ms/tag/".length`;
    document.body.append(script);
    const late = document.createElement("script");
    document.body.append(late);
    late.append(`window.late = 'clarity.ms/tag/'`);
    const empty = document.createElement("script");
    document.body.append(empty);
    empty.text = `window.later = 'clarity.ms/tag/'`;
  });
  const ran = () => page.evaluate(() => [window.loader, window.late, window.later].map(String));
  assert.deepEqual(await ran(), ["undefined", "undefined", "undefined"]);
  await answer(page, "accept");
  await page.waitForFunction(() => window.later);
  assert.deepEqual(await ran(), ["15", "clarity.ms/tag/", "clarity.ms/tag/"]);
  await page.done();
});

test("what is granted beside what isn't passes the guard, and hosts that only look alike do", async () => {
  routes();
  const page = await visitor("guarded");
  const go = (url) => page.evaluate((src) => {
    new Image().src = src;
  }, url);
  page.clear();
  for (const url of ["https://notclarity.ms/a", "https://clarity.ms.example/b", "https://www.googletagmanager.com/gtm.js?c", "https://example.com/?https://www.clarity.ms/d"]) await go(url);
  for (const url of ["https://clarity.ms./e", "https://www.googletagmanager.com/gtag/js?f", "https://u:p@www.youtube.com/g", "https://www.googletagmanager.com/%67tag/h"]) await go(url);
  await page.waitForLoadState("networkidle");
  assert.deepEqual(page.asked(), ["", "a", "b", "gtm.js"]);
  await page.done();
});

test("an image or frame that is given another address, of nobody withheld, is live again", async () => {
  routes();
  const page = await visitor("guarded");
  const seen = await page.evaluate(() => {
    const image = new Image();
    image.src = "https://c.clarity.ms/x";
    const before = image.outerHTML;
    image.src = "/own.png";
    return [before, image.outerHTML];
  });
  assert.deepEqual(seen, [`<img data-consent-hold="microsoft-clarity" data-consent-src="https://c.clarity.ms/x">`, `<img src="/own.png">`]);
  await page.done();
});

test("to other scripts everything looks as it was", async () => {
  routes();
  const page = await visitor("guarded");
  const odd = await page.evaluate(() => {
    const plain = document.implementation.createHTMLDocument("");
    const frame = document.createElement("iframe");
    document.body.append(frame);
    const other = frame.contentWindow;
    const wrong = [];
    for (const name of ["Node", "Element", "Document", "DocumentFragment", "CharacterData", "Range", "HTMLScriptElement", "HTMLImageElement", "HTMLIFrameElement", "Navigator", "XMLHttpRequest"]) {
      const one = Object.getOwnPropertyDescriptors(window[name].prototype);
      const two = Object.getOwnPropertyDescriptors(other[name].prototype);
      for (const key of Object.keys(two)) {
        const flags = (found) => [found.enumerable, found.configurable, found.writable, typeof found.value, typeof found.get, typeof found.set, found.value?.name, found.set?.name].join();
        if (flags(one[key]) !== flags(two[key])) wrong.push(`${name}.${key}: ${flags(one[key])} | ${flags(two[key])}`);
      }
    }
    const errors = [() => document.body.appendChild(null), () => document.body.append(Symbol("x")), () => new Image().setAttribute("1"), () => Element.prototype.append.call({})].map((run) => {
      try {
        run();
        return "none";
      } catch (fault) {
        return fault.name;
      }
    });
    return { wrong, errors, plain: plain.title };
  });
  assert.deepEqual(odd, { wrong: [], errors: ["TypeError", "TypeError", "TypeError", "TypeError"], plain: "" });
  assert.deepEqual(page.faults, []);
  await page.done();
});
