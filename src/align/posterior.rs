//! How sure the search is: the forward-backward algorithm over the lattice.
//!
//! Paths are weighted by exp(score / temperature); the posterior of a bead is
//! the share of the weight of the paths that go through it (Rabiner 1989; for
//! alignments Durbin et al. 1998, section 4.4). The posteriors of all beads
//! over a sentence, the null one included, sum to 1.

use super::lattice::{BEAD, Gains, Lattice, SOURCE_GAP, STATES, Step, TARGET_GAP};

/// Posteriors of the steps of a path, and of every sentence being unaligned.
pub(super) struct Posteriors {
    /// One for each step of the path, 0 to 1.
    pub(super) steps: Vec<f32>,
    /// For each source sentence, 0 to 1.
    pub(super) source_null: Vec<f32>,
    /// For each target sentence, 0 to 1.
    pub(super) target_null: Vec<f32>,
}

/// Terms this far below the largest, in nats, change no f32 that is put out.
const NEGLIGIBLE: f64 = 30.0;

/// A sum of exponentials, kept as a logarithm.
#[derive(Clone, Copy)]
struct LogSum(f64);

impl LogSum {
    const ZERO: LogSum = LogSum(f64::NEG_INFINITY);

    fn add(&mut self, term: f64) {
        let (high, low) = if term > self.0 { (term, self.0) } else { (self.0, term) };
        self.0 = match low > high - NEGLIGIBLE {
            true => high + (low - high).exp().ln_1p(),
            false => high,
        };
    }
}

fn sum(terms: impl IntoIterator<Item = f64>) -> f64 {
    let mut total = LogSum::ZERO;
    terms.into_iter().for_each(|term| total.add(term));
    total.0
}

impl Lattice<'_> {
    /// The posteriors of the steps of `path`.
    pub(super) fn posteriors(&self, path: &[Step], temperature: f32) -> Posteriors {
        let (n, m) = (self.n, self.m);
        let width = m + 1;
        let scale = 1.0 / f64::from(temperature);
        let open = f64::from(self.open) * scale;
        let extend = f64::from(self.extend) * scale;
        let gain = |gains: &Gains, shape: usize, j: usize| f64::from(gains.get(shape, j)) * scale;
        let mut gains = Gains::default();

        let mut forward = vec![[f64::NEG_INFINITY; STATES]; (n + 1) * width];
        forward[0][BEAD] = 0.0;
        let mut done = vec![f64::NEG_INFINITY; width];
        for i in 0..=n {
            for (j, done) in done.iter_mut().enumerate() {
                let at = i * width + j;
                if i > 0 {
                    let [bead, source, _] = forward[at - width];
                    forward[at][SOURCE_GAP] = sum([bead - open, source]) - extend;
                }
                if j > 0 {
                    let [bead, source, target] = forward[at - 1];
                    forward[at][TARGET_GAP] = sum([bead - open, source, target]) - extend;
                }
                *done = sum(forward[at]);
            }
            if i == n {
                break;
            }
            self.gains(i, &mut gains);
            for (shape, &(a, b)) in self.shapes.iter().enumerate() {
                if i + a > n {
                    continue;
                }
                for j in 0..(m + 1).saturating_sub(b) {
                    let to = &mut forward[(i + a) * width + j + b][BEAD];
                    let mut total = LogSum(*to);
                    total.add(done[j] + gain(&gains, shape, j));
                    *to = total.0;
                }
            }
        }
        let total = sum(forward[n * width + m]);

        // The weight of what follows a node by its state; what follows a bead
        // may start a run, what follows the target part of one may not go back.
        let mut backward = vec![[f64::NEG_INFINITY; STATES]; (n + 1) * width];
        for i in (0..=n).rev() {
            if i < n {
                self.gains(i, &mut gains);
            }
            for j in (0..=m).rev() {
                let at = i * width + j;
                let mut beads = LogSum::ZERO;
                if i == n && j == m {
                    beads.0 = 0.0;
                }
                if i < n {
                    for (shape, &(a, b)) in self.shapes.iter().enumerate() {
                        if i + a <= n && j + b <= m {
                            let next = backward[(i + a) * width + j + b][BEAD];
                            beads.add(gain(&gains, shape, j) + next);
                        }
                    }
                }
                let skip = |there: bool, at: usize, state: usize| match there {
                    true => backward[at][state] - extend,
                    false => f64::NEG_INFINITY,
                };
                let source = skip(i < n, at + width, SOURCE_GAP);
                let target = skip(j < m, at + 1, TARGET_GAP);
                backward[at] = [
                    sum([beads.0, source - open, target - open]),
                    sum([beads.0, source, target]),
                    sum([beads.0, target]),
                ];
            }
        }

        let probability = |log: f64| (log - total).exp().clamp(0.0, 1.0) as f32;
        // Every node in a gap state was reached by leaving out one sentence.
        let through = |i: usize, j: usize, state| {
            forward[i * width + j][state] + backward[i * width + j][state]
        };
        let source_null: Vec<f32> =
            (1..=n).map(|i| probability(sum((0..=m).map(|j| through(i, j, SOURCE_GAP))))).collect();
        let target_null: Vec<f32> =
            (1..=m).map(|j| probability(sum((0..=n).map(|i| through(i, j, TARGET_GAP))))).collect();

        let (mut i, mut j) = (0, 0);
        let mut steps = Vec::with_capacity(path.len());
        for &(a, b) in path {
            steps.push(match (a, b) {
                (1, 0) => source_null[i],
                (0, 1) => target_null[j],
                _ => {
                    let gain = f64::from(self.bead_gain(i, j, (a, b))) * scale;
                    let next = backward[(i + a) * width + j + b][BEAD];
                    probability(sum(forward[i * width + j]) + gain + next)
                }
            });
            i += a;
            j += b;
        }
        Posteriors { steps, source_null, target_null }
    }
}
