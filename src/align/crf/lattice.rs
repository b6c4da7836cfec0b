//! The search lattice of a pair of articles, and the best path through it.
//!
//! A node (i, j) means that i source and j target sentences are done. Three
//! states tell how it was reached: by a bead, or within a run of unaligned
//! sentences, whose source sentences come before its target sentences. So each
//! alignment is exactly one path, and a run costs one opening whatever it
//! holds (affine gaps, Gotoh 1982; as in local sequence alignment, unrelated
//! text on both sides is one run).

use std::collections::VecDeque;
use std::ops::Range;

use crate::align::band::{Band, BandBuilder, BandMatrix, PathStep};
use crate::align::crf::potentials::{Potentials, starts};
use crate::align::crf::weights::Weights;
use crate::align::features::bead::{Features, Scratch, Shape};

/// States of a node.
pub(in crate::align) const BEAD: usize = 0;
pub(in crate::align) const SOURCE_GAP: usize = 1;
pub(in crate::align) const TARGET_GAP: usize = 2;
pub(in crate::align) const STATES: usize = 3;

const IMPOSSIBLE: f32 = f32::NEG_INFINITY;

/// Nodes of which all are looked at for paths nearly as good as the best.
const MAX_UNPRUNED_NODES: usize = 300 * 300;

/// Nodes on either side of the best path that are near it, at first and at most.
const PATH_MARGIN: usize = 20;
const MAX_PATH_MARGIN: usize = 160;

/// Nodes per sentence of both sides that good paths may go through for the search to look
/// farther from the best one. Aligned text has some 4 of them. Only among equal lines are
/// there more, since any of them may correspond, and looking farther finds as many again.
const MOST_ALIVE: usize = 16;

/// Nodes that are looked at in any case: they take a millisecond.
const FEW_NODES: usize = 10_000;

/// What runs of unaligned sentences gain.
pub(in crate::align) struct Gaps {
    open: f32,
    open_at_start: f32,
    pub(in crate::align) at_end: f32,
    both: f32,
    both_at_start: f32,
    both_at_end: f32,
    /// Sentences of the source.
    n: usize,
    pub(in crate::align) source: Vec<f32>,
    pub(in crate::align) target: Vec<f32>,
}

impl Gaps {
    /// What it gains to start a run at a node.
    pub(in crate::align) fn open(&self, i: usize, j: usize) -> f32 {
        if i + j == 0 { self.open_at_start } else { self.open }
    }

    /// What it gains at a node to go over from a run's source sentences to its
    /// target sentences: where no target sentence is done, the run started the
    /// articles, where all source sentences are, it will end them.
    pub(in crate::align) fn turn(&self, i: usize, j: usize) -> f32 {
        let start = if j == 0 { self.both_at_start } else { 0.0 };
        let end = if i == self.n { self.both_at_end } else { 0.0 };
        self.both + start + end
    }
}

/// The gains of one pair: of beads and of gaps.
pub(in crate::align) struct Lattice<'a> {
    pub(in crate::align) n: usize,
    pub(in crate::align) m: usize,
    pub(in crate::align) shapes: Vec<Shape>,
    pub(in crate::align) gaps: Gaps,
    pub(in crate::align) features: &'a Features,
    pub(in crate::align) weights: &'a Weights,
    /// Potentials that are measured already.
    pub(in crate::align) cached: Option<Potentials>,
}

/// The best path.
pub(in crate::align) struct Best {
    pub(in crate::align) steps: Vec<PathStep>,
    pub(in crate::align) score: f32,
    /// The nodes that paths nearly as good go through.
    pub(in crate::align) pruned: Band,
    /// Whether those are all of them, as far as could be seen.
    pub(in crate::align) whole: bool,
}

/// Room for the gains of one row of beads.
#[derive(Default)]
pub(in crate::align) struct PotentialRow {
    scratch: Scratch,
    pub(in crate::align) potentials: Vec<f32>,
}

impl<'a> Lattice<'a> {
    pub(in crate::align) fn new(
        features: &'a Features,
        shapes: Vec<Shape>,
        weights: &'a Weights,
    ) -> Self {
        let [open, extend, size, at_start, at_end, both, both_at_start, both_at_end] = weights.gaps;
        let costs = |logs: &[f32]| logs.iter().map(|log| extend + size * (log - 4.2)).collect();
        let (n, m) = (features.source.len(), features.target.len());
        let gaps = Gaps {
            open,
            open_at_start: open + at_start,
            at_end,
            both,
            both_at_start,
            both_at_end,
            n,
            source: costs(&features.source.log),
            target: costs(&features.target.log),
        };
        Lattice { n, m, shapes, gaps, features, weights, cached: None }
    }

