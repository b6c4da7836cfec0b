//! From articles to a bitext.

use ndarray::Array2;

use super::groups::LANGUAGES;
use super::search::search;
use super::{AlignConfig, Side, SpanVectors, length_factor, reorder};
use crate::article::Origin;
use crate::embed::{Embedder, Embeddings};
use crate::language::{Detection, examine};
use crate::split::{RuleSplitter, Splitter};
use crate::{Article, Bitext, Error, Language, Result, text};

/// Aligns two or three articles: splits them where they are not split, embeds
/// their sentences and finds which correspond.
///
/// An aligner holds no state between articles; share it between threads.
///
/// ```
/// use bitext::{Aligner, Article, Language};
///
/// let aligner = Aligner::new()?;
/// let bitext = aligner.align([
///     Article::new(Language::ENGLISH, "The museum opens in May. Tickets cost five euros."),
///     Article::new(Language::UKRAINIAN, "Музей відчиняється у травні. Квитки коштують п’ять євро."),
/// ])?;
/// let beads = bitext.pair(Language::ENGLISH, Language::UKRAINIAN).unwrap();
/// assert_eq!(beads.len(), 2);
/// # Ok::<(), bitext::Error>(())
/// ```
pub struct Aligner {
    embedder: Box<dyn Embedder>,
    splitter: Box<dyn Splitter>,
    config: AlignConfig,
    fingerprint: String,
}

impl std::fmt::Debug for Aligner {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Aligner").field("fingerprint", &self.fingerprint).finish()
    }
}

impl Aligner {
    /// An aligner with the embedded model, the built-in splitter and default
    /// settings.
    ///
    /// # Errors
    ///
    /// [`Error::Model`] if the library was built with a damaged model file.
    #[cfg(feature = "embedded-model")]
    pub fn new() -> Result<Aligner> {
        Ok(Aligner::with_embedder(crate::StaticEmbedder::embedded()?))
    }

    /// An aligner with an embedder of the caller's choice.
    pub fn with_embedder(embedder: impl Embedder + 'static) -> Aligner {
        let config = AlignConfig::default();
        let fingerprint = fingerprint(&embedder.fingerprint(), &config);
        let splitter = Box::new(RuleSplitter::default());
        Aligner { embedder: Box::new(embedder), splitter, config, fingerprint }
    }

    /// Splits articles with another splitter.
    pub fn with_splitter(mut self, splitter: impl Splitter + 'static) -> Aligner {
        self.splitter = Box::new(splitter);
        self
    }

    /// Aligns with other settings.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidConfig`] for a setting out of its range.
    pub fn with_config(mut self, config: AlignConfig) -> Result<Aligner> {
        config.validate()?;
        self.fingerprint = fingerprint(&self.embedder.fingerprint(), &config);
        self.config = config;
        Ok(self)
    }

    /// The settings.
    pub fn config(&self) -> &AlignConfig {
        &self.config
    }

    /// Names the model and the settings, as it is written into every bitext.
    pub fn fingerprint(&self) -> &str {
        &self.fingerprint
    }

    /// Aligns two or three articles of different languages, in any order.
    ///
    /// Articles that are not split are split. The language of a raw text is
    /// checked against the one named: a reliable contradiction is a warning in
    /// the result, Russian given as Ukrainian an error. Articles without
    /// sentences are fine.
    ///
    /// # Errors
    ///
    /// [`Error::ArticleCount`], [`Error::DuplicateLanguage`],
    /// [`Error::RussianForUkrainian`], [`Error::TooLong`], [`Error::InvalidSpan`]
    /// where a splitter, and [`Error::Embedder`], [`Error::VectorShape`] or
    /// [`Error::VectorNotFinite`] where an embedder of the caller's breaks its
    /// promise.
    pub fn align(&self, articles: impl IntoIterator<Item = Article>) -> Result<Bitext> {
        let (articles, warnings) = self.prepare(articles.into_iter().collect())?;
        let sides = self.sides(&articles)?;
        self.assemble(articles, sides, warnings, &self.fingerprint)
    }

