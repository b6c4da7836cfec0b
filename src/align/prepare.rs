//! From articles to the sides of the search: order, checks, splitting, segments, embedding.
//!
//! Articles come in as the caller gave them. They leave sorted by language and split, each with a
//! [`Side`]: the vectors and lengths of its sentences. A side also has the word vectors of each
//! sentence, the keys of its numbers and words, and the marks at its ends, as far as they are known.
//! The search itself sees no text.

use ndarray::Array2;

use crate::align::{AlignConfig, Side, SpanVectors, length_factor};
use crate::article::Origin;
use crate::bitext::groups::MAX_LANGUAGES;
use crate::embed::{EmbedError, Embedder, Embeddings};
use crate::language::{
    Detection, are_close, detect, facts, is_in_other_script, russian_for_ukrainian,
};
use crate::split::{Splitter, text_to_embed};
use crate::text::{self, Span};
use crate::{Article, Error, Language, Result, Warning};

/// Prepares articles for the search, with the parts and the settings of an aligner.
pub(super) struct Preparer<'a> {
    pub(super) embedder: &'a dyn Embedder,
    pub(super) splitter: &'a dyn Splitter,
    pub(super) config: &'a AlignConfig,
}

/// The sentences of an article that the search works on.
///
/// They are those of the article. A segment that the caller gave may hold several sentences: it is
/// split further.
#[derive(Clone, Debug)]
pub(super) struct SearchSentences {
    /// Byte spans of the article's text.
    pub(super) spans: Vec<Span>,
    /// By segment of the article: the number of its sentences, at least one.
    pub(super) counts: Vec<usize>,
}

impl SearchSentences {
    /// Each segment as one sentence.
    fn whole_segments(article: &Article) -> SearchSentences {
        SearchSentences { spans: article.spans().to_vec(), counts: vec![1; article.len()] }
    }

    /// The sentences of each segment. If the splitter finds none, the segment is one sentence.
    fn split(article: &Article, splitter: &dyn Splitter) -> SearchSentences {
        if article.origin() != Origin::Sentences {
            return SearchSentences::whole_segments(article);
        }
        let mut spans = Vec::with_capacity(article.len());
        let mut counts = Vec::with_capacity(article.len());
        for (segment, text) in article.spans().iter().zip(article.sentences()) {
            let before = spans.len();
            let found = splitter.split(article.language(), text);
            let found = found.into_iter().filter(|span| text.get(span.clone()).is_some());
            spans.extend(found.map(|span| segment.start + span.start..segment.start + span.end));
            if spans.len() == before {
                spans.push(segment.clone());
            }
            counts.push(spans.len() - before);
        }
        SearchSentences { spans, counts }
    }

    fn texts<'a>(&self, article: &'a Article) -> Vec<&'a str> {
        self.spans.iter().map(|span| article.text().get(span.clone()).unwrap_or("")).collect()
    }
}

