// What is a visitor's: his account goes, and with it whatever the site has left in his browser and in KV.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { startOrigin } from "../support/origin.mjs";
import { startWorker } from "../support/worker.mjs";

const page = "<!doctype html><title>t</title><body><p>origin</body>";
const site = "balanced-mastering";
const host = "balancedmastering.com";
let origin, worker;
before(async () => {
  origin = await startOrigin({ "*": page });
  worker = await startWorker({ bindings: { ORIGIN: origin.url } });
});
after(() => Promise.all([worker?.stop(), origin?.stop()]));

const choose = async (decision, cookie, category = []) => (await worker.fetch("/_privacy/choice", { host, form: { decision, category }, cookies: cookie ? { cookie_consent: cookie } : {} })).cookie("cookie_consent");
const expired = (answer) => new Set(answer.setCookie.filter((line) => line.includes("Max-Age=0")).map((line) => line.split("=", 1)[0]));

test("an origin that deletes an account has the browser's cookies and the records erased", async () => {
  origin.routes["POST /account/delete"] = { status: 303, headers: { location: "/goodbye", "x-consent-command": "erase, records" }, body: "" };
  const first = await choose("accept");
  const second = await choose("save", first, ["analytics"]);
  await worker.kv.settled(`receipt:${site}:`, 2);
  const answer = await worker.fetch("/account/delete", { host, form: { sure: "yes" }, cookies: { cookie_consent: second, "auth-token": "1", "sb-x-auth-token": "2", other: "3" } });
  assert.deepEqual([answer.status, answer.headers.location, answer.headers["x-consent-command"]], [303, "/goodbye", undefined]);
  const names = expired(answer);
  for (const name of ["cookie_consent", "auth-token", "session-id", "csrf-token", "sb-x-auth-token", "user-preferences", "theme-mode", "_ga", "_gid", "usage-stats"]) assert.ok(names.has(name), name);
  assert.ok(!names.has("other"));
  for (const line of answer.setCookie) assert.match(line, /^[^=]+=; Path=\/; Secure; SameSite=Lax; Max-Age=0(; Domain=balancedmastering\.com)?$/);
  assert.deepEqual(await worker.kv.list(`receipt:${site}:`), []);
  assert.equal(answer.headers["clear-site-data"], '"cache"');
});

test("a command alone takes a yes back, and unknown words are only logged", async () => {
  origin.routes["/leave"] = { status: 200, headers: { "x-consent-command": "erase, dance", "set-cookie": "session-id=new; Path=/", "cache-control": "public, max-age=60" }, body: page };
  const yes = await choose("accept");
  const answer = await worker.fetch("/leave", { host, cookies: { cookie_consent: yes, "session-id": "old" }, headers: { "x-consent-command": "ignored" } });
  assert.equal(answer.text().includes("<p>origin"), true);
  assert.deepEqual([answer.headers["x-consent-command"], answer.headers["cache-control"]], [undefined, "no-store"]);
  assert.equal(answer.setCookie.at(-1), "session-id=new; Path=/");
  assert.ok(!expired(answer).has("session-id") && expired(answer).has("cookie_consent"));
  const id = yes.split("~").find((part) => part.length === 26);
  const until = Date.now() + 3000;
  for (;;) {
    const records = await Promise.all((await worker.kv.list(`receipt:${site}:`)).map(({ name }) => worker.kv.getJson(name)));
    if (records.some(({ decision, previous }) => decision === "withdraw" && previous === id)) break;
    assert.ok(Date.now() < until, "no withdrawal");
  }
  assert.ok(worker.logs.some((line) => line.includes('"command"') && line.includes("dance")), worker.logs.join("\n"));
});

test("a client's own header is no command", async () => {
  const yes = await choose("accept");
  const answer = await worker.fetch("/", { host, cookies: { cookie_consent: yes, "auth-token": "1" }, headers: { "x-consent-command": "erase, records" } });
  assert.deepEqual(answer.setCookie, []);
});
