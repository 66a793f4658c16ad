import { account, area, box, csrf, field, form, login, privacy, thanks } from "../layout.mjs";

// Clarity's own bootstrap, as its dashboard gives it out; "demo" is no project.
const clarity = `<script>
(function(c,l,a,r,i,t,y){
c[a]=c[a]||function(){(c[a].q=c[a].q||[]).push(arguments)};
t=l.createElement(r);t.async=1;t.src="https://www.clarity.ms/tag/"+i;
y=l.getElementsByTagName(r)[0];y.parentNode.insertBefore(t,y);
})(window, document, "clarity", "script", "demo");
</script>
`;

const csrfCookie = ["next-auth.csrf-token=demo-csrf; Path=/; HttpOnly; SameSite=Lax"];

const release = (hue, title, artist, what) => `<li><span class="cover" style="--hue:${hue}"></span><span><strong>${title}</strong><br>${artist}</span><span class="tag">${what}</span></li>`;

export default {
  id: "musictracker",
  name: "Music Tracker",
  claim: "every release, as it lands",
  description: "Follow the artists you love and never miss a release again.",
  shows: "Analytics only on a yes: the page holds Microsoft Clarity's real snippet, and it stays inert until you accept. Honours Global Privacy Control.",
  choices: true,
  head: clarity,
  nav: [["/", "Home"], ["/releases", "Releases"], ["/feedback", "Feedback"], ["/write-to-us", "Contact"], ["/login", "Log in"]],
  pages: {
    "/": {
      main: `<div class="hero">
<h1>Every release, as it lands</h1>
<p class="lead">Follow the artists you love. Music Tracker keeps watch, and tells you once, on the day.</p>
<p><a class="button" href="/releases">See this week</a> <a class="button quiet" href="/login">Log in</a></p>
</div>
<ul class="cards">
<li class="card"><h2>One list</h2><p>Albums, singles and reissues from every shop and service, each shown once.</p></li>
<li class="card"><h2>No noise</h2><p>No playlists nobody asked for. If an artist is silent, so are we.</p></li>
<li class="card"><h2>Yours to take</h2><p>Export what you follow at any time, as a file that other trackers read.</p></li>
</ul>`,
    },
    "/releases": {
      title: "Releases",
      main: `<h1>This week</h1>
<p class="lead">Six records by bands that don't exist.</p>
<ul class="releases">
${release(262, "Small Hours, Large Rooms", "The Quiet Committee", "Album")}
${release(330, "Paper Satellite", "Ada Lumen", "Single")}
${release(200, "Tidal", "Northern Ferry", "Reissue")}
${release(20, "Warm Static", "Hollow Coast", "Album")}
${release(140, "Fields, Recorded", "Meadow Union", "EP")}
${release(290, "Every Other Sunday", "June &amp; the Clocks", "Single")}
</ul>`,
    },
    "/feedback": {
      title: "Feedback",
      cookies: csrfCookie,
      main: `<h1>Feedback</h1>
<p class="lead">Missing an artist? Tell us.</p>
${form("/feedback", [csrf("demo-csrf"), field("email", "Email", 'type="email" autocomplete="email" required'), area("message", "Message")], "Send")}`,
    },
    "/feedback/thanks": thanks("Your feedback has arrived.", "/feedback"),
    "/write-to-us": {
      title: "Contact",
      main: `<h1>Contact</h1>
<p class="lead">Only people can send this form: edge-consent puts Cloudflare's Turnstile into it, and checks it before we see anything.</p>
${form("/write-to-us/send", [field("name", "Name", 'autocomplete="name" required'), field("email", "Email", 'type="email" autocomplete="email" required'), area("message", "Message"), box("newsletter", "Yes, send me news of Music Tracker by e-mail, about once a month. I can end this at any time.")], "Send")}
<script src="/assets/turnstile-offline.js" defer></script>`,
    },
    "/write-to-us/thanks": thanks("Your message has arrived, and a person has sent it.", "/write-to-us"),
    "/login": login("Music Tracker", csrfCookie),
    "/account": account(),
    "/privacy": privacy("Music Tracker", "privacy@musictracker.io"),
  },
  actions: {
    "/feedback": () => ({ to: "/feedback/thanks" }),
    "/write-to-us/send": () => ({ to: "/write-to-us/thanks" }),
    "/login": () => ({ to: "/account", cookies: ["next-auth.session-token=demo-session; Path=/; Max-Age=2592000; HttpOnly; SameSite=Lax"] }),
    "/logout": () => ({ to: "/", cookies: ["next-auth.session-token=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax"] }),
  },
};
