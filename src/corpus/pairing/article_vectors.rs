//! One vector for each article: the weighted mean of its sentence vectors.

use ndarray::{Array1, ArrayView2};

use crate::{Aligner, Article, Error, Language, Result};

/// The vectors of articles with their languages and, if known, their days.
///
/// An article takes 4 bytes per dimension: 1 kB with the embedded model.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct ArticleVectors {
    dimension: usize,
    values: Vec<f32>,
    languages: Vec<Language>,
    /// Days from any fixed day.
    days: Vec<Option<i32>>,
}

impl ArticleVectors {
    /// No articles.
    pub(crate) fn new() -> ArticleVectors {
        ArticleVectors::default()
    }

    /// Adds an article; its index is the number of articles before it. The day counts from any fixed
    /// day. An article with a zero vector has no candidates.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::VectorShape`](crate::ErrorKind::VectorShape) for another dimension than before,
    /// [`ErrorKind::VectorNotFinite`](crate::ErrorKind::VectorNotFinite).
    pub(crate) fn push(
        &mut self,
        language: Language,
        day: Option<i32>,
        vector: &[f32],
    ) -> Result<()> {
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

    /// The number of articles.
    pub(crate) fn len(&self) -> usize {
        self.languages.len()
    }

    /// Whether there are no articles.
    pub(crate) fn is_empty(&self) -> bool {
        self.languages.is_empty()
    }

    /// The language of an article.
    pub(crate) fn language(&self, article: usize) -> Option<Language> {
        self.languages.get(article).copied()
    }

    /// The languages of all articles, sorted.
    pub(crate) fn languages(&self) -> Vec<Language> {
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

    /// The articles of a language whose vector is not zero.
    pub(super) fn of(&self, language: Language) -> Vec<usize> {
        let has_vector = |at: &usize| {
            self.languages[*at] == language && self.row(*at).iter().any(|value| *value != 0.0)
        };
        (0..self.len()).filter(has_vector).collect()
    }
}

/// The vector of an article: the mean of its sentence vectors, weighted with the square root of the
/// sentence length. The result has norm 1, or 0 if the article has no vectors.
///
/// # Errors
///
/// Those of [`Aligner::align`] about the splitter and the embedder, and
/// [`ErrorKind::UnsupportedLanguage`](crate::ErrorKind::UnsupportedLanguage) if the model does not know
/// the article's language.
pub(crate) fn article_vector(aligner: &Aligner, article: &Article) -> Result<Vec<f32>> {
    aligner.check_language(article.language())?;
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

#[cfg(all(test, feature = "embedded-model"))]
mod tests {
    #[test]
    fn vectors_have_one_dimension() {
        use crate::Language;
        use crate::corpus::pairing::ArticleVectors;
        let mut vectors = ArticleVectors::new();
        assert!(vectors.is_empty());
        vectors.push(Language::GERMAN, None, &[0.8, 0.6]).unwrap();
        vectors.push(Language::ENGLISH, Some(19_783), &[1.0, 0.0]).unwrap();
        assert!(vectors.push(Language::GERMAN, None, &[1.0]).is_err());
        assert_eq!(vectors.len(), 2);
        assert_eq!(vectors.language(0), Some(Language::GERMAN));
        assert_eq!(vectors.languages(), [Language::ENGLISH, Language::GERMAN]);
    }

    #[test]
    fn articles_on_one_topic_have_similar_vectors() {
        use crate::corpus::pairing::article_vector;
        use crate::{Aligner, Article, Language};
        let aligner = Aligner::new();
        let vector = |language, text| article_vector(&aligner, &Article::new(language, text));
        let ferry = vector(Language::ENGLISH, "The ferry runs again. It was repaired.").unwrap();
        let cosine = |other: Vec<f32>| ferry.iter().zip(other).map(|(x, y)| x * y).sum::<f32>();
        let same = cosine(
            vector(Language::GERMAN, "Die Fähre fährt wieder. Sie wurde repariert.").unwrap(),
        );
        let other =
            cosine(vector(Language::GERMAN, "Der Preis für Weizen ist gestiegen.").unwrap());
        assert!(same > other + 0.3);
    }
}
