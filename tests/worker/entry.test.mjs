// What src/shell/entry.js does when the wasm traps, with a stand-in for the wasm
// that traps on demand: the real one has no such door.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { startOrigin } from "../support/origin.mjs";
import { startWorker } from "../support/worker.mjs";

// (module (func (export "trap") unreachable))
const trap = "0,97,115,109,1,0,0,0,1,4,1,96,0,0,3,2,1,0,7,8,1,4,116,114,97,112,0,0,10,5,1,3,0,0,11";

const glue = `
  import { edited } from "./bridge.js";
  import trapModule from "./trap.wasm";
  const { trap } = new WebAssembly.Instance(trapModule).exports;
  let born = 0, dead = false, freed = [];
  export const names = () => "cookie\\nset-cookie\\netag\\nx-order\\ncontent-type";
  const die = () => { dead = true; trap(); };
  const overflow = () => { dead = true; throw new RangeError("Maximum call stack size exceeded"); };
  const wait = (ms, fails) => new Promise((resolve, reject) => setTimeout(fails ? () => reject(new Error("it went wrong")) : resolve, ms, "waited"));
  // Each step gives what to wait for, or the answer.
  const task = (...steps) => {
    const own = born;
    return {
      go(came, failed) {
        if (dead || own !== born) throw new Error("a dead task was gone on with");
        return steps.shift()(failed ? "failed: " + came.message : came);
      },
      free() { freed.push(own === born && !dead); },
    };
  };
  const steps = {
    "/in-its-first-step": [die],
    "/after-a-promise": [() => Promise.resolve(), die],
    "/after-some-io": [() => wait(50), die],
    "/overflow": [() => wait(5), overflow],
    "/rejects": [() => { throw new Error("an error of ours"); }],
    "/waits": [() => wait(20), (came) => wait(20, came === "waited"), (came) => new Response(came)],
    "/pending": [() => wait(400), () => new Response("too late")],
  };
  export const set_out = (head, request) => {
    if (dead) throw new Error("the dead instance was asked");
    const { pathname } = new URL(request.url);
    if (pathname === "/at-once" || pathname === "/passing/at-once") return die();
    if (pathname.startsWith("/passing")) return "7";
    if (pathname === "/nobodys") return undefined;
    if (pathname === "/freed") return Response.json(freed);
    return steps[pathname] ? task(...steps[pathname]) : new Response("instance " + born);
  };
  const edit = (head) => {
    const own = born;
    return {
      decoded_from() {},
      rest: () => false,
      push(piece, room) {
        if (dead || own !== born) throw new Error("a dead edit was gone on with");
        if (/fatal/.test(head) && new TextDecoder().decode(piece).includes("two")) die();
        room.set(piece);
        return piece.length;
      },
      end: () => new Uint8Array(),
      free() { freed.push(own === born && !dead); },
    };
  };
  export const answer = (number, head, request, now, read, response) => /stream/.test(head) ? edited(response, undefined, undefined, edit(head)) : dead ? die() : /later/.test(head) ? die() : new Response("answer of " + born + " to " + number);
  export const order = (number) => task(() => wait(5), () => new Response("order of " + born + " to " + number));
  export const unreachable = () => undefined;
  export const scheduled = () => task(() => undefined);
  export const is_never_a_page = () => false;
  export const __wbg_reset_state = () => { born += 1; dead = false; };`;

let origin, worker;
before(async () => {
  const slowly = () => new Promise((resolve) => setTimeout(resolve, 500, "slow"));
  const page = { pieces: ["one one ", "two two ", "three"], delay: 150 };
  const ordered = { headers: { "x-order": "1" }, body: "ordered" };
  origin = await startOrigin({ "/passing/later": "late", "/passing/slowly": slowly, "/passing/ordered": ordered, "/nobodys": { reset: true }, "/passing/stream": page, "/passing/stream/fatal": page, "/passing/stream/fatal/at-once": { pieces: ["two two"] } });
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL("../../src/shell/entry.js", import.meta.url))],
    bundle: true,
    write: false,
    format: "esm",
    plugins: [
      {
        name: "stand-in",
        setup(bundler) {
          bundler.onResolve({ filter: /^edge-consent-glue$/ }, () => ({ path: "glue", namespace: "stand-in" }));
          bundler.onResolve({ filter: /\.wasm$/ }, ({ path }) => ({ path, external: true }));
          bundler.onLoad({ filter: /.*/, namespace: "stand-in" }, () => ({ contents: glue, resolveDir: fileURLToPath(new URL("../../src/shell", import.meta.url)) }));
        },
      },
    ],
  });
  worker = await startWorker({
    bindings: { ORIGIN: origin.url },
    workerModules: [
      { type: "ESModule", path: "index.js", contents: outputFiles[0].text },
      { type: "CompiledWasm", path: "trap.wasm", contents: Uint8Array.from(trap.split(",")) },
    ],
  });
});
after(() => Promise.all([worker?.stop(), origin?.stop()]));

const instanceNow = async () => Number(/instance (\d+)/.exec((await worker.fetch("/")).text())?.[1]);

