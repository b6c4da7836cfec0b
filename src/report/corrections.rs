//! What a person has corrected on a page, put into the bitext.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use serde::Deserialize;
use serde_json::value::RawValue;
use xxhash_rust::xxh3::Xxh3;

use super::beads;
use crate::bitext::groups::{MAX_LANGUAGES, SentenceGroup, reading_order_with};
use crate::json::{parse_id, parse_object};
use crate::{Bitext, Error, ErrorKind, Id, Language, Part, Result, Unit};

/// The version of the schema that pages write, and the latest that is read.
pub const CORRECTIONS_VERSION: u32 = 1;

/// Why a line of corrections cannot be used. Sentences count from 0.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CorrectionError {
    /// It is not what a page saves.
    #[error("not a line of corrections: {0}")]
    Malformed(String),
    /// It was saved by a later release.
    #[error(
        "corrections of version {0}, this release reads up to {CORRECTIONS_VERSION}: update bitext"
    )]
    Version(u32),
    /// No bitext of that id has those sentences.
    #[error(
        "no bitext of id {id} has these sentences: the corrections belong to another file, or its texts were changed since"
    )]
    NoSuchBitext {
        /// The id, as JSON.
        id: String,
    },
    /// A unit is in a language that the bitext does not have.
    #[error("unit {unit} has `{key}`, which is no language of the bitext")]
    NoSuchLanguage {
        /// The unit, among those of the line, from 0.
        unit: usize,
        /// The key.
        key: String,
    },
    /// A unit has a sentence that the article does not have.
    #[error("unit {unit} has sentence {sentence} of `{language}`, which has {len} sentences")]
    NoSuchSentence {
        /// The unit, among those of the line, from 0.
        unit: usize,
        /// The language.
        language: Language,
        /// The sentence.
        sentence: usize,
        /// Sentences of the article.
        len: usize,
    },
    /// A sentence is in two units of the line, or twice in one.
    #[error("sentence {sentence} of `{language}` is in unit {unit}, and was there before")]
    SentenceTwice {
        /// The unit, among those of the line, from 0.
        unit: usize,
        /// The language.
        language: Language,
        /// The sentence.
        sentence: usize,
    },
    /// The units take a part of a unit and do not say where the rest belongs.
    #[error(
        "sentence {sentence} of `{language}` is left alone: its unit was taken apart, and no unit of the line has it (was the file aligned again?)"
    )]
    SentenceLeft {
        /// The language.
        language: Language,
        /// The sentence.
        sentence: usize,
    },
    /// Units of the line are left out, since a later line says otherwise of their sentences.
    /// Its other units are put in.
    #[error("{units} of its units left out: {by} says otherwise")]
    Overruled {
        /// How many units.
        units: usize,
        /// The later line, by file and number.
        by: String,
    },
    /// The units and those of the bitext do not make a bitext.
    #[error("the corrected units do not fit: {0}")]
    Units(String),
}

impl From<CorrectionError> for Error {
    fn from(error: CorrectionError) -> Error {
        Error::new(ErrorKind::InvalidCorrection, error.to_string()).with_source(error)
    }
}

/// The corrections of one bitext.
///
/// As a line of JSON:
///
/// ```json
/// {"format": "bitext-corrections", "format_version": 1, "id": "a1", "text": "5f0c...",
///  "units": [{"en": [3], "de": [5]}, {"en": [4]}]}
/// ```
///
/// ```
/// use bitext::report::{Correction, CorrectionError, text_key};
/// use bitext::{Aligner, Article, Language};
///
/// let bitext = Aligner::new().align([
///     Article::from_sentences(Language::ENGLISH, ["It rained all day."]),
///     Article::from_sentences(Language::GERMAN, ["Es regnete den ganzen Tag."]),
/// ])?;
/// let line = |key: &str| format!(
///     r#"{{"format":"bitext-corrections","format_version":1,"text":"{key}","units":[{{"en":[0],"de":[0]}}]}}"#
/// );
/// let corrected = Correction::parse(&line(&text_key(&bitext)))?.apply(&bitext)?;
/// assert!(corrected.units()[0].reviewed() && corrected.units()[0].confidence() == 1.0);
/// let of_another = Correction::parse(&line("0123456789abcdef"))?.apply(&bitext);
/// assert!(matches!(of_another, Err(CorrectionError::NoSuchBitext { .. })));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// `text` is the [`text_key`] of the bitext, `units` are those that a person has made or
/// confirmed; all others stay. A unit may be `"crossing": true`.
#[derive(Clone, Debug, PartialEq)]
pub struct Correction {
    /// The id of the bitext.
    pub id: Option<Id>,
    /// Its [`text_key`].
    pub text: String,
    units: Vec<UnitLine>,
}

