//! The result of an alignment: articles, and which of their sentences correspond.

mod check;
pub(crate) mod groups;
mod row;
mod unit;

use std::borrow::Cow;

use check::{check_beads, index_units};
pub use row::Row;
pub use unit::{LanguagePair, Part, Unit};

use crate::{Article, Error, Id, Language, Result, Warning};

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
        units.map(|unit| self.row(unit))
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
        self.units.iter().map(|unit| self.row(unit))
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
        self.beads(one, other).iter().map(|bead| self.row(bead))
    }

    fn row<'b>(&'b self, unit: &'b Unit) -> Row<'b> {
        let text = |language| Some((language, self.text(unit, language)?));
        Row::new(unit, self.languages().filter_map(text))
    }

    /// The language pairs, each with its beads.
    pub fn language_pairs(&self) -> &[LanguagePair] {
        &self.pairs
    }

    /// The beads of two languages, which may be given in either order. Empty if one of the
    /// languages is not in the bitext.
    ///
    /// ```
    /// use bitext::{Aligner, Language};
    ///
    /// let bitext = Aligner::new().align([("en", "The bridge is closed."), ("de", "Die Brücke ist gesperrt.")])?;
    /// let beads = bitext.beads(Language::GERMAN, Language::ENGLISH);
    /// assert_eq!((beads.len(), beads[0].shape().as_str()), (1, "1-1"));
    /// # Ok::<(), bitext::Error>(())
    /// ```
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
        if rest.is_empty() {
            return Some(Cow::Borrowed(first));
        }
        Some(Cow::Owned([&[first], rest.as_slice()].concat().join(" ")))
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
