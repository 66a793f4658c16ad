/*
 * The page's side of consent: sends the banner's answer without a reload, opens the preference centre as a dialog, and
 * offers `window.consent`. Runs inline behind the banner, or from {base}/consent.js on any page that asks for it.
 * Everything here also works without it, by plain forms and links.
 */
(() => {
  const doc = document;
  // An element of the page may be called consent, too.
  if (window.consent && window.consent.state) return;

  const find = (host) => host && host.shadowRoot;
  let root = find(doc.body) || find(doc.querySelector("[data-consent-banner]"));
  const inBody = root && root.host == doc.body;
  const banner = root && root.querySelector("section[data-state]");
  const base = new URL(".", banner ? banner.querySelector("form").action : doc.currentScript.src).pathname;
  let state = banner ? JSON.parse(banner.dataset.state) : { categories: { necessary: true }, services: {} };
  let open = banner;
  let side = banner && banner.className[0] == "t" ? "top" : "bottom";
  let last;
  let dialog;
  let place;

  const send = (address, body, type) =>
    fetch(address, { method: "POST", body, headers: Object.assign({ accept: "application/json" }, type) }).then((answer) =>
      answer.ok ? answer.json() : Promise.reject(answer),
    );

  /* The page scrolls what has the focus clear of the banner. */
  const pad = () => {
    const style = doc.documentElement.style;
    for (const one of ["top", "bottom"]) {
      if (open && one == side) style.setProperty("scroll-padding-" + one, banner.offsetHeight + 32 + "px");
      else style.removeProperty("scroll-padding-" + one);
    }
  };

  const closeBanner = () => {
    if (!open) return;
    const inside = banner.contains(root.activeElement);
    open = 0;
    banner.remove();
    pad();
    if (inside && last) last.focus();
  };

  const kept = () => (doc.cookie.match(/(?:^|; )cookie_consent=([^;]+)/) || [])[1];
  let seen = kept();

  /* A place of our own beside the page's body, for the dialog and for what is said when no banner is there. */
  const ours = () => {
    if (!place) {
      const host = doc.createElement("div");
      host.style.cssText = "all:initial!important;position:fixed!important";
      place = host.attachShadow({ mode: "open" });
      const status = doc.createElement("p");
      status.setAttribute("role", "status");
      status.style.cssText = "position:fixed;clip-path:inset(50%)";
      place.append(status);
    }
    if (!place.isConnected) doc.documentElement.append(place.host);
    return place;
  };

  /* What came with an answer and is ours; a page with a banner has its digest in its Content-Security-Policy, if any. */
  const run = (text) => {
    const script = doc.createElement("script");
    script.dataset.consentTag = "";
    script.textContent = text;
    doc.head.append(script);
    script.remove();
  };

  const apply = (next) => {
    const { release } = next;
    delete next.release;
    state = next;
    seen = kept();
    if (release) {
      /* Where scripts have to be trusted this throws, and the form is sent as forms are. */
      run(release);
      /* Still there: the page's policy kept it from running. The next page is as it was answered. */
      state.act && location.reload();
    }
    // The dialog first: it gives the focus back to the banner, which passes it on.
    if (dialog) dialog.close();
    if (state.decided) closeBanner();
    const said = root && root.isConnected && !place ? root : ours();
    said.querySelector("[role=status]").textContent = state.message || "";
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
    send(reset ? button.formAction : form.action, data).then(apply).then(() => reset && location.reload()).catch(() =>
      // Not before the first submission is over: until then the form refuses another.
      setTimeout(() => {
        form.plain = 1;
        form.requestSubmit(button);
      }),
    );
  };

  const show = () =>
    fetch(base + "?dialog&return_to=" + encodeURIComponent(location.pathname + location.search))
      .then((answer) => answer.text())
      .then((text) => {
        if (dialog) return;
        const parsed = new DOMParser().parseFromString(text, "text/html");
        run(parsed.querySelector("script").textContent);
        dialog = window.consent.open(parsed, ours(), submit);
        dialog.addEventListener("close", () => {
          dialog = 0;
        });
      })
      .catch(() => {
        location.href = base;
      });

  const ask = (then) =>
    fetch(base + "state")
      .then((answer) => answer.json())
      .then(then)
      .catch(() => state);

  window.consent = {
    /* Without a banner nothing here says yet what was answered. */
    ready: banner ? Promise.resolve(state) : ask((now) => (state = now)),
    get state() {
      return state;
    },
    get: (category) => !!state.categories[category],
    show,
    set: (categories) =>
      send(
        base + "choice",
        JSON.stringify({ decision: "save", categories, others: "keep" }),
        { "content-type": "application/json" },
      ).then(apply),
  };

  doc.addEventListener("click", (event) => {
    const from = event.composedPath()[0];
    const link = from.closest && from.closest("[data-consent=preferences]");
    if (!link || event.button || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    show();
  });

  /*
   * Answered in another tab, or before the browser brought this page back as it was: that one is of another state. What
   * runs here (nothing does without a receipt) and may have been withdrawn there ends with the page.
   */
  const look = ({ persisted }) => {
    // A page is also hidden as another one takes its place, and must not stop that.
    if (!doc.hidden && kept() != seen) persisted || state.receipt ? location.reload() : ask(apply);
  };
  addEventListener("pageshow", look);
  doc.addEventListener("visibilitychange", look);

  if (!banner) return;

  banner.addEventListener("submit", submit);
  banner.addEventListener("focusin", (event) => {
    const from = event.relatedTarget;
    if (from && !dialog && !banner.contains(from)) last = from;
  });
  banner.addEventListener("keydown", (event) => {
    if (event.key == "Escape") closeBanner();
  });
  new ResizeObserver(() => {
    if (open) pad();
  }).observe(banner);

  /* Where a style of the body's holds the banner to the page instead of the window, the top layer frees it. */
  new IntersectionObserver(([seen]) => {
    if (open && seen.intersectionRatio < 0.9 && seen.boundingClientRect.height && !banner.popover) {
      banner.popover = "manual";
      banner.showPopover();
    }
  }, { threshold: [0, 0.9] }).observe(banner);

  /* What has the focus must not lie under the banner (WCAG 2.2, 2.4.11): where scrolling can't help, the banner moves. */
  doc.addEventListener("focusin", (event) => {
    if (!open || dialog || event.target == root.host) return;
    requestAnimationFrame(() => {
      const one = event.target.getBoundingClientRect();
      const over = banner.getBoundingClientRect();
      if (one.top < over.top || one.bottom > over.bottom || one.left < over.left || one.right > over.right) return;
      side = over.top > innerHeight - over.bottom ? "top" : "bottom";
      banner.style.insetBlock = side == "top" ? "1em auto" : "auto 1em";
      pad();
      event.target.scrollIntoView({ block: "nearest", behavior: "instant" });
    });
  });

  /* A framework that puts another body in its place takes the banner along. */
  const watch = new MutationObserver(() => {
    const body = doc.body;
    if (!open || !body || banner.isConnected) return;
    if (!inBody) body.append(root.host);
    else if (!body.shadowRoot) {
      const parts = [...root.childNodes];
      root = body.attachShadow({ mode: "open" });
      root.append(...parts);
    }
    observe();
  });
  const observe = () => {
    for (const node of [doc, doc.documentElement, inBody ? doc : doc.body]) watch.observe(node, { childList: true });
  };
  observe();
})();
