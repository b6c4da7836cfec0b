//! The gains of beads, kept for all who ask for them: the best path, the way
//! back, and the sums over all paths.

use std::ops::Range;

use crate::align::band::{Band, BandMatrix};
use crate::align::crf::lattice::{Lattice, PotentialRow};
use crate::align::crf::weights::Weights;
use crate::align::features::bead::{Features, Shape};

/// The gains of all beads between the nodes of a band: by shape, then by the
/// node where they start.
pub(in crate::align) struct Potentials(Vec<BandMatrix<f32>>);

impl Potentials {
    pub(in crate::align) fn new(lattice: &Lattice<'_>, band: &Band) -> Potentials {
        let mut row = PotentialRow::default();
        let of_shape = |at: usize| {
            let mut potentials = BandMatrix::new(band.rows().to_vec(), f32::NEG_INFINITY);
            for i in 0..=lattice.n {
                let first = lattice.potentials(i, at, band, &mut row);
                let from = first.start.saturating_sub(band.row(i).start);
                let out = potentials.row_mut(i).iter_mut().skip(from);
                out.zip(&row.potentials).for_each(|(out, potential)| *out = *potential);
            }
            potentials
        };
        Potentials((0..lattice.shapes.len()).map(of_shape).collect())
    }

    /// The gains between the nodes of a band inside this one, with what words add
    /// that were not looked at when these were measured.
    pub(in crate::align) fn with_words(
        &self,
        features: &Features,
        weights: &Weights,
        shapes: &[Shape],
        band: &Band,
    ) -> Potentials {
        let mut losses = Vec::new();
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
                features.add_words(i, *shape, first, &weights.beads, &mut losses, out);
            }
            potentials
        };
        Potentials(shapes.iter().zip(&self.0).map(of_shape).collect())
    }

    /// The gains of the beads of one shape that start at source sentence `i` and
    /// some target sentences; nothing where these are not known.
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

    /// By shape, all gains.
    pub(in crate::align) fn shapes(&self) -> &[BandMatrix<f32>] {
        &self.0
    }

    /// The gains of the beads that start at a node, by shape.
    pub(in crate::align) fn at(&self, i: usize, j: usize) -> impl Iterator<Item = f32> + '_ {
        self.0
            .iter()
            .map(move |potentials| potentials.get(i, j).copied().unwrap_or(f32::NEG_INFINITY))
    }
}

/// The first target sentences of the beads of a shape that start at source
/// sentence `i` and whose both ends are nodes of a band.
pub(in crate::align) fn starts(band: &Band, i: usize, (a, b): Shape) -> Range<usize> {
    if i + a >= band.rows().len() {
        return 0..0;
    }
    let (own, other) = (band.row(i), band.row(i + a));
    let from = own.start.max(other.start.saturating_sub(b));
    let to = own.end.min(other.end.saturating_sub(b));
    from..to.max(from)
}
