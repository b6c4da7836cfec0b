//! What goes wrong where nobody expects it: panics, and arguments that clap refuses.

use std::cell::Cell;
use std::panic::PanicHookInfo;
use std::process::ExitCode;
use std::sync::atomic::{AtomicU32, Ordering};

use bitext::cli_support::is_terminal_control;

use crate::io::messages::renamed;
use crate::io::messages::terminal::printable;
use crate::io::write::output::complain;

/// A fault may come with each of a million lines; these many are told.
const TOLD: u32 = 10;

thread_local! {
    /// Whether panics of this thread are not told: whoever catches them tells what it means.
    static QUIET: Cell<bool> = const { Cell::new(false) };
}

/// Has panics told in one line, as any message is.
pub fn report_in_one_line() {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let usual = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        if QUIET.get() {
            return;
        }
        // Who asks for a trace gets it.
        if std::env::var_os("RUST_BACKTRACE").is_some_and(|value| value != "0") {
            return usual(panic);
        }
        if COUNT.fetch_add(1, Ordering::Relaxed) < TOLD {
            complain(format_args!("internal error: {}; please report it", told(panic)));
        }
    }));
}

fn told(panic: &PanicHookInfo<'_>) -> String {
    let payload = panic.payload();
    let message = payload.downcast_ref::<&str>().copied();
    let message = message.or(payload.downcast_ref::<String>().map(String::as_str));
    let message = message.unwrap_or("a panic");
    match panic.location() {
        Some(place) => format!("{message} ({}:{})", place.file(), place.line()),
        None => message.to_string(),
    }
}

/// Does something whose panics are caught and told by others.
#[cfg(feature = "parquet")]
pub fn quietly<T>(work: impl FnOnce() -> T) -> T {
    /// Back to what it was, by a panic too.
    struct Back(bool);

    impl Drop for Back {
        fn drop(&mut self) {
            QUIET.set(self.0);
        }
    }

    let _back = Back(QUIET.replace(true));
    work()
}

/// Ends the program as clap does, but prints no commands to a terminal that an argument holds.
pub fn refuse(mut error: clap::Error) -> ExitCode {
    let given: Vec<String> =
        std::env::args_os().map(|word| word.to_string_lossy().into_owned()).collect();
    renamed::suggest(&mut error, given.get(1).map(String::as_str));
    if !given.iter().any(|word| word.contains(is_terminal_control)) {
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
