//! Reads a stop together with the closing marks and footnote marks that belong
//! to it.

use super::super::chars::{
    emoticon, first_word, is_closing_bracket, is_closing_quote, is_number, is_opening_bracket,
    is_opening_quote, is_raised, is_stop, is_strong, is_wide,
};
use super::super::lexicon::Lexicon;
use super::super::word_kinds::WordKinds;

/// A stop, or a run of stops, with its closing marks: everything up to the point
/// where the sentence would end. Positions are byte offsets in the paragraph.
#[derive(Clone, Copy, Debug)]
pub(in crate::split) struct Stop {
    /// Where the first stop begins.
    pub start: usize,
    /// The end of the stops, closing marks and footnote marks.
    pub end: usize,
    /// The end of the stops alone.
    pub stops_end: usize,
    /// Where the text continues after white space.
    pub next_start: usize,
    /// Whether an exclamation or question mark is among the stops.
    pub strong: bool,
    /// Whether there are two full stops or more, or an ellipsis character.
    pub ellipsis: bool,
    /// Whether a quotation closes.
    pub closes_quote: bool,
    /// Whether a bracket closes.
    pub closes_bracket: bool,
    /// Whether brackets enclose only the stops: `(!)`, `[...]`.
    pub bracketed: bool,
    /// Whether a footnote mark or an emoticon follows the stops.
    pub has_note: bool,
    /// Whether an emoticon replaces the stop.
    pub is_emoticon: bool,
    /// Whether another stop follows the closing marks: `(etc.).`
    pub second_stop: bool,
    /// Whether there is a stop of a script that is written without spaces.
    pub full_width: bool,
}

impl Stop {
    /// Reads the stop that begins at `start`. `open` tells whether a quotation in
    /// straight marks is open before it.
    pub fn read(lexicon: &Lexicon, text: &str, start: usize, open: bool) -> Stop {
        let mut stop = Stop {
            start,
            end: start,
            stops_end: start,
            next_start: start,
            strong: false,
            ellipsis: false,
            closes_quote: false,
            closes_bracket: false,
            bracketed: false,
            has_note: false,
            second_stop: false,
            is_emoticon: false,
            full_width: false,
        };
        if stop.read_plain(text) {
            return stop;
        }
        stop.read_stops(lexicon, text);
        if stop.end == start {
            stop.end += emoticon(&text[start..]);
            stop.is_emoticon = true;
        }
        stop.stops_end = stop.end;
        let inside = text[..start].chars().next_back().is_some_and(is_opening_bracket);
        let opens = stop.end;
        stop.read_closing_marks(text, open);
        stop.bracketed = inside && text[opens..].starts_with(is_closing_bracket);
        stop.next_start = stop.end + white_space_len(&text[stop.end..]);
        stop.read_after_space(lexicon, text, open);
        stop
    }

    /// Reads the most common case: one stop, one space and a letter. It returns
    /// false, and changes nothing, in any other case.
    fn read_plain(&mut self, text: &str) -> bool {
        let [stop, b' ', letter, behind, ..] = text.as_bytes()[self.start..] else { return false };
        let plain = match letter {
            // `xD` is an emoticon.
            b'x' | b'X' => behind.is_ascii_lowercase(),
            b'a'..=b'z' | b'A'..=b'Z' => true,
            // Cyrillic letters.
            0xd0 | 0xd1 => true,
            _ => false,
        };
        // `(!)` and `[.` need a closer look.
        let inside =
            self.start > 0 && matches!(text.as_bytes()[self.start - 1], b'(' | b'[' | b'{');
        if !plain || inside || !matches!(stop, b'.' | b'!' | b'?') {
            return false;
        }
        self.strong = stop != b'.';
        self.end = self.start + 1;
        self.stops_end = self.end;
        self.next_start = self.start + 2;
        true
    }

