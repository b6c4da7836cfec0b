//! Measuring the background of a model or of some vectors.
//!
//! The distribution of the cosines of unrelated sentences is measured once per model, on a parallel
//! sample of sentences in English, Ukrainian and German, which were written for this project. For
//! vectors without a model it is estimated from the vectors themselves.

use ndarray::{Array2, Axis};

use crate::align::features::background::{Background, MIN_DEVIATION};
use crate::align::{Side, Weights};
use crate::embed::Embedder;
use crate::matrix::row_products;
use crate::{Error, Language, Result};

/// Columns of English, Ukrainian and German; a row is one sentence and its translations. No two rows
/// are about the same.
const SAMPLE: &str = include_str!("data/parallel-sample.tsv");

const SAMPLE_LANGUAGES: [Language; 3] = [Language::ENGLISH, Language::UKRAINIAN, Language::GERMAN];

/// Rows of the sample that are embedded: transformers take some seconds for them. They give 13,000
/// unrelated pairs. For multilingual-e5-small their mean differs by 0.05 standard deviations from that
/// of all 200 rows.
const SAMPLE_ROWS: usize = 66;

/// Fewest pairs of sentences that a background is estimated from.
const MIN_CELLS: usize = 400;

/// Sentences per article that it is estimated from.
const MAX_SAMPLED_SENTENCES: usize = 200;

impl Background {
    /// Measures the background of a model on the parallel sample: those of its languages that the
    /// model knows, or all if it does not say.
    ///
    /// # Errors
    ///
    /// Those of the embedder, and [`ErrorKind::VectorShape`](crate::ErrorKind::VectorShape) if it
    /// returns a matrix of another shape than it should.
    pub fn of_model(embedder: &dyn Embedder) -> Result<Background> {
        let known = |language: Language| {
            embedder
                .languages()
                .is_none_or(|known| known.iter().any(|known| known.primary() == language.primary()))
        };
        let column = |at: usize| -> Vec<&str> {
            let rows = SAMPLE.lines().take(SAMPLE_ROWS);
            rows.filter_map(|row| row.split('\t').nth(at)).collect()
        };
        let embed = |(at, language): (usize, Language)| -> Result<Array2<f32>> {
            let texts = column(at);
            let rows = embedder.embed(language, &texts).map_err(Error::embedder)?;
            let expected = (texts.len(), embedder.dimension());
            if rows.dim() != expected {
                return Err(Error::vector_shape(expected, rows.dim()));
            }
            Ok(rows)
        };
        let languages = SAMPLE_LANGUAGES.into_iter().enumerate();
        let vectors: Vec<Array2<f32>> =
            languages.filter(|(_, language)| known(*language)).map(embed).collect::<Result<_>>()?;
        let mut cosines = Vec::new();
        for (at, own) in vectors.iter().enumerate() {
            for other in &vectors[at + 1..] {
                let products = row_products(own.view(), other.view());
                cosines.extend(
                    products.indexed_iter().filter(|((i, j), _)| i != j).map(|(_, cosine)| *cosine),
                );
            }
        }
        let measured = Background::of_unrelated(&cosines);
        Ok(measured.unwrap_or_else(|| Weights::embedded().background))
    }

    /// Estimates the background from the vectors of articles whose model is unknown. Most of their
    /// sentences are unrelated, so the median of all cosines is the mean, and the distance to the
    /// sixth part below is the deviation. `None` if there are too few sentences.
    pub(in crate::align) fn of_sides(sides: &[&Side]) -> Option<Background> {
        let sampled = |side: &Side| -> Vec<usize> {
            let step = side.len().div_ceil(MAX_SAMPLED_SENTENCES).max(1);
            (0..side.len()).step_by(step).collect()
        };
        let mut cosines = Vec::new();
        for (at, own) in sides.iter().enumerate() {
            for other in &sides[at + 1..] {
                if own.is_empty() || other.is_empty() {
                    continue;
                }
                let rows = |side: &Side| side.embeddings.rows().select(Axis(0), &sampled(side));
                let products = row_products(rows(own).view(), rows(other).view());
                cosines.extend(products.iter().copied());
            }
        }
        if cosines.len() < MIN_CELLS || cosines.iter().any(|cosine| !cosine.is_finite()) {
            return None;
        }
        cosines.sort_by(f32::total_cmp);
        let mean = cosines[cosines.len() / 2];
        // A normal variable is more than one deviation below its mean with this probability.
        let below = cosines[(cosines.len() as f64 * 0.1587) as usize];
        Some(Background { mean, deviation: (mean - below).max(MIN_DEVIATION) })
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
