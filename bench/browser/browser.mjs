// What a visitor feels: Chromium as a slow phone on a slow line, the same page with each peer.

import { existsSync } from "node:fs";
import http from "node:http";
import { brotliCompressSync } from "node:zlib";
import { chromium } from "playwright-core";
import { inRoot, run } from "../../scripts/setup.mjs";
import { findBrowser } from "../../tests/support/browser.mjs";
import { variant } from "../lib/builds.mjs";
import { median } from "../lib/measure.mjs";
import { kB, table } from "../lib/table.mjs";
import { built, start } from "../lib/workerd.mjs";

const line = { offline: false, latency: 150, downloadThroughput: 1_600_000 / 8, uploadThroughput: 750_000 / 8 };
const slower = 4;

/** The peers, at the versions of bench/package-lock.json; the product's own `npm ci` doesn't bring them. */
export async function requirePeers() {
  if (existsSync(inRoot("bench/node_modules/.package-lock.json"))) return;
  console.log("Installing the peers that bench/package-lock.json names…");
  await run("npm", ["ci", "--no-audit", "--no-fund", "--ignore-scripts"], { cwd: inRoot("bench"), shell: process.platform === "win32" });
}

/** Everything by host: a contender's files, or our worker behind what an edge does, compressing. */
async function serve(all, workerPort) {
  const compressed = new Map();
  // Nobody waits for this: at the best quality it takes longer than the line does.
  const compress = (body) => {
    const key = body.toString("latin1");
    if (!compressed.has(key)) compressed.set(key, brotliCompressSync(body));
    return compressed.get(key);
  };
  const send = (outgoing, status, headers, body) => {
    const bytes = compress(body);
    outgoing.writeHead(status, { ...headers, "content-encoding": "br", "content-length": bytes.length }).end(bytes);
  };
  const server = http.createServer((incoming, outgoing) => {
    const [label] = incoming.headers.host.split(".", 1);
    const [path] = incoming.url.split("?", 1);
    if (path === "/tag.js") return outgoing.writeHead(200, { "content-type": "text/javascript", "access-control-allow-origin": "*" }).end("window.tagged=performance.now()");
    if (path.endsWith(".webp")) return outgoing.writeHead(200, { "content-type": "image/svg+xml", "cache-control": "max-age=31536000" }).end('<svg xmlns="http://www.w3.org/2000/svg" width="640" height="360"/>');
    if (path === "/favicon.ico" || path === "/style.css") return outgoing.writeHead(200, { "content-type": "text/css", "cache-control": "max-age=31536000" }).end("a{color:#036}");
    if (label === "five") {
      const pieces = [];
      const request = http.request({ host: "127.0.0.1", port: workerPort, path: incoming.url, method: incoming.method, headers: incoming.headers }, (answer) => {
        answer.on("data", (piece) => pieces.push(piece));
        answer.on("end", () => {
          const { "transfer-encoding": _, "content-length": __, ...headers } = answer.headers;
          send(outgoing, answer.statusCode, headers, Buffer.concat(pieces));
        });
      });
      return incoming.pipe(request);
    }
    const { files } = all[Number(label.replace("c", ""))];
    const body = files[path];
    if (body === undefined) return outgoing.writeHead(404).end();
    const kind = path === "/" ? "text/html; charset=utf-8" : path.endsWith(".css") ? "text/css" : "text/javascript";
    send(outgoing, 200, { "content-type": kind, "cache-control": path === "/" ? "no-cache" : "max-age=31536000, immutable" }, body);
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  return server;
}

/** Runs in the page before anything else. */
function watch(find) {
  const seen = (globalThis.seen = { shift: 0, blocked: 0, click: undefined, paint: undefined });
  const observe = (type, each, more = {}) => new PerformanceObserver((list) => list.getEntries().forEach(each)).observe({ type, buffered: true, ...more });
  observe("paint", (entry) => entry.name === "first-contentful-paint" && (seen.first = entry.startTime));
  observe("largest-contentful-paint", (entry) => (seen.largest = entry.startTime));
  observe("layout-shift", (entry) => (seen.shift += entry.hadRecentInput ? 0 : entry.value));
  observe("longtask", (entry) => (seen.blocked += Math.max(0, entry.duration - 50)));
  observe("event", (entry) => entry.name === "click" && (seen.paint = entry.duration), { durationThreshold: 16 });
  addEventListener("click", (event) => (seen.click ??= event.timeStamp), { capture: true });
  if (!find) return;
  const look = () => {
    const banner = eval(find);
    const box = banner?.getBoundingClientRect();
    const shown = box && box.width > 0 && box.height > 0 && box.top < innerHeight && box.bottom > 0 && getComputedStyle(banner).visibility === "visible";
    if (shown) seen.visible = performance.now();
    else requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
}

async function view(context, address, { find, accept }, act) {
  const page = await context.newPage();
  const client = await context.newCDPSession(page);
  const traffic = { bytes: 0, requests: 0 };
  const ignored = new Set();
  client.on("Network.requestWillBeSent", ({ requestId, request }) => {
    if (/\/tag\.js|\.webp|\.ico|style\.css|choice/.test(request.url)) ignored.add(requestId);
  });
  client.on("Network.loadingFinished", ({ requestId, encodedDataLength }) => {
    if (ignored.has(requestId) || encodedDataLength === 0) return;
    traffic.bytes += encodedDataLength;
    traffic.requests += 1;
  });
  await client.send("Network.enable");
  await client.send("Network.emulateNetworkConditions", line);
  await client.send("Emulation.setCPUThrottlingRate", { rate: slower });
  await page.addInitScript(`(${watch})(${JSON.stringify(act ? find : undefined)})`);
  await page.goto(address, { waitUntil: "load" });
  if (find && act) await page.waitForFunction(() => globalThis.seen.visible, undefined, { timeout: 15_000, polling: 100 });
  await page.waitForTimeout(1_000);
  const counted = { ...traffic };
  const found = await page.evaluate(() => ({ ...globalThis.seen }));
  if (accept && act) {
    await page.locator(accept).first().click();
    await page.waitForFunction(() => performance.getEntriesByType("resource").some((entry) => entry.name.endsWith("/tag.js")), undefined, { timeout: 15_000, polling: 50 });
    await page.waitForTimeout(300);
    Object.assign(found, await page.evaluate(() => ({ paint: globalThis.seen.paint ?? 16, tag: performance.getEntriesByType("resource").find((entry) => entry.name.endsWith("/tag.js")).startTime - globalThis.seen.click })));
  }
  await page.close();
  return { ...found, ...counted };
}

export async function browser({ quick }) {
  await requirePeers();
  const { contenders, document, tag } = await import("./contenders.mjs");
  const all = Object.entries(await contenders()).map(([name, contender]) => ({ name, ...contender }));
  return measure(all, document({ held: `<script async src="${tag}"></script>` }), tag, quick);
}

async function measure(all, held, tag, quick) {
  const origin = http.createServer((incoming, outgoing) => incoming.method === "PUT" ? incoming.resume().on("end", () => outgoing.end()) : outgoing.writeHead(200, { "content-type": "text/html; charset=utf-8" }).end(held));
  await new Promise((resolve) => origin.listen(0, "127.0.0.1", resolve));
  const worker = await start(built(await variant("bench")), { origin: origin.address().port });
  const server = await serve(all, worker.port);
  const { port } = server.address();
  const chrome = await chromium.launch({
    executablePath: findBrowser(),
    args: ["--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-quic", "--no-first-run", "--disable-gpu", `--host-resolver-rules=MAP ${new URL(tag).host} 127.0.0.1:${port}`, ...(process.getuid?.() === 0 ? ["--no-sandbox"] : [])],
  });
  try {
    const found = new Map(all.map(({ name }) => [name, []]));
    // The first pages of a browser's life are of another kind.
    const warm = await chrome.newContext();
    for (let turn = 0; turn < 2; turn += 1) await view(warm, `http://c0.localhost:${port}/`, {}, false);
    await warm.close();
    for (let round = 0; round < (quick ? 1 : 5); round += 1) {
      for (const [at, contender] of all.entries()) {
        const address = `http://${contender.ours ? "five" : `c${at}`}.localhost:${port}/`;
        const context = await chrome.newContext({ viewport: { width: 390, height: 844 }, locale: "en-GB" });
        try {
          const first = await view(context, address, contender, true);
          const later = await view(context, address, contender, false);
          found.get(contender.name).push({ first, later });
        } catch (error) {
          console.log(`${contender.name}: ${String(error).split("\n", 1)[0]}`);
        }
        await context.close();
      }
    }
    return report(found);
  } finally {
    await chrome.close();
    server.closeAllConnections();
    server.close();
    origin.closeAllConnections();
    origin.close();
    await worker.stop();
  }
}

function report(found) {
  const middle = (name, which, key) => median(found.get(name).map((one) => one[which][key] ?? NaN));
  const bare = (which, key) => middle("no banner", which, key);
  const ms = (value) => (Number.isFinite(value) ? `${Math.round(value)} ms` : "");
  const rows = [...found.keys()]
    .filter((name) => found.get(name).length)
    .map((name) => [
      name,
      kB(middle(name, "first", "bytes") - bare("first", "bytes")),
      middle(name, "first", "requests") - bare("first", "requests"),
      kB(Math.max(0, middle(name, "later", "bytes") - bare("later", "bytes"))),
      middle(name, "later", "requests") - bare("later", "requests"),
      ms(middle(name, "first", "visible")),
      ms(middle(name, "first", "first")),
      ms(middle(name, "first", "largest")),
      middle(name, "first", "shift").toFixed(3),
      ms(middle(name, "first", "blocked")),
      ms(middle(name, "first", "paint")),
      ms(middle(name, "first", "tag")),
    ]);
  return {
    title: "In the browser",
    text: table(["page with", "first view", "requests", "later view", "requests", "banner visible", "FCP", "LCP", "CLS", "blocking", "click → paint", "click → tag"], rows),
    notes: [
      `Chromium, CPU ${slower} times slower, 150 ms and 1.6 Mbit/s, a page of 60 kB; bytes as they travel (brotli), above the page without a banner. Later views are those after a yes, from a warm cache. The tag's own request, images and the answer's POST are in no count.`,
      "c15t's recommended set-up is a React application; React itself is in its bytes, since this page has none. Silktide's consent manager isn't on npm, and was left out.",
    ],
  };
}
