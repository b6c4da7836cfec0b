//! The aligner: articles in, a bitext out.

use std::sync::OnceLock;

use ndarray::Array2;

use crate::align::crossing::add_crossing;
use crate::align::explain::{ExplainedBitext, ObservedPair};
use crate::align::joint::units::SearchResult;
use crate::align::length::learn_lengths;
use crate::align::prepare::{Preparer, sides_of_vectors};
use crate::align::search::{PairSearch, search_observed};
use crate::align::{AlignConfig, Background, Side, Weights};
use crate::embed::{Embedder, Embeddings};
use crate::split::{RuleSplitter, Splitter};
use crate::{Article, Bitext, Error, Id, Language, Result, Warning};

/// Aligns two or three articles: splits them into sentences, embeds the sentences and finds which of
/// them correspond.
///
/// An aligner keeps no state between articles. One aligner can be shared by many threads.
///
/// ```
/// use bitext::{Aligner, Language};
///
/// let aligner = Aligner::new();
/// let bitext = aligner.align([
///     ("en", "The museum opens in May. Tickets cost five euros."),
///     ("uk", "Музей відчиняється у травні. Квитки коштують п’ять євро."),
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
    /// The background of the embedder's model, once it is measured.
    background: OnceLock<Background>,
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
    /// Makes an aligner with the embedded model, the built-in splitter and the default settings.
    #[cfg(feature = "embedded-model")]
    pub fn new() -> Aligner {
        Aligner::with_embedder(crate::StaticEmbedder::embedded())
    }

    /// Makes an aligner with another embedder.
    ///
    /// Before the first alignment it embeds 198 short texts, to see how similar unrelated sentences
    /// are under the embedder's model: see [`Background`].
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
        let config = AlignConfig::default().completed();
        let fingerprint = fingerprint(&model, &config);
        let splitter = Box::new(RuleSplitter::default());
        let background = OnceLock::new();
        Aligner { embedder: Box::new(embedder), splitter, config, fingerprint, background }
    }

    /// Replaces the splitter.
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

    /// Replaces the settings. If the weights are `None`, the default ones are used. If the background
    /// is `None`, that of the embedder's model is measured.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidConfig`](crate::ErrorKind::InvalidConfig) if a setting is out of range.
    ///
    /// ```
    /// use bitext::align::AlignConfig;
    /// use bitext::{Aligner, Error, ErrorKind};
    ///
    /// let aligner = Aligner::new();
    /// let config = AlignConfig::default().with_crossing(true);
    /// let other = Aligner::new().with_config(config.clone())?;
    /// assert_ne!(other.fingerprint(), aligner.fingerprint());
    /// let error = aligner.with_config(config.with_min_coverage(2.0)).unwrap_err();
    /// assert_eq!(error.kind(), ErrorKind::InvalidConfig);
    /// assert!(error.message().contains("`min_coverage`"));
    /// # Ok::<(), Error>(())
    /// ```
    pub fn with_config(mut self, config: AlignConfig) -> Result<Aligner> {
        config.validate()?;
        self.config = config.completed();
        self.fingerprint = fingerprint(&self.embedder.fingerprint(), &self.config);
        Ok(self)
    }

    /// The settings in use. The weights are never `None`.
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

    /// The fingerprint of the model and the settings, which every bitext records.
    pub fn fingerprint(&self) -> &str {
        &self.fingerprint
    }

    /// Aligns two or three articles of different languages, in any order.
    ///
    /// Takes [`Article`]s, by value or by reference, or pairs of a language and the raw text. The
    /// language may be a [`Language`] or its code.
    ///
    /// Articles are split unless they already are. If the language of a raw text is reliably another
    /// than the given one, the bitext has a [`Warning`]; Russian given as Ukrainian is an error.
    /// Articles may be empty; each gives a [`Warning::EmptyArticle`]. If all articles have the same id,
    /// it becomes the id of the bitext.
    ///
    /// # Errors
    ///
    /// * `ArticleCount`: there are not two or three articles.
    /// * `DuplicateLanguage`: two articles are in the same language.
    /// * `InvalidLanguage`: a code is not a language code.
    /// * `RussianForUkrainian`: a raw text given as Ukrainian is Russian.
    /// * `TooLong`: an article has more sentences than can be searched.
    /// * `InvalidSpan`: a custom splitter returns spans that do not fit the text.
    /// * `Embedder`, `VectorShape` or `VectorNotFinite`: a custom embedder fails or returns invalid
    ///   vectors.
    ///
    /// These are the variants of [`ErrorKind`](crate::ErrorKind).
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
        let preparer = self.preparer();
        let (articles, warnings) = preparer.prepare(collect(articles)?)?;
        let mut sides = preparer.sides(&articles, &preparer.sentences(&articles))?;
        learn_lengths_of(&articles, &mut sides);
        let config = self.config_with_background()?;
        let alignment = search_all(&sides, &config, &mut |_| ());
        self.bitext(articles, &sides, alignment, warnings, &self.fingerprint)
    }

    /// Aligns as [`Aligner::align`] does, and keeps the features and the rejected alternatives of each
    /// unit: see [`ExplainedBitext`].
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
    ///     println!("{} {:.2} x {:.2}", one.name, one.value, one.weight);
    /// }
    /// # Ok::<(), bitext::Error>(())
    /// ```
    pub fn explain<A>(&self, articles: impl IntoIterator<Item = A>) -> Result<ExplainedBitext>
    where
        A: TryInto<Article>,
        Error: From<A::Error>,
    {
        let preparer = self.preparer();
        let (articles, warnings) = preparer.prepare(collect(articles)?)?;
        let sentences = preparer.sentences(&articles);
        let mut sides = preparer.sides(&articles, &sentences)?;
        learn_lengths_of(&articles, &mut sides);
        let mut pairs = Vec::new();
        let config = self.config_with_background()?;
        let alignment =
            search_all(&sides, &config, &mut |pair| pairs.push(ObservedPair::new(pair)));
        for (at, pair) in pairs.iter_mut().enumerate() {
            pair.add_result(&alignment, at, &sides, &config);
        }
        let bitext = self.bitext(articles, &sides, alignment, warnings, &self.fingerprint)?;
        Ok(ExplainedBitext::new(bitext, sentences, pairs))
    }

    /// Aligns articles with vectors from elsewhere, one row per sentence. The embedder is not used.
    /// If the vectors are not additive, the vector of several sentences is pooled from theirs.
    ///
    /// `vectors_fingerprint` names the source of the vectors in the output.
    ///
    /// # Errors
    ///
    /// Those of [`Aligner::align`]; [`ErrorKind::VectorShape`](crate::ErrorKind::VectorShape) if the number of vectors is not the number
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
        let (articles, warnings) = self.preparer().sort_and_split(articles)?;
        by_language.sort_by_key(|(language, _)| *language);
        let vectors = by_language.into_iter().map(|(_, vectors)| vectors).collect();
        let mut sides = sides_of_vectors(&articles, vectors)?;
        learn_lengths_of(&articles, &mut sides);
        let fingerprint = fingerprint(vectors_fingerprint, &self.config);
        let config = with_background_of_vectors(&self.config, &sides.iter().collect::<Vec<_>>());
        let alignment = search_all(&sides, &config, &mut |_| ());
        self.bitext(articles, &sides, alignment, warnings, &fingerprint)
    }

    /// The vectors of an article's sentences, one per row, and their lengths in characters, made
    /// comparable between languages. Splits the article if it is not split.
    pub(crate) fn sentence_vectors(&self, article: &Article) -> Result<(Array2<f32>, Vec<f32>)> {
        self.preparer().sentence_vectors(article)
    }

    /// Checks that the model knows a language, or does not say which it knows.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::UnsupportedLanguage`](crate::ErrorKind::UnsupportedLanguage).
    pub(crate) fn check_language(&self, language: Language) -> Result<()> {
        let Some(known) = self.embedder.languages() else { return Ok(()) };
        if known.iter().any(|known| known.primary() == language.primary()) {
            return Ok(());
        }
        Err(Error::language_not_in_model(language, &self.embedder.fingerprint(), known))
    }

    fn preparer(&self) -> Preparer<'_> {
        let (embedder, splitter) = (self.embedder.as_ref(), self.splitter.as_ref());
        Preparer { embedder, splitter, config: &self.config }
    }

    /// The settings with the background of the embedder's model.
    fn config_with_background(&self) -> Result<AlignConfig> {
        let background = self.background()?;
        Ok(self.config.clone().with_background(background))
    }

    /// The background that similarities are measured against: that of the settings, or of the model.
    ///
    /// The first call measures that of the model, for which it embeds 198 short texts. The first
    /// alignment does the same. So call it before if you want to time or count embedding.
    ///
    /// # Errors
    ///
    /// Those of the embedder, and [`ErrorKind::VectorShape`](crate::ErrorKind::VectorShape) if it
    /// returns a matrix of another shape than it should.
    ///
    /// ```
    /// use bitext::Aligner;
    ///
    /// let background = Aligner::new().background()?;
    /// assert!(background.mean < 0.1);
    /// # Ok::<(), bitext::Error>(())
    /// ```
    pub fn background(&self) -> Result<Background> {
        if let Some(known) = self.config.background.as_ref().or(self.background.get()) {
            return Ok(*known);
        }
        let measured = if Weights::is_model_of_default(&self.embedder.fingerprint()) {
            Weights::embedded().background
        } else {
            Background::of_model(self.embedder.as_ref())?
        };
        Ok(*self.background.get_or_init(|| measured))
    }

    /// The bitext of an alignment, with warnings about the result added.
    fn bitext(
        &self,
        articles: Vec<Article>,
        sides: &[Side],
        alignment: SearchResult,
        mut warnings: Vec<Warning>,
        fingerprint: &str,
    ) -> Result<Bitext> {
        if alignment.approximate {
            warnings.push(Warning::Approximate);
        }
        let known: Vec<bool> =
            articles.iter().map(|article| !is_not_in_model(article, &warnings)).collect();
        let related = alignment.related(sides, self.config.min_coverage, &known);
        for (article, related) in articles.iter().zip(&related) {
            if !related {
                warnings.push(Warning::Unrelated { article: article.label().to_string() });
            }
        }
        let languages: Vec<Language> = articles.iter().map(Article::language).collect();
        let (units, pairs) =
            alignment.into_units(&languages, &self.config.weights().calibration)?;
        let unrelated = related.contains(&false);
        let id = shared_id(&articles).map(Id::from);
        Ok(Bitext::new(articles, units, pairs)?.with_optional_id(id).with_findings(
            unrelated,
            warnings,
            fingerprint.to_string(),
        ))
    }
}

/// The search, and the second pass for crossing text if the settings ask for it.
fn search_all(
    sides: &[Side],
    config: &AlignConfig,
    observe: &mut dyn FnMut(&PairSearch<'_>),
) -> SearchResult {
    let sides: Vec<&Side> = sides.iter().collect();
    let mut alignment = search_observed(&sides, config, observe);
    if config.crossing {
        add_crossing(&sides, config, &mut alignment);
    }
    alignment
}

/// Learns how long the translations are from the articles, for languages whose lengths are not known.
fn learn_lengths_of(articles: &[Article], sides: &mut [Side]) {
    let languages: Vec<Language> = articles.iter().map(Article::language).collect();
    learn_lengths(&languages, sides);
}

/// The settings with a background that is estimated from vectors, unless one is given.
pub(super) fn with_background_of_vectors(config: &AlignConfig, sides: &[&Side]) -> AlignConfig {
    let background = config.background.or_else(|| Background::of_sides(sides));
    AlignConfig { background, ..config.clone() }
}

fn collect<A>(articles: impl IntoIterator<Item = A>) -> Result<Vec<Article>>
where
    A: TryInto<Article>,
    Error: From<A::Error>,
{
    articles.into_iter().map(|article| Ok(article.try_into()?)).collect()
}

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
