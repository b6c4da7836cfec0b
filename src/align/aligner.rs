//! From articles to a bitext.

use ndarray::Array2;

use crate::align::explain::{self, Explained, SeenPair};
use crate::align::joint::units::Merged;
use crate::align::search::{PairSearch, search_observed};
use crate::align::{AlignConfig, Side, SpanVectors, crossing, length_factor};
use crate::article::Origin;
use crate::bitext::groups::MAX_LANGUAGES;
use crate::embed::{Embedder, Embeddings};
use crate::language::{Detection, examine};
use crate::split::{RuleSplitter, Splitter, lead_in};
use crate::text::{self, Span};
use crate::{Article, Bitext, Error, Id, Language, Result, Warning};

/// Aligns two or three articles: splits them where they are not split, embeds
/// their sentences and finds which correspond.
///
/// An aligner holds no state between articles; share it between threads.
///
/// ```
/// use bitext::{Aligner, Article, Language};
///
/// let aligner = Aligner::new();
/// let bitext = aligner.align([
///     Article::new(Language::ENGLISH, "The museum opens in May. Tickets cost five euros."),
///     Article::new(Language::UKRAINIAN, "Музей відчиняється у травні. Квитки коштують п’ять євро."),
/// ])?;
/// let beads = bitext.beads(Language::ENGLISH, Language::UKRAINIAN);
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

#[cfg(feature = "embedded-model")]
impl Default for Aligner {
    fn default() -> Aligner {
        Aligner::new()
    }
}

impl Aligner {
    /// An aligner with the embedded model, the built-in splitter and default
    /// settings.
    #[cfg(feature = "embedded-model")]
    pub fn new() -> Aligner {
        Aligner::with_embedder(crate::StaticEmbedder::embedded())
    }

    /// An aligner with an embedder of the caller's choice, and the settings that were learnt
    /// with it; where there are none ([`AlignConfig::for_model`]), the default ones.
    ///
    /// ```
    /// use bitext::{Aligner, StaticEmbedder};
    ///
    /// let aligner = Aligner::with_embedder(StaticEmbedder::embedded());
    /// assert_eq!(aligner.fingerprint(), Aligner::new().fingerprint());
    /// # Ok::<(), bitext::Error>(())
    /// ```
    pub fn with_embedder(embedder: impl Embedder + 'static) -> Aligner {
        let model = embedder.fingerprint();
        let config = AlignConfig::default().with_model(&model);
        let fingerprint = fingerprint(&model, &config);
        let splitter = Box::new(RuleSplitter::default());
        Aligner { embedder: Box::new(embedder), splitter, config, fingerprint }
    }

    /// Splits articles with another splitter.
    ///
    /// ```
    /// use bitext::{Aligner, Article, Language, RuleSplitter, text::Newlines};
    ///
    /// let mut by_line = RuleSplitter::default();
    /// by_line.newlines = Newlines::Always;
    /// let bitext = Aligner::new().with_splitter(by_line).align([
    ///     Article::new(Language::ENGLISH, "The bridge\nis closed"),
    ///     Article::new(Language::GERMAN, "Die Brücke ist gesperrt."),
    /// ])?;
    /// assert_eq!(bitext.article(Language::ENGLISH).map(Article::len), Some(2));
    /// # Ok::<(), bitext::Error>(())
    /// ```
    pub fn with_splitter(mut self, splitter: impl Splitter + 'static) -> Aligner {
        self.splitter = Box::new(splitter);
        self
    }

    /// Aligns with other settings. Weights and background that these leave `None` are those
    /// that were learnt with the embedder's model.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidConfig`] for a setting out of its range.
    ///
    /// ```
    /// use bitext::align::AlignConfig;
    /// use bitext::{Aligner, Error};
    ///
    /// let aligner = Aligner::new();
    /// let mut config = AlignConfig::default();
    /// config.crossing = true;
    /// let other = Aligner::new().with_config(config.clone())?;
    /// assert_ne!(other.fingerprint(), aligner.fingerprint());
    /// config.min_coverage = 2.0;
    /// assert!(matches!(aligner.with_config(config), Err(Error::InvalidConfig { name: "min_coverage", .. })));
    /// # Ok::<(), Error>(())
    /// ```
    pub fn with_config(mut self, config: AlignConfig) -> Result<Aligner> {
        config.validate()?;
        let model = self.embedder.fingerprint();
        self.config = config.with_model(&model);
        self.fingerprint = fingerprint(&model, &self.config);
        Ok(self)
    }

