//! Rules for stops that no white space follows: the writer may have forgotten
//! it, or the stop is part of an address, a file name or a version.

use super::super::chars::{
    first_word, is_closing_bracket, is_closing_quote, is_opening_bracket, is_opening_quote,
    last_word,
};
use super::super::lexicon::Lexicon;
use super::super::word_kinds::WordKinds;
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
    if is_uncased(next) && (lexicon.unspaced || is_of_uncased_script(text, stop)) {
        return !stop.closes_bracket && ends_unspaced(lexicon, text, stop.start, stop);
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

/// Whether a word begins with a letter of a script without capitals.
fn is_uncased(word: &str) -> bool {
    let first = word.chars().next();
    first.is_some_and(|c| c.is_alphabetic() && !c.is_lowercase() && !c.is_uppercase())
}

/// Whether the stop itself belongs to a script without capitals: `؟`, `।`
fn is_of_uncased_script(text: &str, stop: &Stop) -> bool {
    /// The block General Punctuation, whose stops (`…`, `‼`, `⁇`) all scripts use.
    const GENERAL: std::ops::Range<char> = '\u{2000}'..'\u{2070}';
    let first = text[stop.start..].chars().next();
    first.is_some_and(|c| !c.is_ascii() && !GENERAL.contains(&c))
}

/// Whether a sentence ends at a stop that is followed by text without a space, in a script that
/// writes none. Brackets and titles inside a sentence may have a stop of their own (`《走！》`), and
/// after a quotation, the sentence may continue: `“走吧。”他说。`, `「はい。」と言う。`
pub(super) fn ends_unspaced(lexicon: &Lexicon, text: &str, begin: usize, stop: &Stop) -> bool {
    /// The longest text between a quotation and its verb of speaking, in characters.
    const MAX_SPEAKER_CHARS: usize = 6;
    let rest = &text[stop.end..];
    // Any other quotation mark here opens one: `Stop::read` takes those that close.
    if rest.starts_with('’') {
        return false;
    }
    if stop.closes_bracket && !stop.second_stop {
        return text[begin..].starts_with(is_opening_bracket);
    }
    if !stop.closes_quote {
        return true;
    }
    let mut buffer = [0; 4];
    let mut speaker =
        rest.chars().take_while(|c| c.is_alphabetic()).take(MAX_SPEAKER_CHARS + 1).enumerate();
    let speaks = speaker.any(|(at, c)| {
        let kinds = lexicon.word(c.encode_utf8(&mut buffer));
        kinds.has(WordKinds::SAYS) || at == 0 && kinds.has(WordKinds::TAG)
    });
    !speaks && !rest.starts_with("って")
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
