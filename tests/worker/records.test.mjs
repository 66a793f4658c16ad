// Notices are written once, floods are held off, days are sealed when the clock strikes.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { startOrigin } from "../support/origin.mjs";
import { personal, startWorker } from "../support/worker.mjs";

let origin;
before(async () => {
  origin = await startOrigin({ "*": "<!doctype html><title>t</title><body><p>origin</body>" });
});
after(() => origin?.stop());

const host = "musictracker.io";
const choose = (worker, decision, options = {}) => worker.fetch("/_privacy/choice", { host, form: { decision }, ...options });

/** Counts what is put, by the kind of key. */
const counting = `
  import worker from "./index.js";
  const puts = {};
  const watched = (kv) => ({
    get: (key) => kv.get(key), getWithMetadata: (key) => kv.getWithMetadata(key), list: (options) => kv.list(options), delete: (key) => kv.delete(key),
    put(key, value, options) { const kind = key.split(":")[0]; puts[kind] = (puts[kind] ?? 0) + 1; return kv.put(key, value, options); },
  });
  export default {
    async fetch(request, env, context) {
      const { pathname } = new URL(request.url);
      if (pathname === "/puts") return Response.json(puts);
      if (pathname === "/fill") {
        const { prefix, count, value, metadata } = await request.json();
        for (let number = 0; number < count; number += 1) await env.CONSENT.put(prefix + String(number).padStart(16, "0"), value, { metadata });
        return new Response("");
      }
      return worker.fetch(request, { ...env, CONSENT: watched(env.CONSENT) }, context);
    },
    scheduled: (event, env, context) => worker.scheduled(event, { ...env, CONSENT: watched(env.CONSENT) }, context),
  };`;

test("a notice is put once, however many answers cite it, and kept for longer than they are", async () => {
  const worker = await startWorker({ bindings: { ORIGIN: origin.url }, around: counting });
  try {
    for (let turn = 0; turn < 20; turn += 1) await choose(worker, turn % 2 ? "accept" : "reject");
    await worker.kv.settled("receipt:", 20);
    const [notice] = await worker.kv.settled("notice:", 1);
    assert.deepEqual((await worker.fetch("/puts")).json(), { receipt: 20, notice: 1 });
    const records = await worker.kv.list("receipt:");
    for (const { expiration } of records) assert.ok(notice.expiration - expiration > 30 * 86_400);
    await worker.strike();
    await worker.strike();
    const puts = (await worker.fetch("/puts")).json();
    assert.equal((await worker.kv.list("notice:")).length, puts.notice, "every site's and language's, each once");
  } finally {
    await worker.stop();
  }
});

test("a flood costs a handful of writes, and a no always takes effect", async () => {
  const worker = await startWorker({ bindings: { ORIGIN: origin.url }, limiter: 5 });
  try {
    const answers = [];
    for (let turn = 0; turn < 60; turn += 1) answers.push(await choose(worker, "accept"));
    assert.ok(answers.slice(0, 5).every(({ status }) => status === 303));
    assert.ok(answers.slice(5).every(({ status, headers, setCookie }) => status === 429 && headers["retry-after"] === "60" && !setCookie.length));
    const program = await worker.fetch("/_privacy/choice", { host, json: { decision: "accept" }, headers: { accept: "application/json" } });
    assert.deepEqual([program.status, program.headers["content-type"], program.json().status], [429, "application/problem+json", 429]);
    const yes = answers[0].cookie("cookie_consent");
    const no = await choose(worker, "reject", { cookies: { cookie_consent: yes } });
    assert.equal(no.status, 303);
    assert.match(no.cookie("cookie_consent"), /~n[0-9a-f]{8}~$/);
    assert.ok(no.cookie("consent_pending"), "its record waits");
    const erase = await worker.fetch("/_privacy/erase", { host, form: {}, cookies: { cookie_consent: yes } });
    assert.deepEqual([erase.status, erase.setCookie], [429, []]);
    // Nor does a loop of pages with something to write get anything into KV.
    for (let turn = 0; turn < 20; turn += 1) await worker.fetch("/", { host, cookies: { consent_pending: no.cookie("consent_pending") } });
    const other = await choose(worker, "accept", { headers: { "cf-connecting-ip": "192.0.2.77" } });
    assert.ok([303, 429].includes(other.status));
    const keys = await worker.kv.list("receipt:");
    assert.ok(keys.length <= 6, `${keys.length}`);
  } finally {
    await worker.stop();
  }
});

test("the same button twice is one answer", async () => {
  const worker = await startWorker({ bindings: { ORIGIN: origin.url } });
  try {
    for (const decision of ["accept", "reject"]) {
      const first = (await choose(worker, decision)).cookie("cookie_consent");
      for (let turn = 0; turn < 5; turn += 1) {
        const again = await choose(worker, decision, { cookies: { cookie_consent: first } });
        assert.deepEqual([again.status, again.cookie("cookie_consent")], [303, first]);
      }
    }
    assert.equal((await worker.kv.settled("receipt:", 2)).length, 2);
  } finally {
    await worker.stop();
  }
});

test("the clock seals finished days, once for each, and counts again those that changed", async () => {
  const worker = await startWorker({ bindings: { ORIGIN: origin.url }, around: counting });
  try {
    // As if two days ago: a record's summary is all that is counted.
    await choose(worker, "accept");
    const [today] = await worker.kv.settled("receipt:", 1);
    const record = await worker.kv.get(today.name);
    const ago = (days) => new Date(Date.now() - days * 86_400_000).toISOString().slice(0, 10);
    const key = (days, number) => `receipt:musictracker:${ago(days)}:01AAAAAAAA${String(number).padStart(16, "0")}`;
    await worker.fetch("/fill", { json: { prefix: `receipt:musictracker:${ago(3)}:01AAAAAAAA`, count: 1200, value: record, metadata: today.metadata } });
    await worker.kv.put(key(2, 1), record, { metadata: today.metadata });
    await worker.strike();
    const sealed = async (days) => (await worker.kv.getWithMetadata(`day:musictracker:${ago(days)}`)).value;
    assert.equal((await sealed(3)).seal.count, 1200);
    assert.deepEqual((await sealed(2)).decision, { accept: 1 });
    assert.equal((await worker.kv.list("day:musictracker:")).some(({ name }) => name.endsWith(ago(0))), false, "today goes on");
    // The visitor of two days ago has come with a record late.
    await worker.kv.put(key(2, 2), record, { metadata: { ...today.metadata, t: true } });
    await worker.kv.put(`mend:musictracker:${ago(2)}:late:1`, "");
    await worker.strike();
    const after = await sealed(2);
    assert.deepEqual([after.seal.count, after.late], [2, 1]);
    assert.deepEqual(await worker.kv.list("mend:"), []);
    assert.deepEqual(worker.logs.filter((line) => line.startsWith("{")), []);
  } finally {
    await worker.stop();
  }
});

test("what must not be kept would be found", () => {
  const found = (value) => personal([{ name: "receipt:a:2026-11-22:x", value }], []).length;
  for (const bad of ["192.0.2.1", "2001:db8:1:2::1", "Mozilla/5.0", "a.b@example.com", "https://example.com/x"]) assert.equal(found(`{"x":"${bad}"}`), 1, bad);
  assert.equal(found('{"at":"2026-11-22T10:00:00Z","id":"01M81B5H8028T5CY4TQKFF04HM"}'), 0);
  assert.equal(personal([], ['{"level":"error","detail":"10.0.0.1"}']).length, 1);
});
