//! The result: articles and the sentences that correspond.

mod check;
pub(crate) mod groups;
mod row;

use std::borrow::Cow;

use check::{check_beads, index_units};
pub use row::Row;

use crate::{Article, Error, Id, Language, Result, Warning};

/// Sentences of one language.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// The language.
    pub language: Language,
    /// Indices of its sentences, from 0, ascending; never empty. They follow
    /// each other but where a paragraph was inserted between what is one
    /// sentence in another language.
    pub sentences: Vec<usize>,
}

/// A group of sentences that correspond: a unit of the bitext, or a bead of
/// two of its languages.
#[derive(Clone, Debug, PartialEq)]
pub struct Unit {
    parts: Vec<Part>,
    score: f32,
    confidence: f32,
    crossing: bool,
    reviewed: bool,
}

impl Unit {
    /// A unit from its parts; they are put in the order of the languages.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidBitext`](crate::ErrorKind::InvalidBitext) where there is no part, a part is empty or does
    /// not ascend, a language comes twice, the score is not finite, or the confidence is
    /// not in 0..=1.
    ///
    /// ```
    /// use bitext::{Language, Part, Unit};
    ///
    /// let german = Part { language: Language::GERMAN, sentences: vec![4] };
    /// let english = Part { language: Language::ENGLISH, sentences: vec![3, 4] };
    /// let unit = Unit::new(vec![german.clone(), english], 0.6, 0.9)?;
    /// assert_eq!((unit.shape().as_str(), unit.is_null(), unit.score()), ("2-1", false, 0.6));
    /// assert_eq!(unit.parts()[0].language, Language::ENGLISH);
    /// assert_eq!(unit.sentences(Language::ENGLISH), Some(&[3, 4][..]));
    /// assert!(Unit::new(vec![german.clone(), german], 0.6, 0.9).is_err());
    /// # Ok::<(), bitext::Error>(())
    /// ```
    pub fn new(mut parts: Vec<Part>, score: f32, confidence: f32) -> Result<Unit> {
        parts.sort_by_key(|part| part.language);
        let refuse = |why: &str| Err(Error::bitext(format!("a unit {why}")));
        if parts.is_empty() || parts.iter().any(|part| part.sentences.is_empty()) {
            return refuse("without sentences");
        }
        let ascends = |part: &Part| part.sentences.windows(2).all(|pair| pair[0] < pair[1]);
        if !parts.iter().all(ascends) {
            return refuse("whose sentences do not ascend");
        }
        if parts.windows(2).any(|pair| pair[0].language == pair[1].language) {
            return refuse("with a language twice");
        }
        if !score.is_finite() || !(0.0..=1.0).contains(&confidence) {
            return refuse("whose score or confidence is out of range");
        }
        Ok(Unit { parts, score, confidence, crossing: false, reviewed: false })
    }

    /// Marks it as text that stands elsewhere in another language, or not.
    ///
    /// ```
    /// use bitext::{Language, Part, Unit};
    ///
    /// let part = |language, sentence| Part { language, sentences: vec![sentence] };
    /// let unit = Unit::new(vec![part(Language::ENGLISH, 0), part(Language::GERMAN, 7)], 0.6, 0.9)?;
    /// assert!(unit.with_crossing(true).crossing());
    /// # Ok::<(), bitext::Error>(())
    /// ```
    pub fn with_crossing(mut self, crossing: bool) -> Unit {
        self.crossing = crossing;
        self
    }

    /// Whether it is out of order: text that stands elsewhere in another
    /// language. There are none unless they were looked for with
    /// [`AlignConfig::crossing`](crate::align::AlignConfig::crossing).
    pub fn crossing(&self) -> bool {
        self.crossing
    }

    /// Marks it as what a person has made or confirmed, or not.
    ///
    /// ```
    /// use bitext::{Language, Part, Unit};
    ///
    /// let alone = Part { language: Language::ENGLISH, sentences: vec![0] };
    /// let unit = Unit::new(vec![alone], 0.0, 1.0)?;
    /// assert!(!unit.reviewed());
    /// assert!(unit.with_reviewed(true).reviewed());
    /// # Ok::<(), bitext::Error>(())
    /// ```
    pub fn with_reviewed(mut self, reviewed: bool) -> Unit {
        self.reviewed = reviewed;
        self
    }

