// The built worker in a real workerd with a real KV, and a client that sends
// what a test says and nothing else.

import { existsSync, readFileSync } from "node:fs";
import http from "node:http";
import { Miniflare } from "miniflare";

const built = (folder, name) => new URL(`../../${folder}/${name}`, import.meta.url);

/** The same date as production's, from the one place that says it. */
const compatibilityDate = /compatibility_date = "([^"]+)"/.exec(readFileSync(new URL("../../wrangler.toml", import.meta.url), "utf8"))[1];

function modules(testSites) {
  const folder = testSites ? "build-test" : "build";
  if (!existsSync(built(folder, "index.js"))) throw new Error(`There is no ${folder}/index.js: run \`npm run build${testSites ? " -- --test-sites" : ""}\` first.`);
  return [
    { type: "ESModule", path: "index.js", contents: readFileSync(built(folder, "index.js"), "utf8") },
    { type: "CompiledWasm", path: "index_bg.wasm", contents: readFileSync(built(folder, "index_bg.wasm")) },
  ];
}

/** The same worker in a world where it is always this moment. */
const stopped = (clock, list) => [{ type: "ESModule", path: "main.js", contents: `export { default } from "./index.js"; Date.now = () => ${Number(clock)};` }, ...list];

/**
 * Starts the worker on a loopback port of its own.
 *
 * - `bindings`: vars and secrets (`ORIGIN`, `SITE`, `ADMIN_TOKEN`, …)
 * - `cf`: what `request.cf` holds, e.g. `{ country: "DE" }`
 * - `upstream`: where `fetch(request)` goes, as on a zone route; the request's own
 *   host is then the upstream's, so use `ORIGIN` to test by host
 * - `kv: false`: no CONSENT binding at all
 * - `limiter`: writes per minute; without it there is no LIMITER binding
 * - `testSites: true`: the worker that has the sites of tests/sites, too
 * - `clock`: milliseconds since 1970 that the worker takes for now
 * - `around`: a module that takes the place of the entry and imports the worker as `./index.js`
 * - `workerModules`: another worker instead of the built one
 * - `miniflare`: anything else that Miniflare takes
 *
 * @returns an object with `url(host, path)`, `fetch(path, options)`, `kv`, `logs`, `stop()`
 */
export async function startWorker({ bindings = {}, cf = { country: "DE" }, upstream, kv = true, limiter, testSites, clock, around, workerModules, miniflare = {} } = {}) {
  const logs = [];
  const runtime = new Miniflare({
    modules: workerModules ?? [...(around ? [{ type: "ESModule", path: "around.js", contents: around }] : []), ...(clock ? stopped(clock, modules(testSites)) : modules(testSites))],
    compatibilityDate,
    host: "127.0.0.1",
    port: 0,
    bindings,
    cf,
    upstream,
    ...(kv && { kvNamespaces: ["CONSENT"] }),
    ...(limiter && { ratelimits: { LIMITER: { simple: { limit: limiter, period: 60 } } } }),
    handleRuntimeStdio(stdout, stderr) {
      for (const stream of [stdout, stderr]) stream.setEncoding("utf8").on("data", (text) => logs.push(...text.split("\n").filter(Boolean)));
    },
    ...miniflare,
  });
  const { port } = await runtime.ready;
  const url = (host = "localhost", path = "/") => `http://${host}:${port}${path}`;
  return {
    port,
    url,
    /** Every line that the worker wrote to its console, and the runtime about it. */
    logs,
    /** `path` or a whole URL; see `request` for the options. */
    // Connects to the worker itself whatever the host: that one goes into the header.
    fetch: (path, options) => request(path.startsWith("http") ? path : url("localhost", path), options),
    kv: kv ? consentRecords(runtime) : undefined,
    /** Lets the clock strike, as the cron trigger would. */
    strike: async () => (await runtime.getWorker()).scheduled({ cron: "17 * * * *" }),
    /** Ends without a look at what was stored: for copies of records that others look at. */
    end: () => runtime.dispose(),
    /** Looks at all that was stored and logged, then ends. */
    async stop() {
      const found = personal(kv ? await consentRecords(runtime).everything() : [], logs);
      await runtime.dispose();
      if (found.length) throw new Error(`Personal data was kept:\n${found.join("\n")}`);
    },
  };
}