impl Preparer<'_> {
    /// Sorts articles by language, checks and splits them. Returns them with warnings.
    ///
    /// # Errors
    ///
    /// Those of [`Aligner::align`](crate::Aligner::align) that concern articles and the splitter.
    pub(super) fn sort_and_split(
        &self,
        mut articles: Vec<Article>,
    ) -> Result<(Vec<Article>, Vec<Warning>)> {
        if !(2..=MAX_LANGUAGES).contains(&articles.len()) {
            return Err(Error::article_count(articles.len()));
        }
        articles.sort_by_key(Article::language);
        if let Some(twice) =
            articles.windows(2).find(|pair| pair[0].language() == pair[1].language())
        {
            return Err(Error::duplicate_language(twice[0].language()));
        }
        let mut warnings = Vec::new();
        for article in &mut articles {
            if article.origin() == Origin::Raw {
                warnings.extend(check_language(article)?);
            }
            if !article.is_split() {
                article.split(self.splitter)?;
                if has_text(article) && !self.splitter.has_rules(article.language()) {
                    warnings.push(Warning::NoSplittingRules {
                        article: article.label().to_string(),
                        language: article.language(),
                    });
                }
            }
            if !has_text(article) {
                warnings.push(Warning::EmptyArticle {
                    article: article.label().to_string(),
                    language: article.language(),
                });
            }
        }
        for (at, article) in articles.iter().enumerate() {
            for other in &articles[at + 1..] {
                self.config.check_lengths(article.len(), other.len())?;
            }
        }
        Ok((articles, warnings))
    }

    /// Sorts, checks and splits articles, with a warning for each whose language the model does not
    /// know.
    ///
    /// # Errors
    ///
    /// Those of [`Preparer::sort_and_split`].
    pub(super) fn prepare(&self, articles: Vec<Article>) -> Result<(Vec<Article>, Vec<Warning>)> {
        let (articles, mut warnings) = self.sort_and_split(articles)?;
        warnings.extend(self.languages_not_in_model(&articles));
        Ok((articles, warnings))
    }

    /// A warning for each article with text whose language the model does not know.
    fn languages_not_in_model(&self, articles: &[Article]) -> Vec<Warning> {
        let Some(known) = self.embedder.languages() else { return Vec::new() };
        let is_known =
            |language: Language| known.iter().any(|known| known.primary() == language.primary());
        (articles.iter())
            .filter(|article| has_text(article) && !is_known(article.language()))
            .map(|article| Warning::LanguageNotInModel {
                article: article.label().to_string(),
                language: article.language(),
                model: self.embedder.fingerprint(),
                known: known.to_vec(),
            })
            .collect()
    }

    /// The sentences of each article that the search works on. If they are more than the search can
    /// take, segments are not split.
    pub(super) fn sentences(&self, articles: &[Article]) -> Vec<SearchSentences> {
        let split: Vec<SearchSentences> =
            articles.iter().map(|article| SearchSentences::split(article, self.splitter)).collect();
        let fits = |one: &SearchSentences, other: &SearchSentences| {
            self.config.check_lengths(one.spans.len(), other.spans.len()).is_ok()
        };
        let all_fit = (split.iter().enumerate())
            .all(|(at, one)| split[at + 1..].iter().all(|other| fits(one, other)));
        if all_fit { split } else { articles.iter().map(SearchSentences::whole_segments).collect() }
    }

    /// Embeds the sentences of each article.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Embedder`](crate::ErrorKind::Embedder), [`ErrorKind::VectorShape`](crate::ErrorKind::VectorShape) and [`ErrorKind::VectorNotFinite`](crate::ErrorKind::VectorNotFinite), with the article's
    /// label.
    pub(super) fn sides(
        &self,
        articles: &[Article],
        sentences: &[SearchSentences],
    ) -> Result<Vec<Side>> {
        articles
            .iter()
            .zip(sentences)
            .map(|(article, sentences)| self.side(article, sentences))
            .collect()
    }

    fn side(&self, article: &Article, sentences: &SearchSentences) -> Result<Side> {
        let language = article.language();
        let texts: Vec<&str> = (sentences.texts(article).into_iter())
            .map(|sentence| text_to_embed(language, sentence))
            .collect();
        let dimension = self.embedder.dimension();
        let vectors = if texts.is_empty() {
            Embeddings::from_rows(Array2::zeros((0, dimension)))
        } else {
            let vectors = self.embedder.embed_spans(language, &texts);
            vectors.map_err(|error| embedder_error(article, error))
        };
        let vectors = naming_article(article, vectors)?;
        let (got, expected) = ((vectors.len(), vectors.dimension()), (texts.len(), dimension));
        if got != expected {
            return Err(Error::vector_shape(expected, got).with_article(article.label()));
        }
        let is_additive = vectors.raw().is_some();
        let lengths = comparable_lengths(language, &texts);
        let mut side = Side::new(vectors, lengths)?.with_texts(language, &texts)?;
        if article.origin() == Origin::Sentences {
            side = side.with_segments(&sentences.counts)?;
        }
        if is_additive || self.config.span_vectors == SpanVectors::Pool {
            return Ok(side);
        }
        let spans = self.span_vectors(article, &texts)?;
        naming_article(article, side.with_spans(spans))
    }

    /// By number of sentences from 2: the vectors of the joined texts of all spans.
    fn span_vectors(&self, article: &Article, texts: &[&str]) -> Result<Vec<Array2<f32>>> {
        let mut spans = Vec::new();
        for size in 2..=self.config.max_side.min(texts.len()) {
            let joined: Vec<String> = texts.windows(size).map(|span| span.join(" ")).collect();
            let texts: Vec<&str> = joined.iter().map(String::as_str).collect();
            let rows = self.embedder.embed(article.language(), &texts);
            spans.push(rows.map_err(|error| embedder_error(article, error))?);
        }
        Ok(spans)
    }

    /// The vectors of an article's sentences, one per row, and their comparable lengths. Splits the
    /// article if it is not split.
    pub(super) fn sentence_vectors(&self, article: &Article) -> Result<(Array2<f32>, Vec<f32>)> {
        let split;
        let article = if article.is_split() {
            article
        } else {
            let mut copy = article.clone();
            copy.split(self.splitter)?;
            split = copy;
            &split
        };
        let texts: Vec<&str> = article.sentences().collect();
        let dimension = self.embedder.dimension();
        if texts.is_empty() {
            return Ok((Array2::zeros((0, dimension)), Vec::new()));
        }
        let rows = self.embedder.embed(article.language(), &texts);
        let rows = rows.map_err(|error| embedder_error(article, error))?;
        if rows.dim() != (texts.len(), dimension) {
            let (expected, got) = ((texts.len(), dimension), rows.dim());
            return Err(Error::vector_shape(expected, got).with_article(article.label()));
        }
        let rows = naming_article(article, Embeddings::from_rows(rows))?.rows().to_owned();
        Ok((rows, comparable_lengths(article.language(), &texts)))
    }
}

