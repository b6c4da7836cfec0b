//! What a person has corrected on a page, put into the bitext.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fmt;

use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;
use xxhash_rust::xxh3::Xxh3;

use super::beads;
use crate::align::groups::{Group, LANGUAGES, reading_order_with};
use crate::format::{Selection, from_json, parse_id, parse_object, to_json};
use crate::{Bitext, Error, Id, Language, Part, Result, Unit};

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
        "no bitext {id} with these sentences: the corrections belong to another file, or its texts were changed since"
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
    /// The units and those of the bitext do not make a bitext.
    #[error("the corrected units make no bitext: {0}")]
    Units(String),
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
/// `text` is the [`text_key`] of the bitext, `units` are those that a person has made or
/// confirmed; all others stay. A unit may be `"reordered": true`.
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
    reordered: bool,
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
        let fields: CorrectionLine<'_> = parse_object(line).map_err(CorrectionError::Malformed)?;
        if fields.format != "bitext-corrections" {
            let why = "`format` must be \"bitext-corrections\"".to_string();
            return Err(CorrectionError::Malformed(why));
        }
        if fields.format_version > CORRECTIONS_VERSION {
            return Err(CorrectionError::Version(fields.format_version));
        }
        let id = parse_id(fields.id).map_err(CorrectionError::Malformed)?;
        Ok(Correction { id, text: fields.text, units: fields.units })
    }

    /// The bitext with these corrections: the given units are
    /// [`checked`](Unit::checked) and have confidence 1, as a person is sure of
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
        let given = self.given(bitext)?;
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
        let pairs = beads::corrected(bitext, &given, &old).map_err(refused)?;
        let given = given.iter().map(|unit| match old.iter().find(|old| is_same(old, unit)) {
            Some(old) => Unit::new(old.parts().to_vec(), old.score(), 1.0)
                .map(|unit| unit.with_reordered(old.reordered())),
            None => Unit::new(unit.parts().to_vec(), beads::score(bitext, unit), 1.0)
                .map(|new| new.with_reordered(unit.reordered())),
        });
        let given: Vec<Unit> = given.collect::<Result<_>>().map_err(refused)?;
        kept.extend(given.into_iter().map(|unit| unit.with_checked(true)));
        let units = ordered(bitext, kept);
        let corrected = Bitext::new(bitext.articles().to_vec(), units, pairs).map_err(refused)?;
        Ok(corrected.with_id(bitext.id().cloned()).with_findings(
            bitext.unrelated(),
            bitext.warnings().to_vec(),
            bitext.fingerprint().to_string(),
        ))
    }

    /// The units of the line, each checked against the bitext.
    fn given(&self, bitext: &Bitext) -> Result<Vec<Unit>, CorrectionError> {
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
            given.push(built.with_reordered(line.reordered));
        }
        Ok(given)
    }

    fn nowhere(&self) -> CorrectionError {
        CorrectionError::NoSuchBitext { id: id_json(self.id.as_ref()) }
    }
}

/// An error of the bitext, without its preamble, as one of the correction.
fn refused(error: Error) -> CorrectionError {
    CorrectionError::Units(match error {
        Error::InvalidBitext(why) => why,
        other => other.to_string(),
    })
}

fn sentences(unit: &Unit) -> impl Iterator<Item = (Language, usize)> + '_ {
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
    let group = |unit: &Unit| -> Group {
        let of = |x: usize| unit.sentences(*languages.get(x)?);
        std::array::from_fn(|x| of(x).unwrap_or_default().to_vec())
    };
    debug_assert!(languages.len() <= LANGUAGES);
    let groups: Vec<Group> = units.iter().map(group).collect();
    let mut of_group: HashMap<Group, Unit> = groups.iter().cloned().zip(units).collect();
    let moved: BTreeSet<Group> = { of_group.iter() }
        .filter(|(_, unit)| unit.reordered())
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

