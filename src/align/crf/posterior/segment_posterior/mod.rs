//! The posterior of a bead of whole segments.
//!
//! Its weight is that of all paths that link its segments, and only them, to one group, whatever
//! they do with the sentences inside. A path links segments by a chain of beads, each of which has
//! a segment in common with the one before. Unaligned sentences may come before, between and after
//! the beads.
//!
//! Two methods give the same weight. [`pairwise`] is faster for small groups, and [`one_pass`]
//! for large ones.

pub(in crate::align) mod one_pass;
pub(in crate::align) mod pairwise;

use std::ops::Range;

use crate::align::crf::posterior::constraint::Constraint;
use crate::align::crf::posterior::forward_backward::ForwardBackward;
use crate::align::features::side::Side;

/// Most cells (pairs of sentences) of a group for the pairwise method: a few sentences a side. Its
/// time grows with the square of the cells, that of the other method linearly.
const MAX_PAIRWISE_CELLS: usize = 256;

/// The posterior of a bead of segments, which are consecutive on both sides.
pub(in crate::align) fn segment_posterior<A: Constraint>(
    paths: &ForwardBackward<'_, A>,
    (source, segments): (&Side, Range<usize>),
    (target, others): (&Side, Range<usize>),
) -> f32 {
    let (rows, columns) = (source.sentences(segments), target.sentences(others));
    let weight = if rows.len() * columns.len() > MAX_PAIRWISE_CELLS {
        one_pass::group_weight(paths, (source, rows), (target, columns))
    } else {
        pairwise::group_weight(paths, (source, rows), (target, columns))
    };
    paths.probability(weight) as f32
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::align::band::Band;
    use crate::align::crf::lattice::Lattice;
    use crate::align::crf::posterior::constraint::Unconstrained;
    use crate::align::features::bead_features::Features;
    use crate::align::testing::{config, sides};

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, cases: 60, ..ProptestConfig::default() })]

        #[test]
        fn both_methods_give_the_same_weight(
            (source, target) in sides(9),
            config in config(),
        ) {
            let (source, target) = (source.side(), target.side());
            let band = Band::full(source.len(), target.len());
            let features = Features::new(&source, &target, config.features(), &band, &band);
            let lattice = Lattice::new(&features, config.shapes(), config.weights());
            let potentials = lattice.potentials(&band);
            let paths = ForwardBackward::new(&lattice, &band, &potentials, Unconstrained, config.temperature);
            let ranges = |segments: usize| {
                (0..segments).flat_map(move |first| (first + 1..=segments).map(move |end| first..end))
            };
            for segments in ranges(source.segment_count()) {
                for others in ranges(target.segment_count()) {
                    let own = (&source, source.sentences(segments.clone()));
                    let other = (&target, target.sentences(others));
                    let one_pass = one_pass::group_weight(&paths, own.clone(), other.clone());
                    let pairwise = pairwise::group_weight(&paths, own, other);
                    let (one_pass, pairwise) = (paths.probability(one_pass), paths.probability(pairwise));
                    prop_assert!((one_pass - pairwise).abs() < 1e-4, "{} {}", one_pass, pairwise);
                }
            }
        }
    }
}
