//! Parses the numbers of a text, and the versions, telephone numbers and fractions that they form.

use crate::Language;
use crate::text::{Number, Span, numbers};

use super::quantity::{Decimal, NumberGap, Quantity, canonical};

/// The numbers of a text in digits.
pub(super) struct ParsedNumbers {
    pub quantities: Vec<Quantity>,
    /// Versions, chapters and network addresses: `2.4.3`.
    pub versions: Vec<VersionNumber>,
    pub phones: Vec<Phone>,
    pub fractions: Vec<Fraction>,
}

/// Three or more numbers with full stops between them, such as `2.4.3`, that are not a date.
pub(super) struct VersionNumber {
    /// The range of its quantities.
    pub parts: Span,
    /// The numbers without leading zeros.
    pub numbers: String,
    /// The suffix in small letters: `rc1` in `2.4.3-rc1`.
    pub suffix: String,
}

/// A telephone number.
pub(super) struct Phone {
    pub parts: Span,
    /// The digits without leading zeros, and without the zero in brackets of `+49 (0)30`.
    pub digits: String,
}

/// A fraction such as `1 1/2`.
pub(super) struct Fraction {
    pub parts: Span,
    pub value: Quantity,
}

impl ParsedNumbers {
    pub fn parse(language: Language, text: &str) -> ParsedNumbers {
        let found = numbers(language, text);
        let vulgar = vulgar_fractions(language, text, &found);
        let mut parsed = ParsedNumbers {
            quantities: Vec::new(),
            versions: Vec::new(),
            phones: Vec::new(),
            fractions: Vec::new(),
        };
        // The index of the first quantity of each number.
        let mut places = Vec::with_capacity(found.len() + 1);
        let mut vulgar = vulgar.into_iter().peekable();
        for (at, number) in found.iter().enumerate() {
            while let Some(fraction) = vulgar.next_if(|v| v.start < number.span.start) {
                parsed.quantities.push(fraction.value);
            }
            places.push(parsed.quantities.len());
            // In `1½` the number is part of the fraction.
            if let Some(fraction) = vulgar.next_if(|v| v.number == Some(at)) {
                parsed.quantities.push(fraction.value);
                continue;
            }
            let gap = match at.checked_sub(1) {
                Some(before) => number_gap(&text[found[before].span.end..number.span.start]),
                None => NumberGap::Words,
            };
            let quantity = Quantity::read(language, text, number, gap);
            // `5.30pm` is a time, not a decimal.
            if quantity.pm && number.fraction.len() == 2 {
                parsed.quantities.push(Quantity::of_time(&number.integer, gap));
                parsed.quantities.push(Quantity::of_time(number.fraction, NumberGap::Mark));
            } else {
                parsed.quantities.push(quantity);
            }
        }
        parsed.quantities.extend(vulgar.map(|fraction| fraction.value));
        places.push(parsed.quantities.len());
        let parts = |span: Span| places[span.start]..places[span.end];
        parsed.find_versions(text, &found, parts);
        parsed.find_phones(text, &found, parts);
        parsed.find_fractions(language, text, &found, parts);
        parsed
    }

