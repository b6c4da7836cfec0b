//! Predicted alignments of many documents, one a line.

use std::collections::{BTreeMap, HashMap, HashSet};

use serde::de::IgnoredAny;
use serde_json::Value;
use serde_json::value::RawValue;

use super::document::shown;
use super::task::{Fields, beads, id_of, malformed, value};
use super::{AlignmentError, Bead, Beads, Task};
use crate::json::parse_object;
use crate::{Id, Language};

/// A predicted alignment: beads of two texts, or a bitext of two or three
/// languages as `bitext align` writes it.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Prediction {
    /// The id of the task, or the task's group.
    pub id: Option<Id>,
    content: Content,
}

#[derive(Clone, Debug, PartialEq)]
enum Content {
    Beads(Vec<Bead>),
    Bitext(Rows),
    /// A line that says why there is no alignment.
    Failed,
}

/// What counts of a bitext: the sentences of units and beads by language.
#[derive(Clone, Debug, PartialEq)]
struct Rows {
    lens: BTreeMap<Language, usize>,
    units: Vec<Row>,
    pairs: BTreeMap<(Language, Language), Vec<Row>>,
}

#[derive(Clone, Debug, Default, PartialEq)]
struct Row {
    sentences: BTreeMap<Language, Vec<usize>>,
    confidence: Option<f32>,
}

impl Prediction {
    /// Reads `{"id": ..., "beads": [[[0], [0, 1]], ...]}`, a line of `bitext
    /// align`, or its line for what it could not align, `{"id", "line",
    /// "error"}`, which is no prediction.
    ///
    /// # Errors
    ///
    /// What is wrong with the line; [`AlignmentError::at`] gives it a place.
    ///
    /// ```
    /// use bitext::evaluate::{Bead, Prediction};
    ///
    /// let prediction = Prediction::parse(r#"{"id": 7, "beads": [[[0], [0, 1]]]}"#)?;
    /// assert_eq!(prediction.sizes(None), (1, 2));
    /// let beads = prediction.beads((3, 2), None)?.unwrap();
    /// assert_eq!((beads.beads(), beads.sizes()), (&[Bead::new([0], [0, 1])][..], (3, 2)));
    /// // A line that says what went wrong is no prediction.
    /// let failed = Prediction::parse(r#"{"id": 8, "line": 2, "error": "too long"}"#)?;
    /// assert_eq!(failed.beads((3, 2), None)?, None);
    /// # Ok::<(), bitext::evaluate::AlignmentError>(())
    /// ```
    pub fn parse(line: &str) -> Result<Prediction, AlignmentError> {
        let fields: Fields<'_> = parse_object(line).map_err(malformed)?;
        let content = if let Some(beads) = beads(&fields, "beads")? {
            Content::Beads(beads)
        } else if fields.contains_key("units") || fields.contains_key("pairs") {
            Content::Bitext(Rows::read(&fields)?)
        } else if fields.contains_key("error") {
            Content::Failed
        } else {
            return Err(malformed(
                "the prediction has no `beads`, and is no line of `bitext align`",
            ));
        };
        Ok(Prediction { id: id_of(&fields, "id")?, content })
    }

    /// The alignment of `n` and `m` sentences of two languages.
    ///
    /// Of a bitext these are the beads of the two languages. Where those were
    /// not written, or come from elsewhere without, they are the units'
    /// sentences in the two languages. `None` where the bitext lacks one of the
    /// languages, and where the line says that there is no alignment.
    ///
    /// # Errors
    ///
    /// [`AlignmentError`] where it is not of such sentences, or `languages` are
    /// not known and needed.
    pub fn beads(
        &self,
        (n, m): (usize, usize),
        languages: Option<(Language, Language)>,
    ) -> Result<Option<Beads>, AlignmentError> {
        match &self.content {
            Content::Failed => Ok(None),
            Content::Beads(beads) => Beads::new(n, m, beads.iter().cloned()).map(Some),
            Content::Bitext(rows) => {
                let (source, target) = languages.ok_or_else(|| {
                    malformed(
                        "the prediction is a bitext: the gold alignment must name its languages",
                    )
                })?;
                let (source, target) = (rows.named(source), rows.named(target));
                let lens = (rows.lens.get(&source), rows.lens.get(&target));
                let (Some(&n_found), Some(&m_found)) = lens else { return Ok(None) };
                if (n, m) != (n_found, m_found) {
                    let (gold, predicted) = ((n, m), (n_found, m_found));
                    return Err(AlignmentError::Sizes { gold, predicted });
                }
                let rows = rows.pair(source, target).iter();
                Beads::new(n, m, rows.map(|row| row.bead(source, target))).map(Some)
            }
        }
    }

