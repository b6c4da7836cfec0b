//! One article as the search sees it: vectors and lengths, no text.

use std::ops::Range;

use ndarray::{Array1, Array2, Axis, Slice};

use crate::align::features::surface::Surface;
use crate::embed::Embeddings;
use crate::{Error, Language, Result};

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
    pub(in crate::align) embeddings: Embeddings,
    pub(in crate::align) lengths: Vec<f32>,
    pub(in crate::align) spans: Option<Vec<Array2<f32>>>,
    /// Where each unit starts, and the end: ascending, from 0 to n.
    pub(in crate::align) starts: Vec<usize>,
    /// Whether the ends of units are evidence.
    pub(in crate::align) bounded: bool,
    /// What the texts tell; nothing, where they are not known.
    pub(in crate::align) surfaces: Vec<Surface>,
}

impl Side {
    /// Takes the vectors of n sentences and their n lengths in characters,
    /// scaled so that equal contents of both sides have equal lengths (see
    /// [`length_factor`](crate::align::length_factor)). A length of 0 marks a blank
    /// sentence, which is never aligned.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::VectorShape`](crate::ErrorKind::VectorShape) where the numbers of vectors and lengths differ,
    /// [`ErrorKind::InvalidConfig`](crate::ErrorKind::InvalidConfig) for lengths that are negative or not finite.
    pub fn new(embeddings: Embeddings, lengths: Vec<f32>) -> Result<Side> {
        if embeddings.len() != lengths.len() {
            return Err(Error::vector_shape(
                (lengths.len(), embeddings.dimension()),
                (embeddings.len(), embeddings.dimension()),
            ));
        }
        if !lengths.iter().all(|length| length.is_finite() && *length >= 0.0) {
            let reason = "must be finite and 0 or more";
            return Err(Error::config("lengths", reason));
        }
        let starts = (0..=lengths.len()).collect();
        Ok(Side { embeddings, lengths, spans: None, starts, bounded: false, surfaces: Vec::new() })
    }

    /// Says that the n sentences are pieces of larger units, the first
    /// `pieces[0]` of unit 0, and so on. The search works on the pieces, which
    /// tells more, and its result is put together to whole units.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidConfig`](crate::ErrorKind::InvalidConfig) where a unit has no piece, or they do not add
    /// up to n.
    ///
    /// ```
    /// use bitext::align::Side;
    /// use bitext::embed::Embeddings;
    /// use ndarray::array;
    ///
    /// let vectors = Embeddings::from_rows(array![[1.0, 0.0], [0.0, 1.0], [0.6, 0.8]])?;
    /// let side = Side::new(vectors, vec![20.0, 31.0, 9.0])?.with_units(&[2, 1])?;
    /// assert_eq!((side.len(), side.units()), (3, 2));
    /// # Ok::<(), bitext::Error>(())
    /// ```
    pub fn with_units(mut self, pieces: &[usize]) -> Result<Side> {
        let mut starts = vec![0];
        for &count in pieces {
            starts.push(starts[starts.len() - 1] + count);
        }
        if pieces.contains(&0) || starts.last() != Some(&self.len()) {
            let reason = "every unit needs a piece, and together they are the sentences";
            return Err(Error::config("pieces", reason));
        }
        self.starts = starts;
        self.bounded = true;
        Ok(self)
    }

    /// Adds the texts of the n sentences: their numbers, words that look alike
    /// in other scripts, and punctuation become evidence, where both sides have
    /// them.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::VectorShape`](crate::ErrorKind::VectorShape) for another number of texts.
    ///
    /// ```
    /// use bitext::align::Side;
    /// use bitext::embed::Embeddings;
    /// use bitext::Language;
    /// use ndarray::array;
    ///
    /// let vectors = Embeddings::from_rows(array![[1.0, 0.0]])?;
    /// let side = Side::new(vectors, vec![20.0])?;
    /// let side = side.with_texts(Language::ENGLISH, &["It cost 1,250 euros."])?;
    /// # Ok::<(), bitext::Error>(())
    /// ```
    pub fn with_texts(mut self, language: Language, texts: &[&str]) -> Result<Side> {
        if texts.len() != self.len() {
            return Err(Error::vector_shape((self.len(), 1), (texts.len(), 1)));
        }
        self.surfaces = texts.iter().map(|text| Surface::of(language, text)).collect();
        Ok(self)
    }

    /// Number of units: of sentences, where they are not pieces of larger ones.
    pub fn units(&self) -> usize {
        self.starts.len() - 1
    }

