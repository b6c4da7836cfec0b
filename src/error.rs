//! The error of this crate: what is wrong, where, and what to do about it.
//!
//! Modules above this one build errors with the constructors below. Modules with an error type of
//! their own convert it with `From`; the original stays the [source](std::error::Error::source).

use std::borrow::Cow;
use std::convert::Infallible;
use std::fmt;
use std::io;
use std::path::Path;

/// The result of every function in this crate that can fail.
pub type Result<T, E = Error> = std::result::Result<T, E>;

type ErrorSource = Box<dyn std::error::Error + Send + Sync>;

/// What is wrong, where, and what to do about it.
///
/// [`kind`](Error::kind) says what went wrong, for programs. [`Display`](fmt::Display) says it for
/// people: first the place, as far as it is known, then the message. The place is an article, or a
/// file with a line and a byte. The [source](std::error::Error::source) is the error that caused
/// this one, such as an [`io::Error`]; the message includes its text.
///
/// ```
/// use bitext::{Error, ErrorKind, Language};
///
/// fn languages(name: &str, text: &str) -> bitext::Result<Vec<Language>> {
///     let mut languages = Vec::new();
///     for (index, line) in text.lines().enumerate() {
///         let place = |error: Error| error.with_source_name(name).with_line(index + 1);
///         languages.push(Language::new(line).map_err(place)?);
///     }
///     Ok(languages)
/// }
///
/// let error = languages("languages.txt", "uk\nGerman!\n").unwrap_err();
/// assert_eq!(error.kind(), ErrorKind::InvalidLanguage);
/// assert_eq!((error.source_name(), error.line()), (Some("languages.txt"), Some(2)));
/// assert!(error.to_string().starts_with("languages.txt:2: "));
/// # Ok::<(), Error>(())
/// ```
pub struct Error(Box<Inner>);

struct Inner {
    kind: ErrorKind,
    place: ErrorPlace,
    message: Cow<'static, str>,
    source: Option<ErrorSource>,
}

#[derive(Default)]
struct ErrorPlace {
    article: Option<String>,
    source_name: Option<String>,
    line: Option<usize>,
    byte: Option<u64>,
}

/// What went wrong. See [`Error::kind`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// A string is not a language code.
    InvalidLanguage,
    /// The model does not know the language of the text.
    UnsupportedLanguage,
    /// The text is in Russian, and the article is given as Ukrainian.
    RussianForUkrainian,
    /// The language of the text cannot be detected.
    UncertainLanguage,
    /// Bytes are not UTF-8.
    NotUtf8,
    /// Input cannot be read; [`Error::io_error`] has the reason.
    Read,
    /// Output cannot be written; [`Error::io_error`] has the reason.
    Write,
    /// The operating system did not start a thread; [`Error::io_error`] has the reason.
    Thread,
    /// The number of articles or texts is not supported.
    ArticleCount,
    /// Two articles or texts are in the same language.
    DuplicateLanguage,
    /// The span of a sentence is outside the text, overlaps another, or cuts a character.
    InvalidSpan,
    /// Vectors differ in number or dimension from what is required.
    VectorShape,
    /// A vector holds NaN or infinity.
    VectorNotFinite,
    /// An [`Embedder`](crate::Embedder) failed; the source is its error.
    Embedder,
    /// An article has more sentences than can be searched.
    TooLong,
    /// A setting is out of its range.
    InvalidConfig,
    /// A model cannot be used; the source is a [`ModelError`](crate::embed::ModelError).
    Model,
    /// Data read or built as a bitext contradicts itself.
    InvalidBitext,
    /// A line, row or element of a file is malformed.
    InvalidRecord,
    /// A page of HTML or a record of a web archive is malformed, or beyond a limit of `html`.
    InvalidPage,
    /// An alignment cannot be scored; the source is an
    /// [`AlignmentError`](crate::evaluate::AlignmentError).
    InvalidAlignment,
    /// A correction cannot be applied; the source is a `report::CorrectionError`.
    InvalidCorrection,
    /// A training set cannot be built; the source is a `corpus::build::BuildError`.
    Build,
    /// An error of the caller's, from [`Error::other`].
    Other,
}

impl Error {
    /// What went wrong.
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// The label of the article: its id if it has one, else its language.
    pub fn article(&self) -> Option<&str> {
        self.0.place.article.as_deref()
    }

    /// The name of the file or other input.
    pub fn source_name(&self) -> Option<&str> {
        self.0.place.source_name.as_deref()
    }

    /// The line of the input, from 1; for Parquet, the row.
    pub fn line(&self) -> Option<usize> {
        self.0.place.line
    }

