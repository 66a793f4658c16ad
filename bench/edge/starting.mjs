// What a cold isolate costs, and how large the worker is.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { brotliCompressSync, gzipSync } from "node:zlib";
import { crate, shipped } from "../lib/builds.mjs";
import { ask } from "../lib/load.mjs";
import { median } from "../lib/measure.mjs";
import { kB, table } from "../lib/table.mjs";
import { built, byHand, start } from "../lib/workerd.mjs";

const copies = 20;

/** CPU milliseconds per isolate, from nothing to its first answer: many in one process, less what one process takes. */
async function cold(worker, request, origin) {
  const cpuOf = async (count) => {
    const process = await start(worker, { origin, copies: count });
    for (const port of process.ports) await ask(port, request);
    const cpu = process.cpu();
    await process.stop();
    return cpu;
  };
  return ((await cpuOf(copies + 1)) - (await cpuOf(1))) * (1000 / copies);
}

export async function starting({ origin, quick }) {
  const folder = await shipped();
  const ours = built(folder);
  const empty = built(await crate("empty-worker"));
  const page = { host: "trackncloak.com", path: "/60k-0", headers: { accept: "text/html", "sec-fetch-dest": "document" } };
  const contenders = {
    ours: [ours, page],
    "empty Rust worker": [empty, page],
    "pass-through in JavaScript": [byHand("pass"), page],
  };
  const found = Object.fromEntries(Object.keys(contenders).map((name) => [name, []]));
  for (let round = 0; round < (quick ? 3 : 9); round += 1) {
    for (const [name, [worker, request]] of Object.entries(contenders)) found[name].push(await cold(worker, request, origin));
  }
  const milliseconds = (name) => `${median(found[name]).toFixed(1)} ms`;
  const ratio = median(found.ours.map((value, at) => value / found["empty Rust worker"][at]));
  const sizes = ["index.js", "index_bg.wasm"].map((file) => [file, readFileSync(join(folder, file))]);
  const gzip = (bytes) => gzipSync(bytes, { level: 9 }).length;
  const all = sizes.reduce((sum, [, bytes]) => sum + gzip(bytes), 0);
  const rows = [
    ["cold isolate to its first answer, CPU", milliseconds("ours"), `empty Rust worker ${milliseconds("empty Rust worker")}, JavaScript ${milliseconds("pass-through in JavaScript")}`, `${ratio.toFixed(2)} ×`, "≤ 1.5", ratio <= 1.5 ? "yes" : "no"],
    ...sizes.map(([file, bytes]) => [file, kB(bytes.length), `brotli ${kB(brotliCompressSync(bytes).length)}`, `${kB(gzip(bytes))} gzip`, "", ""]),
    ["both", "", "", `${kB(all)} gzip`, "≤ 250 kB", all <= 250_000 ? "yes" : "no"],
  ];
  return {
    title: "Start and size",
    text: table(["what", "ours", "beside it", "", "aim", "met"], rows),
    notes: [`An isolate's start is measured over ${copies} isolates in one process. Ours answers with a page and its banner: reading the site's declaration and building that banner are in it, and so is what the runtime compiles when it is called first.`],
  };
}
