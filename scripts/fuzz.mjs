// Documents nobody would write, made of the HTML standard's own tests, for as long as you like.
//
//   npm run fuzz                          one minute
//   npm run fuzz -- --minutes 60 --seed 7 an hour, of documents that can be had again

import { Trouble, main, requireRust, root, run } from "./setup.mjs";

function number(name, otherwise) {
  const at = process.argv.indexOf(`--${name}`);
  const given = at < 0 ? otherwise : Number(process.argv[at + 1]);
  if (given !== undefined && !(given >= 0)) throw new Trouble(`--${name} wants a number.`);
  return given;
}

main(async () => {
  const [minutes, seed] = [number("minutes", 1), number("seed")];
  await requireRust();
  const env = { ...process.env, EDGE_CONSENT_FUZZ_SECONDS: String(Math.round(minutes * 60)), EDGE_CONSENT_FUZZ_FAULTS: "20" };
  env.EDGE_CONSENT_FUZZ_SEED = String(seed ?? Date.now());
  await run("cargo", ["test", "--locked", "--profile", "fuzz", "--test", "core", "standard::fuzz", "--", "--nocapture"], { env, cwd: root });
  return 0;
});