    /// Whether a person has made or confirmed it: never so in what an
    /// [`Aligner`](crate::Aligner) gives.
    pub fn reviewed(&self) -> bool {
        self.reviewed
    }

    /// Its parts, one for each of its languages, in the languages' order.
    pub fn parts(&self) -> &[Part] {
        &self.parts
    }

    /// Its sentences in a language, as indices from 0; `None` where it has
    /// none.
    pub fn sentences(&self, language: Language) -> Option<&[usize]> {
        let part = self.parts.iter().find(|part| part.language == language)?;
        Some(&part.sentences)
    }

    /// Whether it is one sentence of one language, without a counterpart.
    pub fn is_null(&self) -> bool {
        self.parts.len() == 1
    }

    /// Mean margin similarity over its language pairs (those that have a bead in
    /// it): 0 for what any two
    /// sentences of these articles have in common, 1 for the same content; 0
    /// for a null unit. Finite.
    pub fn score(&self) -> f32 {
        self.score
    }

    /// The probability that it is exactly right, 0 to 1; of a null unit, that
    /// the sentence corresponds to nothing.
    ///
    /// A unit's is that of the least sure of its beads, and of its sentences'
    /// being without a counterpart in a language that it lacks. A null unit's is
    /// that of the surest of the other languages: how often those are right
    /// comes nearest to it (`DESIGN.md`).
    ///
    /// ```
    /// use bitext::{Language, Part, Unit};
    ///
    /// let part = |language| Part { language, sentences: vec![0] };
    /// let unit = Unit::new(vec![part(Language::ENGLISH), part(Language::GERMAN)], 0.6, 0.9)?;
    /// assert_eq!(unit.confidence(), 0.9);
    /// # Ok::<(), bitext::Error>(())
    /// ```
    pub fn confidence(&self) -> f32 {
        self.confidence
    }

    /// Numbers of sentences by language, such as `1-2-1`.
    pub fn shape(&self) -> String {
        let sizes: Vec<String> =
            self.parts.iter().map(|part| part.sentences.len().to_string()).collect();
        sizes.join("-")
    }
}

/// The beads of two languages, finer than the units.
#[derive(Clone, Debug, PartialEq)]
pub struct Pair {
    /// The first language.
    pub source: Language,
    /// The second language, later in the languages' order.
    pub target: Language,
    /// The beads in ascending order, each with both languages; those that are
    /// [`crossing`](Unit::crossing) ascend with the others in the source only.
    pub beads: Vec<Unit>,
}

/// Two or three aligned articles.
///
/// It owns the articles and holds both the **units**, the smallest groups of
/// sentences that are consistent over all languages (each sentence is in
/// exactly one), and for each two languages the **beads**, of which the
/// units are the closure: where English {A}{B}, Ukrainian {AB} and German
/// {A}{B} are one unit, there are still two English-German beads.
///
/// Units are in reading order: in every language their first sentences ascend.
/// Where that leaves a choice, null units come first, English before Ukrainian
/// before German. Units that are [`crossing`](Unit::crossing) stand at the place
/// of their first language's first sentence.
///
/// [`Bitext::new`] makes one of an alignment from elsewhere. Serialises to the schema of `bitext align --jsonl` and back without loss.
///
/// ```
/// use bitext::{Aligner, Article, Language};
///
/// let bitext = Aligner::new().align([
///     Article::new(Language::ENGLISH, "The bridge is closed. Nobody was hurt in the storm."),
///     Article::new(Language::GERMAN, "Die Brücke ist gesperrt. Im Sturm wurde niemand verletzt."),
/// ])?;
/// for row in bitext.rows() {
///     for (language, text) in row.texts() {
///         println!("{language}: {text}");
///     }
/// }
/// assert_eq!((bitext.units().len(), bitext.language_pairs().len()), (2, 1));
/// assert_eq!(bitext.articles()[1].language(), Language::GERMAN);
/// assert_eq!(bitext.article(Language::UKRAINIAN), None);
/// assert_eq!(bitext.unit_of(Language::GERMAN, 1), Some(&bitext.units()[1]));
/// # Ok::<(), bitext::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Bitext {
    id: Option<Id>,
    articles: Vec<Article>,
    units: Vec<Unit>,
    pairs: Vec<Pair>,
    unrelated: bool,
    warnings: Vec<Warning>,
    fingerprint: String,
    /// By article and sentence: the index of its unit.
    unit_index: Vec<Vec<usize>>,
}

