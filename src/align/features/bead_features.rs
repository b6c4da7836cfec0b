//! The features of the beads of two sides.
//!
//! A cosine alone says little: sentences of one article all resemble each other, and short ones
//! resemble everything. So the cosine of a bead is compared with the mean cosine of its neighbours
//! (margin scoring, Artetxe and Schwenk 2019, "Margin-based parallel corpus mining with
//! multilingual sentence embeddings"; here as 1 - (1 - cosine) / (1 - mean), a ratio of distances),
//! and with the best competitor: the most similar pair of either side with a single sentence
//! outside the bead. Lengths are compared as in Gale and Church (1993).

use std::ops::Range;

use crate::align::band::Band;
use crate::align::features::background::Background;
use crate::align::features::constants::{
    MARGIN_BENDS, MAX_BOUNDARIES_INSIDE, MAX_COMPETITOR_MARGIN, MAX_LENGTH_MISMATCH,
    MAX_SHARED_WEIGHT, MAX_SIMILARITY_TIMES_LENGTH, MEAN_LOG_LENGTH, MIN_MARGIN,
    MIN_NEIGHBOUR_DISTANCE, SHORT_LOG_LENGTH, SIMILARITY_BENDS, log_length_ratio_variance,
};
use crate::align::features::feature::{Feature, FeatureVector};
use crate::align::features::shape::Shape;
use crate::align::features::side::Side;
use crate::align::features::similarity::cosines::Cosines;
use crate::align::features::similarity::neighbours::Neighbours;
use crate::align::features::spans::{Boundaries, Marks, Spans};
use crate::align::features::surface::Surface;
use crate::align::features::text::copies::Copies;
use crate::align::features::text::shared_keys::SharedKeys;
use crate::align::features::text::word_mismatch::{WordMismatch, WordMismatches};

/// Settings of the features; see [`AlignConfig`](crate::align::AlignConfig).
#[derive(Clone, Copy)]
pub(in crate::align) struct FeatureConfig {
    /// Most sentences of one side of a bead.
    pub(in crate::align) max_side: usize,
    /// Neighbours after the nearest that a margin is relative to.
    pub(in crate::align) neighbours: usize,
    /// The cosines of unrelated sentences.
    pub(in crate::align) background: Background,
}

/// The data from which the features of any bead are computed.
pub(in crate::align) struct Features {
    pub(in crate::align) source: Spans,
    pub(in crate::align) target: Spans,
    cosines: Cosines,
    cognates: SharedKeys,
    numbers: SharedKeys,
    copies: Copies,
    /// Set by [`Features::add_word_mismatches`].
    word_mismatches: Option<WordMismatches>,
    /// Whether a side has no vectors of words, so that they will not be compared.
    pub(in crate::align) lacks_words: bool,
    background: Background,
    /// Whether both sides have segments; else the boundary features are 0.
    pub(in crate::align) has_segments: bool,
    /// Whether both sides have texts; else the surface features are 0.
    pub(in crate::align) has_texts: bool,
    /// Whether the vectors have any dimension; else no bead is possible.
    pub(in crate::align) has_vectors: bool,
}

/// Measurements of the beads of one source span and shape, in columns by target span.
#[derive(Default)]
pub(in crate::align) struct BeadColumns {
    pub(in crate::align) similarity: Vec<f32>,
    pub(in crate::align) margin: Vec<f32>,
    pub(in crate::align) competitor_margin: Vec<f32>,
    pub(in crate::align) length_mismatch: Vec<f32>,
    /// The weights of shared cognates and of shared numbers; empty without texts.
    pub(in crate::align) cognates: Vec<f32>,
    pub(in crate::align) numbers: Vec<f32>,
    /// Empty before [`Features::add_word_mismatches`].
    pub(in crate::align) word_mismatch: Vec<WordMismatch>,
}

