//! The settings of the built-in splitter.

use crate::text::Newlines;

/// The built-in splitter: rules, with a large lexicon for English, Ukrainian and
/// German, and the most frequent abbreviations of some forty other languages.
///
/// A sentence ends at a full stop, an exclamation mark, a question mark or an
/// ellipsis, unless the text around it shows that the sentence continues. The
/// closing quotes, brackets and footnote marks after the stop belong to the
/// sentence. The end of a paragraph always ends a sentence.
///
/// The punctuation of all scripts is known, such as `。`, `؟`, `।` and the Greek
/// question mark. Sentences of Chinese and Japanese need no space between them.
/// Thai and Lao have no stops: there, a space ends a sentence that is long
/// enough. In languages without a lexicon, the only abbreviations known are
/// initials and single letters with stops, such as `U.S.`
///
/// No sentence is blank or has white space at its ends. Every character that is
/// not white space belongs to a sentence, except a byte-order mark at the start
/// of the text. Splitting takes linear time for any text.
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
    /// The meaning of a single newline; [`Newlines::Auto`] by default.
    pub newlines: Newlines,
    /// Whether a sentence may also end where the space after its stop is
    /// missing, as in `the end.Next`; on by default. If off, the text is only
    /// split at white space, except in scripts that write no spaces.
    pub missing_spaces: bool,
    /// Whether a closing quotation mark after a stop belongs to the sentence
    /// before it; on by default. If off, such a mark begins the next sentence,
    /// except at the end of a paragraph.
    pub trailing_quotes: bool,
}

impl Default for RuleSplitter {
    fn default() -> RuleSplitter {
        RuleSplitter { newlines: Newlines::Auto, missing_spaces: true, trailing_quotes: true }
    }
}

impl RuleSplitter {
    /// Sets the meaning of a single newline.
    ///
    /// ```
    /// use bitext::text::Newlines;
    /// use bitext::{Language, RuleSplitter, Splitter};
    ///
    /// let splitter = RuleSplitter::default().with_newlines(Newlines::Always);
    /// assert_eq!(splitter.split(Language::ENGLISH, "Bread\nButter").len(), 2);
    /// ```
    #[must_use]
    pub fn with_newlines(mut self, newlines: Newlines) -> RuleSplitter {
        self.newlines = newlines;
        self
    }

    /// Sets whether a sentence may end where the space after its stop is missing.
    ///
    /// ```
    /// use bitext::{Language, RuleSplitter, Splitter};
    ///
    /// let text = "This is the very end.Next one starts here.";
    /// let splitter = RuleSplitter::default();
    /// assert_eq!(splitter.split(Language::ENGLISH, text).len(), 2);
    /// let splitter = splitter.with_missing_spaces(false);
    /// assert_eq!(splitter.split(Language::ENGLISH, text).len(), 1);
    /// ```
    #[must_use]
    pub fn with_missing_spaces(mut self, missing_spaces: bool) -> RuleSplitter {
        self.missing_spaces = missing_spaces;
        self
    }

    /// Sets whether a closing quotation mark belongs to the sentence before it.
    ///
    /// ```
    /// use bitext::{Language, RuleSplitter};
    ///
    /// let splitter = RuleSplitter::default().with_trailing_quotes(false);
    /// let mut segments = splitter.segments(Language::ENGLISH, "“We won.” He sat down.");
    /// assert_eq!(segments.next().unwrap().text, "“We won.");
    /// ```
    #[must_use]
    pub fn with_trailing_quotes(mut self, trailing_quotes: bool) -> RuleSplitter {
        self.trailing_quotes = trailing_quotes;
        self
    }
}