    /// The settings in use; weights and background are there, whether they were set or not.
    ///
    /// ```
    /// use bitext::Aligner;
    ///
    /// assert!(Aligner::new().config().weights.is_some());
    /// # Ok::<(), bitext::Error>(())
    /// ```
    pub fn config(&self) -> &AlignConfig {
        &self.config
    }

    /// Names the model and the settings, as it is written into every bitext.
    pub fn fingerprint(&self) -> &str {
        &self.fingerprint
    }

    /// Aligns two or three articles of different languages, in any order.
    ///
    /// An article is an [`Article`], by value or by reference, or a pair of a language or its code
    /// and the raw text.
    ///
    /// Articles that are not split are split. The language of a raw text is
    /// checked against the one named: a reliable contradiction is a warning in
    /// the result, Russian given as Ukrainian an error. Articles without
    /// sentences are fine. An id that all articles share is the bitext's id.
    ///
    /// # Errors
    ///
    /// [`Error::ArticleCount`], [`Error::DuplicateLanguage`],
    /// [`Error::RussianForUkrainian`], [`Error::TooLong`], [`Error::InvalidSpan`]
    /// where a splitter, and [`Error::Embedder`], [`Error::VectorShape`] or
    /// [`Error::VectorNotFinite`] where an embedder of the caller's breaks its
    /// promise.
    ///
    /// ```
    /// use bitext::{Aligner, Article, Id, Language};
    ///
    /// let aligner = Aligner::new();
    /// let bitext = aligner.align([
    ///     ("en", "The museum opens in May."),
    ///     ("de", "Das Museum öffnet im Mai."),
    /// ])?;
    /// assert_eq!(bitext.rows().count(), 1);
    ///
    /// let articles = [
    ///     Article::new(Language::ENGLISH, "The museum opens in May.").with_id("news/7"),
    ///     Article::new(Language::GERMAN, "Das Museum öffnet im Mai.").with_id("news/7"),
    /// ];
    /// let bitext = aligner.align(&articles)?;
    /// assert_eq!(bitext.id(), Some(&Id::from("news/7")));
    /// # Ok::<(), bitext::Error>(())
    /// ```
    pub fn align<A>(&self, articles: impl IntoIterator<Item = A>) -> Result<Bitext>
    where
        A: TryInto<Article>,
        Error: From<A::Error>,
    {
        let (articles, mut warnings) = self.prepare(collect(articles)?)?;
        warnings.extend(self.languages_not_in_model(&articles));
        let sides = self.sides(&articles, &self.all_pieces(&articles))?;
        self.assemble(articles, sides, warnings, &self.fingerprint)
    }

    /// Aligns as [`Aligner::align`] does, and keeps what speaks for each unit:
    /// see [`Explained`].
    ///
    /// # Errors
    ///
    /// Those of [`Aligner::align`].
    ///
    /// ```
    /// use bitext::{Aligner, Article, Language};
    ///
    /// let explained = Aligner::new().explain([
    ///     Article::new(Language::ENGLISH, "The museum opens in May. Tickets cost 5 euros."),
    ///     Article::new(Language::UKRAINIAN, "Музей відчиняється у травні. Квитки коштують 5 євро."),
    /// ])?;
    /// let unit = explained.unit(1).unwrap();
    /// for one in &unit.pairs[0].beads[0].features {
    ///     println!("{} {:.2} x {:.2}", one.feature, one.value, one.weight);
    /// }
    /// # Ok::<(), bitext::Error>(())
    /// ```
    pub fn explain<A>(&self, articles: impl IntoIterator<Item = A>) -> Result<Explained>
    where
        A: TryInto<Article>,
        Error: From<A::Error>,
    {
        let (articles, mut warnings) = self.prepare(collect(articles)?)?;
        warnings.extend(self.languages_not_in_model(&articles));
        let pieces = self.all_pieces(&articles);
        let sides = self.sides(&articles, &pieces)?;
        let spans = articles
            .iter()
            .zip(&pieces)
            .map(|(article, (spans, counts))| explain::piece_spans(article, spans, counts));
        let spans = spans.collect();
        let mut pairs = Vec::new();
        let merged = self.search(&sides, &mut |seen| pairs.push(SeenPair::new(seen)));
        let all: Vec<&Side> = sides.iter().collect();
        explain::complete(&mut pairs, &merged, &all, &self.config);
        let bitext = self.finish(articles, &sides, merged, warnings, &self.fingerprint)?;
        Ok(explain::explained(bitext, spans, pairs))
    }

