//! Work shared out to threads, as many of them as the system starts. The caller's thread takes
//! part, so that the work is done even where none starts.

#[cfg(feature = "build")]
pub(crate) mod in_order;

use std::io;
use std::sync::{Mutex, PoisonError};
use std::thread::{Builder, Scope, ScopedJoinHandle};

/// Starts a thread; tests put in one that fails.
pub(crate) trait Start: Sync {
    fn start<'scope>(
        &self,
        scope: &'scope Scope<'scope, '_>,
        work: impl FnOnce() + Send + 'scope,
    ) -> io::Result<ScopedJoinHandle<'scope, ()>>;
}

/// The threads of the operating system.
pub(crate) struct System;

impl Start for System {
    fn start<'scope>(
        &self,
        scope: &'scope Scope<'scope, '_>,
        work: impl FnOnce() + Send + 'scope,
    ) -> io::Result<ScopedJoinHandle<'scope, ()>> {
        Builder::new().spawn_scoped(scope, work)
    }
}

/// Calls `work` with each item, on up to `threads` threads; a panic of `work` is passed on.
pub(crate) fn for_each<I: Send>(
    threads: usize,
    items: impl Iterator<Item = I> + Send,
    work: impl Fn(I) + Sync,
) {
    for_each_with(&System, threads, items, work);
}

/// Calls `work` with each number below `count`, on up to `threads` threads; the results are in
/// the order of the numbers.
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
    start: &impl Start,
    threads: usize,
    items: impl Iterator<Item = I> + Send,
    work: impl Fn(I) + Sync,
) {
    let items = Mutex::new(items);
    let serve = || {
        loop {
            // Not held while the item is worked on.
            let item = items.lock().unwrap_or_else(PoisonError::into_inner).next();
            match item {
                Some(item) => work(item),
                None => break,
            }
        }
    };
    std::thread::scope(|scope| {
        let serve = &serve;
        let mut others = Vec::new();
        for _ in 1..threads {
            match start.start(scope, serve) {
                Ok(thread) => others.push(thread),
                // The next would not start either.
                Err(_) => break,
            }
        }
        serve();
        for thread in others {
            if let Err(panic) = thread.join() {
                std::panic::resume_unwind(panic);
            }
        }
    });
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    /// Starts so many threads and no more.
    struct Few(AtomicUsize);

    impl Start for Few {
        fn start<'scope>(
            &self,
            scope: &'scope Scope<'scope, '_>,
            work: impl FnOnce() + Send + 'scope,
        ) -> io::Result<ScopedJoinHandle<'scope, ()>> {
            let left =
                self.0.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |n| n.checked_sub(1));
            match left {
                Ok(_) => System.start(scope, work),
                Err(_) => Err(io::ErrorKind::WouldBlock.into()),
            }
        }
    }

    #[test]
    fn all_is_done_whatever_number_of_threads_starts() {
        for started in [0, 1, 7] {
            let seen = Mutex::new(BTreeSet::new());
            let few = Few(AtomicUsize::new(started));
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
    fn a_panic_is_passed_on_and_nothing_waits_for_it() {
        for started in [0, 3] {
            let few = Few(AtomicUsize::new(started));
            let ended = std::panic::catch_unwind(|| {
                for_each_with(&few, 4, 0..100, |at| assert_ne!(at, 50, "the fiftieth"));
            });
            assert!(ended.is_err());
        }
    }
}
