//! Numbers: whether the numbers of both sides contradict each other.
//!
//! In: two texts with their languages. Out: a mismatch from 0 to 1. Numbers in digits are parsed on both
//! sides and matched one to one. Two numbers agree if they have the same value in any notation, also with a
//! word such as `million`, as a number word, a month, a Roman numeral, an hour of the afternoon, a short
//! year, a fraction, a group of a telephone number, or in converted units. Versions (`2.4.3`) are compared
//! as a whole.
//!
//! A number without a match on one side only may be omitted or be an unknown word. Numbers without a match
//! on both sides contradict each other. All matches are table look-ups, so the time is linear in the length
//! of the texts.

mod parse;
mod quantity;
mod units;
mod words;

use std::collections::HashMap;
use std::hash::Hash;

use rustc_hash::FxHashMap;

use crate::Language;

use parse::ParsedNumbers;
use quantity::{Decimal, NumberGap, Quantity};

/// The weight of a number that only one side has; a contradiction has weight 1.
const OMISSION_WEIGHT: f32 = 1.0 / 8.0;

/// The share of numbers that contradict each other, 0 to 1; 0 without numbers. Numbers that only one side has
/// count as [`OMISSION_WEIGHT`].
pub(in crate::corpus) fn mismatch(source: (Language, &str), target: (Language, &str)) -> f32 {
    // A number may agree with several others. Sorted sides make the choice independent of their order.
    let (source, target) = if source <= target { (source, target) } else { (target, source) };
    let parsed = [source, target].map(|(language, text)| ParsedNumbers::parse(language, text));
    if parsed.iter().all(|side| side.quantities.is_empty()) {
        return 0.0;
    }
    let [one, other] = parsed;
    let mut pair =
        Comparison { sides: [SideNumbers::new(one, source), SideNumbers::new(other, target)] };
    let mut contradictions = pair.compare_versions();
    pair.compare_phones();
    pair.compare_fractions();
    pair.compare_values();
    let (unmatched, totals) = pair.unmatched();
    // A number that the other side has less often may be an omitted repetition. It is a contradiction only if
    // both sides have equally many numbers.
    let count_repeated = totals[0] == totals[1];
    let unmatched = unmatched.map(|side| side.new + if count_repeated { side.repeated } else { 0 });
    contradictions += unmatched[0].min(unmatched[1]);
    let omissions = unmatched[0].abs_diff(unmatched[1]);
    let total = totals[0].max(totals[1]).max(1);
    ((contradictions as f32 + omissions as f32 * OMISSION_WEIGHT) / total as f32).min(1.0)
}

/// The numbers of one side, and which of them agree with a number of the other side.
struct SideNumbers {
    numbers: ParsedNumbers,
    /// The values of number words, months and Roman numerals.
    words: Vec<u64>,
    agreed: Vec<bool>,
    /// Whether a number is part of a version, a telephone number or a fraction, and is not counted.
    is_part: Vec<bool>,
}

impl SideNumbers {
    fn new(numbers: ParsedNumbers, (language, text): (Language, &str)) -> SideNumbers {
        let agreed = vec![false; numbers.quantities.len()];
        let is_part = agreed.clone();
        SideNumbers { numbers, words: words::values(language, text), agreed, is_part }
    }

    /// Marks the numbers of a version, a telephone number or a fraction; together they count as one number.
    fn agree(&mut self, parts: std::ops::Range<usize>) {
        // The same digits may be parsed as a version and as a telephone number.
        self.agreed[parts.clone()].fill(true);
        self.is_part[parts].iter_mut().skip(1).for_each(|is_part| *is_part = true);
    }

    /// The numbers without a match so far.
    fn open(&self) -> impl Iterator<Item = (usize, &Quantity)> {
        self.numbers.quantities.iter().enumerate().filter(|(at, _)| !self.agreed[*at])
    }
}

/// The numbers of one side without a match.
#[derive(Clone, Copy, Default)]
struct Unmatched {
    /// Numbers that the other side does not have.
    new: usize,
    /// Numbers that the other side has less often.
    repeated: usize,
}

struct Comparison {
    sides: [SideNumbers; 2],
}

