// The worker's door on the JavaScript side: hands each request to the wasm, and
// answers in its place when the wasm has trapped. It never hands out the origin's
// own page instead: that one carries the tags which we are here to withhold.

import * as wasm from "edge-consent-glue";
import { early, forward } from "./bridge.js";

// `criticalError` is raised by the panic hook of the `worker` crate.
const instance = wasm.__worker_init_state();

/** The headers that matter of a request, of an answer, of one that may be edited, and what makes one wait. */
let names;

const lines = (list, headers) => list.map((name) => headers.get(name) ?? "\0").join("\n");

/**
 * What the wasm has said in one second. A page's images and scripts come together and ask the same, so that most of them
 * need not ask at all; whoever comes a second later asks again, since a consent may have ended.
 */
const said = { second: 0, of: new Map() };

/** What is remembered of one second. */
const MOST = 256;

/** A page of ours that is there at once, or what only goes to the origin and comes back; undefined for all else. */
function pass(request, env, context) {
  names ??= wasm.names().split("\n").map((list) => list.split(" "));
  const { url, method, headers } = request;
  const rest = `${method}\n${lines(names[0], headers)}`;
  const head = `${url}\n${rest}`;
  const at = url.indexOf("/", "https://".length);
  const key = `${url.slice(url.indexOf("//"), at)}\n${rest}`;
  const now = Date.now();
  const second = Math.floor(now / 1000);
  if (second !== said.second || said.of.size > MOST) {
    said.second = second;
    said.of.clear();
  }
  const before = said.of.get(key);
  if (before && !before.except.some((start) => url.startsWith(start, at))) {
    return through(request, env, context, { head, now, number: 0, changes: before.changes, born: era });
  }
  const found = wasm.set_out(head, headers, env.SITE, now);
  if (typeof found !== "string") return found;
  // What is remembered of it; behind that, what to change on the way.
  const end = found.indexOf("\n");
  const first = end < 0 ? found : found.slice(0, end);
  const changes = end < 0 ? undefined : found.slice(end + 1);
  const except = first.startsWith("/") && first.split(" ");
  if (except) said.of.set(key, { changes, except });
  return through(request, env, context, { head, now, number: except ? 0 : Number(first), changes, born: era });
}

async function through(request, env, context, { head, now, number, changes, born }) {
  try {
    const response = await outward(request, env.ORIGIN, changes);
    const found = response.headers;
    const [, always, pages, orders] = names;
    if (orders.some((name) => found.has(name))) {
      early.set(request, Promise.resolve(response));
      return await atLength(request, env, context);
    }
    if (!number && always.every((name) => !found.has(name))) return response;
    const read = lines(number ? [...always, ...pages] : always, found);
    prepare();
    // Numbers are of one instance.
    return wasm.answer(born === era ? number : 0, head, request.headers, env.SITE, now, read, response) ?? response;
  } catch (error) {
    return isTrap(error) ? failed(error, request) : lost(head, request, env, error);
  }
}

/** The origin gave no answer. */
function lost(head, request, env, error) {
  try {
    prepare();
    return wasm.unreachable(head, request.headers, env.SITE, String(error)) ?? apology(request);
  } catch (fault) {
    return failed(fault, request);
  }
}

/** To the zone's own origin, or to the one that `ORIGIN` names. */
function outward(request, origin, changes) {
  if (origin === undefined) return forward(request, undefined, changes);
  const { host, pathname, search } = new URL(request.url);
  const forwarded = `x-forwarded-host\n${host}`;
  return forward(request, origin.replace(/\/+$/, "") + pathname + search, changes === undefined ? forwarded : `${changes}\n${forwarded}`);
}

/** One for each request that the wasm still owes an answer. */
const waiting = new Set();

addEventListener("error", (event) => trapped(event.error ?? event.message));
addEventListener("unhandledrejection", (event) => {
  if (isTrap(event.reason)) trapped(event.reason);
});

/** After these the instance's memory is in disorder; a stack that overflowed is a RangeError. */
const isTrap = (error) => error instanceof WebAssembly.RuntimeError || error instanceof RangeError;

const log = (fault, error) => console.error(JSON.stringify({ level: "error", fault, detail: String(error), waiting: waiting.size }));

/** The instance is done for, and with it every request that it was working on. */
function trapped(error) {
  instance.criticalError = true;
  log("trap", error);
  for (const giveUp of waiting) giveUp();
  waiting.clear();
}

/** Counts the instances. */
let era = 0;

function replaceInstance() {
  wasm.__wbg_reset_state();
  era += 1;
  instance.criticalError = false;
}

/** To be called before each call into the wasm: what has trapped is not gone into again. */
function prepare() {
  if (instance.criticalError) replaceInstance();
}

function note(error) {
  if (isTrap(error)) trapped(error);
  else log("rejected", error);
}

/** The answer to a request in whose call the wasm has failed. */
function failed(error, request) {
  note(error);
  return apology(request);
}

/** What a call into the wasm that waits for something comes to; null where it has failed. */
function ask(call) {
  return new Promise((resolve) => {
    // A trap in the middle of a future never settles its promise, hence the way out.
    // No Response is made there: an object of one request is of no use to another.
    const giveUp = () => resolve(null);
    const settle = (response) => {
      waiting.delete(giveUp);
      resolve(response);
    };
    const fail = (error) => {
      note(error);
      settle(null);
    };
    waiting.add(giveUp);
    try {
      prepare();
      Promise.resolve(call()).then(settle, fail);
    } catch (error) {
      fail(error);
    }
  });
}

const words = { title: "This page could not be prepared", text: "Something went wrong on our side. Please reload the page." };

function apology(request) {
  const accept = request.headers.get("accept") ?? "";
  const json = accept.includes("json") && !accept.includes("text/html");
  const body = json
    ? JSON.stringify({ type: "about:blank", title: words.title, status: 502, detail: words.text })
    : `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><meta name="color-scheme" content="light dark"><title>${words.title}</title><body style="font:1rem/1.5 system-ui,sans-serif;max-width:36rem;margin:15vh auto;padding:0 1rem"><main><h1>${words.title}</h1><p>${words.text}</p></main>`;
  return new Response(request.method === "HEAD" ? null : body, {
    status: 502,
    headers: {
      "content-type": json ? "application/problem+json" : "text/html;charset=utf-8",
      "cache-control": "no-store",
      "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
      "referrer-policy": "same-origin",
      "x-content-type-options": "nosniff",
    },
  });
}

/** What has to wait for more than the origin. */
const atLength = async (request, env, context) => (await ask(() => wasm.fetch(request, env, context))) ?? apology(request);

export default {
  fetch(request, env, context) {
    try {
      prepare();
      return pass(request, env, context) ?? atLength(request, env, context);
    } catch (error) {
      return failed(error, request);
    }
  },
  scheduled(event, env, context) {
    context.waitUntil(ask(() => wasm.scheduled(env)));
  },
};
