//! Which language a text is in, by `whatlang` in two steps.
//!
//! An allow-list alone calls French English and Bulgarian Russian, so the
//! first look is unrestricted: a reliable language outside the four is the
//! answer. The second look, where the first is not sure, is among English, Ukrainian,
//! German and Russian.

use whatlang::{Detector, Lang};

use super::Language;
use crate::{Error, ErrorKind, Result};

/// What a text shows of its language.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Detection {
    /// Reliably one of English, Ukrainian and German.
    Known(Language),
    /// Reliably Russian.
    Russian,
    /// Reliably a language that is not served.
    Other {
        /// Its English name.
        name: &'static str,
        /// Its ISO 639-3 code.
        code: &'static str,
    },
    /// Nothing reliable.
    Uncertain,
}

impl Detection {
    /// The English name of what was found; `None` where nothing was.
    ///
    /// ```
    /// use bitext::language::examine;
    ///
    /// let text = "Паром знову ходитиме між двома берегами річки із суботи.";
    /// assert_eq!(examine(text).name(), Some("Ukrainian"));
    /// assert_eq!(examine("12:30").name(), None);
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

/// Says what a text shows of its language; never fails.
///
/// ```
/// use bitext::{Detection, Language, language};
///
/// let text = "Der Hafen wurde am Morgen wieder für alle Schiffe geöffnet.";
/// assert_eq!(language::examine(text), Detection::Known(Language::GERMAN));
/// assert_eq!(language::examine("12:30"), Detection::Uncertain);
/// ```
pub fn examine(text: &str) -> Detection {
    let words = prose(text);
    let text = words.as_str();
    let reliable = |detector: Detector| {
        detector.detect(text).filter(whatlang::Info::is_reliable).map(|info| info.lang())
    };
    let served = || Detector::with_allowlist(vec![Lang::Eng, Lang::Ukr, Lang::Deu, Lang::Rus]);
    match reliable(Detector::new())
        .or_else(|| reliable(served()))
        .or_else(|| likely_ukrainian(text))
    {
        Some(Lang::Eng) => Detection::Known(Language::ENGLISH),
        Some(Lang::Ukr) => Detection::Known(Language::UKRAINIAN),
        Some(Lang::Deu) => Detection::Known(Language::GERMAN),
        Some(Lang::Rus) => Detection::Russian,
        Some(lang) => Detection::Other { name: lang.eng_name(), code: lang.code() },
        None => Detection::Uncertain,
    }
}

/// The words of a text that tell its language: without addresses, hashes, names of files and code.
/// Where a third of their letters are Cyrillic, only those in Cyrillic letters: such pages often
/// have names and remarks in English, but hardly any page in English has so much Cyrillic.
fn prose(text: &str) -> String {
    /// The Cyrillic letters are at least one of so many.
    const SHARE: usize = 3;
    let is_cyrillic = |c: char| matches!(c, '\u{400}'..='\u{52f}');
    let words: Vec<&str> = text.split_whitespace().filter(|word| is_word(word)).collect();
    let (mut letters, mut cyrillic) = (0, 0);
    for c in words.iter().flat_map(|word| word.chars()).filter(|c| c.is_alphabetic()) {
        letters += 1;
        cyrillic += usize::from(is_cyrillic(c));
    }
    match cyrillic > 0 && cyrillic < letters && cyrillic * SHARE >= letters {
        true => {
            let own: Vec<&str> =
                words.into_iter().filter(|word| word.contains(is_cyrillic)).collect();
            own.join(" ")
        }
        false => words.join(" "),
    }
}

/// Whether a run of characters without white space has only letters, with marks at its ends or
/// a hyphen or an apostrophe inside, and no capital behind a small letter. Scripts that do not
/// part words by spaces have long runs with marks inside.
fn is_word(word: &str) -> bool {
    let bare = word.trim_matches(|c: char| !c.is_alphanumeric());
    let mut small = false;
    for c in bare.chars() {
        let joins = matches!(c, '-' | '‑' | '–' | '—' | '\'' | '’' | 'ʼ');
        if c.is_ascii_digit() || c.is_ascii_punctuation() && !joins || small && c.is_uppercase() {
            return false;
        }
        small = c.is_lowercase();
    }
    !bare.is_empty()
}

/// Ukrainian, of a text that is too short for its trigrams to be reliable: all of its Cyrillic letters
/// are Ukrainian, and it has one that Russian lacks, or is likelier Ukrainian than Russian.
fn likely_ukrainian(text: &str) -> Option<Lang> {
    /// Letters of the shortest text that is looked at.
    const LEAST: usize = 20;
    text.chars().filter(|c| c.is_alphabetic()).nth(LEAST - 1)?;
    if !all_ukrainian(text) {
        return None;
    }
    let detector = Detector::with_allowlist(vec![Lang::Ukr, Lang::Rus]);
    let likelier = || detector.detect(text).is_some_and(|info| info.lang() == Lang::Ukr);
    (has_its_letters(text) || likelier()).then_some(Lang::Ukr)
}

/// Whether a text has Cyrillic letters, and Ukrainian has all of them.
fn all_ukrainian(text: &str) -> bool {
    const OWN: &str = "абвгґдеєжзиіїйклмнопрстуфхцчшщьюя";
    let small = text.chars().flat_map(char::to_lowercase);
    let mut letters = small.filter(|c| matches!(c, '\u{400}'..='\u{52f}')).peekable();
    letters.peek().is_some() && letters.all(|c| OWN.contains(c))
}

/// Whether a text has a letter that few languages but Ukrainian have, and none that it lacks.
fn has_its_letters(text: &str) -> bool {
    text.contains(['і', 'ї', 'є', 'ґ', 'І', 'Ї', 'Є', 'Ґ']) && all_ukrainian(text)
}

/// Finds the language of an article; `label` names the article in errors.
///
/// # Errors
///
/// [`ErrorKind::UnsupportedLanguage`](crate::ErrorKind::UnsupportedLanguage) where another language is reliable,
/// [`ErrorKind::RussianForUkrainian`](crate::ErrorKind::RussianForUkrainian) where Russian is, [`ErrorKind::UncertainLanguage`](crate::ErrorKind::UncertainLanguage) where
/// nothing is.
///
/// ```
/// use bitext::{Language, language};
///
/// let text = "Порт знову відкрили для всіх суден сьогодні вранці.";
/// assert_eq!(language::detect("port", text)?, Language::UKRAINIAN);
/// # Ok::<(), bitext::Error>(())
/// ```
pub fn detect(label: &str, text: &str) -> Result<Language> {
    let error = match examine(text) {
        Detection::Known(language) => return Ok(language),
        Detection::Russian => return Err(russian_for_ukrainian(label)),
        Detection::Other { name, code } => Error::new(
            ErrorKind::UnsupportedLanguage,
            format!(
                "the text looks {name} (`{code}`); English, Ukrainian and German are detected: name the language if that is wrong"
            ),
        ),
        Detection::Uncertain => Error::new(
            ErrorKind::UncertainLanguage,
            "cannot tell the language of the text; name it",
        ),
    };
    Err(error.with_article(label))
}

/// The error for a Russian text that is given, or would be taken, as Ukrainian.
pub(crate) fn russian_for_ukrainian(label: &str) -> Error {
    let message = "the text looks Russian, not Ukrainian: give the Ukrainian version (a list of sentences is not checked)";
    Error::new(ErrorKind::RussianForUkrainian, message).with_article(label)
}

/// How sure it is, 0 to 1, that a text is in another language than the one it is
/// said to be in; 0 where that is not known, or the text tells nothing. Russian for
/// Ukrainian is not told here: by trigrams alone the two are hard to tell apart.
pub(crate) fn foreign(language: Language, text: &str) -> f32 {
    let expected: &[Lang] = match language.primary() {
        "en" => &[Lang::Eng],
        "uk" => &[Lang::Ukr, Lang::Rus, Lang::Bel],
        "de" => &[Lang::Deu],
        _ => return 0.0,
    };
    if has_its_words(language, text) || language.primary() == "uk" && has_its_letters(text) {
        return 0.0;
    }
    match Detector::new().detect(text) {
        Some(info) if info.is_reliable() && !expected.contains(&info.lang()) => {
            info.confidence() as f32
        }
        _ => 0.0,
    }
}

/// Function words: those that no other language in the Latin script has, and others.
struct FunctionWords(&'static [&'static str], &'static [&'static str]);