    /// Aligns articles with vectors made elsewhere, one row a sentence, for
    /// the articles in the order given. The embedder is not used; where the
    /// vectors are not additive, those of several sentences are pooled.
    ///
    /// `vectors_fingerprint` names where the vectors are from in the output.
    ///
    /// # Errors
    ///
    /// Those of [`Aligner::align`]; [`Error::VectorShape`] where an article has
    /// another number of sentences than vectors, or the dimensions differ.
    ///
    /// ```
    /// use bitext::{Aligner, Article, Embeddings, Language};
    /// use ndarray::array;
    ///
    /// let english = Article::from_sentences(Language::ENGLISH, ["A bridge.", "A road."]);
    /// let german = Article::from_sentences(Language::GERMAN, ["Eine Straße."]);
    /// let vectors = [
    ///     Embeddings::from_rows(array![[1.0, 0.0], [0.1, 1.0]])?,
    ///     Embeddings::from_rows(array![[0.0, 1.0]])?,
    /// ];
    /// let bitext = Aligner::new()?.align_vectors([english, german], vectors, "by hand")?;
    /// assert_eq!(bitext.pair(Language::ENGLISH, Language::GERMAN).unwrap()[0].shape(), "1-1");
    /// # Ok::<(), bitext::Error>(())
    /// ```
    pub fn align_vectors(
        &self,
        articles: impl IntoIterator<Item = Article>,
        vectors: impl IntoIterator<Item = Embeddings>,
        vectors_fingerprint: &str,
    ) -> Result<Bitext> {
        let articles: Vec<Article> = articles.into_iter().collect();
        let vectors: Vec<Embeddings> = vectors.into_iter().collect();
        if articles.len() != vectors.len() {
            return Err(Error::VectorShape {
                article: "articles".to_string(),
                expected: (articles.len(), 0),
                got: (vectors.len(), 0),
            });
        }
        let given: Vec<Language> = articles.iter().map(Article::language).collect();
        let (articles, warnings) = self.prepare(articles)?;
        let mut by_language: Vec<(Language, Embeddings)> = given.into_iter().zip(vectors).collect();
        by_language.sort_by_key(|(language, _)| *language);
        let mut sides = Vec::with_capacity(articles.len());
        for (article, (_, vectors)) in articles.iter().zip(by_language) {
            let texts: Vec<&str> = article.sentences().collect();
            let lengths = lengths(article.language(), &texts);
            sides.push(named(article, Side::new(vectors, lengths))?);
        }
        let fingerprint = fingerprint(vectors_fingerprint, &self.config);
        self.assemble(articles, sides, warnings, &fingerprint)
    }

    /// Orders, checks and splits articles; returns them with warnings.
    fn prepare(&self, mut articles: Vec<Article>) -> Result<(Vec<Article>, Vec<String>)> {
        if !(2..=LANGUAGES).contains(&articles.len()) {
            return Err(Error::ArticleCount(articles.len()));
        }
        articles.sort_by_key(Article::language);
        if let Some(twice) =
            articles.windows(2).find(|pair| pair[0].language() == pair[1].language())
        {
            return Err(Error::DuplicateLanguage(twice[0].language()));
        }
        let mut warnings = Vec::new();
        for article in &mut articles {
            if article.origin() == Origin::Raw {
                warnings.extend(check_language(article)?);
            }
            if !article.is_split() {
                article.split(self.splitter.as_ref())?;
            }
        }
        for (at, article) in articles.iter().enumerate() {
            for other in &articles[at + 1..] {
                self.config.check_cells(article.len(), other.len())?;
            }
        }
        Ok((articles, warnings))
    }

    /// Sentences of a list may hold several: the search works on these pieces,
    /// unless they are more than it can take.
    fn sides(&self, articles: &[Article]) -> Result<Vec<Side>> {
        let mut pieces: Vec<Pieces<'_>> =
            articles.iter().map(|article| self.pieces(article)).collect();
        let fit = pieces.iter().enumerate().all(|(at, (one, _))| {
            let fits = |(other, _): &Pieces<'_>| self.config.check_cells(one.len(), other.len());
            pieces[at + 1..].iter().all(|other| fits(other).is_ok())
        });
        if !fit {
            let whole = |article: &Article| vec![1; article.len()];
            pieces = articles.iter().map(|a| (a.sentences().collect(), whole(a))).collect();
        }
        articles.iter().zip(pieces).map(|(article, pieces)| self.side(article, pieces)).collect()
    }