impl Bitext {
    /// A bitext from its articles, units and beads. Checked are the order and
    /// that every sentence is in exactly one unit and every bead in one unit;
    /// that the units are no larger than the beads ask for is the caller's
    /// business. Articles and pairs are put in the
    /// languages' order; languages without a pair get an empty one.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::ArticleCount`](crate::ErrorKind::ArticleCount), [`ErrorKind::DuplicateLanguage`](crate::ErrorKind::DuplicateLanguage), and
    /// [`ErrorKind::InvalidBitext`](crate::ErrorKind::InvalidBitext) saying what does not hold.
    ///
    /// ```
    /// use bitext::{Article, Bitext, Id, Language, Pair, Part, Unit};
    ///
    /// let (source, target) = (Language::ENGLISH, Language::GERMAN);
    /// let part = |language| Part { language, sentences: vec![0] };
    /// let unit = Unit::new(vec![part(source), part(target)], 0.7, 0.9)?;
    /// let articles = vec![
    ///     Article::from_sentences(target, ["Es regnete."]),
    ///     Article::from_sentences(source, ["It rained."]),
    /// ];
    /// let pair = Pair { source, target, beads: vec![unit.clone()] };
    /// let bitext = Bitext::new(articles.clone(), vec![unit], vec![pair])?.with_id(7);
    /// assert_eq!(bitext.id(), Some(&Id::Integer(7)));
    /// assert!(bitext.languages().eq([source, target]));
    /// assert!(Bitext::new(articles, vec![], vec![]).is_err());
    /// # Ok::<(), bitext::Error>(())
    /// ```
    pub fn new(
        mut articles: Vec<Article>,
        units: Vec<Unit>,
        mut pairs: Vec<Pair>,
    ) -> Result<Bitext> {
        articles.sort_by_key(Article::language);
        let languages: Vec<Language> = articles.iter().map(Article::language).collect();
        if !(2..=3).contains(&articles.len()) {
            return Err(Error::article_count(articles.len()));
        }
        if let Some(twice) = languages.windows(2).find(|pair| pair[0] == pair[1]) {
            return Err(Error::duplicate_language(twice[0]));
        }
        let unit_index = index_units(&articles, &units)?;
        for (at, &source) in languages.iter().enumerate() {
            for &target in &languages[at + 1..] {
                if !pairs.iter().any(|pair| (pair.source, pair.target) == (source, target)) {
                    pairs.push(Pair { source, target, beads: Vec::new() });
                }
            }
        }
        pairs.sort_by_key(|pair| (pair.source, pair.target));
        if pairs.len() != languages.len() * (languages.len() - 1) / 2 {
            return Err(Error::bitext("a pair twice, or of other languages"));
        }
        for pair in &pairs {
            check_beads(pair, &articles, &units, &unit_index)?;
        }
        Ok(Bitext {
            id: None,
            articles,
            units,
            pairs,
            unrelated: false,
            warnings: Vec::new(),
            fingerprint: String::new(),
            unit_index,
        })
    }

    /// Sets the id.
    pub fn with_id(self, id: impl Into<Id>) -> Bitext {
        self.with_optional_id(Some(id.into()))
    }

    pub(crate) fn with_optional_id(mut self, id: Option<Id>) -> Bitext {
        self.id = id;
        self
    }

