//! Rules for stops that no white space follows: the writer may have forgotten
//! it, or the stop is part of an address, a file name or a version.

use super::super::chars::{
    first_word, is_closing_bracket, is_closing_quote, is_opening_quote, last_word,
};
use super::super::lexicon::Lexicon;
use super::stop::Stop;

/// Whether the space after the stop is missing, as in `end.Next`. Both words must
/// be ordinary ones, because addresses, file names and versions look alike.
pub(super) fn is_missing_space(lexicon: &Lexicon, text: &str, stop: &Stop) -> bool {
    const MIN_CHARS: usize = 3;
    /// Top-level domains in host names that are written with capitals.
    const HOST_ENDINGS: [&str; 7] = ["Com", "Net", "Org", "Info", "De", "Ua", "Edu"];
    if stop.full_width || stop.is_emoticon {
        return false;
    }
    let rest = &text[stop.end..];
    let opened = rest.trim_start_matches(is_opening_quote);
    if rest.len() - opened.len() > 3 {
        return false;
    }
    let next = first_word(opened);
    let mut letters = next.chars();
    if HOST_ENDINGS.contains(&next) {
        return false;
    }
    let capital = letters.next().is_some_and(char::is_uppercase);
    if stop.strong
        && lexicon.lowercase_starts
        && !capital
        && !stop.closes_quote
        && !stop.closes_bracket
    {
        return is_missing_space_before_lowercase(text, stop, opened, next);
    }
    if !capital || !letters.next().is_none_or(char::is_lowercase) {
        return false;
    }
    let behind = opened[next.len()..].chars().next();
    if behind.is_some_and(|c| matches!(c, '@' | '/' | '_' | '=' | '(' | '.')) {
        return false;
    }
    let word = last_word(&text[..stop.start]);
    let front = &text[..stop.start - word.len()];
    if stop.closes_quote || stop.closes_bracket || stop.has_note {
        return !stop.closes_quote || stop.strong || word.chars().count() >= MIN_CHARS;
    }
    if word.is_empty() {
        // `(late).She`, but not a call in a program: `late().She`
        let inside = front.trim_end_matches(|c| is_closing_bracket(c) || is_closing_quote(c));
        return inside.len() < front.len() && inside.ends_with(char::is_alphabetic);
    }
    // File and host names contain no question marks.
    word.chars().count() >= MIN_CHARS - usize::from(stop.strong)
        && word.chars().all(|c| c.is_alphabetic() || c == '\'' || c == '’')
        && word.ends_with(char::is_lowercase)
        && lexicon.abbreviation(front, word).is_none()
        && !front.ends_with(['.', '/', '@', '_', '=', '#', '\\', ':'])
}

/// Whether a sentence in lower case follows an exclamation or question mark
/// without a space: `is it?thanks`. Web addresses contain no such words.
fn is_missing_space_before_lowercase(text: &str, stop: &Stop, opened: &str, next: &str) -> bool {
    const MIN_CHARS: usize = 3;
    let word = last_word(&text[..stop.start]);
    let plain =
        |word: &str| word.chars().count() >= MIN_CHARS && word.chars().all(char::is_lowercase);
    let behind = opened[next.len()..].chars().next();
    plain(word)
        && plain(next)
        && behind.is_none_or(|c| c.is_whitespace() || matches!(c, ',' | '.'))
        && text[..stop.start - word.len()].ends_with(char::is_whitespace)
}
