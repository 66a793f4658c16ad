// What a request costs as sites and services get more.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { shipped, variant } from "../lib/builds.mjs";
import { compare } from "../lib/measure.mjs";
import { kB, micro, table, times } from "../lib/table.mjs";
import { built } from "../lib/workerd.mjs";
import { visit } from "./requests.mjs";

export async function growth({ origin, quick }) {
  const rows = [];
  const size = (folder) => ["index.js", "index_bg.wasm"].reduce((sum, file) => sum + gzipSync(readFileSync(join(folder, file))).length, 0);
  const options = { origin, rounds: quick ? 5 : 15, requests: 200, warmup: quick ? 500 : 1500 };
  const add = (what, found, folder) => {
    for (const [name, { cpu, ratio }] of Object.entries(found).slice(1)) {
      const factor = 1 / ratio;
      rows.push([what, name, micro(cpu), times(factor), "≤ 1.10", factor <= 1.1 ? "yes" : "no", folder?.[name] ? kB(size(folder[name])) : ""]);
    }
  };

  // The shipped four and sites like one another; the one that is asked is in each.
  const folders = { "4 sites": await shipped(), "100 sites": await variant("100"), ...(!quick && { "1,000 sites": await variant("1000") }) };
  const known = (path, dest = "document") => ({ ...visit("plain", path), host: "trackncloak.com", headers: { ...visit("plain", path).headers, "sec-fetch-dest": dest } });
  for (const [what, request] of [["first visit, banner", known("/60k-0")], ["image passing by", known("/image", "image")]]) {
    add(what, await compare(Object.fromEntries(Object.entries(folders).map(([name, folder]) => [name, { worker: built(folder), request }])), options), folders);
  }

  const worker = built(await variant("bench"));
  const sites = { "5 services": "five", "50 services": "fifty", "150 services": "many" };
  for (const [what, path, dest] of [["first visit, banner and 40 tags", "/60k-40", "document"], ["image passing by", "/image", "image"]]) {
    const request = (site) => ({ ...visit(site, path), headers: { ...visit(site, path).headers, "sec-fetch-dest": dest } });
    add(what, await compare(Object.fromEntries(Object.entries(sites).map(([name, site]) => [name, { worker, request: request(site) }])), options));
  }
  return { title: "Growth: against 4 sites, and against 5 services", text: table(["case", "with", "CPU", "× the least", "aim", "met", "size, gzip"], rows) };
}