    /// Aligns articles with vectors from elsewhere, one row per sentence. The embedder is not used.
    /// If the vectors are not additive, the vector of several sentences is pooled from theirs.
    ///
    /// `vectors_fingerprint` names the source of the vectors in the output.
    ///
    /// # Errors
    ///
    /// Those of [`Aligner::align`]; [`Error::VectorShape`] if the number of vectors is not the number
    /// of sentences, or if the dimensions of two articles differ.
    ///
    /// ```
    /// use bitext::{Aligner, Article, Embeddings, Language};
    /// use bitext::ndarray::array;
    ///
    /// let english = Article::from_sentences(Language::ENGLISH, ["A bridge.", "A road."]);
    /// let german = Article::from_sentences(Language::GERMAN, ["Eine Straße."]);
    /// let articles = [
    ///     (english, Embeddings::from_rows(array![[1.0, 0.0], [0.1, 1.0]])?),
    ///     (german, Embeddings::from_rows(array![[0.0, 1.0]])?),
    /// ];
    /// let bitext = Aligner::new().align_vectors(articles, "by hand")?;
    /// assert_eq!(bitext.beads(Language::ENGLISH, Language::GERMAN)[0].shape(), "1-1");
    /// # Ok::<(), bitext::Error>(())
    /// ```
    pub fn align_vectors(
        &self,
        articles: impl IntoIterator<Item = (Article, Embeddings)>,
        vectors_fingerprint: &str,
    ) -> Result<Bitext> {
        let (articles, mut by_language): (Vec<Article>, Vec<_>) = articles
            .into_iter()
            .map(|(article, vectors)| {
                let language = article.language();
                (article, (language, vectors))
            })
            .unzip();
        let (articles, warnings) = self.prepare(articles)?;
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

    /// The vectors of an article's sentences, one a row, and their lengths.
    pub(crate) fn sentence_vectors(&self, article: &Article) -> Result<(Array2<f32>, Vec<f32>)> {
        let split;
        let article = if article.is_split() {
            article
        } else {
            let mut copy = article.clone();
            copy.split(self.splitter.as_ref())?;
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
            let article = article.label().to_string();
            return Err(Error::VectorShape { article, expected, got });
        }
        let rows = named(article, Embeddings::from_rows(rows))?.rows().to_owned();
        Ok((rows, lengths(article.language(), &texts)))
    }

    /// Orders, checks and splits articles; returns them with warnings.
    fn prepare(&self, mut articles: Vec<Article>) -> Result<(Vec<Article>, Vec<Warning>)> {
        if !(2..=MAX_LANGUAGES).contains(&articles.len()) {
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
                self.config.check_lengths(article.len(), other.len())?;
            }
        }
        Ok((articles, warnings))
    }

    /// Of articles with text, those in a language that the model was not made for.
    fn languages_not_in_model(&self, articles: &[Article]) -> Vec<Warning> {
        let Some(known) = self.embedder.languages() else { return Vec::new() };
        let is_known =
            |language: Language| known.iter().any(|known| known.primary() == language.primary());
        let unknown = articles.iter().filter(|one| !one.is_empty() && !is_known(one.language()));
        unknown
            .map(|article| Warning::LanguageNotInModel {
                article: article.label().to_string(),
                language: article.language(),
                model: self.embedder.fingerprint(),
                known: known.to_vec(),
            })
            .collect()
    }

    /// Sentences of a list may hold several: the search works on these pieces,
    /// unless they are more than it can take.
    fn all_pieces(&self, articles: &[Article]) -> Vec<Pieces> {
        let pieces: Vec<Pieces> = articles.iter().map(|article| self.pieces(article)).collect();
        let fit = pieces.iter().enumerate().all(|(at, (one, _))| {
            let fits = |(other, _): &Pieces| self.config.check_lengths(one.len(), other.len());
            pieces[at + 1..].iter().all(|other| fits(other).is_ok())
        });
        let whole = |article: &Article| {
            (article.sentences().map(|all| 0..all.len()).collect(), vec![1; article.len()])
        };
        if fit { pieces } else { articles.iter().map(whole).collect() }
    }

    fn pieces(&self, article: &Article) -> Pieces {
        let mut pieces = Vec::with_capacity(article.len());
        let mut counts = Vec::with_capacity(article.len());
        for sentence in article.sentences() {
            let before = pieces.len();
            if article.origin() == Origin::Sentences {
                let spans = self.splitter.split(article.language(), sentence);
                pieces.extend(spans.into_iter().filter(|s| sentence.get(s.clone()).is_some()));
            }
            if pieces.len() == before {
                pieces.push(0..sentence.len());
            }
            counts.push(pieces.len() - before);
        }
        (pieces, counts)
    }

