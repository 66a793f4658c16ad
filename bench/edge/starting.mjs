// What a cold isolate costs, and how large the worker is.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { brotliCompressSync, gzipSync } from "node:zlib";
import { crate, shipped } from "../lib/builds.mjs";
import { ask } from "../lib/load.mjs";
import { median } from "../lib/measure.mjs";
import { kB, table, times } from "../lib/table.mjs";
import { built, byHand, start } from "../lib/workerd.mjs";

const copies = 20;

/** CPU milliseconds per isolate, from nothing to its first answer: many in one process, less what one takes there. */
async function cold(worker, request, apart, origin) {
  const cpuOf = async (count) => {
    const process = await start(worker, { origin, copies: count, apart });
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
  const image = { ...page, path: "/image", headers: { accept: "*/*", "sec-fetch-dest": "image" } };
  const contenders = {
    "first isolate of a process, a host of nobody's": [ours, { ...image, host: "nobody.example" }, true],
    "first isolate of a process, an image passed on": [ours, image, true],
    "first isolate of a process, a page and its banner": [ours, page, true],
    "further isolate, an image passed on": [ours, image, false],
    "further isolate, a page and its banner": [ours, page, false],
  };
  const beside = { empty: [empty, page, true], "empty, further": [empty, page, false], pass: [byHand("pass"), page, false] };
  const found = Object.fromEntries(Object.keys({ ...contenders, ...beside }).map((name) => [name, []]));
  for (let round = 0; round < (quick ? 3 : 9); round += 1) {
    for (const [name, [worker, request, apart]] of Object.entries({ ...contenders, ...beside })) found[name].push(await cold(worker, request, apart, origin));
  }
  const milliseconds = (name) => `${median(found[name]).toFixed(1)} ms`;
  const starts = Object.entries(contenders).map(([name, [, , apart]]) => {
    const against = apart ? "empty" : "empty, further";
    const ratio = median(found[name].map((value, at) => value / found[against][at]));
    return [name, milliseconds(name), `empty Rust worker ${milliseconds(against)}, JavaScript ${milliseconds("pass")}`, times(ratio), "≤ 1.5", ratio <= 1.5 ? "yes" : "no"];
  });
  const sizes = ["index.js", "index_bg.wasm"].map((file) => [file, readFileSync(join(folder, file))]);
  const gzip = (bytes) => gzipSync(bytes, { level: 9 }).length;
  const all = sizes.reduce((sum, [, bytes]) => sum + gzip(bytes), 0);
  const rows = [
    ...starts,
    ...sizes.map(([file, bytes]) => [file, kB(bytes.length), `brotli ${kB(brotliCompressSync(bytes).length)}`, `${kB(gzip(bytes))} gzip`, "", ""]),
    ["both", "", "", `${kB(all)} gzip`, "≤ 250 kB", all <= 250_000 ? "yes" : "no"],
  ];
  return {
    title: "Start and size",
    text: table(["what", "ours", "beside it", "", "aim", "met"], rows),
    notes: [
      `An isolate's start is CPU from nothing to its first answer, measured over ${copies} isolates in one process. What is alike in them the runtime compiles once; where each is to be the first of its process, each has wasm of its own. What is compiled when it is called first is in it, as is reading the site's declaration (but for a host of nobody's), and building the banner. The empty worker answers nothing, and the one of JavaScript passes the page on.`,
    ],
  };
}
