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

use super::band::{About, Band, Banded};
use super::evidence::{Evidence, Scratch, Shape};
use super::gains::{Gains, starts};
use super::weights::Weights;

/// States of a node.
pub(super) const BEAD: usize = 0;
pub(super) const SOURCE_GAP: usize = 1;
pub(super) const TARGET_GAP: usize = 2;
pub(super) const STATES: usize = 3;

const NOTHING: f32 = f32::NEG_INFINITY;

/// Nodes of which all are looked at for paths nearly as good as the best.
const MOST_NODES: usize = 300 * 300;

/// Nodes on either side of the best path that are near it, at first and at most.
const BESIDE: usize = 20;
const MOST_BESIDE: usize = 160;

/// Nodes per sentence of both sides that good paths may go through for the search to look
/// farther from the best one. Aligned text has some 4 of them. Only among equal lines are
/// there more, since any of them may correspond, and looking farther finds as many again.
const MOST_ALIVE: usize = 16;

/// Nodes that are looked at in any case: they take a millisecond.
const FEW_NODES: usize = 10_000;

/// A path's step: source and target sentences. Unaligned sentences are steps
/// (1, 0) and (0, 1).
pub(super) type Step = (usize, usize);

/// What runs of unaligned sentences gain.
pub(super) struct Gaps {
    open: f32,
    open_at_start: f32,
    pub(super) at_end: f32,
    both: f32,
    both_at_start: f32,
    both_at_end: f32,
    /// Sentences of the source.
    n: usize,
    pub(super) source: Vec<f32>,
    pub(super) target: Vec<f32>,
}

impl Gaps {
    /// What it gains to start a run at a node.
    pub(super) fn open(&self, i: usize, j: usize) -> f32 {
        if i + j == 0 { self.open_at_start } else { self.open }
    }

    /// What it gains at a node to go over from a run's source sentences to its
    /// target sentences: where no target sentence is done, the run started the
    /// articles, where all source sentences are, it will end them.
    pub(super) fn turn(&self, i: usize, j: usize) -> f32 {
        let start = if j == 0 { self.both_at_start } else { 0.0 };
        let end = if i == self.n { self.both_at_end } else { 0.0 };
        self.both + start + end
    }
}

/// The gains of one pair: of beads and of gaps.
pub(super) struct Lattice<'a> {
    pub(super) n: usize,
    pub(super) m: usize,
    pub(super) shapes: Vec<Shape>,
    pub(super) gaps: Gaps,
    pub(super) evidence: &'a Evidence,
    pub(super) weights: &'a Weights,
    /// Gains that are measured already.
    pub(super) known: Option<Gains>,
}

/// The best path.
pub(super) struct Best {
    pub(super) steps: Vec<Step>,
    pub(super) score: f32,
    /// The nodes that paths nearly as good go through.
    pub(super) alive: Band,
    /// Whether those are all of them, as far as could be seen.
    pub(super) whole: bool,
}

/// Room for the gains of one row of beads.
#[derive(Default)]
pub(super) struct Row {
    scratch: Scratch,
    pub(super) gains: Vec<f32>,
}

impl<'a> Lattice<'a> {
    pub(super) fn new(evidence: &'a Evidence, shapes: Vec<Shape>, weights: &'a Weights) -> Self {
        let [open, extend, size, at_start, at_end, both, both_at_start, both_at_end] = weights.gaps;
        let costs = |logs: &[f32]| logs.iter().map(|log| extend + size * (log - 4.2)).collect();
        let (n, m) = (evidence.source.len(), evidence.target.len());
        let gaps = Gaps {
            open,
            open_at_start: open + at_start,
            at_end,
            both,
            both_at_start,
            both_at_end,
            n,
            source: costs(&evidence.source.log),
            target: costs(&evidence.target.log),
        };
        Lattice { n, m, shapes, gaps, evidence, weights, known: None }
    }

    /// Computes the gains of the beads of one shape that start at source
    /// sentence `i` between nodes of a band; returns the first target
    /// sentences they are for.
    pub(super) fn gains(&self, i: usize, shape: usize, band: &Band, row: &mut Row) -> Range<usize> {
        let Row { scratch, gains } = row;
        gains.clear();
        let first = starts(band, i, self.shapes[shape]);
        if first.is_empty() {
            return first;
        }
        let known = self.known.as_ref().and_then(|known| known.row(shape, i, first.clone()));
        match known {
            Some(known) => gains.extend_from_slice(known),
            None => {
                let (shape, weights) = (self.shapes[shape], &self.weights.beads);
                self.evidence.gains(i, shape, first.clone(), weights, scratch, gains);
            }
        }
        first
    }

