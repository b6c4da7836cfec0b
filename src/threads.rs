//! Distributes work over threads, as many as the system starts. The caller's thread also works, so
//! that all work is done even if no other thread starts.

#[cfg(feature = "build")]
pub(crate) mod in_order;

use std::io;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread::{Builder, Scope, ScopedJoinHandle};

/// Starts threads of the operating system. A test bounds how many start.
pub(crate) struct ThreadStarter {
    remaining: AtomicUsize,
}

impl ThreadStarter {
    pub(crate) fn new() -> ThreadStarter {
        ThreadStarter::at_most(usize::MAX)
    }

    /// Starts this number of threads and refuses more.
    pub(crate) fn at_most(threads: usize) -> ThreadStarter {
        ThreadStarter { remaining: AtomicUsize::new(threads) }
    }

    pub(crate) fn start<'scope>(
        &self,
        scope: &'scope Scope<'scope, '_>,
        work: impl FnOnce() + Send + 'scope,
    ) -> io::Result<ScopedJoinHandle<'scope, ()>> {
        let one_less = |remaining: usize| remaining.checked_sub(1);
        match self.remaining.fetch_update(Ordering::SeqCst, Ordering::SeqCst, one_less) {
            Ok(_) => Builder::new().spawn_scoped(scope, work),
            Err(_) => Err(io::ErrorKind::WouldBlock.into()),
        }
    }
}

/// Calls `work` with each item, on up to `threads` threads. A panic of `work` ends the work on the
/// remaining items and is passed on.
pub(crate) fn for_each<I: Send>(
    threads: usize,
    items: impl Iterator<Item = I> + Send,
    work: impl Fn(I) + Sync,
) {
    for_each_with(&ThreadStarter::new(), threads, items, work);
}

/// Calls `work` with each number below `count`, on up to `threads` threads. The results are in the
/// order of the numbers.
pub(crate) fn map<T: Send>(
    threads: usize,
    count: usize,
    work: impl Fn(usize) -> T + Sync,
) -> Vec<T> {
    let done: Mutex<Vec<(usize, T)>> = Mutex::new(Vec::with_capacity(count));
    for_each(threads.min(count), 0..count, |at| {
        let result = work(at);
        done.lock().unwrap_or_else(PoisonError::into_inner).push((at, result));
    });
    let mut done = done.into_inner().unwrap_or_else(PoisonError::into_inner);
    done.sort_unstable_by_key(|(at, _)| *at);
    done.into_iter().map(|(_, result)| result).collect()
}

fn for_each_with<I: Send>(
    starter: &ThreadStarter,
    threads: usize,
    items: impl Iterator<Item = I> + Send,
    work: impl Fn(I) + Sync,
) {
    let items = Mutex::new(items);
    let has_panicked = AtomicBool::new(false);
    let process_items = || {
        let _guard = SetOnPanic(&has_panicked);
        while !has_panicked.load(Ordering::Relaxed) {
            // The lock is released before the work on the item.
            let item = items.lock().unwrap_or_else(PoisonError::into_inner).next();
            let Some(item) = item else { break };
            work(item);
        }
    };
    std::thread::scope(|scope| {
        let process_items = &process_items;
        let mut others = Vec::new();
        for _ in 1..threads {
            match starter.start(scope, process_items) {
                Ok(thread) => others.push(thread),
                // The next thread would not start either.
                Err(_) => break,
            }
        }
        process_items();
        for thread in others {
            if let Err(panic) = thread.join() {
                std::panic::resume_unwind(panic);
            }
        }
    });
}

/// Sets a flag if it is dropped by a panic.
struct SetOnPanic<'a>(&'a AtomicBool);

impl Drop for SetOnPanic<'_> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.0.store(true, Ordering::Relaxed);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::time::Duration;

    use super::*;

    #[test]
    fn all_is_done_whatever_number_of_threads_starts() {
        for started in [0, 1, 7] {
            let seen = Mutex::new(BTreeSet::new());
            let few = ThreadStarter::at_most(started);
            for_each_with(&few, 8, 0..1000, |at| {
                assert!(seen.lock().unwrap().insert(at), "{at} comes twice");
            });
            assert_eq!(seen.into_inner().unwrap(), (0..1000).collect::<BTreeSet<_>>());
        }
        assert_eq!(map(3, 100, |at| at * at), (0..100).map(|at| at * at).collect::<Vec<_>>());
        assert_eq!(map(0, 2, |at| at), [0, 1]);
        assert_eq!(map(4, 0, |at| at), [0; 0]);
    }

    #[test]
    fn a_panic_ends_the_work_on_the_remaining_items() {
        const ITEMS: usize = 10_000;
        for started in [0, 3] {
            let few = ThreadStarter::at_most(started);
            let done = AtomicUsize::new(0);
            let ended = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
                for_each_with(&few, 4, 0..ITEMS, |at| {
                    assert_ne!(at, 5, "the sixth");
                    std::thread::sleep(Duration::from_micros(100));
                    done.fetch_add(1, Ordering::Relaxed);
                });
            }));
            assert!(ended.is_err());
            assert!(done.into_inner() < ITEMS / 2, "{started} threads");
        }
    }

    #[test]
    fn a_panic_is_passed_on_and_nothing_waits_for_it() {
        for started in [0, 3] {
            let few = ThreadStarter::at_most(started);
            let ended = std::panic::catch_unwind(|| {
                for_each_with(&few, 4, 0..100, |at| assert_ne!(at, 50, "the fiftieth"));
            });
            assert!(ended.is_err());
        }
    }
}
