// The harness itself: a real workerd, a real KV, and bytes that arrive as sent.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { gunzipSync } from "node:zlib";
import { startOrigin } from "../support/origin.mjs";
import { request, startWorker } from "../support/worker.mjs";

let worker;
before(async () => (worker = await startWorker()));
after(() => worker?.stop());

test("the built worker loads in workerd and answers", async () => {
  const { status } = await worker.fetch("/", { host: "musictracker.localhost" });
  assert.ok(status >= 200 && status < 600, `status ${status}`);
});

test("the namespace can be written, read and listed from outside", async () => {
  await worker.kv.put("harness:a", "1");
  await worker.kv.put("harness:b", "2", { metadata: { said: "yes" } });
  assert.equal(await worker.kv.get("harness:a"), "1");
  const keys = await worker.kv.settled("harness:", 2);
  assert.deepEqual(keys.map(({ name, metadata }) => [name, metadata]), [["harness:a", undefined], ["harness:b", { said: "yes" }]]);
});

test("the client sends headers as given, and the origin records them", async () => {
  const origin = await startOrigin({ "POST /form": { status: 201, headers: { "set-cookie": ["a=1; Path=/", "b=2"] }, body: "ok" } });
  try {
    const answer = await request(`${origin.url}/form?x=1`, { headers: { "Sec-GPC": "1", "Sec-Fetch-Site": "cross-site" }, host: "example.com", cookies: { one: "1", two: "=2" }, form: { category: ["a", "b"] } });
    assert.equal(answer.status, 201);
    assert.deepEqual(answer.setCookie, ["a=1; Path=/", "b=2"]);
    assert.equal(answer.cookie("b"), "2");
    const seen = origin.last();
    assert.equal(seen.headers["sec-gpc"], "1");
    assert.equal(seen.headers["sec-fetch-site"], "cross-site");
    assert.match(seen.headers.host, /^example\.com/);
    assert.deepEqual(seen.cookies, { one: "1", two: "=2" });
    assert.equal(seen.body.toString(), "category=a&category=b");
    assert.ok(seen.rawHeaders.includes("Sec-GPC"));
  } finally {
    await origin.stop();
  }
});

test("the origin can compress, trickle, break off, cut and hang", async () => {
  const origin = await startOrigin({
    "/gzip": { gzip: true, body: "<p>hello" },
    "/slow": { pieces: ["<p>", "hel", "lo"], delay: 5 },
    "/broken": { pieces: ["<p>hel"], delay: 20, reset: true },
    "/reset": { reset: true },
    "/hang": { hang: true },
    "/nonsense": { raw: "this is no HTTP\r\n\r\n" },
  });
  const get = (path, options) => request(origin.url + path, options);
  try {
    assert.equal(gunzipSync((await get("/gzip", { headers: { "accept-encoding": "gzip" } })).body).toString(), "<p>hello");
    assert.equal((await get("/gzip")).text(), "<p>hello");
    assert.equal((await get("/slow")).text(), "<p>hello");
    const broken = await get("/broken");
    assert.deepEqual([broken.complete, broken.text()], [false, "<p>hel"]);
    await assert.rejects(get("/reset"), { code: "ECONNRESET" });
    await assert.rejects(get("/hang", { timeout: 50 }), /within 50 ms/);
    await assert.rejects(get("/nonsense"), { code: /HPE_/ });
  } finally {
    await origin.stop();
  }
});