    /// Measures the gains of all beads between the nodes of a band, which are then
    /// not measured again.
    pub(super) fn remember(&mut self, band: &Band) {
        self.known = Some(Gains::new(self, band));
    }

    /// The best path between the nodes of a band, and the smallest band that
    /// holds all paths that are worse by `within` at most; in a long text, of
    /// those that stay near the best. Of equally good paths, the one whose last
    /// steps are beads, small ones first.
    pub(super) fn best_path(&self, band: &Band, within: f32) -> Best {
        let scores = self.forward(band);
        let end = scores.at(self.n, self.m);
        let score = end.iter().fold(NOTHING, |best, score| best.max(*score));
        let steps = self.trace(band, &scores, end);
        let (alive, whole) = match band.nodes() <= MOST_NODES {
            true => (self.alive(band, &scores, score - within), true),
            false => self.alive_about(&steps, band, within),
        };
        Best { steps, score, alive, whole }
    }

    /// The smallest band that holds the paths near the best one that are worse by
    /// `within` at most. Where they touch the edge of what is near, more is, up to a
    /// limit, unless they fill most of it; whether that was enough.
    pub(super) fn alive_about(&self, steps: &[Step], band: &Band, within: f32) -> (Band, bool) {
        let mut beside = BESIDE;
        loop {
            let mut about = About::new(self.n, self.m, beside);
            let (mut i, mut j) = (0, 0);
            for (a, b) in steps {
                (i, j) = (i + a, j + b);
                about.hold(i, j..j + 1, beside);
            }
            let near = band.within(&about.finish());
            let scores = self.forward(&near);
            let score = scores.at(self.n, self.m).into_iter().fold(NOTHING, f32::max);
            let alive = self.alive(&near, &scores, score - within);
            let whole = !alive.touches(&near, band);
            let flat = alive.nodes() > (MOST_ALIVE * (self.n + self.m)).max(FEW_NODES);
            if whole || flat || beside >= MOST_BESIDE {
                return (alive, whole);
            }
            beside *= 2;
        }
    }

    /// The steps of the best path alone.
    pub(super) fn best_steps(&self, band: &Band) -> Vec<Step> {
        let scores = self.forward(band);
        let end = scores.at(self.n, self.m);
        self.trace(band, &scores, end)
    }

    /// The gain of one bead.
    pub(super) fn gain(&self, i: usize, shape: Shape, j: usize, row: &mut Row) -> f32 {
        let at = || self.shapes.iter().position(|other| *other == shape);
        let known = self.known.as_ref().zip(at());
        if let Some([gain]) = known.and_then(|(known, at)| known.row(at, i, j..j + 1)) {
            return *gain;
        }
        let Row { scratch, gains } = row;
        self.evidence.gains(i, shape, j..j + 1, &self.weights.beads, scratch, gains);
        gains[0]
    }

