// A worker that does nothing: what the runtime itself makes of a request and an answer, to compare ours with.

import { startWorker } from "./worker.mjs";

const contents = `export default {
  fetch(request, { ORIGIN }) {
    const { pathname, search } = new URL(request.url);
    return fetch(new Request(ORIGIN + pathname + search, request), { redirect: "manual" });
  },
};`;

/** The same as `startWorker`, for the worker that does nothing. */
export const startBare = (origin) => startWorker({ workerModules: [{ type: "ESModule", path: "index.js", contents }], bindings: { ORIGIN: origin }, kv: false });

/** Headers as they came, `[name, value]` each, without what the connection has of its own. */
export function listed(rawHeaders) {
  const pairs = [];
  for (let at = 0; at < rawHeaders.length; at += 2) pairs.push([rawHeaders[at].toLowerCase(), rawHeaders[at + 1]]);
  return pairs.filter(([name]) => !["connection", "keep-alive", "date", "host", "transfer-encoding"].includes(name));
}
