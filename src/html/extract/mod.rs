//! From the characters of a page to blocks of text and metadata.
//!
//! The tokenizer is that of html5ever, the rest is here: a stack of open elements of bounded depth, instead
//! of a tree. So time is linear in the page's size, and no page can exhaust the stack.

mod attribute_guard;
mod blocks;
mod elements;
mod open_elements;
mod sink;
mod site_parts;

use html5ever::TokenizerResult;
use html5ever::buffer_queue::BufferQueue;
use html5ever::tendril::StrTendril;
use html5ever::tokenizer::{Tokenizer, TokenizerOpts};
use memchr::memchr;

use super::limits::{MAX_ATTRIBUTES, MAX_DEPTH};
use attribute_guard::AttributeGuard;
pub use blocks::{PageBlock, is_content};
pub use elements::raw_kind;
pub use sink::Extracted;
use sink::PageSink;

/// Why a page is refused, and the byte at which this was found.
pub struct Refusal {
    pub reason: String,
    pub byte: usize,
}

/// Extracts the text of a page. `is_xml` says that tags such as `<script/>` end themselves.
///
/// # Errors
///
/// The page is beyond [`MAX_DEPTH`] or [`MAX_ATTRIBUTES`].
pub fn extract(page: &str, is_xml: bool) -> Result<Extracted, Refusal> {
    let sink = PageSink::new(is_xml);
    let options = TokenizerOpts { discard_bom: false, ..TokenizerOpts::default() };
    let tokenizer = Tokenizer::new(sink, options);
    let input = BufferQueue::default();
    let whole = StrTendril::from_slice(page);
    let mut guard = AttributeGuard::default();
    // A piece begins at each `<`, so that the place of each tag is known.
    let mut start = 0;
    while start < page.len() {
        let next = memchr(b'<', &page.as_bytes()[start + 1..]).map(|at| start + 1 + at);
        let end = next.unwrap_or(page.len());
        tokenizer.sink.set_place(start as u64);
        let piece = &page[start..end];
        let tokens = tokenizer.sink.tokens();
        let is_tag = !tokenizer.sink.is_in_raw_text()
            || guard.is_inside_tag(tokens)
            || tokenizer.sink.ends_raw_text(piece);
        if is_tag && guard.attributes(piece, tokens) > MAX_ATTRIBUTES {
            let reason = format!("a tag has more than {MAX_ATTRIBUTES} attributes");
            return Err(Refusal { reason, byte: start });
        }
        input.push_back(whole.subtendril(start as u32, (end - start) as u32));
        // Scripts are not run, so the tokenizer never stops for one.
        while !matches!(tokenizer.feed(&input), TokenizerResult::Done) {}
        if tokenizer.sink.is_too_deep() {
            let reason = format!("more than {MAX_DEPTH} elements are open");
            return Err(Refusal { reason, byte: start });
        }
        start = end;
    }
    tokenizer.end();
    Ok(tokenizer.sink.finish())
}

#[cfg(test)]
mod tests;
