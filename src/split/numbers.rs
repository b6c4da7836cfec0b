//! Numbers and what they belong to: a list's item, a section, a unit, a date.

use super::chars::{is_number, is_opening_bracket, is_roman, last_word, single_letter, trim_near};
use super::table::{Kinds, Table};

/// Whether a sentence so far is the number of a list's item: `1.`, `2.3.`,
/// `IV.`, `(a.`
pub(super) fn is_list_number(sentence: &str) -> bool {
    const LONGEST: usize = 10;
    // A long sentence is not looked through, be it brackets to the end.
    if sentence.len() > 3 * LONGEST {
        return false;
    }
    let number = sentence.trim_start_matches(is_opening_bracket);
    if number.len() > LONGEST || number.is_empty() {
        return false;
    }
    let parts = number.split('.').filter(|part| !part.is_empty());
    let mut figures = parts.clone();
    let short = |part: &str| part.len() <= 3 && is_number(part);
    figures.all(short) || is_roman(number) || parts.count() == 1 && single_letter(number).is_some()
}

/// Whether a paragraph that begins with `number` and a stop holds one item
/// only: no other number follows in `rest` as the number of the next would.
pub(super) fn is_lone_item(number: &str, rest: &str) -> bool {
    let Some(next) = number.parse::<u16>().ok().and_then(|number| number.checked_add(1)) else {
        return false;
    };
    let next = format!(" {next}. ");
    !rest.contains(&next)
}

/// Whether a sentence so far is the heading of something numbered, whose title
/// follows: `Стаття 5`, `Рис. 3`, `Розділ IV`
pub(super) fn is_numbered(table: &Table, sentence: &str) -> bool {
    /// Bytes of such a heading, at most.
    const LONGEST: usize = 40;
    if sentence.len() > LONGEST {
        return false;
    }
    let mut words = sentence.split_whitespace();
    let (Some(first), Some(number), None) = (words.next(), words.next(), words.next()) else {
        return false;
    };
    let figures = number.split('.').all(is_number) || is_roman(number);
    let heading = table.word(first.trim_end_matches('.')).has(Kinds::NUMBERED);
    heading && (figures || single_letter(number).is_some())
}

/// Whether the sentence so far ends with the number of a section, whose stop
/// may be a part of it: `згідно з п. 3.2`, before `. Договору`
pub(super) fn is_section(table: &Table, before: &str) -> bool {
    /// Bytes of such a number, at most.
    const LONGEST: usize = 12;
    let digits = before.bytes().rev().take(LONGEST);
    let len = digits.take_while(|byte| byte.is_ascii_digit() || *byte == b'.').count();
    let front = trim_near(&before[..before.len() - len]);
    let front = front.strip_suffix('.').unwrap_or(front);
    let word = last_word(front);
    let kinds = table.abbreviation(&front[..front.len() - word.len()], word);
    kinds.has(Kinds::NUMBER) || table.word(word).has(Kinds::LABEL)
}

/// Whether what stands in front of a unit makes it one: a number, with or
/// without words of quantity between them, as in `5 тис.` and `20 кв.`
pub(super) fn is_counted(table: &Table, front: &str) -> bool {
    /// How many such words there are at most.
    const WORDS: usize = 3;
    let mut front = front;
    for _ in 0..=WORDS {
        let near = trim_near(front);
        let near = near.strip_suffix('.').unwrap_or(near);
        let word = last_word(near);
        if word.ends_with(|c: char| c.is_ascii_digit()) || is_roman(word) {
            return true;
        }
        if word.is_empty() || !table.word(word).has(Kinds::QUANTITY) {
            return false;
        }
        front = &near[..near.len() - word.len()];
    }
    false
}

/// Whether the letters behind `front` are the second part of a unit, whatever
/// they look like: `120 км/год`, `5 °C`.
pub(super) fn is_rate(table: &Table, front: &str) -> bool {
    if let Some(front) = front.strip_suffix('°') {
        return is_counted(table, front);
    }
    let Some(front) = front.strip_suffix('/') else { return false };
    let unit = last_word(front);
    !unit.is_empty() && is_counted(table, &front[..front.len() - unit.len()])
}

/// Whether all there is of a sentence before a unit is a date or an amount: a
/// word such as `In` and a number, or a day and a month, which may be the `unit`
/// itself. That is no sentence yet.
pub(super) fn is_frontal(table: &Table, front: &str, unit: &str) -> bool {
    /// Words of such a date, at most: `До 5 січ. 2024`
    const WORDS: usize = 4;
    let mut dated = false;
    let (mut count, mut fronted) = (usize::from(table.word(unit).has(Kinds::MONTH)), false);
    let month = count > 0;
    for word in front.split_whitespace() {
        let bare = word.trim_end_matches('.');
        let kinds = table.word(bare);
        if count == usize::from(month) && kinds.has(Kinds::FRONT) {
            fronted = true;
        } else if kinds.has(Kinds::MONTH) {
            dated = true;
        } else if !(bare.starts_with(|c: char| c.is_ascii_digit()) || is_roman_range(bare)) {
            return false;
        }
        count += 1;
        if count > WORDS {
            return false;
        }
    }
    (month || dated || fronted) && count > 1
}

/// `XIX`, `XVI–XVII`
fn is_roman_range(word: &str) -> bool {
    word.split(['-', '–']).all(is_roman)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Language;

    #[test]
    fn numbers_of_items() {
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
    fn what_makes_a_unit() {
        let table = Table::of(Language::UKRAINIAN);
        assert!(is_counted(table, "до 45 "));
        assert!(is_counted(table, "до 45 тис. кв. "));
        assert!(is_counted(table, "до 1,5 млн\u{a0}"));
        assert!(!is_counted(table, "продали за "));
        assert!(is_rate(table, "їхав 120 км/"));
        assert!(is_rate(table, "було 5 °"));
        assert!(!is_rate(table, "голова с/"));
    }

    #[test]
    fn dates_at_the_front() {
        let table = Table::of(Language::UKRAINIAN);
        for front in ["У 1943 ", "23 січ. 2024 ", "До 5 травня 2024 ", "У XVI–XVII "]
        {
            assert!(is_frontal(table, front, "р"), "{front}");
        }
        assert!(is_frontal(table, "23 ", "січ"));
        assert!(!is_frontal(table, "Площа 20 ", "р"));
        assert!(!is_frontal(table, "20 ", "км"));
    }

    #[test]
    fn headings_and_sections() {
        let table = Table::of(Language::UKRAINIAN);
        assert!(is_numbered(table, "Стаття 5"));
        assert!(is_numbered(table, "Рис. 3.1"));
        assert!(!is_numbered(table, "Йому 5"));
        assert!(is_section(table, "згідно з п. 3.2"));
        assert!(is_section(table, "згідно з пунктом 3"));
        assert!(!is_section(table, "версія 3.2"));
    }
}
