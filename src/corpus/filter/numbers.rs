//! Numbers that disagree.
//!
//! A number in figures is at peace where the other side has its value in any
//! notation, with a word such as `million` behind it or without, written out, as a
//! month, a Roman numeral, an hour of the afternoon or a year without its century. What
//! is left over on one side alone may have been left out or be a word that is not
//! known here; what is left over on both sides is a contradiction.

use crate::Language;
use crate::text::{Number, numbers};

use super::words;

/// A number in figures, as it may be compared.
struct Quantity {
    /// Figures before and behind the decimal mark, without zeros that say nothing.
    plain: (String, String),
    /// The same with the word behind it: million and the like.
    scaled: Option<(String, String)>,
    /// All figures, as they stand.
    digits: String,
    /// Of twelve hours, in the afternoon.
    pm: bool,
    /// May be missing on the other side: the minutes of a full hour.
    idle: bool,
}

impl Quantity {
    fn read(language: Language, text: &str, number: &Number<'_>) -> Quantity {
        let plain = canonical(&number.integer, number.fraction);
        let behind = &text[number.span.end..];
        let scaled = scale(language, behind).map(|zeros| shift(&plain, zeros));
        let before = &text[..number.span.start];
        let idle = plain == (String::new(), String::new()) && before.ends_with([':', '.']);
        let digits = format!("{}{}", number.integer, number.fraction);
        Quantity { plain, scaled, digits, pm: is_pm(behind), idle }
    }

    fn agrees(&self, other: &Quantity) -> bool {
        let value = |q: &Quantity| q.scaled.clone().unwrap_or_else(|| q.plain.clone());
        value(self) == value(other)
            || (self.plain == other.plain && (self.scaled.is_none() || other.scaled.is_none()))
            || hour(self, other)
            || hour(other, self)
            || short_year(self, other)
            || short_year(other, self)
    }

    /// Whether it is one of the values of words.
    fn is_among(&self, values: &[u64]) -> bool {
        let is = |(integer, fraction): &(String, String)| {
            let whole = integer.parse().is_ok_and(|whole: u64| {
                fraction.is_empty() && values.binary_search(&whole).is_ok()
            });
            // Halves and quarters.
            whole
                || match fraction.as_str() {
                    "5" => values.binary_search(&50).is_ok(),
                    "25" | "75" => values.binary_search(&25).is_ok(),
                    _ => false,
                }
        };
        self.idle || is(&self.plain) || self.scaled.as_ref().is_some_and(is)
    }
}

fn canonical(integer: &str, fraction: &str) -> (String, String) {
    let (integer, fraction) = (integer.trim_start_matches('0'), fraction.trim_end_matches('0'));
    (integer.to_string(), fraction.to_string())
}

/// A number with its decimal mark moved to the right.
fn shift((integer, fraction): &(String, String), zeros: usize) -> (String, String) {
    let moved = fraction.len().min(zeros);
    let mut whole = format!("{integer}{}", &fraction[..moved]);
    whole.extend(std::iter::repeat_n('0', zeros - moved));
    canonical(&whole, &fraction[moved..])
}

/// `2 pm` and 14.
fn hour(one: &Quantity, other: &Quantity) -> bool {
    let hour = |q: &Quantity| q.plain.0.parse::<u32>().ok().filter(|_| q.plain.1.is_empty());
    one.pm && hour(one).is_some_and(|h| h < 12 && hour(other) == Some(h + 12))
}

/// 1990 and 90.
fn short_year(one: &Quantity, other: &Quantity) -> bool {
    let year = one.digits.len() == 4 && matches!(one.digits.as_bytes()[0], b'1' | b'2');
    year && other.digits.len() == 2 && one.digits.ends_with(&other.digits)
}

fn is_pm(behind: &str) -> bool {
    let behind: String = behind.chars().take(8).filter(char::is_ascii_alphabetic).collect();
    behind.to_ascii_lowercase().starts_with("pm")
}