impl Features {
    /// The features of the beads between the nodes of a band. Neighbours are searched between the
    /// nodes of `near`, which is inside it.
    pub(in crate::align) fn new(
        source: &Side,
        target: &Side,
        config: FeatureConfig,
        band: &Band,
        near: &Band,
    ) -> Features {
        let max_side = config.max_side;
        let shared = |keys: fn(&Surface) -> &[u64]| {
            SharedKeys::new(surface_keys(source, keys), surface_keys(target, keys))
        };
        let numbers = shared(|surface| &surface.numbers);
        let mut features = Features {
            source: Spans::new(source, max_side, &numbers.source),
            target: Spans::new(target, max_side, &numbers.target),
            cosines: Cosines::new(source, target, max_side, band),
            cognates: shared(|surface| &surface.words),
            numbers,
            copies: Copies::of_sides(source, target),
            word_mismatches: None,
            lacks_words: source.embeddings.words().is_none() || target.embeddings.words().is_none(),
            background: config.background,
            has_segments: source.has_segments && target.has_segments,
            has_texts: !source.surfaces.is_empty() && !target.surfaces.is_empty(),
            has_vectors: source.embeddings.dimension() > 0,
        };
        features.find_neighbours(config, near);
        features
    }

    /// Compares the words of the sentences between the nodes of a band, if both sides have words.
    /// Outside the band the word features stay 0.
    pub(in crate::align) fn add_word_mismatches(
        &mut self,
        source: &Side,
        target: &Side,
        config: FeatureConfig,
        band: &Band,
    ) {
        self.word_mismatches = WordMismatches::new(source, target, config.max_side, band);
    }

    /// Finds the nearest single sentences of the other side for all spans.
    fn find_neighbours(&mut self, config: FeatureConfig, band: &Band) {
        let (max_side, n, m) = (config.max_side, self.source.len(), self.target.len());
        // Enough for the mean, and one that is outside any bead.
        let keep = (config.neighbours + 1).max(max_side + 1);
        let cells = band.cells(max_side);
        let mut row = Vec::new();
        for size in 1..=max_side {
            let mut own = Neighbours::new((n + 1).saturating_sub(size), keep);
            let mut other = Neighbours::new((m + 1).saturating_sub(size), keep);
            for i in 0..n {
                let columns = cells[i].clone();
                if i + size <= n {
                    let rows = &cells[i..i + size];
                    let from = rows.iter().map(|row| row.start).max().unwrap_or(0);
                    let to = rows.iter().map(|row| row.end).min().unwrap_or(0).max(from);
                    self.cosines.row(i, (size, 1), from..to, &mut row);
                    for j in self.copies.of(i..i + size).filter(|j| (from..to).contains(j)) {
                        row[j - from] = f32::NEG_INFINITY;
                    }
                    row.iter().zip(from..to).for_each(|(cosine, j)| own.offer(i, *cosine, j));
                }
                let first =
                    columns.start..(columns.end + 1).saturating_sub(size).max(columns.start);
                self.cosines.row(i, (1, size), first.clone(), &mut row);
                for j in self.copies.of(i..i + 1) {
                    for start in spans_with(j, size, &first) {
                        row[start - first.start] = f32::NEG_INFINITY;
                    }
                }
                row.iter().zip(first).for_each(|(cosine, j)| other.offer(j, *cosine, i));
            }
            let (count, default) = (config.neighbours, config.background.high_cosine());
            self.source.by_size[size - 1].set_neighbours(own, count, default);
            self.target.by_size[size - 1].set_neighbours(other, count, default);
        }
    }

