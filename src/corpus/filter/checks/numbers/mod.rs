//! Numbers that disagree.
//!
//! A number in figures agrees with one of the other side that has its value in any notation, with
//! a word such as `million` behind it or without, written out, as a month, a Roman numeral, an hour
//! of the afternoon, a year without its century, a fraction, a group of a telephone number, or in
//! the units of the other system. Each agrees with one only. Versions (`2.4.3`) are compared as
//! wholes. What is left over on one side alone may have been left out or be a word that is not
//! known here; what is left over on both sides is a contradiction.
//!
//! Everything is looked up in tables, so the time is linear in the length of the texts.

mod parse;
mod quantity;
mod units;
mod words;

use std::collections::HashMap;
use std::hash::Hash;

use rustc_hash::FxHashMap;

use crate::Language;

use parse::Figures;
use quantity::{Gap, Quantity, Value};

/// What a number that only one side has counts, where a contradiction counts 1.
const ALONE: f32 = 1.0 / 8.0;

/// How much the numbers of two texts disagree, 0 to 1: those that contradict each other, and an
/// eighth of those that only one side has, over all. 0 where there are none.
pub(in crate::corpus) fn mismatch(source: (Language, &str), target: (Language, &str)) -> f32 {
    // Where a number may agree with several, the choice must not depend on which side is first.
    let (source, target) = if source <= target { (source, target) } else { (target, source) };
    let figures = [source, target].map(|(language, text)| Figures::read(language, text));
    if figures.iter().all(|figures| figures.quantities.is_empty()) {
        return 0.0;
    }
    let [one, other] = figures;
    let mut pair = Comparison { sides: [Side::new(one, source), Side::new(other, target)] };
    let mut contradictions = pair.compare_versions();
    pair.compare_phones();
    pair.compare_fractions();
    pair.compare_values();
    let (left, totals) = pair.left_over();
    // A number that the other side has, but less often, may be a repetition that was left out; it
    // contradicts another only where both sides have equally many.
    let often = totals[0] == totals[1];
    let left = left.map(|left| left.new + if often { left.repeated } else { 0 });
    contradictions += left[0].min(left[1]);
    let alone = left[0].abs_diff(left[1]);
    let most = totals[0].max(totals[1]).max(1);
    ((contradictions as f32 + alone as f32 * ALONE) / most as f32).min(1.0)
}

/// The numbers of one side, and which of them agree with one of the other.
struct Side {
    figures: Figures,
    /// The values of the side's words.
    words: Vec<u64>,
    agreed: Vec<bool>,
    /// Whether a number is a further part of another one, and is not counted by itself.
    is_part: Vec<bool>,
}

impl Side {
    fn new(figures: Figures, (language, text): (Language, &str)) -> Side {
        let agreed = vec![false; figures.quantities.len()];
        let is_part = agreed.clone();
        Side { figures, words: words::values(language, text), agreed, is_part }
    }

    /// Marks the numbers that something is made of; they count as one.
    fn agree(&mut self, parts: std::ops::Range<usize>) {
        // The same figures may be read as a version and as a telephone number.
        self.agreed[parts.clone()].fill(true);
        self.is_part[parts].iter_mut().skip(1).for_each(|is_part| *is_part = true);
    }

    /// The numbers that do not agree with any yet.
    fn open(&self) -> impl Iterator<Item = (usize, &Quantity)> {
        self.figures.quantities.iter().enumerate().filter(|(at, _)| !self.agreed[*at])
    }
}

/// What of one side is left over.
#[derive(Clone, Copy, Default)]
struct LeftOver {
    /// Numbers that the other side does not have.
    new: usize,
    /// Numbers that it has less often.
    repeated: usize,
}

struct Comparison {
    sides: [Side; 2],
}