impl Comparison {
    /// Matches versions as a whole and returns the number of contradictions. Versions that remain on one side
    /// are matched as numbers later: `2.4.3` may be `2.4` on the other side.
    fn compare_versions(&mut self) -> usize {
        let listed = |side: &SideNumbers| -> Vec<(String, String)> {
            let versions = side.numbers.versions.iter();
            versions.map(|version| (version.numbers.clone(), version.suffix.clone())).collect()
        };
        let versions = [listed(&self.sides[0]), listed(&self.sides[1])];
        if versions[0].is_empty() && versions[1].is_empty() {
            return 0;
        }
        let mut open = [0, 1].map(|side: usize| vec![true; versions[side].len()]);
        let whole = |version: &(String, String)| Some(version.clone());
        match_up(&versions[0], &versions[1], &mut open, whole, whole);
        // A suffix may be missing.
        let bare =
            |(numbers, suffix): &(String, String)| suffix.is_empty().then(|| numbers.clone());
        let numbers = |(numbers, _): &(String, String)| Some(numbers.clone());
        match_up(&versions[0], &versions[1], &mut open, bare, numbers);
        match_up(&versions[0], &versions[1], &mut open, numbers, bare);
        let left = open.each_ref().map(|open| open.iter().filter(|open| **open).count());
        let contradictions = left[0].min(left[1]);
        for (side, open) in self.sides.iter_mut().zip(open) {
            let mut spent = contradictions;
            let parts: Vec<_> =
                side.numbers.versions.iter().map(|version| version.parts.clone()).collect();
            for (parts, open) in parts.into_iter().zip(open) {
                if !open || spent > 0 {
                    spent -= usize::from(open);
                    side.agree(parts);
                }
            }
        }
        contradictions
    }

    /// Matches telephone numbers in any grouping, with or without the country code.
    fn compare_phones(&mut self) {
        /// Digits at the end that must be equal: a local number without its area code.
        const LOCAL_DIGITS: usize = 7;
        let local = |digits: &str| {
            digits.get(digits.len().checked_sub(LOCAL_DIGITS)?..).map(str::to_string)
        };
        let mut by_local: HashMap<String, Vec<(usize, String)>> = HashMap::new();
        for (at, phone) in self.sides[1].numbers.phones.iter().enumerate() {
            if let Some(local) = local(&phone.digits) {
                by_local.entry(local).or_default().push((at, phone.digits.clone()));
            }
        }
        for own in 0..self.sides[0].numbers.phones.len() {
            let phone = &self.sides[0].numbers.phones[own];
            let Some(others) = local(&phone.digits).and_then(|local| by_local.get_mut(&local))
            else {
                continue;
            };
            // Several candidates are mostly equal, so the last one will do.
            let same = others.pop_if(|(_, digits)| {
                digits.ends_with(&phone.digits) || phone.digits.ends_with(digits.as_str())
            });
            if let Some((other, _)) = same {
                let parts = phone.parts.clone();
                self.sides[0].agree(parts);
                let parts = self.sides[1].numbers.phones[other].parts.clone();
                self.sides[1].agree(parts);
            }
        }
    }

    /// Matches fractions: `1 1/2` agrees with `1,5`, with `1½`, and with a half in words.
    fn compare_fractions(&mut self) {
        for own in [0, 1] {
            let other = 1 - own;
            let mut by_value: HashMap<Decimal, Vec<usize>> = HashMap::new();
            for (at, quantity) in self.sides[other].open() {
                by_value.entry(quantity.value().clone()).or_default().push(at);
            }
            let mut fractions: HashMap<Decimal, Vec<usize>> = HashMap::new();
            for (at, fraction) in self.sides[other].numbers.fractions.iter().enumerate() {
                if !self.sides[other].agreed[fraction.parts.start] {
                    fractions.entry(fraction.value.value().clone()).or_default().push(at);
                }
            }
            for at in 0..self.sides[own].numbers.fractions.len() {
                let fraction = &self.sides[own].numbers.fractions[at];
                let parts = fraction.parts.clone();
                if self.sides[own].agreed[parts.start] {
                    continue;
                }
                let value = fraction.value.value().clone();
                if let Some(same) = fractions.get_mut(&value).and_then(Vec::pop) {
                    let same = self.sides[other].numbers.fractions[same].parts.clone();
                    self.sides[other].agree(same);
                } else if let Some(same) = by_value.get_mut(&value).and_then(Vec::pop) {
                    self.sides[other].agreed[same] = true;
                } else if !fraction.value.is_among(&self.sides[other].words) {
                    continue;
                }
                self.sides[own].agree(parts);
            }
        }
    }

