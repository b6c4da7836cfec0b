//! The cosines of unrelated sentences under a model.
//!
//! A cosine of 0.3 says a lot under one model and nothing under another. So cosines are measured in
//! standard deviations of unrelated sentences. The distribution is measured once per model on a
//! parallel sample of 200 sentences in English, Ukrainian and German, which were written for this
//! project. For vectors without a model it is estimated from the vectors themselves.

use ndarray::Array2;
use serde::{Deserialize, Serialize};

use crate::align::Side;
use crate::embed::{EmbedError, Embedder};
use crate::{Error, Language, Result};

/// Columns of English, Ukrainian and German; a row is one sentence and its translations. No two rows
/// are about the same.
const SAMPLE: &str = include_str!("data/parallel-sample.tsv");

const SAMPLE_LANGUAGES: [Language; 3] =
    [Language::ENGLISH, Language::UKRAINIAN, Language::GERMAN];

/// The distribution of the cosines of unrelated sentences of two languages under a model.
///
/// ```
/// use bitext::StaticEmbedder;
/// use bitext::align::Background;
///
/// let background = Background::of_model(&StaticEmbedder::embedded())?;
/// assert!((background.mean - 0.04).abs() < 0.02);
/// assert!((background.deviation - 0.09).abs() < 0.02);
/// # Ok::<(), bitext::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Background {
    /// The mean cosine, -1 to 1.
    pub mean: f32,
    /// The standard deviation, above 0.
    pub deviation: f32,
}

/// Fewest pairs of sentences that a background is estimated from.
const MIN_CELLS: usize = 400;

/// Least standard deviation, so that similarities are finite.
const MIN_DEVIATION: f32 = 1e-3;

impl Background {
    /// That of the built-in model. A test measures it.
    pub(in crate::align) const BUILT_IN: Background = Background { mean: 0.042, deviation: 0.088 };

    /// Measures the background of a model on the parallel sample: those of its languages that the
    /// model knows, or all if it does not say.
    ///
    /// # Errors
    ///
    /// Those of the embedder.
    pub fn of_model(embedder: &dyn Embedder) -> Result<Background> {
        let known = |language: Language| {
            embedder.languages().is_none_or(|known| {
                known.iter().any(|known| known.primary() == language.primary())
            })
        };
        let column = |at: usize| -> Vec<&str> {
            SAMPLE.lines().filter_map(|row| row.split('\t').nth(at)).collect()
        };
        let vectors = (SAMPLE_LANGUAGES.into_iter().enumerate())
            .filter(|(_, language)| known(*language))
            .map(|(at, language)| embedder.embed(language, &column(at)))
            .collect::<std::result::Result<Vec<Array2<f32>>, EmbedError>>()
            .map_err(Error::embedder)?;
        let mut cosines = Vec::new();
        for (at, own) in vectors.iter().enumerate() {
            for other in &vectors[at + 1..] {
                let products = own.dot(&other.t());
                cosines.extend(
                    products.indexed_iter().filter(|((i, j), _)| i != j).map(|(_, cosine)| *cosine),
                );
            }
        }
        Ok(Background::of_unrelated(&cosines).unwrap_or(Background::BUILT_IN))
    }

    fn of_unrelated(cosines: &[f32]) -> Option<Background> {
        let count = cosines.len() as f64;
        let mean = cosines.iter().map(|cosine| f64::from(*cosine)).sum::<f64>() / count;
        let square = |cosine: &f32| (f64::from(*cosine) - mean).powi(2);
        let deviation = (cosines.iter().map(square).sum::<f64>() / count).sqrt();
        let is_known = mean.is_finite() && deviation.is_finite();
        is_known.then(|| Background {
            mean: mean as f32,
            deviation: (deviation as f32).max(MIN_DEVIATION),
        })
    }
}
