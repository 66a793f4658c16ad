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

  forget(act.forget);
  /* https://developers.google.com/analytics/devguides/collection/gtagjs/user-opt-out */
  for (const id in act.silent) window["ga-disable-" + id] = act.silent[id];
  if (google) {
    const layer = (window.dataLayer = window.dataLayer || []);
    window.gtag = window.gtag || function () { layer.push(arguments); };
    if (!layer.some((said) => said[0] == "consent" && said[1] == "default")) {
      const nothing = {};
      for (const word in google.state) nothing[word] = word == "security_storage" ? "granted" : "denied";
      gtag("consent", "default", nothing);
    }
    gtag("consent", "update", google.state);
    gtag("set", "ads_data_redaction", google.state.ad_storage == "denied");
    layer.push({ event: "consent_updated", consent: google.state });
  }
  if (heat) {
    if (heat.on) window.clarity = window.clarity || function () { (clarity.q = clarity.q || []).push(arguments); };
    if (window.clarity) {
      clarity("consentv2", heat.state);
      /* Denied alone it goes on recording, without cookies. */
      if (!heat.on) clarity("stop");
    }
  }
  if (uet) {
    const queue = (window.uetq = window.uetq || []);
    if (uet.on) queue.push("consent", "default", { ad_storage: "denied" });
    queue.push("consent", "update", uet.state);
  }

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
  for (const tag of act.tags || []) {
    /* Once: not if the page has it, or carries it itself. */
    if (doc.querySelector("script[data-consent-tag='" + tag.id + "'],script[data-consent-hold~='" + tag.id + "']")) continue;
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
