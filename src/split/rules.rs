//! The built-in splitter.

use super::Splitter;
use crate::Language;
use crate::text::{Newlines, Span, paragraphs};

/// The built-in splitter.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct RuleSplitter {
    /// What a single newline means.
    pub newlines: Newlines,
}

impl Splitter for RuleSplitter {
    fn split(&self, _language: Language, text: &str) -> Vec<Span> {
        paragraphs(text, self.newlines)
    }
}
