//! Word vectors of a list of texts.

use ndarray::Array2;

use super::vector::{check_finite, normalize};
use crate::{Error, Result};

/// Words kept per text: those with the largest weights.
const MAX_WORDS_PER_TEXT: usize = 20;

/// Words with smaller weights are dropped.
const MIN_WORD_WEIGHT: f32 = 1e-6;
/// Weights above this are refused, because sums of them would lose the small ones.
pub(super) const MAX_WORD_WEIGHT: f32 = 1e6;

/// Words whose weight is below this share of the median weight of the text are dropped: they are in
/// most texts and do not distinguish this one.
const MIN_SHARE_OF_MEDIAN: f32 = 0.7;

/// The words of a list of texts: one vector per distinct word, and the words of each text with
/// weights. The weight of a word says how informative it is.
///
/// The aligner uses them if both articles have them: it looks for the words of a sentence that have
/// no counterpart in the other sentence.
///
/// ```
/// use bitext::embed::Words;
/// use ndarray::array;
///
/// // Two words. The first text has both, the second has the more informative one twice.
/// let vectors = array![[3.0, 4.0], [0.0, 1.0]];
/// let words = Words::new(vectors, vec![vec![(0, 1.5), (1, 0.2)], vec![(0, 1.5), (0, 1.5)]])?;
/// assert_eq!((words.len(), words.is_empty()), (2, false));
/// # Ok::<(), bitext::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Words {
    vectors: Array2<f32>,
    texts: Vec<Vec<(u32, f32)>>,
}

impl Words {
    /// From the vectors of w distinct words, w x d, and the words of each text as pairs of a row and
    /// a weight from 0 to a million. Only the directions of the vectors matter.
    ///
    /// Of each text, at most the 20 words with the largest weights are kept. Words whose weight is
    /// much smaller than the median of the text are dropped.
    ///
    /// # Errors
    ///
    /// * [`ErrorKind::VectorNotFinite`](crate::ErrorKind::VectorNotFinite) for NaN or infinity.
    /// * [`ErrorKind::VectorShape`](crate::ErrorKind::VectorShape) for a word without a row.
    /// * [`ErrorKind::InvalidConfig`](crate::ErrorKind::InvalidConfig) for a weight out of range.
    pub fn new(vectors: Array2<f32>, mut texts: Vec<Vec<(u32, f32)>>) -> Result<Words> {
        check_finite(vectors.view())?;
        for (row, weight) in texts.iter().flatten() {
            if *row as usize >= vectors.nrows() {
                let (expected, got) = ((*row as usize + 1, vectors.ncols()), vectors.dim());
                return Err(Error::vector_shape(expected, got));
            }
            if !(0.0..=MAX_WORD_WEIGHT).contains(weight) {
                let reason = "must be 0 to 1e6";
                return Err(Error::config("weights of words", reason));
            }
        }
        let mut vectors = if vectors.is_standard_layout() {
            vectors
        } else {
            vectors.as_standard_layout().into_owned()
        };
        for mut row in vectors.rows_mut() {
            row.as_slice_mut().map(normalize);
        }
        for words in &mut texts {
            words.retain(|(_, weight)| *weight >= MIN_WORD_WEIGHT);
            words.sort_by(|(_, a), (_, b)| b.total_cmp(a));
            let light =
                words.get(words.len() / 2).map_or(0.0, |(_, weight)| MIN_SHARE_OF_MEDIAN * weight);
            let heavy = words.partition_point(|(_, weight)| *weight >= light);
            words.truncate(heavy.min(MAX_WORDS_PER_TEXT));
            words.shrink_to_fit();
        }
        Ok(Words { vectors, texts })
    }

    /// The number of texts.
    pub fn len(&self) -> usize {
        self.texts.len()
    }

    /// Whether there are no texts.
    pub fn is_empty(&self) -> bool {
        self.texts.is_empty()
    }

    /// The number of distinct words.
    pub(crate) fn vectors(&self) -> usize {
        self.vectors.nrows()
    }

    /// The number of columns of the vectors.
    pub(crate) fn dimension(&self) -> usize {
        self.vectors.ncols()
    }

    /// The vector of a word: of length 1, or zero.
    pub(crate) fn vector(&self, word: u32) -> &[f32] {
        let d = self.vectors.ncols();
        let all = self.vectors.as_slice().unwrap_or_default();
        all.get(word as usize * d..(word as usize + 1) * d).unwrap_or_default()
    }

    /// The words of a text with their weights, in descending order of weight.
    pub(crate) fn text(&self, at: usize) -> &[(u32, f32)] {
        &self.texts[at]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ErrorKind;
    use ndarray::array;

    #[test]
    fn the_words_with_the_largest_weights_are_kept_in_order() {
        let many = (0..40).map(|at| (at % 2, (at * 7 % 40) as f32 + 40.0)).collect();
        let light = vec![(0, 1.0), (0, 5.0), (1, 2.0)];
        let words = Words::new(array![[2.0], [0.0]], vec![many, light, vec![]]).unwrap();
        assert_eq!((words.len(), words.dimension()), (3, 1));
        assert_eq!(words.text(1), [(0, 5.0), (1, 2.0)]);
        let weights: Vec<f32> = words.text(0).iter().map(|(_, weight)| *weight).collect();
        assert_eq!(weights, (60..80).rev().map(|at| at as f32).collect::<Vec<_>>());
        assert_eq!((words.vector(0)[0], words.vector(1)[0]), (1.0, 0.0));
        assert!(words.text(2).is_empty());
    }

    #[test]
    fn words_without_weight_are_dropped() {
        let words = vec![(0, -0.0), (0, 0.0), (0, 2.0), (0, 1e-40)];
        let words = Words::new(array![[1.0]], vec![words]).unwrap();
        assert_eq!(words.text(0), [(0, 2.0)]);
    }

    #[test]
    fn invalid_vectors_rows_and_weights_are_refused() {
        let row = || array![[1.0, 0.0]];
        let not_finite = Words::new(array![[f32::NAN]], vec![]);
        assert_eq!(not_finite.unwrap_err().kind(), ErrorKind::VectorNotFinite);
        assert_eq!(
            Words::new(row(), vec![vec![(1, 1.0)]]).unwrap_err().kind(),
            ErrorKind::VectorShape
        );
        for weight in [-1.0, f32::NAN, f32::INFINITY, f32::MAX] {
            let words = Words::new(row(), vec![vec![(0, weight)]]);
            assert_eq!(words.unwrap_err().kind(), ErrorKind::InvalidConfig);
        }
    }
}
