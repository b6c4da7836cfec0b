//! A place where a sentence may end: the stops there, and what belongs to them.

use super::chars::{
    emoticon, first_word, is_closing_bracket, is_closing_quote, is_number, is_opening_bracket,
    is_opening_quote, is_raised, is_stop, is_strong, is_wide,
};
use super::table::{Kinds, Table};

/// Stops and what closes behind them, up to where the sentence would end.
#[derive(Clone, Copy, Debug)]
pub(super) struct Mark {
    /// Where the first stop is.
    pub start: usize,
    /// Behind the stops, closing marks and footnote marks.
    pub end: usize,
    /// Behind the stops alone.
    pub bare: usize,
    /// Where the text goes on, behind the white space.
    pub next: usize,
    /// An exclamation or question mark is among the stops.
    pub strong: bool,
    /// Two stops or more, or an ellipsis.
    pub ellipsis: bool,
    /// A quotation closes.
    pub quote: bool,
    /// A bracket closes.
    pub bracket: bool,
    /// Nothing but a bracket is around the stops: `(!)`, `[...]`.
    pub alone: bool,
    /// A footnote mark or an emoticon follows the stop.
    pub noted: bool,
    /// An emoticon stands in place of the stop.
    pub face: bool,
    /// A stop follows the closing marks: `(etc.).`
    pub again: bool,
    /// A stop of a script without spaces.
    pub wide: bool,
}

impl Mark {
    /// Reads the mark whose first stop is at `start`. With `open`, a straight
    /// quotation is open before it.
    pub fn read(table: &Table, text: &str, start: usize, open: bool) -> Mark {
        let mut mark = Mark {
            start,
            end: start,
            bare: start,
            next: start,
            strong: false,
            ellipsis: false,
            quote: false,
            bracket: false,
            alone: false,
            noted: false,
            again: false,
            face: false,
            wide: false,
        };
        if mark.plain(text) {
            return mark;
        }
        mark.stops(text);
        if mark.end == start {
            mark.end += emoticon(&text[start..]);
            mark.face = true;
        }
        mark.bare = mark.end;
        let inside = text[..start].chars().next_back().is_some_and(is_opening_bracket);
        let opens = mark.end;
        mark.closers(text, open);
        mark.alone = inside && text[opens..].starts_with(is_closing_bracket);
        mark.next = mark.end + gap(&text[mark.end..]);
        mark.apart(table, text, open);
        mark
    }

    /// Reads the commonest mark, if it is that: one stop, one space and a
    /// letter. It shows nothing else, so nothing more needs to be looked at.
    fn plain(&mut self, text: &str) -> bool {
        let [stop, b' ', letter, behind, ..] = text.as_bytes()[self.start..] else { return false };
        let plain = match letter {
            // `xD` is an emoticon.
            b'x' | b'X' => behind.is_ascii_lowercase(),
            b'a'..=b'z' | b'A'..=b'Z' => true,
            // Cyrillic letters.
            0xd0 | 0xd1 => true,
            _ => false,
        };
        // `(!)`, `[.`: what is around the stop counts.
        let inside =
            self.start > 0 && matches!(text.as_bytes()[self.start - 1], b'(' | b'[' | b'{');
        if !plain || inside || !matches!(stop, b'.' | b'!' | b'?') {
            return false;
        }
        self.strong = stop != b'.';
        self.end = self.start + 1;
        self.bare = self.end;
        self.next = self.start + 2;
        true
    }

    /// Stops, also those of an ellipsis with spaces.
    fn stops(&mut self, text: &str) {
        let mut dots = 0;
        loop {
            let rest = &text[self.end..];
            match rest.chars().next() {
                Some(c) if is_stop(c) => {
                    self.strong |= is_strong(c);
                    self.wide |= is_wide(c);
                    self.ellipsis |= c == '…';
                    dots += usize::from(c == '.');
                    self.end += c.len_utf8();
                }
                Some(' ' | '\u{a0}') if dots > 0 && !self.strong && spaced_dot(rest) => {
                    self.end += rest.find('.').unwrap_or(0);
                }
                _ => break,
            }
        }
        self.ellipsis |= dots > 1;
    }

