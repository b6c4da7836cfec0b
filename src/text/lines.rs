//! Lines of a text, by the line ends of Unicode.

use super::Span;
use super::bytes::find;

/// The lines of a text without surrounding white space; a blank line is an empty span.
#[derive(Clone, Debug)]
pub(super) struct TextLines<'t> {
    text: &'t str,
    /// Where the next line starts; `None` after the last.
    start: Option<usize>,
}

impl<'t> TextLines<'t> {
    pub(super) fn new(text: &'t str) -> TextLines<'t> {
        let mark = '\u{feff}';
        TextLines { text, start: Some(if text.starts_with(mark) { mark.len_utf8() } else { 0 }) }
    }
}

impl Iterator for TextLines<'_> {
    type Item = Span;

    fn next(&mut self) -> Option<Span> {
        let start = self.start?;
        let (end, next) = match line_end(&self.text.as_bytes()[start..]) {
            Some((at, len)) => (start + at, Some(start + at + len)),
            None => (self.text.len(), None),
        };
        self.start = next;
        let line = &self.text[start..end];
        // Most lines start and end with a visible ASCII character.
        if let [b'!'..=b'~', .., b'!'..=b'~'] = line.as_bytes() {
            return Some(start..end);
        }
        let from = start + (line.len() - line.trim_start().len());
        Some(from..from + line.trim().len())
    }
}

/// The position of the first line end, and its length in bytes.
fn line_end(bytes: &[u8]) -> Option<(usize, usize)> {
    // The four ASCII line ends are consecutive. 0xc2 is the first byte of U+0085, and 0xe2 that of
    // U+2028 and U+2029.
    let may_end = |byte: u8| (byte.wrapping_sub(b'\n') < 4) | (byte == 0xc2) | (byte == 0xe2);
    let mut at = 0;
    loop {
        at += find(&bytes[at..], may_end)?;
        let len = match &bytes[at..] {
            [b'\r', b'\n', ..] => 2,
            [b'\n' | b'\r' | 0x0b | 0x0c, ..] => 1,
            [0xc2, 0x85, ..] => 2,
            [0xe2, 0x80, 0xa8 | 0xa9, ..] => 3,
            _ => 0,
        };
        if len > 0 {
            return Some((at, len));
        }
        at += 1;
    }
}
