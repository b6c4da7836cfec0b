//! Faults of a Ukrainian text that other languages leave in it: words of surzhyk, calques of Russian expressions,
//! Latin letters inside Cyrillic words, missing apostrophes.
//!
//! In: a text in Ukrainian. Out: for each kind of fault the share of the words that have it. Whole Russian sentences and
//! Russian words are found by the `russian` module.

mod apostrophe;
mod fault_list;
pub(super) mod mixed_script;
mod words;

use crate::Language;
use fault_list::FaultList;
use words::Words;

/// For each kind of fault, the share of a text's words that have it, 0 to 1. All are 0 for other languages.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct UkrainianFaults {
    /// Words that the list of faults has as words.
    pub(super) surzhyk: f32,
    /// Words of expressions that the list of faults has as calques.
    pub(super) calques: f32,
    /// Words with letters of two scripts. Each run of Cyrillic letters in them counts as a word.
    pub(super) mixed_script: f32,
    /// Words that lack an apostrophe or have another mark in its place.
    pub(super) missing_apostrophe: f32,
}

impl UkrainianFaults {
    pub(super) fn find(language: Language, text: &str) -> UkrainianFaults {
        if language.primary() != "uk" {
            return UkrainianFaults::default();
        }
        let words = Words::of(text);
        let all = words.len().max(1) as f32;
        let listed = FaultList::get().count(&words);
        let share = |count: usize| (count as f32 / all).min(1.0);
        UkrainianFaults {
            surzhyk: share(listed.surzhyk),
            calques: share(listed.calques),
            mixed_script: share(mixed_script::count(text)),
            missing_apostrophe: share(apostrophe::count_missing(text, &words)),
        }
    }

    /// The larger share of each fault.
    pub(super) fn max(self, other: UkrainianFaults) -> UkrainianFaults {
        UkrainianFaults {
            surzhyk: self.surzhyk.max(other.surzhyk),
            calques: self.calques.max(other.calques),
            mixed_script: self.mixed_script.max(other.mixed_script),
            missing_apostrophe: self.missing_apostrophe.max(other.missing_apostrophe),
        }
    }
}

/// The number of words that lack an apostrophe or have another mark in its place.
pub(in crate::corpus::filter) fn missing_apostrophes(text: &str) -> usize {
    apostrophe::count_missing(text, &Words::of(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn find(text: &str) -> UkrainianFaults {
        UkrainianFaults::find(Language::UKRAINIAN, text)
    }

    #[test]
    fn each_fault_has_its_own_share() {
        let clean = "Під’їзд полагодили, і п’ять сімей повернулися до своїх помешкань.";
        assert_eq!(find(clean), UkrainianFaults::default());
        let found = find("Слідуючий трамвай.");
        assert_eq!((found.surzhyk, found.calques), (0.5, 0.0));
        let found = find("Вони приймали участь у конкурсі.");
        assert_eq!((found.surzhyk, found.calques), (0.0, 0.4));
        assert!(find("Вiн прийшов.").mixed_script > 0.0);
        assert_eq!(find("Пройшло пять років.").missing_apostrophe, 1.0 / 3.0);
        assert_eq!(
            UkrainianFaults::find(Language::ENGLISH, "Слідуючий вiн"),
            UkrainianFaults::default()
        );
    }

    #[test]
    fn shares_stay_in_range_for_texts_without_words() {
        for text in ["", "12", "i", "п*я", "п\"я п\"я", "ії", "x-х"] {
            let found = find(text);
            for share in
                [found.surzhyk, found.calques, found.mixed_script, found.missing_apostrophe]
            {
                assert!((0.0..=1.0).contains(&share), "{text}: {found:?}");
            }
        }
    }
}
