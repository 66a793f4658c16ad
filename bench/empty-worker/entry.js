import * as wasm from "edge-consent-glue";

wasm.__worker_init_state();

export default { fetch: (request, env, context) => wasm.fetch(request, env, context) };
