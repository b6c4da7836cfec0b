//! A pipeline over threads: a reader sends items, workers process them in any order, and a writer
//! receives the results in the order of the items.
//!
//! Memory does not depend on the number of items: a gate bounds how many items, and how many bytes,
//! are in the pipeline at a time.

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Receiver, RecvError, SyncSender, sync_channel};
use std::sync::{Condvar, Mutex};

use crate::threads::ThreadStarter;

/// Items in the pipeline at a time, for each thread: enough that no worker waits for the reader.
const MAX_ITEMS_PER_THREAD: usize = 16;
/// Bytes of all items in the pipeline at a time: 64 MiB.
const MAX_PIPELINE_BYTES: u64 = 64 << 20;

/// A fault of the pipeline's own code: the reader or a worker panicked.
#[doc(hidden)]
#[derive(Debug, thiserror::Error)]
pub enum PipelineError {
    /// A worker panicked at the item with this number, counted from 1.
    #[error("internal error at item {0}")]
    WorkerPanicked(usize),
    /// The reader panicked.
    #[error("the reader stopped unexpectedly")]
    ReaderPanicked,
    /// A worker ended without a result for the item with this number, counted from 1.
    #[error("internal error: item {0} has no result")]
    ResultLost(usize),
}

/// Processes what `read` sends on up to `threads` threads, and passes the results to `write` in the
/// order in which the items were sent.
///
/// * `bytes_of` is the size of an item, for the bound on memory.
/// * `read` sends items. When its `send` returns `false`, it should stop.
/// * `work` gets the number of an item, from 0, and the item.
/// * `write` runs on the caller's thread. Its flag says that no other result is ready yet.
///
/// If the system starts fewer threads than requested, those do the work. If it starts none, the
/// caller's thread does.
///
/// # Errors
///
/// The first error of `write` or `read`, and a [`PipelineError`] if `read` or `work` panics. An
/// error ends the run.
pub fn in_order<T: Send, A: Send, E: From<PipelineError> + Send>(
    threads: usize,
    bytes_of: impl Fn(&T) -> u64 + Send,
    read: impl FnOnce(&mut dyn FnMut(T) -> bool) -> Result<(), E> + Send,
    work: impl Fn(usize, T) -> A + Sync,
    write: impl FnMut(A, bool) -> Result<(), E>,
) -> Result<(), E> {
    in_order_with(&ThreadStarter::new(), threads, bytes_of, read, work, write)
}

fn in_order_with<T: Send, A: Send, E: From<PipelineError> + Send>(
    starter: &ThreadStarter,
    threads: usize,
    bytes_of: impl Fn(&T) -> u64 + Send,
    read: impl FnOnce(&mut dyn FnMut(T) -> bool) -> Result<(), E> + Send,
    work: impl Fn(usize, T) -> A + Sync,
    mut write: impl FnMut(A, bool) -> Result<(), E>,
) -> Result<(), E> {
    let max_items = threads.max(1) * MAX_ITEMS_PER_THREAD;
    let (to_workers, items) = sync_channel::<Numbered<T>>(max_items);
    let (to_writer, results) = sync_channel::<Numbered<Result<A, PipelineError>>>(max_items);
    // The reader enters each item and the writer lets it leave. So results do not pile up behind a
    // slow item.
    let gate = Gate::new(max_items, MAX_PIPELINE_BYTES);
    let items = Mutex::new(items);
    // The reader's thread takes `read`, or the caller's thread if that one does not start.
    let read = Mutex::new(Some(read));
    let take_read = || read.lock().ok().and_then(|mut read| read.take());
    let read_result = Mutex::new(None);
    let work = |number, item| {
        let result = catch_unwind(AssertUnwindSafe(|| work(number, item)));
        result.map_err(|_| PipelineError::WorkerPanicked(number + 1))
    };
    let written = std::thread::scope(|scope| {
        // However this thread ends, the reader must not wait for it.
        let _closing = CloseOnDrop(&gate);
        // Dropped before the gate closes, so that no worker waits to send a result.
        let results = results;
        let (gate, items, work) = (&gate, &items, &work);
        let (take_read, read_result) = (&take_read, &read_result);
        let reader = move || {
            let _closing = CloseOnDrop(gate);
            let mut number = 0;
            let mut send = |item| {
                let numbered = Numbered { number, bytes: bytes_of(&item), item };
                number += 1;
                gate.enter(numbered.bytes) && to_workers.send(numbered).is_ok()
            };
            let read = || take_read().map_or(Ok(()), |read| read(&mut send));
            let result = catch_unwind(AssertUnwindSafe(read));
            if let (Ok(result), Ok(mut slot)) = (result, read_result.lock()) {
                *slot = Some(result);
            }
        };
        if starter.start(scope, reader).is_err() {
            return match take_read() {
                Some(read) => on_this_thread(read, work, &mut write, read_result),
                None => Err(PipelineError::ReaderPanicked.into()),
            };
        }
        let mut workers = 0;
        while workers < threads.max(1) {
            let to_writer = to_writer.clone();
            let worker = move || process_items(items, &to_writer, work);
            // If one thread does not start, the next would not either.
            if starter.start(scope, worker).is_err() {
                break;
            }
            workers += 1;
        }
        drop(to_writer);
        if workers > 0 {
            return write_in_order(&results, gate, &mut write);
        }
        while let Ok(Numbered { number, bytes, item }) = receive(items) {
            write(work(number, item)?, true)?;
            gate.leave(bytes);
        }
        Ok(())
    });
    written?;
    let read = read_result.into_inner().unwrap_or_default();
    read.unwrap_or_else(|| Err(PipelineError::ReaderPanicked.into()))
}

