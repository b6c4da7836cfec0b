//! How sure the search is: the forward-backward algorithm over the lattice.
//!
//! Paths are weighted by exp(score / temperature); the posterior of a bead is
//! the share of the weight of the paths that go through it (Rabiner 1989; for
//! alignments Durbin et al. 1998, section 4.4). The posteriors of all beads
//! over a unit, the null one included, sum to 1.

use std::ops::Range;

use super::Side;
use super::lattice::{BEAD, Gains, Lattice, SOURCE_GAP, STATES, TARGET_GAP};

/// Terms this far below the largest, in nats, change no f32 that is put out.
const NEGLIGIBLE: f64 = 30.0;

const NOTHING: f64 = f64::NEG_INFINITY;

/// A sum of exponentials, kept as a logarithm.
#[derive(Clone, Copy)]
struct LogSum(f64);

impl LogSum {
    fn add(&mut self, term: f64) {
        let (high, low) = if term > self.0 { (term, self.0) } else { (self.0, term) };
        self.0 = match low > high - NEGLIGIBLE {
            true => high + (low - high).exp().ln_1p(),
            false => high,
        };
    }
}

fn sum(terms: impl IntoIterator<Item = f64>) -> f64 {
    let mut total = LogSum(NOTHING);
    terms.into_iter().for_each(|term| total.add(term));
    total.0
}

/// The weights of all paths to and from every node, as logarithms.
pub(super) struct Weights<'a> {
    lattice: &'a Lattice<'a>,
    source: &'a Side,
    target: &'a Side,
    scale: f64,
    open: f64,
    extend: f64,
    forward: Vec<[f64; STATES]>,
    backward: Vec<[f64; STATES]>,
    total: f64,
}

