/*
 * Stands in front of what scripts add to the page. `rules` are services with their hosts and marks ("" for those that are
 * granted and share a host with one that isn't); `own` the site's hosts, if scripts and frames from unknown ones are held.
 * What leads to a service that isn't granted is made inert as the worker does it in the HTML, so that a yes makes it live.
 * Pixels and requests are dropped: what happened before a yes is nobody's business after it. Nothing here may throw.
 */
((rules, own) => {
  const doc = document;
  const mark = "data-consent-";
  const element = Element.prototype;
  const set = element.setAttribute;
  const parse = Object.getOwnPropertyDescriptor(element, "innerHTML").set;
  const inert = doc.implementation.createHTMLDocument("");
  const names = {
    script: ["src"], iframe: ["src", "srcdoc"], embed: ["src"], object: ["data"], link: ["href", "imagesrcset"],
    img: ["src", "srcset"], source: ["src", "srcset"], video: ["src", "poster"], audio: ["src"],
  };
  const all = Object.keys(names).join();
  const bare = (id) => id && !(((window.consent || 0).state || 0).services || 0)[id];

  /* On whose account an address is withheld: the narrowest pattern decides, as in the worker. */
  const find = (address, runs) => {
    let url;
    try {
      url = new URL(address, doc.baseURI);
    } catch {
      return [];
    }
    const host = "." + url.hostname.replace(/\.$/, "");
    const path = unescape(url.pathname.slice(1));
    const query = unescape(url.search.slice(1)).split("&");
    let most = 0;
    let ids = [];
    if (!host[1]) return ids;
    for (const [id, hosts] of rules)
      for (const pattern of hosts) {
        const [, name, start, given] = /^([^/]+)\/?([^?]*)\??(.*)/.exec(pattern);
        const rank = name.length * 1e6 + start.length * 1e3 + given.length;
        if (rank < most || !host.endsWith("." + name) || !path.startsWith(start)) continue;
        if (given && !query.some((one) => one.startsWith(given))) continue;
        if (rank > most) ids = [];
        most = rank;
        if (bare(id)) ids.push(id);
      }
    return most || !runs || !own || own.some((name) => host.endsWith("." + name)) ? ids : ["unknown"];
  };

  const who = (tag, name, value) => {
    if (name == "srcdoc") return held(doc.body, value)[1];
    const list = name.endsWith("srcset") ? value.split(/\s/).concat(value.split(/[\s,]/)) : [value];
    return list.flatMap((address) => find(address, /^(script|iframe|embed|object)$/.test(tag)));
  };

  const seal = (one, ids) => {
    const before = one.getAttribute(mark + "hold");
    set.call(one, mark + "hold", [...new Set((before ? before.split(" ") : []).concat(ids))].join(" "));
    if (before == null && one.localName == "script") {
      if (one.type) set.call(one, mark + "type", one.type);
      set.call(one, "type", "text/plain");
    }
    return ids;
  };

  const inline = (script, text) => {
    if (script.dataset.consentTag != null || !/^(|module|.*(java|ecma|j|live)script.*)$/i.test(script.type)) return [];
    const small = text.replace(/[\s\\]/g, "").replace(/["`]/g, "'");
    const ids = rules.filter(([id, , marks]) => bare(id) && marks.some((one) => small.includes(one))).map(([id]) => id);
    return ids.length ? seal(script, ids) : ids;
  };

  const check = (one) => {
    const tag = one.localName;
    const own = (names[tag] || []).filter((name) => one.hasAttribute(name));
    const ids = own.flatMap((name) => who(tag, name, one.getAttribute(name)));
    if (ids.length) {
      seal(one, ids);
      for (const name of own) {
        set.call(one, mark + name, one.getAttribute(name));
        one.removeAttribute(name);
      }
    }
    return tag == "script" && !one.src ? ids.concat(inline(one, one.textContent)) : ids;
  };
  const within = (root) => [...root.querySelectorAll(all)].flatMap(check);

  /* Markup with what is withheld in it made inert, and on whose account. Most markup doesn't name a host of theirs. */
  const hint = new RegExp(rules.flatMap(([id, hosts]) => (id ? hosts : [])).map((host) => host.split("/")[0].replace(/\./g, "\\.")).join("|"), "i");
  const held = (context, markup) => {
    const text = String(markup);
    if (!own && !hint.test(text)) return [markup, []];
    const shell = inert.importNode(context && context.localName ? context : doc.body, false);
    parse.call(shell, markup);
    const ids = within(shell);
    /* Where markup has to be trusted, ours isn't. */
    return [!ids.length ? markup : typeof markup == "string" ? shell.innerHTML : trustedTypes.emptyHTML, ids];
  };

  const assign = (one, name, value) => {
    const tag = one.localName;
    if (!(names[tag] || []).includes(name) || !(one.isConnected || /^(img|video|audio|source)$/.test(tag))) return;
    const ids = who(tag, name, value + "");
    if (ids.length) {
      seal(one, ids);
      set.call(one, mark + name, value);
      return 0;
    }
    if (tag != "script" && one.hasAttribute(mark + name)) {
      one.removeAttribute(mark + name);
      one.removeAttribute(mark + "hold");
    }
  };

  /* `before` may give other arguments, or, as anything else but undefined, the answer. */
  const wrap = (names, methods, before) => {
    for (const name of names.split(" "))
      for (const method of methods.split(" ")) {
        const proto = name == "fetch" ? window : (window[name] || 0).prototype;
        const found = proto && Object.getOwnPropertyDescriptor(proto, method);
        if (!found || !found.configurable) continue;
        const key = found.set ? "set" : "value";
        const native = found[key];
        found[key] = {
          [native.name](...given) {
            let answer;
            try {
              answer = before(this, given, method);
            } catch {
              /* What isn't understood is the browser's to answer. */
            }
            return answer === undefined || Array.isArray(answer) ? native.apply(this, answer || given) : answer;
          },
        }[native.name];
        Object.defineProperty(proto, method, found);
      }
  };

  const enter = (place, nodes) => {
    if (place.isConnected == false) return;
    for (const node of nodes) {
      if (!node) continue;
      if (place.localName == "script") inline(place, node.nodeType ? node.textContent : node + "");
      if (node.nodeType == 1) check(node);
      if (node.querySelectorAll) within(node);
    }
  };
  const nodes = "Node Element Document DocumentFragment CharacterData Range";
  wrap(nodes, "appendChild insertBefore replaceChild moveBefore insertNode", (place, [node]) => enter(place, [node]));
  wrap(nodes, "append prepend replaceChildren before after replaceWith insertAdjacentElement", enter);
  wrap("HTMLScriptElement", "text", (script, [text]) => {
    if (script.isConnected) inline(script, text + "");
  });
  const replace = (context, given, at) => {
    given[at] = held(context, given[at])[0];
  };
  wrap("Element ShadowRoot", "innerHTML setHTMLUnsafe", (place, given) => replace(place, given, 0));
  wrap("Element Range", "outerHTML insertAdjacentHTML createContextualFragment", (place, given) => replace(place.parentNode, given, given.length - 1));
  wrap("Document", "write writeln", (place, given) => {
    const [text, ids] = held(0, given.join(""));
    if (ids.length) return [text];
  });
  const kinds = "Script IFrame Image Link Embed Object Source Media Video".replace(/\w+/g, "HTML$&Element");
  wrap(kinds, "src srcset srcdoc href data poster imageSrcset", (one, [value], name) => assign(one, name.toLowerCase(), value));
  wrap("Element", "setAttribute", (one, [name, value]) => assign(one, (name + "").toLowerCase(), value));
  wrap("Element", "setAttributeNS", (one, [, name, value]) => assign(one, name, value));
  wrap("Element", "setAttributeNode", (one, [node]) => assign(one, node.name, node.value));

  const goes = (address) => find((address || 0).url || address).length;
  wrap("fetch", "fetch", (_, [address]) => (goes(address) ? Promise.resolve(new Response(null, { status: 204 })) : undefined));
  wrap("Navigator", "sendBeacon", (_, [address]) => (goes(address) ? true : undefined));
  wrap("XMLHttpRequest", "open", (_, given) => {
    if (goes(given[1])) given[1] = "data:,";
  });
})
