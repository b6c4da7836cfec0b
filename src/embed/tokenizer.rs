//! The unigram tokenizer: the most probable cut of each word into pieces.
//!
//! Kudo 2018, "Subword Regularization", section 3.2: the Viterbi path through
//! the lattice of all pieces. Words are cut at white space and start with `▁`,
//! so the pieces of joined texts are the pieces of the texts, and sums over
//! them are additive.

use std::borrow::Cow;

use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfkc_quick};
use yada::DoubleArray;

use crate::text;

/// The mark of a word's start.
const WORD_START: &str = "▁";
/// Longer words are cut, so that memory is bounded for a text without spaces.
const LONGEST_WORD: usize = 1024;
/// How much worse than the worst piece a character without a piece is: the
/// constant of the SentencePiece library, which the vocabulary was made for.
const UNKNOWN_PENALTY: f64 = 10.0;

/// Cuts texts into the ids of pieces.
pub(super) struct Tokenizer<'m> {
    trie: &'m DoubleArray<Cow<'static, [u8]>>,
    scores: &'m [f32],
    unknown: f64,
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
    pub(super) fn new(
        trie: &'m DoubleArray<Cow<'static, [u8]>>,
        scores: &'m [f32],
    ) -> Tokenizer<'m> {
        let worst = scores.iter().copied().fold(0.0_f32, f32::min);
        let unknown = f64::from(worst) - UNKNOWN_PENALTY;
        Tokenizer { trie, scores, unknown, word: String::new(), best: Vec::new(), path: Vec::new() }
    }

    /// Calls `each` with the index of every known piece of a text, in order.
    pub(super) fn pieces(&mut self, text: &str, mut each: impl FnMut(usize)) {
        self.words(text, |_, pieces| pieces.iter().for_each(|&piece| each(piece as usize)));
    }

    /// Calls `each` with every word of a text and its known pieces, in order.
    pub(super) fn words(&mut self, text: &str, mut each: impl FnMut(&str, &[u32])) {
        let normal = text::normalize(text);
        let normal: Cow<'_, str> = match is_nfkc_quick(normal.chars()) {
            IsNormalized::Yes => normal.into(),
            _ => normal.nfkc().collect::<String>().into(),
        };
        for word in normal.split_whitespace() {
            let mut rest = word;
            while !rest.is_empty() {
                let mut end = rest.len().min(LONGEST_WORD);
                while !rest.is_char_boundary(end) {
                    end -= 1;
                }
                self.word.clear();
                self.word.push_str(WORD_START);
                self.word.extend(rest[..end].chars().filter(|c| !c.is_control()));
                rest = &rest[end..];
                self.cut();
                self.path.reverse();
                each(&self.word, &self.path);
            }
        }
    }

    /// Finds the best path through the word and leaves its known pieces in
    /// `path`, last first.
    fn cut(&mut self) {
        let bytes = self.word.as_bytes();
        self.best.clear();
        self.best.resize(bytes.len() + 1, Step { score: 0.0, from: NOWHERE, piece: UNKNOWN });
        for (start, c) in self.word.char_indices() {
            let base = self.best[start].score;
            let next = start + c.len_utf8();
            let mut single = false;
            for (piece, length) in self.trie.common_prefix_search(&bytes[start..]) {
                let Some(&score) = self.scores.get(piece as usize) else { continue };
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
    }
}

/// The first of equally good ways stays.
fn reach(step: &mut Step, score: f64, from: usize, piece: u32) {
    if step.from == NOWHERE || score > step.score {
        *step = Step { score, from: from as u32, piece };
    }
}
