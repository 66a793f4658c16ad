// The documents of the HTML standard's tree-construction tests, from the crate that carries them (see Cargo.toml).

import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

export function standardDocuments() {
  const root = fileURLToPath(new URL("../..", import.meta.url));
  const metadata = execFileSync("cargo", ["metadata", "--locked", "--format-version=1"], { cwd: root, encoding: "utf8", maxBuffer: 1 << 28, stdio: ["ignore", "pipe", "inherit"] });
  const { manifest_path } = JSON.parse(metadata).packages.find(({ name, version }) => name === "markup5ever_rcdom" && version === "0.2.0");
  const folder = join(dirname(manifest_path), "html5lib-tests/tree-construction");
  const files = readdirSync(folder, { recursive: true }).filter((name) => name.endsWith(".dat")).sort();
  const parts = files.flatMap((name) => `\n${readFileSync(join(folder, name), "utf8")}`.split("\n#data\n").slice(1));
  return [...new Set(parts.map((part) => part.split(/\n#(?:errors|script-)/, 1)[0]))];
}
