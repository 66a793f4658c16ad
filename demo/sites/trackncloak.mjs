import { account, area, csrf, field, form, login, privacy, thanks } from "../layout.mjs";

const csrfCookie = ["next-auth.csrf-token=demo-csrf; Path=/; HttpOnly; SameSite=Lax"];

const campaigns = [
  ["Spring newsletter", "email", "12,480", "3.1&nbsp;%"],
  ["Podcast sponsorship", "audio", "8,215", "1.8&nbsp;%"],
  ["Partner banners", "display", "41,902", "0.6&nbsp;%"],
  ["Launch thread", "social", "19,377", "2.4&nbsp;%"],
];

const channels = ["email", "audio", "display", "social"];

function reports(chosen) {
  const filter = (channel, text) => `<a href="/reports${channel ? `?channel=${channel}` : ""}"${channel === chosen ? ' aria-current="page"' : ""}>${text}</a>`;
  const rows = campaigns.filter(([, channel]) => !chosen || channel === chosen);
  return `<div class="with-sidebar" id="reports">
<aside aria-label="Reports">
<button class="quiet" type="button" id="fold" aria-expanded="true" aria-controls="sidebar">Fold</button>
<nav id="sidebar" aria-label="Reports">
${filter(undefined, "Campaigns")}
${filter("email", "Email only")}
${filter("social", "Social only")}
</nav>
</aside>
<div>
<h1>Campaigns</h1>
<form class="filter" method="get" action="/reports">
<label for="channel">Channel</label>
<select id="channel" name="channel"><option value="">All</option>${channels.map((channel) => `<option${channel === chosen ? " selected" : ""}>${channel}</option>`).join("")}</select>
<button>Filter</button>
</form>
<div class="scroll" tabindex="0" role="region" aria-label="Campaigns, table">
<table>
<thead><tr><th scope="col">Campaign</th><th scope="col">Channel</th><th scope="col">Clicks</th><th scope="col">Sales</th></tr></thead>
<tbody>
${rows.map(([name, channel, clicks, sales]) => `<tr><th scope="row">${name}</th><td>${channel}</td><td>${clicks}</td><td>${sales}</td></tr>`).join("\n")}
</tbody>
</table>
</div>
<p class="hint">The numbers are invented. Filtering sets the cookie <code>report-filters</code>, folding the sidebar sets <code>sidebar-collapsed</code>; both are functional.</p>
</div>
</div>`;
}

export default {
  id: "trackncloak",
  name: "TrackNCloak",
  claim: "links that report back",
  description: "Campaign links with reports you can read.",
  shows: "Functional cookies: the folded sidebar and the report filters are remembered only if you allow it; refuse, and the worker takes them off each request and answer.",
  choices: true,
  nav: [["/", "Home"], ["/reports", "Reports"], ["/checkout", "Plans"], ["/contact", "Contact"], ["/login", "Log in"]],
  pages: {
    "/": {
      main: `<div class="hero">
<h1>Links that report back</h1>
<p class="lead">One link per campaign, one page per report, and numbers that add up.</p>
<p><a class="button" href="/reports">Open the reports</a></p>
</div>
<ul class="cards">
<li class="card"><h2>Count once</h2><p>A click is a click. Previews, robots and double taps are told apart.</p></li>
<li class="card"><h2>Read it aloud</h2><p>Each report is one table that survives being printed.</p></li>
<li class="card"><h2>Your domain</h2><p>Links carry your name, and the visitors remain yours.</p></li>
</ul>`,
    },
    "/reports": {
      title: "Reports",
      // Asked for by address, so that a page is the same bytes for everyone.
      remember: (query) => (channels.includes(query.get("channel")) ? [`report-filters=${query.get("channel")}; Path=/; SameSite=Lax`] : []),
      main: (query) => reports(channels.find((channel) => channel === query.get("channel"))),
    },
    "/checkout": {
      title: "Plans",
      cookies: csrfCookie,
      head: `<script src="https://checkout.razorpay.com/v1/checkout.js" async></script>\n`,
      main: `<h1>Plans</h1>
<p class="lead">One plan, nine hundred rupees a month. Razorpay takes the payment; its script is on this page alone.</p>
${form("/checkout", [csrf("demo-csrf"), field("email", "Email for the receipt", 'type="email" autocomplete="email" required')], "Pay ₹ 900 (not really)")}`,
    },
    "/checkout/thanks": thanks("You would now be a customer.", "/checkout"),
    "/contact": {
      title: "Contact",
      cookies: csrfCookie,
      main: `<h1>Contact</h1>
<p class="lead">Questions about a campaign, or about us.</p>
${form("/contact", [csrf("demo-csrf"), field("email", "Email", 'type="email" autocomplete="email" required'), area("message", "Message")], "Send")}`,
    },
    "/contact/thanks": thanks("Your message has arrived.", "/contact"),
    "/login": login("TrackNCloak", [...csrfCookie, "next-auth.callback-url=%2Faccount; Path=/; HttpOnly; SameSite=Lax"]),
    "/account": account(),
    "/privacy": privacy("TrackNCloak", "help@trackncloak.com"),
  },
  actions: {
    "/checkout": () => ({ to: "/checkout/thanks" }),
    "/contact": () => ({ to: "/contact/thanks" }),
    "/login": () => ({ to: "/account", cookies: ["next-auth.session-token=demo-session; Path=/; Max-Age=2592000; HttpOnly; SameSite=Lax"] }),
    "/logout": () => ({ to: "/", cookies: ["next-auth.session-token=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax"] }),
  },
};
