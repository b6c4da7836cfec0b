//! Reads predicted alignments of many documents, one per line of JSON.

use std::collections::{BTreeMap, HashMap, HashSet};

use serde::de::IgnoredAny;
use serde_json::Value;
use serde_json::value::RawValue;

use super::alignment::{Alignment, Bead};
use super::alignment_file::shown;
use super::error::AlignmentError;
use super::gold_task::{GoldTask, TaskFields, beads, id_of, malformed, value};
use crate::json::parse_object;
use crate::{Id, Language};

/// A predicted alignment: beads of two texts, or a bitext of two or three
/// languages in the format of `bitext align`.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Prediction {
    /// The id of the task, or of the task's group.
    pub id: Option<Id>,
    content: PredictionContent,
}

#[derive(Clone, Debug, PartialEq)]
enum PredictionContent {
    Beads(Vec<Bead>),
    Bitext(BitextUnits),
    /// The line reports an error, so there is no alignment.
    Failed,
}

/// The units and beads of a bitext, with their sentences by language.
#[derive(Clone, Debug, PartialEq)]
struct BitextUnits {
    lens: BTreeMap<Language, usize>,
    units: Vec<UnitSentences>,
    pairs: BTreeMap<(Language, Language), Vec<UnitSentences>>,
}

#[derive(Clone, Debug, Default, PartialEq)]
struct UnitSentences {
    sentences: BTreeMap<Language, Vec<usize>>,
    confidence: Option<f32>,
}

impl Prediction {
    /// Parses `{"id": ..., "beads": [[[0], [0, 1]], ...]}` or a line of `bitext
    /// align`. An error line of `bitext align`, `{"id", "line", "error"}`, is
    /// parsed too but has no alignment.
    ///
    /// # Errors
    ///
    /// An [`AlignmentError`] if the line is malformed. [`AlignmentError::at`] adds its
    /// place.
    ///
    /// ```
    /// use bitext::evaluate::{Bead, Prediction};
    ///
    /// let prediction = Prediction::parse(r#"{"id": 7, "beads": [[[0], [0, 1]]]}"#)?;
    /// assert_eq!(prediction.sizes(None), (1, 2));
    /// let alignment = prediction.alignment((3, 2), None)?.unwrap();
    /// assert_eq!((alignment.beads(), alignment.sizes()), (&[Bead::new([0], [0, 1])][..], (3, 2)));
    /// // An error line has no alignment.
    /// let failed = Prediction::parse(r#"{"id": 8, "line": 2, "error": "too long"}"#)?;
    /// assert_eq!(failed.alignment((3, 2), None)?, None);
    /// # Ok::<(), bitext::evaluate::AlignmentError>(())
    /// ```
    pub fn parse(line: &str) -> Result<Prediction, AlignmentError> {
        let fields: TaskFields<'_> = parse_object(line).map_err(malformed)?;
        let content = if let Some(beads) = beads(&fields, "beads")? {
            PredictionContent::Beads(beads)
        } else if fields.contains_key("units") || fields.contains_key("pairs") {
            PredictionContent::Bitext(BitextUnits::read(&fields)?)
        } else if fields.contains_key("error") {
            PredictionContent::Failed
        } else {
            return Err(malformed(
                "the prediction has no `beads`, and is no line of `bitext align`",
            ));
        };
        Ok(Prediction { id: id_of(&fields, "id")?, content })
    }

