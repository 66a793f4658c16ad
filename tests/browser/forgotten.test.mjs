// A withdrawal and a reset, seen in the browser's own store of cookies: HttpOnly, on every parent domain, on every declared
// path, with prefixes, in partitions, and undeclared ones where these are blocked.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
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