    /// Matches numbers with the same value.
    fn compare_values(&mut self) {
        let [one, other] = &mut self.sides;
        let mut open = [&one.agreed, &other.agreed]
            .map(|agreed| agreed.iter().map(|agreed| !agreed).collect::<Vec<bool>>());
        let (a, b) = (&one.numbers.quantities, &other.numbers.quantities);
        let value = |q: &Quantity| Some(q.value().clone());
        let scaled = |q: &Quantity| q.scaled.is_some().then(|| q.plain.clone());
        let bare = |q: &Quantity| q.scaled.is_none().then(|| q.plain.clone());
        match_up(a, b, &mut open, value, value);
        // The translation may keep the notation of the original: `10.345`.
        let literal = |q: &Quantity| {
            let marked = q.literal.contains(['.', ',']);
            (marked && q.scaled.is_none()).then(|| q.literal.clone())
        };
        match_up(a, b, &mut open, literal, literal);
        match_up(a, b, &mut open, scaled, bare);
        match_up(a, b, &mut open, bare, scaled);
        let plain = |q: &Quantity| Some(q.plain.clone());
        match_up(a, b, &mut open, Quantity::hour, plain);
        match_up(a, b, &mut open, plain, Quantity::hour);
        match_up(a, b, &mut open, Quantity::century, plain);
        match_up(a, b, &mut open, plain, Quantity::century);
        let year = |q: &Quantity| q.short_year().map(str::to_string);
        let short = |q: &Quantity| {
            (q.integer.len() == 2 && q.fraction.is_empty()).then(|| q.integer.clone())
        };
        match_up(a, b, &mut open, year, short);
        match_up(a, b, &mut open, short, year);
        for (side, open) in [one, other].into_iter().zip(open) {
            side.agreed = open.into_iter().map(|open| !open).collect();
        }
    }

    /// The numbers of each side that neither words nor other groupings nor unit conversions explain, and the
    /// count of all numbers of each side.
    fn unmatched(&self) -> ([Unmatched; 2], [usize; 2]) {
        let explained = [0, 1].map(|own: usize| {
            let (side, other) = (&self.sides[own], &self.sides[1 - own]);
            let mut explained = side.agreed.clone();
            for (at, quantity) in side.open() {
                explained[at] = quantity.is_among(&other.words);
            }
            regroup(&side.numbers.quantities, &other.numbers.quantities, &mut explained);
            explained
        });
        let explained = convert([&self.sides[0], &self.sides[1]], explained);
        let left = [0, 1].map(|own: usize| {
            let (side, other) = (&self.sides[own], &self.sides[1 - own]);
            let known: std::collections::HashSet<&Decimal> =
                other.numbers.quantities.iter().map(Quantity::value).collect();
            let mut left = Unmatched::default();
            for (at, quantity) in side.numbers.quantities.iter().enumerate() {
                if explained[own][at] {
                    continue;
                }
                if known.contains(quantity.value()) {
                    left.repeated += 1;
                } else {
                    left.new += 1;
                }
            }
            left
        });
        let whole = |side: &SideNumbers| side.is_part.iter().filter(|is_part| !**is_part).count();
        let totals = self.sides.each_ref().map(whole);
        (left, totals)
    }
}

/// Matches open items of both sides with equal keys, one to one.
fn match_up<T, K: Hash + Eq>(
    one: &[T],
    other: &[T],
    open: &mut [Vec<bool>; 2],
    key_of_one: impl Fn(&T) -> Option<K>,
    key_of_other: impl Fn(&T) -> Option<K>,
) {
    let mut by_key: HashMap<K, Vec<usize>> = HashMap::new();
    for at in (0..other.len()).rev().filter(|&at| open[1][at]) {
        if let Some(key) = key_of_other(&other[at]) {
            by_key.entry(key).or_default().push(at);
        }
    }
    if by_key.is_empty() {
        return;
    }
    for at in 0..one.len() {
        if !open[0][at] {
            continue;
        }
        let found = key_of_one(&one[at]).and_then(|key| by_key.get_mut(&key)?.pop());
        if let Some(found) = found {
            open[0][at] = false;
            open[1][found] = false;
        }
    }
}

/// Consecutive numbers that are joined, at most; longer telephone and account numbers are rare.
const MAX_JOINED_NUMBERS: usize = 6;

/// Explains numbers whose digits the other side has in other groups: `0800 123 456` and `0800 123456`, `0430`
/// and `4:30`, `1.5` in a language that writes `1,5`.
fn regroup(own: &[Quantity], others: &[Quantity], explained: &mut [bool]) {
    if explained.iter().all(|explained| *explained) {
        return;
    }
    // The scales of all joined numbers with the same digits.
    let mut known: FxHashMap<u128, KnownScales> = FxHashMap::default();
    for start in 0..others.len() {
        joined_prefixes(&others[start..], |len, digits, zeros| {
            let known = known.entry(digits).or_default();
            if len == 1 {
                known.single.add(zeros)
            } else {
                known.several.add(zeros)
            }
            false
        });
    }
    let mut at = 0;
    while at < own.len() {
        if explained[at] {
            at += 1;
            continue;
        }
        let mut found = 0;
        joined_prefixes(&own[at..], |len, digits, zeros| {
            // Single numbers were already compared by value.
            let same = known.get(&digits).is_some_and(|known| {
                known.several.allow(zeros) || (len > 1 && known.single.allow(zeros))
            });
            if same {
                found = len;
            }
            same
        });
        explained[at..at + found].fill(true);
        at += found.max(1);
    }
}

