// The same page with each contender's recommended set-up, as files by path.

import { readFileSync } from "node:fs";
import { build } from "esbuild";
import { join } from "node:path";
import { inRoot } from "../../scripts/setup.mjs";
import { page } from "../lib/pages.mjs";

export const tag = "http://cdn.service-0.example/tag.js";

const peer = (...parts) => readFileSync(inRoot("bench/node_modules", ...parts), "utf8");
const text = "We use cookies to count visits and to show ads. You can accept or refuse that, and change your mind at any time.";

/** The page, with what a contender wants in its head, first and last in its body. */
export function document({ head = "", first = "", last = "", held = "" } = {}) {
  return page(60_000, 0).replace("</head>", () => `${head}${held}</head>`).replace('<body class="page">', (body) => body + first).replace("</body>", () => `${last}</body>`);
}

/** `find` gives the banner, `accept` its button: expressions in the page. */
export async function contenders() {
  return {
    "no banner": { files: { "/": document() } },
    "static banner first in body": {
      files: {
        "/": document({
          first: `<div id="banner" style="position:fixed;inset:auto 1rem 1rem;padding:1rem;background:#fff;color:#111;border:1px solid #888;z-index:9"><p>${text}</p><button id="yes">Accept all</button> <button>Reject all</button></div><script>document.getElementById("yes").onclick=()=>{let s=document.createElement("script");s.src="${tag}";document.head.append(s);document.getElementById("banner").remove()}</script>`,
        }),
      },
      find: `document.querySelector("#banner")`,
      accept: "#yes",
    },
    "vanilla-cookieconsent 3.1.0": {
      files: {
        "/": document({
          head: `<link rel="stylesheet" href="/cookieconsent.css">`,
          held: `<script type="text/plain" data-category="analytics" src="${tag}"></script>`,
          last: `<script type="module" src="/cookieconsent-config.js"></script>`,
        }),
        "/cookieconsent.css": peer("vanilla-cookieconsent/dist/cookieconsent.css"),
        "/cookieconsent.esm.js": peer("vanilla-cookieconsent/dist/cookieconsent.esm.js"),
        "/cookieconsent-config.js": `import "./cookieconsent.esm.js";import{run}from"./cookieconsent.esm.js";run({hideFromBots:false,categories:{necessary:{enabled:true,readOnly:true},analytics:{},marketing:{}},language:{default:"en",translations:{en:{consentModal:{title:"We use cookies",description:${JSON.stringify(text)},acceptAllBtn:"Accept all",acceptNecessaryBtn:"Reject all",showPreferencesBtn:"Settings"},preferencesModal:{title:"Cookie settings",acceptAllBtn:"Accept all",acceptNecessaryBtn:"Reject all",savePreferencesBtn:"Save",closeIconLabel:"Close",sections:[{title:"Necessary",description:"Needed.",linkedCategory:"necessary"},{title:"Analytics",description:"Counting.",linkedCategory:"analytics"},{title:"Marketing",description:"Ads.",linkedCategory:"marketing"}]}}}}});`.replace('import "./cookieconsent.esm.js";', ""),
      },
      find: `document.querySelector("#cc-main .cm")`,
      accept: `#cc-main .cm__btn[data-role="all"]`,
    },
    "klaro 0.7.22": {
      files: {
        "/": document({
          head: `<script defer src="/config.js"></script><script defer data-config="klaroConfig" src="/klaro.js"></script>`,
          held: `<script type="text/plain" data-name="stats" data-type="application/javascript" data-src="${tag}"></script>`,
        }),
        "/klaro.js": peer("klaro/dist/klaro.js"),
        "/config.js": `var klaroConfig={version:1,elementID:"klaro",acceptAll:true,translations:{en:{consentNotice:{description:${JSON.stringify(text)}},purposes:{analytics:"Analytics",marketing:"Marketing"}}},services:[{name:"stats",title:"Stats",purposes:["analytics"]},{name:"ads",title:"Ads",purposes:["marketing"]}]};`,
      },
      find: `document.querySelector(".klaro .cookie-notice, .klaro .cookie-modal")`,
      accept: ".klaro .cm-btn-success",
    },
    "tarteaucitron 1.34.0": {
      files: {
        "/": document({
          head: `<script src="/tarteaucitron/tarteaucitron.min.js"></script><script>tarteaucitron.init({privacyUrl:"",bodyPosition:"top",hashtag:"#tarteaucitron",cookieName:"tarteaucitron",orientation:"bottom",showAlertSmall:false,cookieslist:false,DenyAllCta:true,AcceptAllCta:true,highPrivacy:true,handleBrowserDNTRequest:false,removeCredit:true,showIcon:false,mandatory:true})</script>`,
          last: `<script>tarteaucitron.services.stats={key:"stats",type:"analytic",name:"Stats",needConsent:true,cookies:[],js(){tarteaucitron.addScript("${tag}")}};(tarteaucitron.job=tarteaucitron.job||[]).push("stats")</script>`,
        }),
        ...Object.fromEntries(["tarteaucitron.min.js", "tarteaucitron.services.min.js", "lang/tarteaucitron.en.min.js", "css/tarteaucitron.min.css"].map((file) => [`/tarteaucitron/${file}`, peer("tarteaucitronjs", file)])),
      },
      find: `document.querySelector("#tarteaucitronAlertBig")`,
      accept: "#tarteaucitronPersonalize2",
    },
    "osano cookieconsent 3.1.1": {
      files: {
        "/": document({
          last: `<link rel="stylesheet" href="/cookieconsent.min.css"><script src="/cookieconsent.min.js" data-cfasync="false"></script><script>window.cookieconsent.initialise({type:"opt-in",content:{message:${JSON.stringify(text)}},onStatusChange(){if(this.hasConsented()){let s=document.createElement("script");s.src="${tag}";document.head.append(s)}}})</script>`,
        }),
        "/cookieconsent.min.css": peer("cookieconsent/build/cookieconsent.min.css"),
        "/cookieconsent.min.js": peer("cookieconsent/build/cookieconsent.min.js"),
      },
      find: `document.querySelector(".cc-window")`,
      accept: ".cc-window .cc-allow",
    },
    "c15t 2.2.1 (React)": {
      files: {
        "/": document({ head: `<link rel="stylesheet" href="/consent.css"><script type="module" src="/consent.js"></script>`, last: `<div id="consent"></div>` }),
        ...(await c15t()),
      },
      find: `document.querySelector('[data-testid="consent-banner-root"], [class*="banner"][role="dialog"], [data-testid*="banner"]')`,
      accept: `[data-testid*="banner"] [data-testid*="accept"], [data-testid="consent-banner-accept-button"]`,
    },
    "edge-consent": { ours: true, find: `document.body?.shadowRoot?.querySelector("section")`, accept: `section button[value="accept"]` },
  };
}

/** As its documentation says: provider, banner and dialog around an application, here an empty one. */
async function c15t() {
  const source = `import{createElement as h}from"react";import{createRoot}from"react-dom/client";import{ConsentManagerProvider,ConsentBanner,ConsentDialog}from"@c15t/react";import"@c15t/react/styles.css";
createRoot(document.getElementById("consent")).render(h(ConsentManagerProvider,{options:{mode:"offline",consentCategories:["necessary","measurement","marketing"],scripts:[{id:"stats",src:"${tag}",category:"measurement"}]}},h(ConsentBanner),h(ConsentDialog)));`;
  const { outputFiles } = await build({
    stdin: { contents: source, resolveDir: inRoot("bench"), loader: "js" },
    bundle: true,
    write: false,
    minify: true,
    format: "esm",
    outfile: join("/", "consent.js"),
    define: { "process.env.NODE_ENV": '"production"' },
    logLevel: "silent",
  });
  return Object.fromEntries(outputFiles.map(({ path, text }) => [path.endsWith(".css") ? "/consent.css" : "/consent.js", text]));
}
