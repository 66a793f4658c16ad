// A withdrawal and a reset, seen in the browser's own store of cookies: HttpOnly, on every parent domain, on every declared
// path, with prefixes, in partitions, and undeclared ones where these are blocked.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { isClaritysOwn } from "./third-parties.mjs";
import { startTraced } from "./traced.mjs";

const host = "eu.shop.traced.example";
const domains = ["", "; Domain=eu.shop.traced.example", "; Domain=shop.traced.example", "; Domain=traced.example"];

/** Everything that may be left, as an origin's or a vendor's `Set-Cookie`. */
const leftovers = [
  ...domains.flatMap((domain) => [
    `_ga=1; Path=/; HttpOnly${domain}`, `FPID=1; Path=/; HttpOnly; Secure; SameSite=Strict${domain}`, `_ga_TRACED=1; Path=/; SameSite=None; Secure${domain}`,
    `drafts=1; Path=/account; HttpOnly${domain}`, `drafts=1; Path=/account/drafts${domain}`,
    `__Secure-experiment=1; Path=/; Secure; HttpOnly${domain}`, `experiment=1; Path=/; Secure; SameSite=None; Partitioned${domain}`,
  ]),
  "__Host-experiment=1; Path=/; Secure; HttpOnly",
];
/** From before the site blocked them, and what Cloudflare sets behind the worker's back. */
const undeclared = [{ name: "legacy", domain: ".traced.example", httpOnly: true }, { name: "legacy", domain: host }, { name: "cf_clearance", domain: ".traced.example", httpOnly: true }];
const stays = ["session=1; Path=/; HttpOnly; Secure"];

let stage;
before(async () => {
  stage = await startTraced({
    routes: {
      "/set": { headers: { "set-cookie": [...leftovers, ...stays] }, body: "<!doctype html><title>Set</title><p>Set" },
      "/keep": { status: 204 },
    },
  });
});
after(() => stage?.stop());

const list = async () => (await stage.profile.context.cookies()).filter(({ name }) => name !== "cookie_consent").map(({ name, domain, path, partitionKey }) => `${name} ${domain} ${path}${partitionKey ? " partitioned" : ""}`).sort();

const ways = {
  "by the page's script": async (page) => {
    await stage.withScript(page);
    await page.evaluate(() => window.consent.set({ functional: false, analytics: false, marketing: false }));
  },
  "by a form, without JavaScript": async (page, devtools) => {
    await devtools.send("Emulation.setScriptExecutionDisabled", { value: true });
    await page.goto(`https://${host}/_privacy/`);
    await page.locator("button[value=reject]").first().click();
    await page.waitForURL((url) => !url.pathname.startsWith("/_privacy/choice"));
  },
  "by a reset, without JavaScript": async (page, devtools) => {
    await devtools.send("Emulation.setScriptExecutionDisabled", { value: true });
    await page.goto(`https://${host}/_privacy/`);
    await page.locator("button[formaction$=reset], form[action$=reset] button").first().click();
    await page.waitForURL((url) => !url.pathname.startsWith("/_privacy/reset"));
  },
};

for (const [name, way] of Object.entries(ways)) {
  test(`${name}: nothing optional is left in the browser`, async () => {
    let devtools;
    const page = await stage.open((_, session) => {
      devtools = session;
    }, `https://${host}/`);
    await stage.answer(page, "accept");
    await stage.quiet(page, 200);
    // Away from the page whose tags run and keep things themselves.
    await page.goto(`https://${host}/_privacy/policy.json`);
    await page.goto(`https://${host}/set`);
    await stage.profile.context.addCookies(undeclared.map((cookie) => ({ value: "1", path: "/", ...cookie })));
    const before = await list();
    for (const one of ["_ga", "FPID", "__Host-experiment", "__Secure-experiment", "legacy", "session"]) assert.ok(before.some((line) => line.startsWith(`${one} `)), `${one} in ${before}`);
    assert.equal(before.filter((line) => line.startsWith("_ga ") && line.includes("traced.example")).length, 4, String(before));
    assert.equal(before.filter((line) => line.startsWith("drafts ")).length, 8);
    assert.equal(before.filter((line) => line.startsWith("experiment ")).length, 4, String(before));
    await way(page, devtools);
    const own = (await list()).filter((line) => line.includes("traced.example"));
    assert.deepEqual(own, ["cf_clearance .traced.example /", `session ${host} /`]);
    await page.close();
  });
}

