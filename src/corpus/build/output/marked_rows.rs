//! The file of a build that marks its rows instead of dividing them between the sets.

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde::Serialize;
use serde_json::value::RawValue;

use super::LineFile;
use crate::corpus::Set;
use crate::corpus::build::error::{BuildError, cannot_serialize};
use crate::corpus::build::passages::UnitSentences;
use crate::corpus::filter::DedupKeys;
use crate::format::{HfJsonlWriter, Record};
use crate::{Language, Result};

/// The name of the file.
pub const MARKED_ROWS: &str = "rows.jsonl";

/// A file with all rows of a corpus, or of a part of it, one per line.
pub struct MarkedRows {
    out: LineFile,
    /// The columns of units; empty if the columns of a row are its own languages.
    columns: Vec<Language>,
}

/// A row as it is marked.
#[derive(Serialize)]
pub struct MarkedRow<'a> {
    /// The set of the row's article.
    pub set: Set,
    /// The number of the row in its document, from 0.
    pub position: usize,
    /// Why the row is rejected.
    pub reasons: Vec<&'static str>,
    /// The test set that has one of its texts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub excluded_by: Option<&'a str>,
    /// The keys of duplicates, in hexadecimal; empty if there are reasons.
    exact_keys: Vec<String>,
    near_keys: Vec<String>,
    /// The sentences of a row of several units, by language. A later set must have no rows that mostly consist
    /// of them.
    #[serde(skip_serializing_if = "Option::is_none")]
    sentences: Option<BTreeMap<Language, Vec<&'a str>>>,
    /// The columns, which name the file of the row in a training set.
    languages: Vec<Language>,
    /// The row, last, so that a reader can cut it out of the line.
    row: Option<Box<RawValue>>,
}

impl<'a> MarkedRow<'a> {
    /// The marks of a row without keys.
    pub fn new(set: Set, position: usize, reasons: Vec<&'static str>) -> MarkedRow<'a> {
        MarkedRow {
            set,
            position,
            reasons,
            excluded_by: None,
            exact_keys: Vec::new(),
            near_keys: Vec::new(),
            sentences: None,
            languages: Vec::new(),
            row: None,
        }
    }

    /// Adds the sentences of the units of a row.
    pub fn with_units(mut self, record: &Record, units: &'a [UnitSentences]) -> MarkedRow<'a> {
        let mut sentences = BTreeMap::<Language, Vec<&str>>::new();
        for unit in units {
            for ((language, _), side) in record.texts().iter().zip(unit) {
                sentences.entry(*language).or_default().extend(side.iter().map(String::as_str));
            }
        }
        self.sentences = Some(sentences);
        self
    }

    /// Adds the keys of duplicates.
    pub fn with_keys(mut self, keys: &DedupKeys) -> MarkedRow<'a> {
        self.exact_keys = keys.exact.iter().map(|key| format!("{key:032x}")).collect();
        self.near_keys = keys.near.iter().map(|key| format!("{key:016x}")).collect();
        self
    }
}

impl MarkedRows {
    /// Creates the file in a folder. `columns` are those of units.
    pub fn create(folder: PathBuf, columns: Vec<Language>) -> Result<MarkedRows> {
        Ok(MarkedRows { out: LineFile::create(folder.join(MARKED_ROWS))?, columns })
    }

    /// Writes a row with its marks.
    pub fn write(&mut self, mut marked: MarkedRow<'_>, record: &Record) -> Result<()> {
        let own = || record.texts().iter().map(|(language, _)| *language).collect();
        marked.languages = if self.columns.is_empty() { own() } else { self.columns.clone() };
        let mut line = HfJsonlWriter::new(Vec::new(), &marked.languages);
        line.write(record)?;
        let line = String::from_utf8(line.finish()?);
        let line = line.map_err(|error| BuildError::Internal(error.to_string()))?;
        let row = RawValue::from_string(line.trim_end().to_string()).map_err(cannot_serialize)?;
        marked.row = Some(row);
        self.out.line(&serde_json::to_string(&marked).map_err(cannot_serialize)?)
    }

    /// Completes the file.
    pub fn finish(self) -> Result<()> {
        self.out.finish()
    }
}