    /// Measures the beads of the source span `i..i + a` with the target spans of `b` sentences that
    /// start in a range.
    #[inline(always)]
    pub(in crate::align) fn measure(
        &self,
        i: usize,
        (a, b): Shape,
        first: Range<usize>,
        columns: &mut BeadColumns,
    ) {
        self.cosines.row(i, (a, b), first.clone(), &mut columns.margin);
        columns.similarity.clear();
        let similarity = |cosine: &f32| self.background.similarity(*cosine);
        columns.similarity.extend(columns.margin.iter().map(similarity));
        self.best_competitors(i, (a, b), first.clone(), &mut columns.competitor_margin);
        let (own, other) = (&self.source.by_size[a - 1], &self.target.by_size[b - 1]);

        // The slices have one length, so that the loops need no bounds checks and are vectorised.
        let count = first.len();
        let neighbour_cosine = own.neighbour_cosine[i];
        let others = &other.neighbour_cosine[first.clone()][..count];
        let margins = &mut columns.margin[..count];
        let competitors = &mut columns.competitor_margin[..count];
        for k in 0..count {
            let mean = (neighbour_cosine + others[k]) / 2.0;
            let distance = (1.0 - mean).max(MIN_NEIGHBOUR_DISTANCE);
            let inverse = 1.0 / distance;
            competitors[k] = ((margins[k] - competitors[k]) * inverse)
                .clamp(-MAX_COMPETITOR_MARGIN, MAX_COMPETITOR_MARGIN);
            margins[k] = (1.0 - (1.0 - margins[k]) * inverse).max(MIN_MARGIN);
        }

        let (size, log) = (own.length[i], own.log_length[i]);
        let others = &other.length[first.clone()][..count];
        let logs = &other.log_length[first.clone()][..count];
        columns.length_mismatch.clear();
        columns.length_mismatch.resize(count, 0.0);
        let mismatches = &mut columns.length_mismatch[..count];
        for k in 0..count {
            let variance = log_length_ratio_variance(size, others[k]);
            let difference = log - logs[k];
            mismatches[k] = (difference * difference / variance).min(MAX_LENGTH_MISMATCH);
        }

        if self.has_texts {
            shared_weight(&self.cognates, i..i + a, b, first.clone(), &mut columns.cognates);
            shared_weight(&self.numbers, i..i + a, b, first.clone(), &mut columns.numbers);
        }
        self.measure_words(i, (a, b), first, &mut columns.word_mismatch);
    }

    /// Writes, for each bead, the highest cosine of one of its sides with a single sentence of the
    /// other article outside the bead.
    #[inline(always)]
    fn best_competitors(
        &self,
        i: usize,
        (a, b): Shape,
        first: Range<usize>,
        cosines: &mut Vec<f32>,
    ) {
        let (own, other) = (&self.source.by_size[a - 1], &self.target.by_size[b - 1]);
        let (Some(own_neighbours), Some(other_neighbours)) = (&own.neighbours, &other.neighbours)
        else {
            return;
        };
        let (best, place) = own_neighbours.best(i);
        cosines.clear();
        cosines.extend(other.best_cosine[first.clone()].iter().map(|other| other.max(best)));
        // The nearest of the source span is inside these beads.
        for j in (place + 1).saturating_sub(b).max(first.start)..(place + 1).min(first.end) {
            let best = own_neighbours.best_outside(i, j..j + b);
            cosines[j - first.start] = other.best_cosine[j].max(best);
        }
        // The nearest of the target span is inside these beads.
        for (at, place) in other.best_place[first.clone()].iter().enumerate() {
            if (*place).wrapping_sub(i) < a {
                let j = first.start + at;
                let best = own_neighbours.best_outside(i, j..j + b);
                cosines[at] = other_neighbours.best_outside(j, i..i + a).max(best);
            }
        }
    }

    /// The number of segment boundaries inside a bead.
    pub(in crate::align) fn boundaries_inside(&self, i: usize, (a, b): Shape, j: usize) -> f32 {
        self.source.by_size[a - 1].boundaries_inside[i]
            + self.target.by_size[b - 1].boundaries_inside[j]
    }

    /// Measures the words of such beads, if they were compared.
    pub(in crate::align) fn measure_words(
        &self,
        i: usize,
        (a, b): Shape,
        first: Range<usize>,
        mismatches: &mut Vec<WordMismatch>,
    ) {
        if let Some(words) = &self.word_mismatches {
            words.measure(i..i + a, b, first, mismatches);
        }
    }