/// How many zeros the word behind a number stands for.
fn scale(language: Language, behind: &str) -> Option<usize> {
    let gap = |c: char| c.is_whitespace() || c == '-';
    let start = behind.trim_start_matches(gap);
    if behind.len() - start.len() > 4 {
        return None;
    }
    let apart = start.len() < behind.len();
    let end = start.find(|c: char| !c.is_alphabetic()).unwrap_or(start.len());
    let word = start[..end].to_lowercase();
    let begins = |stems: &[&str]| stems.iter().any(|stem| word.starts_with(stem));
    match (language.primary(), word.as_str()) {
        (_, "") => None,
        ("en", "k") if !apart => Some(3),
        ("en", "m" | "mn" | "mln" | "mio") => Some(6),
        ("en", "b" | "bn" | "bln") => Some(9),
        ("en", "tn" | "trn") => Some(12),
        ("en", _) if begins(&["thousand"]) => Some(3),
        ("en", _) if begins(&["million"]) => Some(6),
        ("en", _) if begins(&["billion"]) => Some(9),
        ("en", _) if begins(&["trillion"]) => Some(12),
        ("uk", "тис" | "т") => Some(3),
        ("uk", "млн") => Some(6),
        ("uk", "млрд") => Some(9),
        ("uk", "трлн") => Some(12),
        ("uk", _) if begins(&["тисяч"]) => Some(3),
        ("uk", _) if begins(&["мільйон", "млн"]) => Some(6),
        ("uk", _) if begins(&["мільярд"]) => Some(9),
        ("uk", _) if begins(&["трильйон"]) => Some(12),
        ("de", "tsd" | "tds") => Some(3),
        ("de", "mio" | "mill") => Some(6),
        ("de", "mrd" | "mia") => Some(9),
        ("de", "bio") => Some(12),
        ("de", _) if begins(&["tausend"]) => Some(3),
        ("de", _) if begins(&["million"]) => Some(6),
        ("de", _) if begins(&["milliard"]) => Some(9),
        ("de", _) if begins(&["billion"]) => Some(12),
        _ => None,
    }
}

/// How much the numbers of two texts disagree, 0 to 1: those that contradict each
/// other, and an eighth of those that only one side has, over all. 0 where there are none.
pub(super) fn mismatch(source: (Language, &str), target: (Language, &str)) -> f32 {
    let read = |(language, text): (Language, &str)| -> Vec<Quantity> {
        let mut all = Vec::new();
        for number in numbers(language, text) {
            let quantity = Quantity::read(language, text, &number);
            // 5.30pm is no decimal.
            if quantity.pm && number.fraction.len() == 2 {
                let part = |digits: &str| Quantity {
                    plain: canonical(digits, ""),
                    scaled: None,
                    digits: digits.to_string(),
                    pm: true,
                    idle: digits == "00",
                };
                all.extend([part(&number.integer), part(number.fraction)]);
            } else {
                all.push(quantity);
            }
        }
        all
    };
    let sides = [read(source), read(target)];
    if sides[0].is_empty() && sides[1].is_empty() {
        return 0.0;
    }
    let all = |side: &[Quantity]| side.iter().map(|q| q.digits.as_str()).collect::<String>();
    let scaled = |side: &[Quantity]| side.iter().any(|q| q.scaled.is_some());
    if all(&sides[0]) == all(&sides[1]) && !(scaled(&sides[0]) && scaled(&sides[1])) {
        return 0.0;
    }
    let left = [left_over(&sides[0], &sides[1], target), left_over(&sides[1], &sides[0], source)];
    let contradictions = left[0].min(left[1]) as f32;
    let alone = left[0].abs_diff(left[1]) as f32;
    let most = sides[0].len().max(sides[1].len()) as f32;
    (contradictions + alone / 8.0) / most
}

