//! One article as the search sees it.

use std::ops::Range;

use ndarray::{Array1, Array2, Axis, Slice};

use crate::align::features::surface::Surface;
use crate::embed::Embeddings;
use crate::{Error, Language, Result};

/// One of the two sides of [`align_pair`](crate::align::align_pair): the vectors and lengths of an
/// article's sentences, and what else is known of them.
///
/// ```
/// use bitext::align::Side;
/// use bitext::embed::Embeddings;
/// use bitext::ndarray::array;
///
/// let vectors = Embeddings::from_rows(array![[1.0, 0.0], [0.0, 1.0]])?;
/// let side = Side::new(vectors, vec![20.0, 31.0])?;
/// assert_eq!(side.len(), 2);
/// # Ok::<(), bitext::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Side {
    pub(in crate::align) embeddings: Embeddings,
    /// Characters of each sentence; 0 for blank ones.
    pub(in crate::align) lengths: Vec<f32>,
    /// By size - 2: the vectors of all spans of that size.
    span_vectors: Option<Vec<Array2<f32>>>,
    /// The first sentence of each segment, and n: ascending from 0.
    pub(in crate::align) segment_starts: Vec<usize>,
    /// Whether the caller gave segments, so that their boundaries are features.
    pub(in crate::align) has_segments: bool,
    /// By sentence; empty if the texts are unknown.
    pub(in crate::align) surfaces: Vec<Surface>,
    /// That of the texts, if they are known.
    pub(in crate::align) language: Option<Language>,
}

impl Side {
    /// Takes the vectors of n sentences and their n lengths in characters.
    ///
    /// Lengths must be comparable between languages: divide them by
    /// [`length_factor`](crate::align::length_factor). A length of 0 marks a blank sentence, which
    /// is never aligned.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::VectorShape`](crate::ErrorKind::VectorShape) if the numbers of vectors and
    /// lengths differ, and [`ErrorKind::InvalidConfig`](crate::ErrorKind::InvalidConfig) if a
    /// length is negative or not finite.
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
        let segment_starts = (0..=lengths.len()).collect();
        Ok(Side {
            embeddings,
            lengths,
            span_vectors: None,
            segment_starts,
            has_segments: false,
            surfaces: Vec::new(),
            language: None,
        })
    }

    /// Groups the n sentences into segments: the first `sentences[0]` of them are segment 0, and so
    /// on.
    ///
    /// The search still works on sentences. Segment boundaries become features, and the result
    /// is in whole segments.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidConfig`](crate::ErrorKind::InvalidConfig) if a segment has no sentence,
    /// or the counts do not add up to n.
    ///
    /// ```
    /// use bitext::align::Side;
    /// use bitext::embed::Embeddings;
    /// use bitext::ndarray::array;
    ///
    /// let vectors = Embeddings::from_rows(array![[1.0, 0.0], [0.0, 1.0], [0.6, 0.8]])?;
    /// let side = Side::new(vectors, vec![20.0, 31.0, 9.0])?.with_segments(&[2, 1])?;
    /// assert_eq!((side.len(), side.segment_count()), (3, 2));
    /// # Ok::<(), bitext::Error>(())
    /// ```
    pub fn with_segments(mut self, sentences: &[usize]) -> Result<Side> {
        let mut starts = vec![0];
        for &count in sentences {
            starts.push(starts[starts.len() - 1] + count);
        }
        if sentences.contains(&0) || starts.last() != Some(&self.len()) {
            let reason = "each segment needs a sentence, and the counts must add up to the number \
                          of sentences";
            return Err(Error::config("segments", reason));
        }
        self.segment_starts = starts;
        self.has_segments = true;
        Ok(self)
    }

    /// Adds the texts of the n sentences.
    ///
    /// If both sides have texts, their numbers, names and punctuation become features.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::VectorShape`](crate::ErrorKind::VectorShape) if there are not n texts.
    ///
    /// ```
    /// use bitext::align::Side;
    /// use bitext::embed::Embeddings;
    /// use bitext::Language;
    /// use bitext::ndarray::array;
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
        self.language = Some(language);
        Ok(self)
    }

    /// Adds the vectors of joined sentences, for models that are not additive.
    ///
    /// `spans[k]` has a row for each span of k + 2 sentences, by its first sentence: n - k - 1
    /// rows. The vectors of longer spans are averaged.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::VectorShape`](crate::ErrorKind::VectorShape) if a matrix has another shape, and
    /// [`ErrorKind::VectorNotFinite`](crate::ErrorKind::VectorNotFinite) if it has NaN or infinity.
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
        self.span_vectors = Some(finished);
        Ok(self)
    }

    /// Number of sentences.
    pub fn len(&self) -> usize {
        self.lengths.len()
    }

    /// Whether there are no sentences.
    pub fn is_empty(&self) -> bool {
        self.lengths.is_empty()
    }

    /// Number of segments; without [`with_segments`](Side::with_segments), each sentence is one.
    pub fn segment_count(&self) -> usize {
        self.segment_starts.len() - 1
    }

    /// The sentences of a range of segments.
    pub(in crate::align) fn sentences(&self, segments: Range<usize>) -> Range<usize> {
        self.segment_starts[segments.start]..self.segment_starts[segments.end]
    }

    /// The segments that a range of sentences, at least one, is in.
    pub(in crate::align) fn segments_of(&self, sentences: Range<usize>) -> Range<usize> {
        let segment =
            |sentence: usize| self.segment_starts.partition_point(|&start| start <= sentence) - 1;
        segment(sentences.start)..segment(sentences.end - 1) + 1
    }

    /// A side of some consecutive sentences. Segments are cut at both ends.
    pub(in crate::align) fn slice(&self, range: Range<usize>) -> Side {
        let within = |start: &&usize| range.start < **start && **start < range.end;
        let mut starts = vec![0];
        starts.extend(self.segment_starts.iter().filter(within).map(|start| start - range.start));
        starts.extend((!range.is_empty()).then_some(range.len()));
        let span_vectors = self.span_vectors.as_ref().map(|spans| {
            let of_size = |(at, rows): (usize, &Array2<f32>)| {
                let end = range.end.saturating_sub(at + 1).max(range.start).min(rows.nrows());
                rows.slice_axis(Axis(0), Slice::from(range.start.min(end)..end)).to_owned()
            };
            spans.iter().enumerate().map(of_size).collect()
        });
        Side {
            embeddings: self.embeddings.slice(range.clone()),
            lengths: self.lengths[range.clone()].to_vec(),
            span_vectors,
            segment_starts: starts,
            has_segments: self.has_segments,
            surfaces: self.surfaces.get(range).unwrap_or_default().to_vec(),
            language: self.language,
        }
    }

    /// The vector of a span: as given, or from its sum, or averaged.
    fn span_vector(&self, range: Range<usize>) -> Array1<f32> {
        let by_size = self.span_vectors.as_ref();
        let given = by_size.and_then(|by_size| by_size.get(range.len().checked_sub(2)?));
        if let Some(rows) = given {
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

    /// Characters of `size` sentences joined by spaces; 0 if one of them is blank.
    pub(in crate::align) fn span_length(&self, start: usize, size: usize) -> f32 {
        let lengths = &self.lengths[start..start + size];
        if lengths.contains(&0.0) {
            return 0.0;
        }
        (lengths.iter().sum::<f32>() + (size - 1) as f32).min(f32::MAX)
    }
}
