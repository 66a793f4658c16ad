//! Folders to read declarations from, put together in the target directory.

use edge_consent::site::Site;
use edge_consent::site::declare::{self, Mistake};
use std::fs;
use std::path::{Path, PathBuf};

const SHIPPED: [&str; 2] = ["languages", "services"];

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
        fs::create_dir_all(&fixture.0).unwrap();
        for folder in SHIPPED {
            link(&shipped(folder), &fixture.0.join(folder));
        }
        let folder = format!("sites/{site}");
        copy(&here().join("good").join(&folder), &fixture.0.join(folder));
        fixture
    }

    /// With one of the sites that ship.
    pub(crate) fn of_shipped(name: &str, site: &str) -> Self {
        let fixture = Self::new(name, "shop");
        fs::remove_dir_all(fixture.0.join("sites/shop")).unwrap();
        let folder = format!("sites/{site}");
        copy(&shipped(&folder), &fixture.0.join(folder));
        fixture
    }

    /// Lays other files over it.
    pub(crate) fn overlay(&self, folder: &Path) {
        for shipped in SHIPPED.iter().filter(|name| folder.join(name).exists()) {
            self.own(shipped);
        }
        copy(folder, &self.0);
    }

    /// Changes a text that is there.
    pub(crate) fn edit(&self, path: &str, from: &str, to: &str) {
        self.own(path);
        let path = self.0.join(path);
        let text = fs::read_to_string(&path).unwrap();
        assert!(text.contains(from), "{from:?} is not in {}", path.display());
        fs::write(path, text.replacen(from, to, 1)).unwrap();
    }

    /// Writes a file anew.
    pub(crate) fn write(&self, path: &str, text: &str) {
        self.own(path);
        fs::write(self.0.join(path), text).unwrap();
    }

    /// Puts a copy where a link to what ships was, before something changes there.
    fn own(&self, path: &str) {
        let folder = path.split('/').next().unwrap();
        let linked = self.0.join(folder);
        if SHIPPED.contains(&folder) && linked.is_symlink() {
            fs::remove_file(&linked).unwrap();
            copy(&shipped(folder), &linked);
        }
    }

    pub(crate) fn read(&self) -> Result<Vec<Site>, Vec<Mistake>> {
        declare::read(&self.0)
    }

    /// What a worker would be called that is built from its sites and services.
    pub(crate) fn edition(&self) -> String {
        declare::edition(&self.0, &["sites", "services"]).unwrap()
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

fn shipped(folder: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(folder)
}

/// The catalogue is a hundred files, and a hundred fixtures are made of it.
#[cfg(unix)]
fn link(from: &Path, to: &Path) {
    std::os::unix::fs::symlink(from, to).unwrap();
}

#[cfg(not(unix))]
fn link(from: &Path, to: &Path) {
    copy(from, to);
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
