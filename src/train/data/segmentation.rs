//! The segmentation of words into subwords.

use super::super::random::Random;

/// The subwords of every word of a corpus: the best segmentation, and the best one
/// without its longest subword.
pub(in crate::train) struct Segmentation {
    subwords: Vec<u32>,
    /// For each word, the ends of both segmentations in `subwords`.
    ends: Vec<[u32; 2]>,
}

impl Segmentation {
    pub(super) fn new() -> Segmentation {
        Segmentation { subwords: Vec::new(), ends: Vec::new() }
    }

    /// Adds the next word.
    pub(super) fn push(&mut self, best: &[u32], finer: &[u32]) {
        self.subwords.extend(best);
        let middle = self.subwords.len() as u32;
        self.subwords.extend(finer);
        self.ends.push([middle, self.subwords.len() as u32]);
    }

    fn word(&self, word: u32, is_finer: bool) -> &[u32] {
        let start = word.checked_sub(1).map_or(0, |before| self.ends[before as usize][1]);
        let [middle, end] = self.ends[word as usize];
        let range = if is_finer { middle..end } else { start..middle };
        &self.subwords[range.start as usize..range.end as usize]
    }

    /// The subwords of a text.
    pub(in crate::train) fn text(&self, words: &[u32]) -> Vec<u32> {
        words.iter().flat_map(|&word| self.word(word, false)).copied().collect()
    }

    /// Adds the subwords of a text to `bag`. Words are dropped or segmented more
    /// finely at random.
    pub(in crate::train) fn add_noisy_text(
        &self,
        words: &[u32],
        noise: &SubwordNoise,
        random: &mut Random,
        bag: &mut Vec<u32>,
    ) {
        let before = bag.len();
        for &word in words {
            let draw = random.unit();
            if draw >= noise.dropout {
                bag.extend(self.word(word, draw < noise.dropout + noise.resampling));
            }
        }
        if bag.len() == before {
            words.iter().for_each(|&word| bag.extend(self.word(word, false)));
        }
    }
}

/// The shares of words that are dropped, and that are segmented more finely.
#[derive(Clone, Copy)]
pub(in crate::train) struct SubwordNoise {
    pub(in crate::train) dropout: f64,
    pub(in crate::train) resampling: f64,
}
