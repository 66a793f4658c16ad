// Stand-ins for third parties, over TLS on loopback: each does what the real one does, as far as consent goes. Clarity is
// the real library. Every request is noted.

import { readFileSync } from "node:fs";
import https from "node:https";
import { createRequire } from "node:module";
import { makeCertificate } from "../support/certificate.mjs";

const clarity = readFileSync(createRequire(import.meta.url).resolve("clarity-js/build/clarity.min.js"), "utf8");

/** Written into every page's script: cookies on the widest domain that the browser takes, as vendors do. */
const widest = `
  const keep = (name, value = "1", age = 86400) => {
    const labels = location.hostname.split(".");
    for (let count = 2; count <= labels.length; count += 1) {
      document.cookie = name + "=" + value + "; path=/; max-age=" + age + "; domain=." + labels.slice(-count).join(".");
      if (document.cookie.includes(name + "=")) return;
    }
    document.cookie = name + "=" + value + "; path=/; max-age=" + age;
  };
  const send = (address) => { new Image().src = address; };`;

/** Google's tag: reads what was said and goes on listening; "denied" makes it send without cookies, unless it is disabled. */
const gtag = (id) => `(() => {${widest}
  const layer = (window.dataLayer = window.dataLayer || []);
  const ads = ${JSON.stringify(id)}[0] == "A";
  const state = {};
  let configured;
  (window.google_tag_manager = window.google_tag_manager || {})[${JSON.stringify(id)}] = {};
  const hit = () => {
    if (!configured || window["ga-disable-${id}"]) return;
    // Nothing said is taken for granted.
    const granted = (word) => state[word] != "denied";
    const gcs = "G1" + +granted("ad_storage") + +granted("analytics_storage");
    if (ads && granted("ad_storage")) keep("_gcl_au");
    if (!ads && granted("analytics_storage")) { keep("_ga"); keep("_ga_" + ${JSON.stringify(id)}.slice(2)); }
    send((ads ? "https://googleads.g.doubleclick.net/pagead/hit" : "https://region1.google-analytics.com/g/collect") + "?gcs=" + gcs);
  };
  const take = (said) => {
    if (said[0] == "consent") { Object.assign(state, said[2]); if (said[1] == "update") hit(); }
    if (said[0] == "config" && said[1] == ${JSON.stringify(id)}) { configured = true; hit(); }
  };
  (window.heard = window.heard || []).push([${JSON.stringify(id)}, ...[...layer].map((said) => said.event || [].slice.call(said, 0, 2).map((word) => word instanceof Date ? "now" : word).join(" "))]);
  layer.forEach(take);
  const push = layer.push;
  layer.push = (...all) => { const count = push.apply(layer, all); all.forEach(take); return count; };
})()`;

/** Microsoft's, as its documentation tells: a queue of consent before, an object with \`push\` after. */
const uet = `(() => {${widest}
  window.UET = class {
    constructor({ q }) {
      this.asc = "D";
      window.uetHeard = [];
      // What is pushed word by word comes as a flat list.
      const flat = [...q];
      while (flat.length) { const word = flat.shift(); if (word == "consent") this.push(word, flat.shift(), flat.shift()); }
    }
    push(word, kind, state) {
      if (word == "consent") { window.uetHeard.push(kind + " " + state.ad_storage); this.asc = state.ad_storage == "granted" ? "G" : "D"; }
      if (this.asc == "G") { keep("_uetsid"); keep("_uetvid"); localStorage.setItem("_uetsid", "1"); localStorage.setItem("_uetsid_exp", "1"); }
      if (word == "pageLoad") send("https://bat.bing.com/action/0?asc=" + this.asc);
    }
  };
})()`;

const script = (body, headers = {}) => ({ type: "text/javascript", body, headers });
const third = (...names) => ({ "set-cookie": names.map((name) => `${name}=1; Path=/; Max-Age=86400; Secure; SameSite=None`) });

