//! Filters of sentence pairs, as `bitext filter` applies them.

use std::sync::Arc;
use std::thread::scope;

use bitext::corpus::filter::{
    DedupConfig, DedupKeys, Deduplicator, FilterConfig, FilterCounts, Reason, Reasons,
};
use bitext::format::{Record, fold};
use bitext::{ErrorKind, Language};
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict, PyList, PyMapping, PyString};
use serde_json::{Map, Value};

use crate::errors::{self, OrRaise};
use crate::input::texts;
use crate::results::PyRow;
use crate::results::shortest;
use crate::{interrupt, settings};

/// Judges rows in order, and remembers them to find duplicates.
#[pyclass(module = "bitext")]
pub struct Filter {
    judge: Arc<Judge>,
    seen: Deduplicator,
    counts: FilterCounts,
    languages: Option<Vec<(Language, String)>>,
}

/// The filters with their settings.
struct Judge {
    filter: FilterConfig,
    duplicates: DedupConfig,
    threads: usize,
}

/// The result of the filters for a row.
struct Judged {
    reasons: Reasons,
    scores: Vec<(Reason, f32)>,
    /// Empty if there are reasons.
    keys: DedupKeys,
}

#[pymethods]
impl Filter {
    #[new]
    #[pyo3(signature = (languages, threads, settings_by_name))]
    fn new(
        py: Python<'_>,
        languages: Option<&Bound<'_, PyAny>>,
        threads: Option<&Bound<'_, PyAny>>,
        settings_by_name: &Bound<'_, PyDict>,
    ) -> PyResult<Filter> {
        let (mut thresholds, mut duplicates) = (Map::new(), Map::new());
        for (name, value) in settings::object(settings_by_name)? {
            if !settings::duplicate_names().contains(&name) {
                thresholds.insert(name, value);
            } else if !value.is_null() {
                duplicates.insert(name, value);
            }
        }
        let others: Vec<&str> = settings::duplicate_names().iter().map(String::as_str).collect();
        // As in the command `bitext filter`: near duplicates are content in a translation memory.
        duplicates.entry("near").or_insert(Value::Bool(false));
        let filter: FilterConfig = settings::parse_among(py, thresholds, &others)?;
        filter.validate().or_raise(py)?;
        let judge = Judge {
            filter,
            duplicates: settings::parse(py, duplicates)?,
            threads: interrupt::threads(py, threads)?,
        };
        Ok(Filter {
            judge: Arc::new(judge),
            seen: Deduplicator::default(),
            counts: FilterCounts::default(),
            languages: languages.map(texts::language_keys).transpose()?,
        })
    }

    /// Judges rows. The result has for each row its reasons and their scores, or None for a row without a
    /// counterpart.
    fn judge<'py>(
        &mut self,
        py: Python<'py>,
        rows: &Bound<'py, PyList>,
    ) -> PyResult<Vec<Option<Verdict<'py>>>> {
        let mut results = Vec::with_capacity(rows.len());
        for one in self.judged(py, rows)? {
            let Some(Judged { mut reasons, scores, keys }) = one else {
                results.push(None);
                continue;
            };
            if reasons.is_empty() {
                reasons.extend(self.seen.check(&keys));
            }
            self.counts.add(reasons);
            results.push(Some(verdict(py, reasons, &scores)?));
        }
        Ok(results)
    }

    /// Judges rows without comparing them. The result has for each row its reasons and their scores, and its
    /// keys of exact and of near duplicates.
    fn mark<'py>(
        &self,
        py: Python<'py>,
        rows: &Bound<'py, PyList>,
    ) -> PyResult<Vec<Option<Mark<'py>>>> {
        let judged = self.judged(py, rows)?.into_iter().map(|one| {
            let Some(Judged { reasons, scores, keys }) = one else { return Ok(None) };
            let (reasons, scores) = verdict(py, reasons, &scores)?;
            let exact = keys.exact.iter().map(|key| PyBytes::new(py, &key.to_be_bytes()));
            let near = keys.near.iter().map(|key| PyBytes::new(py, &key.to_be_bytes()));
            Ok(Some((reasons, scores, exact.collect(), near.collect())))
        });
        judged.collect()
    }

    /// The counts of all rows so far, as `bitext filter --counts` writes them.
    fn counts<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        settings::to_python(py, &settings::through_text(&self.counts)?)
    }
}