/** Stops at the answer to a choice, done already in the browser's store of cookies, before the page reads it. */
async function paused(devtools, meanwhile) {
  await devtools.send("Fetch.enable", { patterns: [{ urlPattern: "*/_privacy/choice", requestStage: "Response" }] });
  devtools.once("Fetch.requestPaused", async ({ requestId }) => {
    await meanwhile();
    await devtools.send("Fetch.continueResponse", { requestId });
  });
}
const until = async (what, name) => {
  for (const end = Date.now() + 10_000; !(await what()); await new Promise((done) => setTimeout(done, 20))) assert.ok(Date.now() < end, name);
};
const own = async () => (await list()).filter((line) => line.includes("traced.example"));
const clarityOwn = async () => (await own()).filter((line) => line.startsWith("_cl"));
const nothing = { functional: false, analytics: false, marketing: false };

test("what a vendor keeps while the answer is on its way goes as well, from its own path too", async () => {
  let devtools;
  const answerUpload = stage.parties.hold("k.clarity.ms/");
  const page = await stage.open((_, session) => {
    devtools = session;
  }, `https://${host}/account`);
  await stage.answer(page, "accept");
  await until(() => stage.parties.seen.includes("k.clarity.ms/collect"), "an upload");
  assert.ok(!(await clarityOwn()).some((line) => line.startsWith("_clsk")), "Clarity keeps its session when the first upload is answered");
  await paused(devtools, async () => {
    assert.deepEqual(await clarityOwn(), [], "the answer has removed what there was");
    answerUpload();
    await until(async () => (await clarityOwn()).length, "_clsk");
    await page.evaluate(() => ["", "; domain=.shop.traced.example", "; partitioned"].forEach((more) => {
      document.cookie = `drafts=1; path=/account; secure${more}`;
      document.cookie = `_ga_LATE=1; path=/; secure${more}`;
    }));
  });
  await page.evaluate((answer) => window.consent.set(answer), nothing);
  await until(() => page.evaluate(() => window.consent.state.source === "choice" && !window.consent.get("analytics")), "the answer");
  assert.deepEqual(await own(), []);
  // What runs on, and was never told to stop, may keep something on the open page, but not past it.
  await page.evaluate(() => {
    document.cookie = "_fbp=1; path=/; domain=traced.example";
    document.cookie = "session=1; path=/";
  });
  await page.goto(`https://${host}/more`);
  // The page that goes may be told so when the next one is there already.
  await until(async () => !(await own()).some((line) => line.startsWith("_fbp")), "nothing of it");
  assert.deepEqual(await own(), [`session ${host} /`]);
  await page.close();
});

test("a library that comes after the answer finds nothing to start", async () => {
  const bring = stage.parties.hold("www.clarity.ms/s/");
  const page = await stage.open(undefined, `https://${host}/`);
  await stage.answer(page, "accept");
  await until(() => stage.parties.seen.some((address) => address.startsWith("www.clarity.ms/s/")), "the library");
  await page.evaluate((answer) => window.consent.set(answer), nothing);
  const came = page.waitForResponse(/clarity\.js/);
  bring();
  await came;
  await page.waitForFunction(() => window.clarity.v, undefined, { polling: 20 });
  await stage.quiet(page);
  assert.deepEqual(await own(), []);
  assert.equal(await page.evaluate(() => sessionStorage.getItem("_cltk")), null);
  assert.deepEqual(stage.parties.seen.filter((address) => address.startsWith("k.clarity.ms")), []);
  assert.deepEqual(page.faults.filter((fault) => !isClaritysOwn(fault)), []);
  await page.close();
});

test("a page that was loaded with another answer meanwhile keeps what that grants", async () => {
  const page = await stage.open(undefined, `https://${host}/`);
  await stage.answer(page, "accept");
  await page.evaluate((answer) => window.consent.set(answer), nothing);
  // In another tab, while nobody looks at this one.
  const other = await stage.profile.context.newPage();
  await other.goto(`https://${host}/`);
  await stage.withScript(other);
  await other.evaluate(() => window.consent.set({ functional: true, analytics: true, marketing: true }));
  await until(async () => (await own()).some((line) => line.startsWith("_ga ")), "_ga");
  const closed = page.waitForEvent("close");
  await page.close({ runBeforeUnload: true });
  await closed;
  assert.ok((await own()).some((line) => line.startsWith("_ga ")));
  await other.close();
});