const answers = {
  "www.clarity.ms/tag/": (url) =>
    script(`(() => {${widest}
      clarity("start", { projectId: ${JSON.stringify(url.pathname.slice(5))}, upload: "https://k.clarity.ms/collect", track: true, content: true, delay: 100, lean: false });
      clarity.q.unshift(clarity.q.pop());
      document.head.append(Object.assign(document.createElement("script"), { async: true, src: "https://www.clarity.ms/s/0.8.70/clarity.js" }));
      send("https://c.clarity.ms/c.gif");
    })()`, third("CLID")),
  "www.clarity.ms/s/": () => script(clarity),
  "c.clarity.ms/": () => ({ type: "image/gif", body: "", headers: third("MUID", "SM") }),
  "www.googletagmanager.com/gtag/": (url) => script(gtag(url.searchParams.get("id"))),
  "www.googletagmanager.com/gtm.js": () => script(`(window.heard = window.heard || []).push(["GTM", ...[...dataLayer].map((said) => said.event || [].slice.call(said, 0, 2).join(" "))]);`),
  "googleads.g.doubleclick.net/": () => ({ type: "image/gif", body: "", headers: third("IDE") }),
  "bat.bing.com/bat.js": () => script(uet),
  "bat.bing.com/action": () => ({ type: "image/gif", body: "", headers: third("MUID") }),
  "connect.facebook.net/": () => script(`(() => {${widest} keep("_fbp"); send("https://www.facebook.com/tr?id=1"); })()`),
  "www.youtube.com/embed/": () => ({ type: "text/html", body: "<!doctype html><title>Video</title><p>A video", headers: third("YSC") }),
  "js.stripe.com/": () => script(`(() => {${widest} keep("__stripe_mid"); })()`),
  "checkout.razorpay.com/": () => script("", third("razorpay_api_session")),
  "fonts.googleapis.com/": () => ({ type: "text/css", body: "" }),
};

/** Clarity's own: stopped while it packs what it is about to send, it looks for an envelope that is gone (its `upload.ts`). */
export const isClaritysOwn = (fault) => /null \(reading 'sequence'\)/.test(fault);

/**
 * @returns `{ port, key, cert, pin, seen, since(time), hold(start), clear(), stop() }`; `seen` are "host/path" of each
 *   request, with the query of some, and `since` those that came at a time or later. `hold` keeps back what is answered to
 *   addresses that start so, until what it gives is called.
 */
export async function startThirdParties() {
  const { key, cert, pin } = makeCertificate();
  const seen = [];
  const times = [];
  const held = new Map();
  const server = https.createServer({ key, cert }, async (request, response) => {
    const url = new URL(`https://${request.headers.host}${request.url}`);
    const address = url.host + url.pathname;
    times.push(Date.now());
    seen.push(address + (/gcs|asc/.test(url.search) ? url.search : ""));
    const start = Object.keys(answers).find((start) => address.startsWith(start));
    const { type = "text/plain", body = "", headers = {} } = start ? answers[start](url) : {};
    request.resume();
    await Promise.all([...held].filter(([start]) => address.startsWith(start)).map(([, until]) => until));
    response.writeHead(start ? 200 : 204, { "content-type": type, "access-control-allow-origin": request.headers.origin ?? "*", "access-control-allow-credentials": "true", "access-control-allow-headers": "*", ...headers });
    response.end(body);
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const stop = () =>
    new Promise((resolve) => {
      server.close(resolve);
      server.closeAllConnections();
    });
  const since = (time) => seen.filter((_, at) => times[at] >= time);
  const hold = (start) => {
    let go;
    held.set(start, new Promise((resolve) => (go = resolve)));
    return () => {
      held.delete(start);
      go();
    };
  };
  const clear = () => {
    seen.length = times.length = 0;
  };
  return { port: server.address().port, key, cert, pin, seen, since, hold, clear, stop };
}