impl Judge {
    fn judge_all(&self, records: &[Option<Record>]) -> Vec<Option<Judged>> {
        let share = records.len().div_ceil(self.threads).max(1);
        let judge = |records: &[Option<Record>]| -> Vec<Option<Judged>> {
            records.iter().map(|record| Some(self.judge_one(record.as_ref()?))).collect()
        };
        if self.threads == 1 || records.len() < 2 {
            return judge(records);
        }
        scope(|scope| {
            let parts = records.chunks(share).map(|part| scope.spawn(move || judge(part)));
            let parts: Vec<_> = parts.collect();
            let join = |part: std::thread::ScopedJoinHandle<'_, Vec<Option<Judged>>>| {
                part.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
            };
            parts.into_iter().flat_map(join).collect()
        })
    }

    fn judge_one(&self, record: &Record) -> Judged {
        let verdict = self.filter.judge_record(record);
        let mut keys = DedupKeys::default();
        if verdict.reasons().is_empty() {
            let texts = record.texts().iter().map(|(language, text)| (*language, text.as_str()));
            keys = self.duplicates.keys(&texts.collect::<Vec<_>>());
        }
        Judged { reasons: verdict.reasons(), scores: verdict.scores().to_vec(), keys }
    }
}

/// The codes of the reasons against a row, and the scores by code.
type Verdict<'py> = (Vec<&'static str>, Bound<'py, PyDict>);

/// A verdict with the keys of exact and of near duplicates.
type Mark<'py> =
    (Vec<&'static str>, Bound<'py, PyDict>, Vec<Bound<'py, PyBytes>>, Vec<Bound<'py, PyBytes>>);

fn verdict<'py>(
    py: Python<'py>,
    reasons: Reasons,
    scores: &[(Reason, f32)],
) -> PyResult<Verdict<'py>> {
    let by_reason = PyDict::new(py);
    for (reason, score) in scores {
        by_reason.set_item(reason.code(), shortest(*score))?;
    }
    Ok((reasons.iter().map(Reason::code).collect(), by_reason))
}

impl Filter {
    fn judged(&self, py: Python<'_>, rows: &Bound<'_, PyList>) -> PyResult<Vec<Option<Judged>>> {
        let records = rows.iter().map(|row| self.record(&row)).collect::<PyResult<Vec<_>>>()?;
        let all_texts = records.iter().flatten().flat_map(Record::texts);
        let bytes = all_texts.map(|(_, text)| text.len()).sum();
        let judge = self.judge.clone();
        interrupt::run(py, bytes, move || judge.judge_all(&records))
    }

    /// The record of a row; `None` if it has a text in one language only.
    fn record(&self, row: &Bound<'_, PyAny>) -> PyResult<Option<Record>> {
        let py = row.py();
        let (texts, score, confidence) = if let Ok(row) = row.cast::<PyRow>() {
            let row = row.get();
            let unit = row.unit();
            let texts = row.own_texts().filter(|(language, _)| self.has(*language));
            // As in records of the library, which `bitext filter` judges.
            let texts = texts.map(|(language, text)| (language, fold(&text))).collect();
            (texts, Some(unit.score()), Some(unit.confidence()))
        } else if let Ok(mapping) = row.cast::<PyMapping>() {
            let number = |name: &str| -> PyResult<Option<f32>> {
                if !mapping.contains(name)? {
                    return Ok(None);
                }
                let value = mapping.get_item(name)?;
                let wrong =
                    |_| errors::wrong_type(&format!("`{name}` of a row"), "a number", &value);
                value.extract().map_err(wrong)
            };
            (self.of_mapping(mapping)?, number("score")?, number("confidence")?)
        } else {
            (self.of_sequence(row)?, None, None)
        };
        let mut record = match Record::new(texts) {
            Err(error) if error.kind() == ErrorKind::ArticleCount => return Ok(None),
            record => record.or_raise(py)?,
        };
        (record.score, record.confidence) = (score, confidence);
        Ok(Some(record))
    }

