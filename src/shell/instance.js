// The instance of the wasm: how what has to wait is done, and what happens when it traps.

import { __wbg_reset_state } from "edge-consent-glue";

/** Counts the instances. */
let era = 0;
/** Whether the present one has trapped. */
let broken = false;

/** After these the instance's memory is in disorder; a stack that overflowed is a RangeError. */
export const isTrap = (error) => error instanceof WebAssembly.RuntimeError || error instanceof RangeError;

/** What an error says. */
export const said = (error) => String(error?.message ?? error);

/** One line for the operator: what failed, never who was there. */
export const log = (fault, error) => console.error(JSON.stringify({ level: "error", fault, detail: said(error) }));

/** What a call into the wasm has thrown. */
export function note(error, fault = "rejected") {
  broken ||= isTrap(error);
  log(isTrap(error) ? "trap" : fault, error);
}

/** To be called before the wasm is given anything new: what has trapped is not gone into again. */
export function prepare() {
  if (!broken) return;
  __wbg_reset_state();
  era += 1;
  broken = false;
}

/** Numbers and objects of the wasm's are of one instance; this says whether it is still there. */
export function present() {
  const born = era;
  return () => born === era && !broken;
}

const gone = "The instance has trapped over another request.";

/** What a task of the wasm's comes to, whatever it has to wait for; undefined if that fails. */
export async function finish(task) {
  const isThere = present();
  try {
    for (let came, failed = false; ; ) {
      if (!isThere()) {
        log("lost", gone);
        return undefined;
      }
      const next = task.go(came, failed);
      if (!(next instanceof Promise)) return next;
      [came, failed] = await next.then((value) => [value, false], (error) => [error, true]);
    }
  } catch (error) {
    note(error);
    return undefined;
  } finally {
    if (isThere()) task.free();
  }
}

/** An object of the wasm's that is used piece by piece. */
export function borrowed(object) {
  const isThere = present();
  return {
    /** The object, as long as it is there. */
    get it() {
      if (!isThere()) throw new Error(gone);
      return object;
    },
    giveBack: () => isThere() && object.free(),
  };
}

const title = "This page could not be prepared";
const text = "Something went wrong on our side. Please reload the page.";

/** What a visitor reads in place of a page that the wasm has failed over. */
export const sorry = {
  title,
  text,
  page: `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><meta name="color-scheme" content="light dark"><title>${title}</title><body style="font:1rem/1.5 system-ui,sans-serif;max-width:36rem;margin:15vh auto;padding:0 1rem"><main><h1>${title}</h1><p>${text}</p></main>`,
  /** Where the page that it stands in place of may have been kept: the browser gets that one anew. */
  anew: '<script>fetch(location.href,{cache:"reload"})</script>',
};
