// Origins with a strict Content-Security-Policy, in Chromium: banner, placeholder, guard and the tags that we put in work
// without a violation, and the policy isn't weakened: what the origin refuses is still refused.

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { after, before, test } from "node:test";
import { bannerOf, dialogOf, equip, plainPage, setStage } from "./stage.mjs";

let stage;
before(async () => (stage = await setStage({ "*": plainPage() }, { testSites: true })));
after(() => stage?.stop());

const hash = (text) => `'sha256-${createHash("sha256").update(text).digest("base64")}'`;
const inline = "window.inline = 1";
const nonce = `nonce="n0nce"`;

/** What the origin sends: its policies, one a header; `nonced` pages mark their scripts; `meta` stands in the page. */
const origins = {
  "a nonce": { headers: ["script-src 'nonce-n0nce'; style-src 'self'"], nonced: true },
  "a hash": { headers: [`script-src 'self' ${hash(inline)}; style-src 'self'`] },
  "strict-dynamic with a nonce": { headers: ["script-src 'nonce-n0nce' 'strict-dynamic' https:; object-src 'none'; base-uri 'none'"], nonced: true },
  "strict-dynamic with a hash": { headers: [`script-src 'strict-dynamic' ${hash(inline)}; default-src 'self'`], own: false },
  "nothing but itself": { headers: [`default-src 'none'; script-src 'self' ${hash(inline)}; form-action 'none'; base-uri 'none'`] },
  "two policies": { headers: ["default-src 'self' https: 'unsafe-inline'", "script-src 'nonce-n0nce'; style-src 'self'; connect-src 'self'"], nonced: true },
  "two nonces": { headers: ["script-src 'nonce-n0nce'", `script-src 'nonce-other' 'self' ${hash(inline)}`], nonced: true },
};

const foreign = "https://evil.example/x.js";
const page = ({ nonced, own = true, meta = "" }, body = "") => {
  const mark = nonced ? ` ${nonce}` : "";
  return plainPage(body, `${meta}<script${mark}>${inline}</script>${own ? `<script${mark} src="/app.js"></script>` : ""}`);
};

async function visit(site, origin, body) {
  stage.origin.routes["/"] = { headers: { "content-security-policy": origin.headers ?? [] }, body: page(origin, body) };
  stage.origin.routes["/app.js"] = { headers: { "content-type": "text/javascript" }, body: "window.app = 1" };
  const visitor = await equip(await stage.browser.page());
  // What a policy stops is a request to Playwright, but never gets here: this is the wire.
  const wire = new Set();
  await visitor.route((url) => !/(localhost|127\.0\.0\.1)$/.test(url.hostname), (route) => {
    wire.add(new URL(route.request().url()).host);
    return route.fulfill({ contentType: "text/javascript", body: "" });
  });
  visitor.wire = () => [...wire].sort();
  await visitor.addInitScript(() => {
    globalThis.violations = [];
    document.addEventListener("securitypolicyviolation", ({ effectiveDirective, blockedURI, sample }) => globalThis.violations.push(`${effectiveDirective} ${blockedURI} ${sample}`.trim()));
  });
  visitor.open = async () => {
    wire.clear();
    await visitor.goto(stage.url(site), { waitUntil: "networkidle" });
  };
  visitor.violations = () => visitor.evaluate(() => globalThis.violations);
  await visitor.open();
  return visitor;
}

/** Our vendors, of whom each has a tag that we put in. */
const vendors = ["bat.bing.com", "connect.facebook.net", "www.clarity.ms", "www.googletagmanager.com"];

