//! Links of a pair: how likely each two single sentences correspond.
//!
//! Beads of different shapes compete for the same sentences, and three languages cannot be decoded
//! by beads of pairs. So the posteriors of beads are summed per pair of sentences. The posterior of
//! a link is that of all beads that contain both sentences (as the pair posteriors of ProbCons, Do
//! et al. 2005). The module also makes the band of nodes in which all languages are decoded.

use std::ops::Range;

use crate::align::band::{Band, BandBuilder, BandMatrix, PathStep};
use crate::align::crf::posterior::constraint::Constraint;
use crate::align::crf::posterior::forward_backward::ForwardBackward;
use crate::align::features::bead_features::{BeadColumns, Features};

/// Beads with a smaller posterior do not count in links.
const MIN_BEAD_POSTERIOR: f64 = 1e-3;

/// The links between the sentences of two sides.
pub(in crate::align) struct Links {
    links: BandMatrix<SentenceLink>,
    target_len: usize,
    aligned: AlignedPosteriors,
}

/// For each sentence of the two sides, the posterior that a bead contains it.
pub(in crate::align) struct AlignedPosteriors {
    pub(in crate::align) source: Vec<f32>,
    pub(in crate::align) target: Vec<f32>,
}

/// A link between two sentences.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct SentenceLink {
    /// The posterior that a bead contains both, 0 to 1.
    posterior: f32,
    /// The margins of these beads, weighted by their posteriors and summed.
    margin_sum: f32,
}

impl Links {
    /// Sums the posteriors of all beads between the nodes of a band.
    pub(in crate::align) fn new<A: Constraint>(
        posteriors: &ForwardBackward<'_, A>,
        features: &Features,
        band: &Band,
        max_side: usize,
    ) -> Links {
        let cells = band.cells(max_side);
        let target_len = band.rows().last().map_or(0, |row| row.end - 1);
        let mut aligned =
            AlignedPosteriors { source: vec![0.0; cells.len()], target: vec![0.0; target_len] };
        let mut links = BandMatrix::new(cells, SentenceLink::default());
        let mut scratch = BeadColumns::default();
        posteriors.each_bead(|bead, posterior| {
            if posterior < MIN_BEAD_POSTERIOR {
                return;
            }
            let posterior = posterior as f32;
            let (rows, columns) = (bead.i..bead.i + bead.shape.0, bead.j..bead.j + bead.shape.1);
            aligned.source[rows.clone()].iter_mut().for_each(|sum| *sum += posterior);
            aligned.target[columns.clone()].iter_mut().for_each(|sum| *sum += posterior);
            let margin = features.margin(bead.i, bead.shape, bead.j, &mut scratch);
            for i in rows {
                for j in columns.clone() {
                    if let Some(link) = links.get_mut(i, j) {
                        link.posterior = (link.posterior + posterior).min(1.0);
                        link.margin_sum += posterior * margin;
                    }
                }
            }
        });
        Links { links, target_len, aligned }
    }

    /// Links with given posteriors between n and m sentences. A sentence is aligned with the
    /// posterior of its likeliest link.
    #[cfg(test)]
    pub(in crate::align) fn from_posteriors(
        n: usize,
        m: usize,
        posterior: impl Fn(usize, usize) -> f32,
    ) -> Links {
        let row = Range { start: 0, end: m };
        let mut links = BandMatrix::new(vec![row; n], SentenceLink::default());
        for i in 0..n {
            for (j, link) in links.row_mut(i).iter_mut().enumerate() {
                *link = SentenceLink { posterior: posterior(i, j), margin_sum: 0.0 };
            }
        }
        let highest = |of: &mut dyn Iterator<Item = f32>| of.fold(0.0, f32::max);
        let aligned = AlignedPosteriors {
            source: (0..n).map(|i| highest(&mut (0..m).map(|j| posterior(i, j)))).collect(),
            target: (0..m).map(|j| highest(&mut (0..n).map(|i| posterior(i, j)))).collect(),
        };
        Links { links, target_len: m, aligned }
    }

