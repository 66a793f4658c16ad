//! Names what a worker is built from, so that what browsers keep of one build is never taken for another's.

use sha2::{Digest as _, Sha256};
use std::{fs, io, path::Path};

/// Twelve hex digits that differ if anything in one of these files and folders of `root` does: names and contents, but
/// for what begins with a dot.
///
/// # Errors
///
/// A file or folder can't be read; the error names it.
pub fn edition(root: &Path, parts: &[&str]) -> io::Result<String> {
    let mut all = Sha256::new();
    for part in parts {
        add(&mut all, &root.join(part), part)?;
    }
    Ok(super::digest::hex(&all.finalize(), 12))
}

fn add(all: &mut Sha256, path: &Path, name: &str) -> io::Result<()> {
    let telling = |error: io::Error| {
        let text = format!("{name} can't be read: {error}. Take it away, or make it readable.");
        io::Error::new(error.kind(), text)
    };
    if !path.is_dir() {
        let content = fs::read(path).map_err(telling)?;
        all.update(format!("{name}\0{}\0", content.len()));
        all.update(content);
        return Ok(());
    }
    let entries: Result<Vec<_>, _> = fs::read_dir(path).map_err(telling)?.collect();
    let mut names: Vec<String> = entries
        .map_err(telling)?
        .iter()
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .filter(|name| !name.starts_with('.'))
        .collect();
    names.sort();
    for inner in names {
        add(all, &path.join(&inner), &format!("{name}/{inner}"))?;
    }
    Ok(())
}
