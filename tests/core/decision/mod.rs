//! The decision table: everything a visitor may have said, times every signal, times every stance of the site.
//!
//! `table.toml` says what is expected. Rows are tried from the top, `*` stands for anything. A combination that no row
//! covers fails, and so does a row that no combination needs. Each combination goes the whole way, from headers on.
#![allow(
    clippy::panic,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "helpers of tests: where they fail, the test fails"
)]

use crate::kit::{Ask, DAY, NOW, made, site};
use edge_consent::decision::{Decision, Source};
use edge_consent::site::{Site, Stance};
use edge_consent::visit::Made;
use serde::Deserialize;

const CHOICES: [&str; 10] = [
    "unasked",
    "unreadable",
    "from-the-future",
    "expired",
    "refused",
    "granted",
    "partly",
    "stale",
    "granted-gpc",
    "granted-dnt",
];
const SIGNALS: [&str; 4] = ["absent", "on", "off", "malformed"];
const STANCES: [&str; 2] = ["honour", "ignore"];

#[derive(Deserialize)]
struct Table {
    rows: Vec<[String; 9]>,
}

#[test]
fn every_combination_is_decided_as_the_table_says() {
    let table: Table = toml::from_str(include_str!("table.toml")).unwrap();
    for row in &table.rows {
        check_words(row);
    }
    let mut used = vec![0; table.rows.len()];
    let mut wrong = Vec::new();
    for combination in combinations() {
        let row = table.rows.iter().position(|row| {
            (row.iter().zip(combination)).all(|(cell, value)| cell == "*" || cell == value)
        });
        let Some(row) = row else {
            wrong.push(format!("{combination:?}: no row"));
            continue;
        };
        used[row] += 1;
        let expected = &table.rows[row][5..];
        let actual = outcome(combination);
        if expected != actual {
            wrong.push(format!("{combination:?}: {actual:?}, not {expected:?}"));
        }
    }
    for (row, _) in table.rows.iter().zip(used).filter(|(_, used)| *used == 0) {
        wrong.push(format!("{row:?}: no combination needs it"));
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

fn combinations() -> impl Iterator<Item = [&'static str; 5]> {
    CHOICES.into_iter().flat_map(|choice| {
        SIGNALS.into_iter().flat_map(move |gpc| {
            SIGNALS.into_iter().flat_map(move |dnt| {
                STANCES.into_iter().flat_map(move |gpc_is| {
                    STANCES.map(|dnt_is| [choice, gpc, dnt, gpc_is, dnt_is])
                })
            })
        })
    })
}

/// A misspelt word would never match, and a row above could hide that.
fn check_words(row: &[String; 9]) {
    let known: [&[&str]; 9] = [
        &CHOICES,
        &SIGNALS,
        &SIGNALS,
        &STANCES,
        &STANCES,
        &["choice", "gpc", "dnt", "default"],
        &["decided", "asks"],
        &["granted", "denied"],
        &["granted", "denied"],
    ];
    for (index, (cell, words)) in row.iter().zip(known).enumerate() {
        let any = index < 5 && cell == "*";
        assert!(any || words.contains(&cell.as_str()), "{cell} in {row:?}");
    }
}

fn outcome([choice, gpc, dnt, gpc_is, dnt_is]: [&str; 5]) -> [&'static str; 4] {
    let mut site: Site = site("trackncloak").clone();
    site.signals.gpc = stance(gpc_is);
    site.signals.dnt = stance(dnt_is);
    let mut ask = Ask::get("/");
    for (name, signal) in [("sec-gpc", gpc), ("dnt", dnt)] {
        match signal {
            "absent" => {}
            "on" => ask = ask.with(name, "1"),
            "off" => ask = ask.with(name, "0"),
            "malformed" => ask = ask.with(name, "true"),
            other => panic!("{other}"),
        }
    }
    ask = match choice {
        "unasked" => ask,
        "unreadable" => ask.with("cookie", "cookie_consent=accept"),
        other => ask.chose(&chosen(&site, other)),
    };
    let decision = ask.decision(&site);
    check_consistency(&site, &decision);
    let word = |id| {
        if decision.grants(&site, id) {
            "granted"
        } else {
            "denied"
        }
    };
    let source = match decision.source {
        Source::Choice => "choice",
        Source::Gpc => "gpc",
        Source::Dnt => "dnt",
        Source::Default => "default",
    };
    let decided = if decision.decided { "decided" } else { "asks" };
    [source, decided, word("functional"), word("analytics")]
}

fn chosen(site: &Site, choice: &str) -> Made {
    let all = made(site, &["functional", "analytics"]);
    let lasts = u64::from(site.consent.days) * DAY;
    match choice {
        "from-the-future" => Made {
            at: NOW + 3600,
            ..all
        },
        "expired" => Made {
            at: NOW - lasts,
            ..all
        },
        "refused" => made(site, &[]),
        "granted" => all,
        "partly" => made(site, &["functional"]),
        "stale" => {
            let mut made = all;
            made.answers[1].digest.replace_range(.., "00000000");
            made
        }
        "granted-gpc" => Made { gpc: true, ..all },
        "granted-dnt" => Made { dnt: true, ..all },
        other => panic!("{other}"),
    }
}

fn stance(word: &str) -> Stance {
    match word {
        "honour" => Stance::Honour,
        _ => Stance::Ignore,
    }
}

/// What holds in every row.
fn check_consistency(site: &Site, decision: &Decision) {
    assert!(decision.grants(site, "necessary"));
    assert!(!decision.grants(site, "unknown"));
    assert_eq!(decision.asks(), !decision.decided);
    assert_eq!(decision.categories.len(), site.optional().count());
}
