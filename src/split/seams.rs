//! Places where a sentence ends without a stop, because what stands there
//! shows it: behind an address, a time stamp, an utterance that was broken off.

use super::chars::{first_word, is_dash, is_stop, last_word, trim_near};
use super::mark::gap;
use super::scan::Hit;
use super::table::{Kinds, Table};

/// Where a sentence ends, and where the scan goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Seam {
    /// The end of the sentence, if one ends here.
    pub end: Option<usize>,
    /// Where the scan goes on; no stop lies before it.
    pub resume: usize,
}

/// Decides about what the scan found at `at` of a sentence that begins at
/// `begin`.
pub(super) fn seam(table: &Table, text: &str, begin: usize, at: usize, hit: Hit) -> Seam {
    match hit {
        Hit::Address => address(table, text, at),
        Hit::Time => stamp(text, begin, at),
        Hit::Semicolon => semicolon(table, text, at),
        Hit::Dash => dash(table, text, begin, at),
        Hit::Stop => Seam { end: None, resume: at },
    }
}

/// The end of the words that open or close a letter, where a paragraph begins
/// with them: `Hi, We have`, `Best regards, Ann Lee`
pub(super) fn letter(table: &Table, paragraph: &str) -> Option<usize> {
    const MAX_WORDS: usize = 4;
    let mut kinds = table.word(first_word(paragraph));
    if !kinds.has(Kinds::OPENS.and(Kinds::CLOSES)) {
        return None;
    }
    let mut at = 0;
    for _ in 0..MAX_WORDS {
        let word = first_word(&paragraph[at..]);
        at += word.len();
        if word.is_empty() {
            return None;
        }
        // `Best wishes`: the words that close may be several.
        if table.word(word).has(Kinds::CLOSES) {
            kinds = Kinds::CLOSES;
        }
        let behind = &paragraph[at..];
        if let Some(behind) = behind.strip_prefix(',') {
            let next = &behind[gap(behind)..];
            let apart = next.len() < behind.len();
            let follows =
                if kinds.has(Kinds::CLOSES) { is_signature(next) } else { starts(table, next) };
            return (apart && follows).then_some(at + 1);
        }
        at += gap(behind);
    }
    None
}

/// Names to the end, without a stop: how a letter is signed.
fn is_signature(text: &str) -> bool {
    const MAX_BYTES: usize = 160;
    text.len() <= MAX_BYTES
        && text.starts_with(char::is_uppercase)
        && !text.ends_with(is_stop)
        && !text.contains(',')
}

/// A web address ends a sentence before another one and before a word that
/// begins a sentence. The stops inside it are none.
fn address(table: &Table, text: &str, at: usize) -> Seam {
    let rest = &text[at + 3..];
    let len = rest
        .find(|c: char| c.is_whitespace() || matches!(c, '"' | '<' | '>' | '»' | '“' | '”'))
        .unwrap_or(rest.len());
    let inside =
        rest[..len].trim_end_matches(|c| is_stop(c) || matches!(c, ')' | ']' | ',' | '\''));
    let end = at + 3 + inside.len();
    let behind = &text[end..];
    let next = &behind[gap(behind)..];
    let other = ["http://", "https://"].iter().any(|scheme| next.starts_with(scheme));
    let ends = next.len() < behind.len() && (other || starts(table, next));
    Seam { end: ends.then_some(end), resume: end }
}

fn starts(table: &Table, text: &str) -> bool {
    let word = first_word(text);
    let dotted = text[word.len()..].starts_with(['.', '-']);
    !dotted && table.word(word).has(Kinds::STARTER)
}

/// A date with a time of day stands alone in the head of a letter:
/// `Ann Lee 03/27/2001 01:58 PM Dear all`
fn stamp(text: &str, begin: usize, at: usize) -> Seam {
    let resume = at + 1;
    let none = Seam { end: None, resume };
    let Some(date) = date_before(&text[begin..at]) else { return none };
    let time = clock(&text[at..]);
    if time == 0 {
        return none;
    }
    // The name of who wrote then is a line of its own too.
    let name = trim_near(&text[begin..begin + date]);
    if !name.is_empty() {
        let word = last_word(name);
        let named = word.starts_with(char::is_uppercase) || name.ends_with('>');
        if named || name.rsplit(' ').next().is_some_and(|word| word.contains('@')) {
            return Seam { end: Some(begin + name.len()), resume: begin + date };
        }
    }
    let end = at + time;
    let next = &text[end..];
    let goes_on = next.starts_with(' ') && next[gap(next)..].starts_with(char::is_alphanumeric);
    Seam { end: goes_on.then_some(end), resume: end }
}

