// Which site a request is for, and what each address of ours answers there.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { startOrigin } from "../support/origin.mjs";
import { startWorker } from "../support/worker.mjs";

const hosts = { musictracker: "musictracker.io", musicmuse: "musicmuse.astrionix.io", trackncloak: "trackncloak.com", "balanced-mastering": "balancedmastering.com" };
const ids = Object.keys(hosts);

let origin, worker, fallback;
before(async () => {
  origin = await startOrigin({ "*": "<!doctype html><title>t</title><p>origin" });
  const bindings = { ORIGIN: `${origin.url}/` };
  [worker, fallback] = await Promise.all([startWorker({ bindings }), startWorker({ bindings: { ...bindings, SITE: "trackncloak" } })]);
});
after(() => Promise.all([worker?.stop(), fallback?.stop(), origin?.stop()]));

const state = async (host, server = worker) => (await server.fetch("/_privacy/state", { host })).json();

test("each site answers at its label, its host and its www host", async () => {
  for (const [id, host] of Object.entries(hosts)) {
    for (const name of [`${id}.localhost`, host, `www.${host}`, host.toUpperCase(), `${host}:443`]) assert.equal((await state(name)).site, id, name);
  }
});

test("a host that no site has passes untouched, or to the site that SITE names", async () => {
  for (const host of ["example.com", "evil-musictracker.io", "x.musictracker.io", "nobody.localhost"]) {
    origin.clear();
    const answer = await worker.fetch("/_privacy/state?a=b", { host, headers: { "x-consent": "mine", cookie: "_ga=1" } });
    assert.equal(answer.text(), "<!doctype html><title>t</title><p>origin", host);
    const seen = origin.last();
    assert.deepEqual([seen.url, seen.headers["x-consent"], seen.headers.cookie, seen.headers["x-forwarded-host"]], ["/_privacy/state?a=b", "mine", "_ga=1", `${host}:${worker.port}`]);
    assert.equal((await state(host, fallback)).site, "trackncloak");
  }
  assert.equal((await state("musictracker.io", fallback)).site, "musictracker");
});

test("every address of ours answers on every site", async () => {
  for (const id of ids) {
    const host = `${id}.localhost`;
    for (const [path, type] of [
      ["/cookie-policy", "text/html; charset=utf-8"],
      ["/_privacy/", "text/html; charset=utf-8"],
      ["/_privacy/state", "application/json"],
      ["/_privacy/receipts", "application/json"],
      ["/_privacy/policy.json", "application/json"],
      ["/_privacy/consent.js", "text/javascript; charset=utf-8"],
      ["/.well-known/gpc.json", "application/json"],
    ]) {
      const answer = await worker.fetch(path, { host });
      assert.deepEqual([answer.status, answer.headers["content-type"], answer.headers["x-content-type-options"], answer.headers["referrer-policy"]], [200, type, "nosniff", "same-origin"], `${id} ${path}`);
      assert.ok(answer.headers["content-security-policy"].includes("default-src 'none'"));
      assert.ok(answer.body.length > 0);
      const head = await worker.fetch(path, { host, method: "HEAD" });
      assert.deepEqual([head.status, head.body.length, head.headers["content-type"]], [200, 0, type], `HEAD ${path}`);
      const put = await worker.fetch(path, { host, method: "PUT", body: "x", headers: { accept: "application/json" } });
      assert.deepEqual([put.status, put.headers.allow, put.json().status], [405, "GET, HEAD", 405], `PUT ${path}`);
    }
    for (const path of ["/_privacy/choice", "/_privacy/reset", "/_privacy/erase"]) {
      const get = await worker.fetch(path, { host });
      assert.deepEqual([get.status, get.headers.allow], [405, "POST"], path);
    }
  }
  assert.equal(origin.requests.some(({ path }) => path.startsWith("/_privacy") && !path.endsWith("state")), false);
});

test("the policy page names everything declared and revalidates per state", async () => {
  const host = "musictracker.localhost";
  const page = await worker.fetch("/cookie-policy", { host });
  for (const name of ["_clck", "Microsoft Clarity", "Cloudflare Turnstile", "privacy@musictracker.io", "May 21, 2026"]) assert.ok(page.text().includes(name), name);
  const { etag } = page.headers;
  const again = (options) => worker.fetch("/cookie-policy", { host, ...options, headers: { "if-none-match": etag, ...options?.headers } });
  const same = await again();
  assert.deepEqual([same.status, same.body.length, same.headers.etag], [304, 0, etag]);
  assert.equal((await again({ cookies: { cookie_consent: "x" } })).status, 200);
  assert.equal((await again({ headers: { "sec-gpc": "1" } })).status, 200);
});

test("gpc.json says what the site does", async () => {
  assert.deepEqual((await worker.fetch("/.well-known/gpc.json", { host: "musictracker.io" })).json(), { gpc: true, lastUpdate: "2026-05-21" });
});

test("/cdn-cgi/ is not touched", async () => {
  origin.clear();
  // At any other host the local runtime itself answers there.
  const answer = await fallback.fetch("/cdn-cgi/trace?x", { host: "localhost", cookies: { _clck: "1" }, headers: { "x-consent": "a" } });
  assert.equal(answer.text(), "<!doctype html><title>t</title><p>origin");
  assert.deepEqual([origin.last().headers.cookie, origin.last().headers["x-consent"]], ["_clck=1", "a"]);
});