/// The scales of joined numbers with the same digits.
#[derive(Default)]
struct KnownScales {
    /// Of single numbers.
    single: Scales,
    /// Of two or more joined numbers.
    several: Scales,
}

/// A set of scales: the zeros of words such as `million` as bits, and whether there is a number without one.
#[derive(Clone, Copy, Default)]
struct Scales {
    bare: bool,
    zeros: u32,
}

impl Scales {
    fn add(&mut self, zeros: Option<usize>) {
        match zeros {
            Some(zeros) => self.zeros |= 1 << zeros.min(31),
            None => self.bare = true,
        }
    }

    fn allow(self, zeros: Option<usize>) -> bool {
        match zeros {
            Some(zeros) => self.bare || self.zeros & (1 << zeros.min(31)) != 0,
            None => self.bare || self.zeros != 0,
        }
    }
}

/// Calls `of` for each prefix of numbers that are close together, until it returns true. Its arguments are the
/// count, a hash of the joined digits, and the scale of the last number.
fn joined_prefixes(numbers: &[Quantity], mut of: impl FnMut(usize, u128, Option<usize>) -> bool) {
    let (mut joined, mut marked) = (String::new(), String::new());
    let mut decimal = false;
    for (nth, number) in numbers.iter().take(MAX_JOINED_NUMBERS).enumerate() {
        if nth > 0 {
            match number.gap {
                NumberGap::Words => return,
                NumberGap::Mark => marked.push('.'),
                NumberGap::Loose => {}
            }
        }
        joined.push_str(&number.integer);
        marked.push_str(&number.integer);
        if !number.fraction.is_empty() {
            decimal = true;
            marked.push('.');
            marked.push_str(&number.fraction);
        }
        let hash =
            |digits: &str| xxhash_rust::xxh3::xxh3_128(digits.trim_start_matches('0').as_bytes());
        // With the place of the separator, and without it unless it is a decimal separator.
        if of(nth + 1, hash(&marked), number.zeros())
            || (!decimal && of(nth + 1, hash(&joined), number.zeros()))
        {
            return;
        }
    }
}

/// Explains amounts that are equal after a conversion of units.
fn convert(sides: [&SideNumbers; 2], mut explained: [Vec<bool>; 2]) -> [Vec<bool>; 2] {
    let mut measures = [0, 1].map(|own: usize| measures(sides[own], &explained[own]));
    // Sorted, so that the nearest amounts are found by binary search.
    for side in &mut measures {
        side.sort_by(|a, b| a.measure.amount.total_cmp(&b.measure.amount));
    }
    for own in [0, 1] {
        let others = &measures[1 - own];
        for Amount { parts, measure } in &measures[own] {
            let near = others.partition_point(|other| other.measure.amount < measure.amount);
            let around =
                near.saturating_sub(TRIED_AMOUNTS)..(near + TRIED_AMOUNTS).min(others.len());
            if others[around].iter().any(|other| measure.converts_to(&other.measure)) {
                explained[own][parts.clone()].fill(true);
            }
        }
    }
    explained
}

/// Amounts that are tried on each side of the nearest one. Amounts of another dimension may be between.
const TRIED_AMOUNTS: usize = 4;

/// An amount with a unit, and the numbers that it consists of.
struct Amount {
    parts: std::ops::Range<usize>,
    measure: units::Measure,
}

/// The amounts that are not explained yet. Feet and the inches behind them are one amount.
fn measures(side: &SideNumbers, explained: &[bool]) -> Vec<Amount> {
    let numbers = &side.numbers.quantities;
    let mut found: Vec<Amount> = Vec::new();
    for at in (0..numbers.len()).rev() {
        let Some(mut measure) = numbers[at].measure else { continue };
        if explained[at] {
            continue;
        }
        let mut parts = at..at + 1;
        if let Some(next) = found.last().filter(|next| next.parts.start == at + 1) {
            let feet = !measure.metric && !measure.inches;
            if feet && next.measure.inches && measure.dimension == next.measure.dimension {
                measure.amount += next.measure.amount;
                parts.end = next.parts.end;
                found.pop();
            }
        }
        found.push(Amount { parts, measure });
    }
    found
}

#[cfg(test)]
mod tests;
