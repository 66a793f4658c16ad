// Many records in KV: the first page of the operator takes one list, an export no more memory than a page of it, whatever
// its reader does, and what was done to an export afterwards is named.
//
// Filling KV takes most of the time: Miniflare's needs a millisecond for each put, and a file. So there are twelve thousand;
// `RECORDS=100000 node --test tests/worker/many.test.mjs` takes as many as you like.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, statfsSync, writeFileSync } from "node:fs";
import http from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { personal, startWorker } from "../support/worker.mjs";

const host = "musictracker.io";
const token = "b3f1".repeat(16);
const headers = { authorization: `Bearer ${token}` };
const day = 86_400_000;
const dayOf = (moment) => new Date(moment).toISOString().slice(0, 10);
// A day is sealed an hour after its end: until then the last finished one is the one before.
const today = Date.parse(dayOf(Date.now() - 2 * 3_600_000));

const count = Number(process.env.RECORDS ?? 12_000);
/** How many answers each of the last days had, and how many consents with forms. */
const days = [
  [dayOf(today - 3 * day), 0.6 * count, 100],
  [dayOf(today - 2 * day), 0.38 * count, 90],
  [dayOf(today - day), 0.02 * count, 10],
];
const total = days.reduce((sum, [, answers, forms]) => sum + answers + forms, 0);
const [from, to] = [days[0][0], days.at(-1)[0]];

/** Counts what KV is asked, and fills it with copies of a record: each with its own time, salt, and so digest and key. */
const around = `
  import worker from "./index.js";
  const asked = { list: 0, get: 0 };
  const watched = (kv) => ({
    get: (key) => (asked.get += 1, kv.get(key)),
    list: (options) => (asked.list += 1, kv.list(options)),
    getWithMetadata: (key) => kv.getWithMetadata(key), put: (key, value, options) => kv.put(key, value, options), delete: (key) => kv.delete(key),
  });
  const digits = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
  const base32 = (number, length) => Array.from({ length }, (_, at) => digits[Number((number >> BigInt(5 * (length - 1 - at))) & 31n)]).join("");
  const second = (moment) => new Date(moment).toISOString().slice(0, 19) + "Z";
  const encoder = new TextEncoder();
  async function put(kv, kind, record, summary, moment) {
    const time = base32(BigInt(moment), 10);
    const own = { ...record, id: time, at: second(moment), expires: second(moment + 36 * 2630016000) };
    const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", encoder.encode(JSON.stringify(own))));
    own.id = time + base32(hash.subarray(0, 10).reduce((number, byte) => (number << 8n) | BigInt(byte), 0n), 16);
    await kv.put(kind + ":" + own.site + ":" + own.at.slice(0, 10) + ":" + own.id, JSON.stringify(own), { metadata: summary ?? own });
  }
  async function fill(kv, { day, answers, forms, record, summary, form }) {
    const begin = Date.parse(day);
    let next = 0;
    const some = async () => {
      while (next < answers + forms) {
        const number = next++;
        if (number < forms) {
          await put(kv, "form", { ...form, salt: String(number).padStart(16, "0") }, undefined, begin + number);
        } else {
          const salt = number.toString(16).padStart(20, "0");
          await put(kv, "receipt", { ...record, salt }, { ...summary, r: { ...summary.r, k: salt } }, begin + number * Math.floor(86_000_000 / (answers + forms)));
        }
      }
    };
    await Promise.all(Array.from({ length: 32 }, some));
  }
  export default {
    async fetch(request, env, context) {
      const { pathname } = new URL(request.url);
      if (pathname === "/asked") return Response.json(asked);
      if (pathname === "/fill") return fill(env.CONSENT, await request.json()).then(() => new Response());
      return worker.fetch(request, { ...env, CONSENT: watched(env.CONSENT) }, context);
    },
    scheduled: (event, env, context) => worker.scheduled(event, env, context),
  };`;

