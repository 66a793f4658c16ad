import { account, area, csrf, field, form, login, privacy, thanks } from "../layout.mjs";

const fonts = `<link rel="preconnect" href="https://fonts.googleapis.com">
<link rel="preconnect" href="https://fonts.gstatic.com" crossorigin>
<link rel="stylesheet" href="https://fonts.googleapis.com/css2?family=Fraunces:wght@400;600&amp;display=swap">
`;

// The PHP session also holds the token that guards the forms, so this is all.
const session = ["mm_session=demo-session; Path=/; HttpOnly; SameSite=Lax"];

export default {
  id: "musicmuse",
  name: "MusicMuse",
  claim: "a nudge for songwriters",
  description: "A prompt a day, a notebook that rhymes, and nothing that watches you write.",
  shows: "Nothing to ask, so no banner: all its cookies are necessary. The policy page still says what there is, with Stripe at the checkout and Google Fonts.",
  choices: false,
  head: fonts,
  nav: [["/", "Home"], ["/prompts", "Prompts"], ["/checkout", "Subscribe"], ["/support", "Support"], ["/login", "Log in"]],
  pages: {
    "/": {
      main: `<div class="hero">
<h1>A nudge for songwriters</h1>
<p class="lead">One prompt a day, a notebook that finds the rhyme, and nothing that watches you write.</p>
<p><a class="button" href="/prompts">Read today's prompt</a></p>
</div>
<figure class="card verse"><blockquote><p>Write the song that the house would sing on the evening after everyone left.</p></blockquote><figcaption>A prompt from last autumn</figcaption></figure>
<ul class="cards">
<li class="card"><h2>A prompt, not a product</h2><p>Written by songwriters who were stuck once, too.</p></li>
<li class="card"><h2>A notebook that listens</h2><p>Rhymes, half-rhymes and stresses, beside the line as you type it.</p></li>
</ul>`,
    },
    "/prompts": {
      title: "Prompts",
      main: `<h1>Prompts</h1>
<p class="lead">Pick one, set a clock to twenty minutes, and don't stop.</p>
<ol class="prompts">
<li class="card"><h2>The last train</h2><p>Two people are on the platform. Only one of them will board. Start with the shoes.</p></li>
<li class="card"><h2>Three chords, one lie</h2><p>Tell a lie in the first verse. Let the chorus believe it. Take it back in the bridge.</p></li>
<li class="card"><h2>Inventory</h2><p>List what is in the drawer that nobody opens. Rhyme only the things you would keep.</p></li>
</ol>`,
    },
    "/checkout": {
      title: "Subscribe",
      cookies: session,
      head: `<script src="https://js.stripe.com/v3/" async></script>\n`,
      main: `<h1>Subscribe</h1>
<p class="lead">Five euros a month, cancelled whenever you like. Stripe takes the payment; its script is on this page alone, and is needed to tell a buyer from a thief.</p>
${form("/checkout", [csrf("demo-csrf"), field("email", "Email for the receipt", 'type="email" autocomplete="email" required')], "Pay 5 € (not really)")}`,
    },
    "/checkout/thanks": thanks("You would now be a subscriber.", "/checkout"),
    "/support": {
      title: "Support",
      cookies: session,
      main: `<h1>Support</h1>
<p class="lead">A person reads this, most mornings.</p>
${form("/support", [csrf("demo-csrf"), field("email", "Email", 'type="email" autocomplete="email" required'), area("message", "Message")], "Send")}`,
    },
    "/support/thanks": thanks("Your message has arrived.", "/support"),
    "/login": login("MusicMuse", session),
    "/account": account(),
    "/privacy": privacy("MusicMuse", "support@musicmuse.astrionix.io"),
  },
  actions: {
    "/checkout": () => ({ to: "/checkout/thanks" }),
    "/support": () => ({ to: "/support/thanks" }),
    "/login": () => ({ to: "/account", cookies: session }),
    "/logout": () => ({ to: "/", cookies: ["mm_session=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax"] }),
  },
};
