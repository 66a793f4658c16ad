// The same edits as ours, hard-coded, by the runtime's HTMLRewriter: banner first in the body, and the tags of these
// services made inert.
const hosts = {
  "google-analytics": ["google-analytics.com", "www.googletagmanager.com", "analytics.google.com"],
  "microsoft-clarity": ["clarity.ms", "c.bing.com"],
  "meta-pixel": ["connect.facebook.net", "www.facebook.com"],
  youtube: ["youtube.com", "youtube-nocookie.com", "ytimg.com"],
  hubspot: ["hs-scripts.com", "hs-analytics.net", "hsforms.com"],
  hotjar: ["hotjar.com", "hotjar.io"],
  vimeo: ["vimeo.com", "vimeocdn.com"],
};
const markers = { "google-analytics": ["gtag('config'"], "microsoft-clarity": ["clarity.ms/tag"], "meta-pixel": ["fbq('init"], hotjar: ["_hjSettings"] };

const byHost = new Map(Object.entries(hosts).flatMap(([id, list]) => list.map((host) => [host, id])));

function serviceOf(address) {
  if (!address?.includes("//")) return undefined;
  let host = address.trim().replace(/^https?:/i, "").replace(/^\/\//, "").split(/[/?#]/, 1)[0].toLowerCase();
  while (host) {
    const found = byHost.get(host);
    if (found) return found;
    const dot = host.indexOf(".");
    host = dot < 0 ? "" : host.slice(dot + 1);
  }
  return undefined;
}

function hold(element, attribute, type) {
  const address = element.getAttribute(attribute);
  const id = serviceOf(address);
  if (!id) return false;
  element.removeAttribute(attribute);
  element.setAttribute(`data-consent-${attribute}`, address);
  element.setAttribute("data-consent-hold", id);
  if (type) element.setAttribute("type", type);
  return true;
}

export default {
  async fetch(request, env) {
    const response = await fetch(request);
    if (!response.headers.get("content-type")?.startsWith("text/html")) return response;
    let script = "";
    const rewriter = new HTMLRewriter()
      .on("body", { element: (body) => void body.prepend(env.BANNER, { html: true }) })
      .on("script[src]", { element: (element) => void hold(element, "src", "text/plain") })
      .on("img[src]", { element: (element) => void hold(element, "src") })
      .on("link[href]", { element: (element) => void hold(element, "href") })
      .on("iframe[src]", {
        element(element) {
          if (hold(element, "src")) element.setAttribute("srcdoc", env.FRAME);
        },
      })
      // The text comes in chunks: its start tag is long gone when it is known whose it is, so the text itself goes.
      .on("script:not([src])", {
        text(chunk) {
          script += chunk.text;
          if (!chunk.lastInTextNode) return chunk.remove();
          const id = Object.keys(markers).find((id) => markers[id].some((marker) => script.includes(marker)));
          chunk.replace(id ? `/* held for ${id} */` : script, { html: true });
          script = "";
        },
      })
      .on("noscript", {
        text(chunk) {
          script += chunk.text;
          if (!chunk.lastInTextNode) return chunk.remove();
          const held = [...byHost.keys()].some((host) => script.includes(host));
          chunk.replace(held ? "" : script, { html: true });
          script = "";
        },
      });
    const result = new Response(response.body, response);
    result.headers.delete("content-encoding");
    result.headers.delete("content-length");
    result.headers.delete("etag");
    result.headers.set("cache-control", "private, no-cache");
    return rewriter.transform(result);
  },
};