    fn pieces<'t>(&self, article: &'t Article) -> Pieces<'t> {
        let mut pieces = Vec::with_capacity(article.len());
        let mut counts = Vec::with_capacity(article.len());
        for sentence in article.sentences() {
            let before = pieces.len();
            if article.origin() == Origin::Sentences {
                let spans = self.splitter.split(article.language(), sentence);
                pieces.extend(spans.into_iter().filter_map(|span| sentence.get(span)));
            }
            if pieces.len() == before {
                pieces.push(sentence);
            }
            counts.push(pieces.len() - before);
        }
        (pieces, counts)
    }

    fn side(&self, article: &Article, (texts, counts): Pieces<'_>) -> Result<Side> {
        let vectors = if texts.is_empty() {
            Embeddings::from_rows(Array2::zeros((0, self.embedder.dimension())))
        } else {
            let vectors = self.embedder.embeddings(article.language(), &texts);
            vectors.map_err(|error| embedder_error(article, error))
        };
        let vectors = named(article, vectors)?;
        let (got, expected) =
            ((vectors.len(), vectors.dimension()), (texts.len(), self.embedder.dimension()));
        if got != expected {
            return Err(Error::VectorShape { article: article.label().to_string(), expected, got });
        }
        let additive = vectors.raw().is_some();
        let lengths = lengths(article.language(), &texts);
        let mut side = Side::new(vectors, lengths)?.with_texts(article.language(), &texts)?;
        if article.origin() == Origin::Sentences {
            side = side.with_units(&counts)?;
        }
        if additive || self.config.span_vectors == SpanVectors::Pool {
            return Ok(side);
        }
        let mut spans = Vec::new();
        for size in 2..=self.config.max_side {
            let joined: Vec<String> = texts.windows(size).map(|pieces| pieces.join(" ")).collect();
            if joined.is_empty() {
                break;
            }
            let texts: Vec<&str> = joined.iter().map(String::as_str).collect();
            let rows = self.embedder.embed(article.language(), &texts);
            spans.push(rows.map_err(|error| embedder_error(article, error))?);
        }
        named(article, side.with_spans(spans))
    }

    fn assemble(
        &self,
        articles: Vec<Article>,
        sides: Vec<Side>,
        mut warnings: Vec<String>,
        fingerprint: &str,
    ) -> Result<Bitext> {
        let dimension = sides[0].embeddings.dimension();
        for (article, side) in articles.iter().zip(&sides).filter(|(_, side)| !side.is_empty()) {
            if side.embeddings.dimension() != dimension {
                return Err(Error::VectorShape {
                    article: article.label().to_string(),
                    expected: (side.len(), dimension),
                    got: (side.len(), side.embeddings.dimension()),
                });
            }
        }
        let all: Vec<&Side> = sides.iter().collect();
        let mut merged = search(&all, &self.config);
        if self.config.reordered {
            reorder::find(&all, &self.config, &mut merged);
        }
        let related = merged.related(&sides, self.config.min_coverage);
        for (article, related) in articles.iter().zip(&related) {
            if !related {
                warnings.push(format!("{}: looks unrelated to the rest", article.label()));
            }
        }
        let languages: Vec<Language> = articles.iter().map(Article::language).collect();
        let (units, pairs) = merged.into_units(&languages)?;
        let unrelated = related.contains(&false);
        Ok(Bitext::new(articles, units, pairs)?.with_findings(
            unrelated,
            warnings,
            fingerprint.to_string(),
        ))
    }
}

/// Pieces of sentences, and how many each sentence has.
type Pieces<'t> = (Vec<&'t str>, Vec<usize>);

fn fingerprint(vectors: &str, config: &AlignConfig) -> String {
    format!("{vectors} {}", config.fingerprint())
}

/// A raw text that is reliably in another language than the one named.
fn check_language(article: &Article) -> Result<Option<String>> {
    let named = article.language();
    let Some(name) = named.name() else { return Ok(None) };
    let found = examine(article.text());
    let label = article.label();
    if found == Detection::Russian && named.primary() == Language::UKRAINIAN.primary() {
        return Err(Error::RussianForUkrainian { article: label.to_string() });
    }
    Ok(match found.name() {
        Some(found) if found != name => {
            Some(format!("{label}: given as {name}, but the text looks {found}"))
        }
        _ => None,
    })
}

/// Lengths in characters, made comparable between languages; 0 for blank.
fn lengths(language: Language, texts: &[&str]) -> Vec<f32> {
    let factor = length_factor(language);
    texts.iter().map(|text| text::normalize(text).chars().count() as f32 / factor).collect()
}

fn embedder_error(article: &Article, error: crate::embed::EmbedError) -> Error {
    match error.downcast::<Error>() {
        Ok(error) => *error,
        Err(error) => Error::Embedder { article: article.label().to_string(), error },
    }
}

/// Lets an error about vectors name the article.
fn named<T>(article: &Article, result: Result<T>) -> Result<T> {
    let label = article.label().to_string();
    result.map_err(|error| match error {
        Error::VectorNotFinite { row, column, .. } => {
            Error::VectorNotFinite { article: label, row, column }
        }
        Error::VectorShape { expected, got, .. } => {
            Error::VectorShape { article: label, expected, got }
        }
        other => other,
    })
}
