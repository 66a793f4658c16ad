// What must be on the machine before anything else can run. `npm start` and
// `npm test` come here before node_modules exists, so only Node's own modules.

import { spawn, spawnSync } from "node:child_process";
import { createRequire } from "node:module";
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

export const root = dirname(dirname(fileURLToPath(import.meta.url)));
export const inRoot = (...parts) => join(root, ...parts);

/** A failure that its reader can do something about: printed without a stack. */
export class Trouble extends Error {}

/** Runs a script's main function; a `Trouble` becomes one readable sentence. */
export async function main(run) {
  try {
    process.exitCode = (await run()) ?? 0;
  } catch (error) {
    console.error(error instanceof Trouble ? `\n✖ ${error.message}\n` : error);
    process.exitCode = 1;
  }
}

/** Runs a program to its end, its output straight through unless captured. */
export function run(command, args, { capture = false, allowFailure = false, ...options } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd: root,
      stdio: capture ? ["ignore", "pipe", "inherit"] : ["ignore", "inherit", "inherit"],
      ...options,
    });
    let stdout = "";
    child.stdout?.setEncoding("utf8").on("data", (text) => (stdout += text));
    child.on("error", reject);
    child.on("close", (code, signal) => {
      if (code === 0 || allowFailure) resolve({ code, stdout });
      else reject(new Trouble(`${command} ${args.join(" ")} ended with ${signal ?? `code ${code}`}.`));
    });
  });
}

export function seconds(since) {
  return `${((performance.now() - since) / 1000).toFixed(1)} s`;
}

export function requireNode() {
  const wanted = 20;
  if (Number(process.versions.node.split(".")[0]) < wanted) {
    throw new Trouble(`This needs Node ${wanted} or newer; here is Node ${process.versions.node}. Get one from https://nodejs.org.`);
  }
}

/** The toolchain is pinned in rust-toolchain.toml; rustup fetches it, once. */
export async function requireRust() {
  const probe = (command, ...args) => spawnSync(command, args, { cwd: root, encoding: "utf8" });
  if (probe("cargo", "--version").error) {
    throw new Trouble("Rust is missing: no `cargo` on the PATH. Install rustup from https://rustup.rs, open a new terminal and try again.");
  }
  const target = "wasm32-unknown-unknown";
  const ready = () => {
    const libraries = probe("rustc", "--print", "target-libdir", "--target", target);
    return libraries.status === 0 && existsSync(libraries.stdout.trim());
  };
  if (ready()) return;
  if (probe("rustup", "--version").error) {
    throw new Trouble(`This Rust can't compile for ${target}, and there is no rustup to add it. Install rustup from https://rustup.rs.`);
  }
  console.log("Installing the Rust toolchain that rust-toolchain.toml names…");
  const { channel } = /channel = "(?<channel>[^"]+)"/.exec(readFileSync(inRoot("rust-toolchain.toml"), "utf8")).groups;
  await run("rustup", ["toolchain", "install", channel, "--profile", "minimal", "--target", target, "--component", "rustfmt", "--component", "clippy"]);
  if (!ready()) throw new Trouble(`rustup has run, but Rust ${channel} still can't compile for ${target}: see its output above.`);
}

/** True when node_modules holds what package-lock.json says, whoever put it there. */
export function modulesAreCurrent(wantedText, installedText) {
  const wanted = JSON.parse(wantedText).packages;
  const installed = JSON.parse(installedText).packages;
  return Object.entries(wanted).every(([path, { version, integrity, optional, peer }]) => {
    if (path === "") return true;
    const found = installed[path];
    // Optional packages are other machines' binaries: absent is fine, outdated is not.
    if (!found) return Boolean(optional || peer);
    return found.version === version && found.integrity === integrity;
  });
}

export async function requireModules() {
  const installed = inRoot("node_modules/.package-lock.json");
  const wanted = readFileSync(inRoot("package-lock.json"), "utf8");
  if (existsSync(installed) && modulesAreCurrent(wanted, readFileSync(installed, "utf8"))) return;
  console.log("Installing the npm packages that package-lock.json names…");
  // npm is a script on Windows, which only a shell can start.
  await run("npm", ["ci", "--no-audit", "--no-fund"], { shell: process.platform === "win32" });
}

export async function requireEverything() {
  requireNode();
  await requireRust();
  await requireModules();
}

/** Where an installed package keeps the program it brings. */
export function packageBin(name, bin = name) {
  const manifest = createRequire(import.meta.url).resolve(inRoot("node_modules", name, "package.json"));
  const { bin: bins } = JSON.parse(readFileSync(manifest, "utf8"));
  return join(dirname(manifest), typeof bins === "string" ? bins : bins[bin]);
}
