//! The built-in splitter.

use super::{Segments, Splitter};
use crate::Language;
use crate::text::{Newlines, Span};

/// The built-in splitter: rules, and for each of English, Ukrainian and German
/// a table of abbreviations.
///
/// A sentence ends at a full stop, an exclamation mark, a question mark or an
/// ellipsis, with the closing quotes, brackets and footnote marks behind it,
/// unless what stands around it shows that the sentence goes on; a paragraph
/// always ends one. Any other language is split at sentence-final punctuation,
/// that of other scripts too, without abbreviations other than initials and
/// letters with stops.
///
/// The sentences have no white space around them, are never blank, and hold
/// every character of the text that is not white space, but for a byte-order
/// mark at its start. The time it takes is linear in the text, whatever that
/// is.
///
/// ```
/// use bitext::{Language, RuleSplitter, Splitter};
///
/// let text = "Dr. Weiß kam am 3. Mai. „Wirklich?“, fragte sie.";
/// let sentences = RuleSplitter::default().split(Language::GERMAN, text);
/// assert_eq!(&text[sentences[0].clone()], "Dr. Weiß kam am 3. Mai.");
/// assert_eq!(&text[sentences[1].clone()], "„Wirklich?“, fragte sie.");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct RuleSplitter {
    /// What a single newline means.
    pub newlines: Newlines,
    /// Whether a sentence may also end where the space after it was left out,
    /// as in `the end.Next`; on by default. Without it, text is cut only at
    /// white space, but for scripts that set none.
    pub missing_spaces: bool,
    /// Whether a closing quotation mark behind the stop belongs to
    /// the sentence that it closes; on by default. Without it, such marks begin
    /// the next sentence, except at the end of a paragraph.
    pub trailing_quotes: bool,
}

impl Default for RuleSplitter {
    fn default() -> RuleSplitter {
        RuleSplitter { newlines: Newlines::Auto, missing_spaces: true, trailing_quotes: true }
    }
}

impl RuleSplitter {
    /// The sentences of a text, one after the other, with what they are part
    /// of. Nothing is allocated.
    ///
    /// ```
    /// use bitext::split::SegmentKind;
    /// use bitext::{Language, RuleSplitter};
    ///
    /// let text = "Ferry stops\n\nIt is old. It leaks.\n\nShare this post:";
    /// let kinds: Vec<_> = RuleSplitter::default()
    ///     .segments(Language::ENGLISH, text)
    ///     .map(|segment| (segment.kind, segment.text))
    ///     .collect();
    /// assert_eq!(
    ///     kinds,
    ///     [
    ///         (SegmentKind::Heading, "Ferry stops"),
    ///         (SegmentKind::Text, "It is old."),
    ///         (SegmentKind::Text, "It leaks."),
    ///         (SegmentKind::Debris, "Share this post:"),
    ///     ]
    /// );
    /// ```
    pub fn segments<'t>(&self, language: Language, text: &'t str) -> Segments<'t> {
        Segments::new(*self, language, text)
    }
}

impl Splitter for RuleSplitter {
    fn split(&self, language: Language, text: &str) -> Vec<Span> {
        self.segments(language, text).map(|segment| segment.span).collect()
    }
}
