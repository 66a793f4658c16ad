// Declarations for the benchmarks: sites made up here, for a build that has them beside the project's own.

import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { inRoot } from "../../scripts/setup.mjs";

const head = (id) => `name = "Bench ${id}"
hosts = ["${id}.bench.example"]
languages = ["en", "de"]
updated = 2026-11-22
base = "/_privacy"

[owner]
name = "Bench Ltd"
email = "privacy@bench.example"
privacy_policy = "/privacy"

[signals]
gpc = "honour"
dnt = "ignore"
`;

const category = (id) => `
[[categories]]
id = "${id}"
`;

const cookie = (category, name) => `
[[cookies]]
category = "${category}"
name = "${name}"
purpose = { en = "Remembers ${name} for the visitor.", de = "Merkt sich ${name} für den Besucher." }
duration = "1 year"
`;

const catalogue = (id) => `
[[services]]
use = "${id}"
`;

const service = (at) => `
[[services]]
id = "service-${at}"
name = "Service ${at}"
company = "Company ${at}"
category = "${at % 2 ? "analytics" : "marketing"}"
purpose = { en = "Does the ${at}th thing.", de = "Tut die ${at}te Sache." }
hosts = ["cdn.service-${at}.example", "service-${at}.example/pixel/"]
markers = ["service${at}('init'"]
sale_or_share = "no"
privacy = "https://service-${at}.example/privacy"

[[services.cookies]]
name = "_s${at}"
purpose = { en = "Tells visitors apart.", de = "Unterscheidet Besucher." }
duration = "1 year"
`;

const prose = (language) => `# ${language === "de" ? "Cookie-Richtlinie" : "Cookie policy"}

${"We use as few cookies as we can, and say here what they are for. ".repeat(6)}

## Necessary
{{cookies necessary}}
{{optional}}
## Your choice
{{choice}}
{{signals}}
{{browsers}}
{{records}}
{{contact}}
`;

/** The services whose tags the pages carry (`pages.mjs`). */
export const tagged = ["google-analytics", "microsoft-clarity", "meta-pixel", "youtube", "hubspot", "hotjar", "vimeo"];

/** A site: its id, the catalogue's services that it uses, and how many of its own it has besides. */
export function site(id, { uses = [], own = 0 } = {}) {
  const categories = ["functional", "analytics", ...(uses.length + own > 0 ? ["marketing"] : [])];
  const toml = [
    head(id),
    category("necessary"),
    ...categories.map(category),
    cookie("necessary", "session"),
    ...(uses.includes("google-analytics") ? [] : [cookie("analytics", "_own_stats")]),
    cookie("functional", "theme"),
    ...uses.map(catalogue),
    ...Array.from({ length: own }, (_, at) => service(at)),
  ].join("");
  const parts = categories.map((category) => `\n## ${category}\n{{cookies ${category}}}\n`).join("");
  const third = uses.length + own > 0 ? "\n## Third parties\n{{services}}\n" : "";
  return { id, toml, prose: (language) => prose(language).replace("{{optional}}", parts + third) };
}

/** Writes them into `folder`. */
export function declare(folder, sites) {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  for (const { id, toml, prose } of sites) {
    const own = join(folder, id);
    mkdirSync(own, { recursive: true });
    writeFileSync(join(own, "site.toml"), toml);
    writeFileSync(join(own, "cookie-policy.md"), prose("en"));
    writeFileSync(join(own, "cookie-policy.de.md"), prose("de"));
  }
  return folder;
}

/** Everything that a build is made of, to know whether it has to be made again. */
export function inputs(folder) {
  const files = (place) => readdirSync(place, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath ?? entry.path, entry.name)).sort();
  return [...["src", "languages", "services", "sites"].flatMap((part) => files(inRoot(part))), ...["build.rs", "Cargo.toml", "Cargo.lock", "scripts/build.mjs"].map((file) => inRoot(file)), ...files(folder)].map((file) => readFileSync(file));
}
