//! Blocks: the parts of an article's text that were elements of a page.

use crate::text::Span;

/// The kind of element that a block of a page's text was in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum BlockKind {
    /// Running text, and everything that is of no other kind.
    Paragraph,
    /// A heading: `h1` to `h6`.
    Heading,
    /// An item of a list, a term or its description.
    ListItem,
    /// The caption of a picture or table.
    Caption,
    /// A cell of a table.
    TableCell,
    /// A part of the page beside its content: `aside`.
    Aside,
    /// A menu, a breadcrumb trail, a footer of the whole page, or buttons to share it.
    Navigation,
}

impl BlockKind {
    const ALL: [BlockKind; 7] = [
        BlockKind::Paragraph,
        BlockKind::Heading,
        BlockKind::ListItem,
        BlockKind::Caption,
        BlockKind::TableCell,
        BlockKind::Aside,
        BlockKind::Navigation,
    ];

    /// The kind's name in files: `paragraph`, `heading`, `list-item`, `caption`, `table-cell`, `aside`
    /// or `navigation`.
    ///
    /// ```
    /// use bitext::article::BlockKind;
    ///
    /// assert_eq!(BlockKind::ListItem.name(), "list-item");
    /// assert_eq!(BlockKind::from_name("list-item"), Some(BlockKind::ListItem));
    /// ```
    pub fn name(self) -> &'static str {
        match self {
            BlockKind::Paragraph => "paragraph",
            BlockKind::Heading => "heading",
            BlockKind::ListItem => "list-item",
            BlockKind::Caption => "caption",
            BlockKind::TableCell => "table-cell",
            BlockKind::Aside => "aside",
            BlockKind::Navigation => "navigation",
        }
    }

    /// The kind with this [`name`](BlockKind::name).
    pub fn from_name(name: &str) -> Option<BlockKind> {
        BlockKind::ALL.into_iter().find(|kind| kind.name() == name)
    }
}

/// A block: a part of an article's text that was an element of a page.
///
/// ```
/// use bitext::article::{Block, BlockKind};
/// use bitext::{Article, Language};
///
/// let blocks = vec![
///     Block::new(0..9, BlockKind::Heading, 120),
///     Block::new(11..25, BlockKind::Paragraph, 150),
/// ];
/// let article = Article::new(Language::ENGLISH, "The ferry\n\nIt runs again.").with_blocks(blocks)?;
/// assert_eq!(article.blocks()[1].kind, BlockKind::Paragraph);
/// # Ok::<(), bitext::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Block {
    /// Its bytes in the article's text.
    pub span: Span,
    /// The kind of element.
    pub kind: BlockKind,
    /// Where it is in the page: the offset of the tag before its first character, or of that character,
    /// in bytes of the page as UTF-8. A page that is in UTF-8 can be read at this offset.
    pub source: u64,
}

impl Block {
    /// A block of a text.
    pub fn new(span: Span, kind: BlockKind, source: u64) -> Block {
        Block { span, kind, source }
    }
}
