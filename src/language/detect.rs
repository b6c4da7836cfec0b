//! Which language a text is in.
//!
//! The crate `whatlang` compares the trigrams of a text with those of its languages. It is asked
//! twice. The first time, it may answer with any language, since with a list of allowed languages it
//! calls French English, and Bulgarian Russian. Only if that answer is not reliable is it asked again
//! for English, Ukrainian, German and Russian alone. Ukrainian is also recognised by its letters in
//! texts that are too short for trigrams.

use whatlang::{Detector, Lang};

use super::Language;
use super::function_words::is_full_of_function_words;
use crate::{Error, ErrorKind, Result};

/// The language that [`detect`] finds in a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Detection {
    /// The text is reliably English, Ukrainian or German.
    Known(Language),
    /// The text is reliably Russian, which is detected so that it is not taken for Ukrainian.
    Russian,
    /// The text is reliably in another language.
    Other {
        /// Its English name.
        name: &'static str,
        /// Its ISO 639-3 code.
        code: &'static str,
    },
    /// No language is reliable.
    Uncertain,
}

impl Detection {
    /// The English name of the language; `None` if the detection is uncertain.
    ///
    /// ```
    /// use bitext::language::detect;
    ///
    /// let text = "Паром знову ходитиме між двома берегами річки із суботи.";
    /// assert_eq!(detect(text).name(), Some("Ukrainian"));
    /// assert_eq!(detect("12:30").name(), None);
    /// ```
    pub fn name(&self) -> Option<&'static str> {
        match self {
            Detection::Known(language) => language.name(),
            Detection::Russian => Some("Russian"),
            Detection::Other { name, .. } => Some(name),
            Detection::Uncertain => None,
        }
    }
}

impl Detection {
    /// The language; `None` if the detection is uncertain.
    ///
    /// ```
    /// use bitext::Language;
    /// use bitext::language::detect;
    ///
    /// let text = "Le bac traverse de nouveau la rivière depuis samedi matin. Les passagers doivent \
    ///     réserver leur place, car la compagnie n'a plus que deux bateaux pour les quatre îles.";
    /// assert_eq!(detect(text).language(), Some(Language::FRENCH));
    /// ```
    pub fn language(&self) -> Option<Language> {
        match self {
            Detection::Known(language) => Some(*language),
            Detection::Russian => Some(Language::RUSSIAN),
            // `whatlang` has the code of Mandarin for Chinese.
            Detection::Other { code: "cmn", .. } => Language::new("zh").ok(),
            Detection::Other { code: "pes", .. } => Language::new("fa").ok(),
            Detection::Other { code, .. } => Language::new(code).ok(),
            Detection::Uncertain => None,
        }
    }
}

/// Whether most letters of a text are of another script than that of its language. A short text, and one
/// whose language has no known script, is never.
pub(crate) fn is_in_other_script(language: Language, text: &str) -> bool {
    /// Letters; fewer may be a name.
    const MIN_LETTERS: usize = 40;
    /// Letters that are read.
    const MAX_LETTERS: usize = 4000;
    let Some(script) = super::script(language) else { return false };
    let letters = text.chars().filter(|c| c.is_alphabetic()).take(MAX_LETTERS);
    let (own, all) =
        letters.fold((0, 0), |(own, all), c| (own + usize::from(script.contains(c)), all + 1));
    all >= MIN_LETTERS && own * 2 < all
}

/// Detects the language of a text.
///
/// ```
/// use bitext::{Detection, Language, language};
///
/// let text = "Der Hafen wurde am Morgen wieder für alle Schiffe geöffnet.";
/// assert_eq!(language::detect(text), Detection::Known(Language::GERMAN));
/// assert_eq!(language::detect("12:30"), Detection::Uncertain);
/// ```
pub fn detect(text: &str) -> Detection {
    let words = informative_words(text);
    let text = words.as_str();
    let reliable = |detector: Detector| {
        detector.detect(text).filter(whatlang::Info::is_reliable).map(|info| info.lang())
    };
    let supported = || Detector::with_allowlist(vec![Lang::Eng, Lang::Ukr, Lang::Deu, Lang::Rus]);
    let found = reliable(Detector::new())
        .or_else(|| reliable(supported()))
        .or_else(|| is_likely_ukrainian(text).then_some(Lang::Ukr));
    match found {
        Some(Lang::Eng) => Detection::Known(Language::ENGLISH),
        Some(Lang::Ukr) => Detection::Known(Language::UKRAINIAN),
        Some(Lang::Deu) => Detection::Known(Language::GERMAN),
        Some(Lang::Rus) => Detection::Russian,
        Some(lang) => Detection::Other { name: lang.eng_name(), code: lang.code() },
        None => Detection::Uncertain,
    }
}

