//! Writes policy pages as they are into `sites/<id>/archive/`: `npm run archive-policy` runs it.
//!
//! `archive-policy <root to read> <root to write> [<site>…]`: the declarations of one folder, rendered by this version of
//! the code, kept in another.
#![allow(clippy::print_stdout, reason = "it is run by people")]

use edge_consent::decision::decide;
use edge_consent::page::{View, archive};
use edge_consent::site::{Site, declare};
use edge_consent::visit::{Choice, Signal, Signals};
use std::error::Error;
use std::path::Path;
use std::process::ExitCode;
use std::{env, fs};

fn main() -> ExitCode {
    match keep() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("\n{error}");
            ExitCode::FAILURE
        }
    }
}

fn keep() -> Result<(), Box<dyn Error>> {
    let mut arguments = env::args().skip(1);
    let (Some(from), Some(to)) = (arguments.next(), arguments.next()) else {
        return Err("archive-policy <root to read> <root to write> [<site>…]".into());
    };
    let wanted: Vec<String> = arguments.collect();
    let sites = declare::read(Path::new(&from)).map_err(|mistakes| declare::report(&mistakes))?;
    if let Some(id) = wanted
        .iter()
        .find(|id| sites.iter().all(|site| site.id != **id))
    {
        return Err(format!("There is no site {id:?} in sites/.").into());
    }
    for site in sites {
        if wanted.is_empty() || wanted.contains(&site.id) {
            write(&site, Path::new(&to))?;
        }
    }
    Ok(())
}

fn write(site: &Site, root: &Path) -> Result<(), Box<dyn Error>> {
    let folder = format!("sites/{}/archive", site.id);
    fs::create_dir_all(root.join(&folder))?;
    let silent = Signals {
        gpc: Signal::Absent,
        dnt: Signal::Absent,
    };
    let decision = decide(site, &Choice::Unasked, silent, 0);
    for language in &site.languages {
        let view = View {
            site,
            decision: &decision,
            language,
            return_to: "/",
        };
        let file = format!("{folder}/{}-{}.{language}.html", site.updated, site.version);
        fs::write(root.join(&file), archive(&view) + "\n")?;
        println!("{file}");
    }
    Ok(())
}