    /// Computes the gains of the beads of one shape that start at source
    /// sentence `i` between nodes of a band; returns the first target
    /// sentences they are for.
    pub(in crate::align) fn potentials(
        &self,
        i: usize,
        shape: usize,
        band: &Band,
        row: &mut PotentialRow,
    ) -> Range<usize> {
        let PotentialRow { scratch, potentials } = row;
        potentials.clear();
        let first = starts(band, i, self.shapes[shape]);
        if first.is_empty() {
            return first;
        }
        let known = self.cached.as_ref().and_then(|known| known.row(shape, i, first.clone()));
        match known {
            Some(known) => potentials.extend_from_slice(known),
            None => {
                let (shape, weights) = (self.shapes[shape], &self.weights.beads);
                self.features.potentials(i, shape, first.clone(), weights, scratch, potentials);
            }
        }
        first
    }

    /// Measures the gains of all beads between the nodes of a band, which are then
    /// not measured again.
    pub(in crate::align) fn precompute(&mut self, band: &Band) {
        self.cached = Some(Potentials::new(self, band));
    }

    /// The best path between the nodes of a band, and the smallest band that
    /// holds all paths that are worse by `within` at most; in a long text, of
    /// those that stay near the best. Of equally good paths, the one whose last
    /// steps are beads, small ones first.
    pub(in crate::align) fn best_path(&self, band: &Band, within: f32) -> Best {
        let scores = self.forward(band);
        let end = scores.at(self.n, self.m);
        let score = end.iter().fold(IMPOSSIBLE, |best, score| best.max(*score));
        let steps = self.trace(band, &scores, end);
        let (pruned, whole) = match band.nodes() <= MAX_UNPRUNED_NODES {
            true => (self.pruned_band(band, &scores, score - within), true),
            false => self.pruned_band_near(&steps, band, within),
        };
        Best { steps, score, pruned, whole }
    }

    /// The smallest band that holds the paths near the best one that are worse by
    /// `within` at most. Where they touch the edge of what is near, more is, up to a
    /// limit, unless they fill most of it; whether that was enough.
    pub(in crate::align) fn pruned_band_near(
        &self,
        steps: &[PathStep],
        band: &Band,
        within: f32,
    ) -> (Band, bool) {
        let mut margin = PATH_MARGIN;
        loop {
            let mut builder = BandBuilder::new(self.n, self.m, margin);
            builder.include_path(steps, margin);
            let near = band.intersection(&builder.finish());
            let scores = self.forward(&near);
            let score = scores.at(self.n, self.m).into_iter().fold(IMPOSSIBLE, f32::max);
            let pruned = self.pruned_band(&near, &scores, score - within);
            let whole = !pruned.touches(&near, band);
            let flat = pruned.nodes() > (MOST_ALIVE * (self.n + self.m)).max(FEW_NODES);
            if whole || flat || margin >= MAX_PATH_MARGIN {
                return (pruned, whole);
            }
            margin *= 2;
        }
    }

    /// The steps of the best path alone.
    pub(in crate::align) fn best_steps(&self, band: &Band) -> Vec<PathStep> {
        let scores = self.forward(band);
        let end = scores.at(self.n, self.m);
        self.trace(band, &scores, end)
    }

    /// The gain of one bead.
    pub(in crate::align) fn potential(
        &self,
        i: usize,
        shape: Shape,
        j: usize,
        row: &mut PotentialRow,
    ) -> f32 {
        let at = || self.shapes.iter().position(|other| *other == shape);
        let known = self.cached.as_ref().zip(at());
        if let Some([potential]) = known.and_then(|(known, at)| known.row(at, i, j..j + 1)) {
            return *potential;
        }
        let PotentialRow { scratch, potentials } = row;
        self.features.potentials(i, shape, j..j + 1, &self.weights.beads, scratch, potentials);
        potentials[0]
    }