for (const path of ["/at-once", "/in-its-first-step", "/after-a-promise", "/after-some-io", "/overflow"]) {
  test(`a trap ${path.slice(1).replaceAll("-", " ")} is a 502 of ours, and the next request gets a new instance`, async () => {
    const before = await instanceNow();
    worker.logs.length = 0;
    const answer = await worker.fetch(path);
    assert.equal(answer.status, 502);
    assert.match(answer.text(), /could not be prepared.*reload/is);
    assert.equal(answer.headers["cache-control"], "no-store");
    assert.equal(answer.headers["x-content-type-options"], "nosniff");
    assert.equal(await instanceNow(), before + 1);
    const lines = worker.logs.filter((line) => line.startsWith("{")).map((line) => JSON.parse(line));
    assert.deepEqual(lines.map(({ level, fault }) => [level, fault]), [["error", "trap"]]);
  });
}

for (const path of ["/passing/at-once", "/passing/later"]) {
  test(`a trap over a request that only passes is a 502 of ours (${path})`, async () => {
    const before = await instanceNow();
    const answer = await worker.fetch(path);
    assert.equal(answer.status, 502);
    assert.match(answer.text(), /could not be prepared/);
    assert.equal(await instanceNow(), before + 1);
  });
}

test("what waits for the origin alone outlives another request's trap, and is read again", async () => {
  const before = await instanceNow();
  const passing = worker.fetch("/passing/slowly");
  await new Promise((resolve) => setTimeout(resolve, 100));
  await worker.fetch("/at-once");
  assert.equal((await passing).text(), `answer of ${before + 1} to 0`);
});

test("a task gets what its promises come to, and what they fail with, and is given back", async () => {
  const before = (await worker.fetch("/freed")).json().length;
  assert.equal((await worker.fetch("/waits")).text(), "failed: it went wrong");
  assert.deepEqual((await worker.fetch("/freed")).json().slice(before), [true]);
});

test("an answer that orders something is waited for, and still known by its number", async () => {
  assert.match((await worker.fetch("/passing/ordered")).text(), /^order of \d+ to 7$/);
});

test("what is nobody's of ours is a 502 of ours too if its origin fails", async () => {
  worker.logs.length = 0;
  const answer = await worker.fetch("/nobodys");
  assert.equal(answer.status, 502);
  assert.match(answer.text(), /could not be prepared/);
  assert.deepEqual(faults(), ["rejected"]);
});

test("a task that fails is a 502, not a hang", async () => {
  assert.equal((await worker.fetch("/rejects")).status, 502);
});

test("tasks fail with the instance that they were in, and are not given back to the next one", async () => {
  const before = (await worker.fetch("/freed")).json().length;
  const pending = [worker.fetch("/pending"), worker.fetch("/pending")];
  await new Promise((resolve) => setTimeout(resolve, 100));
  worker.logs.length = 0;
  await worker.fetch("/at-once");
  assert.deepEqual((await Promise.all(pending)).map(({ status }) => status), [502, 502]);
  assert.deepEqual((await worker.fetch("/freed")).json().slice(before), []);
  assert.deepEqual(faults(), ["trap", "lost", "lost"]);
});

const faults = () => worker.logs.filter((line) => line.startsWith("{")).map((line) => JSON.parse(line).fault);
const freed = async () => (await worker.fetch("/freed")).json();

test("a page that is edited on its way comes whole, and its edit is given back", async () => {
  const before = (await freed()).length;
  assert.equal((await worker.fetch("/passing/stream")).text(), "one one two two three");
  assert.deepEqual((await freed()).slice(before), [true]);
});

test("a trap in the middle of a page breaks the page off, and the next request gets a new instance", async () => {
  const [before, known] = [await instanceNow(), (await freed()).length];
  worker.logs.length = 0;
  const page = await worker.fetch("/passing/stream/fatal");
  assert.equal(page.text(), "one one ");
  assert.equal(await instanceNow(), before + 1);
  assert.deepEqual((await freed()).slice(known), []);
  assert.deepEqual(faults(), ["trap"]);
});

test("a trap over a page's beginning leaves no blank page", async () => {
  const page = await worker.fetch("/passing/stream/fatal/at-once");
  assert.match(page.text(), /could not be prepared.*reload.*cache:"reload"/is);
});

test("a page that is edited breaks off when another request traps, and nothing of it goes into the next instance", async () => {
  const known = (await freed()).length;
  worker.logs.length = 0;
  const pending = worker.fetch("/passing/stream");
  await new Promise((resolve) => setTimeout(resolve, 100));
  await worker.fetch("/at-once");
  await instanceNow();
  const page = await pending;
  assert.equal(page.text(), "one one ");
  assert.deepEqual((await freed()).slice(known), []);
  assert.deepEqual(faults(), ["trap", "stream"]);
});

test("who asks for JSON gets a problem, and HEAD gets no body", async () => {
  const json = await worker.fetch("/at-once", { headers: { accept: "application/json" } });
  assert.equal(json.headers["content-type"], "application/problem+json");
  assert.equal(json.json().status, 502);
  const head = await worker.fetch("/at-once", { method: "HEAD" });
  assert.deepEqual([head.status, head.body.length], [502, 0]);
});
