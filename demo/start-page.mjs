// What http://localhost:8787 shows: what is running here, and what to try.

import { escape } from "./layout.mjs";

/** The same port as this page's, under the site's own name. */
const address = (id, host) => `http://${id}.localhost${/:\d+$/.exec(host)?.[0] ?? ""}`;

function card(site, host) {
  const home = escape(address(site.id, host));
  return `<li class="card site ${site.id}">
<h3><img src="/assets/${site.id}.svg" width="32" height="32" alt=""><a href="${home}/">${site.name}</a></h3>
<p>${site.shows}</p>
<p class="links"><a href="${home}/cookie-policy" aria-label="Cookie policy of ${site.name}">Policy</a>${site.choices ? ` <a href="${home}/_privacy/" aria-label="Cookie settings of ${site.name}">Settings</a>` : ""} <a href="${home}/_privacy/state" aria-label="State at ${site.name}">State</a></p>
</li>`;
}

export function startPage(sites, host) {
  const tracker = escape(address("musictracker", host));
  return `<!doctype html>
<html lang="en" data-site="start">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>edge-consent is running</title>
<meta name="description" content="Four demo sites behind edge-consent, and what to try with them.">
<link rel="icon" href="/assets/edge-consent.svg" type="image/svg+xml">
<link rel="stylesheet" href="/assets/base.css">
<link rel="stylesheet" href="/assets/start.css">
</head>
<body>
<a class="skip" href="#main">Skip to the content</a>
<header class="top"><span class="brand"><img src="/assets/edge-consent.svg" width="28" height="28" alt="">edge-consent</span></header>
<main id="main" tabindex="-1">
<div class="hero">
<h1>edge-consent is running</h1>
<p class="lead">It stands between your browser and the four little sites below, as it would on Cloudflare in front of yours. It asks for consent, holds back what needs it, and writes each site's cookie policy from one declaration.</p>
</div>

<ol class="path" aria-label="The way of a request">
<li><strong>Your browser</strong><span>asks for a page</span></li>
<li class="here"><strong>edge-consent</strong><span>reads the choice, filters cookies, holds tags</span></li>
<li><strong>The site</strong><span>a demo origin that knows nothing of consent</span></li>
</ol>

<h2>Four sites</h2>
<ul class="cards">
${sites.map((site) => card(site, host)).join("\n")}
</ul>

<h2>What to try</h2>
<ol class="try">
<li><strong>Refuse, then accept.</strong> Open <a href="${tracker}/">Music Tracker</a> with the network tab of the developer tools. The request to <code>clarity.ms</code> goes out only after a yes. Change your mind with “Cookie settings” at the foot of the page.</li>
<li><strong>Look at what was stored.</strong> One readable cookie, <code>cookie_consent</code>. After a refusal it holds no id of yours. <a href="${tracker}/_privacy/state">The decision as JSON</a>.</li>
<li><strong>Switch JavaScript off.</strong> Banner, settings and policy are plain forms and pages.</li>
<li><strong>Send Global Privacy Control.</strong> In Firefox it is a setting; here it is a header:
<code class="block">curl -H "Sec-GPC: 1" ${tracker}/_privacy/state</code></li>
<li><strong>See it from the other side.</strong> <a href="${tracker}/what-the-origin-sees">What the origin sees</a> lists the cookies and the <code>X-Consent</code> header that got through.</li>
<li><strong>Send a form as a person.</strong> <a href="${tracker}/write-to-us">Music Tracker's contact form</a> is guarded by Turnstile, with Cloudflare's test key. Switch JavaScript off and send it: it is refused, and what you typed is kept.</li>
<li><strong>Read <a href="${tracker}/cookie-policy">a policy</a>.</strong> It comes in your browser's language where there is a translation, or in the one that <code>?lang=</code> names. Its tables come from the declaration.</li>
<li><strong>Change a declaration.</strong> Edit <code>sites/musictracker/site.toml</code> and reload. Misspell something on purpose: the build says where, and the site from before goes on answering.</li>
</ol>
<p class="hint">The third parties' addresses are real, their account numbers are not: without a network their scripts don't load, which changes nothing here.</p>
</main>
<footer><p>This page and the four sites come from <code>demo/</code>. None of them is deployed.</p></footer>
</body>
</html>
`;
}