    pub(crate) fn with_findings(
        mut self,
        unrelated: bool,
        warnings: Vec<Warning>,
        fingerprint: String,
    ) -> Bitext {
        self.unrelated = unrelated;
        self.warnings = warnings;
        self.fingerprint = fingerprint;
        self
    }

    /// The id: the one given with [`Bitext::with_id`], else, of what an [`Aligner`](crate::Aligner)
    /// made, the one that all articles share.
    pub fn id(&self) -> Option<&Id> {
        self.id.as_ref()
    }

    /// The articles, English before Ukrainian before German before others.
    pub fn articles(&self) -> &[Article] {
        &self.articles
    }

    /// The article in a language.
    pub fn article(&self, language: Language) -> Option<&Article> {
        self.articles.iter().find(|article| article.language() == language)
    }

    /// The languages, in order.
    pub fn languages(&self) -> impl Iterator<Item = Language> + '_ {
        self.articles.iter().map(Article::language)
    }

    /// The units, in reading order.
    pub fn units(&self) -> &[Unit] {
        &self.units
    }

    /// The texts of the units that have two languages or more, in reading order: what most
    /// callers want. Line breaks and tabs inside a text are spaces; null units are left
    /// out, and a unit of two of three languages has two texts.
    ///
    /// ```
    /// use bitext::{Aligner, Article, Language};
    ///
    /// let bitext = Aligner::new().align([
    ///     Article::new(Language::ENGLISH, "The library reopens on Monday. Share this post:"),
    ///     Article::new(Language::GERMAN, "Die Bibliothek öffnet am Montag wieder."),
    /// ])?;
    /// assert_eq!((bitext.units().len(), bitext.rows().count()), (2, 1));
    /// for row in bitext.rows() {
    ///     for (language, text) in row.texts() {
    ///         println!("{language}: {text}");
    ///     }
    /// }
    /// # Ok::<(), bitext::Error>(())
    /// ```
    pub fn rows(&self) -> impl Iterator<Item = Row<'_>> {
        let units = self.units.iter().filter(|unit| !unit.is_null());
        units.map(|unit| Row::new(self, unit))
    }

    /// The texts of all units, in reading order, null units included: those have one text.
    ///
    /// ```
    /// use bitext::Aligner;
    ///
    /// let bitext = Aligner::new().align([
    ///     ("en", "The library reopens on Monday. Share this post:"),
    ///     ("de", "Die Bibliothek öffnet am Montag wieder."),
    /// ])?;
    /// let unaligned = bitext.rows_with_nulls().find(|row| row.is_null()).unwrap();
    /// assert!(unaligned.texts().eq([("en".parse()?, "Share this post:")]));
    /// # Ok::<(), bitext::Error>(())
    /// ```
    pub fn rows_with_nulls(&self) -> impl Iterator<Item = Row<'_>> {
        self.units.iter().map(|unit| Row::new(self, unit))
    }

    /// The texts of the beads of two languages, which may be given in either order: finer than
    /// [`rows`](Bitext::rows) if there are three languages. Empty if one of the languages is not in
    /// the bitext.
    ///
    /// ```
    /// use bitext::{Aligner, Language};
    ///
    /// let bitext = Aligner::new().align([
    ///     ("en", "The library reopens on Monday. Share this post:"),
    ///     ("de", "Die Bibliothek öffnet am Montag wieder."),
    ///     ("uk", "Бібліотека знову відкриється в понеділок."),
    /// ])?;
    /// for row in bitext.rows_between(Language::UKRAINIAN, Language::GERMAN) {
    ///     let text = |language| row.text(language).unwrap_or_default();
    ///     println!("{}\t{}", text(Language::UKRAINIAN), text(Language::GERMAN));
    /// }
    /// # assert_eq!(bitext.rows_between(Language::UKRAINIAN, Language::GERMAN).count(), 1);
    /// # Ok::<(), bitext::Error>(())
    /// ```
    pub fn rows_between(&self, one: Language, other: Language) -> impl Iterator<Item = Row<'_>> {
        self.beads(one, other).iter().map(|bead| Row::new(self, bead))
    }

    /// The beads of all pairs of languages.
    pub fn language_pairs(&self) -> &[Pair] {
        &self.pairs
    }

    /// The beads of two languages, which may be given in either order. Empty if one of the
    /// languages is not in the bitext.
    pub fn beads(&self, one: Language, other: Language) -> &[Unit] {
        let languages = (one.min(other), one.max(other));
        let pair = self.pairs.iter().find(|pair| (pair.source, pair.target) == languages);
        pair.map_or(&[], |pair| &pair.beads)
    }

    /// The unit that a sentence is in.
    pub fn unit_of(&self, language: Language, sentence: usize) -> Option<&Unit> {
        let article = self.articles.iter().position(|article| article.language() == language)?;
        self.units.get(*self.unit_index.get(article)?.get(sentence)?)
    }

    /// The text of a unit or bead in a language as it stands in the article,
    /// from its first sentence to its last; where sentences between are none of
    /// its own they are left out, and a space is there instead. `None` where it
    /// has none.
    ///
    /// ```
    /// use bitext::{Aligner, Article, Language};
    ///
    /// let bitext = Aligner::new().align([
    ///     Article::from_sentences(Language::ENGLISH, ["The bridge is closed."]),
    ///     Article::from_sentences(Language::GERMAN, ["Die Brücke ist gesperrt."]),
    /// ])?;
    /// let text = bitext.text(&bitext.units()[0], Language::GERMAN);
    /// assert_eq!(text.as_deref(), Some("Die Brücke ist gesperrt."));
    /// # Ok::<(), bitext::Error>(())
    /// ```
    pub fn text(&self, unit: &Unit, language: Language) -> Option<Cow<'_, str>> {
        let article = self.article(language)?;
        let sentences = unit.sentences(language)?;
        let mut runs = sentences.chunk_by(|one, next| one + 1 == *next);
        let passage = |run: &[usize]| article.passage(*run.first()?..run.last()? + 1);
        let first = passage(runs.next()?)?;
        let rest: Vec<&str> = runs.map(passage).collect::<Option<_>>()?;
        Some(match rest.is_empty() {
            true => Cow::Borrowed(first),
            false => Cow::Owned([&[first], rest.as_slice()].concat().join(" ")),
        })
    }

    /// Whether an article looks unrelated to all the others.
    ///
    /// Of each two articles, the share of text (in characters, both sides
    /// together) that lies in beads, each weighted by its confidence, is
    /// measured. An article is unrelated to another where that share is below
    /// [`min_coverage`](crate::align::AlignConfig::min_coverage). An article
    /// without sentences says nothing and never counts as unrelated, nor does one in a language
    /// that the model does not know ([`Warning::LanguageNotInModel`]).
    pub fn unrelated(&self) -> bool {
        self.unrelated
    }

    /// What was noticed on the way and did not stop it.
    ///
    /// ```
    /// use bitext::{Aligner, Article, Language, Warning};
    ///
    /// let aligner = Aligner::new();
    /// let bitext = aligner.align([
    ///     Article::new(Language::ENGLISH, "Die Brücke ist gesperrt. Im Sturm wurde niemand verletzt."),
    ///     Article::new(Language::UKRAINIAN, "Ціни на пшеницю зросли на чотири відсотки."),
    /// ])?;
    /// assert!(bitext.unrelated());
    /// assert!(bitext.warnings()[0].to_string().contains("German"));
    /// let unrelated = Warning::Unrelated { article: "uk".to_string() };
    /// assert!(bitext.warnings().contains(&unrelated));
    /// assert_eq!(bitext.fingerprint(), aligner.fingerprint());
    /// # Ok::<(), bitext::Error>(())
    /// ```
    pub fn warnings(&self) -> &[Warning] {
        &self.warnings
    }

    /// Names the model and the settings that made this bitext.
    pub fn fingerprint(&self) -> &str {
        &self.fingerprint
    }
}
