import { account, csrf, field, form, login, privacy, thanks } from "../layout.mjs";

const gtag = `<script async src="https://www.googletagmanager.com/gtag/js?id=G-DEMO000000"></script>
<script>
window.dataLayer = window.dataLayer || [];
function gtag(){dataLayer.push(arguments);}
gtag('js', new Date());
gtag('config', 'G-DEMO000000');
</script>
`;

const day = 86_400;
const csrfCookie = ["csrf-token=demo-csrf; Path=/; SameSite=Lax"];

/** A drawing of a song: always the same one. */
const bars = Array.from({ length: 56 }, (_, n) => Math.round(14 + 40 * Math.abs(Math.sin(n * 0.37) * Math.cos(n * 0.11 + 0.6)) + 14 * Math.abs(Math.sin(n * 1.7))));
const wave = `<svg class="wave" viewBox="0 0 560 140" role="img" aria-label="A waveform, before and after mastering">
${bars.map((height, n) => `<rect x="${n * 10}" y="${70 - height}" width="6" height="${2 * height}" rx="3"/>`).join("")}
</svg>`;

export default {
  id: "balanced-mastering",
  name: "Balanced Mastering",
  claim: "loud enough, and no louder",
  description: "Send a mix, get a master.",
  shows: "The full set: functional and analytics cookies, Google Analytics with Consent Mode, Stripe at the checkout, a theme that is remembered only if you allow it.",
  choices: true,
  head: gtag,
  // Counted by the server on every page, without asking anyone: just what the worker is there to stop.
  always: [`usage-stats=demo-pageview; Path=/; Max-Age=${30 * day}; SameSite=Lax`, "session-id=demo-session; Path=/; HttpOnly; SameSite=Lax"],
  nav: [["/", "Home"], ["/mastering", "Mastering"], ["/upload", "Upload"], ["/checkout", "Checkout"], ["/login", "Log in"]],
  pages: {
    "/": {
      main: `<div class="hero">
<h1>Loud enough, and no louder</h1>
<p class="lead">Send us a mix. Get back a master that sounds like your record on every speaker, by tomorrow.</p>
<p><a class="button" href="/upload">Upload a mix</a> <button class="quiet" type="button" id="theme">Switch light and dark</button></p>
${wave}
</div>
<ul class="cards">
<li class="card"><h2>Two ears</h2><p>A person listens to each track, in a room built for it.</p></li>
<li class="card"><h2>One price</h2><p>Twenty-nine euros a song. Revisions until it is right.</p></li>
<li class="card"><h2>No tricks</h2><p>We show the meters before and after, and leave you your peaks.</p></li>
</ul>`,
    },
    "/mastering": {
      title: "Mastering",
      main: `<h1>What we do to a song</h1>
<p class="lead">Less than you fear.</p>
<ol class="steps">
<li><h2>Listen</h2><p>Once through, hands off. What does it want to be?</p></li>
<li><h2>Balance</h2><p>Broad strokes of an equaliser, a decibel at most.</p></li>
<li><h2>Level</h2><p>To the loudness that the services play at, so that none of them turns you down.</p></li>
<li><h2>Check</h2><p>In the car, in the kitchen, on a phone.</p></li>
</ol>`,
    },
    "/upload": {
      title: "Upload",
      cookies: csrfCookie,
      main: `<h1>Upload a mix</h1>
<p class="lead">The demo takes a title instead of a file, and remembers it in the functional cookie <code>upload-history</code>.</p>
${form("/upload", [csrf("demo-csrf"), field("song", "Title of the song", 'required maxlength="60"'), field("email", "Email", 'type="email" autocomplete="email" required')], "Send")}`,
    },
    "/upload/thanks": thanks("Your song is in the queue, or would be.", "/upload"),
    "/checkout": {
      title: "Checkout",
      cookies: csrfCookie,
      head: `<script src="https://js.stripe.com/v3/" async></script>\n`,
      main: `<h1>Checkout</h1>
<p class="lead">One song, 29 €. Stripe takes the payment; its script is on this page alone.</p>
${form("/checkout", [csrf("demo-csrf"), field("email", "Email for the receipt", 'type="email" autocomplete="email" required')], "Pay 29 € (not really)")}`,
    },
    "/checkout/thanks": thanks("You would now be a customer.", "/checkout"),
    "/login": login("Balanced Mastering", csrfCookie),
    "/account": account(`${form("/preferences", [`<label for="target">Loudness target</label>\n<select id="target" name="target"><option value="-14">−14 LUFS, streaming</option><option value="-9">−9 LUFS, club</option></select>`], "Keep it in user-preferences")}
<h2>Delete your account</h2>
<p>The origin answers with <code>X-Consent-Command: erase, records</code>. The worker obeys: every cookie on the policy page leaves this browser, and the records of your choices leave its storage.</p>
<form method="post" action="/account/delete"><button class="quiet">Delete my account</button></form>
`),
    "/goodbye": {
      title: "Goodbye",
      main: `<h1>Your account is gone</h1>
<p class="lead">So are its cookies: look at your browser's list, or at <a href="/what-the-origin-sees">what the origin sees</a>. You are asked about cookies again, because nobody here remembers your answer.</p>`,
    },
    "/privacy": privacy("Balanced Mastering", "hello@balancedmastering.com"),
  },
  actions: {
    "/upload": (data) => ({ to: "/upload/thanks", cookies: [`upload-history=${encodeURIComponent((data.get("song") ?? "").slice(0, 60))}; Path=/; Max-Age=${7 * day}; SameSite=Lax`] }),
    "/checkout": () => ({ to: "/checkout/thanks" }),
    "/preferences": (data) => ({ to: "/account", cookies: [`user-preferences=${encodeURIComponent((data.get("target") ?? "").slice(0, 10))}; Path=/; Max-Age=${30 * day}; SameSite=Lax`] }),
    "/login": () => ({ to: "/account", cookies: [`auth-token=demo-token; Path=/; Max-Age=${7 * day}; HttpOnly; SameSite=Lax`] }),
    "/account/delete": () => ({ to: "/goodbye", command: "erase, records" }),
    "/logout": () => ({ to: "/", cookies: ["auth-token=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax"] }),
  },
};
