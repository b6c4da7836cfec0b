//! The vectors of the sentences of an article, and of spans of consecutive sentences.

use std::ops::Range;

use ndarray::{Array1, Array2, ArrayView1, ArrayView2, Axis, Slice};

use super::vector::{MAX_MEAN, center, check_finite, normalize};
use super::words::Words;
use crate::{Error, Result};

/// The vectors of n sentences: an n x d matrix. Each row has length 1, or is zero if the model knows
/// nothing about the sentence.
///
/// For an additive model, this also holds the raw rows, from which [`span`](Embeddings::span)
/// computes the vector of any consecutive sentences. A raw row is the sum over the words of a text,
/// so that the raw row of joined sentences is the sum of their raw rows. The sentence vector is
/// normalize(normalize(raw) - mean), where mean is the mean vector of the language.
///
/// ```
/// use bitext::embed::Embeddings;
/// use ndarray::array;
///
/// let vectors = Embeddings::from_rows(array![[3.0, 4.0], [0.0, 0.0]])?;
/// assert_eq!(vectors.rows(), array![[0.6, 0.8], [0.0, 0.0]]);
/// assert_eq!((vectors.len(), vectors.dimension(), vectors.is_empty()), (2, 2, false));
/// # Ok::<(), bitext::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Embeddings {
    rows: Array2<f32>,
    additive: Option<RawVectors>,
    words: Option<Words>,
}

#[derive(Clone, Debug, PartialEq)]
struct RawVectors {
    raw: Array2<f32>,
    mean: Array1<f32>,
}

impl Embeddings {
    /// From a matrix with one row per sentence. Rows are scaled to length 1; zero rows stay zero.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::VectorNotFinite`](crate::ErrorKind::VectorNotFinite) for NaN or infinity.
    pub fn from_rows(rows: Array2<f32>) -> Result<Embeddings> {
        check_finite(rows.view())?;
        let mut rows = rows.as_standard_layout().into_owned();
        rows.rows_mut().into_iter().for_each(|mut row| {
            if let Some(row) = row.as_slice_mut() {
                normalize(row);
            }
        });
        Ok(Embeddings { rows, additive: None, words: None })
    }

    /// From the raw rows (n x d) of an additive model, and the mean vector (d) of the language.
    ///
    /// # Errors
    ///
    /// * [`ErrorKind::VectorNotFinite`](crate::ErrorKind::VectorNotFinite) for NaN or infinity, and
    ///   for a mean with a value outside -1 to 1, which cannot be a mean of unit vectors.
    /// * [`ErrorKind::VectorShape`](crate::ErrorKind::VectorShape) if the mean has another dimension
    ///   than the rows.
    ///
    /// ```
    /// use bitext::embed::Embeddings;
    /// use ndarray::array;
    ///
    /// let vectors = Embeddings::from_raw(array![[2.0, 0.0], [0.0, 2.0]], array![0.0, 0.0])?;
    /// let both = vectors.span(0..2).unwrap();
    /// assert!((both[0] - both[1]).abs() < 1e-6);
    /// assert_eq!(vectors.raw().unwrap().row(1), array![0.0, 2.0]);
    /// assert_eq!(vectors.mean().unwrap(), array![0.0, 0.0]);
    /// # Ok::<(), bitext::Error>(())
    /// ```
    #[doc(hidden)]
    pub fn from_raw(raw: Array2<f32>, mean: Array1<f32>) -> Result<Embeddings> {
        check_finite(raw.view())?;
        check_finite(mean.view().insert_axis(ndarray::Axis(0)))?;
        if let Some(column) = mean.iter().position(|value| value.abs() > MAX_MEAN) {
            return Err(Error::vector_not_finite(0, column));
        }
        if mean.len() != raw.ncols() {
            return Err(Error::vector_shape((1, raw.ncols()), (1, mean.len())));
        }
        let mut raw = raw.as_standard_layout().into_owned();
        // Only directions matter, so that all rows can be scaled by one factor. This keeps sums and
        // products from overflowing and vanishing.
        let largest = raw.iter().fold(0.0_f32, |largest, value| largest.max(value.abs()));
        if largest > 1e6 || (largest > 0.0 && largest < 1e-6) {
            raw.mapv_inplace(|value| value / largest);
        }
        let mut rows = raw.clone();
        rows.rows_mut().into_iter().for_each(|mut row| {
            if let Some(row) = row.as_slice_mut() {
                center(row, mean.view());
            }
        });
        Ok(Embeddings { rows, additive: Some(RawVectors { raw, mean }), words: None })
    }

