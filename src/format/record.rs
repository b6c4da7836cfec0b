//! Rows of a training set.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use serde_json::Value;

use super::{Rows, Selection, fold};
use crate::{Bitext, Error, Language, Result, Unit};

/// A row of a training set: corresponding texts of two or more languages, with an id and scores. All
/// readers return records and all writers take them.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Record {
    /// The id of the row.
    pub id: Option<String>,
    /// The id of the document that the row is from.
    pub document: Option<String>,
    /// The margin similarity, or the score of another aligner; finite.
    pub score: Option<f32>,
    /// The probability that the row is right, 0 to 1.
    pub confidence: Option<f32>,
    /// Other values by name. If a file has a value under the name of a field above that cannot be that
    /// field, readers prefix its name with `x-`. Writers omit extras with the name of a field. Several
    /// values under one name are an array in their order.
    pub extra: BTreeMap<String, Value>,
    texts: Vec<(Language, String)>,
}

/// The names of the fields in files. Extras must not have them.
pub(super) const FIELDS: [&str; 5] = ["id", "translation", "document", "score", "confidence"];

impl Record {
    /// Makes a record from texts, and sorts them by language.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::DuplicateLanguage`](crate::ErrorKind::DuplicateLanguage); [`ErrorKind::ArticleCount`](crate::ErrorKind::ArticleCount) if there are fewer
    /// than two.
    ///
    /// ```
    /// use bitext::{Language, format::Record};
    ///
    /// let texts = [(Language::GERMAN, "Regen"), (Language::ENGLISH, "rain")];
    /// let record = Record::new(texts)?;
    /// assert_eq!(record.text(Language::GERMAN), Some("Regen"));
    /// assert_eq!(record.texts()[0].0, Language::ENGLISH);
    /// # Ok::<(), bitext::Error>(())
    /// ```
    pub fn new<S: Into<String>>(texts: impl IntoIterator<Item = (Language, S)>) -> Result<Record> {
        let mut texts: Vec<(Language, String)> =
            texts.into_iter().map(|(language, text)| (language, text.into())).collect();
        texts.sort_by_key(|(language, _)| *language);
        if let Some(twice) = texts.windows(2).find(|pair| pair[0].0 == pair[1].0) {
            return Err(Error::duplicate_language(twice[0].0));
        }
        if texts.len() < 2 {
            return Err(Error::article_count(texts.len()));
        }
        let (id, document, score, confidence) = (None, None, None, None);
        Ok(Record { id, document, score, confidence, extra: BTreeMap::new(), texts })
    }

    /// Adds a value under a name that may be the name of a field.
    pub(super) fn add_extra(&mut self, name: &str, value: Value) {
        let name = if FIELDS.contains(&name) { format!("x-{name}") } else { name.to_string() };
        match self.extra.entry(name) {
            Entry::Vacant(free) => {
                free.insert(value);
            }
            Entry::Occupied(mut there) => match there.get_mut() {
                Value::Array(all) => all.push(value),
                one => *one = Value::Array(vec![one.take(), value]),
            },
        }
    }

    /// Refuses a record with a text in a language for which the output has no place.
    pub(super) fn check_languages(&self, languages: &[Language]) -> Result<()> {
        match self.texts.iter().find(|(language, _)| !languages.contains(language)) {
            None => Ok(()),
            Some((missing, _)) => {
                let why = format!("the output has no place for `{missing}`: name all languages");
                Err(Error::unwritable(why))
            }
        }
    }

    /// The texts, at least two, in the order of the languages.
    pub fn texts(&self) -> &[(Language, String)] {
        &self.texts
    }

    /// The texts to change; the languages stay.
    pub(crate) fn texts_mut(&mut self) -> impl Iterator<Item = (&Language, &mut String)> {
        self.texts.iter_mut().map(|(language, text)| (&*language, text))
    }

    /// The text in a language, if there is one.
    pub fn text(&self, language: Language) -> Option<&str> {
        let found = self.texts.iter().find(|(of, _)| *of == language);
        found.map(|(_, text)| text.as_str())
    }

    /// Keeps the texts of some languages only. A text in `en-US` counts as `en` and the reverse; it gets
    /// the code that was asked for. `None` if the record lacks one of the languages.
    ///
    /// ```
    /// use bitext::{Language, format::Record};
    ///
    /// let record = Record::new([("en-US".parse()?, "rain"), (Language::GERMAN, "Regen")])?;
    /// let both = [Language::ENGLISH, Language::GERMAN];
    /// assert_eq!(record.clone().only(&both).unwrap().text(Language::ENGLISH), Some("rain"));
    /// assert!(record.only(&[Language::UKRAINIAN, Language::GERMAN]).is_none());
    /// # Ok::<(), bitext::Error>(())
    /// ```
    pub fn only(mut self, languages: &[Language]) -> Option<Record> {
        let mut texts = Vec::with_capacity(languages.len());
        for &language in languages {
            let exact = self.texts.iter().position(|(of, _)| *of == language);
            let alike = || self.texts.iter().position(|(of, _)| of.primary() == language.primary());
            let found = exact.or_else(alike)?;
            texts.push((language, std::mem::take(&mut self.texts[found].1)));
        }
        texts.sort_by_key(|(language, _)| *language);
        self.texts = texts;
        Some(self)
    }
}

/// Makes records of the selected units or beads of a bitext. White space is folded, and null units are
/// left out.
///
/// The document is the id of the bitext. The id of a record is the document with the index of the
/// unit, such as `a1#3`, or of the bead, such as `a1#en-uk#3`. It does not depend on the selection.
///
/// ```
/// use bitext::format::{Selection, records};
/// use bitext::{Aligner, Article, Id, Language};
///
/// let bitext = Aligner::new().align([
///     Article::from_sentences(Language::ENGLISH, ["The bridge is closed.", "Share this page"]),
///     Article::from_sentences(Language::GERMAN, ["Die Brücke ist gesperrt."]),
/// ])?;
/// let bitext = bitext.with_id("a1");
/// let records = records(&bitext, &Selection::units());
/// assert_eq!((records.len(), records[0].id.as_deref()), (1, Some("a1#0")));
/// # Ok::<(), bitext::Error>(())
/// ```
pub fn records(bitext: &Bitext, selection: &Selection) -> Vec<Record> {
    let document = bitext.id().map(ToString::to_string);
    let record = |unit: &Unit, number: usize, pair: Option<(Language, Language)>| {
        let chosen = unit.confidence() >= selection.min_confidence && !unit.is_null();
        let texts = unit
            .parts()
            .iter()
            .filter(|_| chosen)
            .filter_map(|part| Some((part.language, fold(&bitext.text(unit, part.language)?))));
        let mut record = Record::new(texts).ok()?;
        record.id = document.as_ref().map(|document| match pair {
            None => format!("{document}#{number}"),
            Some((one, other)) => format!("{document}#{one}-{other}#{number}"),
        });
        record.document = document.clone();
        record.score = Some(unit.score());
        record.confidence = Some(unit.confidence());
        if unit.crossing() {
            record.extra.insert("crossing".to_string(), Value::Bool(true));
        }
        Some(record)
    };
    match &selection.rows {
        Rows::Units => {
            let units = bitext.units().iter().enumerate();
            units.filter_map(|(at, unit)| record(unit, at, None)).collect()
        }
        Rows::Beads(pairs) => {
            let mut all = Vec::new();
            for &(one, other) in pairs {
                let pair = (one.min(other), one.max(other));
                let beads = bitext.beads(one, other).iter().enumerate();
                all.extend(beads.filter_map(|(at, bead)| record(bead, at, Some(pair))));
            }
            all
        }
    }
}
