//! One article as the search sees it: vectors and lengths, no text.

use ndarray::Array2;

use crate::embed::Embeddings;
use crate::{Error, Result};

/// One side of a pair: the sentences' vectors and lengths.
///
/// ```
/// use bitext::align::Side;
/// use bitext::embed::Embeddings;
/// use ndarray::array;
///
/// let vectors = Embeddings::from_rows(array![[1.0, 0.0], [0.0, 1.0]])?;
/// let side = Side::new(vectors, vec![20.0, 31.0])?;
/// assert_eq!(side.len(), 2);
/// # Ok::<(), bitext::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Side {
    pub(super) embeddings: Embeddings,
    pub(super) lengths: Vec<f32>,
    pub(super) spans: Option<Vec<Array2<f32>>>,
}

impl Side {
    /// Takes the vectors of n sentences and their n lengths in characters,
    /// scaled so that equal contents of both sides have equal lengths (see
    /// [`length_factor`](super::length_factor)). A length of 0 marks a blank
    /// sentence, which is never aligned.
    ///
    /// # Errors
    ///
    /// [`Error::VectorShape`] where the numbers of vectors and lengths differ,
    /// [`Error::InvalidConfig`] for lengths that are negative or not finite.
    pub fn new(embeddings: Embeddings, lengths: Vec<f32>) -> Result<Side> {
        if embeddings.len() != lengths.len() {
            return Err(Error::VectorShape {
                article: "side".to_string(),
                expected: (lengths.len(), embeddings.dimension()),
                got: (embeddings.len(), embeddings.dimension()),
            });
        }
        if !lengths.iter().all(|length| length.is_finite() && *length >= 0.0) {
            let reason = "must be finite and 0 or more";
            return Err(Error::InvalidConfig { name: "lengths", reason });
        }
        Ok(Side { embeddings, lengths, spans: None })
    }

    /// Adds the vectors of joined sentences, for models that are not additive:
    /// `spans[k]` has the n - k - 1 rows of the spans of k + 2 sentences, by
    /// their first sentence. Spans longer than these are pooled.
    ///
    /// # Errors
    ///
    /// [`Error::VectorShape`] for a matrix of another shape, and
    /// [`Error::VectorNotFinite`].
    pub fn with_spans(mut self, spans: Vec<Array2<f32>>) -> Result<Side> {
        let mut finished = Vec::with_capacity(spans.len());
        for (k, rows) in spans.into_iter().enumerate() {
            let expected = (self.len().saturating_sub(k + 1), self.embeddings.dimension());
            if rows.dim() != expected {
                let article = format!("side, spans of {} sentences", k + 2);
                return Err(Error::VectorShape { article, expected, got: rows.dim() });
            }
            finished.push(Embeddings::from_rows(rows)?.rows().to_owned());
        }
        self.spans = Some(finished);
        Ok(self)
    }

    /// Number of sentences.
    pub fn len(&self) -> usize {
        self.lengths.len()
    }

    /// Whether there is no sentence.
    pub fn is_empty(&self) -> bool {
        self.lengths.is_empty()
    }

    /// The vectors of all spans of `size` sentences: (n - size + 1) x d.
    pub(super) fn span_rows(&self, size: usize) -> Array2<f32> {
        let d = self.embeddings.dimension();
        let n = (self.len() + 1).saturating_sub(size);
        if size == 1 {
            return self.embeddings.rows().to_owned();
        }
        if let Some(rows) = self.spans.as_ref().and_then(|spans| spans.get(size - 2)) {
            return rows.clone();
        }
        let mut rows = Array2::zeros((n, d));
        for (start, mut row) in rows.rows_mut().into_iter().enumerate() {
            let range = start..start + size;
            let vector = self.embeddings.span(range.clone());
            if let Some(vector) = vector.or_else(|| self.embeddings.pooled(range, &self.lengths)) {
                row.assign(&vector);
            }
        }
        rows
    }

    /// Length of the joined sentences, by first sentence and size; 0 where one
    /// of them is blank.
    pub(super) fn span_length(&self, start: usize, size: usize) -> f32 {
        let lengths = &self.lengths[start..start + size];
        if lengths.contains(&0.0) {
            return 0.0;
        }
        lengths.iter().sum::<f32>() + (size - 1) as f32
    }
}
