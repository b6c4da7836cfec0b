//! Collects the text of a page in blocks, with white space as a browser shows it.

use crate::Language;
use crate::article::{Block, BlockKind};

use super::open_elements::Context;

/// A block of a page's text.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct PageBlock {
    /// Its bytes in the text of the page, its kind, and its place in the page.
    pub block: Block,
    /// The language that the page names for the block, if it names one for a part of itself.
    pub language: Option<Language>,
}

impl PageBlock {
    /// Whether the block is part of the page's content, and in this language if the page names one for it.
    pub(crate) fn is_in(&self, language: Option<Language>) -> bool {
        let is_content = !matches!(self.block.kind, BlockKind::Navigation | BlockKind::Aside);
        is_content && (self.language.is_none() || self.language == language)
    }
}

/// White space that was read and not yet written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
enum Pending {
    #[default]
    Nothing,
    /// Only no-break spaces.
    NoBreakSpace,
    Space,
    /// A line break.
    Newline,
    /// Two or more line breaks, which separate paragraphs.
    BlankLine,
}

/// The block that text is added to.
#[derive(Debug)]
struct OpenBlock {
    start: usize,
    kind: BlockKind,
    source: u64,
    language: Option<Language>,
}

/// Blocks of text, separated by blank lines.
#[derive(Debug, Default)]
pub struct TextBlocks {
    text: String,
    blocks: Vec<PageBlock>,
    open: Option<OpenBlock>,
    pending: Pending,
}

impl TextBlocks {
    /// Adds text of an element. `source` is its place in the page.
    pub fn push(&mut self, text: &str, context: &Context, source: u64) {
        if self.open.as_ref().is_some_and(|open| open.language != context.language) {
            self.end_block();
        }
        for c in text.chars() {
            match c {
                '\n' | '\r' if context.is_preformatted => self.push_line_break(),
                ' ' | '\t' | '\n' | '\r' | '\u{c}' => {
                    self.pending = self.pending.max(Pending::Space)
                }
                '\u{a0}' => self.pending = self.pending.max(Pending::NoBreakSpace),
                // Soft hyphens, and places where a word may be broken, are no part of the word.
                '\u{ad}' | '\u{200b}' | '\u{feff}' | '\0' => {}
                // Other controls are invisible, and some end lines.
                _ if c.is_control() => self.pending = self.pending.max(Pending::Space),
                '\u{2028}' | '\u{2029}' => self.push_line_break(),
                _ => self.push_visible(c, context, source),
            }
        }
    }

    fn push_visible(&mut self, c: char, context: &Context, source: u64) {
        if self.pending == Pending::BlankLine {
            self.end_block();
        }
        let pending = std::mem::take(&mut self.pending);
        if self.open.is_some() {
            match pending {
                Pending::Nothing | Pending::BlankLine => {}
                Pending::NoBreakSpace => self.text.push('\u{a0}'),
                Pending::Space => self.text.push(' '),
                Pending::Newline => self.text.push('\n'),
            }
        } else {
            if !self.text.is_empty() {
                self.text.push_str("\n\n");
            }
            let (kind, language) = (context.kind, context.language);
            self.open = Some(OpenBlock { start: self.text.len(), kind, source, language });
        }
        self.text.push(c);
    }

    /// A line break: two of them end a paragraph.
    pub fn push_line_break(&mut self) {
        self.pending = match self.pending {
            Pending::Newline | Pending::BlankLine => Pending::BlankLine,
            _ => Pending::Newline,
        };
    }

    /// Ends the block. The next text begins another one.
    pub fn end_block(&mut self) {
        self.pending = Pending::Nothing;
        let Some(OpenBlock { start, kind, source, language }) = self.open.take() else { return };
        let block = Block::new(start..self.text.len(), kind, source);
        self.blocks.push(PageBlock { block, language });
    }

    /// The text and its blocks.
    pub fn finish(mut self) -> (String, Vec<PageBlock>) {
        self.end_block();
        (self.text, self.blocks)
    }
}

#[cfg(test)]
mod tests {
    use super::super::open_elements::OpenElements;
    use super::*;

    #[test]
    fn white_space_is_collapsed_and_line_breaks_are_kept() {
        let context = OpenElements::default().context();
        let mut blocks = TextBlocks::default();
        for text in ["  The\n\t ferry", " ", "runs\u{a0}at \u{a0} 5 ", "o\u{ad}'clock. "] {
            blocks.push(text, &context, 7);
        }
        blocks.push_line_break();
        blocks.push(" It is\u{200b} late.", &context, 9);
        blocks.push_line_break();
        blocks.push(" \n", &context, 10);
        blocks.push_line_break();
        blocks.push("End", &context, 11);
        blocks.end_block();
        blocks.push(" \u{a0}\n", &context, 12);
        let (text, found) = blocks.finish();
        assert_eq!(text, "The ferry runs\u{a0}at 5 o'clock.\nIt is late.\n\nEnd");
        let spans = found.iter().map(|one| &text[one.block.span.clone()]).collect::<Vec<_>>();
        assert_eq!(spans, ["The ferry runs\u{a0}at 5 o'clock.\nIt is late.", "End"]);
        assert_eq!((found[0].block.source, found[1].block.source), (7, 11));
    }
}
