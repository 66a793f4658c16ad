// A visitor answers and is remembered: by form, by program, with KV well, absent, refusing and slow.

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { after, before, test } from "node:test";
import { startOrigin } from "../support/origin.mjs";
import { startWorker } from "../support/worker.mjs";

const page = "<!doctype html><title>t</title><body><p>origin</body>";
let origin, worker;
before(async () => {
  origin = await startOrigin({ "*": page });
  worker = await startWorker({ bindings: { ORIGIN: origin.url } });
});
after(() => Promise.all([worker?.stop(), origin?.stop()]));

const host = "musictracker.io";
const choose = (decision, options = {}, server = worker) => server.fetch("/_privacy/choice", { host, form: { decision, return_to: "/pricing?a=b" }, ...options });
const program = (value, options = {}, server = worker) => server.fetch("/_privacy/choice", { host, json: value, headers: { accept: "application/json" }, ...options });
const set = /^cookie_consent=(1~[0-9a-z]+~(?:g|d|gd)?~[yn][0-9a-f]{8}~([0-9A-HJKMNP-TV-Z]{26})?); SameSite=Lax; Secure; Path=\/; Max-Age=15552000$/;
const ulidTime = (id) => [...id.slice(0, 10)].reduce((time, digit) => time * 32 + "0123456789ABCDEFGHJKMNPQRSTVWXYZ".indexOf(digit), 0);
const decided = async (cookie, server = worker) => (await server.fetch("/", { host, cookies: { cookie_consent: cookie } })).text() === page;

