//! JSONL from standard input to standard output: one line out for one line
//! in, in order, on any number of threads.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, RecvError, SyncSender, sync_channel};
use std::sync::{Condvar, Mutex};
use std::thread::{Builder, Scope};

use bitext::Id;
use serde::Serialize;

use crate::io::messages::complaints::Complaints;
use crate::io::read::input::{LineFault, Lines, is_blank, open};
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

/// Decodes a line.
pub fn line_text(number: usize, bytes: &[u8]) -> Result<&str, LineError> {
    bitext::text::decode("the line", bytes).map_err(|error| LineError::new(None, number, error))
}

/// Serves every line of a file, or of standard input for `-`, that is not blank with
/// `serve(number, bytes)`.
pub fn serve(
    path: &Path,
    threads: usize,
    out: &mut impl Write,
    serve: impl Fn(usize, &[u8]) -> Answer + Sync,
) -> Result<Outcome, Failure> {
    let mut complaints = Complaints::default();
    let read = |send: &mut dyn FnMut(NumberedLine) -> bool| {
        let (name, input) = open(path)?;
        for (at, line) in Lines::new(input).enumerate() {
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
    // A line must never take the others with it.
    let work = |_, (number, line): NumberedLine| {
        let line = line.map_err(|fault| LineError::new(None, number, fault))?;
        let answer = catch_unwind(AssertUnwindSafe(|| serve(number, &line)));
        answer.unwrap_or_else(|_| Err(LineError::new(None, number, "internal error")))
    };
    let weigh = |(_, line): &NumberedLine| line.as_ref().map_or(0, |line| line.len() as u64);
    in_order(threads, weigh, read, work, |answer, idle| {
        match answer {
            Ok(line) => writeln!(out, "{line}")?,
            Err(error) => {
                complaints.tell_of("", format_args!("line {}: {}", error.line, error.error));
                writeln!(out, "{}", serde_json::to_string(&error)?)?;
            }
        }
        if idle {
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

/// Lets threads work on what `read` sends, and hands the results to `write` in the
/// order of what was sent. `work` gets the number of each, from 0; `write` is told
/// whether nothing else is ready. What `send` says is whether to go on.
///
/// A reader hands out numbered pieces, workers answer them in any order, and the
/// writer puts the answers in order. At most `WAITING` pieces a thread are under way, and
/// not more of them than weigh `HEAVIEST` bytes together, so memory does not depend on how
/// many there are.
///
/// Where the system starts fewer threads than asked for, those do the work; where it starts none,
/// the caller's thread does. A panic of `read` or `work` is an error and ends the run.
pub fn in_order<T: Send, A: Send>(
    threads: usize,
    weigh: impl Fn(&T) -> u64 + Send,
    read: impl FnOnce(&mut dyn FnMut(T) -> bool) -> Result<(), Failure> + Send,
    work: impl Fn(usize, T) -> A + Sync,
    write: impl FnMut(A, bool) -> Result<(), Failure>,
) -> Result<(), Failure> {
    in_order_with(&Starter::default(), threads, weigh, read, work, write)
}

fn in_order_with<T: Send, A: Send>(
    starter: &Starter,
    threads: usize,
    weigh: impl Fn(&T) -> u64 + Send,
    read: impl FnOnce(&mut dyn FnMut(T) -> bool) -> Result<(), Failure> + Send,
    work: impl Fn(usize, T) -> A + Sync,
    mut write: impl FnMut(A, bool) -> Result<(), Failure>,
) -> Result<(), Failure> {
    const WAITING: usize = 16;
    const HEAVIEST: u64 = 64 << 20;

    let under_way = threads.max(1) * WAITING;
    let (to_workers, pieces) = sync_channel::<Piece<T>>(under_way);
    let (to_writer, answers) = sync_channel::<Piece<Result<A, Failure>>>(under_way);
    // What the reader lets in the writer lets out, so that a slow piece does not pile up
    // the answers behind it.
    let gate = Gate::new(under_way, HEAVIEST);
    let pieces = Mutex::new(pieces);
    // Whoever reads takes it: the reader, or the caller's thread where that does not start.
    let read = Mutex::new(Some(read));
    let take_read = || read.lock().ok().and_then(|mut read| read.take());
    let read_result = Mutex::new(None);
    let work = |number, item| {
        let answer = catch_unwind(AssertUnwindSafe(|| work(number, item)));
        answer.map_err(|_| -> Failure { format!("internal error at item {}", number + 1).into() })
    };
    let written = std::thread::scope(|scope| {
        // Whatever ends this thread's part ends the reader's wait.
        let _closing = Closing(&gate);
        // Gone before the gate closes, so that no worker waits to hand over.
        let answers = answers;
        let (gate, pieces, work) = (&gate, &pieces, &work);
        let (take_read, read_result) = (&take_read, &read_result);
        let reader = move || {
            let _closing = Closing(gate);
            let mut number = 0;
            let mut send = |item| {
                let piece = Piece { number, bytes: weigh(&item), item };
                number += 1;
                gate.enter(piece.bytes) && to_workers.send(piece).is_ok()
            };
            let read = || take_read().map_or(Ok(()), |read| read(&mut send));
            let result = catch_unwind(AssertUnwindSafe(read));
            if let (Ok(result), Ok(mut slot)) = (result, read_result.lock()) {
                *slot = Some(result);
            }
        };
        if starter.start(scope, reader).is_err() {
            return match take_read() {
                Some(read) => in_turn(read, work, &mut write, read_result),
                None => Err("the reader stopped unexpectedly".into()),
            };
        }
        let mut workers = 0;
        while workers < threads.max(1) {
            let to_writer = to_writer.clone();
            let serve = move || serve_pieces(pieces, &to_writer, work);
            // The next would not start either.
            if starter.start(scope, serve).is_err() {
                break;
            }
            workers += 1;
        }
        drop(to_writer);
        if workers > 0 {
            return put_in_order(&answers, gate, &mut write);
        }
        while let Ok(Piece { number, bytes, item }) = receive(pieces) {
            write(work(number, item)?, true)?;
            gate.leave(bytes);
        }
        Ok(())
    });
    written?;
    let read = read_result.into_inner().unwrap_or_default();
    read.unwrap_or_else(|| Err("the reader stopped unexpectedly".into()))
}

/// Reads, works and writes on this thread, one piece after the other.
fn in_turn<T, A>(
    read: impl FnOnce(&mut dyn FnMut(T) -> bool) -> Result<(), Failure>,
    work: &impl Fn(usize, T) -> Result<A, Failure>,
    write: &mut impl FnMut(A, bool) -> Result<(), Failure>,
    read_result: &Mutex<Option<Result<(), Failure>>>,
) -> Result<(), Failure> {
    let (mut number, mut written) = (0, Ok(()));
    let result = read(&mut |item| {
        written = work(number, item).and_then(|answer| write(answer, true));
        number += 1;
        written.is_ok()
    });
    if let Ok(mut slot) = read_result.lock() {
        *slot = Some(result);
    }
    written
}

/// Starts threads; a test sets how many at most.
struct Starter {
    left: AtomicUsize,
}

impl Default for Starter {
    fn default() -> Starter {
        Starter { left: AtomicUsize::new(usize::MAX) }
    }
}

impl Starter {
    fn start<'scope>(
        &self,
        scope: &'scope Scope<'scope, '_>,
        work: impl FnOnce() + Send + 'scope,
    ) -> io::Result<()> {
        let one_less = |left: usize| left.checked_sub(1);
        match self.left.fetch_update(Ordering::SeqCst, Ordering::SeqCst, one_less) {
            Ok(_) => Builder::new().spawn_scoped(scope, work).map(drop),
            Err(_) => Err(io::ErrorKind::WouldBlock.into()),
        }
    }
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
        self.changed.notify_all();
    }
}

/// Closes a gate when it is dropped, by a panic too.
struct Closing<'a>(&'a Gate);

impl Drop for Closing<'_> {
    fn drop(&mut self) {
        self.0.close();
    }
}

fn receive<T>(pieces: &Mutex<Receiver<Piece<T>>>) -> Result<Piece<T>, RecvError> {
    pieces.lock().map_err(|_| RecvError)?.recv()
}

fn serve_pieces<T, A>(
    pieces: &Mutex<Receiver<Piece<T>>>,
    to_writer: &SyncSender<Piece<A>>,
    work: &impl Fn(usize, T) -> A,
) {
    while let Ok(Piece { number, bytes, item }) = receive(pieces) {
        if to_writer.send(Piece { number, bytes, item: work(number, item) }).is_err() {
            return;
        }
    }
}

fn put_in_order<A>(
    answers: &Receiver<Piece<Result<A, Failure>>>,
    gate: &Gate,
    write: &mut impl FnMut(A, bool) -> Result<(), Failure>,
) -> Result<(), Failure> {
    let mut early = BTreeMap::new();
    let mut next = 0;
    while let Ok(Piece { number, bytes, item }) = answers.recv() {
        early.insert(number, (bytes, item));
        while let Some((bytes, answer)) = early.remove(&next) {
            write(answer?, early.is_empty())?;
            next += 1;
            gate.leave(bytes);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::AtomicU64;

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

    fn few(threads: usize) -> Starter {
        Starter { left: AtomicUsize::new(threads) }
    }

    #[test]
    fn all_is_done_in_order_whatever_number_of_threads_starts() {
        for started in [0, 1, 2, 3, 9] {
            let read = |send: &mut dyn FnMut(usize) -> bool| {
                (0..500).all(send);
                Ok(())
            };
            let mut came = Vec::new();
            let work = |number: usize, item: usize| {
                assert_eq!(number, item);
                item * 2
            };
            in_order_with(
                &few(started),
                8,
                |_| 1 << 20,
                read,
                work,
                |answer, _| {
                    came.push(answer);
                    Ok(())
                },
            )
            .unwrap();
            assert_eq!(came, (0..500).map(|at| at * 2).collect::<Vec<_>>(), "{started} threads");
        }
    }

    #[test]
    fn what_fails_ends_it_all_whatever_number_of_threads_starts() {
        let endless = |send: &mut dyn FnMut(usize) -> bool| {
            (0..).all(send);
            Ok(())
        };
        for started in [0, 1, 2, 4] {
            let write = |at: usize, _| if at < 50 { Ok(()) } else { Err("full".into()) };
            let ended = in_order_with(&few(started), 3, |_| 1, endless, |at, _| at, write);
            assert_eq!(ended.unwrap_err().to_string(), "full", "{started} threads");

            // A worker that dies must not leave the others waiting for its answer.
            let work = |at: usize, _| assert_ne!(at, 50, "the fiftieth");
            let ended = in_order_with(&few(started), 3, |_| 1, endless, work, |(), _| Ok(()));
            let message = ended.unwrap_err().to_string();
            assert_eq!(message, "internal error at item 51", "{started} threads");
        }
        for started in [1, 2, 4] {
            let read = |send: &mut dyn FnMut(usize) -> bool| {
                send(0);
                panic!("the reader's");
            };
            let ended = in_order_with(&few(started), 3, |_| 1, read, |at, _| at, |_, _| Ok(()));
            assert!(ended.unwrap_err().to_string().contains("reader"), "{started} threads");
        }
        for started in [0, 4] {
            let read = |_: &mut dyn FnMut(usize) -> bool| Err("torn".into());
            let ended = in_order_with(&few(started), 3, |_| 1, read, |at, _| at, |_, _| Ok(()));
            assert_eq!(ended.unwrap_err().to_string(), "torn");
        }
    }
}