    fn forward(&self, band: &Band) -> Scores {
        let mut scores = Scores::new(band);
        let mut row = PotentialRow::default();
        let mut done = Vec::new();
        if let Some(start) = scores.states[BEAD].get_mut(0, 0) {
            *start = 0.0;
        }
        for i in 0..=self.n {
            let columns = band.row(i);
            self.source_gaps(i, band, &mut scores);
            let [beads, source, target] = &mut scores.states;
            let (beads, source, target) = (beads.row(i), source.row(i), target.row_mut(i));
            for at in 1..columns.len() {
                let j = columns.start + at;
                let open = beads[at - 1] + self.gaps.open(i, j - 1);
                let best = target[at - 1].max(source[at - 1] + self.gaps.turn(i, j - 1)).max(open);
                target[at] = best + self.gaps.target[j - 1];
            }
            done.clear();
            let all = beads.iter().zip(source).zip(target.iter());
            done.extend(all.map(|((bead, source), target)| bead.max(*source).max(*target)));
            for (shape, &(a, b)) in self.shapes.iter().enumerate() {
                let first = self.potentials(i, shape, band, &mut row);
                if first.is_empty() {
                    continue;
                }
                let to = band.row(i + a).start;
                let beads = &mut scores.states[BEAD].row_mut(i + a)[first.start + b - to..];
                let done = &done[first.start - columns.start..];
                for ((score, potential), done) in beads.iter_mut().zip(&row.potentials).zip(done) {
                    *score = score.max(potential + done);
                }
            }
        }
        for state in [SOURCE_GAP, TARGET_GAP] {
            if let Some(end) = scores.states[state].get_mut(self.n, self.m) {
                *end += self.gaps.at_end;
            }
        }
        scores
    }

    fn source_gaps(&self, i: usize, band: &Band, scores: &mut Scores) {
        if i == 0 {
            return;
        }
        let (own, above) = (band.row(i), band.row(i - 1));
        for j in own.start.max(above.start)..own.end.min(above.end) {
            let [bead, source, _] = scores.at(i - 1, j);
            let best = source.max(bead + self.gaps.open(i - 1, j));
            if let Some(score) = scores.states[SOURCE_GAP].get_mut(i, j) {
                *score = best + self.gaps.source[i - 1];
            }
        }
    }

    /// The band of the nodes of which some path scores `least` or more.
    fn pruned_band(&self, band: &Band, scores: &Scores, least: f32) -> Band {
        let mut row = PotentialRow::default();
        // The scores of what follows, of the rows below, nearest first.
        let mut below: VecDeque<[Vec<f32>; 2]> = VecDeque::new();
        let mut ranges = vec![0..0; self.n + 1];
        let longest = self.shapes.iter().map(|shape| shape.0).max().unwrap_or(1);
        for i in (0..=self.n).rev() {
            let columns = band.row(i);
            let mut beads = vec![IMPOSSIBLE; columns.len()];
            for (shape, &(a, b)) in self.shapes.iter().enumerate() {
                let first = self.potentials(i, shape, band, &mut row);
                if first.is_empty() {
                    continue;
                }
                let next = &below[a - 1][0][first.start + b - band.row(i + a).start..];
                let beads = &mut beads[first.start - columns.start..];
                for ((score, potential), next) in beads.iter_mut().zip(&row.potentials).zip(next) {
                    *score = score.max(potential + next);
                }
            }
            let mut after_bead = vec![IMPOSSIBLE; columns.len()];
            let mut after_source = vec![IMPOSSIBLE; columns.len()];
            let mut target_next = IMPOSSIBLE;
            for (at, j) in columns.clone().enumerate().rev() {
                let last = (i, j) == (self.n, self.m);
                let here = if last { 0.0 } else { beads[at] };
                let end = if last { self.gaps.at_end } else { beads[at] };
                let source = match below.front() {
                    Some(next) if band.contains(i + 1, j) => {
                        next[1][j - band.row(i + 1).start] + self.gaps.source[i]
                    }
                    _ => IMPOSSIBLE,
                };
                let open = self.gaps.open(i, j);
                let target = target_next;
                after_bead[at] = here.max(source.max(target) + open);
                after_source[at] = end.max(source).max(target + self.gaps.turn(i, j));
                let after_target = end.max(target);
                let [bead, source, target] = scores.at(i, j);
                // The scores at the end have the gain of a run there already.
                let again = if last { self.gaps.at_end } else { 0.0 };
                let through = (bead + after_bead[at])
                    .max(source + after_source[at] - again)
                    .max(target + after_target - again);
                if through >= least {
                    let range = &mut ranges[i];
                    *range = if range.end == 0 { j..j + 1 } else { j..range.end };
                }
                target_next = match j.checked_sub(1) {
                    Some(before) => after_target + self.gaps.target[before],
                    None => IMPOSSIBLE,
                };
            }
            below.push_front([after_bead, after_source]);
            below.truncate(longest);
        }
        // The way back needs a node a row, whatever the rounding.
        band.intersection(&Band::covering(ranges))
    }

