//! JSONL from standard input to standard output: one line out for one line
//! in, in order, on any number of threads.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::num::NonZeroUsize;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Mutex;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};

use bitext::Id;
use serde::Serialize;

use crate::input::Lines;
use crate::output::complain;
use crate::{Failure, Outcome};

/// What became of a line: the line to put out, or why there is none.
pub type Answer = Result<String, LineError>;

/// A line that could not be served.
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

/// Decodes a line; blank ones are errors.
pub fn line_text(number: usize, bytes: &[u8]) -> Result<&str, LineError> {
    let text = bitext::text::decode("the line", bytes)
        .map_err(|error| LineError::new(None, number, error))?;
    match text.trim().is_empty() {
        true => Err(LineError::new(None, number, "the line is blank")),
        false => Ok(text),
    }
}

/// Threads to use where none are asked for.
pub fn default_threads() -> usize {
    std::thread::available_parallelism().map_or(1, NonZeroUsize::get)
}

/// Serves every line of standard input with `serve(number, bytes)`.
///
/// A reader hands out numbered lines, workers answer them in any order, and
/// the writer puts the answers in order. At most `WAITING` lines a thread are
/// under way, so memory does not depend on the input's length.
pub fn serve(
    threads: usize,
    out: &mut impl Write,
    serve: impl Fn(usize, &[u8]) -> Answer + Sync,
) -> Result<Outcome, Failure> {
    const WAITING: usize = 16;

    let under_way = threads.max(1) * WAITING;
    let (to_workers, lines) = sync_channel::<(usize, Vec<u8>)>(under_way);
    let (to_writer, answers) = sync_channel::<(usize, Answer)>(under_way);
    // One token a line under way: the reader takes them, the writer gives
    // them back, so that a slow line does not pile up the answers behind it.
    let (give_back, tokens) = sync_channel::<()>(under_way);
    for _ in 0..under_way {
        give_back.send(())?;
    }
    let lines = Mutex::new(lines);
    std::thread::scope(|scope| {
        let reader = scope.spawn(move || read(&tokens, &to_workers));
        for _ in 0..threads.max(1) {
            let to_writer = to_writer.clone();
            let (lines, serve) = (&lines, &serve);
            scope.spawn(move || work(lines, &to_writer, serve));
        }
        drop(to_writer);
        let written = write(out, &answers, &give_back);
        // With the writer gone the workers stop, then the reader.
        drop(answers);
        drop(give_back);
        let outcome = written?;
        match reader.join() {
            Ok(read) => read?,
            Err(_) => return Err("the reader stopped unexpectedly".into()),
        }
        Ok(outcome)
    })
}

fn read(tokens: &Receiver<()>, to_workers: &SyncSender<(usize, Vec<u8>)>) -> Result<(), Failure> {
    for (at, line) in Lines::new(io::stdin().lock()).enumerate() {
        let line = line.map_err(|error| format!("cannot read standard input: {error}"))?;
        if tokens.recv().is_err() || to_workers.send((at + 1, line)).is_err() {
            break;
        }
    }
    Ok(())
}

fn work(
    lines: &Mutex<Receiver<(usize, Vec<u8>)>>,
    to_writer: &SyncSender<(usize, Answer)>,
    serve: &impl Fn(usize, &[u8]) -> Answer,
) {
    loop {
        let next = match lines.lock() {
            Ok(lines) => lines.recv(),
            Err(_) => return,
        };
        let Ok((number, line)) = next else { return };
        // A line must never take the others with it.
        let answer = catch_unwind(AssertUnwindSafe(|| serve(number, &line)));
        let answer = answer.unwrap_or_else(|_| Err(LineError::new(None, number, "internal error")));
        if to_writer.send((number, answer)).is_err() {
            return;
        }
    }
}

fn write(
    out: &mut impl Write,
    answers: &Receiver<(usize, Answer)>,
    give_back: &SyncSender<()>,
) -> Result<Outcome, Failure> {
    let mut outcome = Outcome::AllWell;
    let mut early = BTreeMap::new();
    let mut next = 1;
    while let Ok((number, answer)) = answers.recv() {
        early.insert(number, answer);
        while let Some(answer) = early.remove(&next) {
            match answer {
                Ok(line) => writeln!(out, "{line}")?,
                Err(error) => {
                    outcome = Outcome::SomeFailed;
                    complain(format_args!("line {}: {}", error.line, error.error));
                    writeln!(out, "{}", serde_json::to_string(&error)?)?;
                }
            }
            next += 1;
            // The reader may be gone already.
            let _ = give_back.try_send(());
        }
        if early.is_empty() {
            out.flush()?;
        }
    }
    out.flush()?;
    Ok(outcome)
}