const four = /(?<![\d.])(?:\d{1,3}\.){3}\d{1,3}(?![\d.])/;
const six = /(?<![0-9a-z:])(?:[0-9a-f]{1,4}:){3,7}(?::|[0-9a-f]{1,4})/i;
const never = { "an IP address": [four, six], "a user agent": [/mozilla\//i, /\bcurl\/|\bnode\b/i], "an e-mail address": [/[\w.+-]+@[\w-]+\.\w+/], "an address": [/https?:\/\//i] };

/** What nothing stored and no line of ours may hold; a notice says where each service explains itself. */
export function personal(entries, logs) {
  const stored = entries.map(({ name, value, metadata }) => {
    const shown = name.startsWith("notice:") ? value.replaceAll(/"privacy":"https:[^"]*"/g, "") : value;
    return `${name} ${shown} ${JSON.stringify(metadata ?? null)}`;
  });
  return [...stored, ...logs.filter((line) => line.startsWith("{"))].flatMap((text) =>
    Object.entries(never)
      .filter(([, patterns]) => patterns.some((pattern) => pattern.test(text.replaceAll(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ/g, ""))))
      .map(([what]) => `${what}: ${text.slice(0, 400)}`),
  );
}

/** CONSENT from outside the worker. */
function consentRecords(runtime) {
  const namespace = () => runtime.getKVNamespace("CONSENT");
  return {
    get: async (key) => (await namespace()).get(key),
    getJson: async (key) => (await namespace()).get(key, "json"),
    getWithMetadata: async (key) => (await namespace()).getWithMetadata(key, "json"),
    put: async (key, value, options) => (await namespace()).put(key, value, options),
    delete: async (key) => (await namespace()).delete(key),
    /** All keys with a prefix, past the pages of a thousand: `[{ name, expiration, metadata }]`. */
    async list(prefix = "") {
      const keys = [];
      let cursor;
      do {
        const page = await (await namespace()).list({ prefix, cursor });
        keys.push(...page.keys);
        cursor = page.list_complete ? undefined : page.cursor;
      } while (cursor);
      return keys;
    },
    /** Every key with its value: `[{ name, value, metadata }]`. */
    async everything() {
      const keys = await this.list();
      const values = new Map();
      for (let at = 0; at < keys.length; at += 100) {
        const some = await (await namespace()).get(keys.slice(at, at + 100).map(({ name }) => name));
        for (const [name, value] of some) values.set(name, value);
      }
      return keys.map((key) => ({ ...key, value: values.get(key.name) ?? "" }));
    },
    /** Waits until `count` keys with a prefix are there: writes may come after the answer. */
    async settled(prefix, count, within = 3000) {
      const until = Date.now() + within;
      for (;;) {
        const keys = await this.list(prefix);
        if (keys.length >= count) return keys;
        if (Date.now() > until) throw new Error(`KV holds ${keys.length} keys under "${prefix}" instead of ${count}.`);
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    },
  };
}

/**
 * One HTTP exchange with headers exactly as given: Node's `fetch` would refuse
 * Cookie, Host and Sec-*, add its own, follow redirects and decompress.
 *
 * - `method`, `headers` (object or `[[name, value], …]` to repeat one), `body` (text or bytes)
 * - `host`: the Host header, where it isn't the URL's
 * - `cookies`: `{ name: value }`, as one Cookie header
 * - `form`: `{ name: value | [values] }` or `[[name, value], …]`, urlencoded, as POST
 * - `json`: a value, as POST
 * - `timeout`: milliseconds
 *
 * @returns `{ status, headers, setCookie, rawHeaders, body, complete, text(), json(), cookie(name) }`,
 *   where `headers` joins repeated ones, `body` is a Buffer, and `complete` is false
 *   if the answer broke off.
 */
export function request(address, { method, headers = {}, host, cookies, body, form, json, timeout = 20_000 } = {}) {
  const { port, hostname, host: authority, pathname, search } = new URL(address);
  const entries = Array.isArray(headers) ? [...headers] : Object.entries(headers);
  const has = (name) => entries.some(([given]) => given.toLowerCase() === name);
  if (!has("host")) entries.push(["host", host ? `${host}${host.includes(":") ? "" : `:${port}`}` : authority]);
  if (cookies) entries.push(["cookie", Object.entries(cookies).map(([name, value]) => `${name}=${value}`).join("; ")]);
  if (form) {
    const pairs = Array.isArray(form) ? form : Object.entries(form).flatMap(([name, value]) => [value].flat().map((one) => [name, one]));
    body = new URLSearchParams(pairs).toString();
    if (!has("content-type")) entries.push(["content-type", "application/x-www-form-urlencoded"]);
  }
  if (json !== undefined) {
    body = JSON.stringify(json);
    if (!has("content-type")) entries.push(["content-type", "application/json"]);
  }
  const bytes = body === undefined ? undefined : Buffer.from(body);
  if (bytes && !has("content-length") && !has("transfer-encoding")) entries.push(["content-length", String(bytes.length)]);

  return new Promise((resolve, reject) => {
    const outgoing = http.request(
      // *.localhost is loopback by definition (RFC 6761), but not every resolver knows.
      { host: hostname.endsWith("localhost") ? "127.0.0.1" : hostname, port, method: method ?? (bytes ? "POST" : "GET"), path: pathname + search, headers: entries.flat(), agent: false, setHost: false, timeout },
      (incoming) => {
        const pieces = [];
        // An answer that breaks off is an answer too: a test may want to look at it.
        incoming.on("data", (piece) => pieces.push(piece)).on("error", () => {}).on("close", () => resolve(answer(incoming, pieces)));
      },
    );
    outgoing.on("timeout", () => outgoing.destroy(new Error(`No answer from ${address} within ${timeout} ms.`)));
    // Once an answer has begun, its own `close` says how it ended.
    outgoing.on("error", (error) => outgoing.res ?? reject(error));
    outgoing.end(bytes);
  });
}

function answer(incoming, pieces) {
  const body = Buffer.concat(pieces);
  const setCookie = incoming.headers["set-cookie"] ?? [];
  return {
    status: incoming.statusCode,
    headers: Object.fromEntries(Object.entries(incoming.headersDistinct).map(([name, values]) => [name, values.join(", ")])),
    setCookie,
    rawHeaders: incoming.rawHeaders,
    body,
    complete: incoming.complete,
    text: () => body.toString("utf8"),
    json: () => JSON.parse(body.toString("utf8")),
    /** The value of the named cookie that this answer sets; undefined if it sets none. */
    cookie: (name) => setCookie.map((line) => /^([^=]*)=([^;]*)/.exec(line)).find((parts) => parts?.[1] === name)?.[2],
  };
}