const form = { v: 1, id: "", site: "musictracker", at: "", form: "/join", field: "newsletter", text: "Yes, send me the newsletter.", language: "en", country: "DE", expires: "", salt: "" };

/** Where files are quickest, if there is room for them. */
function room() {
  const quick = "/dev/shm";
  const { bavail, bsize } = existsSync(quick) ? statfsSync(quick) : { bavail: 0, bsize: 0 };
  return bavail * bsize > count * 16_384 ? quick : tmpdir();
}

let folder, worker;
before(async () => {
  folder = mkdtempSync(join(room(), "many-records-"));
  const options = { bindings: { ADMIN_TOKEN: token }, around, miniflare: { kvPersist: folder } };
  const filling = await startWorker(options);
  try {
    const began = Date.now();
    await filling.fetch("/_privacy/choice", { host, form: { decision: "save", category: "analytics", surface: "preferences" } });
    const [own] = await filling.kv.settled("receipt:", 1);
    const record = await filling.kv.getJson(own.name);
    for (const [day, answers, forms] of days) {
      const filled = await filling.fetch("/fill", { json: { day, answers, forms, record, summary: own.metadata, form }, timeout: 300_000 });
      assert.equal(filled.status, 200, filled.text());
    }
    console.log(`${total} puts took ${((Date.now() - began) / 1000).toFixed(0)} s`);
    await filling.strike();
  } finally {
    await filling.end();
  }
  // Another process, whose memory is its own.
  worker = await startWorker(options);
});
after(async () => {
  await worker?.end();
  if (folder) rmSync(folder, { recursive: true });
});

const asked = async () => (await worker.fetch("/asked")).json();

/** What the runtime has in memory, in MB. */
function memory() {
  const read = (pid, name) => {
    try {
      return readFileSync(`/proc/${pid}/${name}`, "utf8");
    } catch {
      return "";
    }
  };
  const own = readdirSync("/proc").filter((pid) => /^\d+$/.test(pid) && read(pid, "comm") === "workerd\n" && Number(/PPid:\s+(\d+)/.exec(read(pid, "status"))?.[1]) === process.pid);
  assert.equal(own.length, 1);
  return Number(/VmRSS:\s+(\d+)/.exec(read(own[0], "status"))[1]) / 1024;
}

/**
 * Downloads an export. `onPiece` may wait, and the connection with it; where it answers false, the connection is cut.
 */
async function download(search, onPiece = () => {}) {
  const { hostname, port } = new URL(worker.url());
  const response = await new Promise((resolve, reject) => {
    http.get({ hostname, port, path: `/_privacy/admin/export?${search}`, headers: { ...headers, host: `${host}:${port}` }, agent: false }, resolve).on("error", reject);
  });
  assert.equal(response.statusCode, 200);
  const pieces = [];
  let length = 0;
  for await (const piece of response) {
    pieces.push(piece);
    length += piece.length;
    if ((await onPiece(length)) === false) break;
  }
  return Buffer.concat(pieces);
}

/** What `npm run verify` says of these texts, as files; once it has run, without asking cargo first. */
const binary = fileURLToPath(new URL(`${process.env.CARGO_TARGET_DIR ?? "../../target"}/debug/verify`, import.meta.url));
let compiled = false;
function verify(...texts) {
  const files = texts.map((text, number) => {
    const file = join(folder, `part-${number}.ndjson`);
    writeFileSync(file, text);
    return file;
  });
  const [command, args] = compiled && existsSync(binary) ? [binary, files] : ["npm", ["run", "--silent", "verify", "--", ...files]];
  const { status, stdout, stderr } = spawnSync(command, args, { cwd: fileURLToPath(new URL("../..", import.meta.url)), encoding: "utf8" });
  compiled = true;
  return { status, said: stdout.trim().split("\n"), stderr };
}

const keyOf = (line) => /"key":"([^"]+)"/.exec(line)?.[1];

