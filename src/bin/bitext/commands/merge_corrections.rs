//! `bitext merge-corrections`

use std::error::Error as _;
use std::io::Write;
use std::path::PathBuf;

use bitext::report::{CorrectionError, Corrections};

use crate::io::messages::complaints::Complaints;
use crate::io::messages::hints::{JSON_LINES, check_ending};
use crate::io::read::input::check_stdin;
use crate::io::read::json_lines::{JsonLines, is_refusal};
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
    let mut corrections = Corrections::default();
    for path in &args.corrections {
        JsonLines::open(path)?.for_each(|line| {
            let added = line.text().and_then(|text| {
                let added = corrections.add(line.file, line.number, text);
                added.map_err(|error| error.to_string())
            });
            if let Err(error) = added {
                failures.tell_of(line.file, error);
            }
            Ok(())
        })?;
    }
    let mut out = Output::open(args.output.as_deref())?;
    JsonLines::open(&args.bitexts)?.for_each(|line| {
        let text = match line.text() {
            Ok(text) => text,
            Err(error) => {
                failures.tell_of(line.file, error);
                // The line is copied, unless it is too long to be read.
                if let Ok(bytes) = line.bytes {
                    out.write_all(bytes)?;
                    out.write_all(b"\n")?;
                }
                return Ok(());
            }
        };
        if is_refusal(text) {
            writeln!(out, "{text}")?;
            return Ok(());
        }
        let mut refused = Vec::new();
        let corrected = corrections.apply(text, &mut refused);
        for error in &refused {
            match error.source().and_then(|source| source.downcast_ref()) {
                Some(CorrectionError::Overruled { .. }) => {
                    notes.tell_of(line.file, format_args!("note: {error}"));
                }
                _ => failures.tell_of(line.file, error),
            }
        }
        let corrected = corrected.unwrap_or_else(|error| {
            failures.tell_of(line.file, line.error(error));
            None
        });
        writeln!(out, "{}", corrected.as_deref().unwrap_or(text))?;
        Ok(())
    })?;
    corrections.unused().for_each(|error| failures.tell_of("", error));
    out.finish()?;
    let outcome = if failures.is_empty() { Outcome::AllWell } else { Outcome::SomeFailed };
    notes.finish(None);
    failures.finish(None);
    Ok(outcome)
}
