//! Templates: what texts have in common that differ in names and numbers only.

use xxhash_rust::xxh3::Xxh3;

use crate::Language;

/// Words that are no names and numbers in a text whose template says what the text says. With three, 0.23 %
/// of the gold pairs of `reports/filters.md` are copies of another one, with four 0.16 %, with five 0.12 %.
const MIN_TELLING_WORDS: usize = 4;
/// Such words in every text of a row.
const MIN_WORDS: usize = 2;

/// Languages that write all nouns with a capital letter. There, names cannot be told from other nouns.
const WITH_CAPITAL_NOUNS: [&str; 2] = ["de", "lb"];

/// A text without its names and numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Template {
    pub(super) hash: u64,
    /// Whether it has enough words, and names can be told from other words.
    pub(super) is_telling: bool,
}

impl Template {
    /// The template of a text; `None` if the text is hardly more than names and numbers.
    ///
    /// Names are words with a capital letter, except at the start of a sentence. Names in a row are one
    /// name. Punctuation and case are ignored.
    pub(super) fn new(language: Language, text: &str) -> Option<Template> {
        /// What the template has in place of a number, and of a name.
        const PLACEHOLDERS: [&[u8]; 2] = [b"0", b"N"];
        let mut hasher = Xxh3::new();
        hasher.update(language.base().code().as_bytes());
        let (mut words, mut starts_sentence, mut last) = (0, true, None);
        for word in text.split_whitespace() {
            let bare = word.trim_matches(|c: char| !c.is_alphanumeric());
            if !bare.is_empty() {
                let placeholder = if bare.contains(char::is_numeric) {
                    Some(0)
                } else {
                    let is_name = !starts_sentence && bare.starts_with(char::is_uppercase);
                    is_name.then_some(1)
                };
                if placeholder.is_none() {
                    words += 1;
                    hasher.update(b" ");
                    hasher.update(bare.to_lowercase().as_bytes());
                } else if placeholder != last {
                    hasher.update(b" ");
                    hasher.update(placeholder.map_or(b"", |which| PLACEHOLDERS[which]));
                }
                last = placeholder;
                starts_sentence = false;
            }
            starts_sentence |= word.ends_with(['.', '!', '?', ':', ';', '…']);
        }
        let has_names = !WITH_CAPITAL_NOUNS.contains(&language.primary());
        let is_telling = has_names && words >= MIN_TELLING_WORDS;
        (words >= MIN_WORDS).then(|| Template { hash: hasher.digest(), is_telling })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_numbers_do_not_count() {
        let template = |text: &str| Template::new(Language::ENGLISH, text);
        let one = template("The mayor of Belvarn, Anna Miller, opened 3 schools.");
        assert!(one.unwrap().is_telling);
        assert_eq!(one, template("the mayor of Hov, Karl, opened 1,200 schools!"));
        assert_ne!(one, template("The mayor of Hov, Karl, closed 3 schools."));
        // Names in a row are one name.
        assert_eq!(one, template("The mayor of Hov opened 3 schools."));
        assert_ne!(one, template("The mayor opened 3 schools."));
        assert_eq!(template("Chapter 3 Belvarn"), None);
        assert_eq!(template("Anna Miller, 31"), None);
        assert_eq!(template(""), None);
        let german = Template::new(Language::GERMAN, "Der Ort hat viele schöne alte Häuser.");
        assert!(!german.unwrap().is_telling);
        assert_ne!(
            german.map(|one| one.hash),
            template("Der Ort hat viele schöne alte Häuser.").map(|one| one.hash)
        );
    }
}
