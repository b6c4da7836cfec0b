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
pub fn serve(
    threads: usize,
    out: &mut impl Write,
    serve: impl Fn(usize, &[u8]) -> Answer + Sync,
) -> Result<Outcome, Failure> {
    let mut outcome = Outcome::AllWell;
    let read = |send: &mut dyn FnMut(Vec<u8>) -> bool| {
        for line in Lines::new(io::stdin().lock()) {
            if !send(line.map_err(|error| format!("cannot read standard input: {error}"))?) {
                break;
            }
        }
        Ok(())
    };
    // A line must never take the others with it.
    let work = |at: usize, line: Vec<u8>| {
        let answer = catch_unwind(AssertUnwindSafe(|| serve(at + 1, &line)));
        answer.unwrap_or_else(|_| Err(LineError::new(None, at + 1, "internal error")))
    };
    in_order(threads, read, work, |answer, idle| {
        match answer {
            Ok(line) => writeln!(out, "{line}")?,
            Err(error) => {
                outcome = Outcome::SomeFailed;
                complain(format_args!("line {}: {}", error.line, error.error));
                writeln!(out, "{}", serde_json::to_string(&error)?)?;
            }
        }
        if idle {
            out.flush()?;
        }
        Ok(())
    })?;
    out.flush()?;
    Ok(outcome)
}

/// Lets threads work on what `read` sends, and hands the results to `write` in the
/// order of what was sent. `work` gets the number of each, from 0; `write` is told
/// whether nothing else is ready. What `send` says is whether to go on.
///
/// A reader hands out numbered pieces, workers answer them in any order, and the
/// writer puts the answers in order. At most `WAITING` pieces a thread are under way,
/// so memory does not depend on how many there are.
pub fn in_order<T: Send, A: Send>(
    threads: usize,
    read: impl FnOnce(&mut dyn FnMut(T) -> bool) -> Result<(), Failure> + Send,
    work: impl Fn(usize, T) -> A + Sync,
    write: impl FnMut(A, bool) -> Result<(), Failure>,
) -> Result<(), Failure> {
    const WAITING: usize = 16;

    let under_way = threads.max(1) * WAITING;
    let (to_workers, pieces) = sync_channel::<(usize, T)>(under_way);
    let (to_writer, answers) = sync_channel::<(usize, A)>(under_way);
    // One token a piece under way: the reader takes them, the writer gives
    // them back, so that a slow piece does not pile up the answers behind it.
    let (give_back, tokens) = sync_channel::<()>(under_way);
    for _ in 0..under_way {
        give_back.send(())?;
    }
    let pieces = Mutex::new(pieces);
    std::thread::scope(|scope| {
        let reader = scope.spawn(move || {
            let mut number = 0;
            read(&mut |piece| {
                let sent = tokens.recv().is_ok() && to_workers.send((number, piece)).is_ok();
                number += 1;
                sent
            })
        });
        for _ in 0..threads.max(1) {
            let to_writer = to_writer.clone();
            let (pieces, work) = (&pieces, &work);
            scope.spawn(move || serve_pieces(pieces, &to_writer, work));
        }
        drop(to_writer);
        let written = put_in_order(&answers, &give_back, write);
        // With the writer gone the workers stop, then the reader.
        drop(answers);
        drop(give_back);
        written?;
        match reader.join() {
            Ok(read) => read,
            Err(_) => Err("the reader stopped unexpectedly".into()),
        }
    })
}

fn serve_pieces<T, A>(
    pieces: &Mutex<Receiver<(usize, T)>>,
    to_writer: &SyncSender<(usize, A)>,
    work: &impl Fn(usize, T) -> A,
) {
    loop {
        let next = match pieces.lock() {
            Ok(pieces) => pieces.recv(),
            Err(_) => return,
        };
        let Ok((number, piece)) = next else { return };
        if to_writer.send((number, work(number, piece))).is_err() {
            return;
        }
    }
}

fn put_in_order<A>(
    answers: &Receiver<(usize, A)>,
    give_back: &SyncSender<()>,
    mut write: impl FnMut(A, bool) -> Result<(), Failure>,
) -> Result<(), Failure> {
    let mut early = BTreeMap::new();
    let mut next = 0;
    while let Ok((number, answer)) = answers.recv() {
        early.insert(number, answer);
        while let Some(answer) = early.remove(&next) {
            write(answer, early.is_empty())?;
            next += 1;
            // The reader may be gone already.
            let _ = give_back.try_send(());
        }
    }
    Ok(())
}
