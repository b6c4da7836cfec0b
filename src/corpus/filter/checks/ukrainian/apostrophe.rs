//! Words that lack an apostrophe (`пять`, `обєкт`), or have another mark in its place (`п"ять`).
//!
//! The rules are those cases of the Ukrainian orthography of 2019 that need no knowledge of the word: no consonant stands
//! before `ї`, and no `б`, `в`, `м`, `п` or `ф` after a vowel or at the start stands before `я`. Other cases are in
//! a list of stems. In a dictionary of 4 million forms, the words in small letters that the rules take for faults by
//! mistake are the exceptions below.

use super::words::Words;
use crate::corpus::filter::checks::language::is_cyrillic;

/// Parts of words before which the apostrophe is missing or in which it is missing.
#[rustfmt::skip]
const STEMS: [&str; 30] = [
    "адютант", "барєр", "вербян", "відємн", "зєдн", "зясов", "зясув", "інтерєр", "інєкц", "карєр",
    "компютер", "конюнкт", "курєр", "подвіря", "премєр", "розєдн", "розясн", "сузіря", "торфян", "субєкт",
    "обєкт", "обєм", "підєдн", "відєдн", "узгіря", "звязк", "звязок", "звязан", "звязат", "інтервю",
];

/// Words that may start with a stem only: inside a word, it is part of another one.
const START_STEMS: [&str; 6] = ["обєдн", "зявит", "зявив", "зявля", "зявл", "зявил"];

/// Starts of words that the rule of labial consonants takes for faults: бязь, бяка, лубʼяний and others.
const RIGHT_STARTS: [&str; 6] = ["бяз", "бяк", "мяло", "дубяг", "жлобяр", "любовя"];

/// The number of words that lack an apostrophe or have another mark in its place.
pub(super) fn count_missing(text: &str, words: &Words) -> usize {
    let lacking = words.iter().filter(|(place, word)| !place.may_be_name && lacks(word));
    lacking.count() + count_wrong_marks(text)
}

fn lacks(word: &str) -> bool {
    if !word.contains(['ї', 'я', 'є', 'ю']) || word.contains(['ы', 'э', 'ё', 'ъ']) {
        return false;
    }
    let is_labial = |c: char| matches!(c, 'б' | 'в' | 'м' | 'п' | 'ф');
    let mut before = [None, None];
    for c in word.chars() {
        let lacking = match (c, before[1]) {
            ('ї', Some(last)) => is_consonant(last),
            ('я', Some(last)) if is_labial(last) => before[0].is_none_or(is_vowel),
            _ => false,
        };
        if lacking && !RIGHT_STARTS.iter().any(|start| word.starts_with(start)) {
            return true;
        }
        before = [before[1], Some(c)];
    }
    STEMS.iter().any(|stem| word.contains(stem))
        || START_STEMS.iter().any(|stem| word.starts_with(stem))
}

/// Other marks in the place of an apostrophe: quotation marks, accents, an asterisk.
fn count_wrong_marks(text: &str) -> usize {
    let is_mark = |c: char| matches!(c, '"' | '`' | '´' | '*' | '″' | '”' | '“' | '‘' | '′');
    if !text.contains(is_mark) {
        return 0;
    }
    let mut count = 0;
    // The mark stands between a consonant inside a word and `я`, `ю`, `є` or `ї` with a letter after it.
    let mut last = [' '; 4];
    let mut is_quoted = false;
    for c in text.chars() {
        let [first, consonant, mark, vowel] = last;
        let inside = is_cyrillic(first) || is_labial_or_prefix_end(consonant);
        let found = is_mark(mark)
            && inside
            && is_labial_or_prefix_end(consonant)
            && matches!(vowel, 'я' | 'ю' | 'є' | 'ї')
            && is_cyrillic(c);
        // A closing quotation mark without a space after it is another mistake.
        count += usize::from(found && !(is_quoted && mark != '`'));
        if c.is_whitespace() {
            is_quoted = false;
        } else if matches!(c, '"' | '“' | '”' | '‘' | '*') && !is_cyrillic(vowel) {
            is_quoted = true;
        }
        last = [consonant, mark, vowel, c];
    }
    count
}

/// Whether an apostrophe can follow a small letter: labial consonants, `р`, and the ends of prefixes.
fn is_labial_or_prefix_end(c: char) -> bool {
    matches!(c, 'б' | 'п' | 'в' | 'м' | 'ф' | 'р' | 'з' | 'д' | 'к' | 'т' | 'н')
        || matches!(c, 'Б' | 'П' | 'В' | 'М' | 'З' | 'Р')
}

fn is_vowel(c: char) -> bool {
    matches!(c, 'а' | 'е' | 'є' | 'и' | 'і' | 'ї' | 'о' | 'у' | 'ю' | 'я')
}

fn is_consonant(c: char) -> bool {
    matches!(c, 'б'..='п' | 'р'..='щ' | 'ґ') && !is_vowel(c) && c != 'й'
}

#[cfg(test)]
mod tests {
    use super::*;

    fn count(text: &str) -> usize {
        count_missing(text, &Words::of(text))
    }

    #[test]
    fn words_without_their_apostrophe_are_found() {
        for text in [
            "пять",
            "девять",
            "сімя",
            "обявити",
            "зїзд",
            "обєкт",
            "компютер",
            "інтервю",
            "памятати",
            "Пятниця",
            "зєднання",
            "звязок",
            "подвіря",
            "карєра",
            "п\"ять",
            "об`єкт",
            "п*ять",
            "м”яч",
        ] {
            assert_eq!(count(text), 1, "{text}");
        }
    }

    #[test]
    fn words_that_need_no_apostrophe_are_right() {
        for text in [
            "п’ять дев'ять сімʼя",
            "свято, цвях, тьмяний, різдвяний, духмяний, мавпячий",
            "бюро, бюджет, пюре, фюзеляж, гравюра, кювет",
            "бязь і бязевий",
            "поїзд, її, українці, Мар'їнка",
            "розявлений рот, буряний вітер",
            "приїхав Бабяк",
            "сказав:\"я йду\"",
            "зоряний, буряк, рятувати, ряд",
            "",
        ] {
            assert_eq!(count(text), 0, "{text}");
        }
    }
}
