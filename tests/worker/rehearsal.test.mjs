// A rehearsal on the wire: everything is decided, nothing withheld, and the log says what would have been; and what nobody
// declared comes to be known, by name alone.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { startOrigin } from "../support/origin.mjs";
import { startWorker } from "../support/worker.mjs";

const host = "rehearsal.test";
const page = `<!doctype html><html lang=en><head><title>a</title>
<script async src="https://www.clarity.ms/tag/abc?user=jane"></script>
<script src="https://d111111abcdef8.cdn.example/app.js"></script></head>
<body class=a><p>ä<img src="https://pics.example/jane/1.jpg"></p></body></html>\n`;
const banner = /<template shadowrootmode="open"><style>.*?<\/template>/s;
const sent = "_clck=secret; _ga_K3X9ABC123=secret; jane@example.com=1; cart=secret";

let origin, worker;
before(async () => {
  origin = await startOrigin({
    "/account/jane": { headers: { "content-type": "text/html; charset=utf-8", "set-cookie": "_clsk=secret; Path=/", "cache-control": "max-age=3600" }, body: page },
    "/a.png": { headers: { "content-type": "image/png" }, body: "x" },
  });
  worker = await startWorker({ bindings: { ORIGIN: origin.url }, testSites: true });
});
after(() => Promise.all([worker?.stop(), origin?.stop()]));

const get = (path, cookie, at = host) => worker.fetch(path, { host: at, headers: { ...(cookie && { cookie }), "sec-fetch-dest": path.endsWith("png") ? "image" : "document" } });
const lines = () => worker.logs.filter((line) => line.includes("rehearsal")).map((line) => JSON.parse(line));

test("nothing is withheld, whatever was answered, and the log says what would have been", async () => {
  for (const decision of [undefined, "reject"]) {
    const chosen = decision && (await worker.fetch("/_privacy/choice", { host, form: { decision }, headers: { cookie: sent } }));
    // Kept as ever, and nothing else is touched.
    if (chosen) assert.deepEqual([chosen.status, chosen.setCookie.map((cookie) => cookie.split("=")[0]), chosen.headers["clear-site-data"]], [303, ["cookie_consent"], undefined]);
    const cookie = chosen ? `${sent}; cookie_consent=${chosen.cookie("cookie_consent")}` : sent;
    const answer = await get("/account/jane", cookie);
    const text = answer.text();
    assert.equal(text.replace(banner, ""), page);
    assert.equal(banner.test(text), !decision);
    assert.deepEqual(answer.setCookie, ["_clsk=secret; Path=/"]);
    assert.equal(answer.headers["cache-control"], "private, no-cache");
    assert.equal(origin.last().headers.cookie, cookie);
    assert.equal(origin.last().headers["x-consent"], "analytics=0");
  }
  await get("/a.png", sent);
  await sleep(100);
  const line = { level: "info", rehearsal: "rehearsal", services: ["microsoft-clarity"], categories: [], hosts: ["www.clarity.ms"], cookies: ["_clck", "_clsk"] };
  assert.deepEqual(lines(), [line, line], "one for each page");
});

test("who has granted everything has nothing reported", async () => {
  const before = lines().length;
  const chosen = await worker.fetch("/_privacy/choice", { host, form: { decision: "accept" } });
  const answer = await get("/account/jane", `${sent}; cookie_consent=${chosen.cookie("cookie_consent")}`);
  assert.equal(answer.text(), page);
  await sleep(100);
  assert.equal(lines().length, before);
});

test("what nobody declared is noted once, by name alone", async () => {
  // Names are gathered for a while, and written beside a later request.
  await sleep(2300);
  await get("/a.png", sent);
  const [key] = await worker.kv.settled("seen:", 1);
  const value = await worker.kv.getJson(key.name);
  assert.deepEqual(value, { c: ["_ga_*", "cart"], h: ["*.cdn.example", "pics.example"] });
  assert.deepEqual(key.metadata, value);
  assert.match(key.name, /^seen:rehearsal:\d{4}-\d\d-\d\d:[0-9a-f]{20}$/);
  const days = (key.expiration - Date.now() / 1000) / 86_400;
  assert.ok(days > 29 && days < 31, `kept for ${days} days`);
  for (let time = 0; time < 20; time++) await get("/account/jane", `${sent}; another=${time}`);
  await sleep(2300);
  await get("/a.png", sent);
  await sleep(200);
  assert.equal((await worker.kv.list("seen:")).length, 1, "no second write so soon");
});

test("in earnest the same page is held and no line is written", async () => {
  const before = lines().length;
  const answer = await get("/account/jane", sent, "musictracker.io");
  assert.match(answer.text(), /data-consent-src="https:\/\/www\.clarity\.ms/);
  assert.deepEqual([answer.setCookie, origin.last().headers.cookie], [[], "_ga_K3X9ABC123=secret; jane@example.com=1; cart=secret"]);
  assert.equal(lines().length, before);
});

test("no value, path or id came into KV or the log", async () => {
  const keys = await worker.kv.list();
  const values = await Promise.all(keys.map(({ name }) => worker.kv.get(name)));
  const all = [...worker.logs, ...keys.map((key) => JSON.stringify(key)), ...values].join("\n");
  for (const secret of ["secret", "jane", "K3X9", "d111111", "account"]) assert.ok(!all.includes(secret), secret);
});
