//! How well the words of a bead match: words of one side without a match on the other, and words with a
//! better match in another sentence.
//!
//! Sums of vectors hide this, because two sentences about one thing resemble each other whatever
//! they say of it. For each word, its best match in the bead is compared with [`MATCH_COSINE`] and
//! with its best match nearby.

use std::ops::Range;

use crate::align::band::{Band, BandMatrix};
use crate::align::features::constants::{MATCH_COSINE, WORD_MISMATCH_SCALE};
use crate::align::features::side::Side;
use crate::align::features::text::word_maxima::{WordMaxima, higher, word_maxima};
use crate::embed::Words;

/// The mismatch of some words with a span of the other side.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(in crate::align) struct WordMismatch {
    /// By how much the best matches nearby are better than those in the span.
    pub(in crate::align) better_nearby: f32,
    /// By how much the best matches in the span are below [`MATCH_COSINE`].
    pub(in crate::align) unmatched: f32,
}

/// The mismatches of the sentences of one side.
struct SideMismatches {
    /// By size - 1 and start of the span that a sentence is in: the factor that makes a weighted
    /// sum over its words half of a mean over both sides, times [`WORD_MISMATCH_SCALE`].
    factors: Vec<Vec<f32>>,
    /// By size - 1 of the other side's span: the weighted sum over the words of each sentence, for
    /// each start of the span.
    sums: Vec<BandMatrix<WordMismatch>>,
    /// By sentence: by how much its words fall short of a match in the nearby sentence that matches
    /// them best; 0 without words or without nearby sentences.
    least_unmatched: Vec<f32>,
}

/// The mismatches of the words of both sides in any bead.
pub(in crate::align) struct WordMismatches {
    source: SideMismatches,
    target: SideMismatches,
}

impl WordMismatches {
    /// For the beads between the nodes of a band. `None` if the words of a side are unknown.
    pub(in crate::align) fn new(
        source: &Side,
        target: &Side,
        max_side: usize,
        band: &Band,
    ) -> Option<WordMismatches> {
        let (own, other) = (source.embeddings.words()?, target.embeddings.words()?);
        if own.dimension() != other.dimension() {
            return None;
        }
        let [source, target] = word_maxima(own, other, &band.cells(max_side), target.len());
        Some(WordMismatches {
            source: SideMismatches::new(own, &source, max_side),
            target: SideMismatches::new(other, &target, max_side),
        })
    }

    /// By how much the words of a sentence fall short of a match in the sentence of the other side,
    /// among those nearby, that matches them best: in fifths of a cosine, 0 to 7.
    pub(in crate::align) fn least_unmatched(&self, of_source: bool, at: usize) -> f32 {
        let side = if of_source { &self.source } else { &self.target };
        side.least_unmatched[at]
    }

    /// Writes the mismatches of the beads of the source sentences `rows` with the spans of `b`
    /// target sentences that start in a range. Both numbers are means over both sides in fifths of
    /// a cosine: 0 to 10 and 0 to 7.
    pub(in crate::align) fn measure(
        &self,
        rows: Range<usize>,
        b: usize,
        first: Range<usize>,
        out: &mut Vec<WordMismatch>,
    ) {
        out.clear();
        out.resize(first.len(), WordMismatch::default());
        let own = self.source.factors[rows.len() - 1][rows.start];
        for i in rows.clone() {
            let columns = self.source.sums[b - 1].columns(i);
            let sums = self.source.sums[b - 1].row(i);
            let from = first.start.max(columns.start);
            let known = sums.get(from - columns.start..).unwrap_or_default();
            for (both, sum) in out[(from - first.start).min(first.len())..].iter_mut().zip(known) {
                both.better_nearby += own * sum.better_nearby;
                both.unmatched += own * sum.unmatched;
            }
        }
        let sums = &self.target.sums[rows.len() - 1];
        for at in first.start..first.end + b - 1 {
            let Some(sum) = sums.get(at, rows.start) else { continue };
            for j in (at + 1).saturating_sub(b).max(first.start)..(at + 1).min(first.end) {
                let other = self.target.factors[b - 1][j];
                out[j - first.start].better_nearby += other * sum.better_nearby;
                out[j - first.start].unmatched += other * sum.unmatched;
            }
        }
    }
}

