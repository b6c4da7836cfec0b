//! The score of each filter for one pair of texts.
//!
//! In: a [`CandidatePair`]. Out: one number for each [`Reason`], in the unit of its threshold. Each
//! submodule has the checks of one property; none of them knows the thresholds. The time of each
//! check is linear in the length of the texts (`tests/filters_linear.rs`).
//!
//! Most checks score each side and take the worse one. Checks of damage also read the other side,
//! because a text about HTML or encodings may quote what is damage elsewhere.

mod copied;
mod damage;
mod doubled;
mod language;
mod length;
mod letters;
mod numbers;
mod punctuation;
mod repetition;
mod russian;
mod ukrainian;
mod urls;

pub(in crate::corpus) use numbers::mismatch as number_mismatch;
pub(super) use ukrainian::missing_apostrophes;
pub(super) use ukrainian::mixed_script::count as mixed_script_words;
pub use ukrainian::mixed_script::repair_mixed_script;
pub(in crate::corpus) use urls::mismatch as url_mismatch;

use super::{CandidatePair, Reason};
use crate::Language;
use damage::{boilerplate, escapes, markup, mojibake};
use russian::RussianShares;
use ukrainian::UkrainianFaults;

/// One side of a pair: its text, its language, and the text of the other side.
#[derive(Clone, Copy)]
struct SideText<'a> {
    language: Language,
    text: &'a str,
    other_text: &'a str,
}

/// The scores of a pair by `Reason as usize`; NaN if a score is unknown.
pub(super) fn scores(pair: &CandidatePair<'_>) -> [f32; Reason::ALL.len()] {
    let ukrainian = UkrainianScores::of(pair);
    Reason::ALL.map(|reason| ukrainian.score(reason).unwrap_or_else(|| score(reason, pair)))
}

/// The scores of Ukrainian sides, which are computed together.
struct UkrainianScores {
    russian: RussianShares,
    faults: UkrainianFaults,
}

impl UkrainianScores {
    fn of(pair: &CandidatePair<'_>) -> UkrainianScores {
        let (source, target) = (pair.source_text, pair.target_text);
        let russian = RussianShares::find(pair.source_language, source, target)
            .max(RussianShares::find(pair.target_language, target, source));
        let faults = UkrainianFaults::find(pair.source_language, source)
            .max(UkrainianFaults::find(pair.target_language, target));
        UkrainianScores { russian, faults }
    }

    fn score(&self, reason: Reason) -> Option<f32> {
        Some(match reason {
            Reason::RussianInUkrainian => self.russian.sentences,
            Reason::RussianWords => self.russian.words,
            Reason::Surzhyk => self.faults.surzhyk,
            Reason::Calques => self.faults.calques,
            Reason::MixedScript => self.faults.mixed_script,
            Reason::MissingApostrophe => self.faults.missing_apostrophe,
            _ => return None,
        })
    }
}

fn score(reason: Reason, pair: &CandidatePair<'_>) -> f32 {
    let source = (pair.source_language, pair.source_text);
    let target = (pair.target_language, pair.target_text);
    let sides = [
        SideText { language: source.0, text: source.1, other_text: target.1 },
        SideText { language: target.0, text: target.1, other_text: source.1 },
    ];
    let most = |check: &dyn Fn(SideText<'_>) -> f32| check(sides[0]).max(check(sides[1]));
    let least = |check: &dyn Fn(SideText<'_>) -> f32| check(sides[0]).min(check(sides[1]));
    match reason {
        Reason::TooShort => least(&|side| length::letters_and_digits(side.text)),
        Reason::TooLong => most(&|side| length::characters(side.text)),
        Reason::FewWords => least(&|side| length::words(side.text)),
        Reason::ManyWords => most(&|side| length::words(side.text)),
        Reason::LengthRatio => length::length_ratio(source, target),
        Reason::WrongScript => most(&|side| language::other_script(side.language, side.text)),
        Reason::WrongLanguage => {
            most(&|side| language::other_language(side.language, side.text, side.other_text))
        }
        Reason::Untranslated => letters::copy_similarity(source.1, target.1),
        Reason::PartlyUntranslated => most(&|side| copied::share(side.text, side.other_text)),
        Reason::NumberMismatch => numbers::mismatch(source, target),
        Reason::UrlMismatch => urls::mismatch(source.1, target.1),
        Reason::TerminalPunctuation => punctuation::mismatch(source.1, target.1),
        Reason::Repetition => most(&|side| repetition::share(side.text)),
        Reason::Doubled => {
            let [one, other] = sides.map(|side| doubled::share(side.language, side.text));
            (one - other).abs()
        }
        Reason::Markup => most(&|side| markup::share(side.text, side.other_text)),
        Reason::Boilerplate => boilerplate::share(source, target),
        Reason::Mojibake => most(&|side| mojibake::share(side.text, side.other_text)),
        Reason::Escapes => most(&|side| escapes::share(side.text, side.other_text)),
        Reason::FewLetters => least(&|side| letters::letter_share(side.text, side.other_text)),
        Reason::LowConfidence => pair.confidence.unwrap_or(f32::NAN),
        Reason::LowScore => pair.score.unwrap_or(f32::NAN),
        // The scores of Ukrainian sides are computed above.
        Reason::RussianInUkrainian
        | Reason::RussianWords
        | Reason::Surzhyk
        | Reason::Calques
        | Reason::MixedScript
        | Reason::MissingApostrophe
        | Reason::Excluded
        | Reason::Duplicate
        | Reason::NearDuplicate
        | Reason::RenamedCopy => f32::NAN,
    }
}