    /// The byte offset in the input, from 0.
    pub fn byte(&self) -> Option<u64> {
        self.0.place.byte
    }

    /// The message without the place.
    pub fn message(&self) -> &str {
        &self.0.message
    }

    /// The source, if it is an [`io::Error`].
    pub fn io_error(&self) -> Option<&io::Error> {
        self.0.source.as_ref()?.downcast_ref()
    }

    /// An error of the caller's own, for example from a conversion into an
    /// [`Article`](crate::Article).
    ///
    /// ```
    /// use bitext::{Error, ErrorKind};
    ///
    /// let error = Error::other("the page has no text").with_article("page 7");
    /// assert_eq!(error.kind(), ErrorKind::Other);
    /// assert_eq!(error.to_string(), "page 7: the page has no text");
    /// ```
    pub fn other(error: impl Into<ErrorSource>) -> Error {
        let error = error.into();
        Error::new(ErrorKind::Other, error.to_string()).with_source(error)
    }

    /// An error for a file that cannot be read.
    ///
    /// ```
    /// use bitext::Error;
    ///
    /// fn read(path: &str) -> bitext::Result<Vec<u8>> {
    ///     std::fs::read(path).map_err(|error| Error::read(path, error))
    /// }
    ///
    /// let error = read("missing.txt").unwrap_err();
    /// assert!(error.to_string().starts_with("missing.txt: cannot read: "));
    /// assert_eq!(error.io_error().unwrap().kind(), std::io::ErrorKind::NotFound);
    /// ```
    pub fn read(path: impl AsRef<Path>, error: io::Error) -> Error {
        Error::new(ErrorKind::Read, format!("cannot read: {error}"))
            .with_source(error)
            .with_source_name(path.as_ref().display().to_string())
    }

    /// Adds the label of the article, in place of any that the error has.
    pub fn with_article(mut self, label: impl Into<String>) -> Error {
        self.0.place.article = Some(label.into());
        self
    }

    /// Adds the name of the file or other input, in place of any that the error has.
    pub fn with_source_name(mut self, name: impl Into<String>) -> Error {
        self.0.place.source_name = Some(name.into());
        self
    }

    /// Adds the number of the line, from 1, in place of any that the error has.
    pub fn with_line(mut self, line: usize) -> Error {
        self.0.place.line = Some(line);
        self
    }

    /// Adds the byte offset, from 0, in place of any that the error has.
    ///
    /// ```
    /// use bitext::Error;
    ///
    /// let error = Error::other("unexpected end").with_source_name("rows.tsv").with_byte(120);
    /// assert_eq!(error.byte(), Some(120));
    /// ```
    pub fn with_byte(mut self, byte: u64) -> Error {
        self.0.place.byte = Some(byte);
        self
    }
}

/// Constructors for this crate: one for each kind that several modules report.
impl Error {
    pub(crate) fn new(kind: ErrorKind, message: impl Into<Cow<'static, str>>) -> Error {
        let (place, message) = (ErrorPlace::default(), message.into());
        Error(Box::new(Inner { kind, place, message, source: None }))
    }

    pub(crate) fn with_source(mut self, source: impl Into<ErrorSource>) -> Error {
        self.0.source = Some(source.into());
        self
    }

    /// Output cannot be written.
    pub(crate) fn write(error: io::Error) -> Error {
        Error::new(ErrorKind::Write, format!("cannot write: {error}")).with_source(error)
    }

    /// What a writer was given does not fit its output.
    pub(crate) fn unwritable(reason: impl fmt::Display) -> Error {
        Error::write(io::Error::new(io::ErrorKind::InvalidInput, reason.to_string()))
    }

    #[cfg(feature = "ann")]
    pub(crate) fn thread(error: io::Error) -> Error {
        let advice = "raise the limit on processes (`ulimit -u`) or on memory";
        Error::new(ErrorKind::Thread, format!("cannot start a thread: {error}; {advice}"))
            .with_source(error)
    }

    /// A setting is out of range; `reason` says what it must be.
    pub(crate) fn config(name: &str, reason: impl fmt::Display) -> Error {
        Error::new(ErrorKind::InvalidConfig, format!("setting `{name}`: {reason}"))
    }

    pub(crate) fn article_count(count: usize) -> Error {
        let advice = if count > 3 { ": align two or three at a time" } else { "" };
        let message = format!("an alignment needs two or three articles, got {count}{advice}");
        Error::new(ErrorKind::ArticleCount, message)
    }

    pub(crate) fn language_not_in_model(
        language: impl fmt::Display,
        fingerprint: &str,
        known: &[impl fmt::Display],
    ) -> Error {
        let name = fingerprint.split(':').next().unwrap_or_default();
        let known: Vec<String> = known.iter().map(|one| format!("`{one}`")).collect();
        let message = format!(
            "the model {name} does not know `{language}`, only {}: use a model that knows it",
            known.join(", ")
        );
        Error::new(ErrorKind::UnsupportedLanguage, message)
    }

