//! What can be wrong with an alignment that is to be scored.

use std::fmt;

use super::MAX_SENTENCES;
use crate::{Error, ErrorKind};

/// One of the two sides of an alignment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Side {
    /// The first.
    Source,
    /// The second.
    Target,
}

impl fmt::Display for Side {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Side::Source => "source",
            Side::Target => "target",
        })
    }
}

/// Why an alignment, or a line that holds one, cannot be scored. All numbers
/// count from 0, but for lines, which count from 1.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum AlignmentError {
    /// A sentence is in two beads, or twice in one.
    #[error(
        "{side} sentence {sentence} is in bead {first} and again in bead {bead}: a sentence can be in one bead only"
    )]
    SentenceTwice {
        /// The side.
        side: Side,
        /// The sentence.
        sentence: usize,
        /// The bead that it is in.
        first: usize,
        /// The bead that it is in again.
        bead: usize,
    },
    /// A bead has a sentence that its side does not have.
    #[error(
        "bead {bead} has {side} sentence {sentence}, but there are {len} {side} sentences, counted from 0: is this the alignment of other texts?"
    )]
    OutOfRange {
        /// The side.
        side: Side,
        /// The sentence.
        sentence: usize,
        /// The bead.
        bead: usize,
        /// How many sentences the side has.
        len: usize,
    },
    /// More sentences than are scored.
    #[error(
        "{0} sentences on one side: up to {MAX_SENTENCES} are scored, so split the text, or check the numbers"
    )]
    TooLong(usize),
    /// Gold and prediction are not of the same texts.
    #[error(
        "the gold alignment is of {} x {} sentences, the predicted one of {} x {}: align the very sentences of the gold alignment",
        .gold.0, .gold.1, .predicted.0, .predicted.1
    )]
    Sizes {
        /// Sentences of the gold alignment's sides.
        gold: (usize, usize),
        /// Sentences of the predicted alignment's sides.
        predicted: (usize, usize),
    },
    /// The line is not what it should be.
    #[error("{0}")]
    Malformed(String),
    /// An id comes twice.
    #[error("the id `{id}` is on line {first} already: give every task an id of its own")]
    DuplicateId {
        /// The id.
        id: String,
        /// The line that has it first.
        first: usize,
    },
    /// A confidence is not a probability.
    #[error("the confidence {0} is not a number from 0 to 1")]
    Confidence(f32),
}

impl AlignmentError {
    /// The error with its place: a file or other source, and a line of it,
    /// counted from 1.
    ///
    /// ```
    /// use bitext::evaluate::Task;
    ///
    /// let error = Task::parse("{}").unwrap_err();
    /// assert_eq!(error.to_string(), "the task has no `id`");
    /// assert_eq!(error.at("tasks.jsonl", 4).to_string(), "tasks.jsonl:4: the task has no `id`");
    /// ```
    pub fn at(self, source_name: &str, line: usize) -> Error {
        Error::from(self).with_source_name(source_name).with_line(line)
    }
}

impl From<AlignmentError> for Error {
    fn from(error: AlignmentError) -> Error {
        Error::new(ErrorKind::InvalidAlignment, error.to_string()).with_source(error)
    }
}
