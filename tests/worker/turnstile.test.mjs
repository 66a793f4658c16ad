// Forms that only people may send: what the origin sees of them, and who gets which refusal.

import assert from "node:assert/strict";
import { createHash, randomBytes } from "node:crypto";
import { after, afterEach, before, test } from "node:test";
import { startOrigin } from "../support/origin.mjs";
import { dummyToken, startSiteverify, testSecrets } from "../support/turnstile.mjs";
import { startWorker } from "../support/worker.mjs";

const person = { accept: "text/html,application/xhtml+xml,*/*;q=0.8" };
const program = { accept: "application/json" };

/** No page: that one would get a banner. */
const taken = { headers: { "content-type": "text/plain" }, body: "taken" };

let origin, siteverify, worker;
const bindings = (more) => ({ ORIGIN: origin.url, TURNSTILE_SECRET: siteverify.secret, TURNSTILE_SITEVERIFY_URL: siteverify.url, ...more });
before(async () => {
  [origin, siteverify] = await Promise.all([startOrigin({ "*": taken }), startSiteverify()]);
  worker = await startWorker({ testSites: true, bindings: bindings() });
});
after(async () => {
  await worker?.stop();
  await Promise.all([origin?.stop(), siteverify?.stop()]);
});
afterEach(() => {
  // Whatever happened: nothing secret in a log.
  const log = worker.logs.splice(0).join("\n");
  for (const secret of [siteverify.secret, "xxxxxxxxxx", "192.0.2.7"]) assert.ok(!log.includes(secret), log);
  origin.clear();
  siteverify.clear();
  origin.routes["*"] = taken;
});

const url = (path, host = "forms.localhost") => worker.url(host, path);
const post = (path, options, on = worker) => on.fetch(on.url("forms.localhost", path), { method: "POST", ...options, headers: { ...program, ...options?.headers } });
const contact = (more) => ({ form: { name: "Ada", ...more } });
const token = (more) => siteverify.token({ action: "contact", ...more });
const FIELD = "cf-turnstile-response";

