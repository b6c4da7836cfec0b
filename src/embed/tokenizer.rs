//! The unigram tokenizer: the most probable cut of each word into pieces.
//!
//! Kudo 2018, "Subword Regularization", section 3.2: the Viterbi path through
//! the lattice of all pieces. Words are found by [`super::word`] and are cut on
//! their own, so the pieces of joined texts are the pieces of the texts, and
//! sums over them are additive.

use std::borrow::Cow;
use std::sync::atomic::{AtomicU8, Ordering};

use yada::DoubleArray;

use super::word::{WORD_START, WordStyle, words};

/// How much worse than the worst piece a character without a piece is: the
/// constant of the SentencePiece library, which the vocabulary was made for.
const UNKNOWN_PENALTY: f64 = 10.0;

/// Cuts texts into the ids of pieces.
pub(crate) struct Tokenizer<'m> {
    trie: DoubleArray<&'m [u8]>,
    scores: &'m [f32],
    unknown: f64,
    style: WordStyle,
    whole: Option<&'m WholeWords>,
    word: String,
    best: Vec<Step>,
    path: Vec<u32>,
}

/// Which pieces are the best cut of the word that they spell, as far as it has come
/// up. Most words are one piece, and need not be searched for a better cut again.
pub(crate) struct WholeWords(Vec<AtomicU8>);

impl WholeWords {
    pub(crate) fn new(pieces: usize) -> WholeWords {
        WholeWords(std::iter::repeat_with(AtomicU8::default).take(pieces).collect())
    }

    /// Nothing else is read for what is said here, and it is the same whoever says it.
    fn holds(&self, piece: u32) -> bool {
        self.0.get(piece as usize).is_some_and(|known| known.load(Ordering::Relaxed) != 0)
    }

    fn note(&self, piece: u32) {
        if let Some(known) = self.0.get(piece as usize) {
            known.store(1, Ordering::Relaxed);
        }
    }
}

/// The score of a character without a piece.
pub(crate) fn unknown_score(scores: &[f32]) -> f64 {
    f64::from(scores.iter().copied().fold(0.0_f32, f32::min)) - UNKNOWN_PENALTY
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
    /// `trie` maps a piece to its index in `scores`, log probabilities, whose
    /// [`unknown_score`] is `unknown`.
    pub(crate) fn new(
        trie: &'m DoubleArray<Cow<'static, [u8]>>,
        scores: &'m [f32],
        unknown: f64,
        style: WordStyle,
    ) -> Tokenizer<'m> {
        let (best, path) = (Vec::new(), Vec::new());
        let (trie, whole, word) = (DoubleArray(&*trie.0), None, String::new());
        Tokenizer { trie, scores, unknown, style, whole, word, best, path }
    }

    /// Looks up and notes what is known of this vocabulary.
    pub(crate) fn with_whole_words(self, whole: &'m WholeWords) -> Tokenizer<'m> {
        Tokenizer { whole: Some(whole), ..self }
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
        let end = bytes.len();
        self.best.clear();
        self.best.resize(end + 1, Step { score: 0.0, from: NOWHERE, piece: UNKNOWN });
        self.path.clear();
        let whole_words = self.whole.filter(|_| longest >= end);
        // The piece that spells the word.
        let mut whole = UNKNOWN;
        for (start, c) in word.char_indices() {
            let base = self.best[start].score;
            let next = start + c.len_utf8();
            let mut single = false;
            for (piece, length) in self.trie.common_prefix_search(&bytes[start..]) {
                let Some(&score) = self.scores.get(piece as usize) else { continue };
                if length > longest {
                    continue;
                }
                if length == end {
                    whole = piece;
                }
                single |= start + length == next;
                reach(&mut self.best[start + length], base + f64::from(score), start, piece);
            }
            if !single {
                reach(&mut self.best[next], base + self.unknown, start, UNKNOWN);
            }
            if start == 0 && whole != UNKNOWN && whole_words.is_some_and(|known| known.holds(whole))
            {
                self.path.push(whole);
                return &self.path;
            }
        }
        let mut at = end;
        while at > 0 {
            let step = self.best[at];
            if step.piece != UNKNOWN {
                self.path.push(step.piece);
            }
            at = step.from as usize;
        }
        self.path.reverse();
        // That a word begins says nothing, where nothing else of it is known.
        let mark = WORD_START.len_utf8();
        if end > mark && self.path.len() == 1 && word.starts_with(WORD_START) {
            let first = self.best[mark];
            if first.from == 0 && first.piece == self.path[0] {
                self.path.clear();
            }
        }
        if let (Some(known), &[piece]) = (whole_words, &self.path[..]) {
            if piece == whole {
                known.note(piece);
            }
        }
        &self.path
    }
}

/// The first of equally good ways stays.
fn reach(step: &mut Step, score: f64, from: usize, piece: u32) {
    if step.from == NOWHERE || score > step.score {
        *step = Step { score, from: from as u32, piece };
    }
}
