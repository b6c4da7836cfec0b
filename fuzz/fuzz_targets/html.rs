//! Any bytes are read as a page, within the documented limits. Blocks fit the text and the page, and text that
//! was extracted is extracted again from a page that has only that text.
//!
//! How to run it: `fuzz/README.md`.
#![no_main]

use bitext::Language;
use bitext::html::{Page, PageHints, address_key, language_in_address, looks_like_html};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    looks_like_html(data);
    let Ok(page) = Page::parse("fuzz", data, &PageHints::default()) else { return };
    check_blocks(&page);
    let metadata = page.metadata();
    metadata.day();
    for address in metadata.alternates.iter().map(|one| &one.address).chain(&metadata.address) {
        let key = address_key(address);
        if let Some((starred, _)) = language_in_address(address) {
            assert!(starred.contains('*') && !key.is_empty());
        }
    }
    for article in [page.article(None), page.article(Some(Language::GERMAN))].into_iter().flatten() {
        assert!(article.text().len() <= page.text().len());
        assert!(article.blocks().len() <= page.blocks().len());
    }
    let _ = page.article_with_navigation(None);

    // As UTF-8, the places of the blocks are in the page itself.
    let text = String::from_utf8_lossy(data);
    let hints = PageHints::default().with_charset("utf-8".to_string());
    let Ok(page) = Page::parse("fuzz", text.as_bytes(), &hints) else { return };
    check_blocks(&page);
    for one in page.blocks() {
        assert!(text.get(one.block.source as usize..).is_some_and(|rest| !rest.is_empty()));
    }

    // The text of a page, escaped, has the same blocks.
    let escaped = page.text().replace('&', "&amp;").replace('<', "&lt;").replace("\n\n", "<p>");
    let again = format!("<p>{}", escaped.replace('\n', "<br>"));
    let again = Page::parse("again", again.as_bytes(), &hints).expect("it is flat");
    assert_eq!(again.text(), page.text());
});

/// Blocks are in order, apart by a blank line, on the borders of characters, and not blank at their ends.
fn check_blocks(page: &Page) {
    let mut end = None;
    for one in page.blocks() {
        let span = one.block.span.clone();
        assert_eq!(span.start, end.map_or(0, |end: usize| end + 2));
        let text = &page.text()[span.clone()];
        assert!(!text.is_empty() && text.trim() == text, "{text:?}");
        end = Some(span.end);
    }
    assert_eq!(end.unwrap_or(0), page.text().len());
}
