//! `bitext merge-corrections`

use std::error::Error as _;
use std::io::Write;
use std::path::PathBuf;

use bitext::report::{CorrectionError, Corrections};

use crate::commands::report::{decoded, each_line, is_refusal};
use crate::io::messages::complaints::Complaints;
use crate::io::messages::hints::{JSON_LINES, check_ending};
use crate::io::read::input::check_stdin;
use crate::io::write::output::Output;
use crate::io::write::paths::Paths;
use crate::{Failure, Outcome};

pub const HELP: &str = "\
Corrections are saved by the page of `bitext report`. Units that a person changed or confirmed get
confidence 1 and `\"reviewed\": true`; lines without corrections are copied. Corrections that do not
fit a bitext are reported with file and line, and skipped.

Several files, and several lines for one bitext, are merged, such as those of two reviewers who
shared the work. If they conflict, the later line wins, in the order of the files; a note names the
line that lost units. A saved file has all corrections of its page, so the last file of a page is
enough. Corrections that were undone later are still in the earlier files.

Exit status: 0 if all input was processed, 1 if some input could not be used, 2 if the command line
was wrong

Example:
  bitext merge-corrections corpus.jsonl corpus.corrections.jsonl -o corrected.jsonl";

/// Apply corrections from a report page to a copy of the bitexts
#[derive(clap::Args)]
pub struct Args {
    /// Bitexts of the page, JSONL; `-` for standard input
    #[arg(value_name = "BITEXT")]
    bitexts: PathBuf,
    /// Files of corrections; later files win
    #[arg(required = true, value_name = "CORRECTIONS")]
    corrections: Vec<PathBuf>,
    /// Output file, written atomically [default: standard output]
    #[arg(short, long, value_name = "OUT")]
    output: Option<PathBuf>,
}

pub fn run(args: &Args) -> Result<Outcome, Failure> {
    check_ending("-o", args.output.as_deref(), &JSON_LINES)?;
    let inputs = args.corrections.iter().chain([&args.bitexts]).map(PathBuf::as_path);
    check_stdin(inputs.clone())?;
    Paths::reading(inputs).writing("-o", args.output.as_deref()).check()?;
    let (mut failures, mut notes) = (Complaints::default(), Complaints::default());
    let mut fail = |name: &str, error: &dyn std::fmt::Display| failures.tell_of(name, error);
    let mut corrections = Corrections::default();
    for path in &args.corrections {
        each_line(path, |name, number, line| {
            let added = decoded(name, number, line).and_then(|line| {
                corrections.add(name, number, line).map_err(|error| error.to_string())
            });
            if let Err(error) = added {
                fail(name, &error);
            }
            Ok(())
        })?;
    }
    let mut out = Output::open(args.output.as_deref())?;
    each_line(&args.bitexts, |name, number, line| {
        let text = match decoded(name, number, line) {
            Ok(text) => text,
            Err(error) => {
                // Told, and copied as it is: nothing is lost of it, unless it is too long.
                fail(name, &error);
                if let Ok(line) = line {
                    out.write_all(line)?;
                    out.write_all(b"\n")?;
                }
                return Ok(());
            }
        };
        let mut refused = Vec::new();
        let corrected = match is_refusal(text) {
            true => Ok(None),
            false => corrections.apply(text, &mut refused),
        };
        for error in &refused {
            match error.source().and_then(|source| source.downcast_ref()) {
                Some(CorrectionError::Overruled { .. }) => {
                    notes.tell_of(name, format_args!("note: {error}"));
                }
                _ => fail(name, error),
            }
        }
        let corrected = corrected.unwrap_or_else(|error| {
            fail(name, &format_args!("{name}:{number}: {error}"));
            None
        });
        writeln!(out, "{}", corrected.as_deref().unwrap_or(text))?;
        Ok(())
    })?;
    corrections.unused().for_each(|error| fail("", &error));
    out.finish()?;
    let outcome = if failures.is_empty() { Outcome::AllWell } else { Outcome::SomeFailed };
    notes.finish(None);
    failures.finish(None);
    Ok(outcome)
}
