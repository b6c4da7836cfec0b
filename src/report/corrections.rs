//! A line of corrections, which a page saves, and its application to a bitext.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use serde::Deserialize;
use serde_json::value::RawValue;
use xxhash_rust::xxh3::Xxh3;

use super::beads::{self, is_same};
use crate::bitext::groups::{MAX_LANGUAGES, SentenceGroup, reading_order_with};
use crate::json::{parse_id, parse_object};
use crate::{Bitext, Error, ErrorKind, Id, Language, Part, Result, Unit};

/// The version of the format that pages write, and the latest that can be read.
pub const CORRECTIONS_VERSION: u32 = 1;

/// Why a line of corrections cannot be used. Sentences and units are counted from 0.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CorrectionError {
    /// The line is not in the format that a page saves.
    #[error("not a line of corrections: {0}")]
    Malformed(String),
    /// The line was saved by a later version of bitext.
    #[error(
        "corrections of version {0}, this release reads up to {CORRECTIONS_VERSION}: update bitext"
    )]
    Version(u32),
    /// No bitext with this id has these sentences.
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
        /// The unit of the line.
        unit: usize,
        /// The key.
        key: String,
    },
    /// A unit has a sentence that the article does not have.
    #[error("unit {unit} has sentence {sentence} of `{language}`, which has {len} sentences")]
    NoSuchSentence {
        /// The unit of the line.
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
        /// The unit of the line.
        unit: usize,
        /// The language.
        language: Language,
        /// The sentence.
        sentence: usize,
    },
    /// The line splits a unit and does not say where one of its sentences belongs.
    #[error(
        "sentence {sentence} of `{language}` is left alone: its unit was taken apart, and no unit of the line has it (was the file aligned again?)"
    )]
    SentenceLeft {
        /// The language.
        language: Language,
        /// The sentence.
        sentence: usize,
    },
    /// Some units of the line were ignored, because a later line contradicts them. The
    /// other units were applied.
    #[error("{units} of its units left out: {by} says otherwise")]
    Overruled {
        /// The number of ignored units.
        units: usize,
        /// The file and number of the later line.
        by: String,
    },
    /// The bitext would be invalid with the corrected units.
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
/// `text` is the [`text_key`] of the bitext. `units` are the units that a reviewer
/// created or confirmed; all other units stay. A unit may have `"crossing": true`.
#[derive(Clone, Debug, PartialEq)]
pub struct Correction {
    /// The id of the bitext.
    pub id: Option<Id>,
    /// The [`text_key`] of the bitext.
    pub text: String,
    units: Vec<UnitLine>,
}

/// The sentences of a unit by language code, and whether it is crossing.
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

/// A key of the sentences of a bitext: 16 hexadecimal digits. It identifies the bitext
/// of a line of corrections and does not depend on the alignment.
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
    /// Parses a line that a page has saved.
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

    /// Applies the corrections to a bitext.
    ///
    /// The units of the line become [`reviewed`](Unit::reviewed) with a confidence of 1.
    /// An unchanged unit keeps its score and its beads. A new unit gets one bead
    /// with all its sentences for each language pair, or, if existing beads have
    /// exactly these sentences, those beads. Its score is the mean score of the
    /// existing beads inside it, or 0 if there are none.
    ///
    /// # Errors
    ///
    /// A [`CorrectionError`] if the line contradicts itself or the bitext.
    pub fn apply(&self, bitext: &Bitext) -> Result<Bitext, CorrectionError> {
        if self.text != text_key(bitext) {
            return Err(self.no_such_bitext());
        }
        corrected(bitext, &self.given(bitext)?)
    }

    /// The units of the line, validated against the bitext.
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

    pub(super) fn no_such_bitext(&self) -> CorrectionError {
        CorrectionError::NoSuchBitext { id: id_json(self.id.as_ref()) }
    }
}

/// Replaces the units of a bitext that have the sentences of `given` by those units.
pub(super) fn corrected(bitext: &Bitext, given: &[Unit]) -> Result<Bitext, CorrectionError> {
    let taken: BTreeSet<(Language, usize)> = given.iter().flat_map(sentences).collect();
    let (mut kept, mut old) = (Vec::new(), Vec::new());
    for unit in bitext.units() {
        if sentences(unit).any(|sentence| taken.contains(&sentence)) {
            old.push(unit);
        } else {
            kept.push(unit.clone());
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

/// The sentences of a unit in all languages.
pub(super) fn sentences(unit: &Unit) -> impl Iterator<Item = (Language, usize)> + '_ {
    { unit.parts().iter() }
        .flat_map(|part| part.sentences.iter().map(|sentence| (part.language, *sentence)))
}

/// Sorts units into reading order.
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
    let crossing: BTreeSet<SentenceGroup> = { of_group.iter() }
        .filter(|(_, unit)| unit.crossing())
        .map(|(group, _)| group.clone())
        .collect();
    let order = reading_order_with(lens, groups, &|group| crossing.contains(group));
    order.iter().filter_map(|group| of_group.remove(group)).collect()
}

/// An id as JSON.
pub(super) fn id_json(id: Option<&Id>) -> String {
    // Strings and numbers always serialise.
    serde_json::to_string(&id).unwrap_or_default()
}
