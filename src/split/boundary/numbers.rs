//! Rules for numbers: numbers of list items, headings and sections, and numbers of
//! amounts and dates.

use super::super::chars::{
    is_number, is_opening_bracket, is_roman, last_word, single_letter, trim_end_near,
};
use super::super::lexicon::Lexicon;
use super::super::word_kinds::WordKinds;

/// Whether the sentence so far is only the number of a list item: `1.`, `2.3.`,
/// `IV.`, `(a.`
pub(super) fn is_list_number(sentence: &str) -> bool {
    const MAX_BYTES: usize = 10;
    // Brackets included. Without this bound, a long run of brackets takes
    // quadratic time.
    if sentence.len() > 3 * MAX_BYTES {
        return false;
    }
    let number = sentence.trim_start_matches(is_opening_bracket);
    if number.len() > MAX_BYTES || number.is_empty() {
        return false;
    }
    let parts = number.split('.').filter(|part| !part.is_empty());
    let mut figures = parts.clone();
    let short = |part: &str| part.len() <= 3 && is_number(part);
    figures.all(short) || is_roman(number) || parts.count() == 1 && single_letter(number).is_some()
}

/// Whether a paragraph that begins with `number` and a stop contains one list
/// item only: the next number does not occur in `rest`.
pub(super) fn is_lone_item(number: &str, rest: &str) -> bool {
    let Some(next) = number.parse::<u16>().ok().and_then(|number| number.checked_add(1)) else {
        return false;
    };
    let next = format!(" {next}. ");
    !rest.contains(&next)
}

/// Whether the sentence so far is a numbered heading whose title follows:
/// `Стаття 5`, `Рис. 3`, `Розділ IV`
pub(super) fn is_numbered_heading(lexicon: &Lexicon, sentence: &str) -> bool {
    const MAX_BYTES: usize = 40;
    if sentence.len() > MAX_BYTES {
        return false;
    }
    let mut words = sentence.split_whitespace();
    let (Some(first), Some(number), None) = (words.next(), words.next(), words.next()) else {
        return false;
    };
    let figures = number.split('.').all(is_number) || is_roman(number);
    let heading = lexicon.word(first.trim_end_matches('.')).has(WordKinds::NUMBERED);
    heading && (figures || single_letter(number).is_some())
}

/// Whether the sentence so far ends with the number of a section, whose stop may
/// belong to the number: `згідно з п. 3.2`, before `. Договору`
pub(super) fn ends_with_section_number(lexicon: &Lexicon, before: &str) -> bool {
    const MAX_BYTES: usize = 12;
    let digits = before.bytes().rev().take(MAX_BYTES);
    let len = digits.take_while(|byte| byte.is_ascii_digit() || *byte == b'.').count();
    let front = trim_end_near(&before[..before.len() - len]);
    let front = front.strip_suffix('.').unwrap_or(front);
    let word = last_word(front);
    let kinds = lexicon.abbreviation(&front[..front.len() - word.len()], word);
    kinds.has(WordKinds::NUMBER) || lexicon.word(word).has(WordKinds::LABEL)
}

/// Whether a number precedes a unit. Words of quantity may lie between them, as
/// in `5 тис. грн` and `20 кв. м`.
pub(super) fn ends_with_amount(lexicon: &Lexicon, front: &str) -> bool {
    const MAX_QUANTITY_WORDS: usize = 3;
    let mut front = front;
    for _ in 0..=MAX_QUANTITY_WORDS {
        let near = trim_end_near(front);
        let near = near.strip_suffix('.').unwrap_or(near);
        let word = last_word(near);
        if word.ends_with(|c: char| c.is_ascii_digit()) || is_roman(word) {
            return true;
        }
        if word.is_empty() || !lexicon.word(word).has(WordKinds::QUANTITY) {
            return false;
        }
        front = &near[..near.len() - word.len()];
    }
    false
}

