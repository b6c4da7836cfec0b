//! Numbers written in digits, in the notation of a language: 1,234.5 in English, 1 234,5 in
//! Ukrainian, 1.234,5 in German.

use std::borrow::Cow;

use xxhash_rust::xxh3::xxh3_64;

use super::Span;
use crate::Language;
use crate::language::decimal_sign;

/// A number written in digits.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Number<'t> {
    /// The digits before the decimal mark, without thousands separators.
    pub integer: Cow<'t, str>,
    /// The digits after the decimal mark; empty if there is none.
    pub fraction: &'t str,
    /// The bytes of the text that the number covers.
    pub span: Span,
}

impl Number<'_> {
    /// A hash of the value: 1.234,50 in German and 1,234.5 in English have the same.
    pub fn key(&self) -> u64 {
        number_key(&self.integer, self.fraction)
    }
}

/// [`Number::key`] from the digits before and after the decimal mark.
pub(crate) fn number_key(integer: &str, fraction: &str) -> u64 {
    let (integer, fraction) = (integer.trim_start_matches('0'), fraction.trim_end_matches('0'));
    xxh3_64(format!("{integer}.{fraction}").as_bytes())
}

/// The numbers of a text, in order.
///
/// 1.234,5 in German, 1 234,5 in Ukrainian and 1,234.5 in English are one number each. Digits with
/// other separators, such as 14:30 and 12.05.2024, are several numbers.
///
/// ```
/// use bitext::{Language, text::numbers};
///
/// let german = numbers(Language::GERMAN, "rund 1.234,5 Tonnen");
/// assert_eq!((&*german[0].integer, german[0].fraction), ("1234", "5"));
/// assert_eq!(german[0].key(), numbers(Language::ENGLISH, "1,234.50")[0].key());
/// assert_eq!(numbers(Language::GERMAN, "am 12.05.2024").len(), 3);
/// ```
pub fn numbers(language: Language, text: &str) -> Vec<Number<'_>> {
    let mut numbers = Vec::new();
    let digits = |from: usize| {
        let rest = &text.as_bytes()[from..];
        rest.iter().position(|byte| !byte.is_ascii_digit()).unwrap_or(rest.len())
    };
    let mut at = 0;
    while let Some(start) = text.as_bytes()[at..].iter().position(u8::is_ascii_digit) {
        at += start;
        let (mut groups, mut separators) = (Vec::<Span>::new(), Vec::new());
        loop {
            let end = at + digits(at);
            groups.push(at..end);
            at = end;
            let Some(separator) = text[at..].chars().next() else { break };
            let after = at + separator.len_utf8();
            let next = digits(after);
            let joins = match separator {
                '.' | ',' | '\'' | '’' => next > 0,
                ' ' | '\u{a0}' | '\u{202f}' | '\u{2009}' => {
                    next == 3 && groups.last().is_some_and(|group| group.len() <= 3)
                }
                _ => false,
            };
            if !joins {
                break;
            }
            separators.push(separator);
            at = after;
        }
        read(language, text, &groups, &separators, &mut numbers);
    }
    numbers
}

/// Reads groups of digits, and the separators between them, as one number or several.
fn read<'t>(
    language: Language,
    text: &'t str,
    groups: &[Span],
    separators: &[char],
    numbers: &mut Vec<Number<'t>>,
) {
    let decimal = decimal_sign(language);
    let (whole, fraction) = match separators.last() {
        Some(&separator) if separator == decimal => (groups.len() - 1, groups.last().cloned()),
        _ => (groups.len(), None),
    };
    let is_one_number = groups[1..whole].iter().all(|group| group.len() == 3)
        && (whole == 1 || groups[0].len() <= 3)
        && separators[..whole - 1]
            .iter()
            .all(|&separator| separator == separators[0] && separator != decimal);
    if is_one_number {
        let integer = match &groups[..whole] {
            [only] => Cow::Borrowed(&text[only.clone()]),
            all => Cow::Owned(all.iter().map(|group| &text[group.clone()]).collect()),
        };
        let span = groups[0].start..groups[groups.len() - 1].end;
        numbers.push(Number { integer, fraction: fraction.map_or("", |at| &text[at]), span });
    } else {
        numbers.extend(groups.iter().map(|group| Number {
            integer: Cow::Borrowed(&text[group.clone()]),
            fraction: "",
            span: group.clone(),
        }));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const EN: Language = Language::ENGLISH;
    const UK: Language = Language::UKRAINIAN;
    const DE: Language = Language::GERMAN;

    /// The keys, sorted.
    fn sorted(language: Language, text: &str) -> Vec<u64> {
        let mut keys: Vec<u64> = numbers(language, text).iter().map(Number::key).collect();
        keys.sort_unstable();
        keys
    }

    #[test]
    fn one_number_in_three_notations_has_one_key() {
        let key = sorted(EN, "about 1,234.5 tonnes");
        assert_eq!(key.len(), 1);
        assert_eq!(sorted(EN, "1234.50"), key);
        assert_eq!(sorted(DE, "1.234,5 Tonnen"), key);
        for space in [' ', '\u{a0}', '\u{202f}', '\u{2009}'] {
            assert_eq!(sorted(UK, &format!("майже 1{space}234,5 тонни")), key, "{space:?}");
        }
        assert_eq!(sorted(EN, "12,000,000"), sorted(DE, "12.000.000"));
        assert_ne!(sorted(EN, "1.5"), sorted(DE, "1.5"));
        assert_eq!(sorted(EN, "1.5"), sorted(DE, "1,5"));
        assert_eq!(sorted(EN, "on page 12, 1999"), sorted(DE, "1999 12"));
    }

    #[test]
    fn dates_and_times_are_several_numbers() {
        assert_eq!(sorted(EN, "at 14:30"), sorted(UK, "о 14:30"));
        assert_eq!(sorted(DE, "um 14.30 Uhr"), sorted(EN, "30 14"));
        let date = sorted(DE, "am 12.05.2024");
        assert_eq!(date.len(), 3);
        assert_eq!(date, sorted(UK, "12.05.2024"));
        assert_eq!(date, sorted(EN, "2024-5-12"));
        assert_eq!(sorted(EN, "").len(), 0);
        for text in ["1.", "1,", "1 ", "1.,2", "1'", "0", "00.00", "1 000 0000", ".5", "1,,2"] {
            assert!([EN, UK, DE].iter().all(|language| sorted(*language, text).len() < 5));
        }
    }

    #[test]
    fn spans_cover_the_digits_and_separators() {
        let text = "ab 1 234,5 ü 12.05.2024";
        let spans = numbers(UK, text).into_iter().map(|number| &text[number.span]);
        assert_eq!(spans.collect::<Vec<_>>(), ["1 234,5", "12", "05", "2024"]);
    }
}