/// Where `03/27/2001 01` begins, if the text ends so.
fn date_before(text: &str) -> Option<usize> {
    const MAX_BYTES: usize = 13;
    let bytes = text.as_bytes();
    let mut at = bytes.len();
    let mut slashes = 0;
    let mut spaces = 0;
    while at > 0 && bytes.len() - at <= MAX_BYTES {
        match bytes[at - 1] {
            b'0'..=b'9' => {}
            b'/' => slashes += 1,
            b' ' if spaces == 0 => spaces = 1,
            _ => break,
        }
        at -= 1;
    }
    let found = text.get(at..)?;
    (slashes == 2 && spaces == 1 && found.starts_with(|c: char| c.is_ascii_digit())).then_some(at)
}

/// The length of `:58 PM` or `:58:03 PM`.
fn clock(text: &str) -> usize {
    let bytes = text.as_bytes();
    let digits =
        |at: usize| bytes.get(at..at + 2).is_some_and(|d| d.iter().all(u8::is_ascii_digit));
    let mut len = 0;
    while len < 6 && bytes.get(len) == Some(&b':') && digits(len + 1) {
        len += 3;
    }
    let half = bytes.get(len..len + 3);
    if len > 0 && matches!(half, Some(b" AM" | b" PM")) { len + 3 } else { 0 }
}

/// A semicolon ends a sentence where the word behind it has the capital of a
/// sentence's first word.
fn semicolon(table: &Table, text: &str, at: usize) -> Seam {
    let behind = &text[at + 1..];
    let next = &behind[gap(behind)..];
    let ends = next.len() < behind.len() && starts(table, next);
    Seam { end: ends.then_some(at + 1), resume: at + 1 }
}

/// An utterance was broken off at a dash where another begins behind it:
/// `We need a — Do you have one?`
fn dash(table: &Table, text: &str, begin: usize, at: usize) -> Seam {
    let end = at + text[at..].chars().next().map_or(1, char::len_utf8);
    let none = Seam { end: None, resume: end };
    let before = &text[begin..at];
    let behind = &text[end..];
    let next = &behind[gap(behind)..];
    let near = trim_near(before);
    // First what costs nothing: in a run of dashes all before one would be gone over.
    if near.len() == before.len() || next.len() == behind.len() {
        return none;
    }
    // A stop or a comma in front of the dash: a speaker's name follows, or the
    // sentence goes on.
    let word = last_word(near.trim_end_matches(is_dash));
    if word.is_empty() {
        return none;
    }
    // `LONDON — The minister`, `Paris — This is`: the place of a report.
    let place = word.starts_with(char::is_uppercase);
    let first = first_word(next);
    let kinds = table.word(first);
    let broken = kinds.has(Kinds::STARTER)
        && !kinds.has(Kinds::WEAK)
        && !next[first.len()..].starts_with('-');
    Seam { end: (broken && !place).then_some(end), resume: end }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Language;

    fn ends(language: Language, text: &str, mark: &str, hit: Hit) -> Option<usize> {
        let at = text.find(mark).unwrap_or(0);
        seam(Table::of(language), text, 0, at, hit).end
    }

    #[test]
    fn addresses() {
        let ends = |text| ends(Language::ENGLISH, text, "://", Hit::Address);
        assert_eq!(ends("see http://a.b/c It is"), Some(16));
        assert_eq!(ends("see http://a.b/c http://d.e"), Some(16));
        assert_eq!(ends("see http://a.b/c for"), None);
        assert_eq!(ends("see http://a.b/c). It is"), None);
        let stop = seam(Table::of(Language::ENGLISH), "http://a.b/c?d=E. It", 0, 4, Hit::Address);
        assert_eq!(stop.resume, 16);
    }

    #[test]
    fn stamps() {
        let ends = |text| ends(Language::ENGLISH, text, ":", Hit::Time);
        assert_eq!(ends("Ann Lee 03/27/2001 01:58 PM Dear all"), Some(7));
        assert_eq!(ends("03/27/2001 01:58 PM Dear all"), Some(19));
        assert_eq!(ends("on 03/27/2001 01:58:03 PM Dear all"), Some(25));
        assert_eq!(ends("at 01:58 PM Dear all"), None);
        assert_eq!(ends("03/27/2001 01:58 dear all"), None);
    }

    #[test]
    fn broken_utterances() {
        let ends = |text| ends(Language::ENGLISH, text, "—", Hit::Dash);
        assert_eq!(ends("we need a — Do you"), Some(13));
        assert_eq!(ends("we need a — The knife"), None);
        assert_eq!(ends("PARIS — This week"), None);
        assert_eq!(ends("he said. — This week"), None);
        assert_eq!(ends("we need a — do you"), None);
    }
}
