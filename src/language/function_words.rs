//! Function words of English and German: a quick test for the language of a text.
//!
//! Most texts are full of the function words of their language. Counting these takes a hundredth of
//! the time that comparing trigrams with those of all languages takes.

use super::Language;
use crate::letters::is_letter;

struct FunctionWords {
    /// Words that no other language in the Latin script has.
    unique: &'static [&'static str],
    /// Words that other languages have as well.
    shared: &'static [&'static str],
}

const ENGLISH: FunctionWords = FunctionWords {
    unique: &[
        "the", "and", "that", "this", "with", "from", "they", "their", "there", "which", "were",
        "been", "would", "should", "could", "because", "you", "your", "but", "who", "when", "what",
        "than", "about", "after", "into", "said", "his", "our", "it", "these", "those",
    ],
    shared: &[
        "of", "to", "in", "is", "a", "for", "on", "be", "are", "as", "at", "by", "not", "we", "or",
        "an", "has", "have", "was", "will", "can", "i", "he", "she", "all", "no",
    ],
};
const GERMAN: FunctionWords = FunctionWords {
    unique: &[
        "und", "nicht", "ist", "das", "dem", "dass", "für", "auf", "mit", "von", "sich", "auch",
        "eine", "einen", "einem", "einer", "eines", "wird", "werden", "wurde", "wurden", "bei",
        "oder", "nach", "zum", "zur", "über", "sie", "ich", "wir", "haben", "durch", "sind",
        "aber", "wenn", "diese", "dieser", "seine", "kann", "aus",
    ],
    shared: &[
        "der", "die", "den", "des", "in", "im", "am", "an", "zu", "ein", "er", "es", "als", "um",
        "hat", "so", "war", "wie", "ihr", "vor", "noch", "nur",
    ],
};

impl FunctionWords {
    fn of(language: Language) -> Option<FunctionWords> {
        match language.primary() {
            "en" => Some(ENGLISH),
            "de" => Some(GERMAN),
            _ => None,
        }
    }

    fn has_unique(&self, word: &str) -> bool {
        has_ignoring_case(self.unique, word)
    }

    fn has_shared(&self, word: &str) -> bool {
        has_ignoring_case(self.shared, word)
    }
}

fn has_ignoring_case(list: &[&str], word: &str) -> bool {
    list.iter().any(|listed| listed.eq_ignore_ascii_case(word))
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !is_letter(c)).filter(|word| !word.is_empty())
}

/// Whether a lowercase word is a function word of a language, which is English or German.
pub(crate) fn is_function_word(language: Language, word: &str) -> bool {
    FunctionWords::of(language)
        .is_some_and(|list| list.unique.contains(&word) || list.shared.contains(&word))
}

/// Whether a text that should be English is German, or the other way round, by its function words.
///
/// It is if it has none of its own language, and at least two of the other, of which at least one is
/// unique to that language.
pub(crate) fn speaks_another(language: Language, text: &str) -> bool {
    const MIN_FUNCTION_WORDS: usize = 2;
    let other = match language.primary() {
        "en" => Language::GERMAN,
        "de" => Language::ENGLISH,
        _ => return false,
    };
    let (Some(own), Some(other)) = (FunctionWords::of(language), FunctionWords::of(other)) else {
        return false;
    };
    let (mut unique, mut all) = (0, 0);
    for word in words(text) {
        // A word such as `in` is in both lists.
        if own.has_unique(word) || own.has_shared(word) && !other.has_shared(word) {
            return false;
        }
        let is_unique = other.has_unique(word);
        unique += usize::from(is_unique);
        all += usize::from(is_unique || other.has_shared(word));
    }
    unique > 0 && all >= MIN_FUNCTION_WORDS
}

/// Whether at least a quarter of a text's words are function words of a language, which is English
/// or German, and at least one of them is unique to it.
pub(super) fn is_full_of_function_words(language: Language, text: &str) -> bool {
    const MIN_FUNCTION_WORDS: usize = 3;
    const MIN_PERCENT_OF_WORDS: usize = 25;
    let Some(list) = FunctionWords::of(language) else { return false };
    let (mut all_words, mut unique, mut found) = (0, 0, 0);
    for word in words(text) {
        all_words += 1;
        let is_unique = list.has_unique(word);
        unique += usize::from(is_unique);
        found += usize::from(is_unique || list.has_shared(word));
    }
    unique >= 1 && found >= MIN_FUNCTION_WORDS && found * 100 >= all_words * MIN_PERCENT_OF_WORDS
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::language::foreign;

    #[test]
    fn function_words_distinguish_a_language_from_related_ones() {
        let (en, de) = (Language::ENGLISH, Language::GERMAN);
        let own = [
            (en, "They said that the bridge over the river was closed, but it is open to all."),
            (de, "Die Brücke ist für den Verkehr gesperrt, und wann sie öffnet, weiß niemand."),
        ];
        for (language, text) in own {
            assert!(is_full_of_function_words(language, text), "{text}");
            assert_eq!(foreign(language, text), 0.0);
        }
        let others = [
            "Niemand in de stad weet of de brug over de rivier was gesloten of is hersteld.",
            "Die brug oor die rivier is gesluit, en niemand in die dorp weet wanneer dit open is.",
            "Der er ingen i byen, som ved, hvornår den gamle bro bliver åbnet for biler igen.",
            "Nu sunt mașini pe pod, iar oamenii are de mers pe jos în fiecare zi.",
            "Nessuno in città sa quando il ponte sul fiume sarà di nuovo aperto a tutti.",
        ];
        for text in others.into_iter().chain(own.map(|(_, text)| text)) {
            for language in [en, de] {
                let is = own.contains(&(language, text));
                assert_eq!(is_full_of_function_words(language, text), is, "{language} {text}");
            }
        }
        assert!(foreign(de, others[4]) > 0.9);
    }
}