/// Sentences by language code, and whether they are out of order.
#[derive(Clone, Debug, PartialEq, Deserialize)]
struct UnitLine {
    #[serde(default)]
    crossing: bool,
    #[serde(flatten)]
    parts: BTreeMap<String, Vec<usize>>,
}

#[derive(Deserialize)]
struct CorrectionLine<'a> {
    format: String,
    format_version: u32,
    #[serde(borrow, default)]
    id: Option<&'a RawValue>,
    text: String,
    units: Vec<UnitLine>,
}

/// A key of the sentences of a bitext, 16 hexadecimal digits: corrections name
/// by it what they were made on. It does not depend on the alignment.
pub fn text_key(bitext: &Bitext) -> String {
    let mut hash = Xxh3::new();
    let mut add = |text: &str| {
        hash.update(&(text.len() as u64).to_le_bytes());
        hash.update(text.as_bytes());
    };
    for article in bitext.articles() {
        add(article.language().code());
        add(&article.len().to_string());
        article.sentences().for_each(&mut add);
    }
    format!("{:016x}", hash.digest())
}

impl Correction {
    /// Reads a line that a page has saved.
    ///
    /// # Errors
    ///
    /// [`CorrectionError::Malformed`] and [`CorrectionError::Version`].
    pub fn parse(line: &str) -> Result<Correction, CorrectionError> {
        let fields: CorrectionLine<'_> = parse_object(line).map_err(malformed)?;
        if fields.format != "bitext-corrections" {
            let why = "`format` must be \"bitext-corrections\"".to_string();
            return Err(CorrectionError::Malformed(why));
        }
        if fields.format_version > CORRECTIONS_VERSION {
            return Err(CorrectionError::Version(fields.format_version));
        }
        let id = parse_id(fields.id).map_err(malformed)?;
        Ok(Correction { id, text: fields.text, units: fields.units })
    }

    /// The bitext with these corrections: the given units are
    /// [`reviewed`](Unit::reviewed) and have confidence 1, as a person is sure of
    /// them. One that is as before keeps score and beads. A new one has a bead for
    /// each two languages, of all its sentences, unless finer beads of before hold just
    /// these; its score is the mean of the scores of the beads that went into it, 0
    /// where there are none.
    ///
    /// # Errors
    ///
    /// What contradicts itself or the bitext, see [`CorrectionError`].
    pub fn apply(&self, bitext: &Bitext) -> Result<Bitext, CorrectionError> {
        if self.text != text_key(bitext) {
            return Err(self.nowhere());
        }
        corrected(bitext, &self.given(bitext)?)
    }

    /// The units of the line, each checked against the bitext.
    pub(super) fn given(&self, bitext: &Bitext) -> Result<Vec<Unit>, CorrectionError> {
        let mut seen = BTreeSet::new();
        let mut given = Vec::with_capacity(self.units.len());
        for (unit, line) in self.units.iter().enumerate() {
            let mut parts = Vec::with_capacity(line.parts.len());
            for (key, sentences) in &line.parts {
                let article = { bitext.articles().iter() }
                    .find(|article| article.language().code() == key)
                    .ok_or_else(|| CorrectionError::NoSuchLanguage { unit, key: key.clone() })?;
                let (language, len) = (article.language(), article.len());
                for &sentence in sentences {
                    if sentence >= len {
                        return Err(CorrectionError::NoSuchSentence {
                            unit,
                            language,
                            sentence,
                            len,
                        });
                    }
                    if !seen.insert((language, sentence)) {
                        return Err(CorrectionError::SentenceTwice { unit, language, sentence });
                    }
                }
                parts.push(Part { language, sentences: sentences.clone() });
            }
            let built = Unit::new(parts, 0.0, 1.0).map_err(refused)?;
            given.push(built.with_crossing(line.crossing));
        }
        Ok(given)
    }

