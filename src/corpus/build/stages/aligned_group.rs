//! What the stage *align* keeps of a group: its rows, and why others were rejected.

use std::path::Path;

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::corpus::Set;
use crate::corpus::build::event::Problem;
use crate::corpus::build::output::IndexedGroup;
use crate::corpus::build::passages::UnitSentences;
use crate::corpus::build::work::{damaged_stage, parse_line};
use crate::corpus::filter::Reason;
use crate::format::{HfJsonlWriter, Record};
use crate::{Language, Result};

/// What the stage keeps of a group.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum GroupResult {
    /// The group could not be aligned.
    Failed(Problem),
    /// The group is aligned and filtered.
    Aligned(AlignedGroup),
}

/// An aligned group with its rows.
#[derive(Default, Serialize, Deserialize)]
pub struct AlignedGroup {
    /// Whether an article looks unrelated to the others.
    pub unrelated: bool,
    /// The rows that no filter rejects, in the format `hf-jsonl`.
    pub rows: Vec<Box<RawValue>>,
    /// The number of rows with a repaired text, rejected or not.
    #[serde(default)]
    pub repaired: u64,
    /// The reasons for each rejected row.
    pub reasons: Vec<Vec<Reason>>,
    /// The rejected rows, if they are to be written.
    pub rejected: Vec<Box<RawValue>>,
    /// The sentences and the numbers of those in each row, if index files are to be written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub indexed: Option<IndexedGroup>,
    /// The units of the rows, if these are documents or paragraphs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub passages: Option<PassageUnits>,
}

/// The units of passages. The rejected ones are among [`AlignedGroup::rejected`].
#[derive(Default, Serialize, Deserialize)]
pub struct PassageUnits {
    /// The number of units that no filter rejects.
    pub accepted: u64,
    /// The reasons for each rejected unit.
    pub reasons: Vec<Vec<Reason>>,
    /// The number of accepted units that cross others, and are in no row.
    pub crossing: u64,
    /// For each row that no filter rejects, the sentences of its units.
    pub of_rows: Vec<Vec<UnitSentences>>,
}

/// Whether a line of the stage is a group of this set. Lines of other sets need not be parsed.
pub fn is_of_set(line: &str, set: Set) -> bool {
    line.split_once('\t').is_some_and(|(name, _)| name == set.name())
}

/// Parses a line of the stage.
pub fn parse_group(line: &str, folder: &Path) -> Result<GroupResult> {
    let (_, json) = line.split_once('\t').ok_or_else(|| damaged_stage(folder))?;
    parse_line(json, folder)
}

/// A rejected row as it is written: with the codes of the reasons.
pub fn with_reasons(mut record: Record, codes: impl Iterator<Item = &'static str>) -> Record {
    record.extra.insert("reasons".to_string(), codes.collect());
    record
}

/// A row in the format `hf-jsonl`.
pub fn row_json(record: &Record) -> Result<Box<RawValue>, String> {
    let languages: Vec<Language> = record.texts().iter().map(|(language, _)| *language).collect();
    let mut line = HfJsonlWriter::new(Vec::new(), &languages);
    line.write(record).map_err(|error| error.to_string())?;
    let line = line.finish().map_err(|error| error.to_string())?;
    let line = String::from_utf8(line).map_err(|error| error.to_string())?;
    RawValue::from_string(line.trim_end().to_string()).map_err(|error| error.to_string())
}

/// What is rejected in a build of documents or paragraphs.
#[derive(Clone, Copy)]
pub enum RejectedKind {
    Unit,
    Row,
}

/// The column of `rejected.jsonl` that tells rejected units from rejected rows. Rows of single units lack it.
const REJECTED_KIND: &str = "rejected";

/// Marks a rejected row or unit of a build of documents or paragraphs.
pub fn with_kind(mut record: Record, kind: RejectedKind) -> Record {
    let kind = match kind {
        RejectedKind::Unit => "unit",
        RejectedKind::Row => "row",
    };
    record.extra.insert(REJECTED_KIND.to_string(), kind.into());
    record
}

/// Whether a rejected record is a unit of a build of documents or paragraphs.
pub fn is_unit(record: &Record) -> bool {
    record.extra.get(REJECTED_KIND).is_some_and(|kind| kind == "unit")
}