    /// The alignment of `n` source and `m` target sentences.
    ///
    /// For a bitext, it has the beads of the two languages, or, if the line has no
    /// beads, its units. It is `None` if the bitext lacks one of the languages, or
    /// if the line reports an error.
    ///
    /// # Errors
    ///
    /// An [`AlignmentError`] if the numbers of sentences differ, or if the
    /// prediction is a bitext and `languages` is `None`.
    pub fn alignment(
        &self,
        (n, m): (usize, usize),
        languages: Option<(Language, Language)>,
    ) -> Result<Option<Alignment>, AlignmentError> {
        match &self.content {
            PredictionContent::Failed => Ok(None),
            PredictionContent::Beads(beads) => {
                Alignment::new(n, m, beads.iter().cloned()).map(Some)
            }
            PredictionContent::Bitext(rows) => {
                let (source, target) = languages.ok_or_else(|| {
                    malformed(
                        "the prediction is a bitext: the gold alignment must name its languages",
                    )
                })?;
                let (source, target) =
                    (rows.matching_language(source), rows.matching_language(target));
                let lens = (rows.lens.get(&source), rows.lens.get(&target));
                let (Some(&n_found), Some(&m_found)) = lens else { return Ok(None) };
                if (n, m) != (n_found, m_found) {
                    let (gold, predicted) = ((n, m), (n_found, m_found));
                    return Err(AlignmentError::Sizes { gold, predicted });
                }
                let rows = rows.pair(source, target).iter();
                Alignment::new(n, m, rows.map(|row| row.bead(source, target))).map(Some)
            }
        }
    }

    /// The beads of two languages of a bitext with their confidences, for a
    /// [`Reliability`](super::Reliability). They include null beads only if the
    /// bitext has two languages: a null unit of three languages does not belong to
    /// a pair. It is `None` if the bitext lacks one of the languages, or if the
    /// line reports an error.
    ///
    /// # Errors
    ///
    /// [`AlignmentError::Malformed`] if the prediction is not a bitext, or a bead
    /// has no confidence.
    ///
    /// ```
    /// use bitext::Language;
    /// use bitext::evaluate::{Bead, Prediction};
    ///
    /// let line = r#"{"sentences": {"en": ["One.", "Two."], "de": ["Eins."]}, "units": [
    ///     {"en": [0], "de": [0], "confidence": 0.97}, {"en": [1], "confidence": 0.9}]}"#;
    /// let prediction = Prediction::parse(line)?;
    /// let beads = prediction.confidences((Language::ENGLISH, Language::GERMAN))?;
    /// assert_eq!(beads.unwrap(), [(Bead::new([0], [0]), 0.97), (Bead::new([1], []), 0.9)]);
    /// # Ok::<(), bitext::evaluate::AlignmentError>(())
    /// ```
    pub fn confidences(
        &self,
        (source, target): (Language, Language),
    ) -> Result<Option<Vec<(Bead, f32)>>, AlignmentError> {
        let rows = match &self.content {
            PredictionContent::Failed => return Ok(None),
            PredictionContent::Beads(_) => {
                return Err(malformed(
                    "beads alone have no confidence: give a line of `bitext align`",
                ));
            }
            PredictionContent::Bitext(rows) => rows,
        };
        let (source, target) = (rows.matching_language(source), rows.matching_language(target));
        if !rows.lens.contains_key(&source) || !rows.lens.contains_key(&target) {
            return Ok(None);
        }
        // The units of a bitext of two languages are its beads, including null beads.
        let all = match rows.lens.len() {
            2 => &rows.units,
            _ => rows.pair(source, target),
        };
        let beads = all.iter().map(|row| (row.bead(source, target), row.confidence));
        let beads = beads.filter(|(bead, _)| *bead != Bead::default());
        let beads = beads.map(|(bead, confidence)| Some((bead, confidence?)));
        let beads: Option<Vec<_>> = beads.collect();
        beads.map(Some).ok_or_else(|| malformed("a bead of the bitext has no `confidence`"))
    }

    /// The numbers of source and target sentences: those of the articles of a
    /// bitext, or one more than the last sentence in the beads.
    pub fn sizes(&self, languages: Option<(Language, Language)>) -> (usize, usize) {
        let end = |side: fn(&Bead) -> &Vec<usize>, beads: &[Bead]| {
            let last = beads.iter().flat_map(side).max();
            last.map_or(0, |last| last.saturating_add(1))
        };
        match &self.content {
            PredictionContent::Failed => (0, 0),
            PredictionContent::Beads(beads) => {
                (end(|b| &b.source, beads), end(|b| &b.target, beads))
            }
            PredictionContent::Bitext(rows) => {
                let len = |language| {
                    rows.lens.get(&rows.matching_language(language)).copied().unwrap_or(0)
                };
                languages.map_or((0, 0), |(source, target)| (len(source), len(target)))
            }
        }
    }

