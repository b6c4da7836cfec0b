//! Apostrophes and `ґ` of Ukrainian texts.

use serde::Serialize;

use crate::corpus::filter::{missing_apostrophes, mixed_script_words};
use crate::letters::{for_each_lowercase, is_letter};

/// Numbers of apostrophes by the character, and of words by their letters.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct UkrainianSpelling {
    /// Apostrophes inside a word that are U+0027 `'`.
    pub straight_apostrophes: u32,
    /// Apostrophes inside a word that are U+2019 `’`.
    pub curly_apostrophes: u32,
    /// Apostrophes inside a word that are U+02BC `ʼ`.
    pub letter_apostrophes: u32,
    /// Words that lack their apostrophe, or have another mark in its place.
    pub missing_apostrophes: u32,
    /// Words with `ґ`.
    pub ghe_with_upturn: u32,
    /// Words with `г` where the orthography has `ґ`: `грунт`. Texts of the years without `ґ` (1933 to 1990) have them,
    /// and habits of keyboards. So it is a feature and no fault.
    pub ghe_for_ghe_with_upturn: u32,
    /// Words with Latin and Cyrillic letters that look the same.
    pub mixed_script_words: u32,
}

/// Starts of words that have `ґ` by the orthography of 2019, § 6, spelled with `г`. Words that are another word with
/// `г`, such as `гніт`, `грати` and `гуля`, are left out.
#[rustfmt::skip]
const STARTS_WITH_GHE: [&str; 25] = [
    "агрус", "ганок", "ганк", "гудзик", "гудз", "грунт", "гвалт", "гелгот", "гедз", "гринджол",
    "гандж", "газд", "гатунк", "гатунок", "ґвалт", "герготі", "джигун", "дзиг", "дриґа", "дрига",
    "ремига", "обгрунт", "підгрунт", "необгрунт", "гирлиг",
];

pub(super) fn spelling(text: &str) -> UkrainianSpelling {
    let mut found = UkrainianSpelling {
        missing_apostrophes: missing_apostrophes(text) as u32,
        mixed_script_words: mixed_script_words(text) as u32,
        ..UkrainianSpelling::default()
    };
    let mut last = [' ', ' '];
    for c in text.chars() {
        if is_letter(last[0]) && is_letter(c) {
            match last[1] {
                '\'' => found.straight_apostrophes += 1,
                '’' => found.curly_apostrophes += 1,
                'ʼ' => found.letter_apostrophes += 1,
                _ => {}
            }
        }
        last = [last[1], c];
    }
    let mut folded = String::new();
    for word in text.split(|c| !is_letter(c)).filter(|word| word.contains(['г', 'ґ', 'Г', 'Ґ']))
    {
        folded.clear();
        word.chars().for_each(|c| for_each_lowercase(c, |c| folded.push(c)));
        found.ghe_with_upturn += u32::from(folded.contains('ґ'));
        let without = STARTS_WITH_GHE.iter().any(|start| folded.starts_with(start));
        found.ghe_for_ghe_with_upturn += u32::from(without && !folded.contains('ґ'));
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn habits_are_counted() {
        let found = spelling("П’ять сімʼя об'їзд, пять ґудзик на грунт; 'слово' вiн");
        assert_eq!(found.curly_apostrophes, 1);
        assert_eq!(found.letter_apostrophes, 1);
        assert_eq!(found.straight_apostrophes, 1);
        assert_eq!(found.missing_apostrophes, 1);
        assert_eq!((found.ghe_with_upturn, found.ghe_for_ghe_with_upturn), (1, 1));
        assert_eq!(found.mixed_script_words, 1);
    }
}
