// The site behind every contender, in a process of its own: pages from memory, and what a KV namespace answers.
//
// Run as a program it serves; imported it starts that program.

import { fork } from "node:child_process";
import http from "node:http";
import { fileURLToPath, pathToFileURL } from "node:url";
import { gzipSync } from "node:zlib";
import { page } from "./pages.mjs";

const self = fileURLToPath(import.meta.url);

/** @returns `{ port, stop() }` */
export async function startOrigin() {
  const child = fork(self, { stdio: ["ignore", "inherit", "inherit", "ipc"] });
  const port = await new Promise((resolve) => child.once("message", resolve));
  return { port, stop: () => child.kill("SIGKILL") };
}

function serve() {
  const html = { "content-type": "text/html; charset=utf-8" };
  const kinds = {
    image: ["image/webp", Buffer.alloc(60_000, 1)],
    script: ["text/javascript", Buffer.from("let a = 1;\n".repeat(5_000))],
    api: ["application/json", Buffer.from(JSON.stringify({ items: Array.from({ length: 40 }, (_, id) => ({ id, name: `item ${id}` })) }))],
  };
  const files = new Map(Object.entries(kinds).map(([name, [kind, body]]) => [`/${name}`, { headers: { "content-type": kind }, body }]));
  for (const [name, size] of [["60k", 60_000], ["1m", 1_000_000]]) {
    for (const tags of [0, 40]) {
      const body = Buffer.from(page(size, tags));
      files.set(`/${name}-${tags}`, { headers: html, body });
      files.set(`/${name}-${tags}-gzip`, { headers: { ...html, "content-encoding": "gzip" }, body: gzipSync(body) });
    }
  }
  // Whose worker has none of its own.
  files.set("/cookie-policy", { headers: html, body: Buffer.from(page(40_000, 0)) });
  for (const file of files.values()) file.headers = { ...file.headers, "content-length": file.body.length, etag: '"one"', "cache-control": "max-age=60" };

  const server = http.createServer((incoming, outgoing) => {
    if (incoming.method === "PUT") return incoming.resume().on("end", () => outgoing.end());
    const [path] = incoming.url.split("?", 1);
    const file = files.get(path);
    if (file) return outgoing.writeHead(200, file.headers).end(file.body);
    if (path === "/stream") return slowly(outgoing, html);
    if (path === "/100m") return long(outgoing, html);
    return outgoing.writeHead(404).end();
  });
  server.keepAliveTimeout = 60_000;
  server.listen(0, "127.0.0.1", () => process.send(server.address().port));
}

/** The head at once, the rest piece by piece. */
async function slowly(outgoing, headers) {
  const text = page(60_000, 40);
  outgoing.writeHead(200, headers);
  for (let at = 0; at < text.length; at += 6_000) {
    outgoing.write(text.slice(at, at + 6_000));
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  outgoing.end();
}

/** 100 MB, no faster than it is taken. */
async function long(outgoing, headers) {
  const piece = Buffer.from(page(1_000_000, 40));
  outgoing.writeHead(200, headers);
  for (let left = 100; left > 0 && !outgoing.destroyed; left -= 1) {
    if (!outgoing.write(piece)) await new Promise((resolve) => outgoing.once("drain", resolve));
  }
  outgoing.end();
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) serve();
