// siteverify, as the real one answers: https://developers.cloudflare.com/turnstile/get-started/server-side-validation/

import { randomUUID } from "node:crypto";
import { startOrigin } from "./origin.mjs";

const zeros = "0".repeat(31);
/** Cloudflare's secrets for tests, and the one token that they know. */
export const testSecrets = { passes: `1x${zeros}AA`, fails: `2x${zeros}AA`, spent: `3x${zeros}AA` };
export const dummyToken = "XXXX.DUMMY.TOKEN.XXXX";

/** Seconds that a token is good. */
const goodFor = 300;

const no = (...codes) => ({ success: false, "error-codes": codes, messages: [] });

/**
 * Starts a siteverify on a loopback port of its own, with one secret.
 *
 * - `token({ hostname, action, age })`: a token as a widget would have got it, `age` seconds ago
 * - `next(…answers)`: what the next calls get instead, each an answer of `startOrigin`, or a function of what it would
 *   have said that returns one; `delay` in it waits so many milliseconds first
 * - `delay`: milliseconds that every call takes
 *
 * @returns `{ url, calls, token, next, spent(token), clear(), stop() }`; a call is its parameters as an object
 */
export async function startSiteverify({ secret = "0x4AAAAAAA-the-secret-of-tests-XXX", hostname = "forms.localhost", delay = 0 } = {}) {
  const tokens = new Map();
  const calls = [];
  const planned = [];
  const state = { delay };

  function said({ secret: given, response, idempotency_key: key }) {
    if (!given) return no("missing-input-secret");
    if (!response) return no("missing-input-response");
    const now = new Date().toISOString();
    if (given === testSecrets.passes) {
      const right = response === dummyToken;
      return right ? { success: true, "error-codes": [], challenge_ts: now, hostname: "example.com", metadata: { result_with_testing_key: true } } : no("invalid-input-response");
    }
    if (given === testSecrets.fails) return no("invalid-input-response");
    if (given === testSecrets.spent) return no("timeout-or-duplicate");
    if (given !== secret) return no("invalid-input-secret");
    const token = tokens.get(response);
    if (!token) return no("invalid-input-response");
    if (Date.now() - token.at > goodFor * 1000) return no("timeout-or-duplicate");
    // The same question, asked again, has the same answer.
    if (token.key !== undefined && token.key !== key) return no("timeout-or-duplicate");
    token.key = key ?? "";
    return { success: true, "error-codes": [], challenge_ts: new Date(token.at).toISOString(), hostname: token.hostname, action: token.action, cdata: "", metadata: { interactive: false } };
  }

  const server = await startOrigin({
    "POST /siteverify": async ({ headers, body }) => {
      const json = headers["content-type"]?.startsWith("application/json");
      const call = json ? JSON.parse(body) : Object.fromEntries(new URLSearchParams(body.toString()));
      calls.push(call);
      const plan = planned.shift();
      const usual = plan === undefined || typeof plan === "function" ? said(call) : undefined;
      const answer = typeof plan === "function" ? plan(usual) : plan;
      await new Promise((resolve) => setTimeout(resolve, answer?.delay ?? state.delay));
      return answer?.status || answer?.body || answer?.reset || answer?.hang || answer?.pieces ? answer : { headers: { "content-type": "application/json" }, body: JSON.stringify(answer?.says ?? usual ?? said(call)) };
    },
  });
  return {
    url: `${server.url}/siteverify`,
    secret,
    calls,
    state,
    token({ hostname: on = hostname, action = "", age = 0 } = {}) {
      const name = `0.${randomUUID()}.${"x".repeat(200)}`;
      tokens.set(name, { hostname: on, action, at: Date.now() - age * 1000 });
      return name;
    },
    next: (...answers) => planned.push(...answers),
    spent: (token) => tokens.get(token)?.key !== undefined,
    clear: () => {
      calls.splice(0);
      planned.splice(0);
    },
    stop: server.stop,
  };
}

/**
 * What Turnstile's script does to a page, for Chromium without a network: finds the containers, puts a box with a button
 * into each, and the token's field once it is pressed. `token` is asked for a token.
 */
export async function standInForApi(contextOrPage, token) {
  const loads = [];
  await contextOrPage.exposeFunction("standInToken", token);
  await contextOrPage.route("https://challenges.cloudflare.com/turnstile/v0/api.js", (route) => {
    loads.push(route.request().url());
    return route.fulfill({ status: 200, contentType: "text/javascript", body: `(${api})()` });
  });
  return { loads };
}

/* global document */
function api() {
  const render = () => {
    for (const place of document.querySelectorAll(".cf-turnstile")) {
      if (place.firstChild) continue;
      const { size, theme, language, responseFieldName = "cf-turnstile-response" } = place.dataset;
      const [width, height] = { normal: ["300px", "65px"], flexible: ["100%", "65px"], compact: ["150px", "140px"] }[size ?? "normal"];
      const box = document.createElement("div");
      box.lang = language;
      Object.assign(box.style, { width, minWidth: size === "compact" ? "0" : "300px", height, boxSizing: "border-box", border: "1px solid #888", padding: "8px", background: theme === "dark" ? "#222" : "#fafafa" });
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = "Verify";
      const field = document.createElement("input");
      Object.assign(field, { type: "hidden", name: responseFieldName });
      button.addEventListener("click", async () => {
        field.value = await globalThis.standInToken(place.dataset.action ?? "");
        button.textContent = "Verified";
      });
      box.append(button, field);
      place.append(box);
    }
  };
  globalThis.turnstile = { render };
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", render);
  else render();
}
