//! Sentence splitting.
//!
//! [`Splitter`] is the interface, [`RuleSplitter`] the built-in
//! implementation. A text is divided into paragraphs, each paragraph is
//! classified as text, heading or boilerplate (`boilerplate`), and `boundary`
//! finds the ends of its sentences. Everything that depends on the language is
//! in `data/*.txt`, which `lexicon` reads.

mod boilerplate;
mod boundary;
mod chars;
mod folded_line;
mod lexicon;
mod rule_splitter;
mod segments;
mod splitter;
mod word_kinds;

pub(crate) use boilerplate::text_to_embed;

/// Whether a line is known to surround articles on websites.
pub(crate) fn is_boilerplate_line(language: crate::Language, line: &str) -> bool {
    boilerplate::is_boilerplate(lexicon::Lexicon::of(language), line)
}
pub use rule_splitter::RuleSplitter;
pub use segments::{Segment, SegmentKind, Segments};
pub use splitter::Splitter;