    fn is_bitext(&self) -> bool {
        matches!(self.content, PredictionContent::Bitext(_))
    }
}

impl BitextUnits {
    fn read(fields: &TaskFields<'_>) -> Result<BitextUnits, AlignmentError> {
        let what =
            "an object of arrays of sentences, such as {\"en\": [\"...\"], \"de\": [\"...\"]}";
        let sentences: Option<BTreeMap<Language, Vec<IgnoredAny>>> =
            value(fields, "sentences", what)?;
        let sentences =
            sentences.ok_or_else(|| malformed(format!("the bitext has no `sentences`: {what}")))?;
        let lens: BTreeMap<Language, usize> =
            sentences.into_iter().map(|(language, all)| (language, all.len())).collect();
        let what = "an array of objects, such as {\"en\": [0], \"de\": [0, 1]}";
        let rows = |given: Vec<BTreeMap<String, Value>>, key: &str| {
            let rows = given.into_iter().map(|mut row| {
                let mut found = UnitSentences::default();
                for &language in lens.keys() {
                    let Some(indices) = row.remove(language.code()) else { continue };
                    let wrong = shown(&indices.to_string());
                    let wrong = malformed(format!("`{key}`: `{wrong}` is not a list of indices"));
                    let indices = serde_json::from_value(indices).map_err(|_| wrong)?;
                    found.sentences.insert(language, indices);
                }
                let confidence = row.get("confidence").and_then(Value::as_f64);
                found.confidence = confidence.map(|confidence| confidence as f32);
                Ok(found)
            });
            rows.collect::<Result<Vec<UnitSentences>, AlignmentError>>()
        };
        let units = rows(value(fields, "units", what)?.unwrap_or_default(), "units")?;
        let given: BTreeMap<String, &RawValue> =
            value(fields, "pairs", "an object of arrays, such as {\"en-de\": [...]}")?
                .unwrap_or_default();
        let mut pairs = BTreeMap::new();
        for &source in lens.keys() {
            for &target in lens.keys().filter(|&&target| target != source) {
                let key = format!("{source}-{target}");
                if let Some(beads) = value(&given, &key, what)? {
                    pairs.insert((source, target), rows(beads, &key)?);
                }
            }
        }
        Ok(BitextUnits { lens, units, pairs })
    }

    /// The matching language of the bitext: `en` for `en-US`.
    fn matching_language(&self, language: Language) -> Language {
        let alike = || self.lens.keys().find(|known| known.primary() == language.primary());
        if self.lens.contains_key(&language) {
            language
        } else {
            alike().copied().unwrap_or(language)
        }
    }

    /// The beads of two languages, or the units if there are none.
    fn pair(&self, source: Language, target: Language) -> &[UnitSentences] {
        let pair = self.pairs.get(&(source, target)).or(self.pairs.get(&(target, source)));
        pair.unwrap_or(&self.units)
    }
}

impl UnitSentences {
    /// The sentences of two languages as a bead.
    fn bead(&self, source: Language, target: Language) -> Bead {
        let of = |language| self.sentences.get(&language).cloned().unwrap_or_default();
        Bead { source: of(source), target: of(target) }
    }
}

/// The predictions of a file, by id.
///
/// ```
/// use bitext::evaluate::{Bead, Predictions, GoldTask};
///
/// let mut predictions = Predictions::new("found.jsonl");
/// assert!(predictions.is_empty());
/// predictions.add(1, r#"{"id": "a", "sentences": {"en": ["One."], "de": ["Eins."]},
///     "units": [{"en": [0], "de": [0], "confidence": 0.9}]}"#)?;
/// predictions.add(2, r#"{"id": "b", "beads": [[[0], [0]]]}"#)?;
/// assert!(predictions.add(3, r#"{"id": "b", "beads": []}"#).is_err());
/// assert_eq!((predictions.len(), predictions.single()), (2, None));
///
/// let task = GoldTask::parse(r#"{"id": "a", "src_lang": "en", "tgt_lang": "de",
///     "src": ["One."], "tgt": ["Eins."], "gold": [[[0], [0]]]}"#)?;
/// assert_eq!(predictions.find(&task)?.as_ref(), Some(&task.gold));
/// assert_eq!(predictions.confidences(&task)?, Some(vec![(Bead::new([0], [0]), 0.9)]));
/// // No task has used b.
/// assert_eq!(predictions.unused(), 1);
/// # Ok::<(), bitext::Error>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct Predictions {
    source_name: String,
    predictions: Vec<(usize, Prediction)>,
    index: HashMap<Id, usize>,
    used: HashSet<usize>,
}