/// The language of an article, or an error with `label` as its [article](crate::Error::article).
///
/// # Errors
///
/// * [`ErrorKind::RussianForUkrainian`] if the text is reliably Russian, which is often given as
///   Ukrainian by mistake: name the language if that is right.
/// * [`ErrorKind::UncertainLanguage`] if no language is reliable.
///
/// ```
/// use bitext::{Language, language};
///
/// let text = "Порт знову відкрили для всіх суден сьогодні вранці.";
/// assert_eq!(language::require("port", text)?, Language::UKRAINIAN);
/// # Ok::<(), bitext::Error>(())
/// ```
pub fn require(label: &str, text: &str) -> Result<Language> {
    let error = match detect(text) {
        Detection::Known(language) => return Ok(language),
        Detection::Russian => return Err(russian_for_ukrainian(label)),
        other => {
            if let Some(language) = other.language() {
                return Ok(language);
            }
            let message = "cannot detect the language of the text; name it";
            Error::new(ErrorKind::UncertainLanguage, message)
        }
    };
    Err(error.with_article(label))
}

/// The error for a Russian text that is given, or would be taken, as Ukrainian.
pub(crate) fn russian_for_ukrainian(label: &str) -> Error {
    let message = "the text looks Russian, not Ukrainian; give the Ukrainian version, or a list \
                   of sentences, which is not checked";
    Error::new(ErrorKind::RussianForUkrainian, message).with_article(label)
}

/// The confidence, from 0 to 1, that a text is in another language than the given one. It is 0 if
/// the text is inconclusive, or if the given language is unknown here.
///
/// Russian and Belarusian text counts as Ukrainian here, because trigrams alone hardly distinguish
/// them.
pub(crate) fn foreign(language: Language, text: &str) -> f32 {
    let expected: &[Lang] = match language.primary() {
        "en" => &[Lang::Eng],
        "uk" => &[Lang::Ukr, Lang::Rus, Lang::Bel],
        "de" => &[Lang::Deu],
        _ => return 0.0,
    };
    let is_evident = is_full_of_function_words(language, text)
        || language.primary() == "uk" && has_ukrainian_letters(text);
    if is_evident {
        return 0.0;
    }
    match Detector::new().detect(text) {
        Some(info) if info.is_reliable() && !expected.contains(&info.lang()) => {
            info.confidence() as f32
        }
        _ => 0.0,
    }
}

/// The words of a text that show its language: no addresses, hashes, file names or code.
///
/// If at least a third of their letters are Cyrillic, only the words with Cyrillic letters are
/// returned. Such pages often have names and notes in English, but English pages hardly ever have
/// so many Cyrillic letters.
fn informative_words(text: &str) -> String {
    /// A text counts as Cyrillic if at least one in this many letters is.
    const LETTERS_PER_CYRILLIC: usize = 3;
    let words: Vec<&str> = text.split_whitespace().filter(|word| is_word(word)).collect();
    let (mut letters, mut cyrillic) = (0, 0);
    for c in words.iter().flat_map(|word| word.chars()).filter(|c| c.is_alphabetic()) {
        letters += 1;
        cyrillic += usize::from(is_cyrillic(c));
    }
    let is_mixed = cyrillic > 0 && cyrillic < letters;
    if is_mixed && cyrillic * LETTERS_PER_CYRILLIC >= letters {
        let own: Vec<&str> = words.into_iter().filter(|word| word.contains(is_cyrillic)).collect();
        own.join(" ")
    } else {
        words.join(" ")
    }
}

fn is_cyrillic(c: char) -> bool {
    matches!(c, '\u{400}'..='\u{52f}')
}

/// Whether a run of characters without white space is a word, not an address, a number or code.
///
/// A word consists of letters, with punctuation at its ends, and hyphens or apostrophes inside. It
/// has no uppercase letter after a lowercase one. Runs with other punctuation inside are words too,
/// unless the punctuation is ASCII, because some scripts do not separate words by spaces.
fn is_word(word: &str) -> bool {
    let bare = word.trim_matches(|c: char| !c.is_alphanumeric());
    let mut follows_lowercase = false;
    for c in bare.chars() {
        let joins = matches!(c, '-' | '‑' | '–' | '—' | '\'' | '’' | 'ʼ');
        let is_code = c.is_ascii_digit() || c.is_ascii_punctuation() && !joins;
        if is_code || follows_lowercase && c.is_uppercase() {
            return false;
        }
        follows_lowercase = c.is_lowercase();
    }
    !bare.is_empty()
}

/// Whether a text that may be too short for its trigrams to be reliable is Ukrainian.
///
/// It is if all its Cyrillic letters are Ukrainian, and either one of them is not Russian or the
/// trigrams are more likely Ukrainian than Russian.
fn is_likely_ukrainian(text: &str) -> bool {
    const MIN_LETTERS: usize = 20;
    let is_long_enough = text.chars().filter(|c| c.is_alphabetic()).nth(MIN_LETTERS - 1).is_some();
    if !is_long_enough || !has_only_ukrainian_cyrillic(text) {
        return false;
    }
    let detector = Detector::with_allowlist(vec![Lang::Ukr, Lang::Rus]);
    let is_likelier = || detector.detect(text).is_some_and(|info| info.lang() == Lang::Ukr);
    has_ukrainian_letters(text) || is_likelier()
}

