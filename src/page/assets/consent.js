/*
 * The page's side of consent: sends the banner's answer without a reload, opens the preference centre as a dialog, and
 * offers `window.consent`. Runs inline behind the banner, or from {base}/consent.js on any page that asks for it.
 * Everything here also works without it, by plain forms and links.
 */
(() => {
  const doc = document;
  const html = doc.documentElement;
  if (window.consent) return;

  const find = (host) => host && host.shadowRoot;
  let root = find(doc.body) || find(doc.querySelector("[data-consent-banner]"));
  const banner = root && root.querySelector("section[data-state]");
  const base = new URL(".", banner ? banner.querySelector("form").action : doc.currentScript.src).pathname;
  let state = banner ? JSON.parse(banner.dataset.state) : { categories: { necessary: true }, services: {} };
  let open = banner;
  let last;
  let dialog;

  const send = (address, body, type) =>
    fetch(address, { method: "POST", body, headers: Object.assign({ accept: "application/json" }, type) }).then((answer) =>
      answer.ok ? answer.json() : Promise.reject(answer),
    );

  const closeBanner = () => {
    if (!open) return;
    const inside = banner.contains(root.activeElement);
    open = 0;
    banner.remove();
    html.style.removeProperty("scroll-padding-" + side);
    if (inside && last) last.focus();
  };

  /*
   * What was held and is granted now, in the order of the document. A held script has never run, so it may be used
   * again: taken out and put back, it runs, nonce and all.
   */
  const run = async () => {
    for (const held of doc.querySelectorAll("[data-consent-hold]")) {
      const allowed = (id) => (id in state.services ? state.services[id] : state.categories[id]);
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
        /* What isn't code or for older browsers never says that it has loaded. */
        wait = held.src && !held.noModule && /^(|module|.*(java|ecma|j|live)script.*)$/i.test(held.type);
      }
      await new Promise((go) => {
        if (wait) for (const end of ["load", "error"]) held.addEventListener(end, go);
        else go();
        parent.insertBefore(held, next);
      });
    }
  };
  let running = Promise.resolve();
  const release = () => {
    running = running.then(run);
  };

  const apply = (next) => {
    state = next;
    closeBanner();
    if (dialog) dialog.close();
    release();
    if (doc.readyState == "loading") doc.addEventListener("DOMContentLoaded", release);
    const status = root && root.querySelector("[role=status]");
    if (status) status.textContent = state.message || "";
    dispatchEvent(new CustomEvent("consentchange", { detail: state }));
    return state;
  };

  const submit = (event) => {
    const form = event.target;
    const button = event.submitter;
    if (form.plain || !button) return;
    event.preventDefault();
    const data = new URLSearchParams(new FormData(form));
    if (button.name) data.append(button.name, button.value);
    const reset = button.hasAttribute("formaction");
    send(reset ? button.formAction : form.action, data).then(reset ? () => location.reload() : apply).catch(() => {
      form.plain = 1;
      form.requestSubmit(button);
    });
  };

  const show = () =>
    fetch(base + "?dialog&return_to=" + encodeURIComponent(location.pathname + location.search))
      .then((answer) => answer.text())
      .then((text) => {
        if (dialog) return;
        const parsed = new DOMParser().parseFromString(text, "text/html");
        const host = doc.createElement("div");
        const inner = host.attachShadow({ mode: "open" });
        const sheet = new CSSStyleSheet();
        sheet.replaceSync(parsed.querySelector("style").textContent);
        inner.adoptedStyleSheets = [sheet];
        dialog = parsed.querySelector("dialog");
        inner.append(dialog);
        html.append(host);
        dialog.addEventListener("submit", submit);
        dialog.addEventListener("click", (event) => {
          if (event.target == dialog || event.target.closest("[data-close]")) dialog.close();
        });
        dialog.addEventListener("close", () => {
          host.remove();
          dialog = 0;
        });
        dialog.showModal();
      })
      .catch(() => {
        location.href = base;
      });

  window.consent = {
    get state() {
      return state;
    },
    get: (category) => !!state.categories[category],
    show,
    set: (categories) =>
      send(
        base + "choice",
        JSON.stringify({ decision: "save", categories: Object.assign({}, state.categories, categories) }),
        { "content-type": "application/json" },
      ).then(apply),
  };

  doc.addEventListener("click", (event) => {
    const link = event.composedPath()[0].closest("[data-consent=preferences]");
    if (!link || event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    show();
  });

  if (!banner) {
    fetch(base + "state")
      .then((answer) => answer.json())
      .then((now) => {
        state = now;
      });
    return;
  }

  const side = banner.className[0] == "t" ? "top" : "bottom";
  banner.addEventListener("submit", submit);
  banner.addEventListener("focusin", (event) => {
    if (event.relatedTarget) last = event.relatedTarget;
  });
  banner.addEventListener("keydown", (event) => {
    if (event.key == "Escape") closeBanner();
  });
  new ResizeObserver(() => {
    if (open) html.style.setProperty("scroll-padding-" + side, banner.offsetHeight + 32 + "px");
  }).observe(banner);

  /* Answered in another tab, or before the browser brought this page back as it was. */
  const kept = () => (doc.cookie.match(/(?:^|; )cookie_consent=([^;]+)/) || [])[1];
  const before = kept();
  const look = () => {
    if (kept() && kept() != before) closeBanner();
  };
  addEventListener("pageshow", look);
  doc.addEventListener("visibilitychange", look);

  /* A framework that puts another body in its place takes the banner along. */
  const watch = new MutationObserver(() => {
    const body = doc.body;
    if (open && body && !banner.isConnected && !body.shadowRoot) {
      const parts = [...root.childNodes];
      root = body.attachShadow({ mode: "open" });
      root.append(...parts);
    }
  });
  watch.observe(doc, { childList: true });
  watch.observe(html, { childList: true });
})();
