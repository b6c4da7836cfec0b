//! The built-in model: a bag of subword vectors.

use std::borrow::Cow;
use std::collections::HashMap;
use std::path::Path;
use std::sync::Mutex;

use ndarray::{Array1, Array2, ArrayView1, ArrayViewMut2, Axis, Slice};
use rustc_hash::FxBuildHasher;

use super::embeddings::Embeddings;
use super::file::ModelFile;
use super::sum::add;
use super::tokenizer::{Cuts, Tokenizer};
use super::vector::center;
use super::words::{MAX_WEIGHT, Words};
use super::{EmbedError, Embedder};
use crate::{Error, Language, Result};

/// Columns of the vectors of single words. Those of the rows are principal
/// components, the first the strongest: 64 of them tell words apart as well as all,
/// and are compared in a quarter of the time.
const WORD_COLUMNS: usize = 64;

/// The fewest texts that a thread is worth: some milliseconds' work.
const MIN_TEXTS_PER_THREAD: usize = 256;

/// A static multilingual model: the vector of a text is the sum of its
/// subwords' vectors, less the mean vector of its language.
///
/// It knows no word order and no context, runs in microseconds, and is
/// additive over sentences (see [`Embeddings`]). `models/MODEL_CARD.md` in the
/// repository tells how the embedded one was made and what it can do.
///
/// A language that the model has no mean for gets a mean of zero: usable for
/// words that it shares with the others, no more.
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
    cuts: Mutex<Vec<Cuts>>,
    threads: usize,
}

impl StaticEmbedder {
    /// The model that is compiled into the library: English, Ukrainian and
    /// German, dimension 256.
    #[cfg(feature = "embedded-model")]
    pub fn embedded() -> StaticEmbedder {
        let bytes = include_bytes!("../../models/static-v1.bitext");
        // The bytes are part of the library, so only a damaged build can fail here; the tests read
        // them in every build.
        StaticEmbedder::parse(Cow::Borrowed(bytes)).expect("the embedded model is intact")
    }

    /// Reads a model from the bytes of its file.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Model`](crate::ErrorKind::Model) for bytes that are no model, cut short, altered, or of
    /// a newer version.
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
    /// [`ErrorKind::Read`](crate::ErrorKind::Read) where the file cannot be read, and those of
    /// [`StaticEmbedder::from_bytes`].
    ///
    /// ```
    /// use bitext::{ErrorKind, StaticEmbedder};
    ///
    /// match StaticEmbedder::from_file("no/such/model.bitext") {
    ///     Err(error) => assert_eq!(error.kind(), ErrorKind::Read),
    ///     other => panic!("{:?}", other.err()),
    /// }
    /// ```
    pub fn from_file(path: impl AsRef<Path>) -> Result<StaticEmbedder> {
        let path = path.as_ref();
        let bytes = std::fs::read(path).map_err(|error| Error::read(path, error))?;
        StaticEmbedder::from_bytes(bytes)
    }

    fn parse(bytes: Cow<'static, [u8]>) -> Result<StaticEmbedder> {
        let file = ModelFile::parse(bytes)?;
        let fingerprint = format!("{}:{:016x}", file.name, file.checksum);
        Ok(StaticEmbedder { file, fingerprint, cuts: Mutex::default(), threads: 1 })
    }

