//! What lies in a folder, in a stable order.

use std::fs;
use std::path::Path;

/// Names of the files in `root/folder` that end in `.extension`, without it.
pub(super) fn stems(root: &Path, folder: &str, extension: &str) -> Vec<String> {
    let suffix = format!(".{extension}");
    let names = files(root, folder);
    names
        .iter()
        .filter_map(|name| name.strip_suffix(&suffix))
        .map(str::to_owned)
        .collect()
}

/// Names of the files in `root/folder`.
pub(super) fn files(root: &Path, folder: &str) -> Vec<String> {
    names(root, folder, false)
}

/// Names of the folders in `root/folder`.
pub(super) fn folders(root: &Path, folder: &str) -> Vec<String> {
    names(root, folder, true)
}

fn names(root: &Path, folder: &str, folders: bool) -> Vec<String> {
    let entries = fs::read_dir(root.join(folder))
        .into_iter()
        .flatten()
        .flatten();
    let mut names: Vec<String> = entries
        .filter(|entry| entry.path().is_dir() == folders)
        .filter_map(|entry| entry.file_name().into_string().ok())
        .filter(|name| !name.starts_with('.'))
        .collect();
    names.sort();
    names
}
