//! What can go wrong, where, and what to do about it.

use std::io;
use std::path::PathBuf;

use crate::Language;
use crate::text::{Encoding, hint};

/// The result of everything in this crate that can fail.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// An error: which article, line or file, and what to do.
///
/// An `article` in a variant is the article's label: its id where it has one,
/// else its language, else `article`.
///
/// ```
/// use bitext::{Aligner, Article, Error, Language};
///
/// let twice = ["It rained.", "It snowed."].map(|text| Article::new(Language::ENGLISH, text));
/// match Aligner::new().align(twice) {
///     Err(Error::DuplicateLanguage(language)) => assert_eq!(language, Language::ENGLISH),
///     other => panic!("{other:?}"),
/// }
/// # Ok::<(), Error>(())
/// ```
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A string is not a language code.
    #[error("`{code}` is not a language code: {reason}")]
    InvalidLanguage {
        /// What was given.
        code: String,
        /// Why it was refused.
        reason: String,
    },
    /// The text is reliably in a language that is not served.
    #[error(
        "{article}: the text looks {name} (`{code}`); English, Ukrainian and German are detected: name the language if that is wrong"
    )]
    UnsupportedLanguage {
        /// The article's label.
        article: String,
        /// English name of the language that was found.
        name: String,
        /// ISO 639-3 code of the language that was found.
        code: String,
    },
    /// The text is reliably Russian where Ukrainian is expected.
    #[error(
        "{article}: the text looks Russian, not Ukrainian: give the Ukrainian version (a list of sentences is not checked)"
    )]
    RussianForUkrainian {
        /// The article's label.
        article: String,
    },
    /// The text does not show its language.
    #[error("{article}: cannot tell the language of the text; name it")]
    Uncertain {
        /// The article's label.
        article: String,
    },
    /// Bytes are not UTF-8.
    #[error("{source_name}: not UTF-8 at byte {offset}{}", hint(.looks_like))]
    NotUtf8 {
        /// File, article or line that the bytes are from.
        source_name: String,
        /// Offset of the first byte that is not UTF-8, from 0.
        offset: usize,
        /// What the bytes look like instead, if they do.
        looks_like: Option<Encoding>,
    },
    /// A file cannot be read.
    #[error("cannot read {}: {error}", .path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        error: io::Error,
    },
    /// Output cannot be written.
    #[error("cannot write: {0}")]
    Write(#[source] io::Error),
    /// The system does not start a thread that is needed.
    #[error("cannot start a thread: {0}; raise the limit on processes (`ulimit -u`) or on memory")]
    Threads(#[source] io::Error),
    /// The number of articles is not two or three.
    #[error("an alignment needs two or three articles, got {0}")]
    ArticleCount(usize),
    /// Two articles are in one language.
    #[error("two articles in `{0}`: an alignment has one article a language")]
    DuplicateLanguage(Language),
    /// Sentence spans do not fit the text that they are for.
    #[error("{article}: sentence {sentence}: {reason}")]
    InvalidSpan {
        /// The article's label.
        article: String,
        /// Index of the sentence, from 0.
        sentence: usize,
        /// What is wrong with its span.
        reason: &'static str,
    },
    /// Sentence vectors have the wrong shape.
    #[error(
        "{article}: expected {} vectors of dimension {}, got {} of dimension {}",
        .expected.0, .expected.1, .got.0, .got.1
    )]
    VectorShape {
        /// The article's label.
        article: String,
        /// Rows and columns expected.
        expected: (usize, usize),
        /// Rows and columns found.
        got: (usize, usize),
    },
    /// A sentence vector holds NaN or infinity.
    #[error("{article}: the vector of sentence {row} is not finite in column {column}")]
    VectorNotFinite {
        /// The article's label.
        article: String,
        /// The row, from 0.
        row: usize,
        /// The column, from 0.
        column: usize,
    },
    /// An embedder of the caller's failed.
    #[error("{article}: the embedder failed: {error}")]
    Embedder {
        /// The article's label.
        article: String,
        /// What the embedder said.
        #[source]
        error: Box<dyn std::error::Error + Send + Sync>,
    },
    /// An article has more sentences than can be searched.
    #[error(
        "{source_sentences} x {target_sentences} sentences are too many ({limit} a side): split the articles into chapters"
    )]
    TooLong {
        /// Sentences of one side.
        source_sentences: usize,
        /// Sentences of the other side.
        target_sentences: usize,
        /// The limit on the sentences of a side.
        limit: usize,
    },
    /// A setting is out of its range.
    #[error("setting `{name}`: {reason}")]
    InvalidConfig {
        /// Name of the field.
        name: &'static str,
        /// What it must be.
        reason: &'static str,
    },
    /// A model file or folder cannot be used.
    #[error("model: {0}")]
    Model(#[from] crate::embed::ModelError),
    /// A bitext that was read or built is not one.
    #[error("not a bitext: {0}")]
    InvalidBitext(String),
    /// A line of JSONL cannot be used.
    #[error("line {line}: {message}")]
    Json {
        /// Number of the line, from 1.
        line: usize,
        /// What is wrong with it.
        message: String,
    },
    /// A row of a training set cannot be used, or what comes after it.
    #[error("{source_name}: line {line}, byte {byte}: {message}")]
    Record {
        /// File or other source that the row is from.
        source_name: String,
        /// Number of the line, from 1; of a Parquet file, of the row.
        line: usize,
        /// Where that begins, or what is wrong in it, in bytes of the file.
        byte: u64,
        /// What is wrong with it.
        message: String,
    },
    /// An alignment that is to be scored contradicts itself or another.
    #[error("not an alignment to be scored: {0}")]
    InvalidAlignment(#[from] crate::evaluate::AlignmentError),
    /// A line that holds an alignment, or a part of one, cannot be scored.
    #[error("{source_name}: line {line}: {error}")]
    AlignmentLine {
        /// File or other source that the line is from.
        source_name: String,
        /// Number of the line, from 1.
        line: usize,
        /// What is wrong with it.
        #[source]
        error: crate::evaluate::AlignmentError,
    },
    /// A line of corrections cannot be used.
    #[cfg(feature = "report")]
    #[error("{source_name}: line {line}: {error}")]
    Correction {
        /// File or other source that the line is from.
        source_name: String,
        /// Number of the line, from 1.
        line: usize,
        /// What is wrong with it.
        #[source]
        error: crate::report::CorrectionError,
    },
}
