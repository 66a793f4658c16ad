//! `npm run verify -- export.ndjson`: says whether an export of consent records is whole and as it was written. It may be
//! in several parts, given in order.

use edge_consent::record::{Finding, verify};
use std::{
    env,
    fs::File,
    io::{self, BufRead, BufReader, Write},
    process::ExitCode,
};

fn main() -> io::Result<ExitCode> {
    let files: Vec<String> = env::args().skip(1).collect();
    let mut out = io::stdout().lock();
    if files.is_empty() {
        writeln!(out, "Say which export: npm run verify -- export.ndjson")?;
        return Ok(ExitCode::from(2));
    }
    let mut lines = Vec::new();
    for file in &files {
        match File::open(file) {
            Ok(opened) => lines.push(BufReader::new(opened).lines()),
            Err(error) => {
                writeln!(out, "{file} can't be read: {error}")?;
                return Ok(ExitCode::from(2));
            }
        }
    }
    let lines = lines.into_iter().flatten().map_while(|line| match line {
        Ok(line) => Some(line),
        // What isn't text is no line of an export, and is found as such.
        Err(error) if error.kind() == io::ErrorKind::InvalidData => Some(String::new()),
        Err(_) => None,
    });
    let verdict = verify(lines);
    let mut say = |kind: &str, findings: &[Finding]| {
        findings
            .iter()
            .try_for_each(|finding| writeln!(out, "{kind} line {}: {}", finding.line, finding.what))
    };
    say("✖", &verdict.faults)?;
    say("·", &verdict.notes)?;
    let (records, days) = (verdict.records, verdict.sealed);
    if verdict.faults.is_empty() {
        writeln!(
            out,
            "✔ {records} records, {days} days sealed; nothing is missing or changed."
        )?;
        Ok(ExitCode::SUCCESS)
    } else {
        let faults = verdict.faults.len();
        writeln!(
            out,
            "{records} records, {days} days sealed; {faults} wrong."
        )?;
        Ok(ExitCode::FAILURE)
    }
}