    fn find_versions(&mut self, text: &str, found: &[Number<'_>], parts: impl Fn(Span) -> Span) {
        /// Numbers of a version, at least; two may be a decimal.
        const MIN_VERSION_NUMBERS: usize = 3;
        let mut at = 0;
        while at < found.len() {
            let joined = |next: usize| {
                found.get(next).is_some_and(|number| {
                    number.fraction.is_empty()
                        && &text[found[next - 1].span.end..number.span.start] == "."
                })
            };
            let mut end = at + 1;
            while found[at].fraction.is_empty() && joined(end) {
                end += 1;
            }
            let chain = &found[at..end];
            if end - at < MIN_VERSION_NUMBERS || is_date(chain) || is_thousands(chain) {
                at = end;
                continue;
            }
            let numbers: Vec<&str> =
                chain.iter().map(|number| number.integer.trim_start_matches('0')).collect();
            let (suffix, suffix_end) = suffix(text, found[end - 1].span.end);
            let start = at;
            // Digits in the suffix belong to the version.
            while found.get(end).is_some_and(|number| number.span.start < suffix_end) {
                end += 1;
            }
            let numbers = numbers.join(".");
            self.versions.push(VersionNumber { parts: parts(start..end), numbers, suffix });
            at = end;
        }
    }

    fn find_phones(&mut self, text: &str, found: &[Number<'_>], parts: impl Fn(Span) -> Span) {
        /// Groups of digits in a telephone number, at most.
        const MAX_PHONE_GROUPS: usize = 8;
        /// Digits of a telephone number: E.164 has up to 15, and a prefix for abroad may be in front.
        const PHONE_DIGITS: std::ops::RangeInclusive<usize> = 7..=17;
        let mut at = 0;
        while at < found.len() {
            let before = &text[..found[at].span.start];
            let marked = before.ends_with(['+', '(']) || found[at].integer.starts_with('0');
            if !marked || !found[at].fraction.is_empty() {
                at += 1;
                continue;
            }
            let mut digits = found[at].integer.to_string();
            let mut end = at + 1;
            while let Some(number) = found.get(end).filter(|_| end - at < MAX_PHONE_GROUPS) {
                let between = &text[found[end - 1].span.end..number.span.start];
                if number_gap(between) == NumberGap::Words || !number.fraction.is_empty() {
                    break;
                }
                // The zero of `+49 (0)30` is not dialled from abroad.
                let dropped = number.integer == "0"
                    && between.ends_with('(')
                    && text[number.span.end..].starts_with(')');
                if !dropped {
                    digits.push_str(&number.integer);
                }
                end += 1;
            }
            if PHONE_DIGITS.contains(&digits.len()) {
                let digits = digits.trim_start_matches('0').to_string();
                self.phones.push(Phone { parts: parts(at..end), digits });
            }
            at = end;
        }
    }

    fn find_fractions(
        &mut self,
        language: Language,
        text: &str,
        found: &[Number<'_>],
        parts: impl Fn(Span) -> Span,
    ) {
        let between =
            |at: usize| found.get(at + 1).map(|n| &text[found[at].span.end..n.span.start]);
        let mut next = 0;
        for at in 0..found.len().saturating_sub(1) {
            // Not part of a date: `1/2/2024`.
            let alone = between(at + 1) != Some("/") && (at == 0 || between(at - 1) != Some("/"));
            if at < next || between(at) != Some("/") || !alone {
                continue;
            }
            let number = |at: usize| -> Option<u32> {
                found[at].integer.parse().ok().filter(|_| found[at].fraction.is_empty())
            };
            let (Some(part), Some(whole)) = (number(at), number(at + 1)) else { continue };
            let Some(fraction) = decimals(part, whole) else { continue };
            let before = at.checked_sub(1).filter(|&before| {
                let joined = [" ", "\u{a0}", "\u{202f}", "-", "\u{2064}"];
                before >= next
                    && between(before).is_some_and(|gap| joined.contains(&gap))
                    && found[before].fraction.is_empty()
            });
            let start = before.unwrap_or(at);
            let integer = before.map_or("", |before| &found[before].integer);
            let after = &text[found[at + 1].span.end..];
            let value = Quantity::of_value(language, after, canonical(integer, &fraction));
            self.fractions.push(Fraction { parts: parts(start..at + 2), value });
            next = at + 2;
        }
    }
}

/// The kind of text between two numbers.
fn number_gap(between: &str) -> NumberGap {
    /// Bytes between two groups of a telephone number, at most.
    const MAX_SEPARATOR_BYTES: usize = 4;
    match between {
        "." | "," | ":" => NumberGap::Mark,
        _ if between.len() <= MAX_SEPARATOR_BYTES
            && between.chars().all(|c| " \u{a0}\u{202f}\u{2009}-–/().'’".contains(c)) =>
        {
            NumberGap::Loose
        }
        _ => NumberGap::Words,
    }
}

/// Whether three numbers are a date: with a year of four digits, or with a year of two digits and a leading
/// zero of day or month, which versions do not have.
fn is_date(chain: &[Number<'_>]) -> bool {
    let [one, two, year] = chain else { return false };
    let value = |number: &Number<'_>| number.integer.parse().unwrap_or(u32::MAX);
    let (a, b) = (value(one), value(two));
    let is_day = (1..=31).contains(&a.max(b)) && (1..=12).contains(&a.min(b));
    let padded = one.integer.starts_with('0') || two.integer.starts_with('0');
    let is_year = match year.integer.len() {
        4 => (1000..3000).contains(&value(year)),
        2 => padded,
        _ => false,
    };
    is_day && is_year
}

/// Whether the numbers are one number with separators between thousands, in the notation of another language.
fn is_thousands(chain: &[Number<'_>]) -> bool {
    let first = &chain[0].integer;
    first.len() <= 3
        && !first.starts_with('0')
        && chain[1..].iter().all(|number| number.integer.len() == 3)
}

/// The suffix of a version, such as `-rc.1`, and its end.
fn suffix(text: &str, start: usize) -> (String, usize) {
    /// Bytes of a suffix, at most.
    const MAX_SUFFIX_BYTES: usize = 24;
    const RELEASE_NAMES: [&str; 8] =
        ["alpha", "beta", "rc", "pre", "preview", "dev", "snapshot", "final"];
    let rest = &text.as_bytes()[start..];
    let part = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'+' | b'~');
    let len = rest.iter().take(MAX_SUFFIX_BYTES).take_while(|&&byte| part(byte)).count();
    let rest = text[start..start + len].trim_end_matches(['.', '-', '+', '~']);
    let bare = rest.trim_start_matches(['.', '-', '+', '~']).to_ascii_lowercase();
    let name = bare.split(|c: char| !c.is_ascii_lowercase()).next().unwrap_or_default();
    // A letter and a number, as in `2.0b1`, or a usual name of a release stage.
    let short = (1..=2).contains(&name.len())
        && bare[name.len()..].starts_with(|c: char| c.is_ascii_digit());
    let letter = bare.len() == 1 && name == bare && rest == bare;
    if !(short || letter || RELEASE_NAMES.contains(&name)) {
        return (String::new(), start);
    }
    let plain = bare.chars().filter(char::is_ascii_alphanumeric).collect();
    (plain, start + rest.len())
}

/// The decimals of a common fraction below 1; rounded to three decimals if they do not end.
fn decimals(part: u32, whole: u32) -> Option<String> {
    const DENOMINATORS: [u32; 10] = [2, 3, 4, 5, 6, 7, 8, 10, 16, 32];
    if part == 0 || part >= whole || !DENOMINATORS.contains(&whole) {
        return None;
    }
    let exact = matches!(whole, 2 | 4 | 5 | 8 | 10 | 16 | 32);
    let value = f64::from(part) / f64::from(whole);
    let text = if exact { format!("{value}") } else { format!("{value:.3}") };
    text.strip_prefix("0.").map(str::to_string)
}

/// A fraction in one character, such as `½`, with the number before it.
struct VulgarFraction {
    start: usize,
    number: Option<usize>,
    value: Quantity,
}

fn vulgar_fractions(language: Language, text: &str, found: &[Number<'_>]) -> Vec<VulgarFraction> {
    let mut fractions = Vec::new();
    for (start, c) in text.char_indices().filter(|(_, c)| !c.is_ascii()) {
        let Some(fraction) = vulgar_fraction(c) else { continue };
        let after = found.partition_point(|number| number.span.start < start);
        let number = after.checked_sub(1).filter(|&at| {
            let between = &text[found[at].span.end..start];
            found[at].fraction.is_empty() && matches!(between, "" | " " | "\u{a0}" | "\u{202f}")
        });
        let integer = number.map_or("", |at| &found[at].integer);
        let plain: Decimal = canonical(integer, &fraction);
        let value = Quantity::of_value(language, &text[start + c.len_utf8()..], plain);
        let start = number.map_or(start, |at| found[at].span.start);
        fractions.push(VulgarFraction { start, number, value });
    }
    fractions
}

/// The decimals of a fraction in one character.
fn vulgar_fraction(c: char) -> Option<String> {
    let (part, whole) = match c {
        '½' => (1, 2),
        '⅓' => (1, 3),
        '⅔' => (2, 3),
        '¼' => (1, 4),
        '¾' => (3, 4),
        '⅕' => (1, 5),
        '⅖' => (2, 5),
        '⅗' => (3, 5),
        '⅘' => (4, 5),
        '⅙' => (1, 6),
        '⅚' => (5, 6),
        '⅛' => (1, 8),
        '⅜' => (3, 8),
        '⅝' => (5, 8),
        '⅞' => (7, 8),
        _ => return None,
    };
    decimals(part, whole)
}
