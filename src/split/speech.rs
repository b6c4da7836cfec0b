//! Quotations: who speaks behind one, and titles that have marks of their own.

use super::chars::{first_word, is_opening_bracket, is_stop, single_letter};
use super::mark::{Mark, gap};
use super::next::Next;
use super::scan::is_quote;
use super::table::{Kinds, Table};
use crate::text::find;

/// Whether a speaker follows a quotation: a name, what is said of its bearer
/// (`Lopez, 43,`, `Lopez's brother`), and a verb of speaking, with an auxiliary or
/// adverb in front of it at most.
pub(super) fn speaks(table: &Table, next: &Next<'_>) -> bool {
    const WORDS: usize = 12;
    const NAMES: usize = 4;
    const NOUNS: usize = 3;
    const TAGS: usize = 2;
    if next.word != "I" && next.starts(table) {
        return false;
    }
    let (mut names, mut nouns, mut tags) = (NAMES, 0, TAGS);
    let mut apposed = false;
    let mut word = next.word;
    let mut rest = next.rest;
    for _ in 0..WORDS {
        if owns(word) {
            nouns = NOUNS;
        }
        if rest.starts_with('.') {
            let short = single_letter(word).is_some() || !table.abbreviation("", word).is_none();
            if !short {
                return false;
            }
            rest = &rest[1..];
        } else if rest.starts_with(',') {
            // `Lopez, 43, of Ulm, said`: the last comma only closes.
            rest = match behind_apposition(rest) {
                Some(behind) => behind,
                None if apposed => &rest[1..],
                None => return false,
            };
            apposed = true;
        }
        let space = gap(rest);
        rest = &rest[space..];
        word = first_word(rest);
        if space == 0 || word.is_empty() {
            return false;
        }
        let kinds = table.word(word);
        if kinds.has(Kinds::SAYS) {
            return true;
        }
        let left = if word.starts_with(char::is_uppercase) {
            &mut names
        } else if kinds.has(Kinds::TAG) || table.informal && word.ends_with("ly") {
            &mut tags
        } else {
            &mut nouns
        };
        if *left == 0 {
            return false;
        }
        *left -= 1;
        rest = &rest[word.len()..];
    }
    false
}

/// `Lopez's`, `Thomas’`
fn owns(word: &str) -> bool {
    word.ends_with("'s") || word.ends_with("’s")
}

/// What follows an apposition, which begins and ends with a comma and has no stop inside.
fn behind_apposition(text: &str) -> Option<&str> {
    const REACH: usize = 80;
    let inside = text.strip_prefix(',')?;
    for (at, c) in inside.char_indices().take(REACH) {
        match c {
            ',' => return Some(&inside[at + 1..]),
            c if is_stop(c) || matches!(c, ';' | '“' | '”' | '"' | '„' | '«' | '»') => {
                return None;
            }
            _ => {}
        }
    }
    None
}

/// Whether a mark stands inside a short quotation that is part of a sentence,
/// as a title is: `The book “Who? Where?” is old.` The quotation begins behind
/// other words and ends with a stop, and a small letter follows it.
/// `quoted` is where the last quotation mark before `mark` is.
pub(super) fn inside_title(
    table: &Table,
    text: &str,
    begin: usize,
    quoted: usize,
    mark: &Mark,
) -> bool {
    // A Cyrillic letter has two bytes.
    let reach = if table.cyrillic { 2 * TITLE_REACH } else { TITLE_REACH };
    let near = quoted > begin && mark.start - quoted <= reach && !mark.quote;
    let opens = |before: char| before.is_whitespace() || is_opening_bracket(before);
    if !near || !text[..quoted].ends_with(opens) {
        return false;
    }
    let Some(close) = next_quote(&text[mark.next..], reach) else { return false };
    let inside = &text[mark.next..mark.next + close];
    let behind = &text[mark.next + close..];
    let behind = &behind[behind.chars().next().map_or(0, char::len_utf8)..];
    let next = &behind[gap(behind)..];
    let goes_on = next.len() < behind.len() && next.starts_with(char::is_lowercase);
    let stopped = inside.ends_with(is_stop);
    // `«Не хочу. Втомився» тощо`: Ukrainian sets the stop behind the mark.
    stopped && (goes_on || behind.starts_with(',')) || table.cyrillic && goes_on
}

/// How many bytes of a title are looked through on either side of a mark.
const TITLE_REACH: usize = 64;

/// Whether a byte may begin a quotation mark: `"`, `«`, `“`
fn quotes(byte: u8) -> bool {
    (byte == b'"') | (byte == 0xc2) | (byte == 0xe2)
}

/// Where the next quotation mark of a text is, if it is near.
fn next_quote(text: &str, reach: usize) -> Option<usize> {
    let bytes = &text.as_bytes()[..text.len().min(reach)];
    let mut at = 0;
    loop {
        at += find(&bytes[at..], quotes)?;
        let mark = text.get(at..).and_then(|rest| rest.chars().next());
        // An apostrophe looks like a single closing mark; that stands behind a stop.
        let single = mark == Some('’') && text[..at].ends_with(is_stop);
        if single || mark.is_some_and(is_quote) {
            return Some(at);
        }
        at += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Language;

    #[test]
    fn speakers() {
        let table = Table::of(Language::ENGLISH);
        let speaks = |text| speaks(table, &Next::read(text));
        for text in [
            "Novak said.",
            "Ms. Ana Novak had said.",
            "Novak, 43, of Ulm, quietly added.",
            "Novak's old friend asked.",
            "J. Novak shot back.",
        ] {
            assert!(speaks(text), "{text}");
        }
        for text in ["Novak left.", "He said.", "Novak. Hale said.", "Novak, 43; Hale, said."] {
            assert!(!speaks(text), "{text}");
        }
    }

    #[test]
    fn marks_inside_titles() {
        let table = Table::of(Language::ENGLISH);
        let inside = |text: &str| {
            let start = text.find(is_stop).unwrap_or(0);
            let quoted = text[..start].rfind(is_quote).unwrap_or(0);
            inside_title(table, text, 0, quoted, &Mark::read(table, text, start, true))
        };
        assert!(inside("The song “Why? Why?” is old."));
        assert!(inside("The song \"Why? Why?\" is old."));
        assert!(inside("His blog, ‘Eat. Sleep.’, is old."));
        assert!(!inside("He said, “I came. I saw.” Then he left."));
        assert!(!inside("“I came. I saw,” he said."));
        assert!(!inside("He came. “I saw it,” he said."));
    }
}
