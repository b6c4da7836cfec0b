//! The tasks of this repository:
//!
//! ```text
//! cargo xtask check              format, clippy, tests: what to run before each commit
//! cargo xtask ci [STAGE…]        everything that must hold before a change lands, or some of it
//! cargo xtask ci --list          the stages
//! cargo xtask reports [NAME…]    regenerates all reports, or some
//! ```

mod readme;
mod shell;
mod stages;

use std::process::ExitCode;

use shell::{Shell, run_stages};

const USAGE: &str = "\
usage: cargo xtask check               format, clippy and tests
       cargo xtask ci [STAGE...]       all stages of continuous integration, or those named
       cargo xtask ci --list           the stages
       cargo xtask reports [NAME...]   regenerates the reports; --list names them";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let done = match words[..] {
        ["check"] => Shell::new().and_then(|shell| run_stages(&stages::check(), &shell)),
        ["ci", "--list"] => {
            for stage in stages::ci() {
                println!("{:<14} {}", stage.name, stage.what);
            }
            Ok(())
        }
        ["ci", ref names @ ..] => {
            chosen(names).and_then(|stages| run_stages(&stages, &Shell::new()?))
        }
        ["reports", ref names @ ..] => Shell::new()
            .and_then(|shell| shell.run("python3", &[&["reports/all.py"], names].concat())),
        _ => Err(USAGE.to_string()),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

/// The named stages in the order of `ci`; all if none is named.
fn chosen(names: &[&str]) -> Result<Vec<stages::Stage>, String> {
    let all = stages::ci();
    if let Some(name) = names.iter().find(|name| all.iter().all(|stage| stage.name != **name)) {
        let known: Vec<&str> = all.iter().map(|stage| stage.name).collect();
        return Err(format!("there is no stage `{name}`; the stages are {}", known.join(", ")));
    }
    let named = |stage: &stages::Stage| names.is_empty() || names.contains(&stage.name);
    Ok(all.into_iter().filter(named).collect())
}
