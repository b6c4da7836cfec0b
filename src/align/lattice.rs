//! The search lattice of a pair of articles, and the best path through it.
//!
//! A node (i, j) means that i source and j target sentences are done. Three
//! states tell how it was reached: by a bead, or within a run of unaligned
//! sentences, whose source sentences come before its target sentences. So each
//! alignment is exactly one path, and a run costs one opening whatever it
//! holds (affine gaps, Gotoh 1982; as in local sequence alignment, unrelated
//! text on both sides is one run).

use super::AlignConfig;
use super::similarity::Similarity;

/// States of a node.
pub(super) const BEAD: usize = 0;
pub(super) const SOURCE_GAP: usize = 1;
pub(super) const TARGET_GAP: usize = 2;
pub(super) const STATES: usize = 3;

/// A path's step: source and target sentences. Unaligned sentences are steps
/// (1, 0) and (0, 1).
pub(super) type Step = (usize, usize);

/// Scores of the lattice of one pair: gains of beads and costs of gaps.
pub(super) struct Lattice<'a> {
    pub(super) n: usize,
    pub(super) m: usize,
    pub(super) shapes: Vec<Step>,
    pub(super) open: f32,
    pub(super) extend: f32,
    config: &'a AlignConfig,
    similarity: &'a Similarity,
}

/// Gains of all beads that start at one source sentence: by shape, then by
/// first target sentence.
#[derive(Default)]
pub(super) struct Gains {
    by_shape: Vec<Vec<f32>>,
    disagreements: Vec<f32>,
}

impl Gains {
    pub(super) fn get(&self, shape: usize, j: usize) -> f32 {
        self.by_shape[shape].get(j).copied().unwrap_or(f32::NEG_INFINITY)
    }
}

impl<'a> Lattice<'a> {
    pub(super) fn new(
        n: usize,
        m: usize,
        similarity: &'a Similarity,
        config: &'a AlignConfig,
    ) -> Lattice<'a> {
        let (open, extend) = (config.gap_open, config.gap_extend);
        Lattice { n, m, shapes: config.shapes(), open, extend, config, similarity }
    }

    /// The gain of a bead whose sides have `size` sentences together, margin
    /// `s` and lengths that disagree by `q`.
    pub(super) fn gain(&self, size: usize, s: f32, q: f32) -> f32 {
        if q == f32::INFINITY {
            return f32::NEG_INFINITY;
        }
        let config = self.config;
        size as f32 / 2.0 * (s - config.threshold - config.length_weight * q.min(4.0))
            - config.merge_penalty * (size - 2) as f32
    }

    /// Computes the gains of the beads that start at source sentence `i` and
    /// have at most `most` sentences.
    pub(super) fn gains(&self, i: usize, most: Step, gains: &mut Gains) {
        gains.by_shape.resize_with(self.shapes.len(), Vec::new);
        for (out, &(a, b)) in gains.by_shape.iter_mut().zip(&self.shapes) {
            out.clear();
            if a > most.0.min(self.n - i) || b > most.1.min(self.m) {
                continue;
            }
            self.similarity.margins(i, a, b, out);
            self.similarity.disagreements(i, a, b, &mut gains.disagreements);
            for (value, &q) in out.iter_mut().zip(&gains.disagreements) {
                *value = self.gain(a + b, *value, q);
            }
        }
    }

    /// The steps of the best path and its score. Of equally good paths, the
    /// one whose last steps are beads, small ones first.
    pub(super) fn best_path(&self) -> (Vec<Step>, f32) {
        let (n, m) = (self.n, self.m);
        let width = m + 1;
        // Scores of all nodes; a gap's way back follows from the scores, a
        // bead's shape is kept.
        let mut scores = vec![[f32::NEG_INFINITY; STATES]; (n + 1) * width];
        let mut shapes = vec![u8::MAX; (n + 1) * width];
        let mut gains = Gains::default();
        scores[0][BEAD] = 0.0;
        for i in 0..=n {
            for j in 0..=m {
                let at = i * width + j;
                if i > 0 {
                    let [bead, source, _] = scores[at - width];
                    scores[at][SOURCE_GAP] = source.max(bead - self.open) - self.extend;
                }
                if j > 0 {
                    let [bead, source, target] = scores[at - 1];
                    scores[at][TARGET_GAP] = target.max(source).max(bead - self.open) - self.extend;
                }
            }
            if i == n {
                break;
            }
            self.gains(i, (n, m), &mut gains);
            for (shape, &(a, b)) in self.shapes.iter().enumerate() {
                if i + a > n {
                    continue;
                }
                for j in 0..(m + 1).saturating_sub(b) {
                    let score = best(scores[i * width + j]).0 + gains.get(shape, j);
                    let to = (i + a) * width + j + b;
                    if score > scores[to][BEAD] {
                        scores[to][BEAD] = score;
                        shapes[to] = shape as u8;
                    }
                }
            }
        }

        let (mut i, mut j) = (n, m);
        let (score, mut state) = best(scores[n * width + m]);
        let mut steps = Vec::new();
        while i > 0 || j > 0 {
            let at = i * width + j;
            let step = match state {
                BEAD => self.shapes[usize::from(shapes[at])],
                SOURCE_GAP => (1, 0),
                _ => (0, 1),
            };
            steps.push(step);
            i -= step.0;
            j -= step.1;
            let [bead, source, target] = scores[i * width + j];
            state = match state {
                BEAD => best([bead, source, target]).1,
                SOURCE_GAP => best([bead - self.open, source, f32::NEG_INFINITY]).1,
                _ => best([bead - self.open, source, target]).1,
            };
        }
        steps.reverse();
        (steps, score)
    }
}

/// The best state and its score, the first of equal ones.
fn best(scores: [f32; STATES]) -> (f32, usize) {
    let mut found = (scores[0], 0);
    for (state, &score) in scores.iter().enumerate().skip(1) {
        if score > found.0 {
            found = (score, state);
        }
    }
    found
}
