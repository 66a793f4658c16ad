// What vendors are told on the open page: in which order, in which words, and how often.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { startTraced } from "./traced.mjs";

let stage;
before(async () => {
  stage = await startTraced();
});
after(() => stage?.stop());

/** Everything that was said to Google, as lists; a date is "now". */
const layerOf = (page) => page.evaluate(() => (window.dataLayer ?? []).map((said) => (said.event ? { event: said.event } : [...said].map((word) => (word instanceof Date ? "now" : word)))));
const consents = async (page) => (await layerOf(page)).filter((said) => said[0] === "consent");
const heard = (page) => page.evaluate(() => window.heard ?? []);
const uetHeard = (page) => page.evaluate(() => window.uetHeard);

const words = (ads, analytics, functional) => ({
  ad_storage: ads, ad_user_data: ads, ad_personalization: ads, analytics_storage: analytics,
  functionality_storage: functional, personalization_storage: functional, security_storage: "granted",
});
const granted = words("granted", "granted", "granted");
const denied = words("denied", "denied", "denied");

/** Notes what is said to Clarity, whoever stands behind the name. */
const listenToClarity = (page) => page.addInitScript(() => {
  window.calls = [];
  let real;
  Object.defineProperty(window, "clarity", {
    configurable: true,
    get: () => real,
    set: (next) => {
      real = next && new Proxy(next, { apply: (to, self, list) => {
        window.calls.push(list[0] === "consentv2" ? [...list] : list[0]);
        return Reflect.apply(to, self, list);
      } });
    },
  });
});
const callsOf = (page) => page.evaluate(() => window.calls.filter((call) => !["set", "metadata", "start"].includes(call)));

test("a yes: denied by default, one update with every word, and only then a tag", async () => {
  const page = await stage.open();
  assert.deepEqual(await layerOf(page), []);
  await stage.answer(page, "accept");
  await stage.quiet(page);
  const layer = await layerOf(page);
  assert.deepEqual(layer.slice(0, 4), [["consent", "default", denied], ["set", "ads_data_redaction", false], ["consent", "update", granted], { event: "consent_updated" }]);
  assert.equal((await consents(page)).length, 2);
  assert.equal((await heard(page)).length, 3, "Analytics, Ads and Tag Manager");
  for (const [, ...before] of await heard(page)) assert.deepEqual(before.slice(0, 3), ["consent default", "set ads_data_redaction", "consent update"]);
  assert.deepEqual(await uetHeard(page), ["default denied", "update granted"]);
  assert.ok(stage.parties.seen.includes("region1.google-analytics.com/g/collect?gcs=G111"), String(stage.parties.seen));
  await page.close();
});

test("the next page: the real state as the only default, before any tag", async () => {
  const page = await stage.open();
  await stage.answer(page, "accept");
  await page.goto(page.url());
  await stage.quiet(page);
  assert.deepEqual((await layerOf(page))[0], ["consent", "default", granted]);
  assert.equal((await consents(page)).length, 1);
  for (const [name, ...before] of await heard(page)) assert.equal(before[0], "consent default", name);
  assert.deepEqual(await uetHeard(page), ["default granted"]);
  await page.close();
});

test("measuring alone: nothing for advertising, on the answered page and the next", async () => {
  const page = await stage.open();
  await page.evaluate(() => window.consent.set({ analytics: true }));
  await stage.quiet(page);
  const some = words("denied", "granted", "denied");
  assert.deepEqual((await consents(page)).map(([, kind, state]) => [kind, state]), [["default", denied], ["update", some]]);
  assert.deepEqual((await layerOf(page))[1], ["set", "ads_data_redaction", true]);
  assert.deepEqual(stage.hosts(), ["c.clarity.ms", "k.clarity.ms", "region1.google-analytics.com", "www.clarity.ms", "www.googletagmanager.com"]);
  assert.ok(stage.parties.seen.includes("region1.google-analytics.com/g/collect?gcs=G101"), String(stage.parties.seen));
  await page.goto(page.url());
  await stage.quiet(page);
  assert.deepEqual((await layerOf(page)).slice(0, 2), [["consent", "default", some], ["set", "ads_data_redaction", true]]);
  assert.deepEqual((await heard(page)).map(([id]) => id), ["G-TRACED"]);
  await page.close();
});

