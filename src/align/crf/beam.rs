//! The beam: the band of nodes that paths nearly as good as the best one go through.
//!
//! The score of the best path through a node is its forward score plus its backward score (a
//! max-marginal). Nodes for which that is too far below the best path's score are pruned.
//! Posteriors are computed between the remaining nodes only.

use std::collections::VecDeque;

use crate::align::band::{Band, BandBuilder, PathStep};
use crate::align::crf::lattice::{Lattice, PotentialRow, States};
use crate::align::crf::viterbi::{IMPOSSIBLE, ViterbiScores};

/// Most nodes of a band that is searched as a whole for nearly best paths. In larger bands only
/// nodes near the best path are searched.
const MAX_WHOLE_NODES: usize = 300 * 300;

/// Nodes on either side of the best path that are searched first, and at most. The margin doubles
/// while nearly best paths reach its edge.
const FIRST_PATH_MARGIN: usize = 20;
const MAX_PATH_MARGIN: usize = 160;

/// Nodes of the beam per sentence above which the margin is not doubled. Aligned text has about 4.
/// Equal lines have more, since any of them may correspond: a wider margin finds as many again.
const MAX_BEAM_NODES_PER_SENTENCE: usize = 16;

/// Beams of fewer nodes may always be widened: they take a millisecond.
const SMALL_BEAM_NODES: usize = 10_000;

/// The best path and the beam.
pub(in crate::align) struct BestPath {
    pub(in crate::align) steps: Vec<PathStep>,
    /// In nats.
    pub(in crate::align) score: f32,
    pub(in crate::align) pruned: Band,
    /// Whether the beam has all nodes of nearly best paths, as far as was searched.
    pub(in crate::align) whole: bool,
}

