// Ten thousand arbitrary cookies and bodies: none grants, none is an error of ours.

import assert from "node:assert/strict";
import http from "node:http";
import { after, before, test } from "node:test";
import { startOrigin } from "../support/origin.mjs";
import { startWorker } from "../support/worker.mjs";

const total = 10_000;
const atOnce = 32;

let origin, worker;
before(async () => {
  origin = await startOrigin({ "*": "<!doctype html><p>x" });
  worker = await startWorker({ bindings: { ORIGIN: origin.url } });
});
after(() => Promise.all([worker?.stop(), origin?.stop()]));

/** The same numbers in every run (mulberry32). */
function numbers(seed) {
  return () => {
    seed = (seed + 0x6d2b79f5) | 0;
    let mixed = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const random = numbers(20261122);
const below = (most) => Math.floor(random() * most);
const pick = (list) => list[below(list.length)];
const times = (most, make) => Array.from({ length: below(most + 1) }, make);
const text = (most, characters) => times(most, () => pick(characters)).join("");

/** What a header can hold: everything but control characters, as bytes. */
const bytes = [...Array(256).keys()].filter((code) => (code >= 32 || code === 9) && code !== 127).map((code) => String.fromCharCode(code));
const grammar = [..."1~.xygdn0123456789abcdefGHJK "];
const hex = [..."0123456789abcdef"];

const digest = () => times(9, () => pick(hex)).join("");
const cookies = [
  () => text(80, bytes),
  () => `cookie_consent=${text(60, bytes)}`,
  () => `a=1; cookie_consent=${text(40, grammar)}; b`,
  () => `cookie_consent=1~${text(8, hex)}~${pick(["", "g", "d", "gd", "dg"])}~${times(3, () => pick(["y", "n", "Y"]) + digest() + pick(["", "x1", "xf", "x"])).join(".")}~${pick(["", "01JDABCDEFGHJKMNPQRSTVWXYZ"])}`,
  () => `cookie_consent=yes; cookie_consent=${text(5, grammar)}`,
];
const hosts = ["musictracker.io", "musicmuse.astrionix.io", "trackncloak.com", "balancedmastering.com"];
const values = ["save", "reject", "maybe", "analytics", "functional", "necessary", "nobody", "-theme-mode", "true", "", "\0", "ä", "//evil.example"];
const keys = ["decision", "category", "service", "return_to", "surface", "categories", ""];
const types = ["application/x-www-form-urlencoded", "application/json", "application/json;charset=x", "text/plain", "multipart/form-data", ";", ""];

/** Nothing here says `accept`, or `save` with a category that there is. */
const bodies = [
  () => new URLSearchParams(times(6, () => [pick(keys.filter((key) => key !== "category")), pick(values.filter((value) => value !== "save"))])).toString(),
  () => `decision=save&category=${pick(["nobody", "", "Analytics", "necessary", "analytics%00"])}&${text(40, bytes)}`,
  () => `{${times(4, () => `"${pick(keys)}":${pick(["1", "null", '"save"', "{}", "[]", '{"analytics":"yes"}', '{"analytics":0}', '"accept '])}`).join(",")}}`,
  () => text(300, bytes),
  () => "x".repeat(below(20_000)),
  () => pick(["[]", "null", '"accept"', '["accept",{},{},null]', "{", '{"decision":"accept"', '{"decision":["accept"]}', "\ufeff{}"]),
];

const agent = new http.Agent({ keepAlive: true, maxSockets: atOnce });
function send(method, path, headers, body) {
  return new Promise((resolve, reject) => {
    const outgoing = http.request({ host: "127.0.0.1", port: worker.port, method, path, headers, agent, setHost: false, timeout: 10_000 }, (incoming) => {
      const pieces = [];
      incoming.on("data", (piece) => pieces.push(piece)).on("end", () => resolve({ status: incoming.statusCode, headers: incoming.headers, text: Buffer.concat(pieces).toString() })).on("error", reject);
    });
    outgoing.on("timeout", () => outgoing.destroy(new Error("no answer")));
    outgoing.on("error", (error) => reject(new Error(`${error.message} for ${method} ${JSON.stringify(headers)}, ${body?.length} bytes`)));
    outgoing.end(body === undefined ? undefined : Buffer.from(body, "latin1"));
  });
}

async function inParallel(jobs, run) {
  const next = jobs[Symbol.iterator]();
  await Promise.all(
    Array.from({ length: atOnce }, async () => {
      for (const job of next) await run(job);
    }),
  );
}

test(`${total} arbitrary cookies and bodies grant nothing and break nothing`, { timeout: 110_000 }, async () => {
  const jobs = Array.from({ length: total }, (_, index) => {
    const job = { host: pick(hosts), cookie: pick(cookies)(), signals: pick([{}, {}, { "sec-gpc": text(3, bytes) }, { dnt: pick(["0", "1", "x"]) }]) };
    return index % 2 ? { ...job, body: pick(bodies)(), type: pick(types), accept: pick(["application/json", "text/html", "*/*"]) } : { ...job, path: pick(["/_privacy/state", "/", "/cookie-policy", "/_privacy/receipts"]) };
  });
  const statuses = {};
  await inParallel(jobs, async (job) => {
    const headers = { host: job.host, cookie: job.cookie, ...job.signals };
    const answer = job.body === undefined ? await send("GET", job.path, headers) : await send("POST", "/_privacy/choice", { ...headers, "content-type": job.type, accept: job.accept, "content-length": Buffer.byteLength(job.body, "latin1") }, job.body);
    const about = JSON.stringify(job).slice(0, 400);
    statuses[answer.status] = (statuses[answer.status] ?? 0) + 1;
    assert.ok(answer.status < 500, `${answer.status} ${about}`);
    if (job.path === "/_privacy/state") {
      const { categories, services, receipt } = JSON.parse(answer.text);
      assert.deepEqual(Object.entries(categories).filter(([, granted]) => granted), [["necessary", true]], about);
      assert.ok(!services["google-analytics"] && !services["microsoft-clarity"] && !services["theme-mode"], about);
      assert.ok(receipt === null || job.cookie.includes(receipt));
    }
    const set = [answer.headers["set-cookie"] ?? []].flat().find((line) => line.startsWith("cookie_consent=1"));
    if (set) assert.match(set.split(";")[0].split("~")[3], /^n[0-9a-f]{8}(\.n[0-9a-f]{8})*$/, `${set} for ${about}`);
  });
  const asked = origin.requests.filter(({ path }) => path === "/");
  assert.ok(asked.length > 500);
  for (const { headers } of asked) assert.ok(!/=1/.test(headers["x-consent"] ?? ""), headers.cookie);
  assert.ok(statuses[400] > 500 && statuses[415] > 500 && statuses[200] > 1000, JSON.stringify(statuses));
  assert.deepEqual(worker.logs, []);
});