    fn has(&self, language: Language) -> bool {
        let known = |all: &Vec<(Language, String)>| all.iter().any(|(own, _)| *own == language);
        self.languages.as_ref().is_none_or(known)
    }

    /// The texts of a mapping: by language, or in `translation` by language.
    fn of_mapping(&self, row: &Bound<'_, PyMapping>) -> PyResult<Vec<(Language, String)>> {
        let inner = if row.contains("translation")? {
            let inner = row.get_item("translation")?;
            let Ok(inner) = inner.cast::<PyMapping>() else {
                return Err(errors::wrong_type("`translation` of a row", "a dict", &inner));
            };
            inner.clone()
        } else {
            row.clone()
        };
        let mut found = Vec::new();
        let mut add = |language: Language, value: &Bound<'_, PyAny>| -> PyResult<()> {
            if !texts::is_missing(value) {
                found.push((language, owned_text(language, value)?));
            }
            Ok(())
        };
        if let Some(keys) = &self.languages {
            for (language, key) in keys {
                add(*language, &texts::value_of(&inner, key)?)?;
            }
            return Ok(found);
        }
        let is_translation = row.contains("translation")?;
        let (mut known, mut other) = (0, None);
        for item in inner.items()?.iter() {
            let (key, value): (Bound<'_, PyAny>, Bound<'_, PyAny>) = item.extract()?;
            let Ok(name) = key.extract::<String>() else { continue };
            let Ok(language) = Language::new(&name) else { continue };
            if is_translation || bitext::language::from_name(&name).is_some() {
                known += 1;
                add(language, &value)?;
            } else if name.len() == 2 && name != "id" && value.is_instance_of::<PyString>() {
                other = Some(name);
            }
        }
        let Some(name) = other.filter(|_| known < 2) else { return Ok(found) };
        // The text would be lost silently.
        let message = format!(
            "a row has two keys such as `en`, `uk` and `fr`; if `{name}` is a language, name the languages: \
             languages=['en', '{name}']"
        );
        Err(errors::input(row.py(), "invalid_record", &message))
    }

    /// The texts of a tuple, in the order of the languages.
    fn of_sequence(&self, row: &Bound<'_, PyAny>) -> PyResult<Vec<(Language, String)>> {
        let expected =
            "a Row, a dict such as {'en': ..., 'de': ...}, or with `languages` a tuple of str";
        let wrong = || errors::wrong_type("a row of `rows`", expected, row);
        let Some(languages) = &self.languages else { return Err(wrong()) };
        if row.is_instance_of::<PyString>() {
            return Err(wrong());
        }
        let items = row.try_iter().map_err(|_| wrong())?.collect::<PyResult<Vec<_>>>()?;
        if items.len() != languages.len() {
            let message =
                format!("a row has {} texts for {} languages", items.len(), languages.len());
            return Err(errors::input(row.py(), "invalid_record", &message));
        }
        let mut found = Vec::with_capacity(items.len());
        for ((language, _), item) in languages.iter().zip(&items) {
            if !texts::is_missing(item) {
                found.push((*language, owned_text(*language, item)?));
            }
        }
        Ok(found)
    }
}

fn owned_text(language: Language, value: &Bound<'_, PyAny>) -> PyResult<String> {
    let Ok(text) = value.cast::<PyString>() else {
        return Err(errors::wrong_type(&format!("the text in `{language}`"), "a str", value));
    };
    Ok(texts::text(language.code(), text)?.to_string())
}
