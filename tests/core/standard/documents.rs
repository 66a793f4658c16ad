//! The documents of html5lib-tests, read from where cargo keeps the package that carries them.

use serde_json::Value;
use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
    sync::LazyLock,
};

/// The package that carries them, and the version that Cargo.toml pins.
const PACKAGE: (&str, &str) = ("markup5ever_rcdom", "0.2.0");

/// What a tokenizer test starts inside of, and the markup that leads there.
const OPENERS: &[(&str, &str)] = &[
    ("Data state", ""),
    ("RCDATA state", "<title>"),
    ("RAWTEXT state", "<style>"),
    ("Script data state", "<script>"),
    ("PLAINTEXT state", "<plaintext>"),
    ("CDATA section state", "<svg><![CDATA["),
];

/// Every document, each once, sorted.
pub(super) static DOCUMENTS: LazyLock<Vec<String>> = LazyLock::new(|| {
    let folder = folder();
    let mut all = Vec::new();
    for file in files(&folder.join("tree-construction"), "dat") {
        of_trees(&fs::read_to_string(&file).unwrap(), &mut all);
    }
    for file in files(&folder.join("tokenizer"), "test") {
        of_tokens(&fs::read_to_string(&file).unwrap(), &mut all);
    }
    all.sort();
    all.dedup();
    assert!(
        all.len() > 5000,
        "only {} documents in {}",
        all.len(),
        folder.display()
    );
    all
});

/// Where cargo keeps them; it fetches the package if it has to.
fn folder() -> PathBuf {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--locked", "--format-version=1"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "cargo can't fetch the standard's tests: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    let metadata: Value = serde_json::from_slice(&output.stdout).unwrap();
    let package = metadata["packages"]
        .as_array()
        .into_iter()
        .flatten()
        .find(|package| package["name"] == PACKAGE.0 && package["version"] == PACKAGE.1)
        .unwrap();
    let manifest = Path::new(package["manifest_path"].as_str().unwrap());
    manifest.with_file_name("html5lib-tests")
}

fn files(folder: &Path, extension: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path, extension));
        } else if path.extension().is_some_and(|own| own == extension) {
            found.push(path);
        }
    }
    found
}

/// `#data`, the document, `#errors`.
fn of_trees(text: &str, all: &mut Vec<String>) {
    for part in format!("\n{text}").split("\n#data\n").skip(1) {
        let end = ["\n#errors", "\n#script-"]
            .iter()
            .filter_map(|end| part.find(end))
            .min();
        let end = end.unwrap_or(part.len());
        all.push(part[..end].to_owned());
    }
}

/// JSON: an input, and the states in which it is read.
fn of_tokens(text: &str, all: &mut Vec<String>) {
    let file: Value = serde_json::from_str(text).unwrap();
    let lists = [&file["tests"], &file["xmlViolationTests"]];
    for test in lists.iter().filter_map(|list| list.as_array()).flatten() {
        let input = test["input"].as_str().unwrap();
        let input = if test["doubleEscaped"] == true {
            // Lone halves of pairs are no text in UTF-8.
            let Ok(input) = serde_json::from_str(&format!("\"{}\"", input.replace('"', "\\\"")))
            else {
                continue;
            };
            input
        } else {
            input.to_owned()
        };
        let Some(states) = test["initialStates"].as_array() else {
            all.push(input);
            continue;
        };
        let last = test["lastStartTag"].as_str();
        for (state, opener) in OPENERS {
            if !states.iter().any(|own| own == state) {
                continue;
            }
            all.push(format!("{opener}{input}"));
            if let Some(last) = last {
                all.push(format!("<{last}>{input}"));
            }
        }
    }
}