/// The sides of split articles, from vectors of their sentences.
///
/// # Errors
///
/// [`ErrorKind::VectorShape`](crate::ErrorKind::VectorShape) if an article has another number of vectors than sentences, or vectors of
/// another dimension than the articles before it.
pub(super) fn sides_of_vectors(
    articles: &[Article],
    vectors: Vec<Embeddings>,
) -> Result<Vec<Side>> {
    let side = |(article, vectors): (&Article, Embeddings)| {
        let texts: Vec<&str> = article.sentences().collect();
        let lengths = comparable_lengths(article.language(), &texts);
        naming_article(article, Side::new(vectors, lengths))
    };
    let sides: Vec<Side> = articles.iter().zip(vectors).map(side).collect::<Result<_>>()?;
    check_dimensions(articles, &sides)?;
    Ok(sides)
}

/// Checks that the vectors of all sides have one dimension. An empty side has any.
fn check_dimensions(articles: &[Article], sides: &[Side]) -> Result<()> {
    let mut filled = articles.iter().zip(sides).filter(|(_, side)| !side.is_empty());
    let Some((_, first)) = filled.next() else { return Ok(()) };
    let dimension = first.embeddings.dimension();
    match filled.find(|(_, side)| side.embeddings.dimension() != dimension) {
        None => Ok(()),
        Some((article, side)) => {
            let got = (side.len(), side.embeddings.dimension());
            Err(Error::vector_shape((side.len(), dimension), got).with_article(article.label()))
        }
    }
}

/// Whether a sentence of a split article is not blank.
fn has_text(article: &Article) -> bool {
    article.sentences().any(|sentence| !text::is_blank(sentence))
}

/// A warning if a raw text is reliably in another language than the one named.
///
/// # Errors
///
/// [`ErrorKind::RussianForUkrainian`](crate::ErrorKind::RussianForUkrainian) if a text that is named Ukrainian is Russian.
fn check_language(article: &Article) -> Result<Option<Warning>> {
    let (named, label) = (article.language(), article.label());
    if !named.is_built_in() && is_in_other_script(named, article.text()) {
        return Ok(Some(Warning::OtherScript { article: label.to_string(), given: named }));
    }
    if !facts(named).is_some_and(|row| row.is_detected) {
        return Ok(None);
    }
    let found = detect(article.text());
    if found == Detection::Russian && named.primary() == Language::UKRAINIAN.primary() {
        return Err(russian_for_ukrainian(label));
    }
    // Close languages are confused by detection, except those that it was tuned for.
    let is_same = |found: Language| {
        found.primary() == named.primary() || !named.is_built_in() && are_close(named, found)
    };
    Ok(match (found.language(), found.name()) {
        (Some(language), Some(found)) if !is_same(language) => Some(Warning::OtherLanguage {
            article: label.to_string(),
            given: named,
            found: found.to_string(),
        }),
        _ => None,
    })
}

/// The lengths of texts in characters, scaled so that translations have equal lengths on average;
/// 0 for a blank text.
fn comparable_lengths(language: Language, texts: &[&str]) -> Vec<f32> {
    let factor = length_factor(language);
    texts.iter().map(|text| text::normalize(text).chars().count() as f32 / factor).collect()
}

/// The error of an embedder: an [`Error`] as it is, any other as [`ErrorKind::Embedder`](crate::ErrorKind::Embedder).
fn embedder_error(article: &Article, error: EmbedError) -> Error {
    let error = Error::embedder(error);
    if error.article().is_none() { error.with_article(article.label()) } else { error }
}

/// Puts the article's label into an error about vectors.
fn naming_article<T>(article: &Article, result: Result<T>) -> Result<T> {
    result.map_err(|error| error.with_article(article.label()))
}