/// How many numbers of one side are not on the other.
fn left_over(own: &[Quantity], others: &[Quantity], other: (Language, &str)) -> usize {
    let words = words::values(other.0, other.1);
    let mut left = 0;
    let mut at = 0;
    while at < own.len() {
        if others.iter().any(|q| own[at].agrees(q)) || own[at].is_among(&words) {
            at += 1;
            continue;
        }
        // Grouped otherwise: 0800 123 456, or 1.5 as it stands in the original.
        match regrouped(&own[at..], others) {
            0 => {
                left += 1;
                at += 1;
            }
            many => at += many,
        }
    }
    left
}

/// How many numbers from the first on have the same figures as some in a row of
/// the others; 0 where none have.
fn regrouped(own: &[Quantity], others: &[Quantity]) -> usize {
    const LONGEST: usize = 6;
    let mut figures = String::new();
    for (at, number) in own.iter().take(LONGEST).enumerate() {
        figures.push_str(&number.digits);
        for start in 0..others.len() {
            // 0430 is 4:30.
            let mut rest = figures.trim_start_matches('0');
            for (nth, other) in others[start..].iter().enumerate() {
                let digits = match nth {
                    0 => other.digits.trim_start_matches('0'),
                    _ => other.digits.as_str(),
                };
                let Some(after) = rest.strip_prefix(digits) else { break };
                rest = after;
                if rest.is_empty() && (number.scaled.is_none() || other.scaled.is_none()) {
                    return at + 1;
                }
            }
        }
    }
    0
}

#[cfg(test)]
mod tests {
    use super::*;

    const EN: Language = Language::ENGLISH;
    const UK: Language = Language::UKRAINIAN;
    const DE: Language = Language::GERMAN;

    #[test]
    fn notations_words_and_dates_agree() {
        for (source, target) in [
            ((EN, "1,234.5 tonnes"), (UK, "1 234,5 тонни")),
            ((EN, "1,234.5 tonnes"), (DE, "1.234,5 Tonnen")),
            ((EN, "1.5 million people"), (DE, "1.500.000 Menschen")),
            ((EN, "$1.5bn"), (UK, "1,5 млрд доларів")),
            ((EN, "1.5 million"), (UK, "1500 тис.")),
            ((EN, "EUR 12.3 million"), (DE, "12,3 Mio. Euro")),
            ((EN, "on May 12, 2024"), (DE, "am 12.05.2024")),
            ((EN, "on 12/05/2024"), (UK, "12 травня 2024 року")),
            ((EN, "at 2 pm"), (DE, "um 14 Uhr")),
            ((EN, "at 2:30 p.m."), (UK, "о 14:30")),
            ((EN, "at 5.30pm"), (DE, "um 17.30 Uhr")),
            ((EN, "0430 hours"), (UK, "о 4:30")),
            ((EN, "at 9:00"), (DE, "um 9 Uhr")),
            ((EN, "in the 1990s"), (UK, "у 90-х роках")),
            ((EN, "the 19th century"), (UK, "XIX століття")),
            ((EN, "25 people"), (DE, "fünfundzwanzig Menschen")),
            ((EN, "two boats"), (UK, "2 човни")),
            ((EN, "call 0800 123 456"), (DE, "0800 123456")),
            ((EN, "version 1.5"), (DE, "Version 1.5")),
            ((EN, "half a million"), (DE, "0,5 Mio.")),
            ((EN, "none"), (DE, "keine")),
        ] {
            let score = mismatch(source, target);
            assert_eq!(score, 0.0, "{source:?} {target:?}");
            assert_eq!(mismatch(target, source), score);
        }
    }

    #[test]
    fn contradictions_are_worse_than_what_is_left_out() {
        assert_eq!(mismatch((EN, "It cost 15 euros."), (DE, "Es kostete 51 Euro.")), 1.0);
        assert_eq!(mismatch((EN, "1.5 million"), (DE, "1,5 Mrd.")), 1.0);
        assert_eq!(mismatch((EN, "15 and 99"), (UK, "15 і 98")), 0.5);
        assert_eq!(mismatch((EN, "It cost 15 euros."), (DE, "Es war teuer.")), 0.125);
        assert_eq!(mismatch((EN, "in 1990"), (DE, "1991")), 1.0);
    }
}
