//! Scripts, languages, and how alike two texts are as letters.

use std::collections::HashMap;

use crate::Language;
use crate::language::foreign;

use super::addresses;

/// The script that a language is written in, where it is known.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Script {
    Latin,
    Cyrillic,
}

impl Script {
    fn has(self, c: char) -> bool {
        match self {
            Script::Latin => is_latin(c),
            Script::Cyrillic => is_cyrillic(c),
        }
    }
}

fn script(language: Language) -> Option<Script> {
    match language.primary() {
        "en" | "de" => Some(Script::Latin),
        "uk" => Some(Script::Cyrillic),
        _ => None,
    }
}

pub(super) fn is_cyrillic(c: char) -> bool {
    matches!(c, '\u{400}'..='\u{52f}' | '\u{1c80}'..='\u{1c8f}')
}

pub(super) fn is_latin(c: char) -> bool {
    c.is_ascii_alphabetic()
        || (matches!(c, '\u{aa}' | '\u{ba}' | '\u{c0}'..='\u{24f}' | '\u{1e00}'..='\u{1eff}')
            && c.is_alphabetic())
}

/// The share of a text's letters, addresses aside, that are not of its language's
/// script; 0 for a language whose script is not known here.
pub(super) fn other_script(language: Language, text: &str) -> f32 {
    let Some(script) = script(language) else { return 0.0 };
    let own = |c: char| script.has(c);
    let (mut letters, mut others) = (0u32, 0u32);
    for word in addresses::others(text) {
        for c in word.chars().filter(|c| c.is_alphabetic()) {
            letters += 1;
            others += u32::from(!own(c));
        }
    }
    others as f32 / letters.max(1) as f32
}

/// How sure it is that a text is in another language, 0 to 1. Words in another
/// script are names, or another filter's business, as is Russian on a Ukrainian side. A text of fewer
/// than 20 letters tells nothing: trigrams take a name for Tagalog.
pub(super) fn other_language(language: Language, text: &str) -> f32 {
    const LEAST: usize = 20;
    let Some(script) = script(language) else { return 0.0 };
    let own = |word: &&str| !word.chars().any(|c| c.is_alphabetic() && !script.has(c));
    let words: Vec<&str> = addresses::others(text).filter(own).collect();
    let text = words.join(" ");
    match text.chars().filter(|c| c.is_alphabetic()).nth(LEAST - 1) {
        Some(_) => foreign(language, &text),
        None => 0.0,
    }
}

/// The share of letters among all characters that are no white space; 1 for a
/// text without any.
pub(super) fn alphabetic(text: &str) -> f32 {
    let (mut letters, mut all) = (0u32, 0u32);
    for c in text.chars().filter(|c| !c.is_whitespace()) {
        all += 1;
        letters += u32::from(c.is_alphabetic());
    }
    if all == 0 { 1.0 } else { letters as f32 / all as f32 }
}

/// How alike two texts are as strings of letters, 0 to 1: twice the runs of three
/// letters that they have in common, over all that they have. Case, figures, marks
/// and spaces do not count. Sides without letters are not alike.
pub(super) fn similarity(one: &str, other: &str) -> f32 {
    let folded = |text: &str| -> Vec<char> {
        // The ends of a text are runs of their own, so that one letter is enough.
        let letters = text.chars().filter(|c| c.is_alphabetic()).flat_map(char::to_lowercase);
        let letters: Vec<char> = letters.collect();
        match letters.is_empty() {
            true => letters,
            false => [' ', ' '].into_iter().chain(letters).chain([' ', ' ']).collect(),
        }
    };
    let (one, other) = (folded(one), folded(other));
    if one.is_empty() || other.is_empty() {
        return 0.0;
    }
    let mut runs: HashMap<&[char], i32> = HashMap::new();
    one.windows(3).for_each(|run| *runs.entry(run).or_default() += 1);
    let mut common = 0;
    for run in other.windows(3) {
        if let Some(left) = runs.get_mut(run).filter(|left| **left > 0) {
            *left -= 1;
            common += 1;
        }
    }
    2.0 * common as f32 / (one.len() + other.len() - 4) as f32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_of_another_script() {
        assert_eq!(other_script(Language::UKRAINIAN, "Міст"), 0.0);
        assert_eq!(other_script(Language::UKRAINIAN, "The bridge"), 1.0);
        assert_eq!(other_script(Language::GERMAN, "Brücke groß Ẽ"), 0.0);
        assert_eq!(other_script(Language::ENGLISH, "Міст"), 1.0);
        assert_eq!(other_script(Language::UKRAINIAN, "тут: https://example.org/bridge"), 0.0);
        assert_eq!(other_script("ja".parse().unwrap(), "橋"), 0.0);
    }

    #[test]
    fn alike_as_letters() {
        assert_eq!(similarity("The Bridge.", "the bridge"), 1.0);
        assert_eq!(similarity("The bridge", "Міст"), 0.0);
        assert_eq!((similarity("12", "12"), similarity("", "")), (0.0, 0.0));
        let near = similarity("Open the bridge settings now", "Open the bridge setting now");
        assert!(near > 0.9 && near < 1.0, "{near}");
        assert!(similarity("It rained all day.", "Es regnete den ganzen Tag.") < 0.3);
    }

    #[test]
    fn share_of_letters() {
        assert_eq!(alphabetic("ab 12"), 0.5);
        assert_eq!((alphabetic(""), alphabetic("–")), (1.0, 0.0));
    }
}