    fn sides(&self, articles: &[Article], pieces: &[Pieces]) -> Result<Vec<Side>> {
        articles.iter().zip(pieces).map(|(article, pieces)| self.side(article, pieces)).collect()
    }

    fn side(&self, article: &Article, (spans, counts): &Pieces) -> Result<Side> {
        let of = article.sentences().zip(counts);
        let of = of.flat_map(|(sentence, count)| std::iter::repeat_n(sentence, *count));
        let texts: Vec<&str> = of
            .zip(spans)
            .map(|(sentence, span)| sentence.get(span.clone()).unwrap_or(""))
            // Two teasers are not versions of one another because both are teasers.
            .map(|text| text.get(lead_in(article.language(), text)..).unwrap_or(text))
            .collect();
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
            side = side.with_units(counts)?;
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

    /// The search, and the second pass where it is asked for.
    fn search(&self, sides: &[Side], seen: &mut dyn FnMut(&PairSearch<'_>)) -> Merged {
        let all: Vec<&Side> = sides.iter().collect();
        let mut merged = search_observed(&all, &self.config, seen);
        if self.config.crossing {
            crossing::find(&all, &self.config, &mut merged);
        }
        merged
    }

    fn assemble(
        &self,
        articles: Vec<Article>,
        sides: Vec<Side>,
        warnings: Vec<Warning>,
        fingerprint: &str,
    ) -> Result<Bitext> {
        // A matrix without rows may have any columns.
        let filled = || articles.iter().zip(&sides).filter(|(_, side)| !side.is_empty());
        let dimension = filled().next().map_or(0, |(_, side)| side.embeddings.dimension());
        for (article, side) in filled() {
            if side.embeddings.dimension() != dimension {
                return Err(Error::VectorShape {
                    article: article.label().to_string(),
                    expected: (side.len(), dimension),
                    got: (side.len(), side.embeddings.dimension()),
                });
            }
        }
        let merged = self.search(&sides, &mut |_| ());
        self.finish(articles, &sides, merged, warnings, fingerprint)
    }

    fn finish(
        &self,
        articles: Vec<Article>,
        sides: &[Side],
        merged: Merged,
        mut warnings: Vec<Warning>,
        fingerprint: &str,
    ) -> Result<Bitext> {
        if merged.approximate {
            warnings.push(Warning::Approximate);
        }
        let known: Vec<bool> =
            articles.iter().map(|article| !is_not_in_model(article, &warnings)).collect();
        let related = merged.related(sides, self.config.min_coverage, &known);
        for (article, related) in articles.iter().zip(&related) {
            if !related {
                warnings.push(Warning::Unrelated { article: article.label().to_string() });
            }
        }
        let languages: Vec<Language> = articles.iter().map(Article::language).collect();
        let (units, pairs) = merged.into_units(&languages)?;
        let unrelated = related.contains(&false);
        let id = shared_id(&articles).map(Id::from);
        Ok(Bitext::new(articles, units, pairs)?.with_optional_id(id).with_findings(
            unrelated,
            warnings,
            fingerprint.to_string(),
        ))
    }
}

fn collect<A>(articles: impl IntoIterator<Item = A>) -> Result<Vec<Article>>
where
    A: TryInto<Article>,
    Error: From<A::Error>,
{
    articles.into_iter().map(|article| Ok(article.try_into()?)).collect()
}

/// Pieces, as bytes of their sentences, and how many each sentence has.
type Pieces = (Vec<Span>, Vec<usize>);

fn fingerprint(vectors: &str, config: &AlignConfig) -> String {
    format!("{vectors} {}", config.fingerprint())
}

fn is_not_in_model(article: &Article, warnings: &[Warning]) -> bool {
    warnings.iter().any(|warning| {
        matches!(warning, Warning::LanguageNotInModel { language, .. }
            if *language == article.language())
    })
}

/// The id that all articles have.
fn shared_id(articles: &[Article]) -> Option<&str> {
    let id = articles.first()?.id()?;
    articles.iter().all(|article| article.id() == Some(id)).then_some(id)
}

/// A raw text that is reliably in another language than the one named.
fn check_language(article: &Article) -> Result<Option<Warning>> {
    let named = article.language();
    let Some(name) = named.name() else { return Ok(None) };
    let found = examine(article.text());
    let label = article.label();
    if found == Detection::Russian && named.primary() == Language::UKRAINIAN.primary() {
        return Err(Error::RussianForUkrainian { article: label.to_string() });
    }
    Ok(match found.name() {
        Some(found) if found != name => Some(Warning::OtherLanguage {
            article: label.to_string(),
            given: named,
            found: found.to_string(),
        }),
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