    /// Closing marks directly behind the stops, and stops behind those.
    fn closers(&mut self, text: &str, open: bool) {
        while let Some(c) = text[self.end..].chars().next() {
            let len = c.len_utf8();
            if is_closing_quote(c) {
                // `end."Next` has lost a space in front of the quotation.
                let turns = !(matches!(c, '”' | '」' | '』') || c == '"' && open && !self.quote);
                if turns && text[self.end + len..].starts_with(char::is_alphanumeric) {
                    break;
                }
                self.quote = true;
            } else if is_closing_bracket(c) {
                self.bracket = true;
            } else if is_stop(c) {
                self.strong |= is_strong(c);
                self.again = true;
            } else if is_raised(c) && !text[self.end + len..].starts_with(char::is_alphanumeric) {
                self.noted = true;
            } else {
                let rest = &text[self.end..];
                let note = match c {
                    '0'..='9' if !self.ellipsis => glued_footnote(rest),
                    _ => footnote(rest),
                };
                if note == 0 {
                    break;
                }
                self.noted = true;
                self.end += note;
                continue;
            }
            self.end += len;
        }
    }

    /// Footnote marks, emoticons, closing marks and further stops that a space
    /// sets apart.
    fn apart(&mut self, table: &Table, text: &str, open: bool) {
        while self.next > self.end {
            let rest = &text[self.next..];
            let face = emoticon(rest);
            let len = match rest.chars().next() {
                _ if face > 0 => face,
                Some('[') => footnote(rest).max(elision(rest)),
                Some('(') => elision(rest),
                Some('*') => rest.len() - rest.trim_start_matches('*').len(),
                Some('0'..='9') => bare_footnote(table, rest),
                Some(c) if is_closing_bracket(c) || is_stop(c) => c.len_utf8(),
                Some('”' | '»' | '\'') => rest.chars().next().map_or(0, char::len_utf8),
                Some('"') if open && !self.quote => 1,
                _ => 0,
            };
            let behind = &text[self.next + len..];
            if len == 0 || behind.chars().next().is_some_and(|c| !c.is_whitespace()) {
                return;
            }
            self.quote |= rest.starts_with(is_closing_quote);
            self.bracket |= rest.starts_with(is_closing_bracket);
            self.noted |= face > 0 || rest.starts_with(['[', '(', '*']);
            self.strong |= rest.starts_with(is_strong);
            self.again |= rest.starts_with(is_stop);
            self.end = self.next + len;
            self.next = self.end + gap(behind);
        }
    }
}

/// The length of the white space that a text begins with.
pub(super) fn gap(text: &str) -> usize {
    match text.as_bytes() {
        [b'!'..=b'~', ..] => 0,
        [b' ', b'!'..=b'~', ..] => 1,
        _ => text.len() - text.trim_start().len(),
    }
}

/// Whether ` .` begins the text and goes on with a space, a stop or nothing.
fn spaced_dot(text: &str) -> bool {
    let mut rest = text.chars().skip(1);
    rest.next() == Some('.') && rest.next().is_none_or(|c| c.is_whitespace() || c == '.')
}

/// The length of the footnote mark that a text begins with: `[3]`, `[a]`.
fn footnote(text: &str) -> usize {
    const MAX_BYTES: usize = 8;
    let Some(inside) = text.strip_prefix('[') else { return 0 };
    let mut letters = 0;
    for (at, c) in inside.char_indices().take(MAX_BYTES) {
        match c {
            ']' if at > 0 => return at + 2,
            '0'..='9' | ',' | '-' | '–' | ' ' if letters == 0 => {}
            'a'..='z' if at == 0 => letters += 1,
            _ => return 0,
        }
    }
    0
}

