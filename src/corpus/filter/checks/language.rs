//! Script and language: whether a side is in the language that it should be in.
//!
//! Names, code and web addresses are in Latin letters in many languages, so they are not counted. Russian on
//! a Ukrainian side is found by the `russian` module, in much shorter texts.

use std::collections::HashSet;

use crate::Language;
use crate::language::{Script, foreign, is_function_word, script, speaks_another};

use super::urls;

pub(super) fn is_cyrillic(c: char) -> bool {
    Script::Cyrillic.contains(c)
}

/// The share of a text's letters that are not in its language's script, 0 to 1; 0 for languages whose
/// script is unknown or that have two. Web and mail addresses are ignored.
///
/// A text in a language of another script may have names and code in Latin letters, if it has at least one word in
/// its own script. There, only runs of Latin words that look like a sentence count. In a text without such words, all Latin words
/// count except code.
pub(super) fn other_script(language: Language, text: &str) -> f32 {
    let Some(script) = script(language) else { return 0.0 };
    let count = |word| {
        let letters = str::chars(word).filter(|c| c.is_alphabetic());
        let (own, foreign): (Vec<char>, Vec<char>) = letters.partition(|c| script.contains(*c));
        WordLetters { word, own: own.len(), foreign: foreign.len() }
    };
    let words: Vec<WordLetters<'_>> = urls::words_without_addresses(text).map(count).collect();
    let own: usize = words.iter().map(|word| word.own).sum();
    let foreign: usize = match script {
        Script::Latin => words.iter().map(|word| word.foreign).sum(),
        _ => {
            let runs = words.split(|word| word.own > 0);
            let prose = runs.filter(|run| own == 0 || is_prose(run.iter().map(|word| word.word)));
            let plain = prose.flatten().filter(|word| !is_code(word.word));
            plain.map(|word| word.foreign).sum()
        }
    };
    foreign as f32 / (own + foreign).max(1) as f32
}

/// A word and its letters by script.
struct WordLetters<'a> {
    word: &'a str,
    /// Letters in the script of the language.
    own: usize,
    /// Letters in other scripts.
    foreign: usize,
}

/// Whether Latin words look like part of a sentence: enough words in small letters in a row, with a
/// function word of English or German among them.
fn is_prose<'t>(words: impl Iterator<Item = &'t str>) -> bool {
    /// Words in a row; fewer may be a name or code.
    const MIN_PROSE_WORDS: usize = 3;
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
        if row >= MIN_PROSE_WORDS && function_word {
            return true;
        }
    }
    false
}

/// Whether a word is code, a key, an abbreviation or a product name. Such words have punctuation or digits
/// between their letters, capitals after lower-case letters, or are short and all in capitals.
fn is_code(word: &str) -> bool {
    /// Letters; longer words in capitals are ordinary words.
    const MAX_ABBREVIATION_LETTERS: usize = 5;
    let bare = word.trim_matches(|c: char| !c.is_alphanumeric());
    let inner = |c: char| !c.is_alphabetic() && !matches!(c, '-' | '\'' | '’' | 'ʼ');
    let code = word.contains(['=', '{', '}', '_', '<', '>', '\\', '`', '$', '+'])
        || (word.contains('(') && word.contains(')') && !word.starts_with('('));
    let letter = bare.len() == 1 && !matches!(bare, "a" | "A" | "I");
    code || letter
        || bare.is_empty()
        || bare.contains(inner)
        || (bare.chars().skip(1).any(char::is_uppercase)
            && (bare.contains(char::is_lowercase)
                || bare.chars().count() <= MAX_ABBREVIATION_LETTERS))
}

/// The confidence that a text is in another language, 0 to 1.
///
/// Function words of English and German decide first. Trigrams decide only in longer texts, because they
/// take short names for other languages. Words in another script, code, and names that both texts have are
/// ignored.
pub(super) fn other_language(language: Language, text: &str, other: &str) -> f32 {
    /// Letters; shorter texts are never rejected.
    const MIN_LETTERS: usize = 20;
    /// Letters; shorter texts are not compared by trigrams.
    const MIN_TRIGRAM_LETTERS: usize = 40;
    let Some(script) = script(language) else { return 0.0 };
    let own = |word: &str| !word.chars().any(|c| c.is_alphabetic() && !script.contains(c));
    let words: Vec<&str> =
        urls::words_without_addresses(text).filter(|word| own(word) && !is_code(word)).collect();
    let has_letters = |words: &[&str], least: usize| {
        let letters = words.iter().flat_map(|word| word.chars()).filter(|c| c.is_alphabetic());
        letters.take(least).count() == least
    };
    let text = words.join(" ");
    if !has_letters(&words, MIN_LETTERS)
        || !(speaks_another(language, &text) || foreign(language, &text) > 0.0)
    {
        return 0.0;
    }
    let capital =
        |word: &str| word.chars().find(|c| c.is_alphabetic()).is_some_and(char::is_uppercase);
    let others: HashSet<&str> = other.split_whitespace().map(without_marks).collect();
    let is_shared_name = |word: &&str| capital(word) && others.contains(without_marks(word));
    let words: Vec<&str> = words.into_iter().filter(|word| !is_shared_name(word)).collect();
    if !has_letters(&words, MIN_LETTERS) {
        return 0.0;
    }
    let text = words.join(" ");
    if speaks_another(language, &text) {
        return 1.0;
    }
    if has_letters(&words, MIN_TRIGRAM_LETTERS) { foreign(language, &text) } else { 0.0 }
}

/// A word without the punctuation at its ends.
pub(super) fn without_marks(word: &str) -> &str {
    word.trim_matches(|c: char| !c.is_alphanumeric())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_of_another_script_are_counted() {
        assert_eq!(other_script(Language::UKRAINIAN, "Міст"), 0.0);
        assert_eq!(other_script(Language::UKRAINIAN, "The bridge"), 1.0);
        assert_eq!(other_script(Language::GERMAN, "Brücke groß Ẽ"), 0.0);
        assert_eq!(other_script(Language::ENGLISH, "Міст"), 1.0);
        assert_eq!(other_script(Language::UKRAINIAN, "тут: https://example.org/bridge"), 0.0);
        assert_eq!(other_script("ja".parse().unwrap(), "橋"), 0.0);
    }

    #[test]
    fn names_and_code_may_be_in_latin_letters() {
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
    fn names_in_both_texts_are_of_no_language() {
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
}
