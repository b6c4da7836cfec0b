//! Panics, and arguments that clap refuses, as messages of one line.

use std::cell::Cell;
use std::panic::PanicHookInfo;
use std::process::ExitCode;
use std::sync::atomic::{AtomicU32, Ordering};

use bitext::cli_support::is_terminal_control;

use crate::io::messages::terminal::{complain, printable};

/// Panics that are reported, since there may be one for each line of an input.
const MAX_REPORTED: u32 = 10;

thread_local! {
    /// Whether panics of this thread are not reported, because the caller catches and reports them.
    static QUIET: Cell<bool> = const { Cell::new(false) };
}

/// Installs a panic hook that reports each panic in one line.
pub fn report_in_one_line() {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let usual = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        if QUIET.get() {
            return;
        }
        // The user asks for a backtrace.
        if std::env::var_os("RUST_BACKTRACE").is_some_and(|value| value != "0") {
            return usual(panic);
        }
        if COUNT.fetch_add(1, Ordering::Relaxed) < MAX_REPORTED {
            complain(format_args!("internal error: {}; please report it", description(panic)));
        }
    }));
}

fn description(panic: &PanicHookInfo<'_>) -> String {
    let payload = panic.payload();
    let message = payload.downcast_ref::<&str>().copied();
    let message = message.or(payload.downcast_ref::<String>().map(String::as_str));
    let message = message.unwrap_or("a panic");
    match panic.location() {
        Some(place) => format!("{message} ({}:{})", place.file(), place.line()),
        None => message.to_string(),
    }
}

/// Runs work whose panics the caller of this program's code catches and reports.
#[cfg(feature = "parquet")]
pub fn quietly<T>(work: impl FnOnce() -> T) -> T {
    /// Restores the previous state when it is dropped, also by a panic.
    struct Restore(bool);

    impl Drop for Restore {
        fn drop(&mut self) {
            QUIET.set(self.0);
        }
    }

    let _restore = Restore(QUIET.replace(true));
    work()
}

/// Prints an error or the help of clap and returns its exit status. Control characters in arguments
/// are escaped.
pub fn refuse(error: clap::Error) -> ExitCode {
    let has_controls =
        std::env::args_os().any(|word| word.to_string_lossy().contains(is_terminal_control));
    if !has_controls {
        error.exit();
    }
    let text = error.render().to_string();
    for line in text.lines() {
        if error.use_stderr() {
            eprintln!("{}", printable(line));
        } else {
            println!("{}", printable(line));
        }
    }
    u8::try_from(error.exit_code()).map_or(ExitCode::FAILURE, ExitCode::from)
}
