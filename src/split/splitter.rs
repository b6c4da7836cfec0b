//! The interface of sentence splitters.

use crate::Language;
use crate::text::Span;

/// Splits a text into sentences.
///
/// A splitter returns byte spans of the text. They are in order, do not overlap
/// and lie on character boundaries. The built-in splitter is
/// [`RuleSplitter`](crate::RuleSplitter).
///
/// ```
/// use bitext::{Article, Language, Splitter};
///
/// /// For text with one sentence per line.
/// struct LineSplitter;
///
/// impl Splitter for LineSplitter {
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
/// article.split(&LineSplitter)?;
/// assert_eq!(article.len(), 2);
/// # Ok::<(), bitext::Error>(())
/// ```
pub trait Splitter: Send + Sync {
    /// Returns the byte spans of the sentences of `text`.
    fn split(&self, language: Language, text: &str) -> Vec<Span>;

    /// Whether the splitter has rules of its own for a language. The default is yes. The aligner warns of
    /// articles in other languages: [`Warning::NoSplittingRules`](crate::Warning::NoSplittingRules).
    ///
    /// ```
    /// use bitext::{Language, RuleSplitter, Splitter};
    ///
    /// assert!(RuleSplitter::default().has_rules(Language::FRENCH));
    /// assert!(!RuleSplitter::default().has_rules(Language::new("mt")?));
    /// # Ok::<(), bitext::Error>(())
    /// ```
    fn has_rules(&self, language: Language) -> bool {
        let _ = language;
        true
    }
}

impl<S: Splitter + ?Sized> Splitter for Box<S> {
    fn split(&self, language: Language, text: &str) -> Vec<Span> {
        (**self).split(language, text)
    }

    fn has_rules(&self, language: Language) -> bool {
        (**self).has_rules(language)
    }
}

impl<S: Splitter + ?Sized> Splitter for std::sync::Arc<S> {
    fn split(&self, language: Language, text: &str) -> Vec<Span> {
        (**self).split(language, text)
    }

    fn has_rules(&self, language: Language) -> bool {
        (**self).has_rules(language)
    }
}
