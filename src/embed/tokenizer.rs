//! The unigram tokenizer: the most probable cut of each word into pieces.
//!
//! Kudo 2018, "Subword Regularization", section 3.2: the Viterbi path through
//! the lattice of all pieces. Words are found by [`super::word`] and are cut on
//! their own, so the pieces of joined texts are the pieces of the texts, and
//! sums over them are additive.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::atomic::{AtomicU8, Ordering};

use rustc_hash::FxBuildHasher;
use xxhash_rust::xxh3::xxh3_64;
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
    best: Vec<LatticeStep>,
    path: Vec<u32>,
    cuts: Cuts,
}

/// Words that were cut already, up to a bound: most words of a text are frequent ones.
#[derive(Default)]
pub(crate) struct Cuts {
    /// By hash of the word: where it lies, and where its pieces do.
    known: HashMap<u64, Cut, FxBuildHasher>,
    words: String,
    pieces: Vec<u32>,
}

#[derive(Clone, Copy)]
struct Cut {
    word: (u32, u32),
    pieces: (u32, u32),
}

/// Bytes of words that are kept at most: some 20,000 words, in two megabytes with their pieces.
const MAX_CACHED_BYTES: usize = 1 << 18;

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
struct LatticeStep {
    score: f64,
    /// Where the last piece starts; `NO_STEP` while unreached.
    from: u32,
    piece: u32,
}

const NO_STEP: u32 = u32::MAX;
/// A character that no piece covers.
const UNKNOWN_PIECE: u32 = u32::MAX;

impl<'m> Tokenizer<'m> {
    /// `trie` maps a piece to its index in `scores`, log probabilities, whose
    /// [`unknown_score`] is `unknown`.
    pub(crate) fn new(
        trie: &'m DoubleArray<Cow<'static, [u8]>>,
        scores: &'m [f32],
        unknown: f64,
        style: WordStyle,
    ) -> Tokenizer<'m> {
        let (best, path, cuts) = (Vec::new(), Vec::new(), Cuts::default());
        let (trie, whole, word) = (DoubleArray(&*trie.0), None, String::new());
        Tokenizer { trie, scores, unknown, style, whole, word, best, path, cuts }
    }

    /// Looks up and notes what is known of this vocabulary.
    pub(crate) fn with_whole_words(self, whole: &'m WholeWords) -> Tokenizer<'m> {
        Tokenizer { whole: Some(whole), ..self }
    }

    /// Goes on from words that were cut for the same vocabulary.
    pub(crate) fn with_cuts(self, cuts: Cuts) -> Tokenizer<'m> {
        Tokenizer { cuts, ..self }
    }

    /// The words that were cut.
    pub(crate) fn into_cuts(self) -> Cuts {
        self.cuts
    }

    /// Calls `each` with every word of a text, in order.
    pub(crate) fn words(&mut self, text: &str, mut each: impl FnMut(&mut Self, &str)) {
        let mut word = std::mem::take(&mut self.word);
        words(text, self.style, &mut word, |word| each(self, word));
        self.word = word;
    }

    /// The pieces of a word, which is remembered.
    pub(crate) fn known(&mut self, word: &str) -> &[u32] {
        let hash = xxh3_64(word.as_bytes());
        if let Some(&Cut { word: (start, end), pieces: (first, last) }) = self.cuts.known.get(&hash)
        {
            if self.cuts.words.as_bytes()[start as usize..end as usize] == *word.as_bytes() {
                return &self.cuts.pieces[first as usize..last as usize];
            }
            return self.cut(word, usize::MAX);
        }
        self.cut(word, usize::MAX);
        let Cuts { known, words, pieces } = &mut self.cuts;
        if words.len() > MAX_CACHED_BYTES {
            known.clear();
            words.clear();
            pieces.clear();
        }
        let (start, first) = (words.len() as u32, pieces.len() as u32);
        words.push_str(word);
        pieces.extend_from_slice(&self.path);
        let (word, pieces) = ((start, words.len() as u32), (first, pieces.len() as u32));
        known.insert(hash, Cut { word, pieces });
        &self.path
    }

    /// The known pieces of the best path through a word, with no piece of more
    /// than `longest` bytes.
    pub(crate) fn cut(&mut self, word: &str, longest: usize) -> &[u32] {
        let bytes = word.as_bytes();
        let end = bytes.len();
        self.best.clear();
        self.best.resize(end + 1, LatticeStep { score: 0.0, from: NO_STEP, piece: UNKNOWN_PIECE });
        self.path.clear();
        let whole_words = self.whole.filter(|_| longest >= end);
        // The piece that spells the word.
        let mut whole = UNKNOWN_PIECE;
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
                reach(&mut self.best[next], base + self.unknown, start, UNKNOWN_PIECE);
            }
            if start == 0
                && whole != UNKNOWN_PIECE
                && whole_words.is_some_and(|known| known.holds(whole))
            {
                self.path.push(whole);
                return &self.path;
            }
        }
        let mut at = end;
        while at > 0 {
            let step = self.best[at];
            if step.piece != UNKNOWN_PIECE {
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
fn reach(step: &mut LatticeStep, score: f64, from: usize, piece: u32) {
    if step.from == NO_STEP || score > step.score {
        *step = LatticeStep { score, from: from as u32, piece };
    }
}
