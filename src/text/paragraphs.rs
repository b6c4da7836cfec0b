//! Paragraphs: blank lines always end one, single newlines where the text
//! shows that they do.

use super::Span;

/// What a single newline means.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Newlines {
    /// Found from the text: in a hard-wrapped text a newline is a space, in
    /// any other it ends the paragraph.
    #[default]
    Auto,
    /// Always ends the paragraph.
    Break,
    /// Never ends the paragraph; only a blank line does.
    Wrap,
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
    let lines = lines(text);
    let wrapped = match newlines {
        Newlines::Auto => wrap_width(text, &lines),
        Newlines::Break => None,
        Newlines::Wrap => Some(0),
    };
    let mut found: Vec<Span> = Vec::new();
    let mut joins_previous = false;
    for line in lines {
        if line.is_empty() {
            joins_previous = false;
            continue;
        }
        match found.last_mut() {
            Some(last) if joins_previous => last.end = line.end,
            _ => found.push(line.clone()),
        }
        // In a wrapped text a line that stops well short of the margin ends
        // its paragraph, as the last line of a paragraph does.
        joins_previous = wrapped.is_some_and(|width| chars(&text[line]) * 2 > width);
    }
    found
}

/// The lines of a text, trimmed; a blank line is an empty span.
fn lines(text: &str) -> Vec<Span> {
    let mut found = Vec::new();
    let mut start = if text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
    let mut push = |start: usize, end: usize| {
        let line = &text[start..end];
        let from = start + (line.len() - line.trim_start().len());
        found.push(from..from + line.trim().len());
    };
    let mut rest = text[start..].char_indices().peekable();
    let base = start;
    while let Some((at, c)) = rest.next() {
        if !matches!(c, '\n' | '\r' | '\u{85}' | '\u{2028}' | '\u{2029}' | '\u{b}' | '\u{c}') {
            continue;
        }
        push(start, base + at);
        start = base + at + c.len_utf8();
        if c == '\r' {
            if let Some(&(_, '\n')) = rest.peek() {
                rest.next();
                start += 1;
            }
        }
    }
    push(start, text.len());
    found
}

fn chars(line: &str) -> usize {
    line.chars().count()
}

/// The width that a text is wrapped at, if it is.
///
/// A text was wrapped by a program where, in nearly every pair of adjoining
/// lines, the second line's first word would not have fitted on the first, and
/// most of the lines that are followed by another do not end a sentence.
fn wrap_width(text: &str, lines: &[Span]) -> Option<usize> {
    const NARROWEST: usize = 30;
    const WIDEST: usize = 140;
    const PAIRS: usize = 3;

    let width = lines.iter().map(|line| chars(&text[line.clone()])).max()?;
    if !(NARROWEST..=WIDEST).contains(&width) {
        return None;
    }
    let (mut pairs, mut full, mut open) = (0, 0, 0);
    for pair in lines.windows(2) {
        if pair[0].is_empty() || pair[1].is_empty() {
            continue;
        }
        let (first, second) = (&text[pair[0].clone()], &text[pair[1].clone()]);
        let word = second.split_whitespace().next().map_or(0, chars);
        pairs += 1;
        full += usize::from(chars(first) + 1 + word > width);
        open += usize::from(!first.ends_with(['.', '!', '?', ':', '…', '"', '”', '“', '»']));
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
        assert_eq!(split(text, Newlines::Wrap), ["a", "b", "c", "d\u{2029}e", "f"]);
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
        assert_eq!(split(wrapped, Newlines::Break).len(), 7);
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
