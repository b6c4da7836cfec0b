//! Which pairs make up the batch of a step.

use super::contrast::Side;
use super::corpus::{Corpus, Group};
use super::random::Random;

/// How words are cut into pieces.
pub(crate) struct Cuts {
    /// Of each word its best cut, and the best without its longest piece.
    pieces: Vec<u32>,
    ends: Vec<[u32; 2]>,
}

impl Cuts {
    pub(crate) fn new() -> Cuts {
        Cuts { pieces: Vec::new(), ends: Vec::new() }
    }

    /// Adds the next word.
    pub(crate) fn push(&mut self, best: &[u32], other: &[u32]) {
        self.pieces.extend(best);
        let middle = self.pieces.len() as u32;
        self.pieces.extend(other);
        self.ends.push([middle, self.pieces.len() as u32]);
    }

    fn word(&self, word: u32, other: bool) -> &[u32] {
        let start = word.checked_sub(1).map_or(0, |before| self.ends[before as usize][1]);
        let [middle, end] = self.ends[word as usize];
        let range = if other { middle..end } else { start..middle };
        &self.pieces[range.start as usize..range.end as usize]
    }

    /// The pieces of a text.
    pub(crate) fn text(&self, words: &[u32]) -> Vec<u32> {
        words.iter().flat_map(|&word| self.word(word, false)).copied().collect()
    }

    /// The pieces of a text with words dropped or cut otherwise at random.
    fn noisy(&self, words: &[u32], noise: &Noise, random: &mut Random, bag: &mut Vec<u32>) {
        let before = bag.len();
        for &word in words {
            let draw = random.unit();
            if draw >= noise.dropout {
                bag.extend(self.word(word, draw < noise.dropout + noise.recut));
            }
        }
        if bag.len() == before {
            words.iter().for_each(|&word| bag.extend(self.word(word, false)));
        }
    }
}

/// Shares of words that are dropped, and cut otherwise than best.
#[derive(Clone, Copy)]
pub(crate) struct Noise {
    pub(crate) dropout: f64,
    pub(crate) recut: f64,
}

/// Draws pairs from groups, every pair of a group once before any twice.
pub(crate) struct Draw {
    seed: u64,
    chances: Vec<f64>,
    cursors: Vec<Cursor>,
}

#[derive(Default)]
struct Cursor {
    rounds: u64,
    order: Vec<u32>,
    at: usize,
}

impl Draw {
    /// A group is drawn with a chance of its weight times its size to `power`.
    pub(crate) fn new(groups: &[Group], power: f64, seed: u64) -> Draw {
        let chances =
            groups.iter().map(|group| group.weight * (group.pairs.len() as f64).powf(power));
        let cursors = groups.iter().map(|_| Cursor::default()).collect();
        Draw { seed, chances: chances.collect(), cursors }
    }

    /// The group of a step, and the pairs that make up each example.
    pub(crate) fn step(
        &mut self,
        groups: &[Group],
        step: u64,
        size: usize,
    ) -> (usize, Vec<Vec<u32>>) {
        let mut random = Random::new(self.seed, 1, step);
        let mut left = random.unit() * self.chances.iter().sum::<f64>();
        let mut chosen = self.chances.len().saturating_sub(1);
        for (at, chance) in self.chances.iter().enumerate() {
            if left < *chance {
                chosen = at;
                break;
            }
            left -= chance;
        }
        let group = &groups[chosen];
        let examples = (0..size.min(group.pairs.len()))
            .map(|_| {
                let join = 1 + random.below(group.join);
                (0..join).map(|_| self.next(chosen, group.pairs.len())).collect()
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

/// The two sides of the examples of a step.
pub(crate) fn sides(
    corpus: &Corpus,
    cuts: &Cuts,
    group: &Group,
    examples: &[Vec<u32>],
    noise: &Noise,
    random: &mut Random,
) -> [Side; 2] {
    [0, 1].map(|side| {
        let (mut bags, mut ids) = (Vec::with_capacity(examples.len()), Vec::new());
        for example in examples {
            let mut bag = Vec::new();
            let mut id = 0_u64;
            for &pair in example {
                let text = group.pairs[pair as usize][side];
                id = id.wrapping_add(u64::from(text) + 1);
                cuts.noisy(corpus.text(text), noise, random, &mut bag);
            }
            bags.push(bag);
            ids.push(id);
        }
        Side { bags, ids }
    })
}