    /// The number of target sentences.
    pub(in crate::align) fn target_len(&self) -> usize {
        self.target_len
    }

    /// The target sentences that a source sentence may be linked to.
    pub(in crate::align) fn columns(&self, i: usize) -> Range<usize> {
        self.links.columns(i)
    }

    /// For each sentence, the posterior that it is aligned.
    pub(in crate::align) fn aligned(&self) -> &AlignedPosteriors {
        &self.aligned
    }

    /// The posterior of a link.
    pub(in crate::align) fn posterior(&self, i: usize, j: usize) -> f32 {
        self.links.get(i, j).map_or(0.0, |link| link.posterior)
    }

    /// The posterior of the best link of each of some sentences with the others, averaged.
    pub(in crate::align) fn mean_best(&self, rows: &[usize], columns: &[usize]) -> f32 {
        let best = |posteriors: &mut dyn Iterator<Item = f32>| posteriors.fold(0.0, f32::max);
        let of_rows =
            rows.iter().map(|&i| best(&mut columns.iter().map(|&j| self.posterior(i, j))));
        let of_columns =
            columns.iter().map(|&j| best(&mut rows.iter().map(|&i| self.posterior(i, j))));
        of_rows.chain(of_columns).sum::<f32>() / (rows.len() + columns.len()).max(1) as f32
    }

    /// The mean margin of the beads that link some sentences, ascending on both sides, weighted by
    /// posterior; 0 without such beads.
    pub(in crate::align) fn margin(&self, rows: &[usize], columns: &[usize]) -> f32 {
        let stored = |i: usize| {
            let stored = self.columns(i);
            let place = |bound: usize| columns.partition_point(|&j| j < bound);
            &columns[place(stored.start)..place(stored.end)]
        };
        let links =
            rows.iter().flat_map(|&i| stored(i).iter().filter_map(move |&j| self.links.get(i, j)));
        let (margins, weight) = links.fold((0.0, 0.0), |(margins, weight), link| {
            (margins + link.margin_sum, weight + link.posterior)
        });
        if weight > 0.0 { margins / weight } else { 0.0 }
    }
}

/// Nodes on each side of the Viterbi path that are in the joint band. Three languages are decoded
/// over a product of bands, so it is much narrower than the search band.
const JOINT_MARGIN: usize = 3;

/// Runs of unaligned sentences of up to this number of nodes are in the joint band as a whole; of larger
/// ones only the nodes of the path.
const MAX_WHOLE_GAP_NODES: usize = 64 * 64;

/// The nodes near the Viterbi path of a pair of n and m sentences.
///
/// The sentences of a run of unaligned sentences have no order between the two sides. So all nodes
/// between the ends of the run are included, up to a limit.
pub(in crate::align) fn joint_band(path: &[PathStep], n: usize, m: usize) -> Band {
    let mut builder = BandBuilder::new(n, m, JOINT_MARGIN);
    let is_bead = |step: &PathStep| step.0 > 0 && step.1 > 0;
    let mut node = (0, 0);
    let mut run_start = node;
    for (at, step) in path.iter().enumerate() {
        node = (node.0 + step.0, node.1 + step.1);
        if is_bead(step) {
            builder.include(node.0, node.1..node.1 + 1, JOINT_MARGIN);
            run_start = node;
        } else if path.get(at + 1).is_none_or(is_bead) {
            let is_whole = (node.0 - run_start.0) * (node.1 - run_start.1) <= MAX_WHOLE_GAP_NODES;
            for row in run_start.0..=node.0 {
                let last = if is_whole || row == node.0 { node.1 } else { run_start.1 };
                builder.include(row, run_start.1..last + 1, JOINT_MARGIN);
            }
        }
    }
    builder.finish()
}
