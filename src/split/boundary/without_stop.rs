//! Rules for sentences that end without a stop: after a web address, around a
//! time stamp, after a semicolon, and after an interrupted utterance.

use super::super::chars::{first_word, is_dash, is_stop, last_word, trim_end_near};
use super::super::lexicon::Lexicon;
use super::super::word_kinds::WordKinds;
use super::candidates::Candidate;
use super::stop::white_space_len;

/// Whether a sentence ends at a candidate, and where the scan resumes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::split) struct Break {
    /// The end of the sentence, if it ends here.
    pub end: Option<usize>,
    /// Where the scan resumes.
    pub resume: usize,
}

/// Decides whether the sentence that begins at `begin` ends at the candidate at
/// `at`.
pub(in crate::split) fn break_at(
    lexicon: &Lexicon,
    text: &str,
    begin: usize,
    at: usize,
    candidate: Candidate,
) -> Break {
    match candidate {
        Candidate::Address => after_address(lexicon, text, at),
        Candidate::TimeOfDay => around_time_stamp(text, begin, at),
        Candidate::Semicolon => after_semicolon(lexicon, text, at),
        Candidate::Dash => after_dash(lexicon, text, begin, at),
        Candidate::Space => at_space(text, begin, at),
        Candidate::Stop => Break { end: None, resume: at },
    }
}

/// The end of a salutation or a closing phrase of a letter at the start of a
/// paragraph: `Hi, We have`, `Best regards, Ann Lee`
pub(in crate::split) fn letter_phrase_end(lexicon: &Lexicon, paragraph: &str) -> Option<usize> {
    const MAX_WORDS: usize = 4;
    let mut kinds = lexicon.word(first_word(paragraph));
    if !kinds.has(WordKinds::OPENS.or(WordKinds::CLOSES)) {
        return None;
    }
    let mut at = 0;
    for _ in 0..MAX_WORDS {
        let word = first_word(&paragraph[at..]);
        at += word.len();
        if word.is_empty() {
            return None;
        }
        // A closing phrase may have several words: `Best wishes`
        if lexicon.word(word).has(WordKinds::CLOSES) {
            kinds = WordKinds::CLOSES;
        }
        let behind = &paragraph[at..];
        if let Some(behind) = behind.strip_prefix(',') {
            let next = &behind[white_space_len(behind)..];
            let apart = next.len() < behind.len();
            let follows = if kinds.has(WordKinds::CLOSES) {
                is_signature(next)
            } else {
                starts_sentence(lexicon, next)
            };
            return (apart && follows).then_some(at + 1);
        }
        at += white_space_len(behind);
    }
    None
}

/// Whether a text looks like the signature of a letter: names without a stop.
fn is_signature(text: &str) -> bool {
    const MAX_BYTES: usize = 160;
    text.len() <= MAX_BYTES
        && text.starts_with(char::is_uppercase)
        && !text.ends_with(is_stop)
        && !text.contains(',')
}

/// A web address ends a sentence if another address or a `starter` follows it.
/// The scan skips the stops inside the address.
fn after_address(lexicon: &Lexicon, text: &str, at: usize) -> Break {
    let rest = &text[at + 3..];
    let len = rest
        .find(|c: char| c.is_whitespace() || matches!(c, '"' | '<' | '>' | '»' | '“' | '”'))
        .unwrap_or(rest.len());
    let inside =
        rest[..len].trim_end_matches(|c| is_stop(c) || matches!(c, ')' | ']' | ',' | '\''));
    let end = at + 3 + inside.len();
    let behind = &text[end..];
    let next = &behind[white_space_len(behind)..];
    let other = ["http://", "https://"].iter().any(|scheme| next.starts_with(scheme));
    let ends = next.len() < behind.len() && (other || starts_sentence(lexicon, next));
    Break { end: ends.then_some(end), resume: end }
}

/// Whether a text begins with a `starter`.
fn starts_sentence(lexicon: &Lexicon, text: &str) -> bool {
    let word = first_word(text);
    let dotted = text[word.len()..].starts_with(['.', '-']);
    !dotted && lexicon.word(word).has(WordKinds::STARTER)
}

/// A date with a time of day is a sentence of its own, as in the head of an
/// e-mail: `Ann Lee 03/27/2001 01:58 PM Dear all`
fn around_time_stamp(text: &str, begin: usize, at: usize) -> Break {
    let resume = at + 1;
    let none = Break { end: None, resume };
    let Some(date) = date_before(&text[begin..at]) else { return none };
    let time = time_of_day_len(&text[at..]);
    if time == 0 {
        return none;
    }
    // The name of the sender before it is a sentence too.
    let name = trim_end_near(&text[begin..begin + date]);
    if !name.is_empty() {
        let word = last_word(name);
        let named = word.starts_with(char::is_uppercase) || name.ends_with('>');
        if named || name.rsplit(' ').next().is_some_and(|word| word.contains('@')) {
            return Break { end: Some(begin + name.len()), resume: begin + date };
        }
    }
    let end = at + time;
    let next = &text[end..];
    let goes_on =
        next.starts_with(' ') && next[white_space_len(next)..].starts_with(char::is_alphanumeric);
    Break { end: goes_on.then_some(end), resume: end }
}

/// The start of a date and an hour at the end of a text: `03/27/2001 01`
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