    /// The beads of two languages of a bitext with their confidences, to be put into
    /// a [`Calibration`](super::Calibration). A bitext of two languages has null
    /// beads among them; one of three knows of a null only that a sentence has no
    /// counterpart in any of them. `None` where it lacks one of the languages, and
    /// where the line says that there is no alignment.
    ///
    /// # Errors
    ///
    /// [`AlignmentError::Malformed`] where it is no bitext, or a bead has no
    /// confidence.
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
            Content::Failed => return Ok(None),
            Content::Beads(_) => {
                return Err(malformed(
                    "beads alone have no confidence: give a line of `bitext align`",
                ));
            }
            Content::Bitext(rows) => rows,
        };
        let (source, target) = (rows.named(source), rows.named(target));
        if !rows.lens.contains_key(&source) || !rows.lens.contains_key(&target) {
            return Ok(None);
        }
        // The units of two languages are their beads, and have the nulls too.
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

    /// Numbers of sentences of the two sides: those of a bitext's articles, or
    /// else one past the last that is mentioned.
    pub fn sizes(&self, languages: Option<(Language, Language)>) -> (usize, usize) {
        let end = |side: fn(&Bead) -> &Vec<usize>, beads: &[Bead]| {
            let last = beads.iter().flat_map(side).max();
            last.map_or(0, |last| last.saturating_add(1))
        };
        match &self.content {
            Content::Failed => (0, 0),
            Content::Beads(beads) => (end(|b| &b.source, beads), end(|b| &b.target, beads)),
            Content::Bitext(rows) => {
                let len = |language| rows.lens.get(&rows.named(language)).copied().unwrap_or(0);
                languages.map_or((0, 0), |(source, target)| (len(source), len(target)))
            }
        }
    }

    fn is_bitext(&self) -> bool {
        matches!(self.content, Content::Bitext(_))
    }
}

impl Rows {
    fn read(fields: &Fields<'_>) -> Result<Rows, AlignmentError> {
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
                let mut found = Row::default();
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
            rows.collect::<Result<Vec<Row>, AlignmentError>>()
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
        Ok(Rows { lens, units, pairs })
    }

    /// What a language is called here: `en` where `en-US` is asked for.
    fn named(&self, language: Language) -> Language {
        let alike = || self.lens.keys().find(|known| known.primary() == language.primary());
        match self.lens.contains_key(&language) {
            true => language,
            false => alike().copied().unwrap_or(language),
        }
    }

    /// The rows of two languages, or the units where there are none.
    fn pair(&self, source: Language, target: Language) -> &[Row] {
        let pair = self.pairs.get(&(source, target)).or(self.pairs.get(&(target, source)));
        pair.unwrap_or(&self.units)
    }
}

impl Row {
    /// What it has of two languages.
    fn bead(&self, source: Language, target: Language) -> Bead {
        let of = |language| self.sentences.get(&language).cloned().unwrap_or_default();
        Bead { source: of(source), target: of(target) }
    }
}

