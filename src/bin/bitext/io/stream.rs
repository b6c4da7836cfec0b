//! Processes JSON lines on several threads: one output line for each input line, in the same order.

use std::io::Write;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use bitext::Id;
pub use bitext::cli_support::in_order;
use serde::Serialize;

use crate::io::messages::complaints::Complaints;
use crate::io::read::input::{InputLines, LineFault, is_blank, open};
use crate::{Failure, Outcome};

/// The output line for an input line, or why there is none.
pub type Answer = Result<String, LineError>;

/// An input line that could not be used, as it is written to the output.
#[derive(Serialize)]
pub struct LineError {
    pub id: Option<Id>,
    pub line: usize,
    pub error: String,
}

impl LineError {
    pub fn new(id: Option<Id>, line: usize, error: impl ToString) -> LineError {
        LineError { id, line, error: error.to_string() }
    }
}

/// The text of a line.
pub fn line_text(number: usize, bytes: &[u8]) -> Result<&str, LineError> {
    bitext::text::decode("the line", bytes).map_err(|error| LineError::new(None, number, error))
}

/// Writes the answer to each line of a file, or of standard input for `-`. Blank lines are skipped.
/// `answer` gets the number of a line, from 1, and its bytes. If it panics, only its line fails.
pub fn answer_lines(
    path: &Path,
    threads: usize,
    out: &mut impl Write,
    answer: impl Fn(usize, &[u8]) -> Answer + Sync,
) -> Result<Outcome, Failure> {
    let mut complaints = Complaints::default();
    let read = |send: &mut dyn FnMut(NumberedLine) -> bool| -> Result<(), Failure> {
        let (name, input) = open(path)?;
        for (at, line) in InputLines::new(input).enumerate() {
            if let Err(LineFault::Unreadable(error)) = line {
                return Err(format!("cannot read {name}: {error}").into());
            }
            let is_blank = line.as_ref().is_ok_and(|line| is_blank(line));
            if !is_blank && !send((at + 1, line)) {
                break;
            }
        }
        Ok(())
    };
    let work = |_, (number, line): NumberedLine| {
        let line = line.map_err(|fault| LineError::new(None, number, fault))?;
        let answered = catch_unwind(AssertUnwindSafe(|| answer(number, &line)));
        answered.unwrap_or_else(|_| Err(LineError::new(None, number, "internal error")))
    };
    let bytes_of = |(_, line): &NumberedLine| line.as_ref().map_or(0, |line| line.len() as u64);
    in_order(threads, bytes_of, read, work, |answered, is_idle| {
        match answered {
            Ok(line) => writeln!(out, "{line}")?,
            Err(error) => {
                complaints.tell_of("", format_args!("line {}: {}", error.line, error.error));
                writeln!(out, "{}", serde_json::to_string(&error)?)?;
            }
        }
        // A user who types lines waits for the answer.
        if is_idle {
            out.flush()?;
        }
        Ok(())
    })?;
    out.flush()?;
    let outcome = if complaints.is_empty() { Outcome::AllWell } else { Outcome::SomeFailed };
    complaints.finish(None);
    Ok(outcome)
}

/// A line and its number, from 1.
type NumberedLine = (usize, Result<Vec<u8>, LineFault>);
