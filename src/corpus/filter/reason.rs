//! Why a pair is rejected, and how many are.

use std::fmt;

use serde::ser::SerializeMap;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

macro_rules! reasons {
    ($($(#[$doc:meta])* $name:ident = $code:literal,)*) => {
        /// Why a pair is rejected. Each filter has a score and one reason.
        ///
        /// The codes are stable: they are what files hold.
        ///
        /// ```
        /// use bitext::corpus::filter::Reason;
        ///
        /// assert_eq!(Reason::LengthMismatch.code(), "length_ratio");
        /// assert_eq!("length_ratio".parse(), Ok(Reason::LengthMismatch));
        /// ```
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum Reason {
            $($(#[$doc])* $name,)*
        }

        impl Reason {
            /// All of them, in the order in which they are told.
            pub const ALL: [Reason; [$($code),*].len()] = [$(Reason::$name),*];

            /// The code, in small letters and underscores.
            pub fn code(self) -> &'static str {
                match self {
                    $(Reason::$name => $code,)*
                }
            }
        }
    };
}

reasons! {
    /// The shorter side has fewer letters and figures than
    /// [`min_characters`](super::FilterConfig::min_characters).
    TooShort = "too_short",
    /// The longer side has more characters than
    /// [`max_characters`](super::FilterConfig::max_characters).
    TooLong = "too_long",
    /// A side has fewer words than [`min_words`](super::FilterConfig::min_words).
    FewWords = "few_words",
    /// A side has more words than [`max_words`](super::FilterConfig::max_words).
    ManyWords = "many_words",
    /// One side is too long for the other.
    LengthMismatch = "length_mismatch",
    /// A side is in letters of another script.
    WrongScript = "wrong_script",
    /// A side is in another language.
    WrongLanguage = "wrong_language",
    /// The Ukrainian side is Russian or Belarusian.
    RussianInUkrainian = "russian_in_ukrainian",
    /// The sides are one text.
    Untranslated = "untranslated",
    /// The sides have different numbers.
    NumberMismatch = "number_mismatch",
    /// The sides have different web or mail addresses.
    UrlMismatch = "url_mismatch",
    /// The sides end in different marks.
    PunctuationMismatch = "punctuation_mismatch",
    /// A side says one thing again and again.
    Repetition = "repetition",
    /// A side has tags or entities of HTML.
    Markup = "markup",
    /// A side is what a site puts around its articles.
    Boilerplate = "boilerplate",
    /// A side was decoded in a wrong encoding.
    Mojibake = "mojibake",
    /// A side has escapes of a programming language or an address.
    EscapeSequences = "escape_sequences",
    /// A side has few letters.
    FewLetters = "few_letters",
    /// The aligner was not sure.
    LowConfidence = "low_confidence",
    /// The sides have little in common beside what any two sentences have.
    LowScore = "low_score",
    /// The pair, or a side of it, came before.
    Duplicate = "duplicate",
    /// Nearly the same pair, or side, came before.
    NearDuplicate = "near_duplicate",
}

impl Reason {
    pub(super) fn bit(self) -> u32 {
        1 << self as u32
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.code())
    }
}

impl std::str::FromStr for Reason {
    type Err = UnknownReason;

    fn from_str(code: &str) -> Result<Reason, UnknownReason> {
        let found = Reason::ALL.into_iter().find(|reason| reason.code() == code);
        found.ok_or_else(|| UnknownReason(code.to_string()))
    }
}

/// A code that no [`Reason`] has.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no reason for a rejection")]
pub struct UnknownReason(String);

impl Serialize for Reason {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.code())
    }
}

impl<'de> Deserialize<'de> for Reason {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Reason, D::Error> {
        let code = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        code.parse().map_err(serde::de::Error::custom)
    }
}

/// A set of reasons.
///
/// ```
/// use bitext::corpus::filter::{Reason, Reasons};
///
/// let mut reasons = Reasons::from(Reason::RussianInUkrainian);
/// reasons.insert(Reason::NumberMismatch);
/// let mut all = Reasons::default();
/// assert!(all.is_empty());
/// all.extend(reasons);
/// assert!(all.contains(Reason::NumberMismatch) && !all.contains(Reason::Markup));
/// assert_eq!(all.len(), 2);
/// // Their order is that of `Reason::ALL`, not that in which they came.
/// assert!(all.iter().eq([Reason::RussianInUkrainian, Reason::NumberMismatch]));
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Reasons(u32);

impl Reasons {
    /// Adds one.
    pub fn insert(&mut self, reason: Reason) {
        self.0 |= reason.bit();
    }

    /// Adds all of another set.
    pub fn extend(&mut self, other: Reasons) {
        self.0 |= other.0;
    }

    /// Whether a reason is there.
    pub fn contains(self, reason: Reason) -> bool {
        self.0 & reason.bit() != 0
    }