for (const [name, origin] of Object.entries(origins)) {
  test(`${name}: the banner is styled, answers without a reload, and what is granted comes in, without a violation`, async () => {
    const visitor = await visit("strict", origin);
    assert.deepEqual(await visitor.violations(), []);
    assert.deepEqual(await visitor.evaluate(() => [window.inline, window.app]), [1, origin.own === false ? undefined : 1]);
    assert.equal(await bannerOf(visitor).evaluate((banner) => getComputedStyle(banner).position), "fixed");
    assert.deepEqual(visitor.wire(), []);
    await visitor.evaluate(() => (window.same = true));
    await bannerOf(visitor).getByRole("link", { name: "Cookie settings" }).click();
    await dialogOf(visitor).waitFor();
    await visitor.keyboard.press("Escape");
    await visitor.click("button[value=accept]");
    await bannerOf(visitor).waitFor({ state: "detached" });
    for (let turn = 0; visitor.wire().length < vendors.length && turn < 60; turn += 1) await visitor.waitForTimeout(50);
    assert.equal(await visitor.evaluate(() => window.same), true);
    assert.deepEqual(await visitor.violations(), []);
    assert.deepEqual(visitor.wire(), vendors);
    // And with the next page, in its HTML.
    await visitor.open();
    assert.deepEqual(await visitor.violations(), []);
    assert.deepEqual(visitor.wire(), vendors);
    await visitor.done();
  });

  test(`${name}: the guard stands without a violation, and a script from elsewhere is refused, before and after a no`, async () => {
    const visitor = await visit("strict", origin, `<script src="${foreign}"></script>`);
    const refused = [`script-src-elem ${foreign}`];
    assert.deepEqual([...new Set(await visitor.violations())], refused);
    await visitor.click("button[value=reject]");
    await bannerOf(visitor).waitFor({ state: "detached" });
    await visitor.open();
    assert.deepEqual([...new Set(await visitor.violations())], refused);
    assert.deepEqual(visitor.wire(), []);
    // The guard has put its own methods in place.
    assert.equal(await visitor.evaluate(() => /native code/.test(Node.prototype.appendChild)), false);
    await visitor.done();
  });

  test(`${name}: a placeholder has its style, and offers what it offers`, async () => {
    const frames = { ...origin, headers: origin.headers.map((policy) => (policy.includes("default-src") ? `${policy}; frame-src https://www.youtube.com` : policy)) };
    const visitor = await visit("strict", frames, `<iframe src="https://www.youtube.com/embed/1" width="300" height="200" title="A video"></iframe>`);
    const inside = visitor.frameLocator("iframe");
    assert.equal(await inside.locator("body").evaluate((body) => getComputedStyle(body).display), "grid");
    assert.deepEqual(await visitor.violations(), []);
    await inside.getByRole("button").click();
    await visitor.waitForURL(stage.url("strict"));
    await visitor.waitForLoadState("networkidle");
    assert.ok(visitor.wire().includes("www.youtube.com"));
    await visitor.done();
  });
}

test("a policy in the page's own HTML can't be opened: the banner is plain forms, which work", async () => {
  const visitor = await visit("strict", { meta: `<meta http-equiv="Content-Security-Policy" content="script-src 'self'; style-src 'self'">` });
  assert.equal(await visitor.evaluate(() => window.consent), undefined);
  // The guard came before it.
  assert.equal(await visitor.evaluate(() => /native code/.test(Node.prototype.appendChild)), false);
  await visitor.click("button[value=reject]");
  await visitor.waitForLoadState("networkidle");
  assert.equal(await bannerOf(visitor).count(), 0);
  assert.deepEqual(visitor.wire(), []);
  await visitor.done();
});

test("where scripts have to be trusted, an answer reloads the page", async () => {
  const visitor = await visit("strict", { headers: ["require-trusted-types-for 'script'"] });
  assert.equal(await visitor.evaluate(() => window.inline), 1);
  await visitor.evaluate(() => (window.same = true));
  await visitor.click("button[value=accept]");
  await visitor.waitForFunction(() => !window.same);
  await visitor.waitForLoadState("networkidle");
  assert.equal(await bannerOf(visitor).count(), 0);
  assert.ok(visitor.wire().includes("www.clarity.ms"));
  await visitor.done();
});

test("where an answered page's policy keeps our script from running, a later yes reloads the page", async () => {
  const strict = origins["a nonce"];
  const visitor = await visit("tagged", strict, `<script ${nonce} src="/_privacy/consent.js" defer></script>`);
  await visitor.click("button[value=reject]");
  await bannerOf(visitor).waitFor({ state: "detached" });
  await visitor.open();
  await visitor.evaluate(() => (window.same = true));
  await visitor.evaluate(() => void window.consent.set({ analytics: true }));
  await visitor.waitForFunction(() => !window.same && document.readyState === "complete");
  await visitor.waitForLoadState("networkidle");
  assert.deepEqual(visitor.wire(), ["www.clarity.ms", "www.googletagmanager.com"]);
  await visitor.done();
});
