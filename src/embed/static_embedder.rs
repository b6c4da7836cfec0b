//! The built-in model: a bag of subword vectors.

use std::borrow::Cow;
use std::collections::HashMap;
use std::path::Path;

use ndarray::{Array1, Array2, Axis, Slice};

use super::embeddings::{Embeddings, finish};
use super::file::ModelFile;
use super::tokenizer::Tokenizer;
use super::words::Words;
use super::{EmbedError, Embedder};
use crate::{Error, Language, Result};

/// Columns of the vectors of single words. Those of the rows are principal
/// components, the first the strongest: 64 of them tell words apart as well as all,
/// and are compared in a quarter of the time.
const WORD_COLUMNS: usize = 64;

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
/// let model = StaticEmbedder::embedded()?;
/// let english = model.embed(Language::ENGLISH, &["The train was late."])?;
/// let german = model.embed(Language::GERMAN, &["Der Zug hatte Verspätung.", "Es gab Suppe."])?;
/// let similar = english.row(0).dot(&german.row(0));
/// let different = english.row(0).dot(&german.row(1));
/// assert!(similar > different);
/// # Ok::<(), Box<dyn std::error::Error + Send + Sync>>(())
/// ```
pub struct StaticEmbedder {
    file: ModelFile,
    fingerprint: String,
}

impl StaticEmbedder {
    /// The model that is compiled into the library: English, Ukrainian and
    /// German, dimension 256.
    ///
    /// # Errors
    ///
    /// [`Error::Model`] if the library was built with a damaged model file.
    #[cfg(feature = "embedded-model")]
    pub fn embedded() -> Result<StaticEmbedder> {
        StaticEmbedder::parse(Cow::Borrowed(include_bytes!("../../models/static-v1.bitext")))
    }

    /// Reads a model from the bytes of its file.
    ///
    /// # Errors
    ///
    /// [`Error::Model`] for bytes that are no model, cut short, altered, or of
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
    /// [`Error::Read`] where the file cannot be read, and those of
    /// [`StaticEmbedder::from_bytes`].
    pub fn from_file(path: impl AsRef<Path>) -> Result<StaticEmbedder> {
        let path = path.as_ref();
        let bytes =
            std::fs::read(path).map_err(|error| Error::Read { path: path.to_path_buf(), error })?;
        StaticEmbedder::from_bytes(bytes)
    }

    fn parse(bytes: Cow<'static, [u8]>) -> Result<StaticEmbedder> {
        let file = ModelFile::parse(bytes)?;
        let fingerprint = format!("{}:{:016x}", file.name, file.checksum);
        Ok(StaticEmbedder { file, fingerprint })
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

    /// The raw rows of texts, n x d: sums of their pieces' vectors.
    fn raw(&self, texts: &[&str]) -> Array2<f32> {
        let mut raw = Array2::zeros((texts.len(), self.file.dimension));
        let mut tokenizer = Tokenizer::new(&self.file.trie, &self.file.scores, self.file.style);
        for (mut row, text) in raw.rows_mut().into_iter().zip(texts) {
            let Some(row) = row.as_slice_mut() else { continue };
            tokenizer.pieces(text, |piece| self.add(row, piece));
        }
        raw
    }

    /// The raw rows and the words of texts, these by their first columns. A word weighs as much as its raw
    /// vector is long: frequent words were learnt to be short.
    fn raw_and_words(&self, texts: &[&str]) -> Result<(Array2<f32>, Words)> {
        let d = self.file.dimension;
        let mut raw = Array2::zeros((texts.len(), d));
        let mut tokenizer = Tokenizer::new(&self.file.trie, &self.file.scores, self.file.style);
        let mut known: HashMap<String, (u32, f32)> = HashMap::new();
        let mut vectors: Vec<f32> = Vec::new();
        let mut all = Vec::with_capacity(texts.len());
        for (mut row, text) in raw.rows_mut().into_iter().zip(texts) {
            let Some(row) = row.as_slice_mut() else { continue };
            let mut words = Vec::new();
            tokenizer.words(text, |word, pieces| {
                let (at, weight) = match known.get(word) {
                    Some(found) => *found,
                    None => {
                        let start = vectors.len();
                        vectors.resize(start + d, 0.0);
                        let vector = &mut vectors[start..];
                        pieces.iter().for_each(|&piece| self.add(vector, piece as usize));
                        let length = vector.iter().map(|value| value * value).sum::<f32>().sqrt();
                        let found = ((start / d.max(1)) as u32, length);
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

    fn add(&self, row: &mut [f32], piece: usize) {
        let d = self.file.dimension;
        let scale = self.file.scales[piece];
        for (sum, &value) in row.iter_mut().zip(&self.file.rows[piece * d..(piece + 1) * d]) {
            *sum += scale * f32::from(value as i8);
        }
    }
}

impl Embedder for StaticEmbedder {
    fn dimension(&self) -> usize {
        self.file.dimension
    }

    fn fingerprint(&self) -> String {
        self.fingerprint.clone()
    }

    fn embed(&self, language: Language, texts: &[&str]) -> Result<Array2<f32>, EmbedError> {
        let mut rows = self.raw(texts);
        let mean = self.mean(language);
        for mut row in rows.rows_mut() {
            if let Some(row) = row.as_slice_mut() {
                finish(row, mean.view());
            }
        }
        Ok(rows)
    }

    fn embeddings(&self, language: Language, texts: &[&str]) -> Result<Embeddings, EmbedError> {
        let (raw, words) = self.raw_and_words(texts)?;
        Ok(Embeddings::from_raw(raw, self.mean(language))?.with_words(words)?)
    }
}

impl std::fmt::Debug for StaticEmbedder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("StaticEmbedder").field("fingerprint", &self.fingerprint).finish()
    }
}
