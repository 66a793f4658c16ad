//! Folders to read declarations from, put together in the target directory.

use edge_consent::site::Site;
use edge_consent::site::declare::{self, Mistake};
use std::fs;
use std::path::{Path, PathBuf};

/// A folder with the languages and services that ship, and sites to play with.
pub(crate) struct Fixture(PathBuf);

impl Fixture {
    /// With one site of `good/`. `name` tells the folders of tests apart, which run side by side.
    pub(crate) fn new(name: &str, site: &str) -> Self {
        let root = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
        if root.exists() {
            fs::remove_dir_all(&root).unwrap();
        }
        let fixture = Self(root);
        let shipped = Path::new(env!("CARGO_MANIFEST_DIR"));
        for folder in ["languages", "services"] {
            copy(&shipped.join(folder), &fixture.0.join(folder));
        }
        let folder = format!("sites/{site}");
        copy(&here().join("good").join(&folder), &fixture.0.join(folder));
        fixture
    }

    /// Lays other files over it.
    pub(crate) fn overlay(&self, folder: &Path) {
        copy(folder, &self.0);
    }

    /// Changes a text that is there.
    pub(crate) fn edit(&self, path: &str, from: &str, to: &str) {
        let path = self.0.join(path);
        let text = fs::read_to_string(&path).unwrap();
        assert!(text.contains(from), "{from:?} is not in {}", path.display());
        fs::write(path, text.replacen(from, to, 1)).unwrap();
    }

    /// Writes a file anew.
    pub(crate) fn write(&self, path: &str, text: &str) {
        fs::write(self.0.join(path), text).unwrap();
    }

    pub(crate) fn read(&self) -> Result<Vec<Site>, Vec<Mistake>> {
        declare::read(&self.0)
    }

    /// The only site, which has to be a good one.
    pub(crate) fn site(&self) -> Site {
        match self.read() {
            Ok(sites) => sites.into_iter().next().unwrap(),
            Err(mistakes) => panic!("{}", declare::report(&mistakes)),
        }
    }
}

/// The folder of these tests.
pub(crate) fn here() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/core/declare")
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}
