// src → build/index.js + build/index_bg.wasm, the worker as workerd loads it.
//
//   cargo build        the crate, compiled to wasm
//   tools/bindgen      the JavaScript that joins it to the runtime
//   esbuild            src/shell/entry.js and that JavaScript, as one file
//   wasm-metadce       the same wasm without what that file never calls
//   wasm-opt           the same wasm, smaller
//
// Why not worker-build: docs/adr/0002. A step runs when what it reads has changed.
//
//   npm run build                    the worker
//   npm run build -- --test-sites    build-test/, the same with the sites of tests/sites: for tests alone

import { createHash } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync, copyFileSync } from "node:fs";
import { homedir } from "node:os";
import { basename, join } from "node:path";
import { pathToFileURL } from "node:url";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import { Trouble, inRoot, main, packageBin, requireEverything, root, run, seconds } from "./setup.mjs";

const target = "wasm32-unknown-unknown";

/**
 * What is built: where to, and which sites besides those of `sites/`. `bench/` builds others beside these: more sites, and
 * crates of its own (`crate`, `artifact`, `entry`).
 */
const plain = { out: inRoot("build"), glue: "edge-consent-glue", crate: root, artifact: "edge_consent", entry: "src/shell/entry.js" };
const withTestSites = { ...plain, out: inRoot("build-test"), glue: "edge-consent-glue-test", sites: "tests/sites" };

// Named one by one, so that a newer binaryen can't use an encoding that the
// runtime doesn't know yet. These are what rustc enables for this target.
const features = ["mutable-globals", "sign-ext", "nontrapping-float-to-int", "bulk-memory", "multivalue", "reference-types"].map((feature) => `--enable-${feature}`);
// The stack lies lowest in memory, and grows downwards: no address below 1,024 is ever used. In order of their names, the
// copies that generic functions have become stand side by side, which is where gzip looks.
const optimise = ["--low-memory-unused", "--flatten", "--rereloop", "-Oz", "-Oz", "--reorder-functions-by-name"];

/**
 * The functions that Rust's code marks as `apart`, as patterns of their names. They would be put into the only function
 * that calls them, and each isolate's first request would wait until they are compiled, whether it needs them or not.
 */
function apart(folder, path) {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const file = join(folder, entry.name);
    const name = entry.name.replace(/\.rs$/, "");
    const inner = ["lib", "mod"].includes(name) ? path : `${path}::${name}`;
    if (entry.isDirectory()) return apart(file, inner);
    const marked = name === entry.name ? [] : readFileSync(file, "utf8").matchAll(/^ *#\[inline\(never\)\] \/\/ apart.*\n.*\bfn (\w+)/gm);
    return Array.from(marked, ([, own]) => `${inner}::*${own}::h*`);
  });
}

// Set by `npm start`. While someone edits and reloads, the seconds count and the
// size doesn't; and a build that fails must not take away what answered before.
const watched = () => process.env.EDGE_CONSENT_WATCHED === "1";

const digest = (...parts) => {
  const hash = createHash("sha256");
  for (const part of parts) hash.update(part).update("\0");
  return hash.digest("hex");
};
const read = (path) => readFileSync(path);
const readJson = (path) => (existsSync(path) ? JSON.parse(readFileSync(path, "utf8")) : {});
const lockedVersion = (lockFile, crate) =>
  new RegExp(`name = "${crate}"\\nversion = "([^"]+)"`).exec(readFileSync(lockFile, "utf8"))?.[1];

/** The glue and the macro speak a private language that changes with every release. */
export function bindgenVersion() {
  const ours = lockedVersion(inRoot("Cargo.lock"), "wasm-bindgen");
  const tools = lockedVersion(inRoot("tools/bindgen/Cargo.lock"), "wasm-bindgen-cli-support");
  if (ours !== tools) {
    throw new Trouble(
      `Cargo.lock has wasm-bindgen ${ours}, but tools/bindgen/Cargo.lock has wasm-bindgen-cli-support ${tools}: they must be the same.\n` +
        `  Put "=${ours}" into tools/bindgen/Cargo.toml, run \`cargo update\` there, and commit its Cargo.lock.`,
    );
  }
  return tools;
}

