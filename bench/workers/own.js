// Policy page and choice by hand, in JavaScript: what somebody would write for one site.
const languages = {
  en: { title: "Cookie policy", on: "on", off: "off", save: "Save", accept: "Accept all", reject: "Reject all" },
  de: { title: "Cookie-Richtlinie", on: "an", off: "aus", save: "Speichern", accept: "Alle annehmen", reject: "Alle ablehnen" },
};

const escaped = (text) => text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);

function choiceOf(request) {
  const pair = (request.headers.get("cookie") ?? "").split(";").find((pair) => pair.trim().startsWith("cookie_consent="));
  if (!pair) return undefined;
  const [version, at, , answers] = pair.slice(pair.indexOf("=") + 1).split("~");
  if (version !== "1") return undefined;
  return { at: parseInt(at, 36), granted: new Set(answers.split(".").filter((answer) => answer[0] === "y").map((answer) => answer.slice(1))) };
}

function languageOf(request) {
  for (const part of (request.headers.get("accept-language") ?? "").split(",")) {
    const tag = part.split(";", 1)[0].trim().slice(0, 2);
    if (languages[tag]) return tag;
  }
  return "en";
}

const csp = "default-src 'none'; style-src 'unsafe-inline'; script-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'";

async function policy(request, env) {
  const { categories, cookies, services, prose, style } = (parsed ??= JSON.parse(env.POLICY));
  const language = languageOf(request);
  const words = languages[language];
  const choice = choiceOf(request);
  const rows = (id) => cookies.filter((cookie) => cookie.category === id).map(({ name, purpose, duration, provider }) => `<tr><th scope="row"><code>${escaped(name)}</code></th><td>${escaped(purpose)}</td><td>${escaped(duration)}</td><td>${escaped(provider)}</td></tr>`).join("");
  const tables = categories.map(({ id, name, purpose }) => `<h2>${escaped(name)}</h2><p>${escaped(purpose)}</p><table><thead><tr><th>Cookie</th><th>Purpose</th><th>Duration</th><th>Provider</th></tr></thead><tbody>${rows(id)}</tbody></table>`).join("");
  const third = services.map(({ name, company, purpose, privacy }) => `<tr><th scope="row">${escaped(name)}<small>${escaped(company)}</small></th><td>${escaped(purpose)}</td><td><a href="${escaped(privacy)}">${escaped(privacy)}</a></td></tr>`).join("");
  const switches = categories.map(({ id, name, digest }) => `<fieldset><legend>${escaped(name)}</legend><label><input type="checkbox" name="category" value="${id}"${id === "necessary" || choice?.granted.has(digest) ? " checked" : ""}> ${words.on}</label></fieldset>`).join("");
  const page = `<!doctype html><html lang="${language}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${words.title}</title><style>${style}</style></head><body><main><h1>${words.title}</h1>${prose}${tables}<table>${third}</table><form method="post" action="/_privacy/choice">${switches}<button name="decision" value="save">${words.save}</button><button name="decision" value="accept">${words.accept}</button><button name="decision" value="reject">${words.reject}</button></form></main></body></html>`;
  const bytes = new TextEncoder().encode(page);
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  const etag = `"${[...digest.subarray(0, 12)].map((byte) => byte.toString(16).padStart(2, "0")).join("")}"`;
  const headers = { "content-type": "text/html; charset=utf-8", "content-language": language, vary: "Cookie, Sec-GPC, DNT, Accept-Language", "cache-control": choice ? "private, no-store" : "no-cache", "content-security-policy": csp, "x-content-type-options": "nosniff", "referrer-policy": "same-origin", etag };
  if (request.headers.get("if-none-match") === etag) return new Response(null, { status: 304, headers });
  return new Response(bytes, { headers });
}

async function choice(request, env, context) {
  if (request.headers.get("sec-fetch-site") === "cross-site") return new Response("cross-site", { status: 403 });
  const form = new URLSearchParams(await request.text());
  const { categories, notice } = (parsed ??= JSON.parse(env.POLICY));
  const decision = form.get("decision");
  const optional = categories.filter(({ id }) => id !== "necessary");
  const listed = new Set(form.getAll("category"));
  const granted = optional.filter(({ id }) => decision === "accept" || (decision === "save" && listed.has(id)));
  const now = Date.now();
  const id = [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => (byte % 32).toString(32)).join("").toUpperCase().padEnd(26, "0").slice(0, 26);
  const record = { v: 1, id, previous: null, site: "bench", at: new Date(now).toISOString(), policy: "0123456789abcdef", notice: "", language: languageOf(request), surface: form.get("surface"), decision, categories: Object.fromEntries(optional.map((one) => [one.id, granted.includes(one)])), gpc: request.headers.get("sec-gpc") === "1", dnt: request.headers.get("dnt") === "1", country: request.cf?.country, expires: new Date(now + 180 * 864e5).toISOString() };
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(notice)));
  record.notice = [...digest].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  context.waitUntil(
    Promise.all([
      env.CONSENT.put(`notice:bench:${record.notice}`, notice, { expirationTtl: 94_608_000 }),
      env.CONSENT.put(`receipt:bench:${record.at.slice(0, 10)}:${id}`, JSON.stringify(record), { expirationTtl: 94_608_000, metadata: { decision, categories: record.categories } }),
    ]),
  );
  const cookie = `1~${Math.floor(now / 1000).toString(36)}~~${optional.map((one) => `${granted.includes(one) ? "y" : "n"}${one.digest}`).join(".")}~${id}`;
  const back = form.get("return_to") ?? "/";
  return new Response(null, { status: 303, headers: { location: back.startsWith("/") && !back.startsWith("//") ? back : "/", "set-cookie": `cookie_consent=${cookie}; Path=/; Secure; SameSite=Lax; Max-Age=15552000`, "cache-control": "no-store", "x-content-type-options": "nosniff" } });
}

let parsed;

export default {
  async fetch(request, env, context) {
    const { pathname } = new URL(request.url);
    if (pathname === "/cookie-policy") return policy(request, env);
    if (pathname === "/_privacy/choice" && request.method === "POST") return choice(request, env, context);
    return fetch(request);
  },
};