/// The corrections of a file or several, to be put into lines of bitexts.
///
/// ```
/// use bitext::format::{Selection, from_json, to_json};
/// use bitext::report::{Corrections, text_key};
/// use bitext::{Aligner, Article, Language};
///
/// let bitext = Aligner::new()?.align([
///     Article::from_sentences(Language::ENGLISH, ["It rained all day."]),
///     Article::from_sentences(Language::GERMAN, ["Es regnete den ganzen Tag."]),
/// ])?;
/// let line = to_json(&bitext, &Selection::default());
/// let mut corrections = Corrections::default();
/// let apart = format!(
///     r#"{{"format":"bitext-corrections","format_version":1,"id":null,"text":"{}","units":[{{"en":[0]}},{{"de":[0]}}]}}"#,
///     text_key(&bitext),
/// );
/// corrections.add("by-hand.jsonl", 1, &apart)?;
/// let corrected = corrections.apply(&line, &mut Vec::new())?.expect("there is one for it");
/// assert!(from_json(&corrected)?.units().iter().all(|unit| unit.is_null() && unit.checked()));
/// assert_eq!(corrections.unused().count(), 0);
/// # Ok::<(), bitext::Error>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct Corrections {
    lines: Vec<Entry>,
    /// By id, as JSON, and key of the text.
    index: HashMap<(String, String), Vec<usize>>,
}

#[derive(Clone, Debug)]
struct Entry {
    source_name: String,
    line: usize,
    correction: Correction,
    used: bool,
}

impl Entry {
    fn error(&self, error: CorrectionError) -> Error {
        Error::Correction { source_name: self.source_name.clone(), line: self.line, error }
    }
}

impl Corrections {
    /// Adds a line of a file, by its number from 1.
    ///
    /// # Errors
    ///
    /// [`Error::Correction`] for a line that is none; nothing is added then.
    pub fn add(&mut self, source_name: &str, line: usize, text: &str) -> Result<()> {
        let source_name = source_name.to_string();
        match Correction::parse(text) {
            Ok(correction) => {
                let key = (id_json(correction.id.as_ref()), correction.text.clone());
                self.index.entry(key).or_default().push(self.lines.len());
                self.lines.push(Entry { source_name, line, correction, used: false });
                Ok(())
            }
            Err(error) => Err(Error::Correction { source_name, line, error }),
        }
    }

    /// Corrects a line of [`to_json`]: `None` where nothing is to be corrected in it. Several
    /// corrections of one bitext go in one after the other; those that do not fit are left
    /// out, and an [`Error::Correction`] for each is added to `refused`. In the line that comes
    /// out only `units` and `pairs` differ; keys that this crate does not know stay.
    ///
    /// # Errors
    ///
    /// Those of [`from_json`] for the line.
    pub fn apply(&mut self, line: &str, refused: &mut Vec<Error>) -> Result<Option<String>> {
        let mut bitext = from_json(line)?;
        let key = (id_json(bitext.id()), text_key(&bitext));
        let Some(entries) = self.index.get(&key) else { return Ok(None) };
        let mut is_corrected = false;
        for &at in entries {
            let entry = &mut self.lines[at];
            entry.used = true;
            match entry.correction.apply(&bitext) {
                Ok(corrected) => (bitext, is_corrected) = (corrected, true),
                Err(error) => refused.push(entry.error(error)),
            }
        }
        is_corrected.then(|| with_units(line, &bitext)).transpose()
    }

    /// For each line that no bitext was found for, an error that says so.
    pub fn unused(&self) -> impl Iterator<Item = Error> + '_ {
        { self.lines.iter() }
            .filter(|entry| !entry.used)
            .map(|entry| entry.error(entry.correction.nowhere()))
    }
}

/// A line with the units and pairs of a bitext in the place of its own.
fn with_units(line: &str, bitext: &Bitext) -> Result<String> {
    let refuse = |message| Error::Json { line: 1, message };
    let new = to_json(bitext, &Selection::default());
    let new: Fields = parse_object(&new).map_err(refuse)?;
    let fields: Fields = parse_object(line).map_err(refuse)?;
    let mut out = String::with_capacity(line.len());
    for (at, (key, value)) in fields.0.iter().enumerate() {
        let value = match key.as_str() {
            "units" | "pairs" => {
                new.0.iter().find(|(name, _)| name == key).map_or(value, |new| &new.1)
            }
            _ => value,
        };
        out.push(if at == 0 { '{' } else { ',' });
        out.push_str(&serde_json::to_string(key).unwrap_or_default());
        out.push(':');
        out.push_str(value.get());
    }
    out.push('}');
    Ok(out)
}

/// The fields of an object in their order, values as they stand.
struct Fields(Vec<(String, Box<RawValue>)>);

impl<'de> Deserialize<'de> for Fields {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Fields, D::Error> {
        struct All;

        impl<'de> Visitor<'de> for All {
            type Value = Fields;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Fields, A::Error> {
                let mut fields = Vec::new();
                while let Some(field) = map.next_entry()? {
                    fields.push(field);
                }
                Ok(Fields(fields))
            }
        }

        deserializer.deserialize_map(All)
    }
}
