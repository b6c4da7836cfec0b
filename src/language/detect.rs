//! Which language a text is in, by `whatlang` in two steps.
//!
//! An allow-list alone calls French English and Bulgarian Russian, so the
//! first look is unrestricted: a reliable language outside the four is the
//! answer. The second look is among English, Ukrainian, German and Russian.

use whatlang::{Detector, Lang};

use super::Language;
use crate::{Error, Result};

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
    let reliable = |detector: Detector| {
        detector.detect(text).filter(whatlang::Info::is_reliable).map(|info| info.lang())
    };
    if let Some(lang) = reliable(Detector::new()) {
        if !matches!(lang, Lang::Eng | Lang::Ukr | Lang::Deu | Lang::Rus) {
            return Detection::Other { name: lang.eng_name(), code: lang.code() };
        }
    }
    let served = vec![Lang::Eng, Lang::Ukr, Lang::Deu, Lang::Rus];
    match reliable(Detector::with_allowlist(served)) {
        Some(Lang::Eng) => Detection::Known(Language::ENGLISH),
        Some(Lang::Ukr) => Detection::Known(Language::UKRAINIAN),
        Some(Lang::Deu) => Detection::Known(Language::GERMAN),
        Some(Lang::Rus) => Detection::Russian,
        _ => Detection::Uncertain,
    }
}

/// Finds the language of an article; `label` names the article in errors.
///
/// # Errors
///
/// [`Error::UnsupportedLanguage`] where another language is reliable,
/// [`Error::RussianForUkrainian`] where Russian is, [`Error::Uncertain`] where
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
    let article = label.to_string();
    match examine(text) {
        Detection::Known(language) => Ok(language),
        Detection::Russian => Err(Error::RussianForUkrainian { article }),
        Detection::Other { name, code } => Err(Error::UnsupportedLanguage {
            article,
            name: name.to_string(),
            code: code.to_string(),
        }),
        Detection::Uncertain => Err(Error::Uncertain { article }),
    }
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
    match Detector::new().detect(text) {
        Some(info) if info.is_reliable() && !expected.contains(&info.lang()) => {
            info.confidence() as f32
        }
        _ => 0.0,
    }
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
        assert!(matches!(&error, Error::UnsupportedLanguage { name, .. } if name == "French"));
    }

    #[test]
    fn russian_and_nothing_are_errors_of_their_own() {
        assert!(matches!(detect("a", RUSSIAN), Err(Error::RussianForUkrainian { .. })));
        for text in ["", "   \n", "2024", "🙂🙂"] {
            assert!(matches!(detect("a", text), Err(Error::Uncertain { .. })), "{text:?}");
        }
    }
}
