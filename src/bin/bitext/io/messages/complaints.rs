//! Complaints about what may be wrong a million times.

use std::collections::HashMap;
use std::fmt::Display;

use crate::io::write::output::complain;

/// The first so many of a file are told, and of all files.
const SHOWN_PER_FILE: u64 = 10;
const SHOWN_IN_ALL: u64 = 50;

/// Tells what is wrong on standard error: the first of each file, and how many more
/// there are. A place is a file, or `FILE:LINE`.
#[derive(Default)]
pub struct Complaints {
    files: HashMap<String, Count>,
    told: u64,
}

/// What is wrong with a file: how often, and how many of it were not told.
#[derive(Default)]
struct Count {
    all: u64,
    untold: u64,
}

impl Complaints {
    pub fn tell(&mut self, place: &str, message: impl Display) {
        let file = match place.rsplit_once(':') {
            Some((file, line)) if line.bytes().all(|byte| byte.is_ascii_digit()) => file,
            _ => place,
        };
        match place {
            "" => self.tell_of(file, message),
            place => self.tell_of(file, format_args!("{place}: {message}")),
        }
    }

    /// Tells what is wrong with a file in a message that names the place.
    pub fn tell_of(&mut self, file: &str, message: impl Display) {
        if !self.files.contains_key(file) {
            self.files.insert(file.to_string(), Count::default());
        }
        let Some(count) = self.files.get_mut(file) else { return };
        count.all += 1;
        if count.all > SHOWN_PER_FILE || self.told >= SHOWN_IN_ALL {
            count.untold += 1;
            return;
        }
        self.told += 1;
        complain(message);
    }

    pub fn is_empty(&self) -> bool {
        self.files.is_empty()
    }

    /// Tells how many more there are, and where they stand.
    pub fn finish(self, see: Option<&str>) {
        let see = see.map_or(String::new(), |see| format!(", see {see}"));
        let more: Vec<_> = self.files.iter().filter(|(_, count)| count.untold > 0).collect();
        let untold: u64 = more.iter().map(|(_, count)| count.untold).sum();
        let of = match &more[..] {
            [] => return,
            [(file, _)] if file.is_empty() => String::new(),
            [(file, _)] => format!(" of {file}"),
            more => format!(" of {} files", more.len()),
        };
        let all: u64 = more.iter().map(|(_, count)| count.all).sum();
        complain(format_args!("… and {untold} more{of}, {all} in all{see}"));
    }
}
