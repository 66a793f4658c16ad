/*
 * What was held and is granted now runs and loads, in the order of the document. Comes with the answer to a yes, not with
 * the banner: whoever refuses never gets it.
 */
(() => {
  const doc = document;
  const state = consent.state;
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