/// Predictions by id.
///
/// ```
/// use bitext::evaluate::{Bead, Predictions, Task};
///
/// let mut predictions = Predictions::new("found.jsonl");
/// assert!(predictions.is_empty());
/// predictions.add(1, r#"{"id": "a", "sentences": {"en": ["One."], "de": ["Eins."]},
///     "units": [{"en": [0], "de": [0], "confidence": 0.9}]}"#)?;
/// predictions.add(2, r#"{"id": "b", "beads": [[[0], [0]]]}"#)?;
/// assert!(predictions.add(3, r#"{"id": "b", "beads": []}"#).is_err());
/// assert_eq!((predictions.len(), predictions.single()), (2, None));
///
/// let task = Task::parse(r#"{"id": "a", "src_lang": "en", "tgt_lang": "de",
///     "src": ["One."], "tgt": ["Eins."], "gold": [[[0], [0]]]}"#)?;
/// assert_eq!(predictions.find(&task)?.as_ref(), Some(&task.gold));
/// assert_eq!(predictions.confidences(&task)?, Some(vec![(Bead::new([0], [0]), 0.9)]));
/// // No task asked for b.
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
    /// None yet; `source_name` names the file that they are from in errors.
    pub fn new(source_name: &str) -> Predictions {
        Predictions { source_name: source_name.to_string(), ..Predictions::default() }
    }

    /// Reads a prediction from a line, whose number counts from 1.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidAlignment`](crate::ErrorKind::InvalidAlignment), also where a line
    /// before it has the id, or beads have none.
    pub fn add(&mut self, number: usize, line: &str) -> crate::Result<()> {
        let place = |error: AlignmentError| error.at(&self.source_name, number);
        let prediction = Prediction::parse(line).map_err(place)?;
        if let Some(id) = &prediction.id {
            if let Some(&first) = self.index.get(id) {
                let (id, first) = (id.to_string(), self.predictions[first].0);
                return Err(place(AlignmentError::DuplicateId { id, first }));
            }
            self.index.insert(id.clone(), self.predictions.len());
        } else if matches!(prediction.content, Content::Beads(_)) {
            // A bitext of files has none, and may be the only prediction.
            return Err(place(malformed("the prediction has no `id`: give it its task's")));
        }
        self.predictions.push((number, prediction));
        Ok(())
    }

    /// The predicted alignment of a task: the prediction with its id, or else
    /// the bitext whose id is the task's group. `None` where there is none.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidAlignment`](crate::ErrorKind::InvalidAlignment) where it is not of
    /// the task's sentences.
    pub fn find(&mut self, task: &Task) -> crate::Result<Option<Beads>> {
        let Some(at) = self.place(task) else { return Ok(None) };
        self.used.insert(at);
        let (line, prediction) = &self.predictions[at];
        let beads = prediction.beads(task.gold.sizes(), task.languages);
        beads.map_err(|error| error.at(&self.source_name, *line))
    }

    /// The predicted beads of a task with their confidences: see
    /// [`Prediction::confidences`]. `None` where there is no prediction.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidAlignment`](crate::ErrorKind::InvalidAlignment) where it has no
    /// confidences, or the task does not name its languages.
    pub fn confidences(&self, task: &Task) -> crate::Result<Option<Vec<(Bead, f32)>>> {
        let Some(at) = self.place(task) else { return Ok(None) };
        let (line, prediction) = &self.predictions[at];
        let languages = task
            .languages
            .ok_or_else(|| malformed("the gold alignment must name the bitext's languages"));
        let beads = languages.and_then(|languages| prediction.confidences(languages));
        beads.map_err(|error| error.at(&self.source_name, *line))
    }

    /// Where a task's prediction is.
    fn place(&self, task: &Task) -> Option<usize> {
        let of_group = || {
            let at = *self.index.get(task.group.as_ref()?)?;
            self.predictions[at].1.is_bitext().then_some(at)
        };
        self.index.get(&task.id).copied().or_else(of_group)
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.predictions.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.predictions.is_empty()
    }

    /// How many of them no task has asked for yet, lines aside that say why
    /// there is no alignment.
    pub fn unused(&self) -> usize {
        let counts = |(at, (_, prediction)): &(usize, &(usize, Prediction))| {
            prediction.content != Content::Failed && !self.used.contains(at)
        };
        self.predictions.iter().enumerate().filter(counts).count()
    }

    /// The prediction, where there is only one.
    pub fn single(&self) -> Option<&Prediction> {
        match &self.predictions[..] {
            [(_, only)] => Some(only),
            _ => None,
        }
    }
}
