//! The built-in kind of model: a bag of subword vectors.

use std::borrow::Cow;
use std::collections::HashMap;
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use ndarray::{Array1, Array2, ArrayView1, ArrayViewMut2, Axis, Slice};
use rustc_hash::FxBuildHasher;

use super::file::ModelFile;
use super::sum::add;
use super::tokenizer::{Tokenizer, WordCache};
use crate::embed::embeddings::Embeddings;
use crate::embed::vector::center;
use crate::embed::words::{MAX_WORD_WEIGHT, Words};
use crate::embed::{EmbedError, Embedder};
use crate::{Error, Language, Result};

/// Columns of word vectors. Columns are principal components in descending order, and the first 64
/// distinguish words as well as all 256, in a quarter of the time.
const WORD_COLUMNS: usize = 64;

/// Fewer texts are not worth a thread: they take a few milliseconds.
const MIN_TEXTS_PER_THREAD: usize = 256;

/// A static multilingual model: the vector of a text is the sum of the vectors of its subwords, minus
/// the mean vector of its language.
///
/// It knows neither word order nor context. It takes microseconds per sentence, and it is additive
/// over sentences (see [`Embeddings`]). `models/MODEL_CARD.md` in the repository describes the
/// training data and the quality of the embedded model.
///
/// Texts in a language that the model was not trained for get a mean of zero. Their vectors are
/// useful only for words that the language shares with the others.
///
/// ```
/// use bitext::{Embedder, Language, StaticEmbedder};
///
/// let model = StaticEmbedder::embedded();
/// let english = model.embed(Language::ENGLISH, &["The train was late."])?;
/// let german = model.embed(Language::GERMAN, &["Der Zug hatte Verspätung.", "Es gab Suppe."])?;
/// let similar = english.row(0).dot(&german.row(0));
/// let different = english.row(0).dot(&german.row(1));
/// assert!(similar > different);
/// assert_eq!(model.languages(), [Language::ENGLISH, Language::UKRAINIAN, Language::GERMAN]);
/// assert!(model.vocabulary_len() > 10_000);
/// # Ok::<(), Box<dyn std::error::Error + Send + Sync>>(())
/// ```
pub struct StaticEmbedder {
    file: ModelFile,
    fingerprint: String,
    /// Caches of tokenized words: one for each thread that was embedding at the same time.
    caches: Mutex<Vec<WordCache>>,
    threads: usize,
}

impl StaticEmbedder {
    /// The model that is compiled into the library, for English, Ukrainian and German. Its dimension
    /// is 256.
    #[cfg(feature = "embedded-model")]
    pub fn embedded() -> StaticEmbedder {
        let bytes = include_bytes!("../../../models/static-v1.bitext");
        // The bytes are part of the library, and the tests read them.
        StaticEmbedder::parse(Cow::Borrowed(bytes)).expect("the embedded model is intact")
    }

    /// Reads a model from the bytes of its file.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Model`](crate::ErrorKind::Model) if the bytes are not a model, are truncated or
    /// altered, or have a newer version.
    ///
    /// ```
    /// use bitext::StaticEmbedder;
    ///
    /// assert!(StaticEmbedder::from_bytes(b"not a model".to_vec()).is_err());
    /// ```
    pub fn from_bytes(bytes: Vec<u8>) -> Result<StaticEmbedder> {
        StaticEmbedder::parse(Cow::Owned(bytes))
    }

    /// Reads a model file.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Read`](crate::ErrorKind::Read) if the file cannot be read, and those of
    /// [`StaticEmbedder::from_bytes`].
    ///
    /// ```
    /// use bitext::{ErrorKind, StaticEmbedder};
    ///
    /// let error = StaticEmbedder::from_file("no/such/model.bitext").unwrap_err();
    /// assert_eq!(error.kind(), ErrorKind::Read);
    /// ```
    pub fn from_file(path: impl AsRef<Path>) -> Result<StaticEmbedder> {
        let path = path.as_ref();
        let bytes = std::fs::read(path).map_err(|error| Error::read(path, error))?;
        StaticEmbedder::from_bytes(bytes)
    }

    fn parse(bytes: Cow<'static, [u8]>) -> Result<StaticEmbedder> {
        let file = ModelFile::parse(bytes)?;
        let fingerprint = format!("{}:{:016x}", file.name, file.checksum);
        Ok(StaticEmbedder { file, fingerprint, caches: Mutex::default(), threads: 1 })
    }

