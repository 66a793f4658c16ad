// The operator's pages on the wire: by token, by signing in, by Cloudflare Access; and nothing for anybody else.

import assert from "node:assert/strict";
import { createHmac, createSign, generateKeyPairSync } from "node:crypto";
import { after, before, test } from "node:test";
import { startOrigin } from "../support/origin.mjs";
import { startWorker } from "../support/worker.mjs";

const host = "musictracker.io";
const token = "b3f1".repeat(16);
const admin = "/_privacy/admin";
const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
const stranger = generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey;

let certs, worker, closed;
before(async () => {
  certs = await startOrigin({ "/certs": { headers: { "content-type": "application/json" }, body: JSON.stringify({ keys: [{ ...publicKey.export({ format: "jwk" }), kid: "k1", alg: "RS256", use: "sig" }] }) } });
  const bindings = { ADMIN_TOKEN: token, ACCESS_TEAM: "studio", ACCESS_AUD: "tag", ACCESS_CERTS_URL: `${certs.url}/certs` };
  [worker, closed] = await Promise.all([startWorker({ bindings }), startWorker()]);
});
after(() => Promise.all([worker?.stop(), closed?.stop(), certs?.stop()]));

const get = (path, options) => worker.fetch(admin + path, { host, ...options });
const authorization = (value) => ({ headers: { authorization: `Bearer ${value}` } });
const encode = (value) => Buffer.from(JSON.stringify(value)).toString("base64url");
const now = Math.floor(Date.now() / 1000);

function jwt({ key = privateKey, kid = "k1", ...claims } = {}) {
  const signed = `${encode({ alg: "RS256", kid })}.${encode({ iss: "https://studio.cloudflareaccess.com", aud: ["tag"], exp: now + 600, nbf: now - 5, email: "jane@example.com", ...claims })}`;
  return `${signed}.${createSign("RSA-SHA256").update(signed).sign(key, "base64url")}`;
}
const access = (options) => ({ headers: { "cf-access-jwt-assertion": jwt(options) } });

test("nothing is told to anybody else, not even whether there is something", async () => {
  const plain = ({ status, headers, body }) => ({ status, headers: { ...headers, date: "" }, body: body.toString() });
  const nothing = plain(await closed.fetch(admin, { host }));
  assert.equal(nothing.status, 404);
  for (const [name, asked] of Object.entries({
    "no token": get(""),
    "a wrong token": get("", authorization("wrong")),
    "half a token": get("", authorization(token.slice(1))),
    "another page": get("/records?id=1"),
    "a page that there isn't": get("/x"),
    "an export": get("/export?from=2026-11-01&to=2026-11-02"),
    "an export as a table, of no days": get("/export?from=x&format=csv"),
    "an export with a wrong token": get("/export?from=2026-11-01", authorization("wrong")),
    "an export with a JWT of a stranger": get("/export?from=2026-11-01", access({ key: stranger })),
    "a post to the export": get("/export?from=2026-11-01", { form: {}, headers: { authorization: `Bearer ${token}`, "sec-fetch-site": "cross-site" } }),
    "an expired JWT": get("", access({ exp: now - 1 })),
    "a JWT for another application": get("", access({ aud: ["other"] })),
    "a JWT of another team": get("", access({ iss: "https://other.cloudflareaccess.com" })),
    "a JWT of a stranger": get("", access({ key: stranger })),
    "a JWT with an unknown key": get("", access({ kid: "k2" })),
    "a JWT that was changed": get("", { headers: { "cf-access-jwt-assertion": jwt().replace(/\.[^.]*\./, `.${encode({ iss: "https://studio.cloudflareaccess.com", aud: ["tag"], exp: now + 9999 })}.`) } }),
    "a post from elsewhere": get("/sign-out", { form: {}, headers: { authorization: `Bearer ${token}`, "sec-fetch-site": "cross-site" } }),
    "a post": get("", { form: { token } }),
    "the token where there is none": closed.fetch(admin, { host, ...authorization("") }),
  })) {
    assert.deepEqual(plain(await asked), nothing, name);
  }
});

test("the token lets a program in", async () => {
  for (const path of ["", "/", "/records", "/gaps", "?days=365"]) {
    const answer = await get(path, authorization(token));
    assert.equal(answer.status, 200, path);
    assert.deepEqual([answer.headers["cache-control"], answer.headers["referrer-policy"]], ["no-store", "same-origin"]);
    assert.ok(!answer.text().includes("<script"));
  }
  const head = await get("", { ...authorization(token), method: "HEAD" });
  assert.deepEqual([head.status, head.body.length], [200, 0]);
});

test("Cloudflare Access lets people in, and its keys are asked for once", async () => {
  assert.equal((await get("", access())).status, 200);
  const asked = certs.requests.length;
  for (const _ of [1, 2, 3]) assert.equal((await get("", access())).status, 200);
  assert.equal((await get("", access({ aud: "tag" }))).status, 200);
  assert.equal(certs.requests.length, asked);
});

test("a person signs in where only the token leads, and out again", async () => {
  // As the manual has it: openssl dgst -sha256 -hmac.
  const door = `/${createHmac("sha256", token).update("edge-consent door").digest("hex").slice(0, 32)}`;
  const form = await get(door);
  assert.equal(form.status, 200);
  assert.match(form.text(), /<form[^>]* method="post"/);
  assert.equal((await get(door, { form: { token: "wrong" } })).status, 403);
  const answer = await get(door, { form: { token }, headers: { "sec-fetch-site": "same-origin" } });
  assert.deepEqual([answer.status, answer.headers.location], [303, admin]);
  assert.match(answer.setCookie[0], /^consent_admin=\d+\.[0-9a-f]{64}; Path=\/_privacy\/admin; Max-Age=28800; Secure; HttpOnly; SameSite=Strict$/);
  const cookies = { consent_admin: answer.cookie("consent_admin") };
  assert.equal((await get("", { cookies })).status, 200);
  assert.equal((await get("", { cookies: { consent_admin: cookies.consent_admin.replace(/^\d/, "9") } })).status, 404);
  const out = await get("/sign-out", { form: {}, cookies });
  assert.deepEqual([out.status, out.cookie("consent_admin"), /Max-Age=0/.test(out.setCookie[0])], [303, "", true]);
});

test("a record is found by its receipt number, and gaps are shown", async () => {
  const chosen = await worker.fetch("/_privacy/choice", { host, form: { decision: "accept" } });
  const [key] = await worker.kv.settled("receipt:", 1);
  assert.equal(chosen.status, 303);
  const id = key.name.split(":").at(-1);
  const page = (await get(`/records?id=${id}`, authorization(token))).text();
  assert.ok(page.includes(id) && page.includes("Microsoft Clarity: yes"), page.slice(-2000));
  assert.match((await get("/records?id=01K00000000000000000000000", authorization(token))).text(), /There is no record/);
  await worker.kv.put("seen:musictracker:2026-11-20:0", "", { metadata: { c: ["cart"], h: ["cdn.example"] } });
  assert.match((await get("/gaps", authorization(token))).text(), /cart.*cdn\.example/s);
});

test("neither token nor JWT came into the log", () => {
  const all = worker.logs.join("\n");
  for (const secret of [token, "jane@", jwt().split(".")[0]]) assert.ok(!all.includes(secret));
});