impl Predictions {
    /// Creates an empty collection. `source_name` names the file in errors.
    pub fn new(source_name: &str) -> Predictions {
        Predictions { source_name: source_name.to_string(), ..Predictions::default() }
    }

    /// Parses a line and adds its prediction. `number` is the number of the line,
    /// from 1.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidAlignment`](crate::ErrorKind::InvalidAlignment) if the line is
    /// malformed, if an earlier line has the same id, or if beads have no id.
    pub fn add(&mut self, number: usize, line: &str) -> crate::Result<()> {
        let place = |error: AlignmentError| error.at(&self.source_name, number);
        let prediction = Prediction::parse(line).map_err(place)?;
        if let Some(id) = &prediction.id {
            if let Some(&first) = self.index.get(id) {
                let (id, first) = (id.to_string(), self.predictions[first].0);
                return Err(place(AlignmentError::DuplicateId { id, first }));
            }
            self.index.insert(id.clone(), self.predictions.len());
        } else if matches!(prediction.content, PredictionContent::Beads(_)) {
            // A bitext aligned from files has no id. It may be the only prediction.
            return Err(place(malformed("the prediction has no `id`: give it the id of its task")));
        }
        self.predictions.push((number, prediction));
        Ok(())
    }

    /// The predicted alignment of a task: that of the prediction with the task's
    /// id, or of the bitext whose id is the task's group. `None` if there is no
    /// such prediction.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidAlignment`](crate::ErrorKind::InvalidAlignment) if the numbers of
    /// sentences differ from the task's.
    pub fn find(&mut self, task: &GoldTask) -> crate::Result<Option<Alignment>> {
        let Some(at) = self.place(task) else { return Ok(None) };
        self.used.insert(at);
        let (line, prediction) = &self.predictions[at];
        let beads = prediction.alignment(task.gold.sizes(), task.languages);
        beads.map_err(|error| error.at(&self.source_name, *line))
    }

    /// The predicted beads of a task with their confidences: see
    /// [`Prediction::confidences`]. `None` if there is no prediction.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidAlignment`](crate::ErrorKind::InvalidAlignment) if the prediction has no
    /// confidences, or the task does not name its languages.
    pub fn confidences(&self, task: &GoldTask) -> crate::Result<Option<Vec<(Bead, f32)>>> {
        let Some(at) = self.place(task) else { return Ok(None) };
        let (line, prediction) = &self.predictions[at];
        let languages = task
            .languages
            .ok_or_else(|| malformed("the gold alignment must name the bitext's languages"));
        let beads = languages.and_then(|languages| prediction.confidences(languages));
        beads.map_err(|error| error.at(&self.source_name, *line))
    }

    /// The index of the prediction of a task.
    fn place(&self, task: &GoldTask) -> Option<usize> {
        let of_group = || {
            let at = *self.index.get(task.group.as_ref()?)?;
            self.predictions[at].1.is_bitext().then_some(at)
        };
        self.index.get(&task.id).copied().or_else(of_group)
    }

    /// The number of predictions.
    pub fn len(&self) -> usize {
        self.predictions.len()
    }

    /// Whether there are no predictions.
    pub fn is_empty(&self) -> bool {
        self.predictions.is_empty()
    }

    /// The number of predictions that no task has used, without error lines.
    pub fn unused(&self) -> usize {
        let counts = |(at, (_, prediction)): &(usize, &(usize, Prediction))| {
            prediction.content != PredictionContent::Failed && !self.used.contains(at)
        };
        self.predictions.iter().enumerate().filter(counts).count()
    }

    /// The prediction, if there is exactly one.
    pub fn single(&self) -> Option<&Prediction> {
        match &self.predictions[..] {
            [(_, only)] => Some(only),
            _ => None,
        }
    }
}