    fn forward(&self, band: &Band) -> Scores {
        let mut scores = Scores::new(band);
        let mut row = Row::default();
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
                let first = self.gains(i, shape, band, &mut row);
                if first.is_empty() {
                    continue;
                }
                let to = band.row(i + a).start;
                let beads = &mut scores.states[BEAD].row_mut(i + a)[first.start + b - to..];
                let done = &done[first.start - columns.start..];
                for ((score, gain), done) in beads.iter_mut().zip(&row.gains).zip(done) {
                    *score = score.max(gain + done);
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
    fn alive(&self, band: &Band, scores: &Scores, least: f32) -> Band {
        let mut row = Row::default();
        // The scores of what follows, of the rows below, nearest first.
        let mut below: VecDeque<[Vec<f32>; 2]> = VecDeque::new();
        let mut ranges = vec![0..0; self.n + 1];
        let longest = self.shapes.iter().map(|shape| shape.0).max().unwrap_or(1);
        for i in (0..=self.n).rev() {
            let columns = band.row(i);
            let mut beads = vec![NOTHING; columns.len()];
            for (shape, &(a, b)) in self.shapes.iter().enumerate() {
                let first = self.gains(i, shape, band, &mut row);
                if first.is_empty() {
                    continue;
                }
                let next = &below[a - 1][0][first.start + b - band.row(i + a).start..];
                let beads = &mut beads[first.start - columns.start..];
                for ((score, gain), next) in beads.iter_mut().zip(&row.gains).zip(next) {
                    *score = score.max(gain + next);
                }
            }
            let mut after_bead = vec![NOTHING; columns.len()];
            let mut after_source = vec![NOTHING; columns.len()];
            let mut target_next = NOTHING;
            for (at, j) in columns.clone().enumerate().rev() {
                let last = (i, j) == (self.n, self.m);
                let here = if last { 0.0 } else { beads[at] };
                let end = if last { self.gaps.at_end } else { beads[at] };
                let source = match below.front() {
                    Some(next) if band.contains(i + 1, j) => {
                        next[1][j - band.row(i + 1).start] + self.gaps.source[i]
                    }
                    _ => NOTHING,
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
                    None => NOTHING,
                };
            }
            below.push_front([after_bead, after_source]);
            below.truncate(longest);
        }
        // The way back needs a node a row, whatever the rounding.
        band.within(&Band::covering(ranges))
    }

    fn trace(&self, band: &Band, scores: &Scores, end: [f32; STATES]) -> Vec<Step> {
        let (mut i, mut j) = (self.n, self.m);
        let mut state = best(end);
        let mut steps = Vec::new();
        let mut row = Row::default();
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
                SOURCE_GAP => best([open, source, NOTHING]),
                _ => best([open, source + self.gaps.turn(i, j), target]),
            };
        }
        steps.reverse();
        steps
    }

    /// The shape of the bead that reaches a node with its score, which
    /// follows from the scores: the same sums give the same values.
    fn bead_before(&self, i: usize, j: usize, band: &Band, scores: &Scores, row: &mut Row) -> Step {
        let mut found = (NOTHING, (1, 1));
        for &(a, b) in &self.shapes {
            if a > i || b > j || !band.contains(i - a, j - b) {
                continue;
            }
            let at = (i - a, j - b);
            let gain = self.gain(at.0, (a, b), at.1, row);
            let done = scores.at(at.0, at.1).into_iter().fold(NOTHING, f32::max);
            if gain + done > found.0 {
                found = (gain + done, (a, b));
            }
        }
        found.1
    }
}

/// The best scores of the ways to each node, by state.
struct Scores {
    states: [Banded<f32>; STATES],
}

impl Scores {
    fn new(band: &Band) -> Scores {
        Scores { states: std::array::from_fn(|_| Banded::new(band.rows().to_vec(), NOTHING)) }
    }

    fn at(&self, i: usize, j: usize) -> [f32; STATES] {
        std::array::from_fn(|state| self.states[state].get(i, j).copied().unwrap_or(NOTHING))
    }
}

/// The best state, the first of equal ones.
fn best(scores: [f32; STATES]) -> usize {
    (1..STATES).fold(0, |best, state| if scores[state] > scores[best] { state } else { best })
}

#[cfg(test)]
mod tests {
    use ndarray::Array2;

    use super::super::{AlignConfig, Side};
    use super::*;
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
        let evidence = Evidence::new(&source, &target, &config, &full, &full);
        let lattice = Lattice::new(&evidence, config.shapes(), config.weights());
        let best = lattice.best_path(&full, 80.0);
        // The alike sentences may stand anywhere beside each other.
        let mut about = About::new(60, 100, BESIDE);
        let mut node = (0, 0);
        for (a, b) in &best.steps {
            node = (node.0 + a, node.1 + b);
            about.hold(node.0, node.1..node.1 + 1, BESIDE);
        }
        let near = full.within(&about.finish());
        let reaches = |(alive, near): (&Range<usize>, &Range<usize>)| {
            alive.start < near.start || alive.end > near.end
        };
        assert!(best.alive.rows().iter().zip(near.rows()).any(reaches));
        let (widened, whole) = lattice.alive_about(&best.steps, &full, 80.0);
        assert_eq!((widened.rows(), whole), (best.alive.rows(), true));
    }
}