    /// Sets the number of threads for large batches in [`Embedder::embed`]. 0 means one per core, and
    /// the default is 1. The vectors do not depend on it.
    ///
    /// A batch of a few hundred texts stays on the caller's thread, and so does
    /// [`Embedder::embed_spans`], which the aligner calls. To align many articles, run the aligner on
    /// several threads instead.
    ///
    /// ```
    /// use bitext::{Embedder, Language, StaticEmbedder};
    ///
    /// let model = StaticEmbedder::embedded().with_threads(0);
    /// let texts = vec!["Der Zug hatte Verspätung."; 10_000];
    /// assert_eq!(model.embed(Language::GERMAN, &texts)?.nrows(), 10_000);
    /// # Ok::<(), Box<dyn std::error::Error + Send + Sync>>(())
    /// ```
    pub fn with_threads(mut self, threads: usize) -> StaticEmbedder {
        let cores = || std::thread::available_parallelism().map_or(1, usize::from);
        self.threads = if threads == 0 { cores() } else { threads };
        self
    }

    /// The languages that the model was trained for.
    pub fn languages(&self) -> &[Language] {
        &self.file.languages
    }

    /// The number of subwords in the vocabulary.
    pub fn vocabulary_len(&self) -> usize {
        self.file.scores.len()
    }

    /// The mean vector of a language, or else of one with the same primary subtag, or else zero.
    fn mean(&self, language: Language) -> Array1<f32> {
        let mut languages = self.file.languages.iter();
        let exact = languages.clone().position(|known| *known == language);
        let related = || languages.position(|known| known.primary() == language.primary());
        match exact.or_else(related) {
            Some(at) => self.file.means.row(at).to_owned(),
            None => Array1::zeros(self.file.dimension),
        }
    }

    /// Runs `work` with a tokenizer that knows the words of earlier calls.
    fn with_tokenizer<T>(&self, work: impl FnOnce(&mut Tokenizer<'_>) -> T) -> T {
        let ModelFile { trie, scores, unknown, style, whole_words, .. } = &self.file;
        let lock = || self.caches.lock().unwrap_or_else(PoisonError::into_inner);
        // Not held while the tokenizer works.
        let cache = lock().pop().unwrap_or_default();
        let tokenizer = Tokenizer::new(trie, scores, *unknown, *style);
        let mut tokenizer = tokenizer.with_whole_words(whole_words).with_cache(cache);
        let done = work(&mut tokenizer);
        lock().push(tokenizer.into_cache());
        done
    }

    /// Writes the vectors of texts into rows of zeros, n x d.
    fn fill(&self, mut rows: ArrayViewMut2<'_, f32>, texts: &[&str], mean: ArrayView1<'_, f32>) {
        let mut pieces = Vec::new();
        self.with_tokenizer(|tokenizer| {
            for (mut row, text) in rows.rows_mut().into_iter().zip(texts) {
                let Some(row) = row.as_slice_mut() else { continue };
                pieces.clear();
                tokenizer.words(text, |tokenizer, word| {
                    pieces.extend_from_slice(tokenizer.pieces(word))
                });
                self.add(row, &pieces);
                center(row, mean);
            }
        });
    }

    /// The raw rows of texts, and their words with the first columns of their vectors.
    ///
    /// The weight of a word is the length of its raw vector: in training, frequent words get short
    /// vectors.
    fn raw_and_words(&self, texts: &[&str]) -> Result<(Array2<f32>, Words)> {
        self.with_tokenizer(|tokenizer| self.tokenized_raw_and_words(tokenizer, texts))
    }

    fn tokenized_raw_and_words(
        &self,
        tokenizer: &mut Tokenizer<'_>,
        texts: &[&str],
    ) -> Result<(Array2<f32>, Words)> {
        let d = self.file.dimension;
        let mut raw = Array2::zeros((texts.len(), d));
        let mut known: HashMap<String, (u32, f32), FxBuildHasher> = HashMap::default();
        let mut vectors: Vec<f32> = Vec::new();
        let mut all = Vec::with_capacity(texts.len());
        for (mut row, text) in raw.rows_mut().into_iter().zip(texts) {
            let Some(row) = row.as_slice_mut() else { continue };
            let mut words = Vec::new();
            tokenizer.words(text, |tokenizer, word| {
                let (at, weight) = match known.get(word) {
                    Some(found) => *found,
                    None => {
                        let start = vectors.len();
                        vectors.resize(start + d, 0.0);
                        let vector = &mut vectors[start..];
                        self.add(vector, tokenizer.pieces(word));
                        let length = vector.iter().map(|value| value * value).sum::<f32>().sqrt();
                        // The vectors of another model may be longer, or their squares overflow.
                        let found = ((start / d.max(1)) as u32, length.min(MAX_WORD_WEIGHT));
                        known.insert(word.to_string(), found);
                        found
                    }
                };
                let vector = &vectors[at as usize * d..][..d];
                row.iter_mut().zip(vector).for_each(|(sum, value)| *sum += value);
                if weight > 0.0 {
                    words.push((at, weight));
                }
            });
            all.push(words);
        }
        let count = vectors.len() / d.max(1);
        let vectors = Array2::from_shape_vec((count, d), vectors).unwrap_or_default();
        let first = Slice::from(..WORD_COLUMNS.min(d) as isize);
        let vectors = vectors.slice_axis(Axis(1), first).as_standard_layout().into_owned();
        Ok((raw, Words::new(vectors, all)?))
    }

    fn add(&self, sum: &mut [f32], pieces: &[u32]) {
        add(sum, &self.file.rows, &self.file.scales, pieces);
    }
}

impl Embedder for StaticEmbedder {
    fn dimension(&self) -> usize {
        self.file.dimension
    }

