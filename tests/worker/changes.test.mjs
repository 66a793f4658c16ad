// A policy that has changed: who chose before is told once, and what held before stays readable.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { startOrigin } from "../support/origin.mjs";
import { startWorker } from "../support/worker.mjs";

const page = "<!doctype html><title>t</title><body><p>origin</body>";
const host = "changed.test";
const day = 86_400;
/** Two weeks after the change. */
const now = Date.parse("2026-11-24T12:00:00Z") / 1000;
let origin, worker;
before(async () => {
  origin = await startOrigin({ "*": page });
  worker = await startWorker({ testSites: true, clock: now * 1000, bindings: { ORIGIN: origin.url } });
});
after(() => Promise.all([worker?.stop(), origin?.stop()]));

/** A yes as it would have been given at another time. */
async function yes(at) {
  const cookie = (await worker.fetch("/_privacy/choice", { host, form: { decision: "accept" } })).cookie("cookie_consent");
  const parts = cookie.split("~");
  parts[1] = at.toString(36);
  return parts.join("~");
}

test("who chose before the change is told in the first HTML, and never again once he has seen it", async () => {
  const cookie_consent = await yes(now - 20 * day);
  const first = await worker.fetch("/a?b=c", { host, cookies: { cookie_consent }, headers: { "accept-language": "fr" } });
  const text = first.text();
  assert.ok(text.includes("Nous comptons d&#233;sormais") && text.includes("<p>origin"), text);
  assert.ok(!text.includes("<script") && !text.includes("d&#233;m&#233;nag&#233;"), text);
  assert.deepEqual([first.headers["cache-control"], first.setCookie], ["private, no-cache", []]);
  const seen = await worker.fetch("/_privacy/seen", { host, form: { return_to: "/a?b=c" }, cookies: { cookie_consent } });
  assert.deepEqual([seen.status, seen.headers.location, seen.setCookie], [303, "/a?b=c", ["consent_seen=2026-11-10; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=15552000"]]);
  const cookies = { cookie_consent, consent_seen: seen.cookie("consent_seen") };
  assert.equal((await worker.fetch("/a?b=c", { host, cookies })).text(), page);
  const policy = await worker.fetch("/cookie-policy", { host, cookies: { cookie_consent } });
  assert.equal(policy.cookie("consent_seen"), "2026-11-10");
});

test("who chose since, or not at all, isn't", async () => {
  assert.equal((await worker.fetch("/", { host, cookies: { cookie_consent: await yes(now - day) } })).text(), page);
  const banner = (await worker.fetch("/", { host })).text();
  assert.ok(banner.includes("/_privacy/choice") && !banner.includes("/_privacy/seen"));
});

test("the policy tells what has changed, declares the cookie, and links what held before", async () => {
  const policy = (await worker.fetch("/cookie-policy", { host })).text();
  for (const part of ["<strong>November 10, 2026</strong>", "We now count how often songs are played.", "We have moved to another street.", "<code>consent_seen</code>"]) assert.ok(policy.includes(part), part);
  const [, address, version] = /href="(\/_privacy\/policy\/2026-10-01-([0-9a-f]{16}))"/.exec(policy);
  for (const path of [address, `/_privacy/policy/${version}`]) {
    const earlier = await worker.fetch(path, { host, headers: { "accept-language": "de" } });
    const text = earlier.text();
    assert.deepEqual([earlier.status, earlier.headers["cache-control"], earlier.headers["content-language"]], [200, "no-cache", "de"]);
    for (const part of ["Sie galt vom 1. Oktober 2026 bis zum 10. November 2026.", "Microsoft Clarity", 'content="noindex"']) assert.ok(text.includes(part), part);
    assert.ok(!text.includes("Google Analytics"));
    assert.equal((await worker.fetch(path, { host, headers: { "accept-language": "de", "if-none-match": earlier.headers.etag } })).status, 304);
  }
  assert.equal((await worker.fetch("/_privacy/policy/ffffffffffffffff", { host })).status, 404);
});
