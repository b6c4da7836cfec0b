//! Errors of alignments and of lines that contain them.

use std::fmt;

use crate::{Error, ErrorKind};

/// The most sentences of one side of a scored alignment.
pub const MAX_SENTENCES: usize = 1_000_000;

/// One of the two sides of an alignment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum AlignmentSide {
    /// The source text.
    Source,
    /// The target text.
    Target,
}

impl fmt::Display for AlignmentSide {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            AlignmentSide::Source => "source",
            AlignmentSide::Target => "target",
        })
    }
}

/// Why an alignment, or a line that contains one, cannot be scored. Sentences and
/// beads are counted from 0, lines from 1.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum AlignmentError {
    /// A sentence is in two beads, or twice in one bead.
    #[error(
        "{side} sentence {sentence} is in bead {first} and again in bead {bead}: a sentence can be in one bead only"
    )]
    SentenceTwice {
        /// The side.
        side: AlignmentSide,
        /// The sentence.
        sentence: usize,
        /// The first bead with the sentence.
        first: usize,
        /// The second bead with the sentence.
        bead: usize,
    },
    /// A bead has a sentence that its text does not have.
    #[error(
        "bead {bead} has {side} sentence {sentence}, but there are {len} {side} sentences, counted from 0: is this the alignment of other texts?"
    )]
    OutOfRange {
        /// The side.
        side: AlignmentSide,
        /// The sentence.
        sentence: usize,
        /// The bead.
        bead: usize,
        /// The number of sentences of this side.
        len: usize,
    },
    /// A text has too many sentences.
    #[error(
        "{0} sentences on one side: the limit is {MAX_SENTENCES}; split the text, or check the numbers"
    )]
    TooLong(usize),
    /// Gold alignment and prediction have different numbers of sentences.
    #[error(
        "the gold alignment has {} x {} sentences, the predicted one {} x {}: align exactly the sentences of the gold alignment",
        .gold.0, .gold.1, .predicted.0, .predicted.1
    )]
    Sizes {
        /// Source and target sentences of the gold alignment.
        gold: (usize, usize),
        /// Source and target sentences of the prediction.
        predicted: (usize, usize),
    },
    /// A line is malformed.
    #[error("{0}")]
    Malformed(String),
    /// Two lines have the same id.
    #[error("line {first} already has the id `{id}`: give every task a different id")]
    DuplicateId {
        /// The id.
        id: String,
        /// The first line with the id.
        first: usize,
    },
    /// A confidence is not between 0 and 1.
    #[error("the confidence {0} is not a number from 0 to 1")]
    Confidence(f32),
}

impl AlignmentError {
    /// Adds the place of the error: the name of a file or another source, and the
    /// number of the line, from 1.
    ///
    /// ```
    /// use bitext::evaluate::GoldTask;
    ///
    /// let error = GoldTask::parse("{}").unwrap_err();
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