impl SideMismatches {
    fn new(words: &Words, maxima: &[WordMaxima], max_side: usize) -> SideMismatches {
        let weight = |at: usize| words.text(at).iter().map(|(_, weight)| *weight).sum();
        let weights: Vec<f32> = (0..maxima.len()).map(weight).collect();
        let half = |weights: &[f32]| match weights.iter().sum::<f32>() {
            weight if weight > 0.0 => 0.5 * WORD_MISMATCH_SCALE / weight,
            _ => 0.0,
        };
        let factors =
            (1..=max_side).map(|size| weights.windows(size).map(half).collect()).collect();
        let spans = |size: usize| {
            let starts = |of: &WordMaxima| {
                let Range { start, end } = of.sentences;
                start..(end + 1).saturating_sub(size).max(start)
            };
            BandMatrix::new(maxima.iter().map(starts).collect(), WordMismatch::default())
        };
        let mut sums: Vec<BandMatrix<WordMismatch>> = (1..=max_side).map(spans).collect();
        let mut best = Vec::new();
        // By size - 1: better nearby and unmatched in columns, so that the loop is vectorised.
        let mut columns = vec![[Vec::new(), Vec::new()]; max_side];
        for (at, of) in maxima.iter().enumerate() {
            let width = of.sentences.len();
            for column in columns.iter_mut().flatten() {
                column.clear();
                column.resize(width, 0.0);
            }
            for (row, &(_, weight)) in of.cosines.chunks(width.max(1)).zip(words.text(at)) {
                let highest = row.iter().copied().fold(-1.0, higher);
                // The best match in each span, as spans grow by one sentence at a time.
                best.clear();
                best.extend_from_slice(row);
                for (before, [better_nearby, unmatched]) in columns.iter_mut().enumerate() {
                    let more = row.get(before..).unwrap_or_default();
                    let all = best.iter_mut().zip(more).zip(better_nearby).zip(unmatched);
                    for (((best, more), better_nearby), unmatched) in all {
                        *best = higher(*best, *more);
                        *better_nearby += weight * (highest - *best);
                        *unmatched += weight * higher(MATCH_COSINE - *best, 0.0);
                    }
                }
            }
            for (sums, [better_nearby, unmatched]) in sums.iter_mut().zip(&columns) {
                let both = better_nearby.iter().zip(unmatched);
                for (sum, (better_nearby, unmatched)) in sums.row_mut(at).iter_mut().zip(both) {
                    *sum = WordMismatch { better_nearby: *better_nearby, unmatched: *unmatched };
                }
            }
        }
        let least_unmatched = (weights.iter().enumerate())
            .map(|(at, weight)| {
                let row = sums.first().map_or(&[][..], |sums| sums.row(at));
                let least = row.iter().map(|sum| sum.unmatched).fold(f32::INFINITY, f32::min);
                let is_known = *weight > 0.0 && least.is_finite();
                if is_known { WORD_MISMATCH_SCALE * least / weight } else { 0.0 }
            })
            .collect();
        SideMismatches { factors, sums, least_unmatched }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::embed::Embeddings;
    use ndarray::Array2;

    fn values(mismatch: &WordMismatch) -> [f32; 2] {
        [mismatch.better_nearby, mismatch.unmatched]
    }

    /// Sentences with so many made-up words each.
    fn side(counts: &[usize], seed: usize) -> Side {
        let words: usize = counts.iter().sum();
        let value = |at: usize| ((seed + at) * 7919 % 113) as f32 / 56.0 - 1.0;
        let vectors = Array2::from_shape_fn((words, 3), |(i, k)| value(5 * i + k));
        let mut next = 0;
        let texts = counts.iter().map(|count| {
            next += count;
            (next - count..next).map(|word| (word as u32, 1.0 + (word % 4) as f32 / 5.0)).collect()
        });
        let words = Words::new(vectors, texts.collect()).unwrap();
        let rows = Embeddings::from_rows(Array2::ones((counts.len(), 2))).unwrap();
        Side::new(rows.with_words(words).unwrap(), vec![10.0; counts.len()]).unwrap()
    }

    /// Half of the mismatch of a bead, from its definition: that of the words of one side.
    fn brute_force(own: &Words, at: Range<usize>, other: &Words, bead: Range<usize>) -> [f64; 2] {
        let all = 0..other.len();
        let (mut both, mut sum) = ([0.0; 2], 0.0);
        for (word, weight) in at.flat_map(|at| own.text(at)) {
            let best = |texts: Range<usize>| {
                let words = texts.flat_map(|text| other.text(text));
                let cosines = words.map(|(w, _)| {
                    own.vector(*word).iter().zip(other.vector(*w)).map(|(x, y)| x * y).sum::<f32>()
                });
                f64::from(cosines.fold(-1.0_f32, f32::max))
            };
            let weight = f64::from(*weight);
            let inside = best(bead.clone());
            both[0] += weight * (best(all.clone()) - inside);
            both[1] += weight * (f64::from(MATCH_COSINE) - inside).max(0.0);
            sum += weight;
        }
        both.map(
            |value| {
                if sum > 0.0 { f64::from(WORD_MISMATCH_SCALE) / 2.0 * value / sum } else { 0.0 }
            },
        )
    }

    #[test]
    fn mismatches_agree_with_their_definition() {
        let (source, target) = (side(&[3, 0, 5, 2], 1), side(&[4, 1, 3], 40));
        let (own, other) = (source.embeddings.words(), target.embeddings.words());
        let (own, other) = (own.unwrap(), other.unwrap());
        let mismatches = WordMismatches::new(&source, &target, 3, &Band::full(4, 3)).unwrap();
        let (mut out, mut large) = (Vec::new(), 0);
        for (a, b) in [(1, 1), (1, 3), (2, 1), (2, 2), (3, 2)] {
            for i in 0..=4 - a {
                for from in 0..=3 - b {
                    mismatches.measure(i..i + a, b, from..4 - b, &mut out);
                    assert_eq!(out.len(), 4 - b - from);
                    for (at, measured) in out.iter().enumerate() {
                        let bead = from + at..from + at + b;
                        let one = brute_force(own, i..i + a, other, bead.clone());
                        let two = brute_force(other, bead, own, i..i + a);
                        for k in 0..2 {
                            let expected = one[k] + two[k];
                            assert!((f64::from(values(measured)[k]) - expected).abs() < 1e-4);
                            large += usize::from(expected > 0.1);
                        }
                    }
                }
            }
        }
        assert!(large > 20, "{large}");
    }

    #[test]
    fn words_in_several_blocks_agree_with_the_definition() {
        // More words than a block holds, and many sentences without words.
        let counts: Vec<usize> = (0..600).map(|at| if at < 200 { 0 } else { at % 9 }).collect();
        let (source, target) = (side(&[9, 0, 8, 60, 7], 1), side(&counts, 40));
        let (own, other) = (source.embeddings.words(), target.embeddings.words());
        let (own, other) = (own.unwrap(), other.unwrap());
        let band = Band::full(5, 600);
        let mut found = Vec::new();
        WordMismatches::new(&source, &target, 1, &band).unwrap().measure(
            2..3,
            1,
            0..600,
            &mut found,
        );
        let mut mirrored = Vec::new();
        let band = Band::full(600, 5);
        let mismatches = WordMismatches::new(&target, &source, 1, &band).unwrap();
        for j in (0..600).step_by(7) {
            let one = brute_force(own, 2..3, other, j..j + 1);
            let two = brute_force(other, j..j + 1, own, 2..3);
            mismatches.measure(j..j + 1, 1, 2..3, &mut mirrored);
            for k in 0..2 {
                assert!((f64::from(values(&found[j])[k]) - one[k] - two[k]).abs() < 1e-4);
                assert!((values(&found[j])[k] - values(&mirrored[0])[k]).abs() < 1e-5);
            }
        }
    }

    #[test]
    fn sides_without_words_have_no_mismatches() {
        let known = side(&[2, 2], 3);
        let rows = Embeddings::from_rows(Array2::ones((2, 2))).unwrap();
        let unknown = Side::new(rows, vec![10.0; 2]).unwrap();
        let band = Band::full(2, 2);
        assert!(WordMismatches::new(&known, &unknown, 2, &band).is_none());
        assert!(WordMismatches::new(&unknown, &known, 2, &band).is_none());
        assert!(WordMismatches::new(&known, &known, 2, &band).is_some());
    }
}