/// Reads, works and writes on this thread, one item after the other.
fn on_this_thread<T, A, E: From<PipelineError>>(
    read: impl FnOnce(&mut dyn FnMut(T) -> bool) -> Result<(), E>,
    work: &impl Fn(usize, T) -> Result<A, PipelineError>,
    write: &mut impl FnMut(A, bool) -> Result<(), E>,
    read_result: &Mutex<Option<Result<(), E>>>,
) -> Result<(), E> {
    let (mut number, mut written) = (0, Ok(()));
    let result = read(&mut |item| {
        written = work(number, item).map_err(E::from).and_then(|result| write(result, true));
        number += 1;
        written.is_ok()
    });
    if let Ok(mut slot) = read_result.lock() {
        *slot = Some(result);
    }
    written
}

/// An item or its result, with the number of the item and its size.
struct Numbered<T> {
    number: usize,
    bytes: u64,
    item: T,
}

/// Bounds the items in the pipeline, by number and by size. A single item may have any size.
struct Gate {
    max_items: usize,
    max_bytes: u64,
    inside: Mutex<Inside>,
    changed: Condvar,
}

#[derive(Default)]
struct Inside {
    items: usize,
    bytes: u64,
    closed: bool,
}

impl Gate {
    fn new(max_items: usize, max_bytes: u64) -> Gate {
        Gate { max_items, max_bytes, inside: Mutex::default(), changed: Condvar::new() }
    }

    /// Waits until there is room, and returns whether the gate is still open.
    fn enter(&self, bytes: u64) -> bool {
        let Ok(inside) = self.inside.lock() else { return false };
        let full = |inside: &mut Inside| {
            let too_many_bytes = inside.bytes.saturating_add(bytes) > self.max_bytes;
            let is_full = inside.items >= self.max_items || too_many_bytes;
            !inside.closed && inside.items > 0 && is_full
        };
        let Ok(mut inside) = self.changed.wait_while(inside, full) else { return false };
        inside.items += 1;
        inside.bytes = inside.bytes.saturating_add(bytes);
        !inside.closed
    }

