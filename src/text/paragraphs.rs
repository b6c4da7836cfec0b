//! Paragraphs: blank lines always end one, single newlines where the text
//! shows that they do.

use super::Span;

/// What a single newline means.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Newlines {
    /// Found from the text: in a hard-wrapped text a newline is a space, in
    /// any other it ends the paragraph. The shape of all lines decides, so the
    /// text is read once up to its first line that is too long to be wrapped,
    /// or to its end, before the first paragraph is found.
    #[default]
    Auto,
    /// Always ends the paragraph.
    Always,
    /// Never ends the paragraph; only a blank line does.
    Never,
}

/// The paragraphs of a text, in order, without the white space around them.
///
/// Lines end with `\n`, `\r\n`, `\r`, or one of the Unicode separators; every
/// character that is not white space is in exactly one paragraph, but for a
/// byte-order mark at the start, which is in none.
///
/// ```
/// use bitext::text::{Newlines, paragraphs};
///
/// let text = "A headline\r\n\r\nFirst line.\r\nSecond line.\r\n";
/// let found: Vec<&str> =
///     paragraphs(text, Newlines::Auto).into_iter().map(|span| &text[span]).collect();
/// assert_eq!(found, ["A headline", "First line.", "Second line."]);
/// ```
pub fn paragraphs(text: &str, newlines: Newlines) -> Vec<Span> {
    let mut paragraphs = Paragraphs::new(text, newlines);
    std::iter::from_fn(|| paragraphs.next_where(|_| false)).collect()
}

/// The paragraphs of a text, found one after the other.
#[derive(Clone, Debug)]
pub(crate) struct Paragraphs<'t> {
    text: &'t str,
    lines: Lines<'t>,
    /// How many characters a line must have for the next to belong to its
    /// paragraph; none where lines are never joined.
    joined: Option<usize>,
    /// A line that was read and belongs to the next paragraph.
    pending: Option<Span>,
}

impl<'t> Paragraphs<'t> {
    pub fn new(text: &'t str, newlines: Newlines) -> Paragraphs<'t> {
        let joined = match newlines {
            // In a wrapped text a line that stops well short of the margin
            // ends its paragraph, as the last line of a paragraph does.
            Newlines::Auto => wrap_width(text).map(|width| width / 2 + 1),
            Newlines::Always => None,
            Newlines::Never => Some(0),
        };
        Paragraphs { text, lines: Lines::new(text), joined, pending: None }
    }

    /// The next paragraph. Where a wrapped text was recognised, a line that is
    /// `apart` is a paragraph of its own.
    pub fn next_where(&mut self, apart: impl Fn(&str) -> bool) -> Option<Span> {
        let first = self.pending.take().or_else(|| self.lines.find(|line| !line.is_empty()))?;
        let Some(least) = self.joined else { return Some(first) };
        let mut paragraph = first.clone();
        let mut last = first;
        while let Some(line) = self.lines.next().filter(|line| !line.is_empty()) {
            let (above, below) = (&self.text[last], &self.text[line.clone()]);
            if least > 0 && (chars(above) < least || apart(above) || apart(below)) {
                self.pending = Some(line);
                break;
            }
            paragraph.end = line.end;
            last = line;
        }
        Some(paragraph)
    }
}

/// The lines of a text, trimmed; a blank line is an empty span.
#[derive(Clone, Debug)]
struct Lines<'t> {
    text: &'t str,
    /// Where the next line starts; none behind the last.
    start: Option<usize>,
}

impl<'t> Lines<'t> {
    fn new(text: &'t str) -> Lines<'t> {
        let mark = '\u{feff}';
        Lines { text, start: Some(if text.starts_with(mark) { mark.len_utf8() } else { 0 }) }
    }
}

impl Iterator for Lines<'_> {
    type Item = Span;

    fn next(&mut self) -> Option<Span> {
        let start = self.start?;
        let (end, next) = match line_end(&self.text.as_bytes()[start..]) {
            Some((at, len)) => (start + at, Some(start + at + len)),
            None => (self.text.len(), None),
        };
        self.start = next;
        let line = &self.text[start..end];
        // Most lines have no white space at their ends.
        if let [b'!'..=b'~', .., b'!'..=b'~'] = line.as_bytes() {
            return Some(start..end);
        }
        let from = start + (line.len() - line.trim_start().len());
        Some(from..from + line.trim().len())
    }
}