impl Lattice<'_> {
    /// The best path between the nodes of a band, and the beam: the smallest band with all paths
    /// that are worse by `beam_nats` at most. In large bands it has those near the best path.
    pub(in crate::align) fn best_path(&self, band: &Band, beam_nats: f32) -> BestPath {
        let scores = ViterbiScores::new(self, band);
        let score = scores.best(self.n, self.m);
        let steps = self.trace(band, &scores);
        let (pruned, whole) = if band.nodes() <= MAX_WHOLE_NODES {
            (self.pruned_band(band, &scores, score - beam_nats), true)
        } else {
            self.pruned_band_near(&steps, band, beam_nats)
        };
        BestPath { steps, score, pruned, whole }
    }

    /// The beam near a path, and whether it is whole. The margin is doubled while paths of the beam
    /// reach its edge, up to a limit, unless the beam is flat.
    pub(in crate::align) fn pruned_band_near(
        &self,
        steps: &[PathStep],
        band: &Band,
        beam_nats: f32,
    ) -> (Band, bool) {
        let mut margin = FIRST_PATH_MARGIN;
        loop {
            let near = self.near_path(steps, band, margin);
            let scores = ViterbiScores::new(self, &near);
            let pruned = self.pruned_band(&near, &scores, scores.best(self.n, self.m) - beam_nats);
            let whole = !pruned.touches(&near, band);
            let max_nodes = MAX_BEAM_NODES_PER_SENTENCE * (self.n + self.m);
            let flat = pruned.nodes() > max_nodes.max(SMALL_BEAM_NODES);
            if whole || flat || margin >= MAX_PATH_MARGIN {
                return (pruned, whole);
            }
            margin *= 2;
        }
    }

    /// The nodes of a band that are near a path.
    fn near_path(&self, steps: &[PathStep], band: &Band, margin: usize) -> Band {
        let mut builder = BandBuilder::new(self.n, self.m, margin);
        builder.include_path(steps, margin);
        band.intersection(&builder.finish())
    }

    /// The band of the nodes through which some path scores `min_score` or more: the backward pass.
    fn pruned_band(&self, band: &Band, scores: &ViterbiScores, min_score: f32) -> Band {
        let mut row = PotentialRow::default();
        // The scores after a bead and after a source sentence in the rows below, nearest first.
        let mut below: VecDeque<BackwardRow> = VecDeque::new();
        let mut ranges = vec![0..0; self.n + 1];
        let longest = self.shapes.iter().map(|shape| shape.0).max().unwrap_or(1);
        for i in (0..=self.n).rev() {
            let columns = band.row(i);
            let mut beads = vec![IMPOSSIBLE; columns.len()];
            for (shape, &(a, b)) in self.shapes.iter().enumerate() {
                let first = self.score_row(i, shape, band, &mut row);
                if first.is_empty() {
                    continue;
                }
                let next = &below[a - 1].after_bead[first.start + b - band.row(i + a).start..];
                let beads = &mut beads[first.start - columns.start..];
                for ((best, score), next) in beads.iter_mut().zip(&row.scores).zip(next) {
                    *best = best.max(score + next);
                }
            }
            let mut here = BackwardRow {
                after_bead: vec![IMPOSSIBLE; columns.len()],
                after_source: vec![IMPOSSIBLE; columns.len()],
            };
            let mut target_next = IMPOSSIBLE;
            for (at, j) in columns.clone().enumerate().rev() {
                let last = (i, j) == (self.n, self.m);
                let bead = if last { 0.0 } else { beads[at] };
                let end = if last { self.gaps.at_end } else { beads[at] };
                let source = match below.front() {
                    Some(next) if band.contains(i + 1, j) => {
                        next.after_source[j - band.row(i + 1).start] + self.gaps.source[i]
                    }
                    _ => IMPOSSIBLE,
                };
                let open = self.gaps.open(i, j);
                let target = target_next;
                let after = States {
                    bead: bead.max(source.max(target) + open),
                    source_gap: end.max(source).max(target + self.gaps.turn(i, j)),
                    target_gap: end.max(target),
                };
                (here.after_bead[at], here.after_source[at]) = (after.bead, after.source_gap);
                let before = scores.at(i, j);
                // The forward scores of the last node include that of a gap at the end already.
                let counted = if last { self.gaps.at_end } else { 0.0 };
                let through = (before.bead + after.bead)
                    .max(before.source_gap + after.source_gap - counted)
                    .max(before.target_gap + after.target_gap - counted);
                if through >= min_score {
                    let range = &mut ranges[i];
                    *range = if range.end == 0 { j..j + 1 } else { j..range.end };
                }
                target_next = match j.checked_sub(1) {
                    Some(before) => after.target_gap + self.gaps.target[before],
                    None => IMPOSSIBLE,
                };
            }
            below.push_front(here);
            below.truncate(longest);
        }
        // Rounding may prune all nodes of a row; the band must still have a path.
        band.intersection(&Band::covering(ranges))
    }
}

/// The scores of the best paths from each node of a row to the end, by state.
struct BackwardRow {
    after_bead: Vec<f32>,
    after_source: Vec<f32>,
}

#[cfg(test)]
mod tests {
    use std::ops::Range;

    use ndarray::Array2;

    use super::*;
    use crate::align::config::AlignConfig;
    use crate::align::features::bead_features::Features;
    use crate::align::features::side::Side;
    use crate::embed::Embeddings;

    fn equal_sentences(n: usize) -> Side {
        let vectors = Embeddings::from_rows(Array2::ones((n, 2))).unwrap();
        Side::new(vectors, vec![40.0; n]).unwrap()
    }

    #[test]
    fn the_margin_is_widened_until_it_holds_the_whole_beam() {
        const BEAM_NATS: f32 = 80.0;
        let (source, target) = (equal_sentences(60), equal_sentences(100));
        let full = Band::full(60, 100);
        let config = AlignConfig::default();
        let features = Features::new(&source, &target, config.features(), &full, &full);
        let lattice = Lattice::new(&features, config.shapes(), config.weights());
        let best = lattice.best_path(&full, BEAM_NATS);
        let near = lattice.near_path(&best.steps, &full, FIRST_PATH_MARGIN);
        let reaches = |(pruned, near): (&Range<usize>, &Range<usize>)| {
            pruned.start < near.start || pruned.end > near.end
        };
        assert!(best.pruned.rows().iter().zip(near.rows()).any(reaches));
        let (widened, whole) = lattice.pruned_band_near(&best.steps, &full, BEAM_NATS);
        assert_eq!((widened.rows(), whole), (best.pruned.rows(), true));
    }
}