impl<'a> Weights<'a> {
    pub(super) fn new(
        lattice: &'a Lattice<'a>,
        source: &'a Side,
        target: &'a Side,
        temperature: f32,
    ) -> Weights<'a> {
        let scale = 1.0 / f64::from(temperature);
        let mut weights = Weights {
            lattice,
            source,
            target,
            scale,
            open: f64::from(lattice.open) * scale,
            extend: f64::from(lattice.extend) * scale,
            forward: Vec::new(),
            backward: Vec::new(),
            total: 0.0,
        };
        let mut start = [NOTHING; STATES];
        start[BEAD] = 0.0;
        weights.forward = weights.reach(start, 0..lattice.n, 0..lattice.m, &|_, _| true);
        weights.total = weights.forward.last().map_or(NOTHING, |end| sum(*end));
        weights.backward = weights.leave();
        weights
    }

    fn gain(&self, gains: &Gains, shape: usize, j: usize) -> f64 {
        f64::from(gains.get(shape, j)) * self.scale
    }

    /// The weights of the paths from the first node of a box, given by state,
    /// to each of its nodes, over allowed ones only.
    fn reach(
        &self,
        start: [f64; STATES],
        rows: Range<usize>,
        columns: Range<usize>,
        allowed: &dyn Fn(usize, usize) -> bool,
    ) -> Vec<[f64; STATES]> {
        let (n, m) = (rows.len(), columns.len());
        let width = m + 1;
        let mut weights = vec![[NOTHING; STATES]; (n + 1) * width];
        weights[0] = start;
        let mut done = vec![NOTHING; width];
        let mut gains = Gains::default();
        for i in 0..=n {
            for (j, done) in done.iter_mut().enumerate() {
                let at = i * width + j;
                if at > 0 && !allowed(rows.start + i, columns.start + j) {
                    weights[at] = [NOTHING; STATES];
                    *done = NOTHING;
                    continue;
                }
                if i > 0 {
                    let [bead, source, _] = weights[at - width];
                    weights[at][SOURCE_GAP] = sum([bead - self.open, source]) - self.extend;
                }
                if j > 0 {
                    let [bead, source, target] = weights[at - 1];
                    weights[at][TARGET_GAP] = sum([bead - self.open, source, target]) - self.extend;
                }
                *done = sum(weights[at]);
            }
            if i == n {
                break;
            }
            self.lattice.gains(rows.start + i, (n - i, m), &mut gains);
            for (shape, &(a, b)) in self.lattice.shapes.iter().enumerate() {
                if i + a > n {
                    continue;
                }
                for j in 0..width.saturating_sub(b) {
                    let to = &mut weights[(i + a) * width + j + b][BEAD];
                    let mut total = LogSum(*to);
                    total.add(done[j] + self.gain(&gains, shape, columns.start + j));
                    *to = total.0;
                }
            }
        }
        weights
    }

    /// The weight of what follows each node by its state: what follows a bead
    /// may start a run, what follows the target part of one may not go back.
    fn leave(&self) -> Vec<[f64; STATES]> {
        let (n, m) = (self.lattice.n, self.lattice.m);
        let width = m + 1;
        let mut gains = Gains::default();
        let mut weights = vec![[NOTHING; STATES]; (n + 1) * width];
        for i in (0..=n).rev() {
            if i < n {
                self.lattice.gains(i, (n, m), &mut gains);
            }
            for j in (0..=m).rev() {
                let at = i * width + j;
                let mut beads = LogSum(if (i, j) == (n, m) { 0.0 } else { NOTHING });
                if i < n {
                    for (shape, &(a, b)) in self.lattice.shapes.iter().enumerate() {
                        if i + a <= n && j + b <= m {
                            let next = weights[(i + a) * width + j + b][BEAD];
                            beads.add(self.gain(&gains, shape, j) + next);
                        }
                    }
                }
                let skip = |there: bool, at: usize, state: usize| match there {
                    true => weights[at][state] - self.extend,
                    false => NOTHING,
                };
                let source = skip(i < n, at + width, SOURCE_GAP);
                let target = skip(j < m, at + 1, TARGET_GAP);
                weights[at] = [
                    sum([beads.0, source - self.open, target - self.open]),
                    sum([beads.0, source, target]),
                    sum([beads.0, target]),
                ];
            }
        }
        weights
    }

    fn probability(&self, log: f64) -> f32 {
        (log - self.total).exp().clamp(0.0, 1.0) as f32
    }

    fn at(&self, i: usize, j: usize) -> usize {
        i * (self.lattice.m + 1) + j
    }

    /// The posterior of a bead of whole units: of all ways through the lattice
    /// that link them and only them to one group, whatever they do with their
    /// pieces. Such a way meets the bead's two corners, and between them no
    /// node where units of both sides end, for there the group would end.
    pub(super) fn bead(&self, source: Range<usize>, target: Range<usize>) -> f32 {
        let ends = |starts: &[usize], node: usize| starts.binary_search(&node).is_ok();
        let (rows, columns) = (self.source.pieces(source), self.target.pieces(target));
        let corner = (rows.end, columns.end);
        let start = self.forward[self.at(rows.start, columns.start)];
        let allowed = |i: usize, j: usize| {
            (i, j) == corner || !(ends(&self.source.starts, i) && ends(&self.target.starts, j))
        };
        let inside = self.reach(start, rows, columns, &allowed);
        let after = self.backward[self.at(corner.0, corner.1)];
        let end = inside.last().copied().unwrap_or([NOTHING; STATES]);
        self.probability(sum(end.into_iter().zip(after).map(|(end, after)| end + after)))
    }

    /// The posterior of a source unit being left out.
    pub(super) fn source_null(&self, unit: usize) -> f32 {
        let pieces = self.source.pieces(unit..unit + 1);
        let cost = self.extend * pieces.len() as f64;
        let ways = (0..=self.lattice.m).map(|j| {
            let [bead, source, _] = self.forward[self.at(pieces.start, j)];
            let after = self.backward[self.at(pieces.end, j)][SOURCE_GAP];
            sum([bead - self.open, source]) - cost + after
        });
        self.probability(sum(ways))
    }

    /// The posterior of a target unit being left out.
    pub(super) fn target_null(&self, unit: usize) -> f32 {
        let pieces = self.target.pieces(unit..unit + 1);
        let cost = self.extend * pieces.len() as f64;
        let ways = (0..=self.lattice.n).map(|i| {
            let [bead, source, target] = self.forward[self.at(i, pieces.start)];
            let after = self.backward[self.at(i, pieces.end)][TARGET_GAP];
            sum([bead - self.open, source, target]) - cost + after
        });
        self.probability(sum(ways))
    }
}
