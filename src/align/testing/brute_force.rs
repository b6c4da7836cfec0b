//! Brute force: every alignment of two small sides with its score.

use crate::align::crf::gap::Gap;
use crate::align::crf::weights::Weights;
use crate::align::features::bead_features::{BeadColumns, Features};
use crate::align::features::shape::Shape;
use crate::align::features::side::Side;
use crate::align::features::text::copies::COPY_COST;
use crate::language::are_close;

/// A bead: first source sentence, first target sentence, shape.
pub(in crate::align) type Bead = (usize, usize, Shape);

/// Scores paths in f64 by the definition of the features and gaps.
pub(in crate::align) struct BruteForce<'e> {
    features: &'e Features,
    weights: &'e Weights,
    lengths: [&'e [f32]; 2],
    /// By sentence; empty without texts.
    copy_keys: [Vec<Option<u64>>; 2],
}

impl<'e> BruteForce<'e> {
    pub(in crate::align) fn new(
        features: &'e Features,
        (source, target): (&'e Side, &'e Side),
        weights: &'e Weights,
    ) -> Self {
        let told = match (source.language, target.language) {
            (Some(own), Some(other)) => !are_close(own, other),
            _ => false,
        };
        let copy_keys = [source, target].map(|side| {
            side.surfaces.iter().map(|surface| surface.copy_key.filter(|_| told)).collect()
        });
        BruteForce { features, weights, lengths: [&source.lengths, &target.lengths], copy_keys }
    }

    /// The score of a bead.
    pub(in crate::align) fn bead(&self, (i, j, (a, b)): Bead) -> f64 {
        if self.lengths[0][i..i + a].contains(&0.0) || self.lengths[1][j..j + b].contains(&0.0) {
            return f64::NEG_INFINITY;
        }
        let copied = |key: &Option<u64>| {
            let others = self.copy_keys[1].get(j..j + b).unwrap_or_default();
            others.iter().filter(|other| key.is_some() && *other == key).count()
        };
        let own = self.copy_keys[0].get(i..i + a).unwrap_or_default();
        let copies: usize = own.iter().map(copied).sum();
        let values = self.features.of_bead(i, (a, b), j, &mut BeadColumns::default());
        let weights = self.weights.beads.of((a, b));
        let score: f64 =
            values.iter().zip(weights.iter()).map(|(x, w)| f64::from(*x) * f64::from(*w)).sum();
        score - copies as f64 * f64::from(COPY_COST)
    }

    /// The score of a gap from one node to another.
    fn gap(&self, from: (usize, usize), to: (usize, usize)) -> f64 {
        if from == to {
            return 0.0;
        }
        let weight = |gap: Gap| f64::from(self.weights.gaps[gap]);
        let end = (self.lengths[0].len(), self.lengths[1].len());
        let (source, target) = (from.0..to.0, from.1..to.1);
        let both = !source.is_empty() && !target.is_empty();
        let mut score = weight(Gap::Open);
        let sentences = source.map(|at| (true, at)).chain(target.map(|at| (false, at)));
        for (of_source, at) in sentences {
            let values = self.features.of_null(of_source, at);
            let pairs = Gap::OF_SENTENCES.iter().zip(values);
            score += pairs.map(|(gap, value)| weight(*gap) * f64::from(value)).sum::<f64>();
        }
        for (counts, gap) in [
            (from == (0, 0), Gap::AtStart),
            (to == end, Gap::AtEnd),
            (both, Gap::BothSides),
            (both && from == (0, 0), Gap::BothSidesAtStart),
            (both && to == end, Gap::BothSidesAtEnd),
        ] {
            score += if counts { weight(gap) } else { 0.0 };
        }
        score
    }

    /// The score of an alignment.
    pub(in crate::align) fn path(&self, beads: &[Bead]) -> f64 {
        let (mut node, mut score) = ((0, 0), 0.0);
        for &(i, j, (a, b)) in beads {
            score += self.gap(node, (i, j)) + self.bead((i, j, (a, b)));
            node = (i + a, j + b);
        }
        score + self.gap(node, (self.lengths[0].len(), self.lengths[1].len()))
    }

    /// All alignments and their scores.
    pub(in crate::align) fn all(&self, shapes: &[Shape]) -> Vec<(Vec<Bead>, f64)> {
        let mut found = Vec::new();
        self.extend(&mut Vec::new(), (0, 0), 0.0, shapes, &mut found);
        found
    }

    fn extend(
        &self,
        beads: &mut Vec<Bead>,
        node: (usize, usize),
        score: f64,
        shapes: &[Shape],
        found: &mut Vec<(Vec<Bead>, f64)>,
    ) {
        let (n, m) = (self.lengths[0].len(), self.lengths[1].len());
        found.push((beads.clone(), score + self.gap(node, (n, m))));
        for i in node.0..n {
            for j in node.1..m {
                for &(a, b) in shapes.iter().filter(|(a, b)| i + a <= n && j + b <= m) {
                    let bead = self.bead((i, j, (a, b)));
                    if bead.is_finite() {
                        beads.push((i, j, (a, b)));
                        let score = score + self.gap(node, (i, j)) + bead;
                        self.extend(beads, (i + a, j + b), score, shapes, found);
                        beads.pop();
                    }
                }
            }
        }
    }
}