    /// Whether there is none.
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// How many there are.
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

/// How many pairs were kept and why the others were not; counts of parts add up
/// to those of the whole.
///
/// ```
/// use bitext::corpus::filter::{FilterCounts, Reason};
///
/// let mut counts = FilterCounts::default();
/// counts.add(Reason::NumberMismatch.into());
/// counts.add(Default::default());
/// assert_eq!((counts.pairs, counts.kept()), (2, 1));
/// assert_eq!(counts.rejected_for(Reason::NumberMismatch), 1);
///
/// let mut others = FilterCounts::default();
/// others.add([Reason::NumberMismatch, Reason::RussianInUkrainian].into_iter().collect());
/// counts.merge(&others);
/// assert_eq!((counts.rejected(), counts.rejected_for(Reason::NumberMismatch)), (2, 2));
/// assert_eq!(counts.rejected_only_for(Reason::NumberMismatch), 1);
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FilterCounts {
    /// All pairs.
    pub pairs: u64,
    rejected: u64,
    by_reason: [u64; Reason::ALL.len()],
    alone: [u64; Reason::ALL.len()],
}

impl FilterCounts {
    /// FilterCounts a pair; it is kept where there is no reason against it.
    pub fn add(&mut self, reasons: Reasons) {
        self.pairs += 1;
        self.rejected += u64::from(!reasons.is_empty());
        for reason in reasons.iter() {
            self.by_reason[reason as usize] += 1;
            self.alone[reason as usize] += u64::from(reasons.len() == 1);
        }
    }

    /// Adds what was counted elsewhere.
    pub fn merge(&mut self, other: &FilterCounts) {
        self.pairs += other.pairs;
        self.rejected += other.rejected;
        for at in 0..Reason::ALL.len() {
            self.by_reason[at] += other.by_reason[at];
            self.alone[at] += other.alone[at];
        }
    }

    /// Pairs without a reason against them.
    pub fn kept(&self) -> u64 {
        self.pairs - self.rejected
    }

    /// Pairs with at least one reason against them.
    pub fn rejected(&self) -> u64 {
        self.rejected
    }

    /// Pairs with this reason among those against them.
    pub fn rejected_for(&self, reason: Reason) -> u64 {
        self.by_reason[reason as usize]
    }

    /// Pairs with this reason alone against them: so many more would be kept
    /// without its filter.
    pub fn rejected_only_for(&self, reason: Reason) -> u64 {
        self.alone[reason as usize]
    }
}

/// `{"pairs", "kept", "rejected", "reasons": {code: {"rejected", "alone"}}}`,
/// with every code.
impl Serialize for FilterCounts {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct One {
            rejected: u64,
            alone: u64,
        }
        struct ByReason<'a>(&'a FilterCounts);
        impl Serialize for ByReason<'_> {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_map(Reason::ALL.into_iter().map(|reason| {
                    let rejected = self.0.rejected_for(reason);
                    (reason, One { rejected, alone: self.0.rejected_only_for(reason) })
                }))
            }
        }
        let mut map = serializer.serialize_map(Some(4))?;
        map.serialize_entry("pairs", &self.pairs)?;
        map.serialize_entry("kept", &self.kept())?;
        map.serialize_entry("rejected", &self.rejected)?;
        map.serialize_entry("reasons", &ByReason(self))?;
        map.end()
    }
}

/// Reads what was written, so that counts of a run that was stopped go on.
impl<'de> Deserialize<'de> for FilterCounts {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<FilterCounts, D::Error> {
        #[derive(Deserialize)]
        struct One {
            rejected: u64,
            alone: u64,
        }
        #[derive(Deserialize)]
        struct All {
            pairs: u64,
            rejected: u64,
            reasons: std::collections::BTreeMap<Reason, One>,
        }
        let all = All::deserialize(deserializer)?;
        if all.rejected > all.pairs {
            return Err(serde::de::Error::custom("more pairs rejected than there are"));
        }
        let mut counts =
            FilterCounts { pairs: all.pairs, rejected: all.rejected, ..FilterCounts::default() };
        for (reason, one) in all.reasons {
            counts.by_reason[reason as usize] = one.rejected;
            counts.alone[reason as usize] = one.alone;
        }
        Ok(counts)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_unique_and_read_back() {
        for reason in Reason::ALL {
            assert_eq!(reason.code().parse(), Ok(reason));
            assert!(reason.code().bytes().all(|c| c.is_ascii_lowercase() || c == b'_'));
        }
        assert!("Numbers".parse::<Reason>().is_err());
    }

    #[test]
    fn counts_add_up() {
        let mut both = Reasons::from(Reason::NumberMismatch);
        both.insert(Reason::RussianInUkrainian);
        let (mut one, mut other) = (FilterCounts::default(), FilterCounts::default());
        one.add(both);
        one.add(Reason::NumberMismatch.into());
        other.add(Reasons::default());
        one.merge(&other);
        assert_eq!((one.pairs, one.kept(), one.rejected()), (3, 1, 2));
        assert_eq!(one.rejected_for(Reason::NumberMismatch), 2);
        assert_eq!(one.rejected_only_for(Reason::NumberMismatch), 1);
        assert_eq!(one.rejected_only_for(Reason::RussianInUkrainian), 0);
        let json = serde_json::to_string(&one).unwrap();
        assert_eq!(serde_json::from_str::<FilterCounts>(&json).unwrap(), one);
    }
}
