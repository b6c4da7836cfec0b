//! The unigram tokenizer: the most probable cut of each word into pieces.
//!
//! Kudo 2018, "Subword Regularization", section 3.2: the Viterbi path through
//! the lattice of all pieces. Words are found by [`super::word`] and are cut on
//! their own, so the pieces of joined texts are the pieces of the texts, and
//! sums over them are additive.

use std::borrow::Cow;

use yada::DoubleArray;

use super::word::{WordStyle, words};

/// How much worse than the worst piece a character without a piece is: the
/// constant of the SentencePiece library, which the vocabulary was made for.
const UNKNOWN_PENALTY: f64 = 10.0;

/// Cuts texts into the ids of pieces.
pub(crate) struct Tokenizer<'m> {
    trie: &'m DoubleArray<Cow<'static, [u8]>>,
    scores: &'m [f32],
    unknown: f64,
    style: WordStyle,
    word: String,
    best: Vec<Step>,
    path: Vec<u32>,
}

/// The best way to reach a byte of a word.
#[derive(Clone, Copy)]
struct Step {
    score: f64,
    /// Where the last piece starts; `NOWHERE` while unreached.
    from: u32,
    piece: u32,
}

const NOWHERE: u32 = u32::MAX;
/// A character that no piece covers.
const UNKNOWN: u32 = u32::MAX;

impl<'m> Tokenizer<'m> {
    /// `trie` maps a piece to its index in `scores`, log probabilities.
    pub(crate) fn new(
        trie: &'m DoubleArray<Cow<'static, [u8]>>,
        scores: &'m [f32],
        style: WordStyle,
    ) -> Tokenizer<'m> {
        let worst = scores.iter().copied().fold(0.0_f32, f32::min);
        let unknown = f64::from(worst) - UNKNOWN_PENALTY;
        let (best, path) = (Vec::new(), Vec::new());
        Tokenizer { trie, scores, unknown, style, word: String::new(), best, path }
    }

    /// Calls `each` with the index of every known piece of a text, in order.
    pub(crate) fn pieces(&mut self, text: &str, mut each: impl FnMut(usize)) {
        self.words(text, |_, pieces| pieces.iter().for_each(|&piece| each(piece as usize)));
    }

    /// Calls `each` with every word of a text and its known pieces, in order.
    pub(crate) fn words(&mut self, text: &str, mut each: impl FnMut(&str, &[u32])) {
        let mut word = std::mem::take(&mut self.word);
        words(text, self.style, &mut word, |word| {
            each(word, self.cut(word, usize::MAX));
        });
        self.word = word;
    }

    /// The known pieces of the best path through a word, with no piece of more
    /// than `longest` bytes.
    pub(crate) fn cut(&mut self, word: &str, longest: usize) -> &[u32] {
        let bytes = word.as_bytes();
        self.best.clear();
        self.best.resize(bytes.len() + 1, Step { score: 0.0, from: NOWHERE, piece: UNKNOWN });
        for (start, c) in word.char_indices() {
            let base = self.best[start].score;
            let next = start + c.len_utf8();
            let mut single = false;
            for (piece, length) in self.trie.common_prefix_search(&bytes[start..]) {
                let Some(&score) = self.scores.get(piece as usize) else { continue };
                if length > longest {
                    continue;
                }
                single |= start + length == next;
                reach(&mut self.best[start + length], base + f64::from(score), start, piece);
            }
            if !single {
                reach(&mut self.best[next], base + self.unknown, start, UNKNOWN);
            }
        }
        self.path.clear();
        let mut at = bytes.len();
        while at > 0 {
            let step = self.best[at];
            if step.piece != UNKNOWN {
                self.path.push(step.piece);
            }
            at = step.from as usize;
        }
        self.path.reverse();
        &self.path
    }
}

/// The first of equally good ways stays.
fn reach(step: &mut Step, score: f64, from: usize, piece: u32) {
    if step.from == NOWHERE || score > step.score {
        *step = Step { score, from: from as u32, piece };
    }
}
