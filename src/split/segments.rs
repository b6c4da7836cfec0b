//! Iterates over the sentences of a text: paragraph by paragraph, one sentence
//! at a time.

use std::iter::FusedIterator;

use super::boilerplate::{is_boilerplate, is_heading};
use super::boundary::{
    Break, Candidate, Context, QuoteState, Stop, break_at, ends_sentence, letter_phrase_end,
    next_candidate, pass_quotes, white_space_len,
};
use super::lexicon::Lexicon;
use super::rule_splitter::RuleSplitter;
use super::splitter::Splitter;
use crate::Language;
use crate::text::{Paragraphs, Span};

/// The kind of line or paragraph that a segment belongs to.
///
/// The splitter judges by the text of the line or paragraph alone; it does not
/// know the page's layout. A kind is therefore a hint: whoever drops boilerplate
/// loses a little text, and keeps some boilerplate.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum SegmentKind {
    /// Running text, and everything that is of no other kind.
    #[default]
    Text,
    /// A headline: a paragraph of one line that does not end with a stop and is
    /// followed by another paragraph.
    Heading,
    /// A line that the site puts around its articles: a menu, "Share this
    /// post:", a file name of a picture, a bare address, a line without letters
    /// or digits.
    Boilerplate,
}

impl SegmentKind {
    /// The kind's name in files: `text`, `heading`, `boilerplate`.
    ///
    /// ```
    /// use bitext::{Language, RuleSplitter};
    ///
    /// let page = "Ferry runs again\n\nIt was repaired. It is green.\n\nShare this post:";
    /// let segments = RuleSplitter::default().segments(Language::ENGLISH, page);
    /// let kinds: Vec<&str> = segments.map(|segment| segment.kind.name()).collect();
    /// assert_eq!(kinds, ["heading", "text", "text", "boilerplate"]);
    /// ```
    pub fn name(self) -> &'static str {
        match self {
            SegmentKind::Text => "text",
            SegmentKind::Heading => "heading",
            SegmentKind::Boilerplate => "boilerplate",
        }
    }
}

/// A sentence, a headline, or a line of boilerplate.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Segment<'t> {
    /// The text, without the white space around it. It may contain newlines.
    pub text: &'t str,
    /// Its position in the whole text, in bytes.
    pub span: Span,
    /// The kind of paragraph that it belongs to.
    pub kind: SegmentKind,
}

/// The segments of a text, in order. [`RuleSplitter::segments`] creates it.
///
/// Iterating allocates nothing and reads little more of the text than what it
/// returns, so a caller can stop early. The exception is [`Newlines::Auto`], the
/// default: it first looks at the lines of the text to find out whether they
/// are wrapped. It stops at the first line that is too long to be wrapped, which
/// is the first paragraph of most texts.
///
/// ```
/// use bitext::{Language, RuleSplitter};
///
/// let text = "Dr. Smith came. He left. Nobody saw him.";
/// let first = RuleSplitter::default().segments(Language::ENGLISH, text).next().unwrap();
/// assert_eq!((first.text, first.span), ("Dr. Smith came.", 0..15));
/// ```
///
/// [`Newlines::Auto`]: crate::text::Newlines::Auto
#[derive(Clone, Debug)]
pub struct Segments<'t> {
    text: &'t str,
    lexicon: &'static Lexicon,
    options: RuleSplitter,
    paragraphs: Paragraphs<'t>,
    paragraph: &'t str,
    /// Where the paragraph begins in the text.
    paragraph_start: usize,
    kind: SegmentKind,
    /// Where the next sentence begins in the paragraph.
    sentence_start: usize,
    /// Where the scan resumes in the paragraph.
    scanned: usize,
    /// The quotation marks that were scanned so far.
    quotes: QuoteState,
    /// Whether the text has only this paragraph.
    is_only_paragraph: bool,
}