/// The length of the footnote's number that a text begins with, if it is set
/// without a space behind a stop: `the mill.12 The`
pub(super) fn glued_footnote(text: &str) -> usize {
    const LONGEST: usize = 7;
    let number = |c: char| c.is_ascii_digit() || matches!(c, ',' | '-' | '–');
    let len = text.find(|c: char| !number(c)).unwrap_or(text.len());
    let behind = &text[len..];
    let next = &behind[gap(behind)..];
    let apart = behind.is_empty() || next.len() < behind.len();
    let starts = |c: char| c.is_uppercase() || is_opening_quote(c);
    let figures = text[..len].split(|c: char| !c.is_ascii_digit());
    let short = len <= LONGEST && figures.map(str::len).all(|len| (1..=3).contains(&len));
    if short && apart && (next.is_empty() || next.starts_with(starts)) { len } else { 0 }
}

/// The length of the sign for an omission that a text begins with: `[...]`, `(...)`
fn elision(text: &str) -> usize {
    ["[...]", "[…]", "(...)", "(…)"]
        .iter()
        .find(|sign| text.starts_with(**sign))
        .map_or(0, |sign| sign.len())
}

/// The length of the footnote's number that a text begins with: a number has
/// no other business between a full stop and a word that begins a sentence.
fn bare_footnote(table: &Table, text: &str) -> usize {
    const MAX_DIGITS: usize = 3;
    let number = first_word(text);
    let behind = &text[number.len()..];
    let word = first_word(&behind[gap(behind)..]);
    let starts = number.len() <= MAX_DIGITS && is_number(number) && behind.len() > word.len();
    if starts && table.word(word).has(Kinds::STARTER) { number.len() } else { 0 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Language;

    fn mark(text: &str, start: usize, open: bool) -> Mark {
        Mark::read(Table::of(Language::ENGLISH), text, start, open)
    }

    fn read(text: &str) -> (&str, &str) {
        let start = text.find(is_stop).unwrap_or(0);
        let mark = mark(text, start, false);
        (&text[start..mark.end], &text[mark.next..])
    }

    #[test]
    fn what_belongs_to_a_mark() {
        assert_eq!(read("a.\" B"), (".\"", "B"));
        assert_eq!(read("a?!»\u{a0}B"), ("?!»", "B"));
        assert_eq!(read("a.[3][4] B"), (".[3][4]", "B"));
        assert_eq!(read("a. [3] B"), (". [3]", "B"));
        assert_eq!(read("a. [see] B"), (".", "[see] B"));
        assert_eq!(read("a.² B"), (".²", "B"));
        assert_eq!(read("a! :-) B"), ("! :-)", "B"));
        assert_eq!(read("a . . . B"), (". . .", "B"));
        assert_eq!(read("a.\"B"), (".", "\"B"));
        assert_eq!(read("a. » B"), (". »", "B"));
        assert_eq!(read("a. .net"), (".", ".net"));
        assert_eq!(read("a..."), ("...", ""));
        assert_eq!(read("a. [...] B"), (". [...]", "B"));
        assert_eq!(read("a. 4 The B"), (". 4", "The B"));
        assert_eq!(read("a. 4 Bs"), (".", "4 Bs"));
        assert_eq!(read("a ? ! B"), ("? !", "B"));
    }

    #[test]
    fn a_straight_quotation_closes_where_one_is_open() {
        let text = "\"a . \" B";
        assert_eq!(mark(text, 3, true).next, 7);
        assert_eq!(mark(text, 3, false).next, 5);
    }

    #[test]
    fn stops_in_brackets_of_their_own() {
        assert!(mark("a (!) B", 3, false).alone);
        assert!(mark("[...] B", 1, false).alone);
        assert!(!mark("(a!) B", 2, false).alone);
    }
}
