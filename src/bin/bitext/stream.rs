//! JSONL from standard input to standard output: one line out for one line
//! in, in order, on any number of threads.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::num::NonZeroUsize;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Condvar, Mutex};

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
    let weigh = |line: &Vec<u8>| line.len() as u64;
    in_order(threads, weigh, read, work, |answer, idle| {
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
/// writer puts the answers in order. At most `WAITING` pieces a thread are under way, and
/// not more of them than weigh `HEAVIEST` bytes together, so memory does not depend on how
/// many there are.
pub fn in_order<T: Send, A: Send>(
    threads: usize,
    weigh: impl Fn(&T) -> u64 + Send,
    read: impl FnOnce(&mut dyn FnMut(T) -> bool) -> Result<(), Failure> + Send,
    work: impl Fn(usize, T) -> A + Sync,
    write: impl FnMut(A, bool) -> Result<(), Failure>,
) -> Result<(), Failure> {
    const WAITING: usize = 16;
    const HEAVIEST: u64 = 64 << 20;

    let under_way = threads.max(1) * WAITING;
    let (to_workers, pieces) = sync_channel::<Piece<T>>(under_way);
    let (to_writer, answers) = sync_channel::<Piece<A>>(under_way);
    // What the reader lets in the writer lets out, so that a slow piece does not pile up
    // the answers behind it.
    let gate = Gate::new(under_way, HEAVIEST);
    let pieces = Mutex::new(pieces);
    std::thread::scope(|scope| {
        let gate = &gate;
        let reader = scope.spawn(move || {
            let mut number = 0;
            read(&mut |item| {
                let piece = Piece { number, bytes: weigh(&item), item };
                number += 1;
                gate.enter(piece.bytes) && to_workers.send(piece).is_ok()
            })
        });
        for _ in 0..threads.max(1) {
            let to_writer = to_writer.clone();
            let (pieces, work) = (&pieces, &work);
            scope.spawn(move || serve_pieces(pieces, &to_writer, work));
        }
        drop(to_writer);
        let written = put_in_order(&answers, gate, write);
        // With the writer gone the workers stop, then the reader.
        drop(answers);
        gate.close();
        written?;
        match reader.join() {
            Ok(read) => read,
            Err(_) => Err("the reader stopped unexpectedly".into()),
        }
    })
}

struct Piece<T> {
    number: usize,
    bytes: u64,
    item: T,
}

/// Lets so many pieces in at a time, and so many bytes; a single piece whatever its weight.
struct Gate {
    most: (usize, u64),
    inside: Mutex<Inside>,
    changed: Condvar,
}

#[derive(Default)]
struct Inside {
    pieces: usize,
    bytes: u64,
    closed: bool,
}

impl Gate {
    fn new(pieces: usize, bytes: u64) -> Gate {
        Gate { most: (pieces, bytes), inside: Mutex::default(), changed: Condvar::new() }
    }

    /// Waits until there is room; says whether it is still open.
    fn enter(&self, bytes: u64) -> bool {
        let Ok(inside) = self.inside.lock() else { return false };
        let full = |inside: &mut Inside| {
            let heavy = inside.bytes.saturating_add(bytes) > self.most.1;
            !inside.closed && inside.pieces > 0 && (inside.pieces >= self.most.0 || heavy)
        };
        let Ok(mut inside) = self.changed.wait_while(inside, full) else { return false };
        inside.pieces += 1;
        inside.bytes = inside.bytes.saturating_add(bytes);
        !inside.closed
    }

    fn leave(&self, bytes: u64) {
        if let Ok(mut inside) = self.inside.lock() {
            inside.pieces = inside.pieces.saturating_sub(1);
            inside.bytes = inside.bytes.saturating_sub(bytes);
        }
        self.changed.notify_one();
    }

    fn close(&self) {
        if let Ok(mut inside) = self.inside.lock() {
            inside.closed = true;
        }
        self.changed.notify_one();
    }
}

fn serve_pieces<T, A>(
    pieces: &Mutex<Receiver<Piece<T>>>,
    to_writer: &SyncSender<Piece<A>>,
    work: &impl Fn(usize, T) -> A,
) {
    loop {
        let next = match pieces.lock() {
            Ok(pieces) => pieces.recv(),
            Err(_) => return,
        };
        let Ok(Piece { number, bytes, item }) = next else { return };
        if to_writer.send(Piece { number, bytes, item: work(number, item) }).is_err() {
            return;
        }
    }
}

fn put_in_order<A>(
    answers: &Receiver<Piece<A>>,
    gate: &Gate,
    mut write: impl FnMut(A, bool) -> Result<(), Failure>,
) -> Result<(), Failure> {
    let mut early = BTreeMap::new();
    let mut next = 0;
    while let Ok(Piece { number, bytes, item }) = answers.recv() {
        early.insert(number, (bytes, item));
        while let Some((bytes, answer)) = early.remove(&next) {
            write(answer, early.is_empty())?;
            next += 1;
            gate.leave(bytes);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU64, Ordering};

    use super::*;

    #[test]
    fn heavy_pieces_are_few_at_a_time_and_all_come_in_order() {
        let (inside, most) = (AtomicU64::new(0), AtomicU64::new(0));
        let weights: Vec<u64> = (0..200).map(|at| [1 << 10, 30 << 20, 100 << 20][at % 3]).collect();
        let mut came = Vec::new();
        let read = |send: &mut dyn FnMut(u64) -> bool| {
            weights.iter().all(|&bytes| send(bytes));
            Ok(())
        };
        let work = |number: usize, bytes: u64| {
            most.fetch_max(inside.fetch_add(bytes, Ordering::SeqCst) + bytes, Ordering::SeqCst);
            (number, bytes)
        };
        in_order(
            4,
            |bytes| *bytes,
            read,
            work,
            |(number, bytes), _| {
                inside.fetch_sub(bytes, Ordering::SeqCst);
                came.push(number);
                Ok(())
            },
        )
        .unwrap();
        assert_eq!(came, (0..200).collect::<Vec<_>>());
        assert_eq!(most.into_inner(), 100 << 20);
    }

    #[test]
    fn a_writer_that_fails_ends_it_all() {
        let read = |send: &mut dyn FnMut(u64) -> bool| {
            (0..).all(send);
            Ok(())
        };
        let write = |number: u64, _| if number < 50 { Ok(()) } else { Err("full".into()) };
        let ended = in_order(3, |_| 40 << 20, read, |_, number| number, write);
        assert_eq!(ended.unwrap_err().to_string(), "full");
    }
}
