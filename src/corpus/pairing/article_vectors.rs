//! One vector an article.

use ndarray::{Array1, ArrayView2};

use crate::{Aligner, Article, Error, Language, Result};

/// The vectors of articles, with what else the search for versions needs: language
/// and, where known, the day.
///
/// It takes some 4 bytes a dimension of each article, 1 kB with the embedded model.
///
/// ```
/// use bitext::Language;
/// use bitext::corpus::ArticleVectors;
///
/// let mut vectors = ArticleVectors::new();
/// assert!(vectors.is_empty());
/// vectors.push(Language::GERMAN, None, &[0.8, 0.6])?;
/// vectors.push(Language::ENGLISH, Some(19_783), &[1.0, 0.0])?;
/// assert!(vectors.push(Language::GERMAN, None, &[1.0]).is_err());
/// assert_eq!(vectors.len(), 2);
/// assert_eq!(vectors.language(0), Some(Language::GERMAN));
/// assert_eq!(vectors.languages(), [Language::ENGLISH, Language::GERMAN]);
/// # Ok::<(), bitext::Error>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ArticleVectors {
    dimension: usize,
    values: Vec<f32>,
    languages: Vec<Language>,
    days: Vec<Option<i32>>,
}

impl ArticleVectors {
    /// None yet.
    pub fn new() -> ArticleVectors {
        ArticleVectors::default()
    }

    /// Adds an article; its index is the number of those before it. The day counts
    /// from any fixed one. A vector of zeros has no counterpart.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::VectorShape`](crate::ErrorKind::VectorShape) for another dimension than before,
    /// [`ErrorKind::VectorNotFinite`](crate::ErrorKind::VectorNotFinite).
    pub fn push(&mut self, language: Language, day: Option<i32>, vector: &[f32]) -> Result<()> {
        if self.is_empty() {
            self.dimension = vector.len();
        }
        if vector.len() != self.dimension {
            let (expected, got) = ((1, self.dimension), (1, vector.len()));
            return Err(
                Error::vector_shape(expected, got).with_article(format!("article {}", self.len()))
            );
        }
        if let Some(column) = vector.iter().position(|value| !value.is_finite()) {
            return Err(
                Error::vector_not_finite(0, column).with_article(format!("article {}", self.len()))
            );
        }
        self.values.extend_from_slice(vector);
        self.languages.push(language);
        self.days.push(day);
        Ok(())
    }

    /// Number of articles.
    pub fn len(&self) -> usize {
        self.languages.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.languages.is_empty()
    }

    /// The language of an article.
    pub fn language(&self, article: usize) -> Option<Language> {
        self.languages.get(article).copied()
    }

    /// The languages that there are, in order.
    pub fn languages(&self) -> Vec<Language> {
        let mut languages = self.languages.clone();
        languages.sort_unstable();
        languages.dedup();
        languages
    }

    pub(super) fn day(&self, article: usize) -> Option<i32> {
        self.days[article]
    }

    pub(super) fn row(&self, article: usize) -> &[f32] {
        &self.values[article * self.dimension..(article + 1) * self.dimension]
    }

    pub(super) fn dimension(&self) -> usize {
        self.dimension
    }

    /// Articles of a language whose vector says something.
    pub(super) fn of(&self, language: Language) -> Vec<usize> {
        let says = |at: &usize| {
            self.languages[*at] == language && self.row(*at).iter().any(|value| *value != 0.0)
        };
        (0..self.len()).filter(says).collect()
    }
}

/// The vector of an article: the mean of those of its sentences, each weighted with
/// the square root of its length, as long ones say more, though not in proportion.
/// Its length is 1, or 0 where nothing is known.
///
/// # Errors
///
/// Those of [`Aligner::align`] about the splitter and the embedder.
///
/// ```
/// use bitext::corpus::article_vector;
/// use bitext::{Aligner, Article, Language};
///
/// let aligner = Aligner::new();
/// let vector = |language, text| article_vector(&aligner, &Article::new(language, text));
/// let ferry = vector(Language::ENGLISH, "The ferry runs again. It was repaired.")?;
/// let cosine = |other: Vec<f32>| ferry.iter().zip(other).map(|(x, y)| x * y).sum::<f32>();
/// let same = cosine(vector(Language::GERMAN, "Die Fähre fährt wieder. Sie wurde repariert.")?);
/// let other = cosine(vector(Language::GERMAN, "Der Preis für Weizen ist gestiegen.")?);
/// assert!(same > other + 0.3);
/// # Ok::<(), bitext::Error>(())
/// ```
pub fn article_vector(aligner: &Aligner, article: &Article) -> Result<Vec<f32>> {
    let (rows, lengths) = aligner.sentence_vectors(article)?;
    Ok(mean(rows.view(), &lengths))
}

fn mean(rows: ArrayView2<'_, f32>, lengths: &[f32]) -> Vec<f32> {
    let mut sum = Array1::<f32>::zeros(rows.ncols());
    for (row, length) in rows.rows().into_iter().zip(lengths) {
        sum.scaled_add(length.sqrt(), &row);
    }
    let length = sum.dot(&sum).sqrt();
    if length > 0.0 {
        sum /= length;
    }
    sum.to_vec()
}
