//! What KV keeps: written late, sealed, exported and checked, on a KV made of a map.
#![allow(
    clippy::panic,
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "helpers of tests: where they fail, the test fails"
)]

mod days;
mod exports;
mod forms;
mod pending;

use crate::kit::{Ask, DAY, NOW};
use edge_consent::app::{Moment, Next};
use edge_consent::record::{Export, Fault, Format, Listed, Page, Store, Write};
use edge_consent::site::Site;
use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::pin::pin;
use std::task::{Context, Poll, Waker};

const CHOICE: &str = "/_privacy/choice";

/// A KV that lists a few keys at a time, and fails when it is told to.
#[derive(Default)]
struct Memory {
    entries: RefCell<BTreeMap<String, (String, Option<String>)>>,
    page: usize,
    operations: Cell<u32>,
    fails_at: Cell<Option<u32>>,
}

impl Memory {
    fn new(page: usize) -> Self {
        Self {
            page,
            ..Self::default()
        }
    }

    fn add(&self, write: &Write) {
        let entry = (write.value.clone(), write.metadata.clone());
        self.entries.borrow_mut().insert(write.key.clone(), entry);
    }

    fn keys(&self, prefix: &str) -> Vec<String> {
        let entries = self.entries.borrow();
        let keys = entries.keys().filter(|key| key.starts_with(prefix));
        keys.cloned().collect()
    }

    fn value(&self, key: &str) -> Option<String> {
        let entries = self.entries.borrow();
        entries.get(key).map(|(value, _)| value.clone())
    }

    fn operate(&self) -> Result<(), Fault> {
        let operation = self.operations.get() + 1;
        self.operations.set(operation);
        if self.fails_at.get() == Some(operation) {
            return Err(Fault("KV failed: 429 Too Many Requests".to_owned()));
        }
        Ok(())
    }
}

impl Store for Memory {
    async fn get(&self, key: &str) -> Result<Option<String>, Fault> {
        self.operate()?;
        Ok(self.value(key))
    }

    async fn list(&self, prefix: &str, cursor: Option<&str>) -> Result<Page, Fault> {
        self.operate()?;
        let entries = self.entries.borrow();
        let mut found = entries
            .iter()
            .filter(|(key, _)| key.starts_with(prefix))
            .filter(|(key, _)| cursor.is_none_or(|cursor| key.as_str() > cursor));
        let keys: Vec<Listed> = found
            .by_ref()
            .take(self.page)
            .map(|(key, (_, metadata))| Listed {
                name: key.clone(),
                metadata: metadata.clone(),
            })
            .collect();
        let cursor = found
            .next()
            .and_then(|_| keys.last().map(|listed| listed.name.clone()));
        Ok(Page { keys, cursor })
    }

    async fn put(&self, write: &Write) -> Result<(), Fault> {
        self.operate()?;
        self.add(write);
        Ok(())
    }

    async fn delete(&self, key: &str) -> Result<(), Fault> {
        self.operate()?;
        self.entries.borrow_mut().remove(key);
        Ok(())
    }
}

/// Runs what waits for nothing.
fn run<T>(future: impl Future<Output = T>) -> T {
    let mut future = pin!(future);
    let mut context = Context::from_waker(Waker::noop());
    match future.as_mut().poll(&mut context) {
        Poll::Ready(value) => value,
        Poll::Pending => panic!("a map never waits"),
    }
}

/// The record of an answer, `seconds` after [`NOW`].
fn answer(site: &Site, body: &str, seconds: u64, random: u128) -> Write {
    let ask = Ask::form(CHOICE, body);
    let Next::Body(pending) = ask.begin(site) else {
        panic!()
    };
    let moment = Moment {
        now: (NOW + seconds) * 1000 + u64::try_from(random % 1000).unwrap(),
        random,
        limited: false,
    };
    let reply = pending.finish(Some(&ask.body), moment);
    reply.writes.last().unwrap().clone()
}

/// Answers of `days` days, `each` a day, from the day of [`NOW`] on.
fn answers(memory: &Memory, site: &Site, days: u64, each: u64) {
    let bodies = [
        "decision=accept",
        "decision=reject",
        "decision=save&category=analytics&surface=preferences",
    ];
    for day in 0..days {
        for n in 0..each {
            let body = bodies[usize::try_from(n).unwrap() % bodies.len()];
            let random = u128::from(day * 1_000_003 + n * 7919);
            memory.add(&answer(site, body, day * DAY + n * 60, random));
        }
    }
}

/// A whole export, its parts one behind the other.
fn export(memory: &Memory, site: &Site, from: &str, to: &str, format: Format) -> String {
    let mut text = String::new();
    let mut after: Option<String> = None;
    loop {
        let mut export = Export::new(&site.id, from, to, after.as_deref(), format).unwrap();
        while let Some(piece) = run(export.more(memory)).unwrap() {
            text.push_str(&piece);
        }
        let last = text.lines().last().unwrap();
        match last.strip_prefix("{\"more\":\"") {
            Some(key) => after = Some(key.trim_end_matches("\"}").to_owned()),
            None => return text,
        }
    }
}
