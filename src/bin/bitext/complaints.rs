//! Complaints about what may be wrong a million times.

use std::fmt::Display;

use crate::output::complain;

/// The first so many of a file are told, and of all files.
const OF_A_FILE: u64 = 10;
const IN_ALL: u64 = 50;

/// Tells what is wrong on standard error: the first of each file, and how many more
/// there are. A place is a file, or `FILE:LINE`.
#[derive(Default)]
pub struct Complaints {
    /// By file, in their order: how many, and how many of them were not told.
    files: Vec<(String, u64, u64)>,
    told: u64,
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
        // What is wrong with one file comes in a row.
        let at = self.files.iter().rposition(|(name, ..)| name == file).unwrap_or_else(|| {
            self.files.push((file.to_string(), 0, 0));
            self.files.len() - 1
        });
        let (_, count, untold) = &mut self.files[at];
        *count += 1;
        if *count > OF_A_FILE || self.told >= IN_ALL {
            *untold += 1;
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
        let more: Vec<_> = self.files.iter().filter(|(_, _, untold)| *untold > 0).collect();
        match &more[..] {
            [] => {}
            [(file, _, untold)] if file.is_empty() => {
                complain(format_args!("… and {untold} more{see}"))
            }
            [(file, _, untold)] => complain(format_args!("… and {untold} more of {file}{see}")),
            more => {
                let untold: u64 = more.iter().map(|(_, _, untold)| untold).sum();
                complain(format_args!("… and {untold} more of {} files{see}", more.len()));
            }
        }
    }
}
