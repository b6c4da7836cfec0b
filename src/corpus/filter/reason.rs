//! Reasons for a rejection, and sets of them.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

macro_rules! reasons {
    ($(#[$docs:meta])* enum Reason; $($(#[$doc:meta])* $name:ident = $code:literal,)*) => {
        $(#[$docs])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum Reason {
            $($(#[$doc])* $name,)*
        }

        impl Reason {
            /// All reasons, in the order in which they are reported.
            pub const ALL: [Reason; [$($code),*].len()] = [$(Reason::$name),*];

            /// The code that files and tables have for this reason, in snake case. Codes are stable.
            pub fn code(self) -> &'static str {
                match self {
                    $(Reason::$name => $code,)*
                }
            }
        }
    };
}

reasons! {
    /// Why a pair is rejected. Each filter has one reason, one score and one threshold in
    /// [`FilterConfig`](super::FilterConfig).
    ///
    /// | code | threshold | rejected | kept |
    /// |---|---|---|---|
    /// | `too_short` | `min_characters` = 1 | *The ferry runs.* – *–* | *No* – *Nein* |
    /// | `too_long` | `max_characters` = 2,000 | a side of 2,500 characters | a sentence of 300 characters |
    /// | `few_words` | `min_words`, off | with `min_words` = 3: *More news* – *Mehr Nachrichten* | *The ferry runs.* – *Die Fähre fährt.* |
    /// | `many_words` | `max_words` = 300 | a side of 400 words | a side of 40 words |
    /// | `length_ratio` | `max_length_ratio` = 2 | *The ferry that links the two banks will stop for a month.* – *Пором.* | *Yes.* – *Так, звісно.* |
    /// | `wrong_script` | `max_other_script` = 0.7 | *The bridge is closed.* on a Ukrainian side | *KDE у FreeBSD* |
    /// | `wrong_language` | `max_other_language` = 0.9 | *Le bac qui relie les deux rives du fleuve sera arrêté pendant un mois entier.* on a German side | *Anna Miller spielt Tern 3.* |
    /// | `russian_in_ukrainian` | `max_russian` = 0.34 | *Он сказал, что это хорошо.* | *Літера «и» в абетці* |
    /// | `russian_words` | `max_russian_words` = 0 | *Мені можно йти?* | *Однако він пішов.* |
    /// | `surzhyk` | `max_surzhyk` = 0 | *Слідуючий трамвай за годину.* | *Наступний трамвай за годину.* |
    /// | `calques` | `max_calques`, off | with 0: *Вони приймали участь у виставці.* | *Вони приймали гостей.* |
    /// | `mixed_script` | `max_mixed_script` = 0 | *Вiн прийшов* with a Latin *i* | *URLи та PCи* |
    /// | `missing_apostrophe` | `max_missing_apostrophe` = 0 | *Пройшло пять років.* | *Пройшло п’ять років.* |
    /// | `untranslated` | `max_similarity` = 0.9 | *Open the bridge.* – *Open the bridge* | *Windows 11* – *Операційна система Windows 11* |
    /// | `partly_untranslated` | `max_copied` = 0.3 | *The ferry will stop for a month.* – *The ferry will stop einen Monat lang.* | *He read “The Times” daily.* – *Er las täglich „The Times“.* |
    /// | `number_mismatch` | `max_number_mismatch` = 0.15 | *It costs 15 euros.* – *Es kostet 51 Euro.* | *$1.5bn* – *1,5 млрд доларів* |
    /// | `url_mismatch` | `max_url_mismatch` = 0.4 | `See https://example.org` – `Siehe https://anderswo.net` | `See https://example.org/en` – `Siehe https://de.example.org` |
    /// | `terminal_punctuation` | `max_end_mismatch`, off | with 0.6: *Is it so?* – *Це так.* | *“Stop!” he cried.* – *„Halt!“, rief er.* |
    /// | `repetition` | `max_repetition` = 0.4 | *the ferry the ferry the ferry the ferry* | *Very, very good, he said, very good indeed.* |
    /// | `doubled` | `max_doubled` = 0.05 | *It rained.* – *Es hat geregnet. Es hat geregnet.* | *We wait here. We wait here. Nobody comes to the ferry today.* – *Wir warten hier. Wir warten hier. Heute kommt niemand zur Fähre.* |
    /// | `markup` | `max_markup` = 0.02 | `<p>The port</p>` | `Use <br> here.` – `Verwenden Sie hier <br>.` |
    /// | `boilerplate` | `max_boilerplate` = 0.5 | *Share this post:* – *Diesen Beitrag teilen* | *Like this:* – *So:* |
    /// | `mojibake` | `max_mojibake` = 0 | *Ð¿Ñ€Ð¸* | *The letter a has forms: àáâäã.* |
    /// | `escapes` | `max_escapes` = 0.05 | `\u0456\u0457\u0457` | `Ended %s.\nGo on?` – `%s beendet.\nWeiter?` |
    /// | `few_letters` | `min_letter_share` = 0.3 | *12:30 – 14:45 (2)* | `So: 1.9.0 -> 1.10.0` – `Also: 1.9.0 -> 1.10.0` |
    /// | `low_confidence` | `min_confidence` = 0.5 | a unit with confidence 0.2 | a unit with confidence 0.9 |
    /// | `low_score` | `min_score`, off | with 0.1: *More news* – *Das Wetter* at score 0.03 | a unit with score 0.6 |
    /// | `excluded` | [`ExcludedTexts`](super::ExcludedTexts) | a pair with a sentence of a test set, or nearly | a pair on the same matter |
    /// | `duplicate` | [`DedupConfig::exact`](super::DedupConfig::exact) | a pair that occurred before | its first occurrence |
    /// | `near_duplicate` | [`DedupConfig::near`](super::DedupConfig::near) | a pair that differs from an earlier one in case | a pair with another number |
    /// | `renamed_copy` | [`DedupConfig::renamed`](super::DedupConfig::renamed), off | a pair that differs from an earlier one in names and numbers only | a pair with another verb |
    ///
    /// `reports/filters.md` has the share of good pairs that each filter rejects, and the share of damaged
    /// pairs that it finds. Thresholds were chosen on the same data.
    ///
    /// ```
    /// use bitext::corpus::filter::Reason;
    ///
    /// assert_eq!(Reason::LengthRatio.code(), "length_ratio");
    /// assert_eq!(Reason::from_code("length_ratio"), Some(Reason::LengthRatio));
    /// assert_eq!(Reason::from_code("too_wide"), None);
    /// ```
    enum Reason;

    /// A side has too few letters and digits.
    TooShort = "too_short",
    /// A side has too many characters.
    TooLong = "too_long",
    /// A side has too few words.
    FewWords = "few_words",
    /// A side has too many words.
    ManyWords = "many_words",
    /// One side is too long for a translation of the other.
    LengthRatio = "length_ratio",
    /// A side is mostly in letters of another script. Names and code are not counted.
    WrongScript = "wrong_script",
    /// A side is in another language.
    WrongLanguage = "wrong_language",
    /// The Ukrainian side is in Russian or Belarusian.
    RussianInUkrainian = "russian_in_ukrainian",
    /// The Ukrainian side has Russian or Belarusian words.
    RussianWords = "russian_words",
    /// The Ukrainian side has words of surzhyk.
    Surzhyk = "surzhyk",
    /// The Ukrainian side has expressions after a Russian model.
    Calques = "calques",
    /// The Ukrainian side has words with Latin and Cyrillic letters that look the same.
    MixedScript = "mixed_script",
    /// The Ukrainian side has words without their apostrophe.
    MissingApostrophe = "missing_apostrophe",
    /// Both sides have the same text, or nearly.
    Untranslated = "untranslated",
    /// A part of a side is copied from the other side.
    PartlyUntranslated = "partly_untranslated",
    /// The numbers of the sides contradict each other. Notations, number words, dates and converted
    /// units agree.
    NumberMismatch = "number_mismatch",
    /// A web or mail address of one side is missing on the other.
    UrlMismatch = "url_mismatch",
    /// The sides end in different punctuation marks, such as `?` and `.`.
    TerminalPunctuation = "terminal_punctuation",
    /// A side repeats words or characters.
    Repetition = "repetition",
    /// A side has a sentence twice, and the other side has not.
    Doubled = "doubled",
    /// A side has tags or character entities of HTML.
    Markup = "markup",
    /// A side is text that a site puts around its articles: menus, share buttons.
    Boilerplate = "boilerplate",
    /// A side was decoded in a wrong encoding.
    Mojibake = "mojibake",
    /// A side has escape sequences of a programming language or a web address.
    Escapes = "escapes",
    /// A side consists mostly of digits and punctuation.
    FewLetters = "few_letters",
    /// The aligner's confidence in the pair is low.
    LowConfidence = "low_confidence",
    /// The aligner's score is low: the sides are hardly more similar than unrelated sentences.
    LowScore = "low_score",
    /// A side is a text that was excluded, such as a sentence of a test set, or nearly.
    Excluded = "excluded",
    /// The pair, or one of its sides, occurred before.
    Duplicate = "duplicate",
    /// Nearly the same pair, or side, occurred before.
    NearDuplicate = "near_duplicate",
    /// A pair that differs in names and numbers only occurred before.
    RenamedCopy = "renamed_copy",
}

impl Reason {
    /// The reason with this code, if there is one.
    pub fn from_code(code: &str) -> Option<Reason> {
        Reason::ALL.into_iter().find(|reason| reason.code() == code)
    }

    fn bit(self) -> u64 {
        1 << self as u32
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.code())
    }
}

impl Serialize for Reason {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.code())
    }
}