    /// Shares the texts of a large batch that is given to [`Embedder::embed`] out to this many threads;
    /// 0 stands for as many as there are cores. Where the system starts fewer, those do the work. [`Embedder::embed_spans`], which the aligner calls, keeps to one. A batch of a few hundred texts stays on the caller's thread,
    /// and the vectors are the same bytes for any number.
    ///
    /// The default is 1: who embeds article after article does better to spread
    /// the articles over threads.
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
        self.threads = match threads {
            0 => std::thread::available_parallelism().map_or(1, usize::from),
            threads => threads,
        };
        self
    }

    /// The languages that the model was made for.
    pub fn languages(&self) -> &[Language] {
        &self.file.languages
    }

    /// Number of pieces in the vocabulary.
    pub fn vocabulary_len(&self) -> usize {
        self.file.scores.len()
    }

    /// The mean vector of a language; zero for one that the model does not
    /// know.
    fn mean(&self, language: Language) -> Array1<f32> {
        let known = |exact: bool| {
            self.file.languages.iter().position(|known| match exact {
                true => *known == language,
                false => known.primary() == language.primary(),
            })
        };
        match known(true).or(known(false)) {
            Some(at) => self.file.means.row(at).to_owned(),
            None => Array1::zeros(self.file.dimension),
        }
    }

    /// Words are remembered from call to call, by as many tokenizers as were at work at once.
    fn tokenizing<T>(&self, work: impl FnOnce(&mut Tokenizer<'_>) -> T) -> T {
        let ModelFile { trie, scores, unknown, style, whole_words, .. } = &self.file;
        let cuts = self.cuts.lock().ok().and_then(|mut cuts| cuts.pop()).unwrap_or_default();
        let tokenizer = Tokenizer::new(trie, scores, *unknown, *style);
        let mut tokenizer = tokenizer.with_whole_words(whole_words).with_cuts(cuts);
        let done = work(&mut tokenizer);
        if let Ok(mut cuts) = self.cuts.lock() {
            cuts.push(tokenizer.into_cuts());
        }
        done
    }

    /// The vectors of texts into zeroed rows, n x d: the sums of their pieces' vectors, less the mean,
    /// of length 1.
    fn fill(&self, mut rows: ArrayViewMut2<'_, f32>, texts: &[&str], mean: ArrayView1<'_, f32>) {
        let mut pieces = Vec::new();
        self.tokenizing(|tokenizer| {
            for (mut row, text) in rows.rows_mut().into_iter().zip(texts) {
                let Some(row) = row.as_slice_mut() else { continue };
                pieces.clear();
                tokenizer.words(text, |cutter, word| pieces.extend_from_slice(cutter.known(word)));
                self.add(row, &pieces);
                center(row, mean);
            }
        });
    }

    /// The raw rows and the words of texts, these by their first columns. A word weighs as much as its raw
    /// vector is long: frequent words were learnt to be short.
    fn raw_and_words(&self, texts: &[&str]) -> Result<(Array2<f32>, Words)> {
        self.tokenizing(|tokenizer| self.words_by(tokenizer, texts))
    }

    fn words_by(
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
            tokenizer.words(text, |cutter, word| {
                let (at, weight) = match known.get(word) {
                    Some(found) => *found,
                    None => {
                        let start = vectors.len();
                        vectors.resize(start + d, 0.0);
                        let vector = &mut vectors[start..];
                        self.add(vector, cutter.known(word));
                        let length = vector.iter().map(|value| value * value).sum::<f32>().sqrt();
                        // A model of another scale has heavier ones, or the square overflows.
                        let found = ((start / d.max(1)) as u32, length.min(MAX_WEIGHT));
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
    use crate::embed::word::words;
    use proptest::prelude::*;

    /// The raw row of a text by plain means: of all ways to cut each word from the
    /// left, the best for each of its beginnings.
    fn plain(model: &StaticEmbedder, text: &str) -> Vec<f32> {
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
        let mut expected = plain(model, text);
        center(&mut expected, model.mean(Language::GERMAN).view());
        // Twice: the second time words of one piece are known.
        for _ in 0..2 {
            let row = model.embed(Language::GERMAN, &[text]).unwrap().row(0).to_vec();
            assert_eq!(row, expected, "{text}");
        }
    }

    #[test]
    fn sums_are_those_of_the_best_cut() {
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
        fn sums_are_those_of_the_best_cut_of_any_word(text in "[a-eа-їäst.,' ]{0,40}") {
            let model = StaticEmbedder::embedded();
            check(&model, &text);
        }
    }
}
