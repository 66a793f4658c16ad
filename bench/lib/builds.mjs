// The workers that are measured, built once and kept until something in them changes.

import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { build } from "../../scripts/build.mjs";
import { inRoot } from "../../scripts/setup.mjs";
import { declare, inputs, site, tagged } from "./declarations.mjs";

const folder = (name) => inRoot("target/bench", name);

/** Which sites there are besides the ones that ship. */
export const variants = {
  /** Those that the benchmarks ask: without third parties, with those of the pages, with 5, 50 and 150 more. */
  bench: () => [site("plain"), site("tags", { uses: tagged }), site("five", { own: 5 }), site("fifty", { own: 50 }), site("many", { own: 150 })],
  "100": () => more(100),
  "1000": () => more(1000),
};

/** So many in all, with the shipped four. */
const more = (count) => [site("plain"), site("five", { own: 5 }), ...Array.from({ length: count - 6 }, (_, at) => site(`more-${at}`, { own: 5 }))];

async function unless(stamp, out, make) {
  const file = join(out, "bench-stamp");
  const wanted = createHash("sha256");
  for (const part of stamp) wanted.update(part).update("\0");
  const digest = wanted.digest("hex");
  if (!existsSync(file) || readFileSync(file, "utf8") !== digest) {
    mkdirSync(out, { recursive: true });
    await make();
    writeFileSync(file, digest);
  }
  return out;
}

/** The product with other sites; where it was built to. */
export async function variant(name) {
  const declared = declare(folder(`${name}-declared`), variants[name]());
  const out = folder(name);
  return unless(inputs(declared), out, () => build({ quiet: true, other: { out, glue: `edge-consent-glue-bench-${name}`, sites: declared } }));
}

/** The product as it ships. */
export async function shipped() {
  await build({ quiet: true });
  return inRoot("build");
}

/** A crate of `bench/`, by the same tool chain. */
export async function crate(name) {
  const from = inRoot("bench", name);
  const files = readdirSync(join(from, "src")).map((file) => readFileSync(join(from, "src", file)));
  const stamp = [...files, readFileSync(join(from, "Cargo.toml")), readFileSync(join(from, "Cargo.lock")), readFileSync(inRoot("scripts/build.mjs"))];
  const out = folder(name);
  return unless(stamp, out, () => build({ quiet: true, other: { out, glue: "edge-consent-glue", crate: from, artifact: name.replaceAll("-", "_"), entry: `bench/${name}/entry.js` } }));
}