test("a yes by form: back to the page, remembered, recorded to the letter", async () => {
  const began = Date.now();
  const answer = await choose("accept", { headers: { "accept-language": "en-GB", "user-agent": "Mozilla/5.0 Secret", referer: "https://musictracker.io/secret", "sec-gpc": "1" } });
  assert.deepEqual([answer.status, answer.headers.location, answer.headers["cache-control"], answer.body.length], [303, "/pricing?a=b", "no-store", 0]);
  assert.equal(answer.setCookie.length, 1);
  const [, value, id] = set.exec(answer.setCookie[0]);
  assert.ok(`cookie_consent=${value}`.length <= 128);
  assert.ok(await decided(value));

  const [key] = await worker.kv.settled(`receipt:musictracker:`, 1);
  const record = await worker.kv.getJson(key.name);
  assert.equal(key.name, `receipt:musictracker:${record.at.slice(0, 10)}:${id}`);
  assert.match(record.at, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
  assert.ok(Math.abs(Date.parse(record.at) - began) < 20_000 && Math.abs(ulidTime(id) - began) < 20_000);
  const state = (await worker.fetch("/_privacy/state", { host, cookies: { cookie_consent: value } })).json();
  assert.deepEqual([state.receipt, state.decidedAt, state.policy], [id, record.at, record.policy]);
  const { notice, expires, at, policy, ...rest } = record;
  assert.deepEqual(rest, {
    v: 1, id, previous: null, site: "musictracker", language: "en", surface: "banner", decision: "accept",
    categories: { necessary: true, analytics: true }, services: { "microsoft-clarity": true }, gpc: true, dnt: false, country: "DE", salt: record.salt,
  });
  assert.match(record.salt, /^[0-9a-f]{20}$/);
  const months36 = 36 * 30.44 * 86_400;
  assert.ok(Math.abs(key.expiration - began / 1000 - months36) < 60, `${key.expiration}`);
  assert.ok(Math.abs(Date.parse(expires) / 1000 - key.expiration) < 60);
  assert.deepEqual(key.metadata, {
    d: "accept", c: ["analytics", "necessary"], l: "en", n: "DE", p: policy, g: true, o: false, s: "banner",
    r: { x: [], e: ["microsoft-clarity"], f: [], b: notice, q: null, m: 36, k: record.salt },
  });
  assert.ok(JSON.stringify(key.metadata).length <= 1024);

  const [shown] = await worker.kv.settled(`notice:musictracker:${notice}`, 1);
  const text = await worker.kv.get(shown.name);
  assert.equal(createHash("sha256").update(text).digest("hex"), notice);
  assert.deepEqual([JSON.parse(text).language, JSON.parse(text).buttons.slice(0, 2)], ["en", ["Accept all", "Essential only"]]);
  assert.ok(shown.expiration >= key.expiration);
  for (const secret of ["Secret", "secret", "127.0.0.1", "pricing"]) assert.ok(!JSON.stringify([record, text, key]).includes(secret), secret);
});

test("a no: nothing that could tell him from others, a record tied to nobody", async () => {
  const before = new Set((await worker.kv.list("receipt:musictracker:")).map(({ name }) => name));
  const answer = await choose("reject");
  const [, value, id] = set.exec(answer.setCookie[0]);
  assert.equal(id, undefined);
  assert.ok(await decided(value));
  const keys = (await worker.kv.settled("receipt:musictracker:", before.size + 1)).filter(({ name }) => !before.has(name));
  assert.equal(keys.length, 1);
  const record = await worker.kv.getJson(keys[0].name);
  assert.deepEqual([record.decision, record.previous, record.categories], ["reject", null, { necessary: true, analytics: false }]);
  assert.ok(!value.includes(record.id));
  const state = (await worker.fetch("/_privacy/state", { host, cookies: { cookie_consent: value } })).json();
  assert.deepEqual([state.decided, state.source, state.receipt], [true, "choice", null]);
});

test("a program gets the state, and what it needs to act at once", async () => {
  const answer = await program({ decision: "save", categories: { analytics: true }, services: { "microsoft-clarity": false } });
  assert.deepEqual([answer.status, answer.headers["content-type"]], [200, "application/json"]);
  const state = answer.json();
  assert.deepEqual([state.decided, state.source, state.categories, state.services], [true, "choice", { necessary: true, analytics: true }, { "microsoft-clarity": false }]);
  assert.equal(state.message, "Your choice is saved.");
  assert.ok(answer.cookie("cookie_consent").includes(state.receipt));
});

test("a yes, another yes, a no: a chain that ends without an id", async () => {
  const at = "trackncloak.com";
  const send = async (decision, cookie, category = []) => (await worker.fetch("/_privacy/choice", { host: at, form: { decision, category }, cookies: cookie ? { cookie_consent: cookie } : {} })).cookie("cookie_consent");
  const first = await send("accept");
  const second = await send("save", first, ["analytics"]);
  const third = await send("reject", second);
  assert.ok(third.endsWith("~"));
  const keys = await worker.kv.settled("receipt:trackncloak:", 3);
  const records = await Promise.all(keys.map(({ name }) => worker.kv.getJson(name)));
  const by = Object.fromEntries(records.map((record) => [record.previous ?? "none", record]));
  const [one, two] = [first, second].map((cookie) => cookie.split("~").at(-1));
  assert.deepEqual([by.none.id, by[one].id, by[one].decision, by[two].decision], [one, two, "save", "withdraw"]);
  assert.deepEqual(by[two].categories, { necessary: true, functional: false, analytics: false });

  const receipts = await worker.fetch("/_privacy/receipts?download", { host: at, cookies: { cookie_consent: second } });
  assert.deepEqual(receipts.json().map(({ id }) => id), [two, one]);
  assert.match(receipts.headers["content-disposition"], /^attachment/);
  assert.deepEqual((await worker.fetch("/_privacy/receipts", { host: at, cookies: { cookie_consent: third } })).json(), []);
});

test("a reset forgets, removes optional cookies and records the withdrawal", async () => {
  const yes = (await choose("accept")).cookie("cookie_consent");
  const answer = await worker.fetch("/_privacy/reset", { host: `www.${host}`, form: { return_to: "/a" }, cookies: { cookie_consent: yes, _clck: "1", session: "2" } });
  assert.deepEqual([answer.status, answer.headers.location], [303, "/a"]);
  const tail = "; Path=/; Secure; SameSite=Lax; Max-Age=0";
  const everywhere = (name) => ["", `; Domain=www.${host}`, `; Domain=${host}`].map((domain) => `${name}=${tail}${domain}`);
  const partitioned = everywhere("_clck").flatMap((value) => [value, `${value}; Partitioned`]);
  assert.deepEqual(answer.setCookie, [...everywhere("cookie_consent"), ...partitioned]);
  const id = yes.split("~").at(-1);
  const until = Date.now() + 3000;
  for (;;) {
    const records = await Promise.all((await worker.kv.list("receipt:musictracker:")).map(({ name }) => worker.kv.getJson(name)));
    if (records.some(({ decision, previous }) => decision === "withdraw" && previous === id)) break;
    assert.ok(Date.now() < until, "no withdrawal");
  }
  assert.ok((await worker.fetch("/", { host })).text().includes("shadowrootmode"));
});

test("an erasure takes all of a visitor's records, and nobody else's", async () => {
  const at = "balancedmastering.com";
  const send = async (cookies, form) => (await worker.fetch("/_privacy/choice", { host: at, form, cookies })).cookie("cookie_consent");
  const other = await send({}, { decision: "accept" });
  const first = await send({}, { decision: "accept" });
  const second = await send({ cookie_consent: first }, { decision: "save", category: "analytics" });
  await worker.kv.settled("receipt:balanced-mastering:", 3);
  const answer = await worker.fetch("/_privacy/erase", { host: at, form: {}, cookies: { cookie_consent: second } });
  assert.deepEqual([answer.status, answer.setCookie[0]], [303, "cookie_consent=; Path=/; Secure; SameSite=Lax; Max-Age=0"]);
  const left = await worker.kv.list("receipt:balanced-mastering:");
  assert.deepEqual(left.map(({ name }) => name.split(":").at(-1)), [other.split("~").at(-1)]);
});

test("who is refused is told why, and nothing is kept", async () => {
  const before = (await worker.kv.list()).length;
  for (const [status, options] of [
    [403, { headers: { "sec-fetch-site": "cross-site" } }],
    [403, { headers: { origin: "https://evil.example" } }],
    [400, { form: { decision: "maybe" } }],
    [413, { form: { decision: "accept", x: "x".repeat(17_000) } }],
    [413, { form: undefined, body: `decision=accept&${"x".repeat(17_000)}`, headers: { "content-type": "application/x-www-form-urlencoded", "transfer-encoding": "chunked" } }],
    [415, { headers: { "content-type": "text/plain" } }],
    [422, { form: { decision: "save", category: "marketing" } }],
  ]) {
    for (const accept of ["application/json", "text/html"]) {
      const answer = await choose("accept", { ...options, headers: { ...options.headers, accept } });
      assert.deepEqual([answer.status, answer.setCookie], [status, []], JSON.stringify(options).slice(0, 200));
      assert.equal(answer.headers["content-type"], accept === "text/html" ? "text/html; charset=utf-8" : "application/problem+json");
    }
  }
  assert.equal((await worker.kv.list()).length, before);
});

test("MusicMuse: not a byte inserted, no cookie set, nothing recorded", async () => {
  const muse = "musicmuse.astrionix.io";
  origin.clear();
  assert.equal((await worker.fetch("/", { host: muse, headers: { "x-consent": "analytics=1" } })).text(), page);
  assert.equal(origin.last().headers["x-consent"], undefined);
  for (const answer of [await choose("accept", { host: muse }), await program({ decision: "accept" }, { host: muse }), await worker.fetch("/_privacy/state", { host: muse }), await worker.fetch("/_privacy/", { host: muse })]) {
    assert.deepEqual(answer.setCookie, []);
    assert.ok(answer.status < 400);
  }
  assert.deepEqual(await worker.kv.list("receipt:musicmuse:"), []);
});

test("without KV the answer takes effect all the same", async () => {
  const bare = await startWorker({ bindings: { ORIGIN: origin.url }, kv: false });
  try {
    const answer = await choose("accept", {}, bare);
    assert.equal(answer.status, 303);
    assert.ok(await decided(answer.cookie("cookie_consent"), bare));
    const receipts = await bare.fetch("/_privacy/receipts", { host, cookies: { cookie_consent: answer.cookie("cookie_consent") } });
    assert.deepEqual([receipts.status, receipts.json()], [200, []]);
    assert.ok(bare.logs.some((line) => JSON.parse(line).fault === "kv-missing"), bare.logs.join("\n"));
  } finally {
    await bare.stop();
  }
});

/** A KV that does what a test says: the binding is a wrapper of the worker's own. */
async function withKv(put, use) {
  const { readFileSync } = await import("node:fs");
  const built = (name) => readFileSync(new URL(`../../build/${name}`, import.meta.url));
  const wrapper = `
    import worker from "./index.js";
    // The \`worker\` crate asks for the binding's own class.
    class KvNamespace { get() { return ${put}; } getWithMetadata() { return ${put}; } put() { return ${put}; } delete() { return ${put}; } list() { return ${put}; } }
    export default { fetch: (request, env, context) => worker.fetch(request, { ...env, CONSENT: new KvNamespace() }, context) };`;
  const faulty = await startWorker({
    bindings: { ORIGIN: origin.url },
    kv: false,
    workerModules: [
      { type: "ESModule", path: "main.js", contents: wrapper },
      { type: "ESModule", path: "index.js", contents: built("index.js").toString() },
      { type: "CompiledWasm", path: "index_bg.wasm", contents: built("index_bg.wasm") },
    ],
  });
  try {
    await use(faulty);
  } finally {
    await faulty.stop();
  }
}

test("a KV that refuses costs nobody his choice, and only the log says so", async () => {
  await withKv(`Promise.reject(new Error("KV PUT failed: 429 Too Many Requests"))`, async (faulty) => {
    const answer = await choose("accept", {}, faulty);
    const cookie = answer.cookie("cookie_consent");
    assert.equal(answer.status, 303);
    assert.ok(await decided(cookie, faulty));
    await new Promise((resolve) => setTimeout(resolve, 200));
    const lines = faulty.logs.filter((line) => line.startsWith("{")).map((line) => JSON.parse(line));
    assert.deepEqual([...new Set(lines.map(({ fault }) => fault))], ["kv-put"]);
    assert.ok(!faulty.logs.join().includes(cookie.split("~").at(-1)), "a log names nobody's record");
    const erased = await faulty.fetch("/_privacy/erase", { host, form: {}, cookies: { cookie_consent: cookie } });
    assert.deepEqual([erased.status, erased.headers["retry-after"], erased.setCookie], [503, "30", []]);
  });
});

test("a KV that hangs is not waited for", async () => {
  await withKv("new Promise((resolve) => setTimeout(resolve, 20_000))", async (faulty) => {
    const began = performance.now();
    const answer = await choose("accept", { timeout: 5000 }, faulty);
    assert.equal(answer.status, 303);
    assert.ok(performance.now() - began < 3000);
    assert.ok(await decided(answer.cookie("cookie_consent"), faulty));
  });
});
