//! The scan of a text, a sentence at a time.

use std::iter::FusedIterator;

use super::RuleSplitter;
use super::debris::{SegmentKind, is_debris, is_heading};
use super::decide::{Context, ends};
use super::mark::{Mark, gap};
use super::scan::{self, Hit, Quotes};
use super::seams::{self, Seam};
use super::table::Table;
use crate::Language;
use crate::text::{Paragraphs, Span};

/// A sentence, or what stands in place of one: a headline, a line of a menu.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Segment<'t> {
    /// The text, without the white space around it; it may have newlines in it.
    pub text: &'t str,
    /// Where it lies, in bytes of the whole text.
    pub span: Span,
    /// What it is part of.
    pub kind: SegmentKind,
}

/// The segments of a text, in order; [`RuleSplitter::segments`] makes it.
///
/// Nothing is allocated on the way, and each step reads what it gives back
/// and little more, so one can stop early. Only [`Newlines::Auto`], the
/// default, looks through the lines of a text beforehand, to find out whether
/// they were wrapped: up to the first that is too long for it, which is the
/// first paragraph of most texts, or to the end.
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
    table: &'static Table,
    options: RuleSplitter,
    paragraphs: Paragraphs<'t>,
    paragraph: &'t str,
    /// Where the paragraph begins.
    base: usize,
    kind: SegmentKind,
    /// Where the next sentence begins in the paragraph.
    begin: usize,
    /// How far the paragraph was read.
    at: usize,
    /// The quotation marks so far.
    quotes: Quotes,
    /// Whether the paragraph is all there is of the text.
    lone: bool,
}

impl<'t> Segments<'t> {
    pub(super) fn new(options: RuleSplitter, language: Language, text: &'t str) -> Segments<'t> {
        let paragraphs = Paragraphs::new(text, options.newlines);
        Segments {
            text,
            table: Table::of(language),
            options,
            paragraphs,
            paragraph: "",
            base: 0,
            kind: SegmentKind::Text,
            begin: 0,
            at: 0,
            quotes: Quotes::default(),
            lone: false,
        }
    }

    /// Goes on to the next paragraph.
    fn turn(&mut self) -> Option<()> {
        let span = self.paragraphs.next_where(|line| is_debris(self.table, line))?;
        let first = self.paragraph.is_empty();
        self.paragraph = &self.text[span.clone()];
        self.lone = first && gap(&self.text[span.end..]) == self.text.len() - span.end;
        self.base = span.start;
        self.begin = 0;
        self.at = 0;
        self.quotes = Quotes::default();
        self.kind = if is_debris(self.table, self.paragraph) {
            SegmentKind::Debris
        } else if is_heading(self.paragraph)
            && gap(&self.text[span.end..]) < self.text.len() - span.end
        {
            SegmentKind::Heading
        } else {
            SegmentKind::Text
        };
        Some(())
    }

    /// Where the sentence ends, and where the one behind it begins.
    fn cut(&mut self) -> (usize, usize) {
        let text = self.paragraph;
        if self.begin == 0 && self.at == 0 {
            if let Some(end) = seams::letter(self.table, text) {
                self.at = end;
                return (end, end + gap(&text[end..]));
            }
        }
        while let Some((at, hit)) = scan::next(self.table, text, self.at, &mut self.quotes) {
            if hit != Hit::Stop {
                let Seam { end, resume } = seams::seam(self.table, text, self.begin, at, hit);
                self.at = resume;
                if let Some(end) = end.filter(|&end| end > self.begin) {
                    return (end, end + gap(&text[end..]));
                }
                continue;
            }
            let mark = Mark::read(self.table, text, at, self.quotes.open);
            self.at = mark.end;
            let quoted = self.quotes.last;
            self.quotes = scan::over(text, at..mark.end, self.quotes);
            let apart = mark.next > mark.end || mark.wide || self.options.missing_spaces;
            let context = Context { quoted, lone: self.lone };
            if apart && ends(self.table, text, self.begin, &mark, context) {
                return match self.options.trailing_quotes {
                    false if mark.quote && mark.next < text.len() => {
                        (mark.bare, mark.bare + gap(&text[mark.bare..]))
                    }
                    _ => (mark.end, mark.next),
                };
            }
        }
        self.at = text.len();
        (text.len(), text.len())
    }
}

impl<'t> Iterator for Segments<'t> {
    type Item = Segment<'t>;

    fn next(&mut self) -> Option<Segment<'t>> {
        while self.begin >= self.paragraph.len() {
            self.turn()?;
        }
        let begin = self.begin;
        let (end, next) = self.cut();
        self.begin = next;
        Some(Segment {
            text: &self.paragraph[begin..end],
            span: self.base + begin..self.base + end,
            kind: self.kind,
        })
    }
}

impl FusedIterator for Segments<'_> {}
