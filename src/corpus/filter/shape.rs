//! Lengths, marks at the ends, and repetition.

use std::collections::HashSet;

use crate::Language;

/// Characters that both sides are given before their lengths are compared, so
/// that a word may be twice as long as its translation.
const EXTRA_CHARACTERS: f32 = 20.0;

/// Letters and figures.
pub(super) fn marks(text: &str) -> f32 {
    text.chars().filter(|c| c.is_alphanumeric()).count() as f32
}

/// Words: runs without white space that have a letter or a figure.
pub(super) fn words(text: &str) -> f32 {
    text.split_whitespace().filter(|word| word.contains(char::is_alphanumeric)).count() as f32
}

/// How long a text of a language is for one in English that says the same, in
/// characters; means over the development sets (`reports/filters.md`).
fn relative(language: Language) -> f32 {
    match language.primary() {
        "de" => 1.13,
        _ => 1.0,
    }
}

/// How many times one side is longer than it should be for the other.
pub(super) fn length_ratio(source: (Language, &str), target: (Language, &str)) -> f32 {
    let length = |(language, text): (Language, &str)| {
        text.chars().count() as f32 / relative(language) + EXTRA_CHARACTERS
    };
    let (source, target) = (length(source), length(target));
    (source / target).max(target / source)
}

/// What a text ends in.
#[derive(Clone, Copy, PartialEq, Eq)]
enum End {
    Question,
    Exclamation,
    Stop,
    Open,
}

fn end(text: &str) -> End {
    let closing = |c: char| c.is_whitespace() || "\"'”“’»«)]›‹".contains(c);
    let text = text.trim_end_matches(closing);
    let mut last = text.chars().rev();
    match (last.next(), last.next()) {
        // `?!` and `!?` ask.
        (Some('?'), _) | (Some('!'), Some('?')) => End::Question,
        (Some('!'), _) => End::Exclamation,
        (Some('.' | '…' | ':' | ';'), _) => End::Stop,
        _ => End::Open,
    }
}

/// 0 where both sides end alike, 0.25 where one exclaims what the other states,
/// 0.5 where one has no mark, 1 where one asks and the other does not.
pub(super) fn end_mismatch(source: &str, target: &str) -> f32 {
    match (end(source), end(target)) {
        (one, other) if one == other => 0.0,
        (End::Question, _) | (_, End::Question) => 1.0,
        (End::Open, _) | (_, End::Open) => 0.5,
        _ => 0.25,
    }
}

/// The share of a text that repeats what stands before it: of its runs of three
/// words those that came before, or of its characters those in a row of more than
/// five that are equal, whichever is more. Of texts of fewer than six words, whether
/// they are one word again and again.
pub(super) fn repetition(text: &str) -> f32 {
    const MIN_EQUAL_IN_A_ROW: usize = 5;
    const MIN_WORDS: usize = 6;
    let (mut run, mut all, mut in_rows) = (0, 0, 0);
    let mut last = None;
    for c in text.chars() {
        run = if Some(c) == last { run + 1 } else { 1 };
        last = Some(c);
        all += 1;
        // Spaces are the splitter's business.
        if run > MIN_EQUAL_IN_A_ROW && !c.is_whitespace() {
            in_rows += 1;
        }
    }
    let rows = in_rows as f32 / all.max(1) as f32;
    let lower = text.to_lowercase();
    let words: Vec<&str> = lower
        .split_whitespace()
        .map(|word| word.trim_matches(|c: char| !c.is_alphanumeric()))
        .filter(|word| !word.is_empty())
        .collect();
    let repeated = |width: usize| {
        let mut seen = HashSet::new();
        let runs = words.windows(width);
        let count = runs.len();
        let distinct = runs.filter(|run| seen.insert(*run)).count();
        (count - distinct) as f32 / count.max(1) as f32
    };
    let said = match words.len() {
        0..3 => 0.0,
        3..MIN_WORDS => repeated(1),
        _ => repeated(3),
    };
    rows.max(said)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths() {
        assert_eq!((marks(" -1 a ü! "), words(" -1 a — ü! ")), (3.0, 3.0));
        let pair = |source: &str, target: &str| {
            length_ratio((Language::ENGLISH, source), (Language::UKRAINIAN, target))
        };
        assert_eq!(pair("1234", "абвг"), 1.0);
        assert!(pair("Yes.", "Так, звісно, це так.") < 2.0);
        assert!(pair(&"word ".repeat(20), "слово") > 4.0);
        assert_eq!(pair("", &"а".repeat(20)), 2.0);
    }

    #[test]
    fn ends() {
        assert_eq!(end_mismatch("Why?", "Чому?"), 0.0);
        assert_eq!(end_mismatch("Why?!", "„Warum?“"), 0.0);
        assert_eq!(end_mismatch("Why?", "Тому."), 1.0);
        assert_eq!(end_mismatch("Stop!", "Стій."), 0.25);
        assert_eq!(end_mismatch("A headline", "Заголовок."), 0.5);
        assert_eq!(end_mismatch("", ""), 0.0);
    }

    #[test]
    fn what_is_said_again() {
        assert_eq!(repetition("The bridge is closed until Monday."), 0.0);
        assert!(repetition("the ferry the ferry the ferry the ferry the ferry") > 0.6);
        assert!(repetition("ha ha ha ha") > 0.7);
        assert!(repetition("Wait..............................") > 0.7);
        assert!(repetition("Holy, holy, holy is the name that they gave to this old place") < 0.1);
        assert_eq!(repetition(""), 0.0);
    }
}