/// The length of minutes, seconds and `AM` or `PM` at the start of a text:
/// `:58 PM`, `:58:03 PM`
fn time_of_day_len(text: &str) -> usize {
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

/// A semicolon ends a sentence if a capitalised `starter` follows.
fn after_semicolon(lexicon: &Lexicon, text: &str, at: usize) -> Break {
    let behind = &text[at + 1..];
    let next = &behind[white_space_len(behind)..];
    let ends = next.len() < behind.len() && starts_sentence(lexicon, next);
    Break { end: ends.then_some(at + 1), resume: at + 1 }
}

/// A dash ends an interrupted utterance if another utterance follows:
/// `We need a — Do you have one?`
fn after_dash(lexicon: &Lexicon, text: &str, begin: usize, at: usize) -> Break {
    let end = at + text[at..].chars().next().map_or(1, char::len_utf8);
    let none = Break { end: None, resume: end };
    let before = &text[begin..at];
    let behind = &text[end..];
    let next = &behind[white_space_len(behind)..];
    let near = trim_end_near(before);
    // This cheap check comes first. Without it, a long run of dashes takes
    // quadratic time.
    if near.len() == before.len() || next.len() == behind.len() {
        return none;
    }
    // After a stop or a comma, the dash precedes a speaker's name or continues the
    // sentence.
    let word = last_word(near.trim_end_matches(is_dash));
    if word.is_empty() {
        return none;
    }
    // `LONDON — The minister`, `Paris — This is`: the dateline of a report.
    let is_dateline = word.starts_with(char::is_uppercase);
    let first = first_word(next);
    let kinds = lexicon.word(first);
    let interrupted = kinds.has(WordKinds::STARTER)
        && !kinds.has(WordKinds::WEAK)
        && !next[first.len()..].starts_with('-');
    Break { end: (interrupted && !is_dateline).then_some(end), resume: end }
}

/// A space ends a sentence of a language without stops, such as Thai, if the sentence is long enough
/// and the next one does not begin with a conjunction. Spaces also surround numbers, foreign words
/// and quotations.
fn at_space(text: &str, begin: usize, at: usize) -> Break {
    let end = at + text[at..].chars().next().map_or(1, char::len_utf8);
    let next = text[end..].trim_start();
    let is_letter = |c: char| c.is_alphabetic() && matches!(c, '\u{e01}'..='\u{eff}');
    // `ๆ` repeats the word before it, and `ฯ` abbreviates one: both have a space after them.
    let is_sign = ['\u{e46}', '\u{e2f}', '\u{ec6}', '\u{eaf}'];
    let ends = !text[at..].starts_with(is_sign)
        && !next.starts_with(is_sign)
        && next.starts_with(is_letter)
        && end - begin >= MIN_UNSTOPPED_BYTES
        && !THAI_CONJUNCTIONS.iter().any(|word| next.starts_with(word));
    Break { end: ends.then_some(end), resume: end }
}

/// The shortest sentence that a space may end, in bytes; a letter of the Thai or Lao script has three.
const MIN_UNSTOPPED_BYTES: usize = 3 * 60;

/// Words that continue a Thai sentence after a space: *and*, *or*, *which*, *by*, *because*, *that*.
const THAI_CONJUNCTIONS: [&str; 12] =
    ["และ", "หรือ", "ซึ่ง", "โดย", "เพราะ", "ที่", "ว่า", "เพื่อ", "รวม", "จึง", "แต่", "เช่น"];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Language;

    fn ends(language: Language, text: &str, mark: &str, candidate: Candidate) -> Option<usize> {
        let at = text.find(mark).unwrap_or(0);
        break_at(Lexicon::of(language), text, 0, at, candidate).end
    }

    #[test]
    fn addresses_end_before_starters() {
        let ends = |text| ends(Language::ENGLISH, text, "://", Candidate::Address);
        assert_eq!(ends("see http://a.b/c It is"), Some(16));
        assert_eq!(ends("see http://a.b/c http://d.e"), Some(16));
        assert_eq!(ends("see http://a.b/c for"), None);
        assert_eq!(ends("see http://a.b/c). It is"), None);
        let stop = break_at(
            Lexicon::of(Language::ENGLISH),
            "http://a.b/c?d=E. It",
            0,
            4,
            Candidate::Address,
        );
        assert_eq!(stop.resume, 16);
    }

    #[test]
    fn time_stamps_are_sentences() {
        let ends = |text| ends(Language::ENGLISH, text, ":", Candidate::TimeOfDay);
        assert_eq!(ends("Ann Lee 03/27/2001 01:58 PM Dear all"), Some(7));
        assert_eq!(ends("03/27/2001 01:58 PM Dear all"), Some(19));
        assert_eq!(ends("on 03/27/2001 01:58:03 PM Dear all"), Some(25));
        assert_eq!(ends("at 01:58 PM Dear all"), None);
        assert_eq!(ends("03/27/2001 01:58 dear all"), None);
    }

    #[test]
    fn dashes_end_interrupted_utterances() {
        let ends = |text| ends(Language::ENGLISH, text, "—", Candidate::Dash);
        assert_eq!(ends("we need a — Do you"), Some(13));
        assert_eq!(ends("we need a — The knife"), None);
        assert_eq!(ends("PARIS — This week"), None);
        assert_eq!(ends("he said. — This week"), None);
        assert_eq!(ends("we need a — do you"), None);
    }
}
