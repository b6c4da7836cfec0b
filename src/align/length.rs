//! How lengths of different languages are made comparable.
//!
//! For languages whose factor is not in the table, it is learnt from the articles. Text may be missing on
//! either side, so the total lengths say little. What counts is the median ratio of the lengths of anchors:
//! pairs of sentences that are each other's nearest neighbours.

use ndarray::Axis;

use crate::Language;
use crate::align::Side;
use crate::language::facts;
use crate::matrix::row_products;

/// The most sentences of an article for which anchors are sought.
const MAX_ANCHORS: usize = 256;

/// Rows that are compared with all rows of the other side at a time, to bound memory.
const ROWS_AT_A_TIME: usize = 16;

/// The usual factor counts as this number of anchors. The logarithm of the ratio of two translated
/// sentences has a deviation of about 0.25, that of the factor of a whole text one of about 0.1, so the
/// best number is 0.25² / 0.1². On the real translations of `benches/peers/real.py`, the strict F1 is at
/// most 0.002 better with 0, up to 0.006 worse with 20, and 0.004 to 0.006 worse without learning.
const PRIOR_ANCHORS: f32 = 6.0;

/// The usual length of a text in a language relative to its English translation, in characters.
///
/// The aligner divides lengths by it, so that lengths of different languages are comparable. For Ukrainian
/// and German it was measured on translated news: 1.03 and 1.16. For other languages it is only where the
/// aligner starts: it learns the length from the articles. Languages that were not measured have 1.
///
/// ```
/// use bitext::{Language, align::length_factor};
///
/// let length = |language, text: &str| text.chars().count() as f32 / length_factor(language);
/// let english = length(Language::ENGLISH, "The bridge is closed for traffic.");
/// let german = length(Language::GERMAN, "Die Brücke ist für den Verkehr gesperrt.");
/// assert!((english - german).abs() < 2.0);
/// ```
pub fn length_factor(language: Language) -> f32 {
    facts(language).map_or(1.0, |row| row.length)
}

/// Scales the lengths of each side whose language has no fixed factor, so that its anchors with the first
/// side that has one have equal lengths. If none has one, the first side is the measure. Sides are in the
/// order of `languages`.
pub(super) fn learn_lengths(languages: &[Language], sides: &mut [Side]) {
    let is_fixed = |language: &Language| language.is_built_in();
    let reference = languages.iter().position(is_fixed).unwrap_or(0);
    for at in 0..sides.len() {
        if at == reference || languages.get(at).is_none_or(is_fixed) {
            continue;
        }
        let factor = ratio_of_anchors(&sides[at], &sides[reference]);
        sides[at].lengths.iter_mut().for_each(|length| *length /= factor);
    }
}

/// How long the anchors of one side are relative to those of the other: the median, drawn towards 1.
fn ratio_of_anchors(own: &Side, other: &Side) -> f32 {
    let mut ratios: Vec<f32> = anchors(own, other)
        .into_iter()
        .map(|(i, j)| libm::logf(own.lengths[i] / other.lengths[j]))
        .filter(|ratio| ratio.is_finite())
        .collect();
    if ratios.is_empty() {
        return 1.0;
    }
    ratios.sort_by(f32::total_cmp);
    let middle = ratios.len() / 2;
    let median = (ratios[middle] + ratios[(ratios.len() - 1) / 2]) / 2.0;
    let count = ratios.len() as f32;
    libm::expf(median * count / (count + PRIOR_ANCHORS))
}

/// Pairs of sentences that are each other's nearest neighbours, for a sample of the sentences of `own`.
fn anchors(own: &Side, other: &Side) -> Vec<(usize, usize)> {
    let step = own.len().div_ceil(MAX_ANCHORS).max(1);
    let sample: Vec<usize> = (0..own.len()).step_by(step).collect();
    let forth = nearest(own, &sample, other);
    let back = nearest(other, &forth, own);
    let pairs = sample.into_iter().zip(forth).zip(back);
    pairs.filter(|((i, _), back)| i == back).map(|(pair, _)| pair).collect()
}

/// The nearest sentence of `to` for some of the sentences of `from`. Empty if `to` is.
fn nearest(from: &Side, sentences: &[usize], to: &Side) -> Vec<usize> {
    if to.is_empty() {
        return Vec::new();
    }
    let (from, to) = (from.embeddings.rows(), to.embeddings.rows());
    let mut found = Vec::with_capacity(sentences.len());
    for some in sentences.chunks(ROWS_AT_A_TIME) {
        let cosines = row_products(from.select(Axis(0), some).view(), to);
        for row in cosines.rows() {
            let mut best = 0;
            for (at, cosine) in row.iter().enumerate() {
                if *cosine > row[best] {
                    best = at;
                }
            }
            found.push(best);
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use ndarray::Array2;

    use super::*;
    use crate::embed::Embeddings;

    /// A side of sentences with these lengths, whose vectors are unit vectors of their numbers.
    fn side(sentences: &[(usize, f32)]) -> Side {
        let mut rows = Array2::zeros((sentences.len(), 40));
        for (at, (number, _)) in sentences.iter().enumerate() {
            rows[[at, *number]] = 1.0;
        }
        let lengths = sentences.iter().map(|(_, length)| *length).collect();
        Side::new(Embeddings::from_rows(rows).unwrap(), lengths).unwrap()
    }

    fn lengths(languages: [&str; 2], sides: [Side; 2]) -> [Vec<f32>; 2] {
        let languages = languages.map(|code| code.parse().unwrap());
        let mut sides = sides;
        learn_lengths(&languages, &mut sides);
        sides.map(|side| side.lengths)
    }

    #[test]
    fn the_factor_is_learnt_although_text_is_missing() {
        let source: Vec<(usize, f32)> = (0..40).map(|at| (at, 40.0 + at as f32)).collect();
        let target: Vec<(usize, f32)> =
            (0..20).map(|at| (2 * at, 60.0 + 3.0 * at as f32)).collect();
        let [kept, learnt] = lengths(["en", "fr"], [side(&source), side(&target)]);
        assert_eq!(kept, source.iter().map(|(_, length)| *length).collect::<Vec<_>>());
        let ratio = learnt[10] / kept[20];
        assert!(ratio > 1.0 && ratio < 1.11, "{ratio}");
    }

    #[test]
    fn lengths_of_the_three_languages_are_never_changed() {
        let long: Vec<(usize, f32)> = (0..30).map(|at| (at, 90.0)).collect();
        let short: Vec<(usize, f32)> = (0..30).map(|at| (at, 30.0)).collect();
        for pair in [["en", "uk"], ["en", "de"], ["uk", "de"]] {
            let [one, other] = lengths(pair, [side(&long), side(&short)]);
            assert_eq!((one[0], other[0]), (90.0, 30.0));
        }
        let [one, other] = lengths(["pl", "ro"], [side(&long), side(&short)]);
        assert!(one[0] == 90.0 && other[0] > 60.0 && other[0] < 90.0);
    }

    #[test]
    fn few_or_no_anchors_change_little() {
        let [_, other] = lengths(["en", "fr"], [side(&[(0, 10.0)]), side(&[(0, 40.0)])]);
        assert!((30.0..40.0).contains(&other[0]), "{other:?}");
        let [_, other] = lengths(["en", "fr"], [side(&[]), side(&[(0, 40.0)])]);
        assert_eq!(other, [40.0]);
        let [_, other] = lengths(["en", "fr"], [side(&[(0, 0.0)]), side(&[(0, 40.0)])]);
        assert_eq!(other, [40.0]);
    }
}
