//! `edge-consent-bindgen <input.wasm> <output folder>`
//!
//! What `wasm-bindgen --target module` does, as worker-build calls it, without
//! the rest of either tool (docs/adr/0002). Writes `index.js` and `index_bg.wasm`.

use std::{env, process::ExitCode};
use wasm_bindgen_cli_support::Bindgen;

fn main() -> ExitCode {
    let mut args = env::args().skip(1);
    let (Some(input), Some(output), None) = (args.next(), args.next(), args.next()) else {
        eprintln!("usage: edge-consent-bindgen <input.wasm> <output folder>");
        return ExitCode::from(2);
    };
    match write_glue(&input, &output) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("edge-consent-bindgen: {error}");
            ExitCode::FAILURE
        }
    }
}

fn write_glue(input: &str, output: &str) -> Result<(), String> {
    let mut bindgen = Bindgen::new();
    bindgen
        .input_path(input)
        .out_name("index")
        // An ES module that gets the compiled wasm by import: the form workerd takes.
        .module(true)
        .map_err(|error| format!("{error:#}"))?
        .typescript(false)
        // `__wbg_reset_state`, with which src/shell/entry.js replaces an instance that trapped.
        .reset_state_function(true);
    bindgen
        .generate(output)
        .map_err(|error| format!("{error:#}"))
}
