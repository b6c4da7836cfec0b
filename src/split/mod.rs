//! Sentence splitting.

use crate::Language;
use crate::text::Span;

/// Splits a text into sentences.
///
/// A splitter returns byte spans of the text, in order and without overlap, on
/// character boundaries; the built-in one is [`RuleSplitter`].
///
/// ```
/// use bitext::{Article, Language, Splitter};
///
/// /// A sentence a line, for text that comes that way.
/// struct Lines;
///
/// impl Splitter for Lines {
///     fn split(&self, _: Language, text: &str) -> Vec<std::ops::Range<usize>> {
///         let mut start = 0;
///         text.split('\n')
///             .map(|line| {
///                 let span = start..start + line.len();
///                 start = span.end + 1;
///                 span
///             })
///             .collect()
///     }
/// }
///
/// let mut article = Article::new(Language::ENGLISH, "one\ntwo. three");
/// article.split(&Lines)?;
/// assert_eq!(article.len(), 2);
/// # Ok::<(), bitext::Error>(())
/// ```
pub trait Splitter: Send + Sync {
    /// The byte spans of the sentences of `text`.
    fn split(&self, language: Language, text: &str) -> Vec<Span>;
}

impl<S: Splitter + ?Sized> Splitter for Box<S> {
    fn split(&self, language: Language, text: &str) -> Vec<Span> {
        (**self).split(language, text)
    }
}

impl<S: Splitter + ?Sized> Splitter for std::sync::Arc<S> {
    fn split(&self, language: Language, text: &str) -> Vec<Span> {
        (**self).split(language, text)
    }
}

mod chars;
mod debris;
mod decide;
mod letters;
mod mark;
mod next;
mod numbers;
mod rules;
mod scan;
mod seams;
mod segments;
mod speech;
mod table;

pub use debris::SegmentKind;
pub use rules::RuleSplitter;
pub use segments::{Segment, Segments};

/// The text of a sentence that is embedded: without a site's lead-in such as `Read also: `.
///
/// Two teasers of a site share their lead-in. With it they would look like translations of each
/// other.
pub(crate) fn text_to_embed(language: crate::Language, sentence: &str) -> &str {
    let lead_in = debris::lead_in(table::Table::of(language), sentence);
    sentence.get(lead_in..).unwrap_or(sentence)
}
