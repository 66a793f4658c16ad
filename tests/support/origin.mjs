// A real HTTP server that plays the site behind the worker, well or badly.

import http from "node:http";
import { gzipSync } from "node:zlib";

const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/**
 * Starts an origin on a loopback port of its own. `routes` maps "/path" or
 * "POST /path" ("*" for the rest) to an answer, or to a function of the request
 * that returns one (or a promise of one). An answer is a text (HTML), or:
 *
 * - `status`, `headers` (object, values may be arrays; or `[[name, value], …]`)
 * - `body`: text or bytes; `pieces`: several of them, sent one by one, `delay` ms apart
 * - `gzip: true`: compressed, if the request accepts it
 * - `hang: true`: never answers; after `pieces`: never ends
 * - `reset: true`: cuts the connection; after `pieces`: in the middle of the body
 * - `raw`: bytes put on the wire as they are, then the connection is closed
 *
 * @returns `{ url, port, requests, routes, last(), clear(), stop() }`. `routes` may be
 *   changed while it runs. A recorded request is `{ method, url, path, headers, rawHeaders, cookies, body }`.
 */
export async function startOrigin(routes = {}) {
  const requests = [];
  const server = http.createServer(async (incoming, outgoing) => {
    const pieces = [];
    try {
      for await (const piece of incoming) pieces.push(piece);
    } catch {
      return; // the worker went away in the middle of its request
    }
    const seen = record(incoming, Buffer.concat(pieces));
    requests.push(seen);
    const route = routes[`${seen.method} ${seen.path}`] ?? routes[seen.path] ?? routes["*"];
    try {
      const answer = typeof route === "function" ? await route(seen) : route;
      await send(outgoing, seen, answer ?? { status: 404, headers: { "content-type": "text/plain" }, body: `no route for ${seen.path}` });
    } catch (error) {
      if (!outgoing.headersSent) outgoing.writeHead(500, { "content-type": "text/plain" });
      outgoing.end(`the test's route failed: ${error.stack}`);
    }
  });
  // A hanging route must not be ended by Node's own idea of a slow client.
  server.requestTimeout = 0;
  // Nor may a connection close just when the runtime takes it up again: on a busy machine five seconds are soon over.
  server.keepAliveTimeout = 120_000;
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address();
  return {
    port,
    url: `http://127.0.0.1:${port}`,
    requests,
    routes,
    last: () => requests.at(-1),
    clear: () => requests.splice(0),
    stop: () =>
      new Promise((resolve) => {
        server.close(resolve);
        server.closeAllConnections();
      }),
  };
}

function record(incoming, body) {
  const cookies = Object.fromEntries(
    (incoming.headers.cookie ?? "")
      .split(/;\s*/)
      .filter(Boolean)
      .map((pair) => [pair.split("=", 1)[0], pair.slice(pair.indexOf("=") + 1)]),
  );
  return { method: incoming.method, url: incoming.url, path: incoming.url.split("?", 1)[0], headers: incoming.headers, rawHeaders: incoming.rawHeaders, cookies, body };
}

async function send(outgoing, seen, answer) {
  const { status = 200, headers = {}, body = "", pieces, delay = 0, gzip, hang, reset, raw } = typeof answer === "string" ? { body: answer } : answer;
  const cut = () => outgoing.socket?.resetAndDestroy();
  if (raw !== undefined) return outgoing.socket.end(raw);
  if (pieces === undefined) {
    if (hang) return;
    if (reset) return cut();
  }

  const list = (Array.isArray(headers) ? headers : Object.entries(headers)).flatMap(([name, value]) => [value].flat().map((one) => [name, one]));
  const has = (name) => list.some(([given]) => given.toLowerCase() === name);
  if (!has("content-type")) list.push(["content-type", "text/html; charset=utf-8"]);

  if (pieces === undefined) {
    let bytes = Buffer.from(body);
    if (gzip && /\bgzip\b/.test(seen.headers["accept-encoding"] ?? "")) {
      bytes = gzipSync(bytes);
      list.push(["content-encoding", "gzip"]);
    }
    if (!has("content-length") && status !== 204 && status !== 304) list.push(["content-length", String(bytes.length)]);
    outgoing.writeHead(status, list.flat());
    return outgoing.end(seen.method === "HEAD" ? undefined : bytes);
  }

  outgoing.writeHead(status, list.flat());
  outgoing.flushHeaders();
  for (const piece of pieces) {
    if (outgoing.destroyed) return;
    outgoing.write(piece);
    await pause(delay);
  }
  if (hang) return;
  if (reset) return cut();
  outgoing.end();
}
