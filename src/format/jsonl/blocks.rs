//! Blocks of an article as JSON: `[start, end, kind, source]`.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use crate::article::{Block, BlockKind};
use crate::{Article, Error, Result};

/// A block: its bytes in the text, the name of its kind, and its place in the page.
#[derive(Deserialize, Serialize)]
pub(super) struct WireBlock<'a>(usize, usize, Cow<'a, str>, u64);

impl WireBlock<'_> {
    pub(super) fn of(block: &Block) -> WireBlock<'static> {
        let kind = Cow::Borrowed(block.kind.name());
        WireBlock(block.span.start, block.span.end, kind, block.source)
    }
}

/// Adds the blocks that were read to an article. Kinds of a newer version count as paragraphs.
pub(super) fn add(article: Article, blocks: Option<Vec<WireBlock<'_>>>) -> Result<Article> {
    let Some(blocks) = blocks else { return Ok(article) };
    let block = |WireBlock(start, end, kind, source): WireBlock<'_>| {
        let kind = BlockKind::from_name(&kind).unwrap_or(BlockKind::Paragraph);
        Block::new(start..end, kind, source)
    };
    let language = article.language();
    let blocks = blocks.into_iter().map(block).collect();
    article
        .with_blocks(blocks)
        .map_err(|error| Error::bitext(format!("`{language}`: {}", error.message())))
}