impl<'de> Deserialize<'de> for Reason {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Reason, D::Error> {
        let code = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        let unknown = || serde::de::Error::custom(format!("unknown reason `{code}`"));
        Reason::from_code(&code).ok_or_else(unknown)
    }
}

/// A set of reasons.
///
/// ```
/// use bitext::corpus::filter::{Reason, Reasons};
///
/// let mut reasons = Reasons::from(Reason::NumberMismatch);
/// reasons.insert(Reason::RussianInUkrainian);
/// let mut all = Reasons::default();
/// assert!(all.is_empty());
/// all.extend(reasons);
/// assert!(all.contains(Reason::NumberMismatch) && !all.contains(Reason::Markup));
/// assert_eq!(all.len(), 2);
/// // Reasons are in the order of `Reason::ALL`.
/// assert!(all.iter().eq([Reason::RussianInUkrainian, Reason::NumberMismatch]));
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Reasons(u64);

impl Reasons {
    /// Adds a reason.
    pub fn insert(&mut self, reason: Reason) {
        self.0 |= reason.bit();
    }

    /// Adds all reasons of another set.
    pub fn extend(&mut self, other: Reasons) {
        self.0 |= other.0;
    }

    /// Whether the set has a reason.
    pub fn contains(self, reason: Reason) -> bool {
        self.0 & reason.bit() != 0
    }

    /// Whether the set has no reason.
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// The number of reasons.
    pub fn len(self) -> usize {
        self.0.count_ones() as usize
    }

    /// The reasons, in the order of [`Reason::ALL`].
    pub fn iter(self) -> impl Iterator<Item = Reason> {
        Reason::ALL.into_iter().filter(move |&reason| self.contains(reason))
    }
}

impl From<Reason> for Reasons {
    fn from(reason: Reason) -> Reasons {
        Reasons(reason.bit())
    }
}

impl FromIterator<Reason> for Reasons {
    fn from_iter<I: IntoIterator<Item = Reason>>(reasons: I) -> Reasons {
        Reasons(reasons.into_iter().fold(0, |bits, reason| bits | reason.bit()))
    }
}

impl Serialize for Reasons {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.iter())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_unique_and_read_back() {
        for reason in Reason::ALL {
            assert_eq!(Reason::from_code(reason.code()), Some(reason));
            assert!(reason.code().bytes().all(|c| c.is_ascii_lowercase() || c == b'_'));
        }
        assert_eq!(Reason::from_code("NumberMismatch"), None);
        assert!(serde_json::from_str::<Reason>("\"numbers\"").is_err());
    }
}