    /// The target spans of `b` sentences, of those that start in a range, that repeat a source sentence of
    /// a bead, each as often as it does.
    pub(in crate::align) fn copies(
        &self,
        i: usize,
        (a, b): Shape,
        first: Range<usize>,
    ) -> impl Iterator<Item = usize> + '_ {
        self.copies.of(i..i + a).flat_map(move |j| spans_with(j, b, &first))
    }

    /// Whether the words were compared.
    pub(in crate::align) fn has_words(&self) -> bool {
        self.word_mismatches.is_some()
    }

    /// The features of one bead.
    pub(in crate::align) fn of_bead(
        &self,
        i: usize,
        (a, b): Shape,
        j: usize,
        columns: &mut BeadColumns,
    ) -> FeatureVector {
        self.measure(i, (a, b), j..j + 1, columns);
        let (own, other) = (&self.source.by_size[a - 1], &self.target.by_size[b - 1]);
        let margin = columns.margin[0];
        let competitor_margin = columns.competitor_margin[0];
        let length_mismatch = columns.length_mismatch[0];
        let log_length = (own.log_length[i] + other.log_length[j]) / 2.0 - MEAN_LOG_LENGTH;
        let mut values = FeatureVector::ZERO;
        values[Feature::Bias] = 1.0;
        values[Feature::Margin] = margin;
        values[Feature::MarginAbove01] = (margin - MARGIN_BENDS[0]).max(0.0);
        values[Feature::MarginAbove03] = (margin - MARGIN_BENDS[1]).max(0.0);
        values[Feature::MarginAbove05] = (margin - MARGIN_BENDS[2]).max(0.0);
        values[Feature::CompetitorMargin] = competitor_margin;
        values[Feature::CompetitorMarginAbove0] = competitor_margin.max(0.0);
        values[Feature::LengthMismatch] = length_mismatch;
        values[Feature::LengthMismatchRoot] = length_mismatch.sqrt();
        values[Feature::LogLength] = log_length;
        values[Feature::MarginTimesLogLength] = log_length * margin;
        let similarity = columns.similarity[0];
        values[Feature::Similarity] = similarity;
        values[Feature::SimilarityAbove2] = (similarity - SIMILARITY_BENDS[0]).max(0.0);
        values[Feature::SimilarityAbove4] = (similarity - SIMILARITY_BENDS[1]).max(0.0);
        values[Feature::SimilarityAbove6] = (similarity - SIMILARITY_BENDS[2]).max(0.0);
        values[Feature::SimilarityTimesLogLength] =
            similarity.min(MAX_SIMILARITY_TIMES_LENGTH) * log_length;
        if self.has_segments {
            let boundaries = compare_boundaries(own.boundaries(i), other.boundaries(j));
            values[Feature::BoundaryInside] = boundaries.inside;
            values[Feature::BoundaryMismatch] = boundaries.mismatch;
            values[Feature::NoBoundary] = boundaries.none;
        }
        if self.has_texts {
            let marks = compare_marks(own.marks(i), other.marks(j), columns.numbers[0]);
            values[Feature::SharedCognates] = columns.cognates[0].min(MAX_SHARED_WEIGHT);
            values[Feature::SharedNumbers] = columns.numbers[0].min(MAX_SHARED_WEIGHT);
            values[Feature::UnsharedNumbers] = marks.unshared_numbers;
            values[Feature::QuestionMarkMismatch] = marks.question_mark;
            values[Feature::FinalMarkMismatch] = marks.final_mark;
            values[Feature::OpeningQuoteMismatch] = marks.opening_quote;
        }
        if self.lacks_words {
            values[Feature::WithoutWords] = 1.0;
            values[Feature::SimilarityWithoutWords] = similarity;
        }
        if self.has_words() {
            values[Feature::BetterMatchNearby] = columns.word_mismatch[0].better_nearby;
            values[Feature::UnmatchedWords] = columns.word_mismatch[0].unmatched;
            values[Feature::UnmatchedWordsTimesLogLength] =
                columns.word_mismatch[0].unmatched * log_length;
        }
        values
    }

    /// The features of each unaligned sentence that do not depend on its neighbours: the values of
    /// [`Gap::OF_SENTENCES`](crate::align::crf::gap::Gap).
    pub(in crate::align) fn of_null(&self, of_source: bool, i: usize) -> [f32; NULL_FEATURES] {
        let (own, other) =
            if of_source { (&self.source, &self.target) } else { (&self.target, &self.source) };
        let (sizes, others) = (&own.by_size[0], &other.by_size[0]);
        let best = sizes.best_cosine.get(i).copied().unwrap_or(self.background.mean);
        let theirs = sizes.best_place.get(i).and_then(|&place| others.best_cosine.get(place));
        let similarity = self.background.similarity(best);
        let better = self.background.similarity(theirs.copied().unwrap_or(best)) - similarity;
        let log_length = own.log_length[i] - MEAN_LOG_LENGTH;
        let short = (SHORT_LOG_LENGTH - own.log_length[i]).max(0.0);
        let words = self.word_mismatches.as_ref();
        let unmatched = words.map_or(0.0, |words| words.least_unmatched(of_source, i));
        let known = f32::from(u8::from(self.has_texts));
        [
            1.0,
            log_length,
            similarity,
            (similarity - SIMILARITY_BENDS[0]).max(0.0),
            (similarity - SIMILARITY_BENDS[1]).max(0.0),
            similarity.min(MAX_SIMILARITY_TIMES_LENGTH) * log_length,
            better.max(0.0),
            known * (1.0 - sizes.final_mark[i]),
            own.boilerplate[i],
            short,
            unmatched,
            short * unmatched,
            f32::from(u8::from(self.lacks_words)),
        ]
    }

    /// The margin of one bead.
    pub(in crate::align) fn margin(
        &self,
        i: usize,
        shape: Shape,
        j: usize,
        columns: &mut BeadColumns,
    ) -> f32 {
        self.measure(i, shape, j..j + 1, columns);
        columns.margin[0]
    }
}

