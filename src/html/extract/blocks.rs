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

/// Whether blocks of a kind are part of the page's content.
pub fn is_content(kind: BlockKind) -> bool {
    !matches!(kind, BlockKind::Navigation | BlockKind::Aside)
}

impl PageBlock {
    /// Whether the block is part of the page's content, and in this language if the page names one for it.
    pub(crate) fn is_in(&self, language: Option<Language>) -> bool {
        is_content(self.block.kind) && (self.language.is_none() || self.language == language)
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
    is_in_content: bool,
}

/// Blocks of text, separated by blank lines.
#[derive(Debug, Default)]
pub struct TextBlocks {
    text: String,
    blocks: Vec<PageBlock>,
    /// For each block, whether it is inside `article` or `main`.
    in_content: Vec<bool>,
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
            self.open = Some(OpenBlock {
                start: self.text.len(),
                kind: context.kind,
                source,
                language: context.language,
                is_in_content: context.is_in_content,
            });
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
        let Some(open) = self.open.take() else { return };
        let block = Block::new(open.start..self.text.len(), open.kind, open.source);
        self.blocks.push(PageBlock { block, language: open.language });
        self.in_content.push(open.is_in_content);
    }

    /// The text and its blocks.
    pub fn finish(mut self) -> (String, Vec<PageBlock>) {
        self.end_block();
        self.mark_surroundings();
        (self.text, self.blocks)
    }

    /// Marks what is outside `article` and `main` as [`BlockKind::Aside`], if these have most of the text.
    /// On some pages only the comments are in an `article`.
    fn mark_surroundings(&mut self) {
        let (mut inside, mut outside) = (0, 0);
        for (one, is_in_content) in self.blocks.iter().zip(&self.in_content) {
            if one.is_in(one.language) {
                let text = &self.text[one.block.span.clone()];
                let letters = text.chars().filter(|c| c.is_alphabetic()).count();
                *(if *is_in_content { &mut inside } else { &mut outside }) += letters;
            }
        }
        if inside <= outside {
            return;
        }
        for (one, is_in_content) in self.blocks.iter_mut().zip(&self.in_content) {
            if !is_in_content && one.block.kind != BlockKind::Navigation {
                one.block.kind = BlockKind::Aside;
            }
        }
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
