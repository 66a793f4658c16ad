// The worker's door on the JavaScript side: hands each request to the wasm, and
// answers in its place when the wasm has trapped. It never hands out the origin's
// own page instead: that one carries the tags which we are here to withhold.

import * as wasm from "edge-consent-glue";

// `criticalError` is raised by the panic hook of the `worker` crate.
const instance = wasm.__worker_init_state();

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

function replaceInstance() {
  wasm.__wbg_reset_state();
  instance.criticalError = false;
}

function ask(request, env, context) {
  return new Promise((resolve) => {
    // A trap in the middle of a future never settles its promise, hence the way out.
    // No Response is made there: an object of one request is of no use to another.
    const giveUp = () => resolve(null);
    const settle = (response) => {
      waiting.delete(giveUp);
      resolve(response);
    };
    const fail = (error) => {
      if (isTrap(error)) trapped(error);
      else log("rejected", error);
      settle(null);
    };
    waiting.add(giveUp);
    try {
      if (instance.criticalError) replaceInstance();
      wasm.fetch(request, env, context).then(settle, fail);
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

export default {
  async fetch(request, env, context) {
    return (await ask(request, env, context)) ?? apology(request);
  },
};