/// Whether the letters after `front` are the second part of a unit: `120 км/год`,
/// `5 °C`.
pub(super) fn ends_inside_unit(lexicon: &Lexicon, front: &str) -> bool {
    if let Some(front) = front.strip_suffix('°') {
        return ends_with_amount(lexicon, front);
    }
    let Some(front) = front.strip_suffix('/') else { return false };
    let unit = last_word(front);
    !unit.is_empty() && ends_with_amount(lexicon, &front[..front.len() - unit.len()])
}

/// Whether the sentence so far is only a date or an amount, which is no sentence:
/// a word such as `In` and a number, or a day and a month. The month may be the
/// `unit` itself.
pub(super) fn is_bare_date_or_amount(lexicon: &Lexicon, front: &str, unit: &str) -> bool {
    /// The words of `До 5 січ. 2024`.
    const MAX_WORDS: usize = 4;
    let mut dated = false;
    let (mut count, mut fronted) = (usize::from(lexicon.word(unit).has(WordKinds::MONTH)), false);
    let month = count > 0;
    for word in front.split_whitespace() {
        let bare = word.trim_end_matches('.');
        let kinds = lexicon.word(bare);
        if count == usize::from(month) && kinds.has(WordKinds::FRONT) {
            fronted = true;
        } else if kinds.has(WordKinds::MONTH) {
            dated = true;
        } else if !(bare.starts_with(|c: char| c.is_ascii_digit()) || is_roman_range(bare)) {
            return false;
        }
        count += 1;
        if count > MAX_WORDS {
            return false;
        }
    }
    (month || dated || fronted) && count > 1
}

/// Whether a word is a Roman numeral or a range of them: `XIX`, `XVI–XVII`
fn is_roman_range(word: &str) -> bool {
    word.split(['-', '–']).all(is_roman)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Language;

    #[test]
    fn numbers_of_list_items_are_recognised() {
        for number in ["1", "2.3", "IV", "(a", "12."] {
            assert!(is_list_number(number), "{number}");
        }
        assert!(!is_list_number("1914"));
        assert!(!is_list_number("No"));
        assert!(is_lone_item("1", " Помийте руки. Сядьте."));
        assert!(!is_lone_item("1", " Помийте руки. 2. Сядьте."));
        assert!(!is_lone_item("2.1", " Помийте руки."));
    }

    #[test]
    fn amounts_before_units_are_recognised() {
        let lexicon = Lexicon::of(Language::UKRAINIAN);
        assert!(ends_with_amount(lexicon, "до 45 "));
        assert!(ends_with_amount(lexicon, "до 45 тис. кв. "));
        assert!(ends_with_amount(lexicon, "до 1,5 млн\u{a0}"));
        assert!(!ends_with_amount(lexicon, "продали за "));
        assert!(ends_inside_unit(lexicon, "їхав 120 км/"));
        assert!(ends_inside_unit(lexicon, "було 5 °"));
        assert!(!ends_inside_unit(lexicon, "голова с/"));
    }

    #[test]
    fn bare_dates_are_no_sentences() {
        let lexicon = Lexicon::of(Language::UKRAINIAN);
        for front in ["У 1943 ", "23 січ. 2024 ", "До 5 травня 2024 ", "У XVI–XVII "]
        {
            assert!(is_bare_date_or_amount(lexicon, front, "р"), "{front}");
        }
        assert!(is_bare_date_or_amount(lexicon, "23 ", "січ"));
        assert!(!is_bare_date_or_amount(lexicon, "Площа 20 ", "р"));
        assert!(!is_bare_date_or_amount(lexicon, "20 ", "км"));
    }

    #[test]
    fn numbered_headings_and_sections_are_recognised() {
        let lexicon = Lexicon::of(Language::UKRAINIAN);
        assert!(is_numbered_heading(lexicon, "Стаття 5"));
        assert!(is_numbered_heading(lexicon, "Рис. 3.1"));
        assert!(!is_numbered_heading(lexicon, "Йому 5"));
        assert!(ends_with_section_number(lexicon, "згідно з п. 3.2"));
        assert!(ends_with_section_number(lexicon, "згідно з пунктом 3"));
        assert!(!ends_with_section_number(lexicon, "версія 3.2"));
    }
}
