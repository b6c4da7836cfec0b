//! Scans a paragraph for the next place where a sentence may end.

use super::super::chars::{emoticon, is_stop, last_word};
use super::super::lexicon::Lexicon;
use super::stop::glued_footnote;
use crate::text::find;

/// A place where a sentence may end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::split) enum Candidate {
    /// A stop, or an emoticon: many writers use one instead of a stop.
    Stop,
    /// The `://` of a web address.
    Address,
    /// A colon between digits, as in a time of day.
    TimeOfDay,
    /// A semicolon, if the language may split at one.
    Semicolon,
    /// A dash, if the language may split at one.
    Dash,
    /// A space after a letter, if the language has no stops.
    Space,
}

/// What the scan remembers of the quotation marks before its position.
#[derive(Clone, Copy, Debug, Default)]
pub(in crate::split) struct QuoteState {
    /// Whether a quotation in straight marks is open.
    pub straight_open: bool,
    /// The position of the last quotation mark of any shape; 0 if there is none.
    pub last: usize,
}

/// Whether a character is a quotation mark. The single closing mark `’` is not
/// included, because most of them are apostrophes.
pub(super) fn is_quote(c: char) -> bool {
    matches!(c, '"' | '“' | '”' | '„' | '«' | '»' | '‘')
}

/// Whether a byte may begin a candidate or a quotation mark. The scan is fast
/// because it skips all other bytes. `:;<=>?` and `!"` are adjacent in ASCII. The
/// first byte of `«` is 0xc2, that of the Greek question mark 0xcd, and that of the
/// stops of other scripts 0xd6 or more.
fn may_start_candidate(byte: u8) -> bool {
    (byte.wrapping_sub(b':') < 6)
        | (byte.wrapping_sub(b'!') < 2)
        | (byte == b'.')
        | (byte == 0xc2)
        | (byte == 0xcd)
        | (byte >= 0xd6)
}

/// The position of the first such byte. It must not be inlined: inside the loop
/// of the scan, the compiler does not vectorise it.
#[inline(never)]
fn find_candidate_byte(bytes: &[u8]) -> Option<usize> {
    find(bytes, may_start_candidate)
}

/// Finds the first candidate at or after `from`. It records the quotation marks
/// that it passes in `quotes`.
pub(in crate::split) fn next_candidate(
    lexicon: &Lexicon,
    text: &str,
    from: usize,
    quotes: &mut QuoteState,
) -> Option<(usize, Candidate)> {
    let bytes = text.as_bytes();
    let mut at = from;
    loop {
        at += find_candidate_byte(&bytes[at..])?;
        let behind = bytes.get(at + 1).copied().unwrap_or(b' ');
        let candidate = match bytes[at] {
            b'.' if behind.is_ascii_digit() && has_glued_footnote(text, at) => {
                Some(Candidate::Stop)
            }
            // A dot inside a number, a version, or an address.
            b'.' if behind.is_ascii_lowercase() || behind.is_ascii_digit() => None,
            b'.' | b'!' | b'?' => Some(Candidate::Stop),
            b'"' => {
                *quotes = QuoteState {
                    straight_open: straight_quote_opens(text, at, quotes.straight_open),
                    last: at,
                };
                None
            }
            b':' if bytes[at..].starts_with(b"://") => Some(Candidate::Address),
            b':' if behind.is_ascii_digit() => Some(Candidate::TimeOfDay),
            b':' | b';' | b'=' if is_emoticon(text, at) => Some(Candidate::Stop),
            b';' if lexicon.semicolon_asks => Some(Candidate::Stop),
            b';' if lexicon.semicolon_ends => Some(Candidate::Semicolon),
            b':' | b';' | b'=' | b'<' | b'>' => None,
            _ => match text[at..].chars().next() {
                Some('–' | '—') if lexicon.dash_ends => Some(Candidate::Dash),
                Some('\u{37e}') if lexicon.semicolon_asks => Some(Candidate::Stop),
                Some(c) if is_stop(c) => Some(Candidate::Stop),
                Some(c) if lexicon.spaces_end && precedes_space(&text[at..], c) => {
                    Some(Candidate::Space)
                }
                Some(c) if is_quote(c) => {
                    quotes.last = at;
                    None
                }
                _ => None,
            },
        };
        match candidate {
            Some(candidate) => return Some((at, candidate)),
            None => at += text[at..].chars().next().map_or(1, char::len_utf8),
        }
    }
}

/// Whether a Thai or Lao letter or mark `c` at the start of a text has a space after it.
fn precedes_space(text: &str, c: char) -> bool {
    matches!(c, '\u{e01}'..='\u{e4e}' | '\u{e81}'..='\u{ece}' | '\u{edc}'..='\u{edf}')
        && text[c.len_utf8()..].starts_with([' ', '\u{a0}'])
}

/// Whether a quotation is open after the straight mark at `at`. White space on
/// one side of the mark shows whether it opens or closes. Otherwise it opens if
/// none was open.
fn straight_quote_opens(text: &str, at: usize, open: bool) -> bool {
    let before = text[..at].chars().next_back().unwrap_or(' ');
    let behind = text[at + 1..].chars().next().unwrap_or(' ');
    match (before.is_whitespace() || matches!(before, '(' | '['), behind.is_whitespace()) {
        (true, false) => true,
        (false, true) => false,
        (false, false) if behind.is_ascii_punctuation() => false,
        _ => !open,
    }
}

/// Updates `quotes` with the quotation marks in a part of the text.
#[inline]
pub(in crate::split) fn pass_quotes(
    text: &str,
    part: std::ops::Range<usize>,
    quotes: QuoteState,
) -> QuoteState {
    // A part of one byte is a single stop.
    if part.len() == 1 { quotes } else { pass_quote_marks(text, part, quotes) }
}

#[cold]
fn pass_quote_marks(
    text: &str,
    part: std::ops::Range<usize>,
    mut quotes: QuoteState,
) -> QuoteState {
    for (at, c) in text[part.clone()].char_indices() {
        let at = part.start + at;
        if c == '"' {
            quotes.straight_open = straight_quote_opens(text, at, quotes.straight_open);
        }
        if is_quote(c) {
            quotes.last = at;
        }
    }
    quotes
}

/// Whether a footnote number follows the stop at `at` without a space, as in
/// `a mill.1 The`: after a lowercase word and before a capital. It is not
/// inlined, because that slows the scan down.
#[cold]
#[inline(never)]
fn has_glued_footnote(text: &str, at: usize) -> bool {
    let word = last_word(&text[..at]);
    let long = word.len() >= MIN_FOOTNOTED_BYTES && word.chars().all(char::is_lowercase);
    let apart = long && text[..at - word.len()].ends_with(char::is_whitespace);
    apart && glued_footnote(&text[at + 1..]) > 0
}

/// The fewest bytes of a word before such a footnote number. Shorter words may be
/// abbreviations that precede a number: `vol.3`.
const MIN_FOOTNOTED_BYTES: usize = 4;

/// Whether an emoticon with white space around it begins at `at`.
fn is_emoticon(text: &str, at: usize) -> bool {
    text[..at].ends_with(char::is_whitespace) && emoticon(&text[at..]) > 0
}
