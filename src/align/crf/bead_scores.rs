//! The score of a bead: the weighted sum of its features, in nats.

use std::ops::Range;

use fearless_simd::{Level, dispatch};

use crate::align::features::bead_features::{
    BeadColumns, Features, compare_boundaries, compare_marks,
};
use crate::align::features::constants::{
    MARGIN_BENDS, MAX_SHARED_WEIGHT, MAX_SIMILARITY_TIMES_LENGTH, MEAN_LOG_LENGTH, SIMILARITY_BENDS,
};
use crate::align::features::feature::{BeadWeights, Feature};
use crate::align::features::shape::Shape;
use crate::align::features::spans::{Boundaries, Marks};
use crate::align::features::text::copies::COPY_COST;
use crate::align::features::text::word_mismatch::WordMismatch;

const IMPOSSIBLE: f32 = f32::NEG_INFINITY;

/// Scores beads by their features.
#[derive(Clone, Copy)]
pub(in crate::align) struct BeadScorer<'a> {
    pub(in crate::align) features: &'a Features,
    pub(in crate::align) weights: &'a BeadWeights,
}

impl BeadScorer<'_> {
    /// Writes the scores of the beads of the source span `i..i + a` with the target spans of `b`
    /// sentences that start in a range. Beads with blank sentences are impossible.
    ///
    /// The scores are the products of [`Features::of_bead`] and the weights, computed for a row of
    /// beads at once. They have the same bits on every processor.
    pub(in crate::align) fn score_row(
        &self,
        i: usize,
        shape: Shape,
        first: Range<usize>,
        columns: &mut BeadColumns,
        scores: &mut Vec<f32>,
    ) {
        dispatch!(Level::new(), _simd => self.score_row_plain(i, shape, first, columns, scores));
    }

    #[inline(always)]
    fn score_row_plain(
        &self,
        i: usize,
        shape: Shape,
        first: Range<usize>,
        columns: &mut BeadColumns,
        scores: &mut Vec<f32>,
    ) {
        let features = self.features;
        features.measure(i, shape, first.clone(), columns);
        scores.clear();
        scores.resize(first.len(), 0.0);
        self.add_margins_and_lengths(i, shape, first.clone(), columns, scores);
        if features.has_segments {
            self.add_boundaries(i, shape, first.clone(), scores);
        }
        if features.has_texts {
            self.add_surface(i, shape, first.clone(), columns, scores);
            for start in features.copies(i, shape, first.clone()) {
                scores[start - first.start] -= COPY_COST;
            }
        }
        if features.lacks_words {
            let w = self.weights.of(shape);
            for (score, similarity) in scores.iter_mut().zip(&columns.similarity) {
                *score +=
                    w[Feature::WithoutWords] + w[Feature::SimilarityWithoutWords] * similarity;
            }
        }
        if features.has_words() {
            self.add_word_mismatches(i, shape, first.clone(), &columns.word_mismatch, scores);
        }
        self.exclude_impossible(i, shape, first, scores);
    }

    /// Adds the scores of the words to scores that [`BeadScorer::score_row`] wrote before the words
    /// were compared.
    pub(in crate::align) fn add_words(
        &self,
        i: usize,
        shape: Shape,
        first: Range<usize>,
        mismatches: &mut Vec<WordMismatch>,
        scores: &mut [f32],
    ) {
        if self.features.has_words() {
            self.features.measure_words(i, shape, first.clone(), mismatches);
            self.add_word_mismatches(i, shape, first, mismatches, scores);
        }
    }

    // In the functions below all slices have one length, so that the loops need no bounds checks
    // and are vectorised.

    #[inline(always)]
    fn add_margins_and_lengths(
        &self,
        i: usize,
        (a, b): Shape,
        first: Range<usize>,
        columns: &BeadColumns,
        scores: &mut [f32],
    ) {
        let w = self.weights.of((a, b));
        let (own, other) =
            (&self.features.source.by_size[a - 1], &self.features.target.by_size[b - 1]);
        let (count, log) = (scores.len(), own.log_length[i]);
        let margins = &columns.margin[..count];
        let competitors = &columns.competitor_margin[..count];
        let mismatches = &columns.length_mismatch[..count];
        let logs = &other.log_length[first][..count];
        let similarities = &columns.similarity[..count];
        for k in 0..count {
            let similarity = similarities[k];
            let log_length = (log + logs[k]) / 2.0 - MEAN_LOG_LENGTH;
            scores[k] = w[Feature::Similarity] * similarity
                + w[Feature::SimilarityAbove2] * (similarity - SIMILARITY_BENDS[0]).max(0.0)
                + w[Feature::SimilarityAbove4] * (similarity - SIMILARITY_BENDS[1]).max(0.0)
                + w[Feature::SimilarityAbove6] * (similarity - SIMILARITY_BENDS[2]).max(0.0)
                + w[Feature::SimilarityTimesLogLength]
                    * similarity.min(MAX_SIMILARITY_TIMES_LENGTH)
                    * log_length;
        }
        for k in 0..count {
            let (margin, competitor, mismatch) = (margins[k], competitors[k], mismatches[k]);
            let log_length = (log + logs[k]) / 2.0 - MEAN_LOG_LENGTH;
            scores[k] += w[Feature::Bias]
                + w[Feature::Margin] * margin
                + w[Feature::MarginAbove01] * (margin - MARGIN_BENDS[0]).max(0.0)
                + w[Feature::MarginAbove03] * (margin - MARGIN_BENDS[1]).max(0.0)
                + w[Feature::MarginAbove05] * (margin - MARGIN_BENDS[2]).max(0.0)
                + w[Feature::CompetitorMargin] * competitor
                + w[Feature::CompetitorMarginAbove0] * competitor.max(0.0)
                + w[Feature::LengthMismatch] * mismatch
                + w[Feature::LengthMismatchRoot] * mismatch.sqrt()
                + (w[Feature::LogLength] + w[Feature::MarginTimesLogLength] * margin) * log_length;
        }
    }

    #[inline(always)]
    fn add_boundaries(&self, i: usize, (a, b): Shape, first: Range<usize>, scores: &mut [f32]) {
        let w = self.weights.of((a, b));
        let own = self.features.source.by_size[a - 1].boundaries(i);
        let other = &self.features.target.by_size[b - 1];
        let count = scores.len();
        let inside = &other.boundaries_inside[first.clone()][..count];
        let before = &other.boundary_before[first.clone()][..count];
        let after = &other.boundary_after[first][..count];
        for k in 0..count {
            let other = Boundaries { inside: inside[k], before: before[k], after: after[k] };
            let compared = compare_boundaries(own, other);
            scores[k] += w[Feature::BoundaryInside] * compared.inside
                + w[Feature::BoundaryMismatch] * compared.mismatch
                + w[Feature::NoBoundary] * compared.none;
        }
    }

    #[inline(always)]
    fn add_surface(
        &self,
        i: usize,
        (a, b): Shape,
        first: Range<usize>,
        columns: &BeadColumns,
        scores: &mut [f32],
    ) {
        let w = self.weights.of((a, b));
        let own = self.features.source.by_size[a - 1].marks(i);
        let other = &self.features.target.by_size[b - 1];
        let count = scores.len();
        let numbers = &other.numbers[first.clone()][..count];
        let large_numbers = &other.large_numbers[first.clone()][..count];
        let question_mark = &other.question_mark[first.clone()][..count];
        let final_mark = &other.final_mark[first.clone()][..count];
        let opening_quote = &other.opening_quote[first][..count];
        let (cognates, shared) = (&columns.cognates[..count], &columns.numbers[..count]);
        for k in 0..count {
            let other = Marks {
                numbers: numbers[k],
                large_numbers: large_numbers[k],
                question_mark: question_mark[k],
                final_mark: final_mark[k],
                opening_quote: opening_quote[k],
            };
            let compared = compare_marks(own, other, shared[k]);
            scores[k] += w[Feature::SharedCognates] * cognates[k].min(MAX_SHARED_WEIGHT)
                + w[Feature::SharedNumbers] * shared[k].min(MAX_SHARED_WEIGHT)
                + w[Feature::UnsharedNumbers] * compared.unshared_numbers
                + w[Feature::QuestionMarkMismatch] * compared.question_mark
                + w[Feature::FinalMarkMismatch] * compared.final_mark
                + w[Feature::OpeningQuoteMismatch] * compared.opening_quote;
        }
    }

    #[inline(always)]
    fn add_word_mismatches(
        &self,
        i: usize,
        (a, b): Shape,
        first: Range<usize>,
        mismatches: &[WordMismatch],
        scores: &mut [f32],
    ) {
        let w = self.weights.of((a, b));
        let log = self.features.source.by_size[a - 1].log_length[i];
        let logs = &self.features.target.by_size[b - 1].log_length[first];
        for ((score, mismatch), other) in scores.iter_mut().zip(mismatches).zip(logs) {
            let log_length = (log + other) / 2.0 - MEAN_LOG_LENGTH;
            let unmatched =
                w[Feature::UnmatchedWords] + w[Feature::UnmatchedWordsTimesLogLength] * log_length;
            *score += w[Feature::BetterMatchNearby] * mismatch.better_nearby
                + unmatched * mismatch.unmatched;
        }
    }

    #[inline(always)]
    fn exclude_impossible(&self, i: usize, (a, b): Shape, first: Range<usize>, scores: &mut [f32]) {
        let Features { source, target, has_vectors, .. } = self.features;
        if source.by_size[a - 1].length[i] == 0.0 || !has_vectors {
            scores.fill(IMPOSSIBLE);
        }
        if target.has_blank {
            for (score, length) in scores.iter_mut().zip(&target.by_size[b - 1].length[first]) {
                if *length == 0.0 {
                    *score = IMPOSSIBLE;
                }
            }
        }
    }
}