    /// Adds the words of the sentences.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::VectorShape`](crate::ErrorKind::VectorShape) if the number of texts is not the
    /// number of sentences.
    ///
    /// ```
    /// use bitext::embed::{Embeddings, Words};
    /// use bitext::ndarray::array;
    ///
    /// let vectors = Embeddings::from_rows(array![[1.0, 0.0]])?;
    /// assert!(vectors.words().is_none());
    /// let words = Words::new(array![[1.0, 0.0], [0.5, 0.5]], vec![vec![(0, 1.0), (1, 2.0)]])?;
    /// assert_eq!(vectors.clone().with_words(words)?.words().map(Words::len), Some(1));
    /// let words_of_none = Words::new(array![[1.0, 0.0]], vec![])?;
    /// assert!(vectors.with_words(words_of_none).is_err());
    /// # Ok::<(), bitext::Error>(())
    /// ```
    #[doc(hidden)]
    pub fn with_words(mut self, words: Words) -> Result<Embeddings> {
        if words.len() != self.len() {
            return Err(Error::vector_shape((self.len(), 1), (words.len(), 1)));
        }
        self.words = Some(words);
        Ok(self)
    }

    /// The words of the sentences, if the embedder has word vectors.
    #[doc(hidden)]
    pub fn words(&self) -> Option<&Words> {
        self.words.as_ref()
    }

    /// The number of sentences.
    pub fn len(&self) -> usize {
        self.rows.nrows()
    }

    /// Whether there are no sentences.
    pub fn is_empty(&self) -> bool {
        self.rows.nrows() == 0
    }

    /// The number of columns.
    pub fn dimension(&self) -> usize {
        self.rows.ncols()
    }