impl Comparison {
    /// Compares versions as wholes, and gives the number of contradictions. Those that are left
    /// on one side alone are compared as numbers: `2.4.3` may be `2.4` on the other side.
    fn compare_versions(&mut self) -> usize {
        let read = |side: &Side| -> Vec<(String, String)> {
            let versions = side.figures.versions.iter();
            versions.map(|version| (version.numbers.clone(), version.suffix.clone())).collect()
        };
        let versions = [read(&self.sides[0]), read(&self.sides[1])];
        if versions[0].is_empty() && versions[1].is_empty() {
            return 0;
        }
        let mut open = [0, 1].map(|side: usize| vec![true; versions[side].len()]);
        let whole = |version: &(String, String)| Some(version.clone());
        match_up(&versions[0], &versions[1], &mut open, whole, whole);
        // A suffix may be missing, or in other letters.
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
                side.figures.versions.iter().map(|version| version.parts.clone()).collect();
            for (parts, open) in parts.into_iter().zip(open) {
                if !open || spent > 0 {
                    spent -= usize::from(open);
                    side.agree(parts);
                }
            }
        }
        contradictions
    }

    /// Telephone numbers agree whatever their groups, with or without the country's code.
    fn compare_phones(&mut self) {
        /// Figures of the shortest number without its area's code.
        const LOCAL: usize = 7;
        let local =
            |digits: &str| digits.get(digits.len().checked_sub(LOCAL)?..).map(str::to_string);
        let mut by_local: HashMap<String, Vec<(usize, String)>> = HashMap::new();
        for (at, phone) in self.sides[1].figures.phones.iter().enumerate() {
            if let Some(local) = local(&phone.digits) {
                by_local.entry(local).or_default().push((at, phone.digits.clone()));
            }
        }
        for own in 0..self.sides[0].figures.phones.len() {
            let phone = &self.sides[0].figures.phones[own];
            let Some(others) = local(&phone.digits).and_then(|local| by_local.get_mut(&local))
            else {
                continue;
            };
            // Of several, the last is as good as any: most are equal.
            let same = others.pop_if(|(_, digits)| {
                digits.ends_with(&phone.digits) || phone.digits.ends_with(digits.as_str())
            });
            if let Some((other, _)) = same {
                let parts = phone.parts.clone();
                self.sides[0].agree(parts);
                let parts = self.sides[1].figures.phones[other].parts.clone();
                self.sides[1].agree(parts);
            }
        }
    }

    /// `1 1/2` agrees with 1,5, with `1½`, and with a half in words.
    fn compare_fractions(&mut self) {
        for own in [0, 1] {
            let other = 1 - own;
            let mut by_value: HashMap<Value, Vec<usize>> = HashMap::new();
            for (at, quantity) in self.sides[other].open() {
                by_value.entry(quantity.value().clone()).or_default().push(at);
            }
            let mut fractions: HashMap<Value, Vec<usize>> = HashMap::new();
            for (at, fraction) in self.sides[other].figures.fractions.iter().enumerate() {
                if !self.sides[other].agreed[fraction.parts.start] {
                    fractions.entry(fraction.value.value().clone()).or_default().push(at);
                }
            }
            for at in 0..self.sides[own].figures.fractions.len() {
                let fraction = &self.sides[own].figures.fractions[at];
                let parts = fraction.parts.clone();
                if self.sides[own].agreed[parts.start] {
                    continue;
                }
                let value = fraction.value.value().clone();
                if let Some(same) = fractions.get_mut(&value).and_then(Vec::pop) {
                    let same = self.sides[other].figures.fractions[same].parts.clone();
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

    /// Numbers with one value, each with one of the other side.
    fn compare_values(&mut self) {
        let [one, other] = &mut self.sides;
        let mut open = [&one.agreed, &other.agreed]
            .map(|agreed| agreed.iter().map(|agreed| !agreed).collect::<Vec<bool>>());
        let (a, b) = (&one.figures.quantities, &other.figures.quantities);
        let value = |q: &Quantity| Some(q.value().clone());
        let scaled = |q: &Quantity| q.scaled.is_some().then(|| q.plain.clone());
        let bare = |q: &Quantity| q.scaled.is_none().then(|| q.plain.clone());
        match_up(a, b, &mut open, value, value);
        // 10.345 may have been left in the notation of the original.
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

    /// What neither words nor other groups nor other units explain, of each side, and how many
    /// numbers each has.
    fn left_over(&self) -> ([LeftOver; 2], [usize; 2]) {
        let explained = [0, 1].map(|own: usize| {
            let (side, other) = (&self.sides[own], &self.sides[1 - own]);
            let mut explained = side.agreed.clone();
            for (at, quantity) in side.open() {
                explained[at] = quantity.is_among(&other.words);
            }
            regroup(&side.figures.quantities, &other.figures.quantities, &mut explained);
            explained
        });
        let explained = convert([&self.sides[0], &self.sides[1]], explained);
        let left = [0, 1].map(|own: usize| {
            let (side, other) = (&self.sides[own], &self.sides[1 - own]);
            let known: std::collections::HashSet<&Value> =
                other.figures.quantities.iter().map(Quantity::value).collect();
            let mut left = LeftOver::default();
            for (at, quantity) in side.figures.quantities.iter().enumerate() {
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
        let whole = |side: &Side| side.is_part.iter().filter(|is_part| !**is_part).count();
        let totals = self.sides.each_ref().map(whole);
        (left, totals)
    }
}

/// Matches what is open on one side with what is open on the other and has the same key, each
/// with one.
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

/// Numbers in a row that are taken together.
const LONGEST_ROW: usize = 6;

/// Explains numbers that have the figures of the other side in other groups: `0800 123 456` and
/// `0800 123456`, `0430` and `4:30`, `1.5` where the language writes 1,5.
fn regroup(own: &[Quantity], others: &[Quantity], explained: &mut [bool]) {
    if explained.iter().all(|explained| *explained) {
        return;
    }
    // By the figures of a row, which scales its rows have.
    let mut known: FxHashMap<u128, Known> = FxHashMap::default();
    for start in 0..others.len() {
        rows(&others[start..], |len, figures, zeros| {
            let known = known.entry(figures).or_default();
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
        rows(&own[at..], |len, figures, zeros| {
            // Single numbers have been compared by their values.
            let same = known.get(&figures).is_some_and(|known| {
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

/// The scales of the rows that have the same figures.
#[derive(Default)]
struct Known {
    /// Of rows of one number.
    single: Scales,
    /// Of longer ones.
    several: Scales,
}

/// The numbers of zeros of scales, as bits, and whether a row has none.
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

/// Calls `of` with each row of numbers from the first on that stand close together: how many, a hash of
/// their figures, and the scale of the last; until it says that it is enough.
fn rows(numbers: &[Quantity], mut of: impl FnMut(usize, u128, Option<usize>) -> bool) {
    let (mut joined, mut marked) = (String::new(), String::new());
    let mut decimal = false;
    for (nth, number) in numbers.iter().take(LONGEST_ROW).enumerate() {
        if nth > 0 {
            match number.gap {
                Gap::Words => return,
                Gap::Mark => marked.push('.'),
                Gap::Loose => {}
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
            |figures: &str| xxhash_rust::xxh3::xxh3_128(figures.trim_start_matches('0').as_bytes());
        // With the place of its mark; and without, unless that is a decimal mark.
        if of(nth + 1, hash(&marked), number.zeros())
            || (!decimal && of(nth + 1, hash(&joined), number.zeros()))
        {
            return;
        }
    }
}

/// Explains amounts that are the same in the units of the other system.
fn convert(sides: [&Side; 2], mut explained: [Vec<bool>; 2]) -> [Vec<bool>; 2] {
    let mut measures = [0, 1].map(|own: usize| measures(sides[own], &explained[own]));
    // So that the nearest are found at once.
    for side in &mut measures {
        side.sort_by(|a, b| a.measure.amount.total_cmp(&b.measure.amount));
    }
    for own in [0, 1] {
        let others = &measures[1 - own];
        for Amount { parts, measure } in &measures[own] {
            let near = others.partition_point(|other| other.measure.amount < measure.amount);
            let around = near.saturating_sub(NEIGHBOURS)..(near + NEIGHBOURS).min(others.len());
            if others[around].iter().any(|other| measure.converts_to(&other.measure)) {
                explained[own][parts.clone()].fill(true);
            }
        }
    }
    explained
}

/// Amounts on either side that are tried, since others of another dimension may be between.
const NEIGHBOURS: usize = 4;

/// An amount, and the numbers that it is made of.
struct Amount {
    parts: std::ops::Range<usize>,
    measure: units::Measure,
}

/// The amounts that are not explained yet; feet and the inches behind them are one.
fn measures(side: &Side, explained: &[bool]) -> Vec<Amount> {
    let numbers = &side.figures.quantities;
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
