/*
 * What follows at once from an answer. Vendors are told; what is no longer granted is forgotten; tags of ours come in; and
 * what was held and is granted now runs and loads, in the order of the document. Comes with an answer that needs it, not
 * with the banner.
 */
(() => {
  const doc = document;
  const state = consent.state;
  const act = state.act || {};
  delete state.act;
  const { google, clarity: heat, uet } = act;

  const said = () => doc.cookie.split("; ").find((pair) => pair.startsWith("cookie_consent="));
  const answer = said();

  /*
   * What is no longer granted, in storage and among the cookies. The answer has expired what its request carried; but a
   * vendor may have kept something while it was on its way, and one that can't be told to stop may later: so once more as
   * the page goes, if nothing else has been answered since.
   */
  const tidy = () => {
    forget(act.forget);
    const parents = location.hostname.split(".").map((_, at, labels) => "; domain=" + labels.slice(at).join("."));
    for (const pattern in act.cookies) {
      const names = doc.cookie.split("; ").map((pair) => pair.split("=")[0]);
      /* One that lies on a path of its own isn't seen from here. */
      for (const name of new Set([pattern, ...names]))
        if (meant(pattern, name))
          for (const path of ["/", ...act.cookies[pattern]])
            for (const domain of ["", ...parents])
              for (const part of ["", "; partitioned"])
                doc.cookie = name + "=; max-age=0; secure; path=" + path + domain + part;
    }
  };
  if (act.cookies) addEventListener("pagehide", () => said() == answer && tidy());

  const tell = () => {
    /*
     * Clarity first of all: told "denied" while it runs, be it by Google's tag, it starts once more without cookies, and
     * sends. Stopped, it keeps what it is told for the next start, which the second stop ends; and it has forgotten what it
     * sent before, so that no answer to that makes it write (clarity-js 0.8: `transit` in data/upload.ts). The stop itself
     * may. A library that is still on its way starts only if it finds a "start" among what was said before it: there is none.
     */
    const stub = window.clarity;
    if (heat && !heat.on && stub) {
      if (!stub.v) {
        const queue = (stub.q = stub.q || []);
        queue.length = 0;
        window.clarity = Object.assign((...call) => call[0] == "start" || queue.push(call), { q: queue });
      }
      clarity("stop");
      clarity("consentv2", heat.state);
      clarity("stop");
    }
    if (google) {
      const layer = (window.dataLayer = window.dataLayer || []);
      /* Denied alone, Google's tags go on sending, without cookies:
         https://developers.google.com/analytics/devguides/collection/gtagjs/user-opt-out */
      const ids = [...layer].map((said) => said[0] == "config" && said[1]).concat(Object.keys(window.google_tag_manager || {}));
      for (const id of ids)
        if (/^(G|AW)-/.test(id)) window["ga-disable-" + id] = google.state[id[0] == "A" ? "ad_storage" : "analytics_storage"] == "denied";
      window.gtag = window.gtag || function () { layer.push(arguments); };
      if (!layer.some((said) => said[0] == "consent" && said[1] == "default")) {
        const nothing = {};
        for (const word in google.state) nothing[word] = word == "security_storage" ? "granted" : "denied";
        gtag("consent", "default", nothing);
      }
      gtag("set", "ads_data_redaction", google.state.ad_storage == "denied");
      gtag("consent", "update", google.state);
      layer.push({ event: "consent_updated", consent: google.state });
    }
    if (heat && heat.on) {
      window.clarity = window.clarity || function () { (clarity.q = clarity.q || []).push(arguments); };
      clarity("consentv2", heat.state);
    }
    if (uet) {
      const queue = (window.uetq = window.uetq || []);
      /* Of an empty one nothing has been said yet; running, it is no list any more. */
      if (queue.length === 0) queue.push("consent", "default", { ad_storage: "denied" });
      queue.push("consent", "update", uet.state);
    }
  };
  try {
    tell();
  } catch (fault) {
    /* A vendor's own. The rest has to be done all the same. */
    console.error(fault);
  }
  tidy();

  /* A page that came without a banner came with a policy that still keeps out what is granted now. */
  if (act.reload && !doc.body.shadowRoot && !doc.querySelector("[data-consent-banner]")) {
    consent.released = 1;
    location.reload();
    return;
  }

  const own = doc.querySelector("script[nonce]");
  const add = (tag, fill) => {
    const script = doc.createElement("script");
    script.dataset.consentTag = tag.id;
    if (own) script.nonce = own.nonce;
    fill(script);
    doc.head.append(script);
  };
  /* Once: not if the page has had it, or has it, or carries it itself. */
  const over = (consent.over = (consent.over || []).concat(act.over || []));
  for (const tag of act.tags || []) {
    if (over.includes(tag.id) || doc.querySelector("script[data-consent-tag='" + tag.id + "'],script[data-consent-hold~='" + tag.id + "']")) continue;
    if (tag.inline)
      add(tag, (script) => {
        script.textContent = tag.inline;
      });
    if (tag.script)
      add(tag, (script) => {
        for (const name in tag.attributes) script.setAttribute(name, tag.attributes[name]);
        script.async = true;
        script.src = tag.script;
      });
  }

  const allowed = (id) => (id in state.services ? state.services[id] : state.categories[id]);

  /* A held script has never run, so it may be used again: taken out and put back, it runs, nonce and all. */
  const run = async () => {
    for (const held of doc.querySelectorAll("[data-consent-hold]")) {
      if (!held.isConnected || !held.dataset.consentHold.split(" ").every(allowed)) continue;
      const script = held.localName == "script";
      const parent = held.parentNode;
      const next = held.nextSibling;
      let document;
      if (script) {
        held.remove();
        held.removeAttribute("type");
      }
      held.removeAttribute("data-consent-hold");
      for (const { name, value } of [...held.attributes]) {
        if (name.indexOf("data-consent-")) continue;
        const own = name.slice(13).replace("xlink:", "");
        if (own == "srcdoc") document = 1;
        held.removeAttribute(name);
        held.setAttribute(own, value);
      }
      if (!document) held.removeAttribute("srcdoc");
      if (held.localName == "source" && parent.load) parent.load();
      if (!script) continue;
      let wait = 0;
      if (!held.hasAttribute("async")) {
        held.async = false;
        /* What isn't code, or is for older browsers, never says that it has loaded. */
        wait = held.src && !held.noModule && /^(|module|.*(java|ecma|j|live)script.*)$/i.test(held.type);
      }
      await new Promise((go) => {
        if (wait) for (const end of ["load", "error"]) held.addEventListener(end, go);
        else go();
        parent.insertBefore(held, next);
      });
    }
  };

  /* One run at a time; and once more when the page is whole, if the answer came before it was. */
  const release = () => {
    consent.released = Promise.resolve(consent.released).then(run);
  };
  release();
  if (doc.readyState == "loading") doc.addEventListener("DOMContentLoaded", release);
})();
