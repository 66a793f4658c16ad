// Keeps policy pages as they are, to be read after they have changed.
//
//   npm run archive-policy [-- <site>…]                   as they are now
//   npm run archive-policy [-- <site>… --from <commit>]   as they were there, e.g. HEAD

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Trouble, main, requireNode, requireRust, root, run } from "./setup.mjs";

await main(async () => {
  requireNode();
  await requireRust();
  const sites = process.argv.slice(2);
  const at = sites.indexOf("--from");
  const [, commit] = at < 0 ? [] : sites.splice(at, 2);
  if (at >= 0 && !commit) throw new Trouble("Of which commit? `--from HEAD` is the last one.");

  let source = root;
  try {
    if (commit) {
      source = mkdtempSync(join(tmpdir(), "edge-consent-"));
      const archive = join(source, "commit.tar");
      await run("git", ["archive", `--output=${archive}`, commit, "languages", "services", "sites"]);
      await run("tar", ["-xf", archive, "-C", source]);
    }
    // Without sites: a page that is missing in an archive must not keep the program that writes it from being built.
    const env = { ...process.env, EDGE_CONSENT_SITES: "none" };
    await run("cargo", ["run", "--locked", "--quiet", "--example", "archive-policy", "--", source, root, ...sites], { env });
  } finally {
    if (commit) rmSync(source, { recursive: true, force: true });
  }
});
