//! The best path through the lattice (Viterbi 1967).

use crate::align::band::{Band, BandMatrix, PathStep};
use crate::align::crf::lattice::{Lattice, PotentialRow, States};

pub(super) const IMPOSSIBLE: f32 = f32::NEG_INFINITY;

/// How a node was reached.
#[derive(Clone, Copy, PartialEq)]
enum LatticeState {
    Bead,
    SourceGap,
    TargetGap,
}

/// The score of the best path to each node of a band, by state.
pub(super) struct ViterbiScores(States<BandMatrix<f32>>);

impl ViterbiScores {
    /// The forward pass. The scores of the last node include that of a gap at the end.
    pub(super) fn new(lattice: &Lattice<'_>, band: &Band) -> ViterbiScores {
        let empty = || BandMatrix::new(band.rows().to_vec(), IMPOSSIBLE);
        let mut scores =
            ViterbiScores(States { bead: empty(), source_gap: empty(), target_gap: empty() });
        scores.run(lattice, band);
        scores
    }

    fn run(&mut self, lattice: &Lattice<'_>, band: &Band) {
        let gaps = &lattice.gaps;
        let mut row = PotentialRow::default();
        let mut done = Vec::new();
        if let Some(start) = self.0.bead.get_mut(0, 0) {
            *start = 0.0;
        }
        for i in 0..=lattice.n {
            let columns = band.row(i);
            self.source_gaps(i, lattice, band);
            let States { bead, source_gap, target_gap } = &mut self.0;
            let (beads, source, target) = (bead.row(i), source_gap.row(i), target_gap.row_mut(i));
            for at in 1..columns.len() {
                let j = columns.start + at;
                let open = beads[at - 1] + gaps.open(i, j - 1);
                let best = target[at - 1].max(source[at - 1] + gaps.turn(i, j - 1)).max(open);
                target[at] = best + gaps.target[j - 1];
            }
            done.clear();
            let all = beads.iter().zip(source).zip(target.iter());
            done.extend(all.map(|((bead, source), target)| bead.max(*source).max(*target)));
            for (shape, &(a, b)) in lattice.shapes.iter().enumerate() {
                let first = lattice.score_row(i, shape, band, &mut row);
                if first.is_empty() {
                    continue;
                }
                let to = band.row(i + a).start;
                let beads = &mut self.0.bead.row_mut(i + a)[first.start + b - to..];
                let done = &done[first.start - columns.start..];
                for ((best, score), done) in beads.iter_mut().zip(&row.scores).zip(done) {
                    *best = best.max(score + done);
                }
            }
        }
        for matrix in [&mut self.0.source_gap, &mut self.0.target_gap] {
            if let Some(end) = matrix.get_mut(lattice.n, lattice.m) {
                *end += gaps.at_end;
            }
        }
    }

    /// Computes the scores of gaps that end with source sentence `i - 1`.
    fn source_gaps(&mut self, i: usize, lattice: &Lattice<'_>, band: &Band) {
        if i == 0 {
            return;
        }
        let (own, above) = (band.row(i), band.row(i - 1));
        for j in own.start.max(above.start)..own.end.min(above.end) {
            let States { bead, source_gap, .. } = self.at(i - 1, j);
            let best = source_gap.max(bead + lattice.gaps.open(i - 1, j));
            if let Some(score) = self.0.source_gap.get_mut(i, j) {
                *score = best + lattice.gaps.source[i - 1];
            }
        }
    }

    pub(super) fn at(&self, i: usize, j: usize) -> States<f32> {
        let score = |of: &BandMatrix<f32>| of.get(i, j).copied().unwrap_or(IMPOSSIBLE);
        let States { bead, source_gap, target_gap } = &self.0;
        States { bead: score(bead), source_gap: score(source_gap), target_gap: score(target_gap) }
    }

    /// The score of the best path to a node.
    pub(super) fn best(&self, i: usize, j: usize) -> f32 {
        let States { bead, source_gap, target_gap } = self.at(i, j);
        bead.max(source_gap).max(target_gap)
    }
}

impl Lattice<'_> {
    /// The steps of the best path between the nodes of a band. Of equally good paths, the one whose
    /// last steps are beads, small ones first.
    pub(in crate::align) fn best_steps(&self, band: &Band) -> Vec<PathStep> {
        self.trace(band, &ViterbiScores::new(self, band))
    }

    /// The backtrace.
    pub(super) fn trace(&self, band: &Band, scores: &ViterbiScores) -> Vec<PathStep> {
        let (mut i, mut j) = (self.n, self.m);
        let mut state = best_state(scores.at(i, j));
        let mut steps = Vec::new();
        let mut row = PotentialRow::default();
        while i > 0 || j > 0 {
            let step = match state {
                LatticeState::Bead => self.bead_before(i, j, band, scores, &mut row),
                LatticeState::SourceGap => (1, 0),
                LatticeState::TargetGap => (0, 1),
            };
            steps.push(step);
            i -= step.0;
            j -= step.1;
            let States { bead, source_gap, target_gap } = scores.at(i, j);
            let open = bead + self.gaps.open(i, j);
            state = best_state(match state {
                LatticeState::Bead => States { bead, source_gap, target_gap },
                LatticeState::SourceGap => {
                    States { bead: open, source_gap, target_gap: IMPOSSIBLE }
                }
                LatticeState::TargetGap => {
                    let turned = source_gap + self.gaps.turn(i, j);
                    States { bead: open, source_gap: turned, target_gap }
                }
            });
        }
        steps.reverse();
        steps
    }

    /// The shape of the bead that reaches a node with its score: the first of the best.
    fn bead_before(
        &self,
        i: usize,
        j: usize,
        band: &Band,
        scores: &ViterbiScores,
        row: &mut PotentialRow,
    ) -> PathStep {
        let mut found = (IMPOSSIBLE, (1, 1));
        for &(a, b) in &self.shapes {
            if a > i || b > j || !band.contains(i - a, j - b) {
                continue;
            }
            let score = self.bead_score(i - a, (a, b), j - b, row);
            let score = score + scores.best(i - a, j - b);
            if score > found.0 {
                found = (score, (a, b));
            }
        }
        found.1
    }
}

/// The state with the highest score; of equal ones the first.
fn best_state(scores: States<f32>) -> LatticeState {
    let mut best = (LatticeState::Bead, scores.bead);
    for (state, score) in
        [(LatticeState::SourceGap, scores.source_gap), (LatticeState::TargetGap, scores.target_gap)]
    {
        if score > best.1 {
            best = (state, score);
        }
    }
    best.0
}
