// The frame that the pages of the four sites share; each brings its own colours.

export const escape = (text) => String(text).replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);

const link = (path, current, text) => `<a href="${path}"${path === current ? ' aria-current="page"' : ""}>${text}</a>`;

/** What a visitor may change here; a site with nothing to choose has no such link. */
const settings = (site) => (site.choices ? `<a href="/_privacy/" data-consent="preferences">Cookie settings</a>` : "");

export function layout(site, { title, path, main, head = "" }) {
  return `<!doctype html>
<html lang="en" data-site="${site.id}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title ? `${title} · ${site.name}` : `${site.name}: ${site.claim}`}</title>
<meta name="description" content="${site.description}">
<link rel="icon" href="/assets/${site.id}.svg" type="image/svg+xml">
${site.head ?? ""}<link rel="stylesheet" href="/assets/base.css">
<link rel="stylesheet" href="/assets/${site.id}.css">
${head}</head>
<body>
<a class="skip" href="#main">Skip to the content</a>
<header class="top">
<a class="brand" href="/"><img src="/assets/${site.id}.svg" width="28" height="28" alt="">${site.name}</a>
<nav aria-label="Main">
${site.nav.map(([to, text]) => link(to, path, text)).join("\n")}
</nav>
</header>
<main id="main" tabindex="-1">
${main}
</main>
<footer>
<nav aria-label="Legal">
<a href="/cookie-policy">Cookie policy</a>
<a href="/privacy">Privacy</a>
${settings(site)}
<a href="/what-the-origin-sees">What the origin sees</a>
</nav>
<p>A demo that comes with edge-consent, not the real ${site.name}. Nothing you enter here is kept.</p>
</footer>
<script src="/assets/remember.js" defer></script>
</body>
</html>
`;
}

/** A form that posts to this origin and is thanked for. */
export const form = (action, fields, button) => `<form class="card" method="post" action="${action}">
${fields.join("\n")}
<button>${button}</button>
</form>`;

export const field = (name, label, attributes = "") => `<label for="${name}">${label}</label>
<input id="${name}" name="${name}" ${attributes}>`;

export const area = (name, label) => `<label for="${name}">${label}</label>
<textarea id="${name}" name="${name}" rows="5" required></textarea>`;

export const box = (name, label) => `<p><label><input type="checkbox" name="${name}" value="yes"> ${label}</label></p>`;

export const csrf = (value) => `<input type="hidden" name="csrf" value="${value}">`;

/** The pages that every one of the four has in the same shape. */
export function login(site, cookies) {
  return {
    title: "Log in",
    cookies,
    main: `<h1>Log in</h1>
<p class="lead">Any name will do. Logging in sets the cookies that ${site} needs to know you again: they are necessary, so no answer to the banner takes them away.</p>
${form("/login", [csrf("demo-csrf"), field("email", "Email", 'type="email" autocomplete="username" required value="visitor@example.com"'), field("password", "Password", 'type="password" autocomplete="current-password" value="demo"')], "Log in")}`,
  };
}

export const account = (more = "") => ({
  title: "Your account",
  main: `<h1>You are logged in</h1>
<p class="lead">The session cookie has arrived. Refuse everything in the banner and come back: it is still there. <a href="/what-the-origin-sees">See what the origin sees</a>.</p>
${more}<form method="post" action="/logout"><button class="quiet">Log out</button></form>`,
});

export const privacy = (site, contact) => ({
  title: "Privacy",
  main: `<h1>Privacy</h1>
<p class="lead">The real ${site} has its privacy policy here.</p>
<p>This demo runs on your machine. It keeps no log, has no database, and forgets what you type as soon as it has thanked you. Which cookies it sets and why is on the page that edge-consent writes from the site's declaration: the <a href="/cookie-policy">cookie policy</a>.</p>
<p>The real site answers questions at <a href="mailto:${contact}">${contact}</a>.</p>`,
});

export const thanks = (text, back) => ({
  title: "Thank you",
  main: `<h1>Thank you</h1>
<p class="lead">${text}</p>
<p>The demo has thrown it away. <a href="${back}">Back</a></p>`,
});