    /// Reads the stops, including those of an ellipsis with spaces.
    fn read_stops(&mut self, lexicon: &Lexicon, text: &str) {
        let mut dots = 0;
        loop {
            let rest = &text[self.end..];
            match rest.chars().next() {
                Some(c) if is_stop(c) => {
                    self.strong |= is_strong(c);
                    self.full_width |= is_wide(c);
                    self.ellipsis |= c == '…';
                    dots += usize::from(c == '.');
                    self.end += c.len_utf8();
                }
                Some(c @ (';' | '\u{37e}')) if lexicon.semicolon_asks => {
                    self.strong = true;
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

    /// Reads the closing marks directly after the stops, and stops after those.
    fn read_closing_marks(&mut self, text: &str, open: bool) {
        while let Some(c) = text[self.end..].chars().next() {
            let len = c.len_utf8();
            if is_closing_quote(c) {
                // `end."Following` has lost a space in front of the quotation.
                let turns =
                    !(matches!(c, '”' | '」' | '』') || c == '"' && open && !self.closes_quote);
                if turns && text[self.end + len..].starts_with(char::is_alphanumeric) {
                    break;
                }
                self.closes_quote = true;
            } else if is_closing_bracket(c) {
                self.closes_bracket = true;
            } else if is_stop(c) {
                self.strong |= is_strong(c);
                self.second_stop = true;
            } else if is_raised(c) && !text[self.end + len..].starts_with(char::is_alphanumeric) {
                self.has_note = true;
            } else {
                let rest = &text[self.end..];
                let note = match c {
                    '0'..='9' if !self.ellipsis => glued_footnote(rest),
                    _ => footnote(rest),
                };
                if note == 0 {
                    break;
                }
                self.has_note = true;
                self.end += note;
                continue;
            }
            self.end += len;
        }
    }

    /// Reads footnote marks, emoticons, closing marks and further stops after a
    /// space.
    fn read_after_space(&mut self, lexicon: &Lexicon, text: &str, open: bool) {
        while self.next_start > self.end {
            let rest = &text[self.next_start..];
            let face = emoticon(rest);
            let len = match rest.chars().next() {
                _ if face > 0 => face,
                Some('[') => footnote(rest).max(omission(rest)),
                Some('(') => omission(rest),
                Some('*') => rest.len() - rest.trim_start_matches('*').len(),
                Some('0'..='9') => bare_footnote(lexicon, rest),
                Some(c) if is_closing_bracket(c) || is_stop(c) => c.len_utf8(),
                Some('”' | '»' | '\'') => rest.chars().next().map_or(0, char::len_utf8),
                Some('"') if open && !self.closes_quote => 1,
                _ => 0,
            };
            let behind = &text[self.next_start + len..];
            if len == 0 || behind.chars().next().is_some_and(|c| !c.is_whitespace()) {
                return;
            }
            self.closes_quote |= rest.starts_with(is_closing_quote);
            self.closes_bracket |= rest.starts_with(is_closing_bracket);
            self.has_note |= face > 0 || rest.starts_with(['[', '(', '*']);
            self.strong |= rest.starts_with(is_strong);
            self.second_stop |= rest.starts_with(is_stop);
            self.end = self.next_start + len;
            self.next_start = self.end + white_space_len(behind);
        }
    }
}

/// The length in bytes of the white space at the start of a text.
pub(in crate::split) fn white_space_len(text: &str) -> usize {
    match text.as_bytes() {
        [b'!'..=b'~', ..] => 0,
        [b' ', b'!'..=b'~', ..] => 1,
        _ => text.len() - text.trim_start().len(),
    }
}

/// Whether a text begins with a space and a full stop that is followed by white
/// space, another full stop or nothing.
fn spaced_dot(text: &str) -> bool {
    let mut rest = text.chars().skip(1);
    rest.next() == Some('.') && rest.next().is_none_or(|c| c.is_whitespace() || c == '.')
}

/// The length of a footnote mark at the start of a text: `[3]`, `[a]`.
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

/// The length of a footnote number at the start of a text that follows a stop
/// without a space: `the mill.12 The`
pub(super) fn glued_footnote(text: &str) -> usize {
    const MAX_BYTES: usize = 7;
    let is_number_char = |c: char| c.is_ascii_digit() || matches!(c, ',' | '-' | '–');
    let len = text.find(|c: char| !is_number_char(c)).unwrap_or(text.len());
    let behind = &text[len..];
    let next = &behind[white_space_len(behind)..];
    let apart = behind.is_empty() || next.len() < behind.len();
    let starts = |c: char| c.is_uppercase() || is_opening_quote(c);
    let figures = text[..len].split(|c: char| !c.is_ascii_digit());
    let short = len <= MAX_BYTES && figures.map(str::len).all(|len| (1..=3).contains(&len));
    if short && apart && (next.is_empty() || next.starts_with(starts)) { len } else { 0 }
}

/// The length of an omission mark at the start of a text: `[...]`, `(...)`
fn omission(text: &str) -> usize {
    ["[...]", "[…]", "(...)", "(…)"]
        .iter()
        .find(|sign| text.starts_with(**sign))
        .map_or(0, |sign| sign.len())
}

/// The length of a footnote number at the start of a text that follows a stop and
/// a space. A `starter` must follow: between a full stop and a starter, a number
/// can only be a footnote.
fn bare_footnote(lexicon: &Lexicon, text: &str) -> usize {
    const MAX_DIGITS: usize = 3;
    let number = first_word(text);
    let behind = &text[number.len()..];
    let word = first_word(&behind[white_space_len(behind)..]);
    let starts = number.len() <= MAX_DIGITS && is_number(number) && behind.len() > word.len();
    if starts && lexicon.word(word).has(WordKinds::STARTER) { number.len() } else { 0 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Language;

    fn stop_at(text: &str, start: usize, open: bool) -> Stop {
        Stop::read(Lexicon::of(Language::ENGLISH), text, start, open)
    }

    fn read(text: &str) -> (&str, &str) {
        let start = text.find(is_stop).unwrap_or(0);
        let stop = stop_at(text, start, false);
        (&text[start..stop.end], &text[stop.next_start..])
    }

    #[test]
    fn closing_and_footnote_marks_belong_to_a_stop() {
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
    fn a_straight_mark_closes_only_an_open_quotation() {
        let text = "\"a . \" B";
        assert_eq!(stop_at(text, 3, true).next_start, 7);
        assert_eq!(stop_at(text, 3, false).next_start, 5);
    }

    #[test]
    fn bracketed_stops_are_recognised() {
        assert!(stop_at("a (!) B", 3, false).bracketed);
        assert!(stop_at("[...] B", 1, false).bracketed);
        assert!(!stop_at("(a!) B", 2, false).bracketed);
    }
}