    fn trace(&self, band: &Band, scores: &Scores, end: [f32; STATES]) -> Vec<PathStep> {
        let (mut i, mut j) = (self.n, self.m);
        let mut state = best(end);
        let mut steps = Vec::new();
        let mut row = PotentialRow::default();
        while i > 0 || j > 0 {
            let step = match state {
                BEAD => self.bead_before(i, j, band, scores, &mut row),
                SOURCE_GAP => (1, 0),
                _ => (0, 1),
            };
            steps.push(step);
            i -= step.0;
            j -= step.1;
            let [bead, source, target] = scores.at(i, j);
            let open = bead + self.gaps.open(i, j);
            state = match state {
                BEAD => best([bead, source, target]),
                SOURCE_GAP => best([open, source, IMPOSSIBLE]),
                _ => best([open, source + self.gaps.turn(i, j), target]),
            };
        }
        steps.reverse();
        steps
    }

    /// The shape of the bead that reaches a node with its score, which
    /// follows from the scores: the same sums give the same values.
    fn bead_before(
        &self,
        i: usize,
        j: usize,
        band: &Band,
        scores: &Scores,
        row: &mut PotentialRow,
    ) -> PathStep {
        let mut found = (IMPOSSIBLE, (1, 1));
        for &(a, b) in &self.shapes {
            if a > i || b > j || !band.contains(i - a, j - b) {
                continue;
            }
            let at = (i - a, j - b);
            let potential = self.potential(at.0, (a, b), at.1, row);
            let done = scores.at(at.0, at.1).into_iter().fold(IMPOSSIBLE, f32::max);
            if potential + done > found.0 {
                found = (potential + done, (a, b));
            }
        }
        found.1
    }
}

/// The best scores of the ways to each node, by state.
struct Scores {
    states: [BandMatrix<f32>; STATES],
}

impl Scores {
    fn new(band: &Band) -> Scores {
        Scores {
            states: std::array::from_fn(|_| BandMatrix::new(band.rows().to_vec(), IMPOSSIBLE)),
        }
    }

    fn at(&self, i: usize, j: usize) -> [f32; STATES] {
        std::array::from_fn(|state| self.states[state].get(i, j).copied().unwrap_or(IMPOSSIBLE))
    }
}

/// The best state, the first of equal ones.
fn best(scores: [f32; STATES]) -> usize {
    (1..STATES).fold(0, |best, state| if scores[state] > scores[best] { state } else { best })
}

#[cfg(test)]
mod tests {
    use ndarray::Array2;

    use super::*;
    use crate::align::{AlignConfig, Side};
    use crate::embed::Embeddings;

    /// Sentences that are all alike.
    fn alike(n: usize) -> Side {
        let vectors = Embeddings::from_rows(Array2::ones((n, 2))).unwrap();
        Side::new(vectors, vec![40.0; n]).unwrap()
    }

    #[test]
    fn more_is_looked_at_where_paths_reach_the_edge_of_what_is_near() {
        let (source, target) = (alike(60), alike(100));
        let full = Band::full(60, 100);
        let config = AlignConfig::default();
        let features = Features::new(&source, &target, &config, &full, &full);
        let lattice = Lattice::new(&features, config.shapes(), config.weights());
        let best = lattice.best_path(&full, 80.0);
        // The alike sentences may stand anywhere beside each other.
        let mut builder = BandBuilder::new(60, 100, PATH_MARGIN);
        builder.include_path(&best.steps, PATH_MARGIN);
        let near = full.intersection(&builder.finish());
        let reaches = |(pruned, near): (&Range<usize>, &Range<usize>)| {
            pruned.start < near.start || pruned.end > near.end
        };
        assert!(best.pruned.rows().iter().zip(near.rows()).any(reaches));
        let (widened, whole) = lattice.pruned_band_near(&best.steps, &full, 80.0);
        assert_eq!((widened.rows(), whole), (best.pruned.rows(), true));
    }
}
