//! The result of an alignment: articles, and which of their sentences correspond.

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
    /// Indexes of its sentences, from 0, ascending; never empty. They are consecutive unless a
    /// paragraph was inserted into what is one sentence in another language.
    pub sentences: Vec<usize>,
}

/// A group of sentences that correspond: a unit of a bitext over all languages, or a bead of two
/// languages.
#[derive(Clone, Debug, PartialEq)]
pub struct Unit {
    parts: Vec<Part>,
    score: f32,
    confidence: f32,
    crossing: bool,
    reviewed: bool,
}

impl Unit {
    /// Makes a unit from its parts, and sorts them by language.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidBitext`](crate::ErrorKind::InvalidBitext) if there is no part, a part is
    /// empty or not ascending, a language occurs twice, the score is not finite, or the confidence is
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

    /// Sets whether the unit is [`crossing`](Unit::crossing).
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

    /// Whether the text is at another place in another language, so that the unit crosses others.
    /// The aligner finds such units only with
    /// [`AlignConfig::crossing`](field@crate::align::AlignConfig::crossing).
    pub fn crossing(&self) -> bool {
        self.crossing
    }

    /// Sets whether the unit is [`reviewed`](Unit::reviewed).
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

    /// Whether a person made or confirmed the unit. An [`Aligner`](crate::Aligner) never sets it.
    pub fn reviewed(&self) -> bool {
        self.reviewed
    }

    /// The parts, one per language, in the order of the languages.
    pub fn parts(&self) -> &[Part] {
        &self.parts
    }

    /// The indexes of the sentences in a language, from 0; `None` if the unit has none.
    pub fn sentences(&self, language: Language) -> Option<&[usize]> {
        let part = self.parts.iter().find(|part| part.language == language)?;
        Some(&part.sentences)
    }

    /// Whether the unit is a sentence of one language, without a counterpart.
    pub fn is_null(&self) -> bool {
        self.parts.len() == 1
    }

    /// The mean margin similarity over the language pairs that have a bead in the unit. 0: no more
    /// similar than two arbitrary sentences of these articles; negative: less; 1: the same content.
    /// Null units have 0. Always finite.
    pub fn score(&self) -> f32 {
        self.score
    }

    /// The probability, 0 to 1, that the unit is exactly right. For a null unit: that the sentence
    /// has no counterpart.
    ///
    /// A unit has the lowest confidence of its beads. If it lacks a language, the probabilities that
    /// its sentences are unaligned in that language count too. A null unit has the highest confidence
    /// over the other languages, which is the best calibrated choice (`DESIGN.md`).
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

    /// The numbers of sentences by language, such as `1-2-1`.
    pub fn shape(&self) -> String {
        let sizes: Vec<String> =
            self.parts.iter().map(|part| part.sentences.len().to_string()).collect();
        sizes.join("-")
    }
}

/// The beads of two languages, finer than the units.
#[derive(Clone, Debug, PartialEq)]
pub struct LanguagePair {
    /// The first language.
    pub source: Language,
    /// The second language, later in the languages' order.
    pub target: Language,
    /// The beads in ascending order, each with both languages. [`crossing`](Unit::crossing) beads
    /// ascend in the source only.
    pub beads: Vec<Unit>,
}

/// Two or three aligned articles.
///
/// A bitext owns its articles. It has **units** over all languages and **beads** for each language
/// pair. Units are the smallest groups of sentences that are consistent over all languages, and each
/// sentence is in exactly one. Beads may be finer: if English {A}{B}, Ukrainian {AB} and German
/// {A}{B} correspond, they are one unit but two English-German beads.
///
/// Units are in reading order: in every language, their first sentences ascend. If several units
/// could be next, null units precede the others, English before Ukrainian before German.
/// [`crossing`](Unit::crossing) units are placed by their first language.
///
/// A bitext displays as a table. It serialises to the schema of `bitext align --jsonl` and back
/// without loss. [`Bitext::new`] makes a bitext from another tool's alignment.
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
    pairs: Vec<LanguagePair>,
    unrelated: bool,
    warnings: Vec<Warning>,
    fingerprint: String,
    /// The index of the unit, by article and sentence.
    unit_index: Vec<Vec<usize>>,
}