    fn leave(&self, bytes: u64) {
        if let Ok(mut inside) = self.inside.lock() {
            inside.items = inside.items.saturating_sub(1);
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

/// Closes a gate when it is dropped, also by a panic.
struct CloseOnDrop<'a>(&'a Gate);

impl Drop for CloseOnDrop<'_> {
    fn drop(&mut self) {
        self.0.close();
    }
}

fn receive<T>(items: &Mutex<Receiver<Numbered<T>>>) -> Result<Numbered<T>, RecvError> {
    items.lock().map_err(|_| RecvError)?.recv()
}

fn process_items<T, A>(
    items: &Mutex<Receiver<Numbered<T>>>,
    to_writer: &SyncSender<Numbered<A>>,
    work: &impl Fn(usize, T) -> A,
) {
    while let Ok(Numbered { number, bytes, item }) = receive(items) {
        if to_writer.send(Numbered { number, bytes, item: work(number, item) }).is_err() {
            return;
        }
    }
}

fn write_in_order<A, E: From<PipelineError>>(
    results: &Receiver<Numbered<Result<A, PipelineError>>>,
    gate: &Gate,
    write: &mut impl FnMut(A, bool) -> Result<(), E>,
) -> Result<(), E> {
    // Results that came before their turn, by number.
    let mut early = BTreeMap::new();
    let mut next = 0;
    while let Ok(Numbered { number, bytes, item }) = results.recv() {
        early.insert(number, (bytes, item));
        while let Some((bytes, result)) = early.remove(&next) {
            write(result?, early.is_empty())?;
            next += 1;
            gate.leave(bytes);
        }
    }
    // All workers have ended. Later results would never be written.
    if !early.is_empty() {
        return Err(PipelineError::ResultLost(next + 1).into());
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::error::Error;
    use std::sync::atomic::{AtomicU64, Ordering};

    use super::*;

    type Failure = Box<dyn Error + Send + Sync>;

    #[test]
    fn large_items_are_few_at_a_time_and_all_results_are_in_order() {
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
        in_order::<_, _, Failure>(
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
    fn a_lost_result_is_an_error() {
        let (sender, results) = sync_channel(8);
        for number in [0, 2, 3] {
            let result: Result<usize, PipelineError> = Ok(number);
            sender.send(Numbered { number, bytes: 1, item: result }).unwrap();
        }
        drop(sender);
        let mut written = Vec::new();
        let ended = write_in_order::<_, Failure>(&results, &Gate::new(8, 8), &mut |number, _| {
            written.push(number);
            Ok(())
        });
        assert_eq!(ended.unwrap_err().to_string(), "internal error: item 2 has no result");
        assert_eq!(written, [0]);
    }

    #[test]
    fn a_failing_writer_ends_the_run() {
        let read = |send: &mut dyn FnMut(u64) -> bool| {
            (0..).all(send);
            Ok(())
        };
        let write = |number: u64, _| if number < 50 { Ok(()) } else { Err(Failure::from("full")) };
        let ended = in_order(3, |_| 40 << 20, read, |_, number| number, write);
        assert_eq!(ended.unwrap_err().to_string(), "full");
    }

    #[test]
    fn all_items_are_processed_in_order_however_many_threads_start() {
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
            in_order_with::<_, _, Failure>(
                &ThreadStarter::at_most(started),
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
    fn any_failure_ends_the_run_however_many_threads_start() {
        let endless = |send: &mut dyn FnMut(usize) -> bool| {
            (0..).all(send);
            Ok(())
        };
        for started in [0, 1, 2, 4] {
            let write = |at: usize, _| if at < 50 { Ok(()) } else { Err(Failure::from("full")) };
            let ended = in_order_with(
                &ThreadStarter::at_most(started),
                3,
                |_| 1,
                endless,
                |at, _| at,
                write,
            );
            assert_eq!(ended.unwrap_err().to_string(), "full", "{started} threads");

            // A worker that panics must not leave the writer waiting for its result.
            let work = |at: usize, _: usize| assert_ne!(at, 50, "the fiftieth");
            let ended = in_order_with(
                &ThreadStarter::at_most(started),
                3,
                |_| 1,
                endless,
                work,
                |(), _| Ok(()),
            );
            let message = ended.unwrap_err().to_string();
            assert_eq!(message, "internal error at item 51", "{started} threads");
        }
        for started in [1, 2, 4] {
            let read = |send: &mut dyn FnMut(usize) -> bool| {
                send(0);
                panic!("the reader's");
            };
            let ended: Result<(), Failure> = in_order_with(
                &ThreadStarter::at_most(started),
                3,
                |_| 1,
                read,
                |at, _| at,
                |_, _| Ok(()),
            );
            assert!(ended.unwrap_err().to_string().contains("reader"), "{started} threads");
        }
        for started in [0, 4] {
            let read = |_: &mut dyn FnMut(usize) -> bool| Err(Failure::from("torn"));
            let ended = in_order_with(
                &ThreadStarter::at_most(started),
                3,
                |_| 1,
                read,
                |at, _| at,
                |_, _| Ok(()),
            );
            assert_eq!(ended.unwrap_err().to_string(), "torn");
        }
    }
}
