//! The sentences cover any text in any language, and the text before a blank line does not influence the text after
//! it.
//!
//! How to run it: `fuzz/README.md`.
#![no_main]

use bitext::text::{Newlines, Span};
use bitext::{Language, RuleSplitter, Splitter};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: (u8, &str)| {
    let (choice, text) = input;
    let language = ["en", "uk", "de", "ja"][usize::from(choice & 3)];
    let Ok(language) = language.parse::<Language>() else { return };
    let mut splitter = RuleSplitter::default();
    splitter.newlines =
        [Newlines::Auto, Newlines::Always, Newlines::Never][usize::from(choice >> 2) % 3];
    splitter.missing_spaces = choice & 64 == 0;
    splitter.trailing_quotes = choice & 128 == 0;
    check_coverage(splitter, language, text);
    if splitter.newlines != Newlines::Auto {
        check_blank_line(splitter, language, text);
    }
});

/// Every character that is not white space is in exactly one segment, in order, and segments are trimmed.
fn check_coverage(splitter: RuleSplitter, language: Language, text: &str) {
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
}

/// Two texts with a blank line between them are split like each text alone. This does not hold for `Auto`, which
/// looks at the line lengths of the whole text.
fn check_blank_line(splitter: RuleSplitter, language: Language, text: &str) {
    let middle = (0..=text.len() / 2).rev().find(|&at| text.is_char_boundary(at)).unwrap_or(0);
    let (above, below) = text.split_at(middle);
    // A byte-order mark is only special at the start of a text.
    if below.starts_with('\u{feff}') {
        return;
    }
    // In Ukrainian, a text that is one numbered item is split after the number.
    let is_item = |part: &str| part.trim_start().starts_with(|c: char| c.is_ascii_digit());
    if language == Language::UKRAINIAN && (is_item(above) || is_item(below)) {
        return;
    }
    let shift = above.len() + 2;
    let both = splitter.split(language, &format!("{above}\n\n{below}"));
    let mut apart: Vec<Span> = splitter.split(language, above);
    let moved = |span: Span| span.start + shift..span.end + shift;
    apart.extend(splitter.split(language, below).into_iter().map(moved));
    assert_eq!(both, apart, "a blank line changes what is around it");
}

/// Whether there is only white space, and a byte-order mark at the start of the text.
fn blank(gap: &str, at: usize) -> bool {
    let gap = if at == 0 { gap.strip_prefix('\u{feff}').unwrap_or(gap) } else { gap };
    gap.trim().is_empty()
}