test("the first page takes one list of KV", async () => {
  const before = await asked();
  const began = Date.now();
  const page = await worker.fetch("/_privacy/admin", { host, headers });
  const took = Date.now() - began;
  const later = await asked();
  assert.deepEqual([later.list - before.list, later.get - before.get], [1, 0]);
  assert.equal(page.status, 200);
  const shown = String(count).replaceAll(/\B(?=(\d{3})+$)/g, "\u202f");
  assert.ok(page.text().includes(shown) && page.text().includes("With forms, 200 consents were given."), page.text());
  console.log(`the first page took ${took} ms`);
});

test("an export needs no more memory for a reader who waits, goes on where it broke off, and is whole", async () => {
  // What the first request needs once.
  await download(`from=${dayOf(today - 9 * day)}`);
  const first = memory();
  let most = 0;
  const watching = setInterval(() => (most = Math.max(most, memory())), 100);
  let waited = false;
  let whileWaiting;
  let atWaiting;
  const all = await download(`from=${from}&to=${to}`, async () => {
    if (waited) return;
    waited = true;
    // What fits into the connection's own buffers may still be made.
    await new Promise((resolve) => setTimeout(resolve, 500));
    atWaiting = (await asked()).list;
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    whileWaiting = (await asked()).list - atWaiting;
  });
  clearInterval(watching);
  const text = all.toString();
  const left = (await asked()).list - atWaiting;
  const said = `an export of ${(all.length / 1e6).toFixed(0)} MB took ${(most - first).toFixed(0)} MB of memory; ${whileWaiting} lists while its reader waited, ${left} after that`;
  console.log(said);
  assert.ok(text.endsWith('{"end":true}\n') && all.length > count * 500, said);
  assert.ok(whileWaiting === 0 && left > 0, said);
  assert.ok(most - first < 96, said);
  // Nor does it grow with what is exported: what the first one took is enough for the others.
  for (const _ of [1, 2]) await download(`from=${from}&to=${to}`);
  const more = memory() - most;
  assert.ok(more < 32, `${more.toFixed(0)} MB more for two more`);

  const beginning = (await download(`from=${from}&to=${to}`, (length) => length < all.length / 2)).toString();
  const last = keyOf(beginning.slice(0, beginning.lastIndexOf("\n")).split("\n").at(-1));
  const end = (await download(`from=${from}&to=${to}&after=${encodeURIComponent(last)}`)).toString();
  const whole = beginning.slice(0, beginning.lastIndexOf("\n") + 1);
  assert.equal(whole + end.slice(end.indexOf("\n") + 1), text, "put behind one another they are the same");
  const { status, said: found, stderr } = verify(beginning, end);
  assert.deepEqual([status, found], [0, [`✔ ${total} records, 3 days sealed; nothing is missing or changed.`]], stderr);
});

test("what is done to an export is named, with its place", async () => {
  const text = (await download(`from=${to}`)).toString();
  const lines = text.split("\n");
  assert.equal(verify(text).status, 0);
  assert.deepEqual(personal([{ name: "export", value: text }], worker.logs), []);
  const altered = (change) => {
    const copy = [...lines];
    change(copy);
    const { status, said } = verify(copy.join("\n"));
    assert.equal(status, 1);
    return said.join("\n");
  };
  for (const at of [5, lines.length - 60]) {
    const key = keyOf(lines[at]);
    assert.ok(altered((all) => (all[at] = all[at].replace('"DE"', '"FR"'))).includes(`✖ line ${at + 1}: ${key} was changed`));
    const missing = altered((all) => all.splice(at, 1));
    assert.ok(missing.includes(`1 missing between ${keyOf(lines[at - 1])} and ${keyOf(lines[at + 1])}.`), missing);
    assert.ok(missing.includes(`${to} was sealed with ${0.02 * count + 10} records, here are ${0.02 * count + 9}.`), missing);
    const swapped = altered((all) => ([all[at], all[at + 1]] = [all[at + 1], all[at]]));
    assert.ok(swapped.includes(`✖ line ${at + 2}: ${key} stands behind ${keyOf(lines[at + 1])}`), swapped);
  }
});