/// Number of features of a single unaligned sentence.
pub(in crate::align) const NULL_FEATURES: usize = 13;

/// The keys of each sentence; none if the texts are unknown.
/// The starts, within a range, of the spans of `size` sentences that contain a sentence.
fn spans_with(sentence: usize, size: usize, starts: &Range<usize>) -> Range<usize> {
    let from = (sentence + 1).saturating_sub(size).max(starts.start);
    from..(sentence + 1).min(starts.end).max(from)
}

fn surface_keys(side: &Side, keys: fn(&Surface) -> &[u64]) -> impl Iterator<Item = &[u64]> {
    (0..side.len()).map(move |at| side.surfaces.get(at).map_or(&[][..], keys))
}

/// The boundary features of a bead.
pub(in crate::align) struct BoundaryComparison {
    pub(in crate::align) inside: f32,
    pub(in crate::align) mismatch: f32,
    pub(in crate::align) none: f32,
}

#[inline(always)]
pub(in crate::align) fn compare_boundaries(
    own: Boundaries,
    other: Boundaries,
) -> BoundaryComparison {
    let inside = own.inside + other.inside;
    let mismatch = (own.before - other.before).abs() + (own.after - other.after).abs();
    let none = (1.0 - own.before) * (1.0 - other.before) + (1.0 - own.after) * (1.0 - other.after);
    BoundaryComparison { inside: inside.min(MAX_BOUNDARIES_INSIDE), mismatch, none }
}

/// The features of numbers and punctuation on one side only.
pub(in crate::align) struct MarkComparison {
    pub(in crate::align) unshared_numbers: f32,
    pub(in crate::align) question_mark: f32,
    pub(in crate::align) final_mark: f32,
    pub(in crate::align) opening_quote: f32,
}

/// Compares the marks of both sides; `shared` is the weight of the numbers on both.
///
/// If one side has no figures at all, it may have small numbers as words. Then only numbers above
/// twelve count as unshared.
#[inline(always)]
pub(in crate::align) fn compare_marks(own: Marks, other: Marks, shared: f32) -> MarkComparison {
    let unshared = |one: Marks, other: Marks| {
        let sum = if other.numbers > 0.0 { one.numbers } else { one.large_numbers };
        (sum - shared).clamp(0.0, MAX_SHARED_WEIGHT)
    };
    MarkComparison {
        unshared_numbers: unshared(own, other) + unshared(other, own),
        question_mark: (own.question_mark - other.question_mark).abs(),
        final_mark: (own.final_mark - other.final_mark).abs(),
        opening_quote: (own.opening_quote - other.opening_quote).abs(),
    }
}

/// Writes the weight of the keys that the source sentences share with the target spans of `b`
/// sentences that start in a range.
fn shared_weight(
    shared: &SharedKeys,
    rows: Range<usize>,
    b: usize,
    first: Range<usize>,
    weights: &mut Vec<f32>,
) {
    weights.clear();
    weights.resize(first.len(), 0.0);
    for &(j, weight) in shared.matches[rows].iter().flatten() {
        for start in spans_with(j, b, &first) {
            weights[start - first.start] += weight;
        }
    }
}