    pub(super) fn nowhere(&self) -> CorrectionError {
        CorrectionError::NoSuchBitext { id: id_json(self.id.as_ref()) }
    }
}

/// A bitext with units in the place of those that hold their sentences.
pub(super) fn corrected(bitext: &Bitext, given: &[Unit]) -> Result<Bitext, CorrectionError> {
    let taken: BTreeSet<(Language, usize)> = given.iter().flat_map(sentences).collect();
    let (mut kept, mut old) = (Vec::new(), Vec::new());
    for unit in bitext.units() {
        match sentences(unit).any(|sentence| taken.contains(&sentence)) {
            true => old.push(unit),
            false => kept.push(unit.clone()),
        }
    }
    let left = old.iter().flat_map(|unit| sentences(unit)).find(|at| !taken.contains(at));
    if let Some((language, sentence)) = left {
        return Err(CorrectionError::SentenceLeft { language, sentence });
    }
    let pairs = beads::corrected(bitext, given, &old).map_err(refused)?;
    let given = given.iter().map(|unit| match old.iter().find(|old| is_same(old, unit)) {
        Some(old) => Unit::new(old.parts().to_vec(), old.score(), 1.0)
            .map(|unit| unit.with_crossing(old.crossing())),
        None => Unit::new(unit.parts().to_vec(), beads::score(bitext, unit), 1.0)
            .map(|new| new.with_crossing(unit.crossing())),
    });
    let given: Vec<Unit> = given.collect::<Result<_>>().map_err(refused)?;
    kept.extend(given.into_iter().map(|unit| unit.with_reviewed(true)));
    let units = ordered(bitext, kept);
    let corrected = Bitext::new(bitext.articles().to_vec(), units, pairs).map_err(refused)?;
    Ok(corrected.with_optional_id(bitext.id().cloned()).with_findings(
        bitext.unrelated(),
        bitext.warnings().to_vec(),
        bitext.fingerprint().to_string(),
    ))
}

/// An error of the bitext, without its preamble, as one of the correction.
fn malformed(error: Error) -> CorrectionError {
    CorrectionError::Malformed(error.to_string())
}

fn refused(error: Error) -> CorrectionError {
    CorrectionError::Units(error.to_string())
}

/// Its sentences in all languages.
pub(super) fn sentences(unit: &Unit) -> impl Iterator<Item = (Language, usize)> + '_ {
    { unit.parts().iter() }
        .flat_map(|part| part.sentences.iter().map(|sentence| (part.language, *sentence)))
}

pub(super) fn is_same(one: &Unit, other: &Unit) -> bool {
    one.parts() == other.parts()
}

/// Units in reading order.
fn ordered(bitext: &Bitext, units: Vec<Unit>) -> Vec<Unit> {
    let languages: Vec<Language> = bitext.languages().collect();
    let lens = std::array::from_fn(|x| bitext.articles().get(x).map_or(0, |all| all.len()));
    let group = |unit: &Unit| -> SentenceGroup {
        let of = |x: usize| unit.sentences(*languages.get(x)?);
        std::array::from_fn(|x| of(x).unwrap_or_default().to_vec())
    };
    debug_assert!(languages.len() <= MAX_LANGUAGES);
    let groups: Vec<SentenceGroup> = units.iter().map(group).collect();
    let mut of_group: HashMap<SentenceGroup, Unit> = groups.iter().cloned().zip(units).collect();
    let moved: BTreeSet<SentenceGroup> = { of_group.iter() }
        .filter(|(_, unit)| unit.crossing())
        .map(|(group, _)| group.clone())
        .collect();
    let order = reading_order_with(lens, groups, &|group| moved.contains(group));
    order.iter().filter_map(|group| of_group.remove(group)).collect()
}

/// An id as JSON.
pub(super) fn id_json(id: Option<&Id>) -> String {
    // Strings and numbers always serialise.
    serde_json::to_string(&id).unwrap_or_default()
}