    /// The sentence vectors, n x d.
    pub fn rows(&self) -> ArrayView2<'_, f32> {
        self.rows.view()
    }

    /// The raw rows, n x d; `None` unless the model is additive.
    #[doc(hidden)]
    pub fn raw(&self) -> Option<ArrayView2<'_, f32>> {
        self.additive.as_ref().map(|additive| additive.raw.view())
    }

    /// The mean vector of the language, d; `None` unless the model is additive.
    #[doc(hidden)]
    pub fn mean(&self) -> Option<ArrayView1<'_, f32>> {
        self.additive.as_ref().map(|additive| additive.mean.view())
    }

    /// The exact vector of the joined sentences of a range.
    ///
    /// `None` if the range is empty or out of bounds, and also if it has several sentences and the
    /// model is not additive.
    ///
    /// ```
    /// use bitext::{Embedder, Language, StaticEmbedder};
    ///
    /// let texts = ["It rained.", "Nobody came."];
    /// let vectors = StaticEmbedder::embedded().embed_spans(Language::ENGLISH, &texts)?;
    /// assert_eq!(vectors.span(0..2).unwrap().len(), vectors.dimension());
    /// assert_eq!(vectors.span(1..3), None);
    /// # Ok::<(), bitext::embed::EmbedError>(())
    /// ```
    pub fn span(&self, range: Range<usize>) -> Option<Array1<f32>> {
        if range.is_empty() || range.end > self.len() {
            return None;
        }
        if range.len() == 1 {
            return Some(self.rows.row(range.start).to_owned());
        }
        let additive = self.additive.as_ref()?;
        let mut sum = Array1::<f32>::zeros(self.dimension());
        for at in range {
            sum += &additive.raw.row(at);
        }
        center(sum.as_slice_mut()?, additive.mean.view());
        Some(sum)
    }

    /// The vectors of a range of sentences, without their words.
    pub(crate) fn slice(&self, range: Range<usize>) -> Embeddings {
        let rows =
            |all: &Array2<f32>| all.slice_axis(Axis(0), Slice::from(range.clone())).to_owned();
        let additive = self.additive.as_ref();
        let additive = additive
            .map(|additive| RawVectors { raw: rows(&additive.raw), mean: additive.mean.clone() });
        Embeddings { rows: rows(&self.rows), additive, words: None }
    }

    /// An approximate vector of the joined sentences of a range: the mean of their rows, weighted by
    /// the lengths of the sentences, and scaled to length 1.
    ///
    /// It is used if the model is not additive and the joined text was not embedded. `None` if the
    /// range is empty or out of bounds.
    pub(crate) fn pooled(&self, range: Range<usize>, lengths: &[f32]) -> Option<Array1<f32>> {
        let lengths = lengths.get(range.clone()).filter(|lengths| !lengths.is_empty())?;
        if range.end > self.len() {
            return None;
        }
        let mut sum = Array1::<f32>::zeros(self.dimension());
        for (at, &length) in range.zip(lengths) {
            sum.scaled_add(length, &self.rows.row(at));
        }
        normalize(sum.as_slice_mut()?);
        Some(sum)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ErrorKind;
    use ndarray::array;

    #[test]
    fn nan_and_infinity_are_refused() {
        for bad in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY] {
            let error = Embeddings::from_rows(array![[0.0, 1.0], [bad, 0.0]]).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::VectorNotFinite);
            assert!(error.message().contains("sentence 1 is not finite in column 0"));
        }
        let error = Embeddings::from_raw(array![[1.0, 0.0]], array![0.0]).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::VectorShape);
    }

    #[test]
    fn words_of_another_number_of_texts_are_refused() {
        let of = |texts: usize| Words::new(array![[1.0]], vec![vec![(0, 1.0)]; texts]).unwrap();
        let rows = Embeddings::from_rows(array![[1.0, 0.0], [0.0, 1.0]]).unwrap();
        assert_eq!(rows.clone().with_words(of(2)).unwrap().words().unwrap().len(), 2);
        for other in [0, 1, 3] {
            let error = rows.clone().with_words(of(other)).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::VectorShape);
        }
        assert!(rows.with_words(of(2)).unwrap().slice(0..1).words().is_none());
    }

    #[test]
    fn pooled_rows_are_weighted_by_length() {
        let vectors = Embeddings::from_rows(array![[1.0, 0.0], [0.0, 1.0]]).unwrap();
        let pooled = vectors.pooled(0..2, &[30.0, 40.0]).unwrap();
        assert!((pooled[0] - 0.6).abs() < 1e-6 && (pooled[1] - 0.8).abs() < 1e-6);
    }

    #[test]
    fn huge_and_tiny_rows_are_scaled() {
        let vectors = Embeddings::from_rows(array![[3e38, 3e38], [1e-30, 0.0]]).unwrap();
        assert!((vectors.rows()[[0, 0]] - 0.5_f32.sqrt()).abs() < 1e-6);
        assert_eq!(vectors.rows()[[1, 0]], 1.0);
    }

    #[test]
    fn spans_of_an_additive_model_are_those_of_the_joined_text() {
        let mean = array![0.1, 0.0, 0.0];
        let raw = array![[1.0, 2.0, 0.0], [0.0, 1.0, 5.0]];
        let joined = Embeddings::from_raw(array![[1.0, 3.0, 5.0]], mean.clone()).unwrap();
        let vectors = Embeddings::from_raw(raw, mean).unwrap();
        assert_eq!(vectors.span(0..2).unwrap(), joined.rows().row(0));
        assert_eq!(vectors.span(1..3), None);
        assert_eq!(vectors.span(1..1), None);
    }
}