const ENGLISH: FunctionWords = FunctionWords(
    &[
        "the", "and", "that", "this", "with", "from", "they", "their", "there", "which", "were",
        "been", "would", "should", "could", "because", "you", "your", "but", "who", "when", "what",
        "than", "about", "after", "into", "said", "his", "our", "it", "these", "those",
    ],
    &[
        "of", "to", "in", "is", "a", "for", "on", "be", "are", "as", "at", "by", "not", "we", "or",
        "an", "has", "have", "was", "will", "can", "i", "he", "she", "all", "no",
    ],
);
const GERMAN: FunctionWords = FunctionWords(
    &[
        "und", "nicht", "ist", "das", "dem", "dass", "für", "auf", "mit", "von", "sich", "auch",
        "eine", "einen", "einem", "einer", "eines", "wird", "werden", "wurde", "wurden", "bei",
        "oder", "nach", "zum", "zur", "über", "sie", "ich", "wir", "haben", "durch", "sind",
        "aber", "wenn", "diese", "dieser", "seine", "kann", "aus",
    ],
    &[
        "der", "die", "den", "des", "in", "im", "am", "an", "zu", "ein", "er", "es", "als", "um",
        "hat", "so", "war", "wie", "ihr", "vor", "noch", "nur",
    ],
);

fn words_of(language: Language) -> Option<FunctionWords> {
    match language.primary() {
        "en" => Some(ENGLISH),
        "de" => Some(GERMAN),
        _ => None,
    }
}

