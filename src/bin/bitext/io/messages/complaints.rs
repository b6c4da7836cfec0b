//! Bounds the number of messages about an error that may occur in every line of a file.

use std::collections::HashMap;
use std::fmt::Display;

use crate::io::messages::terminal::complain;

/// Messages that are printed about one file.
const MAX_PER_FILE: u64 = 10;
/// Messages that are printed about all files together.
const MAX_IN_TOTAL: u64 = 50;

/// Prints the first messages about each file to standard error and counts the others.
#[derive(Default)]
pub struct Complaints {
    files: HashMap<String, FileCount>,
    printed: u64,
}

/// The number of messages about a file.
#[derive(Default)]
struct FileCount {
    all: u64,
    unprinted: u64,
}

impl Complaints {
    /// Reports an error at a place, `FILE` or `FILE:LINE`. An empty place is not printed.
    pub fn tell(&mut self, place: &str, message: impl Display) {
        let file = match place.rsplit_once(':') {
            Some((file, line)) if line.bytes().all(|byte| byte.is_ascii_digit()) => file,
            _ => place,
        };
        if place.is_empty() {
            self.tell_of(file, message);
        } else {
            self.tell_of(file, format_args!("{place}: {message}"));
        }
    }

    /// Reports an error of a file with a message that already names the place.
    pub fn tell_of(&mut self, file: &str, message: impl Display) {
        let count = self.files.entry(file.to_string()).or_default();
        count.all += 1;
        if count.all > MAX_PER_FILE || self.printed >= MAX_IN_TOTAL {
            count.unprinted += 1;
            return;
        }
        self.printed += 1;
        complain(message);
    }

    pub fn is_empty(&self) -> bool {
        self.files.is_empty()
    }

    /// Prints the number of the other messages, and the file that has all of them, if any.
    pub fn finish(self, full_list: Option<&str>) {
        let see = full_list.map_or(String::new(), |file| format!(", see {file}"));
        let more: Vec<_> = self.files.iter().filter(|(_, count)| count.unprinted > 0).collect();
        let unprinted: u64 = more.iter().map(|(_, count)| count.unprinted).sum();
        let of = match &more[..] {
            [] => return,
            [(file, _)] if file.is_empty() => String::new(),
            [(file, _)] => format!(" of {file}"),
            more => format!(" of {} files", more.len()),
        };
        let all: u64 = more.iter().map(|(_, count)| count.all).sum();
        complain(format_args!("… and {unprinted} more{of}, {all} in total{see}"));
    }
}
