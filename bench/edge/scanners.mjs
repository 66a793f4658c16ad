// Three ways to hold tags in a page: our scanner, the runtime's HTMLRewriter, lol_html in the wasm (docs/adr/0005).

import http from "node:http";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { requirePeers } from "../browser/browser.mjs";
import { crate, variant } from "../lib/builds.mjs";
import { ask } from "../lib/load.mjs";
import { compare } from "../lib/measure.mjs";
import { kB, micro, table, times } from "../lib/table.mjs";
import { built, byHand, start } from "../lib/workerd.mjs";
import { prepare, visit } from "./requests.mjs";

const frame = `<iframe src="https://www.youtube.com/embed/x"></iframe>`;
const page = (body, head = "") => `<!doctype html><html><head><meta charset="utf-8"><title>t</title>${head}</head><body><p>before</p>${body}<p>behind</p></body></html>`;

/** Pages that are easily got wrong; `type` is what they say they are. */
const hard = {
  "a plain tag": { body: page(`<script src="https://www.clarity.ms/tag/x"></script>`) },
  "a title inside a select": { body: page(`<select><option>a<title>b</title></select>${frame}`) },
  "xmp inside a select": { body: page(`<select><xmp>b</xmp></select>${frame}`) },
  "a pixel in noscript": { body: page(`<noscript><img src="https://www.facebook.com/tr?id=1"></noscript>`) },
  "no head and no body tag": { body: `<!doctype html><title>t</title><p>before</p>${frame}<p>behind</p>` },
  "an inline loader": { body: page(`<script>(function(c){c.src="https://www.clarity.ms/tag/x"})(document.createElement("script"))</script>`) },
  "an inline loader, its quotes and blanks otherwise": { body: page(`<script>gtag( "config" , "G-BENCH" );</script>`) },
  "HTTPS://HOST in capitals": { body: page(`<script src="HTTPS://WWW.CLARITY.MS/tag/x"></script>`) },
  "blanks and line ends in an address": { body: page(`<script src=" https://www.clar\nity.ms/tag/x"></script>`) },
  "an address with character references": { body: page(`<script src="https&#58;//www.clarity&period;ms/tag/x"></script>`) },
  "backslashes in an address": { body: page(`<script src="https:\\\\www.clarity.ms/tag/x"></script>`) },
  "an image's srcset": { body: page(`<img srcset="/a.png 1x, https://www.facebook.com/tr?id=1 2x" alt="">`) },
  "an object": { body: page(`<object data="https://www.youtube.com/embed/x"></object>`) },
  "a frame's srcdoc": { body: page(`<iframe srcdoc='<script src="https://www.clarity.ms/tag/x"></script>'></iframe>`) },
  "an unknown charset": { body: page(frame), type: "text/html; charset=x-nobody" },
  "UTF-16": { body: Buffer.from(`\ufeff${page(frame)}`, "utf16le"), type: "text/html; charset=utf-16le" },
  "a base that moves relative addresses": { body: page(`<script src="tag/x"></script>`, `<base href="https://www.clarity.ms/">`) },
};

export async function scanners({ origin, quick }) {
  await requirePeers();
  const { ours, banner, frame: placeholder } = await prepare(origin);
  const constants = { BANNER: banner, FRAME: placeholder };
  const folders = { ours: await variant("bench"), lol: await crate("lol-html-worker"), empty: await crate("empty-worker") };
  const workers = { "our scanner": ours, HTMLRewriter: byHand("rewriter", constants), "lol_html in the wasm": built(folders.lol, constants), untouched: byHand("pass") };
  const rows = [];
  for (const coding of ["", "-gzip"]) {
    for (const size of ["60k", "1m"]) {
      const large = size === "1m";
      const request = visit("tags", `/${size}-40${coding}`);
      const found = await compare(Object.fromEntries(Object.entries(workers).map(([name, worker]) => [name, { worker, request }])), { origin, rounds: quick ? 4 : 11, requests: large ? 25 : 200, warmup: large ? 80 : 600 });
      rows.push([`${size}, 40 tags${coding ? ", gzipped origin" : ""}`, ...Object.values(found).map(({ cpu, ratio }, at) => (at ? `${micro(cpu)} (${times(1 / ratio)})` : micro(cpu)))]);
    }
  }
  const size = (folder) => gzipSync(readFileSync(join(folder, "index_bg.wasm")), { level: 9 }).length;
  return {
    title: "Three scanners",
    text: [table(["CPU per request", ...Object.keys(workers)], rows), table(["page with", "our scanner", "HTMLRewriter", "lol_html in the wasm"], await wrongs(workers))].join("\n\n"),
    notes: [
      `In parentheses: × ours. lol_html makes a worker of ${kB(size(folders.lol))} gzip that does nothing else; an empty one is ${kB(size(folders.empty))}.`,
      "Held: a parser finds no live tag of a declared service in the page, with scripts or without, or the page's policy lets it load nothing. Cut off: what stands behind is missing. No page: there was no answer. The two others have the edits that one would write by hand; what they miss could be added, where they are given the element at all.",
    ],
  };
}

/** What becomes of each hard page. */
async function wrongs(workers) {
  const { live, whole } = await import("./live.mjs");
  const server = http.createServer((incoming, outgoing) => {
    const { body, type = "text/html; charset=utf-8" } = Object.values(hard)[Number(incoming.url.slice(1))];
    outgoing.writeHead(200, { "content-type": type }).end(body);
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const columns = [];
  for (const worker of Object.values(workers).slice(0, 3)) {
    const process = await start(worker, { origin: server.address().port });
    const column = [];
    for (const at of Object.values(hard).keys()) {
      const answer = await ask(process.port, { ...visit("tags", `/${at}`), keep: true }).catch(() => undefined);
      if (!answer || answer.status !== 200) {
        column.push("no page");
        continue;
      }
      const text = answer.body.toString(/utf-16/.test(answer.headers["content-type"]) ? "utf16le" : "utf8");
      const closed = /default-src 'self'/.test(answer.headers["content-security-policy"] ?? "");
      column.push(!whole(text) ? "cut off" : closed ? "held by policy" : live(text) ? "**live**" : "held");
    }
    columns.push(column);
    await process.stop();
  }
  server.closeAllConnections();
  server.close();
  return Object.keys(hard).map((name, at) => [name, ...columns.map((column) => column[at])]);
}
