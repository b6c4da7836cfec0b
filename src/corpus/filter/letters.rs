//! Scripts, languages, and how alike two texts are as letters.

use std::collections::{HashMap, HashSet};

use crate::Language;
use crate::language::{foreign, is_function_word, speaks_another};

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
///
/// A text in Cyrillic letters may have names and code in Latin ones as long as it has any word of its
/// own: only runs that look like sentences of another language count. A text without any has nothing
/// but code, or is of another language.
pub(super) fn other_script(language: Language, text: &str) -> f32 {
    let Some(script) = script(language) else { return 0.0 };
    let count = |word: &str| {
        let letters = word.chars().filter(|c| c.is_alphabetic());
        letters.fold((0u32, 0u32), |(own, foreign), c| match script.has(c) {
            true => (own + 1, foreign),
            false => (own, foreign + 1),
        })
    };
    let words: Vec<(&str, u32, u32)> = addresses::others(text)
        .map(|word| (word, count(word)))
        .map(|(word, (own, foreign))| (word, own, foreign))
        .collect();
    let own: u32 = words.iter().map(|(_, own, _)| own).sum();
    let foreign: u32 = match script {
        Script::Latin => words.iter().map(|(_, _, foreign)| foreign).sum(),
        Script::Cyrillic => {
            let runs = words.split(|(_, own, _)| *own > 0);
            let prose = runs.filter(|run| own == 0 || is_prose(run.iter().map(|(word, ..)| *word)));
            let plain = prose.flatten().filter(|(word, ..)| !is_code(word));
            plain.map(|(_, _, foreign)| foreign).sum()
        }
    };
    foreign as f32 / (own + foreign).max(1) as f32
}

/// Whether words in Latin letters look like a part of a sentence: some in small letters in a row,
/// with a function word of English or German among them.
fn is_prose<'t>(words: impl Iterator<Item = &'t str>) -> bool {
    /// Words of the shortest sentence that is told from names and code.
    const LEAST: usize = 3;
    let (mut row, mut function_word) = (0, false);
    for word in words {
        let bare = word.trim_matches(|c: char| c.is_ascii_punctuation() && c != '_');
        let plain = bare.chars().count() > 1 && bare.chars().all(char::is_lowercase) || bare == "a";
        if !plain {
            (row, function_word) = (0, false);
            continue;
        }
        row += 1;
        function_word |=
            is_function_word(Language::ENGLISH, bare) || is_function_word(Language::GERMAN, bare);
        if row >= LEAST && function_word {
            return true;
        }
    }
    false
}

/// Whether a word is of a programming language, a key, an abbreviation or a name in one word: it has
/// marks or figures between its letters, capitals behind small letters, or is short and all in
/// capitals.
fn is_code(word: &str) -> bool {
    /// Letters of the longest abbreviation.
    const ABBREVIATION: usize = 5;
    let bare = word.trim_matches(|c: char| !c.is_alphanumeric());
    let inner = |c: char| !c.is_alphabetic() && !matches!(c, '-' | '\'' | '’' | 'ʼ');
    let code = word.contains(['=', '{', '}', '_', '<', '>', '\\', '`', '$', '+'])
        || (word.contains('(') && word.contains(')') && !word.starts_with('('));
    let letter = bare.len() == 1 && !matches!(bare, "a" | "A" | "I");
    code || letter
        || bare.is_empty()
        || bare.contains(inner)
        || (bare.chars().skip(1).any(char::is_uppercase)
            && (bare.contains(char::is_lowercase) || bare.chars().count() <= ABBREVIATION))
}

/// How sure it is that a text is in another language, 0 to 1. Words in another
/// script are names, or another filter's business, as is Russian on a Ukrainian side; so are code
/// and the names that both texts have. A short text tells nothing by its trigrams, which take a name
/// for Tagalog, but the words of English and German do.
pub(super) fn other_language(language: Language, text: &str, other: &str) -> f32 {
    /// Letters of the shortest text that is looked at.
    const MIN_LETTERS: usize = 20;
    /// Letters of the shortest text whose trigrams are compared.
    const LEAST_OF_TRIGRAMS: usize = 40;
    let Some(script) = script(language) else { return 0.0 };
    let own = |word: &str| !word.chars().any(|c| c.is_alphabetic() && !script.has(c));
    let words: Vec<&str> =
        addresses::others(text).filter(|word| own(word) && !is_code(word)).collect();
    let long = |words: &[&str], least: usize| {
        let letters = words.iter().flat_map(|word| word.chars()).filter(|c| c.is_alphabetic());
        letters.take(least).count() == least
    };
    let text = words.join(" ");
    if !long(&words, MIN_LETTERS)
        || !(speaks_another(language, &text) || foreign(language, &text) > 0.0)
    {
        return 0.0;
    }
    let capital =
        |word: &str| word.chars().find(|c| c.is_alphabetic()).is_some_and(char::is_uppercase);
    let others: HashSet<&str> = other.split_whitespace().map(without_marks).collect();
    let is_shared_name = |word: &&str| capital(word) && others.contains(without_marks(word));
    let words: Vec<&str> = words.into_iter().filter(|word| !is_shared_name(word)).collect();
    if !long(&words, MIN_LETTERS) {
        return 0.0;
    }
    let text = words.join(" ");
    if speaks_another(language, &text) {
        return 1.0;
    }
    if long(&words, LEAST_OF_TRIGRAMS) { foreign(language, &text) } else { 0.0 }
}