    fn fingerprint(&self) -> String {
        self.fingerprint.clone()
    }

    fn languages(&self) -> Option<&[Language]> {
        Some(&self.file.languages)
    }

    fn embed(&self, language: Language, texts: &[&str]) -> Result<Array2<f32>, EmbedError> {
        let mut rows = Array2::zeros((texts.len(), self.file.dimension));
        let mean = self.mean(language);
        if self.threads > 1 && texts.len() > MIN_TEXTS_PER_THREAD {
            let share = texts.len().div_ceil(self.threads).max(MIN_TEXTS_PER_THREAD);
            let parts = texts.len().div_ceil(share);
            let shares = rows.axis_chunks_iter_mut(Axis(0), share).zip(texts.chunks(share));
            crate::threads::for_each(parts, shares, |(part, texts)| {
                self.fill(part, texts, mean.view());
            });
            return Ok(rows);
        }
        self.fill(rows.view_mut(), texts, mean.view());
        Ok(rows)
    }

    fn embed_spans(&self, language: Language, texts: &[&str]) -> Result<Embeddings, EmbedError> {
        let (raw, words) = self.raw_and_words(texts)?;
        Ok(Embeddings::from_raw(raw, self.mean(language))?.with_words(words)?)
    }
}

impl std::fmt::Debug for StaticEmbedder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("StaticEmbedder").field("fingerprint", &self.fingerprint).finish()
    }
}

#[cfg(all(test, feature = "embedded-model"))]
mod tests {
    use super::*;
    use crate::embed::static_model::word::words;
    use proptest::prelude::*;

    /// The raw row of a text by a simple algorithm: for each prefix of a word, the best of all
    /// segmentations.
    fn simple_raw_row(model: &StaticEmbedder, text: &str) -> Vec<f32> {
        let ModelFile { scores, scales, rows, trie, unknown, style, dimension, .. } = &model.file;
        let mut row = vec![0.0_f32; *dimension];
        words(text, *style, &mut String::new(), |word| {
            let mut best: Vec<Option<(f64, Vec<usize>)>> = vec![None; word.len() + 1];
            best[0] = Some((0.0, Vec::new()));
            let places = || word.char_indices().map(|(at, _)| at).chain([word.len()]);
            for start in places().take_while(|start| *start < word.len()) {
                let (score, path) = best[start].clone().unwrap();
                let next = places().find(|end| *end > start).unwrap();
                for end in places().filter(|end| *end > start) {
                    let found = match trie.exact_match_search(&word[start..end]) {
                        Some(piece) => (score + f64::from(scores[piece as usize]), Some(piece)),
                        None if end == next => (score + unknown, None),
                        None => continue,
                    };
                    if best[end].as_ref().is_none_or(|(score, _)| found.0 > *score) {
                        let piece = found.1.map(|piece| piece as usize);
                        best[end] = Some((found.0, path.iter().copied().chain(piece).collect()));
                    }
                }
            }
            let mut pieces = best.pop().flatten().unwrap().1;
            let start = trie.exact_match_search("▁").map(|piece| piece as usize);
            if word != "▁" && pieces.len() == 1 && pieces.first().copied() == start {
                pieces.clear();
            }
            for piece in pieces {
                for (at, sum) in row.iter_mut().enumerate() {
                    *sum += scales[piece] * f32::from(rows[piece * dimension + at] as i8);
                }
            }
        });
        row
    }

    fn check(model: &StaticEmbedder, text: &str) {
        let mut expected = simple_raw_row(model, text);
        center(&mut expected, model.mean(Language::GERMAN).view());
        // Twice, because words are cached the first time.
        for _ in 0..2 {
            let row = model.embed(Language::GERMAN, &[text]).unwrap().row(0).to_vec();
            assert_eq!(row, expected, "{text}");
        }
    }

    #[test]
    fn vectors_are_sums_over_the_best_segmentation() {
        let model = StaticEmbedder::embedded();
        for text in [
            "",
            "The train, it said, was late: 12.5 minutes (again).",
            "Об’єкт із п'ятьма кімнатами — не «дім», сказала вона…",
            "Die Donaudampfschifffahrtsgesellschaft fährt nicht am 3. Mai.",
            "🌧 雨が降る \u{301}x zażółć №5 ŒUVRE",
            "antidisestablishmentarianism недоторканностями Überprüfungsausschüsse",
        ] {
            check(&model, text);
        }
    }

    proptest! {
        #[test]
        fn vectors_of_random_texts_are_sums_over_the_best_segmentation(text in "[a-eа-їäst.,' ]{0,40}") {
            let model = StaticEmbedder::embedded();
            check(&model, &text);
        }
    }
}
