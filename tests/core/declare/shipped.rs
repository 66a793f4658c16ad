//! The sites that ship: the worker reads what the build wrote.

use crate::kit::SITES;
use edge_consent::declared;
use edge_consent::site::declare;
use std::path::Path;

#[test]
fn the_worker_reads_exactly_what_the_checker_read() {
    let read = declare::read(Path::new(env!("CARGO_MANIFEST_DIR"))).unwrap();
    // An owner's own are beside them.
    for id in SITES {
        assert!(declared::by_id(id).is_some(), "{id}");
    }
    assert_eq!(declared::all().count(), read.len());
    for site in &read {
        assert_eq!(declared::by_id(&site.id), Some(site));
    }
}

/// Sites that only tests have: without this, a mistake in them would show in no other part than the browser's.
#[test]
fn the_tests_own_sites_are_right() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    match declare::read_folders(root, &["sites", "tests/sites"]) {
        Ok(sites) => assert!(sites.len() > declared::all().count()),
        Err(mistakes) => panic!("{}", declare::report(&mistakes)),
    }
}

#[test]
fn a_host_finds_its_site_however_it_is_written() {
    for declared in declared::all() {
        for host in declared.hosts {
            let written = [
                host.to_string(),
                host.to_uppercase(),
                format!("{host}:8787"),
                format!("{host}."),
            ];
            for host in written {
                assert_eq!(declared::by_host(&host).unwrap().id, declared.id, "{host}");
            }
        }
        let local = declared::by_host(&format!("{}.localhost:8787", declared.id)).unwrap();
        assert_eq!(local.id, declared.id);
        assert_eq!(local.name, declared.name);
    }
    for other in [
        "",
        ":",
        ".",
        "localhost",
        "nobody.example",
        "x.musictracker.io",
        ".localhost",
        "[::1]:80",
    ] {
        assert!(declared::by_host(other).is_none(), "{other}");
    }
    assert!(declared::by_id("nobody").is_none());
}
