// Asks a worker many times over, over a few connections that stay open.

import http from "node:http";

/** One exchange: `{ status, headers, bytes, first }`, and `body` if it is kept; `first` is when the body began. */
export function ask(port, { host, path = "/", method = "GET", headers = {}, body, keep = false, agent = false }) {
  return new Promise((resolve, reject) => {
    const request = http.request({ host: "127.0.0.1", port, path, method, agent, headers: { host, ...headers, ...(body && { "content-length": Buffer.byteLength(body) }) } }, (response) => {
      let bytes = 0;
      let first;
      const pieces = [];
      response.on("data", (piece) => {
        first ??= performance.now();
        bytes += piece.length;
        if (keep) pieces.push(piece);
      });
      response.on("error", reject);
      response.on("end", () => resolve({ status: response.statusCode, headers: response.headers, bytes, first, body: keep ? Buffer.concat(pieces) : undefined }));
    });
    request.on("error", reject);
    request.end(body);
  });
}

/**
 * Asks `times` times, `connections` at once; `request.each`: headers that differ each time. An answer of another status than
 * the case's is an error.
 */
export async function load(port, request, times, connections = 4) {
  // Of this turn alone: a runtime that waits for its next one closes what lies idle.
  const agent = new http.Agent({ keepAlive: true, maxSockets: connections });
  let left = times;
  const one = async () => {
    while (left > 0) {
      left -= 1;
      const { status } = await ask(port, { ...request, headers: { ...request.headers, ...request.each?.() }, agent });
      if (status !== (request.status ?? 200)) throw new Error(`${request.path} was answered with ${status}.`);
    }
  };
  await Promise.all(Array.from({ length: connections }, one));
  agent.destroy();
}