/// The share of letters among all characters that are no white space; 1 for a
/// text without any. What both texts have in figures and marks is left aside, unless they have no
/// letters; so are marks in a row that are equal.
pub(super) fn alphabetic(text: &str, other: &str) -> f32 {
    let share = |words: &mut dyn Iterator<Item = &str>| {
        let (mut letters, mut all, mut last) = (0u32, 0u32, None);
        for c in words.flat_map(str::chars) {
            let is_letter = c.is_alphabetic();
            all += u32::from(is_letter || last != Some(c) || c.is_numeric());
            letters += u32::from(is_letter);
            last = Some(c);
        }
        (all > 0).then(|| letters as f32 / all as f32)
    };
    let whole = share(&mut text.split_whitespace()).unwrap_or(1.0);
    if whole == 0.0 || whole >= 0.5 {
        return whole;
    }
    let others: HashSet<&str> = other.split_whitespace().map(without_marks).collect();
    let only_here = |word: &&str| {
        word.contains(char::is_alphabetic) && !word.contains(char::is_numeric)
            || !(others.contains(without_marks(word)) || without_marks(word).is_empty())
    };
    share(&mut text.split_whitespace().filter(only_here)).unwrap_or(whole).max(whole)
}

/// A word without the marks at its ends.
fn without_marks(word: &str) -> &str {
    word.trim_matches(|c: char| !c.is_alphanumeric())
}

/// How alike two texts are as strings of letters, 0 to 1: twice the runs of three
/// letters that they have in common, over all that they have. Case, figures, marks
/// and spaces do not count. DuplicateSides without letters are not alike.
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
    fn names_and_code_are_of_no_script() {
        let uk = |text| other_script(Language::UKRAINIAN, text);
        for text in [
            "KDE у FreeBSD",
            "Тур по Tern 3 від Anna Miller",
            "Приклад: let copy = list.clone();",
            "База даних Ruby/Rails ActiveRecord MySQL, PostgreSQL, SQLite",
            "Існують теки public, private та shared.",
            "Ctrl+W",
            "Alt+↑",
            "while (x < 5) { print(x) x += 1 } Цикл while.",
        ] {
            assert_eq!(uk(text), 0.0, "{text}");
        }
        for text in [
            "The bridge is closed.",
            "Die Brücke ist gesperrt, und niemand weiß, wie lange.",
            "Open the port",
            "Дії → Samples → Move the current item to the clipboard",
        ] {
            assert!(uk(text) > 0.7, "{text}: {}", uk(text));
        }
    }

    #[test]
    fn names_that_both_texts_have_are_of_no_language() {
        let english =
            "Ravenna Software Conservancy, Alba Longa Foundation and Open Orto are hosts.";
        let german =
            "Ravenna Software Conservancy, Alba Longa Foundation und Open Orto sind Träger.";
        assert_eq!(other_language(Language::GERMAN, german, english), 0.0);
        let text = "All of this was written in the town, and nobody has changed it.";
        assert!(other_language(Language::GERMAN, text, "x") > 0.9);
        assert!(other_language(Language::GERMAN, "Read all of it with the others", "x") > 0.9);
        assert_eq!(other_language(Language::GERMAN, "Ala Moana Kalanianaole", "x"), 0.0);
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
        assert_eq!(alphabetic("ab 12", "x"), 0.5);
        assert_eq!((alphabetic("", "x"), alphabetic("–", "x")), (1.0, 0.0));
        assert_eq!(alphabetic("12 (5)", "12 (5)"), 0.0);
        let (english, german) =
            ("So: 1.9.0 -> 1.10.0 -> 1.11.0.", "Also: 1.9.0 -> 1.10.0 -> 1.11.0.");
        assert!(alphabetic(english, german) > 0.5 && alphabetic(german, english) > 0.5);
        assert!(alphabetic(english, "x") < 0.3);
        assert!(alphabetic("І...", "And...") >= 0.5);
    }
}