/** A line of the worker's own, once it has arrived. */
async function logged(fault, pattern, on = worker) {
  for (let turn = 0; turn < 100; turn += 1) {
    const found = on.logs.find((line) => line.includes(`"fault":"${fault}"`) && pattern.test(line));
    if (found) return JSON.parse(found);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error(`no ${fault} like ${pattern} in:\n${on.logs.join("\n")}`);
}

function multipart(boundary, parts) {
  const pieces = parts.flatMap(([name, value, file]) => [`--${boundary}\r\nContent-Disposition: form-data; name="${name}"${file === undefined ? "" : `; filename="${file}"\r\nContent-Type: application/octet-stream`}\r\n\r\n`, value, "\r\n"]);
  return Buffer.concat([...pieces, `--${boundary}--\r\n`].map((piece) => Buffer.from(piece)));
}
const upload = (boundary, body, headers) => ({ body, headers: { "content-type": `multipart/form-data; boundary=${boundary}`, ...headers } });

test("what a person sent reaches the origin once, byte for byte, with our word for it", async () => {
  const good = token();
  const bodies = [
    { form: { name: "Ada & Bob", [FIELD]: good } },
    { body: Buffer.from(`{ "n" : 1.50, "${FIELD}":"${token()}" }`), headers: { "content-type": "application/json" } },
    upload("x", multipart("x", [["a", "1"], [FIELD, token()]])),
  ];
  for (const options of bodies) {
    origin.clear();
    const answer = await post("/contact", { ...options, headers: { "x-turnstile": "forged", ...options.headers } });
    assert.equal(answer.status, 200, answer.text());
    assert.equal(answer.text(), "taken");
    assert.equal(origin.requests.length, 1);
    const seen = origin.last();
    const sent = options.form ? Buffer.from(new URLSearchParams(options.form).toString()) : options.body;
    assert.ok(seen.body.equals(sent), seen.body.toString());
    assert.equal(seen.headers["content-length"], String(sent.length));
    assert.equal(seen.headers["x-turnstile"], "verified");
    assert.equal(seen.headers["x-consent"], "analytics=0");
  }
  assert.equal(siteverify.calls.length, 3);
  const [call] = siteverify.calls;
  assert.deepEqual(Object.keys(call), ["secret", "response", "idempotency_key"]);
  assert.equal(call.response, good);
  assert.match(call.idempotency_key, /^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/);
});

test("a client's own word goes, wherever it is sent to", async () => {
  for (const [site, path] of [["forms", "/"], ["forms", "/contact"], ["musicmuse", "/x"]]) {
    await worker.fetch(worker.url(`${site}.localhost`, path), { headers: { "X-Turnstile": "verified", "X-Consent-Receipt": "newsletter=1" } });
    const { headers } = origin.last();
    assert.deepEqual([headers["x-turnstile"], headers["x-consent-receipt"]], [undefined, undefined], site);
  }
});

test("a fetch client sends the token as a header, and its body isn't looked at", async () => {
  const body = randomBytes(1_000_000);
  const answer = await post("/contact", { body, headers: { "content-type": "application/octet-stream", [FIELD]: token() } });
  assert.equal(answer.status, 200);
  assert.ok(origin.last().body.equals(body));
});

test("what can't be a token is refused before anybody is asked", async () => {
  const cases = [
    [contact(), 403],
    [contact({ [FIELD]: "" }), 403],
    [{ form: [[FIELD, token()], [FIELD, token()]] }, 403],
    [contact({ [FIELD]: "x".repeat(2049) }), 403],
    [upload("x", multipart("x", [[FIELD, "1"], [FIELD, "2"]])), 403],
    [{ json: { data: { [FIELD]: token() } } }, 403],
    [{ ...contact(), headers: { [FIELD]: "" } }, 403],
    [{ ...contact({ [FIELD]: token() }), headers: { "sec-fetch-site": "cross-site" } }, 403],
    [{ body: "x", headers: { "content-type": "text/plain" } }, 415],
    [{ form: { [FIELD]: token(), long: "x".repeat(300_000) } }, 413],
    [upload("x", multipart("x", [["f", randomBytes(400_000), "f.bin"], [FIELD, token()]])), 413],
  ];
  for (const [options, status] of cases) {
    const answer = await post("/contact", options);
    assert.equal(answer.status, status, answer.text());
    assert.equal(answer.headers["content-type"], "application/problem+json");
    assert.equal(answer.json().status, status);
    assert.match(answer.headers["cache-control"], /no-store/);
  }
  assert.deepEqual([siteverify.calls.length, origin.requests.length], [0, 0]);
});

test("every row of the table of errors", async () => {
  for (const [code, status, fault, pattern] of [
    ["missing-input-secret", 500, "turnstile-setup", /wrangler secret put TURNSTILE_SECRET/],
    ["invalid-input-secret", 500, "turnstile-setup", /wrangler secret put TURNSTILE_SECRET/],
    ["missing-input-response", 403],
    ["invalid-input-response", 403],
    ["timeout-or-duplicate", 409],
    ["bad-request", 500, "turnstile-setup", /TURNSTILE_SITEVERIFY_URL/],
    ["internal-error", 503, "turnstile-unreachable", /refused/],
  ]) {
    siteverify.clear();
    const says = { success: false, "error-codes": [code] };
    siteverify.next({ says }, { says });
    const answer = await post("/contact", contact({ [FIELD]: token() }));
    assert.equal(answer.status, status, code);
    assert.equal(answer.headers["retry-after"], status === 503 ? "30" : undefined);
    assert.equal(siteverify.calls.length, code === "internal-error" ? 2 : 1, code);
    if (fault) await logged(fault, pattern);
    else assert.equal(worker.logs.length, 0, worker.logs.join("\n"));
    worker.logs.splice(0);
  }
  assert.equal(origin.requests.length, 0);
});

test("a token is good once, for its own host, form and five minutes", async () => {
  const once = token();
  assert.equal((await post("/contact", contact({ [FIELD]: once }))).status, 200);
  assert.equal((await post("/contact", contact({ [FIELD]: once }))).status, 409);
  assert.equal(origin.requests.length, 1);
  const lie = (what) => siteverify.next((usual) => ({ says: { ...usual, ...what } }));
  for (const [lies, status] of [
    [{ hostname: "evil.example" }, 403],
    [{ action: "login" }, 403],
    [{ challenge_ts: new Date(Date.now() - 400_000).toISOString() }, 409],
    [{ challenge_ts: undefined, hostname: undefined }, 403],
    [{ success: "yes" }, 503],
  ]) {
    lie(lies);
    if (status === 503) lie(lies);
    assert.equal((await post("/contact", contact({ [FIELD]: token() }))).status, status, JSON.stringify(lies));
  }
  assert.equal((await post("/contact", contact({ [FIELD]: token({ age: 301 }) }))).status, 409);
  assert.equal(origin.requests.length, 1);
});

test("asked again once, with the same key, and then it is enough", async () => {
  const failures = { reset: { reset: true }, "500": { status: 500, body: "{}" }, "not JSON": { body: "<html>" }, "cut off": { pieces: ['{"success":tr'], reset: true } };
  for (const [kind, failure] of Object.entries(failures)) {
    siteverify.clear();
    origin.clear();
    siteverify.next(failure);
    const saved = await post("/contact", contact({ [FIELD]: token() }));
    assert.equal(saved.status, 200, kind);
    assert.equal(origin.requests.length, 1, kind);
    const [one, other] = siteverify.calls;
    assert.equal(one.idempotency_key, other.idempotency_key, kind);
    siteverify.next(failure, failure);
    const lost = await post("/contact", contact({ [FIELD]: token() }));
    assert.deepEqual([lost.status, lost.headers["retry-after"]], [503, "30"], kind);
    assert.equal(siteverify.calls.length, 4, kind);
    assert.equal(origin.requests.length, 1, kind);
    // Open by the site's choice: passes, but nobody vouches for it.
    siteverify.next(failure, failure);
    const open = await post("/join", contact({ [FIELD]: token() }));
    assert.equal(open.status, 200, kind);
    assert.equal(origin.last().headers["x-turnstile"], undefined, kind);
  }
  await logged("turnstile-unreachable", /forms \/join.*passed unchecked/);
});

test("an answer that takes longer than five seconds is none; the first may have redeemed the token all the same", async () => {
  siteverify.next((usual) => ({ says: usual, delay: 6_000 }));
  const began = Date.now();
  const answer = await post("/contact", contact({ [FIELD]: token() }));
  const took = Date.now() - began;
  assert.equal(answer.status, 200);
  assert.ok(took > 4_500 && took < 8_000, `${took} ms`);
  assert.deepEqual([siteverify.calls.length, origin.requests.length], [2, 1]);
});

test("the test secrets work on this machine, and nowhere else", async (t) => {
  const outcomes = { passes: 200, fails: 403, spent: 409 };
  for (const [kind, status] of Object.entries(outcomes)) {
    const testing = await startWorker({ testSites: true, bindings: bindings({ TURNSTILE_SECRET_FORMS: testSecrets[kind] }) });
    t.after(() => testing.stop());
    const local = await post("/contact", contact({ [FIELD]: dummyToken }), testing);
    assert.equal(local.status, status, kind);
    const calls = siteverify.calls.length;
    const far = await testing.fetch(testing.url("forms.localhost", "/contact"), { ...contact({ [FIELD]: dummyToken }), host: "forms.test", headers: program });
    assert.equal(far.status, 500, kind);
    assert.equal(siteverify.calls.length, calls, "nobody was asked");
    await logged("turnstile-setup", /test secrets/, testing);
  }
  assert.equal(origin.requests.length, 1);
});

test("without a secret nothing passes, and the log says what to do", async (t) => {
  const bare = await startWorker({ testSites: true, bindings: { ORIGIN: origin.url, TURNSTILE_SITEVERIFY_URL: siteverify.url } });
  t.after(() => bare.stop());
  const answer = await post("/contact", { ...contact({ [FIELD]: token() }), headers: person }, bare);
  assert.equal(answer.status, 500);
  assert.match(answer.text(), /our mistake, not yours/);
  const line = await logged("turnstile-setup", /./, bare);
  assert.equal(line.detail, "forms /contact: no Turnstile secret: run `npx wrangler secret put TURNSTILE_SECRET`");
  // Everything else of the site goes on.
  assert.equal((await bare.fetch(bare.url("forms.localhost", "/contact"))).status, 200);
  assert.equal((await post("/elsewhere", contact(), bare)).status, 200);
});

test("the visitor's address is told only where the site says so, and the token's field stays out where it says so", async () => {
  const headers = { "cf-connecting-ip": "192.0.2.7" };
  await post("/contact", { ...contact({ [FIELD]: token() }), headers });
  await post("/join", { form: { name: "Ada", [FIELD]: token(), mail: "a@b.example" }, headers: { ...headers, [FIELD]: "" } }).then(({ status }) => assert.equal(status, 403));
  await post("/join", { form: { name: "Ada", [FIELD]: token(), mail: "a@b.example" }, headers });
  assert.deepEqual(siteverify.calls.map(({ remoteip }) => remoteip), [undefined, "192.0.2.7"]);
  const seen = origin.last();
  assert.equal(seen.body.toString(), "name=Ada&mail=a%40b.example");
  assert.equal(seen.headers["content-length"], String(seen.body.length));
  const json = `{"a":1,"${FIELD}":"${token()}"}`;
  await post("/join", { body: json, headers: { "content-type": "application/json" } });
  assert.equal(origin.last().body.toString(), '{"a":1}');
  await post("/join", { body: "raw", headers: { "content-type": "text/plain", [FIELD]: token() } });
  assert.equal(origin.last().headers[FIELD], undefined);
});

const digest = (bytes) => createHash("sha256").update(bytes).digest("hex");

test("fifty megabytes of files go through as they are, and so do odd ones", async () => {
  const large = randomBytes(50_000_000);
  const many = Array.from({ length: 5_000 }, (_, at) => [`field${at}`, `value ${at}`]);
  const cases = [
    ["----WebKitFormBoundaryAbCdEf", [["a", "1"], ["f", large, "large.bin"], ["b", "2"]]],
    ["'()+_,-./:=?", [["f", randomBytes(300_000), "x\r\n--'()"]]],
    ["x", many],
    ["----", [["f", "", ""], ["g", "\r\n----x\r\n--\r\n", "g"]]],
  ];
  for (const [boundary, parts] of cases) {
    for (const path of ["/contact", "/upload"]) {
      origin.clear();
      const good = [FIELD, path === "/contact" ? token() : siteverify.token()];
      const body = multipart(boundary, [good, ...parts]);
      const answer = await post(path, upload(`"${boundary}"`, body));
      assert.equal(answer.status, 200, answer.text());
      assert.equal(origin.requests.length, 1);
      const seen = origin.last();
      const expected = path === "/contact" ? body : multipart(boundary, parts);
      assert.equal(seen.headers["content-length"], String(expected.length), boundary);
      assert.equal(digest(seen.body), digest(expected), boundary);
      assert.equal(seen.headers["x-turnstile"], "verified");
    }
  }
  // In pieces of unknown number, too.
  const body = multipart("x", [[FIELD, siteverify.token()], ["f", large.subarray(0, 2_000_000), "f"]]);
  const chunked = await post("/upload", upload("x", body, { "transfer-encoding": "chunked" }));
  assert.equal(chunked.status, 200);
  assert.equal(digest(origin.last().body), digest(multipart("x", [["f", large.subarray(0, 2_000_000), "f"]])));
});

test("a consent is kept once the origin has taken the form, and the origin gets its number", async () => {
  const join = () => post("/join", { form: { newsletter: "on", mail: "a@b.example", [FIELD]: siteverify.token() }, headers: { ...person, "accept-language": "fr" } });
  origin.routes["*"] = { status: 422, body: "no" };
  assert.equal((await join()).status, 422);
  origin.routes["*"] = { status: 303, headers: { location: "/thanks" } };
  assert.equal((await join()).status, 303);
  const [field, id] = origin.last().headers["x-consent-receipt"].split("=");
  const keys = await worker.kv.settled("form:", 1);
  assert.deepEqual(keys.map(({ name }) => name), [`form:forms:${new Date().toISOString().slice(0, 10)}:${id}`]);
  const record = await worker.kv.getJson(keys[0].name);
  assert.deepEqual([record.field, record.text, record.form, record.language, record.country], [field, "Oui, envoyez-moi la lettre.", "/join", "fr", "DE"]);
  assert.ok(!JSON.stringify(record).includes("b.example"));
  assert.ok(keys[0].expiration * 1000 > Date.now() + 35 * 30 * 86_400_000);
});

test("while KV refuses a consent, it is tried again", async (t) => {
  const around = `
    import worker from "./index.js";
    let refused = 0;
    const ill = (kv) => ({ put(...all) { if (all[0].startsWith("form:") && refused++ < 2) throw new Error("KV PUT failed: 429 Too Many Requests"); return kv.put(...all); } });
    export default { fetch: (request, env, context) => worker.fetch(request, { ...env, CONSENT: ill(env.CONSENT) }, context) };`;
  const ill = await startWorker({ testSites: true, bindings: bindings(), around });
  t.after(() => ill.stop());
  const began = Date.now();
  const answer = await post("/join", { form: { newsletter: "on", terms: "on", mail: "a@b.example", [FIELD]: siteverify.token() } }, ill);
  assert.equal(answer.status, 200);
  assert.ok(Date.now() - began < 900, "nobody waits for it");
  const ids = origin.last().headers["x-consent-receipt"].split(", ").map((pair) => pair.split("=")[1]);
  const keys = await ill.kv.settled("form:", 2, 5_000);
  assert.deepEqual(keys.map(({ name }) => name.split(":").at(-1)).sort(), ids.sort());
  await logged("kv-put", /429/, ill);
});

test("the origin has consents of forms erased by the ids that it got, and names them to nobody else", async () => {
  const join = async () => {
    await post("/join", { form: { newsletter: "on", mail: "a@b.example", [FIELD]: siteverify.token() } });
    return origin.last().headers["x-consent-receipt"].split("=")[1];
  };
  const stay = await join();
  const go = await join();
  const has = async (id) => (await worker.kv.list("form:")).some(({ name }) => name.endsWith(id));
  for (let turn = 0; turn < 100 && !((await has(stay)) && (await has(go))); turn += 1) await new Promise((resolve) => setTimeout(resolve, 20));
  origin.routes["*"] = { headers: { "content-type": "text/plain", "x-consent-receipt": go }, body: "told" };
  const told = await worker.fetch(url("/account"));
  assert.deepEqual([told.status, told.headers["x-consent-receipt"], await has(go)], [200, undefined, true]);
  origin.routes["*"] = { headers: { "content-type": "text/plain", "x-consent-command": "erase, records", "x-consent-receipt": `newsletter=${go}, nonsense` }, body: "gone" };
  const gone = await post("/account/delete");
  assert.deepEqual([gone.status, gone.headers["x-consent-receipt"], gone.headers["x-consent-command"]], [200, undefined, undefined]);
  assert.deepEqual([await has(go), await has(stay)], [false, true]);
  await logged("command", /1 of the receipts/);
});

test("a person gets a page in his language, which keeps what he typed and nothing that is secret", async () => {
  const form = { name: '"><b>', text: "line\r\nline", password: "hunter2", [FIELD]: "forged" };
  for (const [language, title] of [["en", "Not sent yet"], ["de", "Noch nicht gesendet"], ["fr", "Pas encore envoyé"], ["es", "Aún no enviado"]]) {
    const answer = await post("/contact?a=b", { form, headers: { ...person, "accept-language": language } });
    assert.equal(answer.status, 403);
    const page = answer.text();
    assert.match(page, new RegExp(`<html lang="${language}".*<h1>${title}</h1>`, "s"));
    for (const part of ['action="/contact?a=b"', 'name="name" value="&quot;&gt;&lt;b&gt;"', 'name="text" value="line\r\nline"', 'data-action="contact"', `data-language="${language}"`]) assert.ok(page.includes(part), part);
    for (const secret of ["hunter2", "forged"]) assert.ok(!page.includes(secret), secret);
    assert.match(answer.headers["content-security-policy"], /^default-src 'none';.* frame-src https:\/\/challenges\.cloudflare\.com;/);
  }
});

/** Resident memory of the runtime behind this process, in megabytes. */
async function memory() {
  const { execFileSync } = await import("node:child_process");
  const lines = execFileSync("ps", ["-A", "-o", "ppid=,rss=,comm="], { encoding: "utf8" }).split("\n");
  const own = lines.map((line) => line.trim().split(/\s+/)).filter(([parent, , name]) => Number(parent) === process.pid && /workerd/.test(name));
  assert.ok(own.length > 0, "the runtime is a child of this process");
  return Math.max(...own.map(([, kilobytes]) => kilobytes / 1024));
}

test("a thousand at once while siteverify takes two seconds: none lost, none doubled, memory bounded", async () => {
  const count = 1_000;
  const filler = "x".repeat(10_000);
  const send = (path, field) => Promise.all(Array.from({ length: count }, (_, number) => post(path, { form: { number: String(number), filler, ...field() }, timeout: 60_000 })));
  // What the runtime itself needs for a thousand requests that wait two seconds for their origin.
  origin.routes["*"] = () => new Promise((resolve) => setTimeout(resolve, 2_000, taken));
  const first = await memory();
  await send("/elsewhere", () => ({}));
  const bare = await memory();
  origin.routes["*"] = taken;
  origin.clear();
  siteverify.state.delay = 2_000;
  const answers = await send("/contact", () => ({ [FIELD]: token() }));
  siteverify.state.delay = 0;
  const guarded = await memory();
  assert.deepEqual([...new Set(answers.map(({ status }) => status))], [200]);
  const numbers = origin.requests.map(({ body }) => Number(new URLSearchParams(body.toString()).get("number")));
  assert.equal(numbers.length, count);
  assert.equal(new Set(numbers).size, count);
  // On a busy machine one or another is asked about again after five seconds, with the same key.
  assert.equal(new Set(siteverify.calls.map(({ idempotency_key: key }) => key)).size, count);
  const said = `1,000 forms at once: ${(bare - first).toFixed(0)} MB more for the runtime, ${(guarded - bare).toFixed(0)} MB more for the forms`;
  console.log(said);
  // Two connections for each, and 10 kB of body. A worker may have 128 MB.
  assert.ok(guarded - bare < 128, said);
});