    pub(crate) fn duplicate_language(language: impl fmt::Display) -> Error {
        let message = format!("two articles in `{language}`: give one article per language");
        Error::new(ErrorKind::DuplicateLanguage, message)
    }

    /// The span of a sentence or block, numbered from 0, does not fit its text.
    pub(crate) fn span_of(what: &str, at: usize, reason: &str) -> Error {
        Error::new(ErrorKind::InvalidSpan, format!("{what} {at}: {reason}"))
    }

    /// A matrix has another number of rows or columns than required.
    pub(crate) fn vector_shape(expected: (usize, usize), got: (usize, usize)) -> Error {
        let message = format!(
            "expected {} vectors of dimension {}, got {} of dimension {}",
            expected.0, expected.1, got.0, got.1
        );
        Error::new(ErrorKind::VectorShape, message)
    }

    pub(crate) fn vector_not_finite(row: usize, column: usize) -> Error {
        let message = format!("the vector of sentence {row} is not finite in column {column}");
        Error::new(ErrorKind::VectorNotFinite, message)
    }

    /// An embedder failed. An error of this crate passes through.
    pub(crate) fn embedder(error: ErrorSource) -> Error {
        match error.downcast::<Error>() {
            Ok(error) => *error,
            Err(error) => Error::new(ErrorKind::Embedder, format!("the embedder failed: {error}"))
                .with_source(error),
        }
    }

    pub(crate) fn bitext(reason: impl fmt::Display) -> Error {
        Error::new(ErrorKind::InvalidBitext, format!("invalid bitext: {reason}"))
    }

    pub(crate) fn record(reason: impl fmt::Display) -> Error {
        Error::new(ErrorKind::InvalidRecord, reason.to_string())
    }
}

impl fmt::Display for ErrorPlace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.source_name, self.line) {
            (Some(name), Some(line)) => write!(f, "{name}:{line}")?,
            (Some(name), None) => f.write_str(name)?,
            (None, Some(line)) => write!(f, "line {line}")?,
            (None, None) => {}
        }
        let has_input = self.source_name.is_some() || self.line.is_some();
        match self.byte {
            Some(byte) if has_input => write!(f, " (byte {byte})")?,
            Some(byte) => write!(f, "byte {byte}")?,
            None => {}
        }
        if has_input || self.byte.is_some() {
            f.write_str(": ")?;
        }
        match &self.article {
            Some(article) => write!(f, "{article}: "),
            None => Ok(()),
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", self.0.place, self.0.message)
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Error")
            .field("kind", &self.0.kind)
            .field("message", &self.to_string())
            .field("source", &self.0.source)
            .finish()
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        let source: &(dyn std::error::Error + 'static) = self.0.source.as_deref()?;
        Some(source)
    }
}

/// Lets conversions that cannot fail be used where an [`Error`] is expected.
impl From<Infallible> for Error {
    fn from(never: Infallible) -> Error {
        match never {}
    }
}

#[cfg(test)]
mod tests {
    use std::error::Error as _;

    use super::*;

    #[test]
    fn an_error_is_one_pointer_wide() {
        assert_eq!(size_of::<Error>(), size_of::<usize>());
        assert_eq!(size_of::<Result<()>>(), size_of::<usize>());
    }

    #[test]
    fn the_place_precedes_the_message() {
        let error = || Error::record("no id");
        assert_eq!(error().to_string(), "no id");
        assert_eq!(error().with_line(3).to_string(), "line 3: no id");
        assert_eq!(error().with_byte(9).to_string(), "byte 9: no id");
        assert_eq!(error().with_source_name("a").to_string(), "a: no id");
        assert_eq!(error().with_source_name("a").with_byte(9).to_string(), "a (byte 9): no id");
        let placed = error().with_source_name("a").with_line(3).with_byte(9);
        assert_eq!(placed.to_string(), "a:3 (byte 9): no id");
        assert_eq!(placed.with_article("en").to_string(), "a:3 (byte 9): en: no id");
    }

    #[test]
    fn an_error_of_this_crate_passes_through_an_embedder() {
        let error = Error::embedder(Box::new(Error::article_count(1)));
        assert_eq!(error.kind(), ErrorKind::ArticleCount);
        let error = Error::embedder("no memory".into());
        assert_eq!(error.kind(), ErrorKind::Embedder);
        assert_eq!(error.source().unwrap().to_string(), "no memory");
        assert!(error.io_error().is_none());
    }
}