impl RuleSplitter {
    /// Iterates over the sentences of a text, with the kind of each. It
    /// allocates nothing.
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
    ///         (SegmentKind::Boilerplate, "Share this post:"),
    ///     ]
    /// );
    /// ```
    pub fn segments<'t>(&self, language: Language, text: &'t str) -> Segments<'t> {
        let paragraphs = Paragraphs::new(text, self.newlines);
        Segments {
            text,
            lexicon: Lexicon::of(language),
            options: *self,
            paragraphs,
            paragraph: "",
            paragraph_start: 0,
            kind: SegmentKind::Text,
            sentence_start: 0,
            scanned: 0,
            quotes: QuoteState::default(),
            is_only_paragraph: false,
        }
    }
}

impl Splitter for RuleSplitter {
    fn split(&self, language: Language, text: &str) -> Vec<Span> {
        self.segments(language, text).map(|segment| segment.span).collect()
    }

    fn has_rules(&self, language: Language) -> bool {
        Lexicon::exists(language)
    }
}

impl Segments<'_> {
    /// Moves to the next paragraph; `None` at the end of the text.
    fn advance_paragraph(&mut self) -> Option<()> {
        let span = self.paragraphs.next_unless(|line| is_boilerplate(self.lexicon, line))?;
        let is_first = self.paragraph.is_empty();
        self.paragraph = &self.text[span.clone()];
        let is_last = white_space_len(&self.text[span.end..]) == self.text.len() - span.end;
        self.is_only_paragraph = is_first && is_last;
        self.paragraph_start = span.start;
        self.sentence_start = 0;
        self.scanned = 0;
        self.quotes = QuoteState::default();
        self.kind = if is_boilerplate(self.lexicon, self.paragraph) {
            SegmentKind::Boilerplate
        } else if !is_last && is_heading(self.paragraph) {
            SegmentKind::Heading
        } else {
            SegmentKind::Text
        };
        Some(())
    }

    /// Returns the end of the current sentence and the start of the next one.
    fn find_end(&mut self) -> (usize, usize) {
        let text = self.paragraph;
        if self.sentence_start == 0 && self.scanned == 0 {
            if let Some(end) = letter_phrase_end(self.lexicon, text) {
                self.scanned = end;
                return (end, end + white_space_len(&text[end..]));
            }
        }
        while let Some((at, candidate)) =
            next_candidate(self.lexicon, text, self.scanned, &mut self.quotes)
        {
            if candidate != Candidate::Stop {
                let Break { end, resume } =
                    break_at(self.lexicon, text, self.sentence_start, at, candidate);
                self.scanned = resume;
                if let Some(end) = end.filter(|&end| end > self.sentence_start) {
                    return (end, end + white_space_len(&text[end..]));
                }
                continue;
            }
            let stop = Stop::read(self.lexicon, text, at, self.quotes.straight_open);
            self.scanned = stop.end;
            let context =
                Context { last_quote: self.quotes.last, is_only_paragraph: self.is_only_paragraph };
            self.quotes = pass_quotes(text, at..stop.end, self.quotes);
            let is_separated = stop.next_start > stop.end || stop.full_width;
            if (is_separated || self.options.missing_spaces)
                && ends_sentence(self.lexicon, text, self.sentence_start, &stop, context)
            {
                let splits_quote = !self.options.trailing_quotes
                    && stop.closes_quote
                    && stop.next_start < text.len();
                return if splits_quote {
                    let end = stop.stops_end;
                    (end, end + white_space_len(&text[end..]))
                } else {
                    (stop.end, stop.next_start)
                };
            }
        }
        self.scanned = text.len();
        (text.len(), text.len())
    }
}

impl<'t> Iterator for Segments<'t> {
    type Item = Segment<'t>;

    fn next(&mut self) -> Option<Segment<'t>> {
        while self.sentence_start >= self.paragraph.len() {
            self.advance_paragraph()?;
        }
        let start = self.sentence_start;
        let (end, next_start) = self.find_end();
        self.sentence_start = next_start;
        Some(Segment {
            text: &self.paragraph[start..end],
            span: self.paragraph_start + start..self.paragraph_start + end,
            kind: self.kind,
        })
    }
}

impl FusedIterator for Segments<'_> {}