    /// The pieces of a range of units.
    pub(in crate::align) fn pieces(&self, units: Range<usize>) -> Range<usize> {
        self.starts[units.start]..self.starts[units.end]
    }

    /// Adds the vectors of joined sentences, for models that are not additive:
    /// `spans[k]` has the n - k - 1 rows of the spans of k + 2 sentences, by
    /// their first sentence. Spans longer than these are pooled.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::VectorShape`](crate::ErrorKind::VectorShape) for a matrix of another shape, and
    /// [`ErrorKind::VectorNotFinite`](crate::ErrorKind::VectorNotFinite).
    ///
    /// ```
    /// use bitext::align::Side;
    /// use bitext::embed::Embeddings;
    /// use bitext::ndarray::array;
    ///
    /// let side = Side::new(Embeddings::from_rows(array![[1.0, 0.0], [0.0, 1.0]])?, vec![20.0, 31.0])?;
    /// assert!(!side.is_empty());
    /// // Two sentences have one span of two.
    /// assert!(side.clone().with_spans(vec![array![[0.8, 0.6]]]).is_ok());
    /// assert!(side.with_spans(vec![array![[0.8, 0.6], [0.6, 0.8]]]).is_err());
    /// # Ok::<(), bitext::Error>(())
    /// ```
    pub fn with_spans(mut self, spans: Vec<Array2<f32>>) -> Result<Side> {
        let mut finished = Vec::with_capacity(spans.len());
        for (k, rows) in spans.into_iter().enumerate() {
            let expected = (self.len().saturating_sub(k + 1), self.embeddings.dimension());
            if rows.dim() != expected {
                return Err(Error::vector_shape(expected, rows.dim()));
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

    /// Some consecutive sentences as a side of its own; units that reach out of
    /// them are cut.
    pub(in crate::align) fn slice(&self, range: Range<usize>) -> Side {
        let within = |start: &&usize| range.start < **start && **start < range.end;
        let mut starts = vec![0];
        starts.extend(self.starts.iter().filter(within).map(|start| start - range.start));
        starts.extend((!range.is_empty()).then_some(range.len()));
        let spans = self.spans.as_ref().map(|spans| {
            let of_size = |(at, rows): (usize, &Array2<f32>)| {
                let end = range.end.saturating_sub(at + 1).max(range.start).min(rows.nrows());
                rows.slice_axis(Axis(0), Slice::from(range.start.min(end)..end)).to_owned()
            };
            spans.iter().enumerate().map(of_size).collect()
        });
        Side {
            embeddings: self.embeddings.slice(range.clone()),
            lengths: self.lengths[range.clone()].to_vec(),
            spans,
            starts,
            bounded: self.bounded,
            surfaces: self.surfaces.get(range).unwrap_or_default().to_vec(),
        }
    }

    /// The units that a range of pieces, at least one, lies in.
    pub(in crate::align) fn units_of(&self, pieces: Range<usize>) -> Range<usize> {
        let unit = |piece: usize| self.starts.partition_point(|&start| start <= piece) - 1;
        unit(pieces.start)..unit(pieces.end - 1) + 1
    }

    /// The vector of joined sentences, of several or one.
    fn span_vector(&self, range: Range<usize>) -> Array1<f32> {
        let joined = self.spans.as_ref().and_then(|spans| spans.get(range.len().checked_sub(2)?));
        if let Some(rows) = joined {
            return rows.row(range.start).to_owned();
        }
        let vector = self.embeddings.span(range.clone());
        vector
            .or_else(|| self.embeddings.pooled(range, &self.lengths))
            .unwrap_or_else(|| Array1::zeros(self.embeddings.dimension()))
    }

    /// The vectors of all spans of `size` sentences: (n - size + 1) x d.
    pub(in crate::align) fn span_rows(&self, size: usize) -> Array2<f32> {
        let d = self.embeddings.dimension();
        let n = (self.len() + 1).saturating_sub(size);
        let mut rows = Array2::zeros((n, d));
        for (start, mut row) in rows.rows_mut().into_iter().enumerate() {
            row.assign(&self.span_vector(start..start + size));
        }
        rows
    }

    /// Length of the joined sentences, by first sentence and size; 0 where one
    /// of them is blank.
    pub(in crate::align) fn span_length(&self, start: usize, size: usize) -> f32 {
        let lengths = &self.lengths[start..start + size];
        if lengths.contains(&0.0) {
            return 0.0;
        }
        (lengths.iter().sum::<f32>() + (size - 1) as f32).min(f32::MAX)
    }
}
