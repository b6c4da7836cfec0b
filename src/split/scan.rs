//! The forward scan: the next place of a paragraph that needs a decision.

use super::chars::{emoticon, is_stop, last_word};
use super::mark::glued_footnote;
use super::table::Table;
use crate::text::find;

/// What was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Hit {
    /// A stop, or an emoticon, which many writers set in place of one.
    Stop,
    /// `://`
    Address,
    /// A colon between figures, as a time of day has it.
    Time,
    /// A semicolon, where the language splits there at all.
    Semicolon,
    /// A dash with a space in front of it, where the language splits there.
    Dash,
}

/// The quotation marks that were passed.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Quotes {
    /// Whether a straight quotation is open.
    pub open: bool,
    /// Where the last mark of any shape is; 0 as long as there is none.
    pub last: usize,
}

/// A mark around a quotation. The single closing mark is left out: most are apostrophes.
pub(super) fn is_quote(c: char) -> bool {
    matches!(c, '"' | '“' | '”' | '„' | '«' | '»' | '‘')
}

/// Whether a byte may begin something of interest; the rest is passed over,
/// which is what makes the scan fast. `:;<=>?` and `!"` lie side by side, and
/// all stops of other scripts begin with one of the high bytes. `«` begins with 0xc2.
fn marks(byte: u8) -> bool {
    (byte.wrapping_sub(b':') < 6)
        | (byte.wrapping_sub(b'!') < 2)
        | (byte == b'.')
        | (byte == 0xc2)
        | (byte >= 0xd6)
}

/// Where the first such byte is. Inlined into the scan's loop it is not compiled to
/// vector instructions, and takes twice the time.
#[inline(never)]
fn next_mark(bytes: &[u8]) -> Option<usize> {
    find(bytes, marks)
}

/// What is found next, from `from` on, and where. `quotes` takes up the quotation
/// marks on the way.
pub(super) fn next(
    table: &Table,
    text: &str,
    from: usize,
    quotes: &mut Quotes,
) -> Option<(usize, Hit)> {
    let bytes = text.as_bytes();
    let mut at = from;
    loop {
        at += next_mark(&bytes[at..])?;
        let behind = bytes.get(at + 1).copied().unwrap_or(b' ');
        let hit = match bytes[at] {
            b'.' if behind.is_ascii_digit() && footnoted(text, at) => Some(Hit::Stop),
            // A dot inside a number, a version, or an address.
            b'.' if behind.is_ascii_lowercase() || behind.is_ascii_digit() => None,
            b'.' | b'!' | b'?' => Some(Hit::Stop),
            b'"' => {
                *quotes = Quotes { open: opened(text, at, quotes.open), last: at };
                None
            }
            b':' if bytes[at..].starts_with(b"://") => Some(Hit::Address),
            b':' if behind.is_ascii_digit() => Some(Hit::Time),
            b':' | b';' | b'=' if face(text, at) => Some(Hit::Stop),
            b';' if table.semicolons => Some(Hit::Semicolon),
            b':' | b';' | b'=' | b'<' | b'>' => None,
            _ => match text[at..].chars().next() {
                Some('–' | '—') if table.interrupted => Some(Hit::Dash),
                Some(c) if is_stop(c) => Some(Hit::Stop),
                Some(c) if is_quote(c) => {
                    quotes.last = at;
                    None
                }
                _ => None,
            },
        };
        match hit {
            Some(hit) => return Some((at, hit)),
            None => at += text[at..].chars().next().map_or(1, char::len_utf8),
        }
    }
}

/// Whether a quotation is open behind the straight mark at `at`: its sides show
/// which way it points, and where they do not, it turns what was.
fn opened(text: &str, at: usize, open: bool) -> bool {
    let before = text[..at].chars().next_back().unwrap_or(' ');
    let behind = text[at + 1..].chars().next().unwrap_or(' ');
    match (before.is_whitespace() || matches!(before, '(' | '['), behind.is_whitespace()) {
        (true, false) => true,
        (false, true) => false,
        (false, false) if behind.is_ascii_punctuation() => false,
        _ => !open,
    }
}

/// Goes on from `quotes` over the quotation marks of a part of a text.
#[inline]
pub(super) fn over(text: &str, part: std::ops::Range<usize>, quotes: Quotes) -> Quotes {
    // A single stop, as most are, is no quotation mark.
    if part.len() == 1 { quotes } else { over_marks(text, part, quotes) }
}

#[cold]
fn over_marks(text: &str, part: std::ops::Range<usize>, mut quotes: Quotes) -> Quotes {
    for (at, c) in text[part.clone()].char_indices() {
        let at = part.start + at;
        if c == '"' {
            quotes.open = opened(text, at, quotes.open);
        }
        if is_quote(c) {
            quotes.last = at;
        }
    }
    quotes
}

/// Whether the stop at `at` has a footnote's number glued to it: `a mill.1 The`.
/// A whole word in small letters stands in front of it, and a capital behind. Kept
/// out of the scan's loop, which is slower with it inside.
#[cold]
#[inline(never)]
fn footnoted(text: &str, at: usize) -> bool {
    let word = last_word(&text[..at]);
    let long = word.len() >= SHORTEST_FOOTNOTED && word.chars().all(char::is_lowercase);
    let apart = long && text[..at - word.len()].ends_with(char::is_whitespace);
    apart && glued_footnote(&text[at + 1..]) > 0
}

/// Letters of the shortest word that a footnote's number may be glued to, so that
/// it is none of the shortened words that go before a number: `vol.3`
const SHORTEST_FOOTNOTED: usize = 4;

/// Whether an emoticon stands at `at`, white space around it.
fn face(text: &str, at: usize) -> bool {
    text[..at].ends_with(char::is_whitespace) && emoticon(&text[at..]) > 0
}
