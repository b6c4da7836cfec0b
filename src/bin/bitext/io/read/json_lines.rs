//! Files with one JSON object per line.

use std::fmt::Display;
use std::io::{BufRead, Cursor, Read};
use std::path::Path;

use bitext::cli_support::parse_object;
use bitext::text;
use serde::Deserialize;
use serde::de::IgnoredAny;

use crate::Failure;
use crate::io::messages::complaints::Complaints;
use crate::io::read::input::{InputLines, LineFault, is_blank, open};
use crate::io::read::sniff::{SNIFFED_BYTES, all_have, foreign_kind};

/// A file of JSON lines.
pub struct JsonLines {
    name: String,
    input: Box<dyn BufRead>,
}

/// A line that is not blank.
pub struct JsonLine<'l> {
    /// The name of its file.
    pub file: &'l str,
    /// Its number, from 1.
    pub number: usize,
    /// Its bytes, or why they could not be read.
    pub bytes: Result<&'l [u8], &'l LineFault>,
}

impl JsonLines {
    /// Opens a file, or standard input for `-`.
    pub fn open(path: &Path) -> Result<JsonLines, Failure> {
        let (name, input) = open(path)?;
        Ok(JsonLines { name, input })
    }

    /// Opens a file of bitexts or rejected rows. If the file seems to be of another kind, one
    /// complaint says so, and the result is `None`.
    pub fn open_checked(
        path: &Path,
        complaints: &mut Complaints,
    ) -> Result<Option<JsonLines>, Failure> {
        let (name, mut input) = open(path)?;
        let mut head = Vec::new();
        let read = input.by_ref().take(SNIFFED_BYTES).read_to_end(&mut head);
        read.map_err(|error| format!("cannot read {name}: {error}"))?;
        let is_training_set = all_have(&head, &["translation"], &["units", "reason", "reasons"]);
        let other = if is_training_set {
            Some("seems to have rows of a training set: `bitext filter` reads that")
        } else {
            foreign_kind(&head)
        };
        if let Some(why) = other {
            complaints.tell(&name, why);
            return Ok(None);
        }
        Ok(Some(JsonLines { name, input: Box::new(Cursor::new(head).chain(input)) }))
    }

    /// Calls `each` with every line that is not blank.
    ///
    /// # Errors
    ///
    /// The first error of `each`, or that the file cannot be read any further.
    pub fn for_each(
        self,
        mut each: impl FnMut(JsonLine<'_>) -> Result<(), Failure>,
    ) -> Result<(), Failure> {
        for (at, line) in InputLines::new(self.input).enumerate() {
            let (file, number) = (self.name.as_str(), at + 1);
            match &line {
                Err(LineFault::Unreadable(error)) => {
                    return Err(format!("cannot read {file}: {error}").into());
                }
                Ok(line) if is_blank(line) => {}
                line => each(JsonLine { file, number, bytes: line.as_deref() })?,
            }
        }
        Ok(())
    }
}

impl<'l> JsonLine<'l> {
    /// `FILE:LINE`
    pub fn place(&self) -> String {
        format!("{}:{}", self.file, self.number)
    }

    /// A message about the line.
    pub fn error(&self, message: impl Display) -> String {
        format!("{}: {message}", self.place())
    }

    /// The text of the line, or a message that names its place.
    pub fn text(&self) -> Result<&'l str, String> {
        let bytes = self.bytes.map_err(|fault| self.error(fault))?;
        text::decode(&self.place(), bytes).map_err(|error| error.to_string())
    }
}

/// Whether a line of `bitext align` says that articles could not be aligned.
pub fn is_refusal(line: &str) -> bool {
    #[derive(Deserialize)]
    struct Refusal {
        error: Option<IgnoredAny>,
        units: Option<IgnoredAny>,
    }

    let refusal = parse_object::<Refusal>(line);
    refusal.is_ok_and(|refusal| refusal.error.is_some() && refusal.units.is_none())
}
