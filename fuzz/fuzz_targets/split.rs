//! Any text in any language is covered by its sentences.
//!
//! ```sh
//! cargo +nightly fuzz run split
//! ```
#![no_main]

use bitext::text::Newlines;
use bitext::{Language, RuleSplitter};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: (u8, &str)| {
    let (choice, text) = input;
    let language = ["en", "uk", "de", "ja"][usize::from(choice & 3)];
    let Ok(language) = language.parse::<Language>() else { return };
    let mut splitter = RuleSplitter::default();
    splitter.newlines = [Newlines::Auto, Newlines::Break, Newlines::Wrap][usize::from(choice >> 2) % 3];
    splitter.missing_spaces = choice & 64 == 0;
    splitter.trailing_quotes = choice & 128 == 0;

    let mut end = 0;
    for segment in splitter.segments(language, text) {
        let span = segment.span;
        assert!(span.start >= end, "sentences overlap");
        assert_eq!(&text[span.clone()], segment.text);
        assert!(!segment.text.is_empty() && segment.text.trim() == segment.text);
        assert!(blank(&text[end..span.start], end), "a character is in no sentence");
        end = span.end;
    }
    assert!(blank(&text[end..], end), "a character is in no sentence");
});

/// White space only, but for a byte-order mark at the start of the text.
fn blank(gap: &str, at: usize) -> bool {
    let gap = if at == 0 { gap.strip_prefix('\u{feff}').unwrap_or(gap) } else { gap };
    gap.trim().is_empty()
}
