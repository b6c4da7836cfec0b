//! A number in digits, in the forms in which it is compared.

use crate::Language;
use crate::text::Number;

use super::units::{self, Measure, word_after};

/// The digits before and after the decimal separator, without leading and trailing zeros.
pub(super) type Decimal = (String, String);

/// The text between a number and the previous one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum NumberGap {
    /// One mark that may be a decimal separator or the separator of a time: `4:30`.
    Mark,
    /// A separator between groups of a telephone number.
    Loose,
    /// Anything else.
    Words,
}

/// A number in digits.
#[derive(Clone, Debug)]
pub(super) struct Quantity {
    pub plain: Decimal,
    /// The value with a following word such as `million`, and the zeros of that word.
    pub scaled: Option<(Decimal, usize)>,
    /// The digits before the decimal separator, unchanged.
    pub integer: String,
    /// The digits after the decimal separator, unchanged.
    pub fraction: String,
    /// The number as written in the text.
    pub literal: String,
    /// Whether it is an hour of the afternoon on a twelve-hour clock.
    pub pm: bool,
    /// Whether it may be missing on the other side: the minutes of a full hour.
    pub idle: bool,
    pub gap: NumberGap,
    /// The dimension, and the amount in its base unit.
    pub measure: Option<Measure>,
}

impl Quantity {
    pub fn read(language: Language, text: &str, number: &Number<'_>, gap: NumberGap) -> Quantity {
        let plain = canonical(&number.integer, number.fraction);
        let after = &text[number.span.end..];
        let scaled = scale(language, after).map(|zeros| (shift(&plain, zeros), zeros));
        let before = &text[..number.span.start];
        let idle = plain == (String::new(), String::new()) && before.ends_with([':', '.']);
        let mut quantity = Quantity {
            plain,
            scaled,
            integer: number.integer.to_string(),
            fraction: number.fraction.to_string(),
            literal: text[number.span.clone()].to_string(),
            pm: is_pm(after) || after_next_number(after).is_some_and(is_pm),
            idle,
            gap,
            measure: None,
        };
        let amount = quantity.amount();
        quantity.measure = units::measure(after, amount)
            .or_else(|| units::measure(after_next_number(after)?, amount));
        quantity
    }

    /// A number with a given value, such as a fraction.
    pub fn of_value(language: Language, after: &str, plain: Decimal) -> Quantity {
        let scaled = scale(language, after).map(|zeros| (shift(&plain, zeros), zeros));
        let (integer, fraction) = plain.clone();
        Quantity {
            plain,
            scaled,
            integer,
            fraction,
            literal: String::new(),
            pm: false,
            idle: false,
            gap: NumberGap::Words,
            measure: None,
        }
    }

    /// The hour or the minutes of a time that looks like a decimal: `5.30pm`.
    pub fn of_time(digits: &str, gap: NumberGap) -> Quantity {
        Quantity {
            plain: canonical(digits, ""),
            scaled: None,
            integer: digits.to_string(),
            fraction: String::new(),
            literal: digits.to_string(),
            pm: true,
            idle: digits == "00",
            gap,
            measure: None,
        }
    }

    /// The value, including a following word such as `million`.
    pub fn value(&self) -> &Decimal {
        self.scaled.as_ref().map_or(&self.plain, |(value, _)| value)
    }

    /// The zeros of a following word such as `million`, if there is one.
    pub fn zeros(&self) -> Option<usize> {
        self.scaled.as_ref().map(|(_, zeros)| *zeros)
    }

    /// The value of the digits.
    fn amount(&self) -> f64 {
        let (integer, fraction) = &self.plain;
        format!("0{integer}.{fraction}0").parse().unwrap_or(f64::INFINITY)
    }

    /// An afternoon hour on the 24-hour clock: 14 for `2 pm`.
    pub fn hour(&self) -> Option<Decimal> {
        let hour = self.plain.0.parse::<u32>().ok().filter(|_| self.plain.1.is_empty())?;
        (self.pm && hour < 12).then(|| ((hour + 12).to_string(), String::new()))
    }

    /// The last two digits of a year: 90 for 1990.
    pub fn short_year(&self) -> Option<&str> {
        let is_year = self.fraction.is_empty()
            && self.integer.len() == 4
            && self.integer.starts_with(['1', '2']);
        is_year.then(|| &self.integer[2..])
    }

    /// The century that starts with a year: 19 for 1800.
    pub fn century(&self) -> Option<Decimal> {
        let century = self
            .short_year()
            .filter(|short| *short == "00")
            .and_then(|_| self.integer[..2].parse::<u32>().ok().map(|hundreds| hundreds + 1))?;
        Some((century.to_string(), String::new()))
    }

    /// Whether the number is among the values of words. `values` is sorted.
    pub fn is_among(&self, values: &[u64]) -> bool {
        let has = |value: u64| values.binary_search(&value).is_ok();
        let is = |(integer, fraction): &Decimal| {
            let whole = fraction.is_empty() && integer.parse().is_ok_and(has);
            // Halves, quarters and thirds, with the values of the tables of number words.
            whole
                || match fraction.as_str() {
                    "5" => has(50),
                    "25" | "75" => has(25),
                    "333" | "667" => has(3),
                    _ => false,
                }
        };
        self.idle || is(&self.plain) || self.scaled.as_ref().is_some_and(|(value, _)| is(value))
    }
}

/// A value without leading and trailing zeros.
pub(super) fn canonical(integer: &str, fraction: &str) -> Decimal {
    let (integer, fraction) = (integer.trim_start_matches('0'), fraction.trim_end_matches('0'));
    (integer.to_string(), fraction.to_string())
}

/// Moves the decimal separator to the right.
fn shift((integer, fraction): &Decimal, zeros: usize) -> Decimal {
    let moved = fraction.len().min(zeros);
    let mut whole = format!("{integer}{}", &fraction[..moved]);
    whole.extend(std::iter::repeat_n('0', zeros - moved));
    canonical(&whole, &fraction[moved..])
}

/// The text after the next number, if only a word such as `x` or `to` is between: both numbers then have one
/// unit.
fn after_next_number(after: &str) -> Option<&str> {
    const CONNECTORS: [&str; 10] = ["x", "×", "–", "-", "to", "by", "bis", "до", "на", "х"];
    let start = after.find(|c: char| c.is_ascii_digit()).filter(|&start| start <= 8)?;
    let between = CONNECTORS.contains(&after[..start].trim());
    let number = |c: char| c.is_ascii_digit() || matches!(c, '.' | ',');
    between.then(|| after[start..].trim_start_matches(number))
}

/// Whether `pm` or `p.m.` follows.
fn is_pm(after: &str) -> bool {
    let after: String = after.chars().take(8).filter(char::is_ascii_alphabetic).collect();
    after.to_ascii_lowercase().starts_with("pm")
}

/// The zeros of the word after a number: 6 for `million`.
fn scale(language: Language, after: &str) -> Option<usize> {
    let (word, apart) = word_after(after);
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
