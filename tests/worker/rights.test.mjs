// What is a visitor's: he sees his records and has them erased; and his account goes with whatever the site has left in
// his browser and in KV.

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

const idOf = (cookie) => cookie.split("~").find((part) => part.length === 26);

/** Everything in KV, keys, values and metadata, as one text. */
async function everything() {
  const keys = await worker.kv.list();
  const entries = await Promise.all(keys.map(async (key) => [key, await worker.kv.get(key.name)]));
  return JSON.stringify(entries);
}

test("records are seen in plain words, taken as JSON, and the notice read on request", async () => {
  const first = await choose("accept");
  const second = await choose("save", first, ["analytics"]);
  await worker.kv.settled(`receipt:${site}:`, 2);
  const get = (path, headers) => worker.fetch(path, { host, cookies: { cookie_consent: second }, headers });
  const page = await get("/_privacy/records");
  assert.deepEqual([page.status, page.headers["cache-control"]], [200, "no-store"]);
  for (const part of [idOf(first), idOf(second), "You accepted everything.", "Kept until"]) assert.ok(page.text().includes(part), part);
  const records = (await get("/_privacy/receipts?download")).json();
  assert.deepEqual(records.map(({ id }) => id), [idOf(second), idOf(first)]);
  await worker.kv.settled(`notice:${site}:`, 1);
  const asked = (await get(`/_privacy/records?notice=${records[0].notice}`)).text();
  assert.ok(asked.includes("Google Analytics") && asked.includes("[Block all]"), asked);
  // Another's cookie, or none, shows nothing of it.
  const none = (await worker.fetch(`/_privacy/records?notice=${records[0].notice}`, { host })).text();
  assert.ok(none.includes("There are no records") && !none.includes("[Block all]"));
  assert.equal((await worker.fetch("/_privacy/erase", { host, form: {}, cookies: { cookie_consent: second } })).status, 303);
});

test("after an erasure nothing in KV names the visitor", async () => {
  const other = await choose("accept");
  const before = [await choose("accept")];
  before.push(await choose("save", before[0], ["analytics"]));
  const withdrawn = await choose("reject", before[1]);
  assert.equal(idOf(withdrawn), undefined);
  // A new yes begins anew: the browser holds no number that could join it to what was withdrawn.
  const after = [await choose("accept", withdrawn)];
  // The same answer twice would be one.
  for (const granted of [["analytics"], ["functional"], ["analytics", "functional"]]) after.push(await choose("save", after.at(-1), granted));
  await worker.kv.settled(`receipt:${site}:`, 4 + after.length);
  const held = await everything();
  for (const cookie of after) assert.ok(held.includes(idOf(cookie)));

  const confirm = await worker.fetch("/_privacy/records?erase", { host, cookies: { cookie_consent: after.at(-1) } });
  assert.match(confirm.text(), /<form class="choice" method="post" action="\/_privacy\/erase">/);
  const answer = await worker.fetch("/_privacy/erase", { host, form: { return_to: "/_privacy/records?erased" }, cookies: { cookie_consent: after.at(-1) } });
  assert.deepEqual([answer.status, answer.headers.location], [303, "/_privacy/records?erased"]);
  assert.ok(expired(answer).has("cookie_consent"));
  const left = await everything();
  for (const cookie of after) assert.ok(!left.includes(idOf(cookie)), "not as a key, an id or what came before");
  assert.ok(left.includes(idOf(other)));
  assert.ok((await worker.fetch("/_privacy/records?erased", { host })).text().includes("Your records are erased."));

  // Erased before the withdrawal, the first chain would have left nothing either.
  const again = [await choose("accept")];
  again.push(await choose("save", again[0], ["analytics"]));
  await worker.kv.settled(`receipt:${site}:`, 6);
  await worker.fetch("/_privacy/erase", { host, form: {}, cookies: { cookie_consent: again[1] } });
  const all = await everything();
  for (const cookie of again) assert.ok(!all.includes(idOf(cookie)));
});

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
  for (const line of answer.setCookie) assert.match(line, /^[^=]+=; Path=\/; Secure; SameSite=Lax; Max-Age=0(; Domain=balancedmastering\.com)?(; Partitioned)?$/);
  const left = await everything();
  for (const cookie of [first, second]) assert.ok(!left.includes(idOf(cookie)));
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
  const id = idOf(yes);
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
