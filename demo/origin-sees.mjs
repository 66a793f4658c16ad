// The only page that depends on who asks: what has come through the worker.

import { escape } from "./layout.mjs";

const shown = ["x-consent", "sec-gpc", "dnt", "x-forwarded-host"];

export function originSees(request) {
  const names = (request.headers.cookie ?? "").split(";").map((pair) => pair.split("=", 1)[0].trim()).filter(Boolean);
  const row = (name, value) => `<tr><th scope="row"><code>${name}</code></th><td>${value}</td></tr>`;
  const nothing = `<em>not sent</em>`;
  return {
    title: "What the origin sees",
    path: "/what-the-origin-sees",
    main: `<h1>What the origin sees</h1>
<p class="lead">This is the request as it came out of edge-consent. Change your choice and reload: the header follows, and cookies that you refused no longer get here.</p>
<h2>Headers</h2>
<table><tbody>
${shown.map((name) => row(name, request.headers[name] === undefined ? nothing : `<code>${escape(request.headers[name])}</code>`)).join("\n")}
</tbody></table>
<h2>Cookies</h2>
${names.length ? `<ul class="chips">${names.map((name) => `<li><code>${escape(name)}</code></li>`).join("")}</ul>` : `<p>No cookie at all.</p>`}
<p class="hint">Compare with your browser's own list (developer tools, Application, Cookies).</p>`,
  };
}
