//! The unigram tokenizer: the most probable segmentation of each word into pieces.
//!
//! The method is from Kudo 2018, "Subword Regularization", section 3.2: the Viterbi path through the
//! lattice of all pieces. [`super::word`] finds the words. Each word is segmented alone, so that the
//! pieces of joined texts are the pieces of the texts, and sums over pieces are additive.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::atomic::{AtomicU8, Ordering};

use rustc_hash::FxBuildHasher;
use xxhash_rust::xxh3::xxh3_64;
use yada::DoubleArray;

use super::word::{WORD_START, WordStyle, words};

/// The score of a character without a piece, relative to the worst piece, in nats. The value is that
/// of the SentencePiece library, with which vocabularies are trained.
const UNKNOWN_PENALTY: f64 = 10.0;

/// Segments words into the ids of pieces.
pub(crate) struct Tokenizer<'m> {
    trie: DoubleArray<&'m [u8]>,
    scores: &'m [f32],
    unknown: f64,
    style: WordStyle,
    whole: Option<&'m WholeWords>,
    word: String,
    best: Vec<LatticeStep>,
    path: Vec<u32>,
    cache: WordCache,
}

/// The pieces of words that were segmented before. Most words of a text are frequent ones.
#[derive(Default)]
pub(crate) struct WordCache {
    /// By hash of the word.
    entries: HashMap<u64, CachedWord, FxBuildHasher>,
    words: String,
    pieces: Vec<u32>,
}

/// Ranges in the words and pieces of a [`WordCache`]: half as large as `Range<usize>`.
#[derive(Clone, Copy)]
struct CachedWord {
    word: (u32, u32),
    pieces: (u32, u32),
}

/// Bytes of words in a cache, after which it is emptied: about 20,000 words, which take two
/// megabytes with their pieces.
const MAX_CACHED_BYTES: usize = 1 << 18;

/// The pieces that are known to be the best segmentation of the word that they spell. Most words are
/// one piece, and the search for a better segmentation is skipped the next time.
pub(crate) struct WholeWords(Vec<AtomicU8>);

impl WholeWords {
    pub(crate) fn new(pieces: usize) -> WholeWords {
        WholeWords(std::iter::repeat_with(AtomicU8::default).take(pieces).collect())
    }

    // Relaxed order is enough: a flag protects no other data, and all threads set the same value.
    fn contains(&self, piece: u32) -> bool {
        self.0.get(piece as usize).is_some_and(|known| known.load(Ordering::Relaxed) != 0)
    }

    fn insert(&self, piece: u32) {
        if let Some(known) = self.0.get(piece as usize) {
            known.store(1, Ordering::Relaxed);
        }
    }
}

/// The score of a character without a piece.
pub(crate) fn unknown_score(scores: &[f32]) -> f64 {
    f64::from(scores.iter().copied().fold(0.0_f32, f32::min)) - UNKNOWN_PENALTY
}

/// The last step of the best path to a byte of a word.
#[derive(Clone, Copy)]
struct LatticeStep {
    score: f64,
    /// Where the last piece starts; `NO_SUBWORD` if no path was found yet.
    from: u32,
    piece: u32,
}

const NO_SUBWORD: u32 = u32::MAX;
/// A character that no piece covers.
const UNKNOWN_PIECE: u32 = u32::MAX;

impl<'m> Tokenizer<'m> {
    /// `trie` maps a piece to its index in `scores`, which are log probabilities. `unknown` is their
    /// [`unknown_score`].
    pub(crate) fn new(
        trie: &'m DoubleArray<Cow<'static, [u8]>>,
        scores: &'m [f32],
        unknown: f64,
        style: WordStyle,
    ) -> Tokenizer<'m> {
        let (best, path, cache) = (Vec::new(), Vec::new(), WordCache::default());
        let (trie, whole, word) = (DoubleArray(&*trie.0), None, String::new());
        Tokenizer { trie, scores, unknown, style, whole, word, best, path, cache }
    }

    /// Uses and extends the words of this vocabulary that are known to be one piece.
    pub(crate) fn with_whole_words(self, whole: &'m WholeWords) -> Tokenizer<'m> {
        Tokenizer { whole: Some(whole), ..self }
    }

    /// Uses and extends a cache that was filled with the same vocabulary.
    pub(crate) fn with_cache(self, cache: WordCache) -> Tokenizer<'m> {
        Tokenizer { cache, ..self }
    }

    pub(crate) fn into_cache(self) -> WordCache {
        self.cache
    }

    /// Calls `each` with every word of a text, in order.
    pub(crate) fn words(&mut self, text: &str, mut each: impl FnMut(&mut Self, &str)) {
        let mut word = std::mem::take(&mut self.word);
        words(text, self.style, &mut word, |word| each(self, word));
        self.word = word;
    }

    /// The pieces of a word, from the cache or else by segmentation.
    pub(crate) fn pieces(&mut self, word: &str) -> &[u32] {
        let hash = xxh3_64(word.as_bytes());
        if let Some(found) = self.cache.entries.get(&hash) {
            let CachedWord { word: (start, end), pieces: (first, last) } = *found;
            if self.cache.words.as_bytes()[start as usize..end as usize] == *word.as_bytes() {
                return &self.cache.pieces[first as usize..last as usize];
            }
            // Another word with the same hash stays in the cache.
            return self.segment(word, usize::MAX);
        }
        self.segment(word, usize::MAX);
        let WordCache { entries, words, pieces } = &mut self.cache;
        if words.len() > MAX_CACHED_BYTES {
            entries.clear();
            words.clear();
            pieces.clear();
        }
        let (start, first) = (words.len() as u32, pieces.len() as u32);
        words.push_str(word);
        pieces.extend_from_slice(&self.path);
        let (word, pieces) = ((start, words.len() as u32), (first, pieces.len() as u32));
        entries.insert(hash, CachedWord { word, pieces });
        &self.path
    }

    /// The pieces on the best path through a word, without characters that have no piece. No piece is
    /// longer than `max_piece_bytes`.
    pub(crate) fn segment(&mut self, word: &str, max_piece_bytes: usize) -> &[u32] {
        let bytes = word.as_bytes();
        let end = bytes.len();
        self.best.clear();
        self.best
            .resize(end + 1, LatticeStep { score: 0.0, from: NO_SUBWORD, piece: UNKNOWN_PIECE });
        self.path.clear();
        let whole_words = self.whole.filter(|_| max_piece_bytes >= end);
        // The piece that spells the word.
        let mut whole = UNKNOWN_PIECE;
        for (start, c) in word.char_indices() {
            let base = self.best[start].score;
            let next = start + c.len_utf8();
            let mut single = false;
            for (piece, length) in self.trie.common_prefix_search(&bytes[start..]) {
                let Some(&score) = self.scores.get(piece as usize) else { continue };
                if length > max_piece_bytes {
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
                && whole_words.is_some_and(|known| known.contains(whole))
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
        // A piece for the start of a word alone has no information.
        let mark = WORD_START.len_utf8();
        if end > mark && self.path.len() == 1 && word.starts_with(WORD_START) {
            let first = self.best[mark];
            if first.from == 0 && first.piece == self.path[0] {
                self.path.clear();
            }
        }
        if let (Some(known), &[piece]) = (whole_words, &self.path[..]) {
            if piece == whole {
                known.insert(piece);
            }
        }
        &self.path
    }
}

/// Replaces a step if another is better. The first of equally good steps stays.
fn reach(step: &mut LatticeStep, score: f64, from: usize, piece: u32) {
    if step.from == NO_SUBWORD || score > step.score {
        *step = LatticeStep { score, from: from as u32, piece };
    }
}