/** Builds tools/bindgen into the user's cache, unless this very one is there. */
async function bindgenTool() {
  const version = bindgenVersion();
  const source = digest(...["Cargo.toml", "Cargo.lock", "src/main.rs"].map((file) => read(inRoot("tools/bindgen", file)))).slice(0, 8);
  const cache = join(process.env.XDG_CACHE_HOME || join(homedir(), ".cache"), "edge-consent");
  const name = `bindgen-${version}-${process.platform}-${process.arch}-${source}`;
  const suffix = process.platform === "win32" ? ".exe" : "";
  const tool = join(cache, name + suffix);
  if (existsSync(tool)) return tool;

  const began = performance.now();
  console.log(`First run: building the binding tool into ${cache} (about a minute, once per user)…`);
  mkdirSync(cache, { recursive: true });
  const work = mkdtempSync(join(cache, "building-"));
  try {
    // Not from tools/bindgen: a clone may be read-only, and its CARGO_TARGET_DIR is another's.
    await run("cargo", ["build", "--release", "--locked", "--manifest-path", inRoot("tools/bindgen/Cargo.toml"), "--target-dir", work]);
    // Renamed into place: whoever finds it finds all of it, also when two builds race.
    copyFileSync(join(work, "release", `edge-consent-bindgen${suffix}`), join(work, name));
    renameSync(join(work, name), tool);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
  console.log(`Binding tool built in ${seconds(began)}.`);
  return tool;
}

async function compile({ sites, glue, crate, artifact }, quiet) {
  const profile = watched() ? "watched" : "release";
  const env = { ...process.env, EDGE_CONSENT_MORE_SITES: sites };
  if (!sites) delete env.EDGE_CONSENT_MORE_SITES;
  // A panic names its place: the same one whoever builds, and not where his crates lie. Beside the flags of .cargo/config.toml,
  // in whose place a variable would come.
  const crates = join(process.env.CARGO_HOME || join(homedir(), ".cargo"), "registry", "src");
  const flags = ["--config", `target.${target}.rustflags=[${JSON.stringify(`--remap-path-prefix=${crates}=`)}]`];
  // Of both crate types only this one: beside an rlib the link-time optimiser stays off.
  await run("cargo", ["rustc", ...flags, "--profile", profile, "--target", target, "--lib", "--crate-type", "cdylib", "--locked", ...(quiet ? ["--quiet"] : [])], { env, cwd: crate });
  const { stdout } = await run("cargo", ["metadata", "--no-deps", "--format-version", "1", "--offline", "--locked"], { capture: true, cwd: crate });
  const folder = JSON.parse(stdout).target_directory;
  return { wasm: join(folder, target, profile, `${artifact}.wasm`), work: join(folder, glue) };
}

/** `script`: the JavaScript that it belongs to. What is exported and nothing there names, goes. */
async function optimiseWasm(file, script, { crate, artifact }) {
  const names = WebAssembly.Module.exports(new WebAssembly.Module(read(file))).map(({ name }) => name);
  const words = new Set(script.match(/[\w$]+/g));
  const graph = [
    { name: "script", root: true, reaches: names.filter((name) => words.has(name)).map((name) => `export ${name}`) },
    ...names.map((name) => ({ name: `export ${name}`, export: name })),
  ];
  writeFileSync(`${file}.json`, JSON.stringify(graph));
  const binaryen = (tool, ...rest) => run(process.execPath, [packageBin("binaryen", tool), ...features, file, "-o", `${file}.new`, ...rest], { capture: true });
  // The names are kept until the end: functions are put in their order.
  const functions = readFileSync(file, "latin1");
  const kept = apart(join(crate, "src"), artifact).map((pattern) => {
    const isThere = new RegExp(pattern.replaceAll("*", "[\\w:]*")).test(functions);
    if (!isThere) throw new Error(`No function of the wasm is called ${pattern}, which is marked as apart in src/: the compiler has put it elsewhere, and the mark can go.`);
    return `--no-inline=${pattern}`;
  });
  for (const step of [["wasm-metadce", "-g", "--graph-file", `${file}.json`], ["wasm-opt", ...kept, ...optimise]]) {
    await binaryen(...step);
    renameSync(`${file}.new`, file);
  }
}

/** One use of the library's search for texts brings all of it, and the tables of what it would say if it failed. */
function checkSearch(wasm) {
  if (!read(wasm).includes("StrSearcher")) return;
  throw new Trouble("src/ seeks a text with the library's search (`.contains(\"…\")`, `.split(text)`, …), which weighs some kilobytes. Use src/find.rs.");
}

/** Entry and glue in one file; the wasm stays an import, which the runtime compiles itself. */
async function bundle(entry, work) {
  const esbuild = await import("esbuild");
  const result = await esbuild.build({
    absWorkingDir: root,
    entryPoints: [entry],
    bundle: true,
    write: false,
    format: "esm",
    target: "esnext",
    minify: true,
    legalComments: "none",
    logLevel: "warning",
    // wasm-bindgen names a snippet once for each function that it lends.
    logOverride: { "duplicate-object-key": "silent" },
    plugins: [
      {
        name: "glue",
        setup(build) {
          build.onResolve({ filter: /^edge-consent-glue$/ }, () => ({ path: join(work, "index.js") }));
          build.onResolve({ filter: /\.wasm$/ }, ({ path }) => ({ path, external: true }));
          // What the entry shares with the wasm is in there once; and copies would miss what lies beside the originals.
          build.onResolve({ filter: /snippets.*[/\\](bridge|kv)\.js$/ }, ({ path }) => ({ path: inRoot("src/shell", basename(path)) }));
          // For `using`, which nothing here does; without it esbuild sees which classes nobody needs.
          build.onLoad({ filter: /edge-consent-glue[^/\\]*.index\.js$/ }, ({ path }) => ({ contents: readFileSync(path, "utf8").replaceAll(/^if \(Symbol\.dispose\) .*$/gm, ""), resolveDir: work }));
        },
      },
    ],
  });
  // esbuild knows the source phase, workerd doesn't: there a plain import is the module.
  return result.outputFiles[0].text.replaceAll(/\bimport source /g, "import ");
}

function sizes(files, small) {
  const kB = (bytes) => `${(bytes / 1000).toFixed(1)} kB`;
  const sum = (size) => kB(files.reduce((total, file) => total + size(file), 0));
  const brotli = (file) => brotliCompressSync(file, { params: { [constants.BROTLI_PARAM_SIZE_HINT]: file.length } }).length;
  const raw = `${sum((file) => file.length)} raw`;
  return !small ? `${raw}, not optimised` : `${raw}, ${sum((file) => gzipSync(file, { level: 9 }).length)} gzip, ${sum(brotli)} brotli`;
}

/** One build at a time in this clone: saving a file can make wrangler start several. */
async function alone(task) {
  mkdirSync(plain.out, { recursive: true });
  const lock = join(plain.out, ".lock");
  const isAlive = (pid) => {
    try {
      return process.kill(pid, 0);
    } catch {
      return false;
    }
  };
  for (let turn = 1; ; turn += 1) {
    try {
      writeFileSync(lock, String(process.pid), { flag: "wx" });
      break;
    } catch (error) {
      if (error.code !== "EEXIST") throw error;
      const holder = existsSync(lock) ? Number(readFileSync(lock, "utf8")) : NaN;
      // Left behind by a build that was killed.
      if (holder && !isAlive(holder)) rmSync(lock, { force: true });
      else await new Promise((resolve) => setTimeout(resolve, 50));
      if (turn === 100) console.log(`Waiting for the build of process ${holder} (build/.lock)…`);
    }
  }
  try {
    return await task();
  } finally {
    rmSync(lock, { force: true });
  }
}

/** `quiet`: nothing of cargo's progress; `other`: what differs from the worker, as in `plain`. */
export const build = (options) => alone(() => steps(options));

async function steps({ quiet = false, testSites = false, other } = {}) {
  const began = performance.now();
  const kind = { ...(testSites ? withTestSites : plain), ...other };
  const { out, entry } = kind;
  const name = `${basename(out)}/`;
  mkdirSync(out, { recursive: true });
  const tool = await bindgenTool();
  const { wasm, work } = await compile(kind, quiet);
  // Nobody waits for a test's download.
  const small = !watched() && !testSites;

  if (kind.crate === root && !watched()) checkSearch(wasm);

  const scripts = [inRoot(entry), ...["bridge.js", "instance.js", "kv.js"].map((file) => inRoot("src/shell", file)), inRoot("scripts/build.mjs")].map(read);
  const tools = ["binaryen", "esbuild"].map((name) => read(inRoot("node_modules", name, "package.json")));
  const stamp = digest(tool, read(wasm), String(small), ...scripts, ...tools);
  const stampFile = join(work, "stamp.json");
  if (readJson(stampFile).stamp !== stamp) {
    rmSync(work, { recursive: true, force: true });
    mkdirSync(work, { recursive: true });
    await run(tool, [wasm, work]);
    const script = await bundle(entry, work);
    writeFileSync(join(work, "bundle.js"), script);
    if (small) await optimiseWasm(join(work, "index_bg.wasm"), script, kind);
    writeFileSync(stampFile, JSON.stringify({ stamp }));
  }

  const outputs = [join(out, "index.js"), join(out, "index_bg.wasm")];
  const outStampFile = join(out, "stamp.json");
  const before = readJson(outStampFile);
  if (before.stamp === stamp && outputs.every((file) => existsSync(file))) {
    console.log(`${name} is up to date: ${before.sizes} (${seconds(began)})`);
    return;
  }
  const contents = ["bundle.js", "index_bg.wasm"].map((file) => read(join(work, file)));
  rmSync(outStampFile, { force: true });
  outputs.forEach((file, index) => {
    writeFileSync(`${file}.new`, contents[index]);
    renameSync(`${file}.new`, file);
  });
  const built = { stamp, sizes: sizes(contents, small) };
  writeFileSync(outStampFile, JSON.stringify(built));
  console.log(`${name} is new: ${built.sizes} (${seconds(began)})`);
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  main(async () => {
    await requireEverything();
    const testSites = process.argv.includes("--test-sites");
    try {
      await build({ quiet: watched(), testSites });
    } catch (error) {
      // wrangler would hold back every request until a build succeeds.
      if (!watched() || testSites || !existsSync(inRoot("build/index.js"))) throw error;
      console.error(`✖ ${error.message}\n✖ The worker from before goes on answering.`);
    }
  });
}