/// Whether a text has Cyrillic letters, and all of them are in the Ukrainian alphabet.
fn has_only_ukrainian_cyrillic(text: &str) -> bool {
    const UKRAINIAN_ALPHABET: &str = "абвгґдеєжзиіїйклмнопрстуфхцчшщьюя";
    let lowercase = text.chars().flat_map(char::to_lowercase);
    let mut letters = lowercase.filter(|c| is_cyrillic(*c)).peekable();
    letters.peek().is_some() && letters.all(|c| UKRAINIAN_ALPHABET.contains(c))
}

/// Whether a text has a letter that few languages except Ukrainian have, and no Cyrillic letter that
/// Ukrainian does not have.
fn has_ukrainian_letters(text: &str) -> bool {
    text.contains(['і', 'ї', 'є', 'ґ', 'І', 'Ї', 'Є', 'Ґ']) && has_only_ukrainian_cyrillic(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    const RUSSIAN: &str = "Городские власти сообщили, что мост снова откроют в понедельник, \
        но рабочие ещё не закончили ремонт, поэтому движение будет ограничено.";

    #[test]
    fn english_ukrainian_and_german_are_detected() {
        let english = "The city council said the bridge will reopen on Monday morning.";
        let ukrainian = "Міська рада повідомила, що міст знову відкриють у понеділок уранці.";
        let german = "Der Stadtrat teilte mit, dass die Brücke am Montagmorgen wieder öffnet.";
        assert_eq!(detect(english), Detection::Known(Language::ENGLISH));
        assert_eq!(detect(ukrainian), Detection::Known(Language::UKRAINIAN));
        assert_eq!(detect(german), Detection::Known(Language::GERMAN));
    }

    #[test]
    fn other_languages_are_named_and_not_confused_with_the_three() {
        let french = "Le conseil municipal a annoncé que le pont rouvrira lundi matin, mais les \
            ouvriers n'ont pas encore terminé les travaux.";
        let bulgarian = "Градският съвет съобщи, че мостът ще бъде отворен отново в понеделник \
            сутринта, но работниците още не са приключили ремонта.";
        assert!(matches!(detect(french), Detection::Other { code: "fra", .. }));
        assert!(matches!(detect(bulgarian), Detection::Other { code: "bul", .. }));
        assert_eq!(require("a", french).unwrap(), Language::FRENCH);
        assert_eq!(require("a", bulgarian).unwrap(), Language::BULGARIAN);
    }

    #[test]
    fn texts_in_another_script_are_recognised() {
        let french = "Le conseil municipal a annoncé que le pont rouvrira lundi matin.";
        let arabic = "أعلن المجلس البلدي أن الجسر سيفتح من جديد صباح يوم الاثنين المقبل.";
        let other = |code: &str, text| is_in_other_script(code.parse().unwrap(), text);
        assert!(other("ar", french) && other("fr", arabic) && other("sr-Cyrl", french));
        assert!(!other("ar", arabic) && !other("fr", french) && !other("sr", french));
        assert!(!other("ar", "Paris"));
        assert_eq!(detect(arabic).language(), Some("ar".parse().unwrap()));
        assert_eq!(detect("委员会宣布大桥将于星期一早上重新开放。").language(), "zh".parse().ok());
    }

    #[test]
    fn addresses_and_hashes_do_not_hide_the_language() {
        let lines = |name: &str| -> String {
            let hash = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";
            let line =
                |end: &str| format!("https://files.tern.example.org/{name}-2.1.4.{end}\n{hash}\n");
            ["tar.gz", "tar.bz2", "tar.xz", "zip"].map(line).concat()
        };
        let pages = [
            (Language::UKRAINIAN, "Вийшов Tern 2.1.4", "Завантажити", "Дякуємо всім за допомогу."),
            (
                Language::UKRAINIAN,
                "Вийшов Tern 2.1.4",
                "Коментар для всіх",
                "Thanks to all who helped us.",
            ),
            (Language::GERMAN, "Tern 2.1.4 ist da", "Herunterladen", "Danke an alle, die helfen."),
            (Language::ENGLISH, "Tern 2.1.4 is here", "Download", "Thanks to all who helped us."),
        ];
        for (language, title, heading, end) in pages {
            let page = format!("{title}\n{}{heading}\n{}{end}\n", lines("tern"), lines("docs"));
            assert_eq!(detect(&page), Detection::Known(language), "{page}");
        }
    }

    #[test]
    fn russian_and_texts_without_words_have_errors_of_their_own() {
        assert_eq!(require("a", RUSSIAN).unwrap_err().kind(), ErrorKind::RussianForUkrainian);
        for text in ["", "   \n", "2024", "🙂🙂"] {
            assert_eq!(
                require("a", text).unwrap_err().kind(),
                ErrorKind::UncertainLanguage,
                "{text:?}"
            );
        }
    }
}
