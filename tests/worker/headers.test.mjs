// Headers that nobody named reach origin and visitor as they were: random lists of them, beside a worker that does nothing.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { listed, startBare } from "../support/bare.mjs";
import { startOrigin } from "../support/origin.mjs";
import { startWorker } from "../support/worker.mjs";

const host = "musictracker.io";
const page = '<!doctype html><html><head><title>t</title></head><body><script src="https://www.clarity.ms/tag/x"></script>';

let origin, worker, bare, yes, no;
before(async () => {
  origin = await startOrigin();
  [worker, bare] = await Promise.all([startWorker({ bindings: { ORIGIN: origin.url } }), startBare(origin.url)]);
  const kept = async (decision) => ({ cookie_consent: (await worker.fetch("/_privacy/choice", { host, form: { decision } })).cookie("cookie_consent") });
  [yes, no] = await Promise.all([kept("accept"), kept("reject")]);
});
after(() => Promise.all([worker, bare, origin].map((one) => one?.stop())));

/** The same numbers for the same seed (mulberry32). */
function numbers(seed) {
  const next = () => {
    seed = (seed + 0x6d2b79f5) | 0;
    let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return (t ^ (t >>> 14)) >>> 0;
  };
  const below = (end) => next() % end;
  return { below, pick: (list) => list[below(list.length)] };
}

const names = ["X-A", "x-b", "X-Request-Id", "Link", "Vary", "Server-Timing", "Via", "Warning", "X-Empty", "Permissions-Policy", "Report-To", "NEL", "X-Frame-Options", "Strict-Transport-Security", "Content-Language", "P3P", "X-\u0021#$%&'*+.^_`|~", "Alt-Svc", "Timing-Allow-Origin", "Refresh"];
const asked = ["X-A", "x-b", "Accept", "Accept-Language", "Authorization", "User-Agent", "X-Csrf-Token", "Origin", "Forwarded", "X-Forwarded-For", "Via", "Priority", "DNT", "Sec-GPC", "Sec-CH-UA", "Cache-Control", "Pragma", "TE", "X-\u0021#$%&'*+.^_`|~", "From"];
const values = ["", "1", "a, b", "a;b=\"c, d\"", "</a.css>; rel=preload; as=style", "*", "x".repeat(3000), "a  b", "\u00e9\u00ff", "0", "Wed, 21 Oct 2026 07:28:00 GMT", "{\"a\":[1]}", "'", "\\", "%00", ",,", "=?"];
// In UTF-8: other bytes the runtime itself loses as soon as a worker reads a cookie.
const cookies = ["a=1", "b=2; Path=/", "a=2; Path=/x; HttpOnly", "c=\"d, e\"; Expires=Wed, 21 Oct 2026 07:28:00 GMT", "e=; Max-Age=0", "=f", "g", "h=\u00c3\u00a9; SameSite=None; Secure; Partitioned", "i=1,j=2"];

/** A list of headers: some twice, in any order, in any case. */
function list(random, of, most) {
  return Array.from({ length: random.below(most) }, () => [random.pick(of), random.pick(values)]);
}

/** What the contract lets us change in the answers that we edit; `Vary` is added to (docs/adr/0010). */
const ours = ["vary", "etag", "last-modified", "cache-control", "expires", "age", "content-length", "content-encoding", "accept-ranges", "content-security-policy", "cdn-cache-control", "surrogate-control"];
const without = (pairs, named) => pairs.filter(([name]) => !named.includes(name));

const kinds = {
  page: { path: "/page", type: "text/html; charset=utf-8", body: page, edited: true },
  image: { path: "/a.png", type: "image/png", body: "\u0089PNG" },
  api: { path: "/api/v1", type: "application/json", body: "{}" },
  redirect: { path: "/moved", type: "text/html", body: page, status: 302 },
};

test("an answer's headers reach the visitor, in order, each as often as it was sent", async () => {
  const random = numbers(20261124);
  for (let at = 0; at < 60; at++) {
    const kind = random.pick(Object.keys(kinds));
    const { path, type, body, status, edited } = kinds[kind];
    const headers = [...list(random, names, 12), ...Array.from({ length: random.below(6) }, () => ["Set-Cookie", random.pick(cookies)])].sort(() => random.below(3) - 1);
    headers.splice(random.below(headers.length + 1), 0, ["Content-Type", type]);
    if (status) headers.push(["Location", "/there"]);
    // Refused cookies go, and nothing else with them.
    const withheld = random.below(2) === 1;
    const place = random.below(headers.length);
    origin.routes[path] = { status, body, headers: headers.map(([name, value]) => [name, value]) };
    const theirs = await bare.fetch(path, { host });
    if (withheld) origin.routes[path].headers.splice(place, 0, ["Set-Cookie", "_clck=1; Path=/"]);
    for (const choice of [{}, no]) {
      const answer = await worker.fetch(path, { host, cookies: choice });
      const named = edited ? ours : [];
      assert.equal(answer.status, theirs.status);
      assert.deepEqual(without(listed(answer.rawHeaders), named), without(listed(theirs.rawHeaders), named), `${at}: ${kind}`);
    }
    if (withheld) origin.routes[path].headers.splice(place, 1);
    const answer = await worker.fetch(path, { host, cookies: yes });
    assert.deepEqual(listed(answer.rawHeaders), listed(theirs.rawHeaders), `${at}: ${kind}, granted`);
  }
});

test("a request's headers reach the origin, in order, each as often as it was sent", async () => {
  const random = numbers(42);
  for (let at = 0; at < 60; at++) {
    const { path, type, body } = random.pick(Object.values(kinds));
    origin.routes[path] = { headers: { "content-type": type }, body };
    const headers = list(random, asked, 14);
    const method = random.pick(["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH"]);
    const options = { host, method, headers, ...(["POST", "PUT", "PATCH"].includes(method) && { body: "a=1" }) };
    await bare.fetch(path, options);
    const theirs = listed(origin.last().rawHeaders);
    for (const choice of [undefined, no, yes]) {
      await worker.fetch(path, { ...options, cookies: choice });
      const named = ["x-consent", "x-forwarded-host", "cookie", "host"];
      assert.deepEqual(without(listed(origin.last().rawHeaders), named), without(theirs, named), `${at}: ${method} ${path}`);
      assert.equal(origin.last().headers.cookie, choice && `cookie_consent=${choice.cookie_consent}`);
    }
  }
});
