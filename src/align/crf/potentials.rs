//! The potentials of beads: their scores, in a table that the Viterbi search, the beam and the
//! forward-backward algorithm share.

use std::ops::Range;

use crate::align::band::{Band, BandMatrix};
use crate::align::crf::bead_scores::BeadScorer;
use crate::align::features::shape::Shape;

/// The scores of all beads between the nodes of a band: by shape, then by the node where they
/// start.
pub(in crate::align) struct Potentials(Vec<BandMatrix<f32>>);

impl Potentials {
    /// A table in which no bead is possible.
    pub(in crate::align) fn impossible(band: &Band, shapes: usize) -> Potentials {
        Potentials(vec![BandMatrix::new(band.rows().to_vec(), f32::NEG_INFINITY); shapes])
    }

    /// Sets the scores of the beads of one shape that start at source sentence `i` and the target
    /// sentences from `first` on.
    pub(in crate::align) fn set(&mut self, shape: usize, i: usize, first: usize, scores: &[f32]) {
        let potentials = &mut self.0[shape];
        let from = first.saturating_sub(potentials.columns(i).start);
        let row = potentials.row_mut(i).iter_mut().skip(from);
        row.zip(scores).for_each(|(potential, score)| *potential = *score);
    }

    /// Adds a number to the scores of all beads of a shape.
    pub(in crate::align) fn add(&mut self, shape: usize, score: f32) {
        self.0[shape].values_mut().for_each(|potential| *potential += score);
    }

    /// Adds to the score of each possible bead of a shape a number that depends on its start.
    pub(in crate::align) fn add_each(&mut self, shape: usize, score: impl Fn(usize, usize) -> f32) {
        let potentials = &mut self.0[shape];
        for i in 0..potentials.row_count() {
            let first = potentials.columns(i).start;
            for (at, potential) in potentials.row_mut(i).iter_mut().enumerate() {
                if *potential > f32::NEG_INFINITY {
                    *potential += score(i, first + at);
                }
            }
        }
    }

    /// The scores between the nodes of a band inside this one, plus those of words, which were not
    /// compared when these were computed.
    pub(in crate::align) fn with_words(
        &self,
        scorer: BeadScorer<'_>,
        shapes: &[Shape],
        band: &Band,
    ) -> Potentials {
        let mut mismatches = Vec::new();
        let of_shape = |(shape, known): (&Shape, &BandMatrix<f32>)| {
            let mut potentials = BandMatrix::new(band.rows().to_vec(), f32::NEG_INFINITY);
            for i in 0..band.rows().len() {
                let first = starts(band, i, *shape);
                if first.is_empty() {
                    continue;
                }
                let from = first.start - band.row(i).start;
                let out = &mut potentials.row_mut(i)[from..from + first.len()];
                let from = first.start - known.columns(i).start;
                out.copy_from_slice(&known.row(i)[from..from + first.len()]);
                scorer.add_words(i, *shape, first, &mut mismatches, out);
            }
            potentials
        };
        Potentials(shapes.iter().zip(&self.0).map(of_shape).collect())
    }

    /// The scores of the beads of one shape that start at source sentence `i` and some target
    /// sentences. `None` if the table does not have them all.
    pub(in crate::align) fn row(
        &self,
        shape: usize,
        i: usize,
        first: Range<usize>,
    ) -> Option<&[f32]> {
        let potentials = &self.0[shape];
        let from = first.start.checked_sub(potentials.columns(i).start)?;
        potentials.row(i).get(from..from + first.len())
    }

    /// The scores of each shape, by the node where the bead starts.
    pub(in crate::align) fn by_shape(&self) -> &[BandMatrix<f32>] {
        &self.0
    }

    /// The scores of the beads that start at a node, by shape.
    pub(in crate::align) fn at(&self, i: usize, j: usize) -> impl Iterator<Item = f32> + '_ {
        self.0
            .iter()
            .map(move |potentials| potentials.get(i, j).copied().unwrap_or(f32::NEG_INFINITY))
    }
}

/// The target sentences at which beads of a shape can start, if they start at source sentence `i`
/// and both ends are nodes of a band.
pub(in crate::align) fn starts(band: &Band, i: usize, (a, b): Shape) -> Range<usize> {
    if i + a >= band.rows().len() {
        return 0..0;
    }
    let (own, other) = (band.row(i), band.row(i + a));
    let from = own.start.max(other.start.saturating_sub(b));
    let to = own.end.min(other.end.saturating_sub(b));
    from..to.max(from)
}
