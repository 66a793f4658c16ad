// The worker's door on the JavaScript side: hands each request to the wasm, and
// answers in its place when the wasm has trapped. It never hands out the origin's
// own page instead: that one carries the tags which we are here to withhold.

import * as wasm from "edge-consent-glue";
import { send } from "./bridge.js";
import { finish, isTrap, note, prepare, present, sorry } from "./instance.js";

/** The headers that matter, by what they are of; `orders` make an answer wait. */
let names;

function listed() {
  const [requests, answers, pages, orders, posts] = wasm.names().split("\n").map((list) => list.split(" "));
  return { requests, posts: [...requests, ...posts], answers, pages: [...answers, ...pages], orders };
}

const lines = (list, headers) => list.map((name) => headers.get(name) ?? "\0").join("\n");

/**
 * What the wasm has said in one second. A page's images and scripts come together and ask the same, so that most of them
 * need not ask at all; whoever comes a second later asks again, since a consent may have ended.
 */
const said = { second: 0, of: new Map() };

/** What is remembered of one second, and of types. */
const MOST = 256;

/** What stands behind the last dot of an address's path. */
function ending(url, at) {
  const query = url.indexOf("?", at);
  const path = query < 0 ? url : url.slice(0, query);
  const dot = path.lastIndexOf(".");
  return dot < at ? "" : path.slice(dot);
}

/** A page of ours that is there at once, what goes to the origin and comes back, or what has to wait for more. */
function arrive(request, env, context) {
  names ??= listed();
  const { url, method, headers } = request;
  const rest = `${method}\n${lines(method === "POST" ? names.posts : names.requests, headers)}`;
  const head = `${env.SITE ?? ""}\n${url}\n${rest}`;
  const at = url.indexOf("/", "https://".length);
  const key = `${url.slice(url.indexOf("//"), at)}\n${ending(url, at)}\n${rest}`;
  const now = Date.now();
  const second = Math.floor(now / 1000);
  if (second !== said.second || said.of.size > MOST) {
    said.second = second;
    said.of.clear();
  }
  const before = said.of.get(key);
  if (before && !before.except.some((start) => url.startsWith(start, at))) {
    return through(request, env, context, { head, now, number: 0, changes: before.changes, asks: before.asks });
  }
  const found = wasm.set_out(head, request, env, context, now);
  if (found instanceof Response) return found;
  // Somebody else's.
  if (found === undefined) return send(request, env).catch((error) => failed(error, request));
  if (typeof found !== "string") return atLength(found, request);
  // What is remembered of it; behind that, what to change on the way.
  const end = found.indexOf("\n");
  const first = end < 0 ? found : found.slice(0, end);
  const changes = end < 0 ? undefined : found.slice(end + 1);
  const paths = first.indexOf("/");
  const asks = first !== "" && paths !== 0;
  if (paths >= 0) said.of.set(key, { changes, asks, except: first.slice(paths).split(" ") });
  return through(request, env, context, { head, now, number: paths < 0 ? Number(first) : 0, changes, asks });
}

/** Types of answers that the wasm need not be asked about, and others. */
const never = new Map();

function isNeverAPage(type) {
  let is = never.get(type);
  if (is === undefined) {
    if (never.size > MOST) never.clear();
    never.set(type, (is = wasm.is_never_a_page(type)));
  }
  return is;
}

async function through(request, env, context, { head, now, number, changes, asks }) {
  const isThere = present();
  try {
    const response = await send(request, env, changes);
    const found = response.headers;
    const ordered = names.orders.some((name) => found.has(name));
    prepare();
    const passes = () => !asks || (!number && response.status !== 304 && isNeverAPage(found.get("content-type") ?? ""));
    if (!ordered && names.answers.every((name) => !found.has(name)) && passes()) return response;
    // Numbers are of one instance.
    const known = isThere() ? number : 0;
    if (ordered) return await atLength(wasm.order(known, head, request, env, context, now, response), request);
    const read = lines(asks ? names.pages : names.answers, found);
    return wasm.answer(known, head, request, now, read, response) ?? response;
  } catch (error) {
    return isTrap(error) ? failed(error, request) : lost(head, request, env, error);
  }
}

/** The origin gave no answer. */
function lost(head, request, env, error) {
  try {
    prepare();
    return wasm.unreachable(head, request, String(error)) ?? apology(request);
  } catch (fault) {
    return failed(fault, request);
  }
}

/** The answer to a request in whose call the wasm has failed. */
function failed(error, request) {
  note(error);
  return apology(request);
}

function apology(request) {
  const accept = request.headers.get("accept") ?? "";
  const json = accept.includes("json") && !accept.includes("text/html");
  const body = json ? JSON.stringify({ type: "about:blank", title: sorry.title, status: 502, detail: sorry.text }) : sorry.page;
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
const atLength = async (task, request) => (await finish(task)) ?? apology(request);

export default {
  fetch(request, env, context) {
    try {
      prepare();
      return arrive(request, env, context);
    } catch (error) {
      return failed(error, request);
    }
  },
  scheduled(event, env, context) {
    try {
      prepare();
      context.waitUntil(finish(wasm.scheduled(env)));
    } catch (error) {
      note(error);
    }
  },
};