/// Whether a word, in small letters, is a function word of English or German.
pub(crate) fn is_function_word(language: Language, word: &str) -> bool {
    words_of(language)
        .is_some_and(|FunctionWords(own, shared)| own.contains(&word) || shared.contains(&word))
}

/// Whether a text has function words of English or German that other languages do not have, and none
/// of its own language, which must be the other of the two.
pub(crate) fn speaks_another(language: Language, text: &str) -> bool {
    /// Function words, one of which no other language has.
    const LEAST: usize = 2;
    let other = match language.primary() {
        "en" => Language::GERMAN,
        "de" => Language::ENGLISH,
        _ => return false,
    };
    let (Some(own), Some(other)) = (words_of(language), words_of(other)) else { return false };
    let is = |word: &str, list: &[&str]| list.iter().any(|one| one.eq_ignore_ascii_case(word));
    let (mut certain, mut found) = (0, 0);
    for word in text.split(|c: char| !c.is_alphabetic()).filter(|word| !word.is_empty()) {
        // `in` is a word of both.
        if is(word, own.0) || (is(word, own.1) && !is(word, other.1)) {
            return false;
        }
        certain += usize::from(is(word, other.0));
        found += usize::from(is(word, other.0) || is(word, other.1));
    }
    certain > 0 && found >= LEAST
}

/// Whether a text is full of its language's function words: most texts are, and to count these is
/// a hundred times as fast as to compare trigrams with those of all languages.
fn has_its_words(language: Language, text: &str) -> bool {
    const MIN_FUNCTION_WORDS: usize = 3;
    /// Of all words, in per cent.
    const SHARE: usize = 25;
    let Some(FunctionWords(own, shared)) = words_of(language) else { return false };
    let is = |word: &str, list: &[&str]| list.iter().any(|one| one.eq_ignore_ascii_case(word));
    let (mut all, mut certain, mut found) = (0, 0, 0);
    for word in text.split(|c: char| !c.is_alphabetic()).filter(|word| !word.is_empty()) {
        all += 1;
        if is(word, own) {
            certain += 1;
            found += 1;
        } else if is(word, shared) {
            found += 1;
        }
    }
    certain >= 1 && found >= MIN_FUNCTION_WORDS && found * 100 >= all * SHARE
}

#[cfg(test)]
mod tests {
    use super::*;

    const RUSSIAN: &str = "Городские власти сообщили, что мост снова откроют в понедельник, \
        но рабочие ещё не закончили ремонт, поэтому движение будет ограничено.";

    #[test]
    fn the_three_languages_are_found() {
        let english = "The city council said the bridge will reopen on Monday morning.";
        let ukrainian = "Міська рада повідомила, що міст знову відкриють у понеділок уранці.";
        let german = "Der Stadtrat teilte mit, dass die Brücke am Montagmorgen wieder öffnet.";
        assert_eq!(examine(english), Detection::Known(Language::ENGLISH));
        assert_eq!(examine(ukrainian), Detection::Known(Language::UKRAINIAN));
        assert_eq!(examine(german), Detection::Known(Language::GERMAN));
    }

    #[test]
    fn others_are_named_and_not_taken_for_one_of_the_three() {
        let french = "Le conseil municipal a annoncé que le pont rouvrira lundi matin, mais les \
            ouvriers n'ont pas encore terminé les travaux.";
        let bulgarian = "Градският съвет съобщи, че мостът ще бъде отворен отново в понеделник \
            сутринта, но работниците още не са приключили ремонта.";
        assert!(matches!(examine(french), Detection::Other { code: "fra", .. }));
        assert!(matches!(examine(bulgarian), Detection::Other { code: "bul", .. }));
        let error = detect("a", french).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::UnsupportedLanguage);
        assert!(error.message().contains("French"));
    }

    #[test]
    fn function_words_tell_a_language_from_its_neighbours() {
        let (en, de) = (Language::ENGLISH, Language::GERMAN);
        let own = [
            (en, "They said that the bridge over the river was closed, but it is open to all."),
            (de, "Die Brücke ist für den Verkehr gesperrt, und wann sie öffnet, weiß niemand."),
        ];
        for (language, text) in own {
            assert!(has_its_words(language, text), "{text}");
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
                assert_eq!(has_its_words(language, text), is, "{language} {text}");
            }
        }
        assert!(foreign(de, others[4]) > 0.9);
    }

    #[test]
    fn pages_full_of_addresses_and_hashes_have_a_language() {
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
            assert_eq!(examine(&page), Detection::Known(language), "{page}");
        }
    }

    #[test]
    fn russian_and_nothing_are_errors_of_their_own() {
        assert_eq!(detect("a", RUSSIAN).unwrap_err().kind(), ErrorKind::RussianForUkrainian);
        for text in ["", "   \n", "2024", "🙂🙂"] {
            assert_eq!(
                detect("a", text).unwrap_err().kind(),
                ErrorKind::UncertainLanguage,
                "{text:?}"
            );
        }
    }
}
