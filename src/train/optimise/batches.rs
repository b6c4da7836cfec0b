//! Samples the batch of each step.

use super::super::data::{Corpus, PairGroup, Segmentation, SubwordNoise};
use super::super::random::Random;
use super::info_nce::BatchSide;

/// Samples groups and their pairs. Every pair of a group is used once before any is
/// used again.
pub(super) struct BatchSampler {
    seed: u64,
    weights: Vec<f64>,
    cursors: Vec<Cursor>,
}

/// A shuffled pass over the pairs of a group.
#[derive(Default)]
struct Cursor {
    rounds: u64,
    order: Vec<u32>,
    at: usize,
}

impl BatchSampler {
    /// The probability of a group is proportional to its weight times its size to the
    /// power of `exponent`.
    pub(super) fn new(groups: &[PairGroup], exponent: f64, seed: u64) -> BatchSampler {
        let weights =
            groups.iter().map(|group| group.weight * (group.pairs.len() as f64).powf(exponent));
        let cursors = groups.iter().map(|_| Cursor::default()).collect();
        BatchSampler { seed, weights: weights.collect(), cursors }
    }

    /// The group of a step, and the pairs that are joined into each example.
    pub(super) fn step(
        &mut self,
        groups: &[PairGroup],
        step: u64,
        size: usize,
    ) -> (usize, Vec<Vec<u32>>) {
        let mut random = Random::new(self.seed, 1, step);
        let mut left = random.unit() * self.weights.iter().sum::<f64>();
        let mut chosen = self.weights.len().saturating_sub(1);
        for (at, weight) in self.weights.iter().enumerate() {
            if left < *weight {
                chosen = at;
                break;
            }
            left -= weight;
        }
        let group = &groups[chosen];
        let examples = (0..size.min(group.pairs.len()))
            .map(|_| {
                let joined = 1 + random.below(group.max_joined);
                (0..joined).map(|_| self.next(chosen, group.pairs.len())).collect()
            })
            .collect();
        (chosen, examples)
    }

    fn next(&mut self, group: usize, size: usize) -> u32 {
        let cursor = &mut self.cursors[group];
        if cursor.at >= cursor.order.len() {
            let place = (group as u64) << 32 | cursor.rounds;
            cursor.order = Random::new(self.seed, 2, place).order(size);
            cursor.rounds += 1;
            cursor.at = 0;
        }
        cursor.at += 1;
        cursor.order[cursor.at - 1]
    }
}

/// The two sides of a batch.
pub(super) fn sides(
    corpus: &Corpus,
    segmentation: &Segmentation,
    group: &PairGroup,
    examples: &[Vec<u32>],
    noise: &SubwordNoise,
    random: &mut Random,
) -> [BatchSide; 2] {
    [0, 1].map(|side| {
        let (mut bags, mut ids) = (Vec::with_capacity(examples.len()), Vec::new());
        for example in examples {
            let mut bag = Vec::new();
            let mut id = 0_u64;
            for &pair in example {
                let text = group.pairs[pair as usize][side];
                id = id.wrapping_add(u64::from(text) + 1);
                segmentation.add_noisy_text(corpus.text(text), noise, random, &mut bag);
            }
            bags.push(bag);
            ids.push(id);
        }
        BatchSide { bags, ids }
    })
}