test("a withdrawal: one update, Google's tags off, Clarity stopped; and a yes after it puts nothing in twice", async () => {
  const page = await stage.open(listenToClarity);
  await stage.answer(page, "accept");
  await page.goto(page.url());
  await stage.quiet(page);
  await stage.withScript(page);
  await page.evaluate(() => (window.calls.length = 0));
  await page.evaluate(() => window.consent.set({ functional: false, analytics: false, marketing: false }));
  assert.deepEqual((await consents(page)).map(([, kind, state]) => [kind, state]), [["default", granted], ["update", denied]]);
  assert.deepEqual(await callsOf(page), ["stop", ["consentv2", { ad_Storage: "denied", analytics_Storage: "denied" }], "stop"]);
  assert.deepEqual(await uetHeard(page), ["default granted", "update denied"]);
  assert.deepEqual(await page.evaluate(() => ["G-TRACED", "AW-1"].map((id) => window[`ga-disable-${id}`])), [true, true]);
  // What runs on may want to send, and must not.
  stage.parties.clear();
  await page.evaluate(() => window.gtag("config", "G-TRACED"));
  await stage.quiet(page);
  assert.deepEqual(stage.parties.seen.filter((address) => !address.startsWith("k.clarity.ms")), []);

  await page.evaluate(() => window.consent.set({ functional: true, analytics: true, marketing: true }));
  await stage.quiet(page);
  assert.equal((await consents(page)).length, 3);
  assert.deepEqual(await page.evaluate(() => window["ga-disable-G-TRACED"]), false);
  assert.deepEqual(await page.evaluate(() => [...document.querySelectorAll("script[data-consent-tag][src]")].map(({ src }) => src)), [
    "https://www.googletagmanager.com/gtag/js?id=G-TRACED", "https://www.googletagmanager.com/gtm.js?id=GTM-TRACED",
    "https://www.googletagmanager.com/gtag/js?id=AW-1", "https://www.clarity.ms/tag/traced",
  ]);
  await page.close();
});

test("a page that carries the tags itself has them once, and told before", async () => {
  stage.page.head = `<script async src="https://www.googletagmanager.com/gtag/js?id=G-PAGE"></script><script>window.dataLayer=window.dataLayer||[];function gtag(){dataLayer.push(arguments);}gtag('js',new Date());gtag('config','G-PAGE');</script>`;
  const page = await stage.open();
  await stage.answer(page, "accept");
  await stage.quiet(page);
  const ids = async () => (await heard(page)).map(([id]) => id).sort();
  assert.deepEqual(await ids(), ["AW-1", "G-PAGE", "GTM"]);
  await stage.withScript(page);
  // The same answer once more changes nothing.
  await page.evaluate(() => window.consent.set({ functional: true, analytics: true, marketing: true }));
  await stage.quiet(page);
  assert.deepEqual(await ids(), ["AW-1", "G-PAGE", "GTM"]);
  await page.goto(page.url());
  await stage.quiet(page);
  assert.deepEqual(await ids(), ["AW-1", "G-PAGE", "GTM"]);
  for (const [name, ...before] of await heard(page)) assert.equal(before[0], "consent default", name);
  await page.close();
});

for (const [name, policy, nonce] of [
  ["a nonce", "default-src 'self'; script-src 'nonce-abc'", "abc"],
  ["hashes", "default-src 'self'; script-src 'self'", ""],
  ["'strict-dynamic'", "default-src 'self'; script-src 'nonce-abc' 'strict-dynamic'", "abc"],
  ["'strict-dynamic' and no nonce", "default-src 'self'; script-src 'strict-dynamic' 'sha256-AAAA'", ""],
]) {
  test(`under a policy with ${name}, banner and tags work without a violation, and others are kept out`, async () => {
    stage.page.headers = { "content-security-policy": policy };
    if (nonce) stage.page.head = `<script nonce="${nonce}">window.own = 1</script>`;
    const page = await stage.open();
    await stage.answer(page, "accept");
    await stage.quiet(page);
    assert.deepEqual((await heard(page)).map(([id]) => id).sort(), ["AW-1", "G-TRACED", "GTM"]);
    assert.ok(stage.hosts().includes("k.clarity.ms") && stage.hosts().includes("bat.bing.com"), String(stage.hosts()));
    await page.goto(page.url());
    await stage.quiet(page);
    assert.deepEqual((await heard(page)).map(([id]) => id).sort(), ["AW-1", "G-TRACED", "GTM"]);
    assert.deepEqual(page.faults, []);
    // Not weakened: a script that the page puts in itself, from elsewhere.
    const stranger = await page.evaluate(() => new Promise((done) => {
      document.addEventListener("securitypolicyviolation", ({ blockedURI }) => done(blockedURI));
      document.body.insertAdjacentHTML("beforeend", "<img src='https://stranger.example/x.gif' alt=''>");
      setTimeout(() => done("nothing"), 2000);
    }));
    assert.equal(stranger, "https://stranger.example/x.gif");
    // A withdrawal reaches them as well.
    await page.evaluate((own) => document.head.append(Object.assign(document.createElement("script"), { src: "/_privacy/consent.js", nonce: own })), nonce);
    if (name.endsWith("no nonce")) return page.close(); // there a page's own script has to be trusted by its hash
    await page.waitForFunction(() => window.consent?.state.decided);
    await page.evaluate(() => {
      window.same = 1;
      window.consent.set({ functional: false, analytics: false, marketing: false });
    });
    if (name === "'strict-dynamic'") {
      // Chromium lets in what a trusted script adds, inline too: at once, then.
      await page.waitForFunction(() => window["ga-disable-G-TRACED"]);
      assert.equal(await page.evaluate(() => window.same), 1);
    } else {
      // The policy doesn't know what comes with an answer: by a new page, then, which carries nothing.
      await page.waitForFunction(() => !window.same && document.readyState === "complete");
      assert.equal(await page.locator("script[data-consent-tag]").count(), 0);
    }
    await page.close();
  });
}