/// Where a line ends, and how many bytes end it.
fn line_end(bytes: &[u8]) -> Option<(usize, usize)> {
    // The four of ASCII lie side by side; the rest are the first bytes of
    // U+0085 and of U+2028 and U+2029.
    let ends = |byte: u8| (byte.wrapping_sub(b'\n') < 4) | (byte == 0xc2) | (byte == 0xe2);
    let mut at = 0;
    loop {
        at += find(&bytes[at..], ends)?;
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

/// How many bytes are tested together, which compilers turn into few
/// instructions where the test has no branches (`|`, not `||`).
const TOGETHER: usize = 16;

/// Where the first byte is that `wanted` holds for.
#[inline]
pub(crate) fn find(bytes: &[u8], wanted: impl Fn(u8) -> bool) -> Option<usize> {
    let mut at = 0;
    for chunk in bytes.chunks_exact(TOGETHER) {
        let found = together(chunk, &wanted);
        if found != 0 {
            return Some(at + found.trailing_zeros() as usize / 8);
        }
        at += TOGETHER;
    }
    bytes[at..].iter().position(|&byte| wanted(byte)).map(|found| at + found)
}

/// Where the last byte is that `wanted` holds for.
#[inline]
pub(crate) fn find_last(bytes: &[u8], wanted: impl Fn(u8) -> bool) -> Option<usize> {
    let mut end = bytes.len();
    for chunk in bytes.rchunks_exact(TOGETHER) {
        let found = together(chunk, &wanted);
        if found != 0 {
            return Some(end - 1 - found.leading_zeros() as usize / 8);
        }
        end -= TOGETHER;
    }
    bytes[..end].iter().rposition(|&byte| wanted(byte))
}

/// One in the byte of each place where `wanted` holds; the first is the lowest.
#[inline]
fn together(chunk: &[u8], wanted: impl Fn(u8) -> bool) -> u128 {
    let chunk = <[u8; TOGETHER]>::try_from(chunk).unwrap_or_default();
    u128::from_le_bytes(chunk.map(|byte| u8::from(wanted(byte))))
}

fn chars(line: &str) -> usize {
    line.chars().count()
}

/// The width that a text is wrapped at, if it is.
///
/// A text was wrapped by a program where, in nearly every pair of adjoining
/// lines, the second line's first word would not have fitted on the first, and
/// most of the lines that are followed by another do not end a sentence.
fn wrap_width(text: &str) -> Option<usize> {
    const NARROWEST: usize = 30;
    const WIDEST: usize = 140;
    const PAIRS: usize = 3;

    let mut width = 0;
    for line in Lines::new(text) {
        // No character has more than four bytes, so most of a long line need
        // not be counted.
        let line = &text[line];
        width = width.max(if line.len() > 4 * WIDEST { WIDEST + 1 } else { chars(line) });
        if width > WIDEST {
            return None;
        }
    }
    if width < NARROWEST {
        return None;
    }
    let (mut pairs, mut full, mut open) = (0, 0, 0);
    let mut above = "";
    for line in Lines::new(text) {
        let line = &text[line];
        if !above.is_empty() && !line.is_empty() {
            let word = line.split_whitespace().next().map_or(0, chars);
            pairs += 1;
            full += usize::from(chars(above) + 1 + word > width);
            open += usize::from(!above.ends_with(['.', '!', '?', ':', '…', '"', '”', '“', '»']));
        }
        above = line;
    }
    (pairs >= PAIRS && full * 10 >= pairs * 8 && open * 2 >= pairs).then_some(width)
}
#[cfg(test)]
mod tests {
    use super::*;

    fn split(text: &str, newlines: Newlines) -> Vec<&str> {
        paragraphs(text, newlines).into_iter().map(|span| &text[span]).collect()
    }

    #[test]
    fn blank_lines_and_all_kinds_of_newline() {
        let text = "\u{feff}a\n\n\n b \r\n\r\nc\r\rd\u{2029}e\n \u{a0}\nf";
        assert_eq!(split(text, Newlines::Never), ["a", "b", "c", "d\u{2029}e", "f"]);
        assert_eq!(split(text, Newlines::Auto), ["a", "b", "c", "d", "e", "f"]);
        assert_eq!(split("", Newlines::Auto), [""; 0]);
        assert_eq!(split(" \r\n ", Newlines::Auto), [""; 0]);
    }

    #[test]
    fn a_wrapped_text_is_joined_and_a_listed_one_is_not() {
        let wrapped = "The ferry that links the two banks of the river\n\
            will stop for a month from Monday, the town said\n\
            on Friday, because its engine has to be renewed\n\
            before the winter.\n\
            Buses will run instead, and the fare for them is\n\
            to stay as it is now for as long as the work on\n\
            the ferry lasts.";
        assert_eq!(split(wrapped, Newlines::Auto).len(), 2);
        assert_eq!(split(wrapped, Newlines::Always).len(), 7);
        let listed = "Popular\nShare this post:\nFerry to stop for a month\nWhere to eat tonight\n\
            What the mayor said about the bridge at night";
        assert_eq!(split(listed, Newlines::Auto).len(), 5);
    }

    #[test]
    fn long_lines_are_paragraphs() {
        let line = "One sentence is here. Another one follows it at once. ".repeat(5);
        assert_eq!(split(&format!("{line}\n{line}\n{line}\n{line}"), Newlines::Auto).len(), 4);
    }
}