impl Bitext {
    /// Makes a bitext from articles, units and beads.
    ///
    /// Checks the order, that every sentence is in exactly one unit, and that every bead is within one
    /// unit. It does not check that the units are as small as the beads allow. Articles and pairs are
    /// sorted by language; a language pair that is not given has no beads.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::ArticleCount`](crate::ErrorKind::ArticleCount), [`ErrorKind::DuplicateLanguage`](crate::ErrorKind::DuplicateLanguage), and
    /// [`ErrorKind::InvalidBitext`](crate::ErrorKind::InvalidBitext), which says what is wrong.
    ///
    /// ```
    /// use bitext::{Article, Bitext, Id, Language, LanguagePair, Part, Unit};
    ///
    /// let (source, target) = (Language::ENGLISH, Language::GERMAN);
    /// let part = |language| Part { language, sentences: vec![0] };
    /// let unit = Unit::new(vec![part(source), part(target)], 0.7, 0.9)?;
    /// let articles = vec![
    ///     Article::from_sentences(target, ["Es regnete."]),
    ///     Article::from_sentences(source, ["It rained."]),
    /// ];
    /// let pair = LanguagePair { source, target, beads: vec![unit.clone()] };
    /// let bitext = Bitext::new(articles.clone(), vec![unit], vec![pair])?.with_id(7);
    /// assert_eq!(bitext.id(), Some(&Id::Integer(7)));
    /// assert!(bitext.languages().eq([source, target]));
    /// assert!(Bitext::new(articles, vec![], vec![]).is_err());
    /// # Ok::<(), bitext::Error>(())
    /// ```
    pub fn new(
        mut articles: Vec<Article>,
        units: Vec<Unit>,
        mut pairs: Vec<LanguagePair>,
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
                    pairs.push(LanguagePair { source, target, beads: Vec::new() });
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

    /// The id. An [`Aligner`](crate::Aligner) sets it if all articles have the same id;
    /// [`Bitext::with_id`] replaces it.
    pub fn id(&self) -> Option<&Id> {
        self.id.as_ref()
    }

    /// The articles in the order of their languages: English, Ukrainian, German, then others.
    pub fn articles(&self) -> &[Article] {
        &self.articles
    }

    /// The article in a language, if there is one.
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

    /// The units of two or more languages, with their texts, in reading order.
    ///
    /// This is the usual way to read a bitext. Line breaks and tabs inside a text become spaces. A
    /// unit of two of three languages has two texts.
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

    /// All units with their texts, in reading order. A null unit has one text.
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

    /// The beads of two languages, with their texts. The languages may be given in either order.
    ///
    /// With three languages, beads may be finer than the [`rows`](Bitext::rows). There are none if one
    /// of the languages is not in the bitext.
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

    /// The language pairs, each with its beads.
    pub fn language_pairs(&self) -> &[LanguagePair] {
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

    /// The text of a unit or bead in a language: the original text from its first sentence to its
    /// last, line breaks included. Sentences in between that belong to another unit are replaced by a
    /// space. `None` if the unit has no sentence in the language.
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

    /// Whether an article looks unrelated to all others.
    ///
    /// Two articles are unrelated if too little of their text lies in beads. The share is measured in
    /// characters of both articles, and each bead is weighted by its confidence. The limit is
    /// [`min_coverage`](field@crate::align::AlignConfig::min_coverage). An article without sentences
    /// is never unrelated, nor is one in a language that the model does not know
    /// ([`Warning::LanguageNotInModel`]).
    pub fn unrelated(&self) -> bool {
        self.unrelated
    }

    /// The warnings of the aligner.
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

    /// The fingerprint of the model and the settings that made this bitext.
    pub fn fingerprint(&self) -> &str {
        &self.fingerprint
    }
}
