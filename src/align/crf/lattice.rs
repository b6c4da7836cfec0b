//! The lattice of all alignments of two articles.
//!
//! A node (i, j) says that i source and j target sentences are aligned or left unaligned. Its state
//! says how it was reached: by a bead, or within a gap, by a source or a target sentence. A gap has
//! its source sentences before its target sentences, so each alignment is exactly one path.
//!
//! Gap costs are affine (Gotoh 1982): a gap costs one opening, whatever its length. Unrelated text
//! on both sides is one gap, as in local sequence alignment.

use std::ops::Range;

use crate::align::band::Band;
use crate::align::crf::bead_scores::BeadScorer;
use crate::align::crf::gap::{Gap, GapWeights};
use crate::align::crf::potentials::{Potentials, starts};
use crate::align::crf::weights::Weights;
use crate::align::features::bead_features::{BeadColumns, Features};
use crate::align::features::shape::Shape;

/// One value per state of a node.
#[derive(Clone, Copy, Debug)]
pub(in crate::align) struct States<T> {
    /// After a bead.
    pub(in crate::align) bead: T,
    /// In a gap, after a source sentence.
    pub(in crate::align) source_gap: T,
    /// In a gap, after a target sentence.
    pub(in crate::align) target_gap: T,
}

/// The scores of gaps, in nats.
pub(in crate::align) struct GapScores {
    open: f32,
    open_at_start: f32,
    /// Of a gap that ends both articles.
    pub(in crate::align) at_end: f32,
    both_sides: f32,
    both_sides_at_start: f32,
    both_sides_at_end: f32,
    /// Number of source sentences.
    n: usize,
    /// By sentence.
    pub(in crate::align) source: Vec<f32>,
    pub(in crate::align) target: Vec<f32>,
}

impl GapScores {
    fn new(weights: &GapWeights, features: &Features) -> GapScores {
        let of_sentences = |of_source: bool, count: usize| -> Vec<f32> {
            let score = |at: usize| {
                let values = features.of_null(of_source, at);
                Gap::OF_SENTENCES.iter().zip(values).map(|(gap, value)| weights[*gap] * value).sum()
            };
            (0..count).map(score).collect()
        };
        GapScores {
            open: weights[Gap::Open],
            open_at_start: weights[Gap::Open] + weights[Gap::AtStart],
            at_end: weights[Gap::AtEnd],
            both_sides: weights[Gap::BothSides],
            both_sides_at_start: weights[Gap::BothSidesAtStart],
            both_sides_at_end: weights[Gap::BothSidesAtEnd],
            n: features.source.len(),
            source: of_sentences(true, features.source.len()),
            target: of_sentences(false, features.target.len()),
        }
    }

    /// Changes the scores of gaps inside the articles: of opening one, and of having sentences of
    /// both sides.
    pub(in crate::align) fn shift(&mut self, open: f32, both_sides: f32) {
        self.open += open;
        self.both_sides += both_sides;
    }

    /// The score of opening a gap at a node.
    pub(in crate::align) fn open(&self, i: usize, j: usize) -> f32 {
        if i + j == 0 { self.open_at_start } else { self.open }
    }

    /// The score of continuing a gap, at a node, from source to target sentences.
    ///
    /// At j = 0 the gap started both articles. At i = n it will end both.
    pub(in crate::align) fn turn(&self, i: usize, j: usize) -> f32 {
        let start = if j == 0 { self.both_sides_at_start } else { 0.0 };
        let end = if i == self.n { self.both_sides_at_end } else { 0.0 };
        self.both_sides + start + end
    }
}

/// The lattice of two articles with the scores of its edges.
pub(in crate::align) struct Lattice<'a> {
    /// Number of source sentences.
    pub(in crate::align) n: usize,
    /// Number of target sentences.
    pub(in crate::align) m: usize,
    pub(in crate::align) shapes: Vec<Shape>,
    pub(in crate::align) gaps: GapScores,
    pub(in crate::align) scorer: BeadScorer<'a>,
    /// Scores of beads that need not be computed again.
    pub(in crate::align) cached: Option<Potentials>,
}

/// The scores of a row of beads, with memory for computing them.
#[derive(Default)]
pub(in crate::align) struct PotentialRow {
    columns: BeadColumns,
    pub(in crate::align) scores: Vec<f32>,
}

impl<'a> Lattice<'a> {
    pub(in crate::align) fn new(
        features: &'a Features,
        shapes: Vec<Shape>,
        weights: &'a Weights,
    ) -> Self {
        let (n, m) = (features.source.len(), features.target.len());
        let gaps = GapScores::new(&weights.gaps, features);
        let scorer = BeadScorer { features, weights: &weights.beads };
        Lattice { n, m, shapes, gaps, scorer, cached: None }
    }

    /// The scores of all beads between the nodes of a band.
    pub(in crate::align) fn potentials(&self, band: &Band) -> Potentials {
        let mut potentials = Potentials::impossible(band, self.shapes.len());
        let mut row = PotentialRow::default();
        for shape in 0..self.shapes.len() {
            for i in 0..=self.n {
                let first = self.score_row(i, shape, band, &mut row);
                potentials.set(shape, i, first.start, &row.scores);
            }
        }
        potentials
    }

    /// Computes the scores of all beads between the nodes of a band once, for all later uses.
    pub(in crate::align) fn precompute(&mut self, band: &Band) {
        self.cached = Some(self.potentials(band));
    }

    /// Computes the scores of the beads of one shape that start at source sentence `i` and are
    /// between nodes of a band. Returns the target sentences that they start at.
    pub(in crate::align) fn score_row(
        &self,
        i: usize,
        shape: usize,
        band: &Band,
        row: &mut PotentialRow,
    ) -> Range<usize> {
        let PotentialRow { columns, scores } = row;
        scores.clear();
        let first = starts(band, i, self.shapes[shape]);
        if first.is_empty() {
            return first;
        }
        let cached = self.cached.as_ref().and_then(|cached| cached.row(shape, i, first.clone()));
        match cached {
            Some(cached) => scores.extend_from_slice(cached),
            None => self.scorer.score_row(i, self.shapes[shape], first.clone(), columns, scores),
        }
        first
    }

    /// The score of one bead.
    pub(in crate::align) fn bead_score(
        &self,
        i: usize,
        shape: Shape,
        j: usize,
        row: &mut PotentialRow,
    ) -> f32 {
        let at = || self.shapes.iter().position(|other| *other == shape);
        let cached = self.cached.as_ref().zip(at());
        if let Some([score]) = cached.and_then(|(cached, at)| cached.row(at, i, j..j + 1)) {
            return *score;
        }
        let PotentialRow { columns, scores } = row;
        self.scorer.score_row(i, shape, j..j + 1, columns, scores);
        scores[0]
    }
}
