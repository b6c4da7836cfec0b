//! The row that the dataset card shows.

use std::collections::BTreeMap;

use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};
use serde_json::Value;

use crate::corpus::build::error::cannot_serialize;
use crate::format::Record;
use crate::{Language, Result};

/// Length of a row that is easy to read, in characters of all its texts.
const MAX_SHORT_CHARACTERS: usize = 300;

/// A row to be shown on the card.
pub struct CardExample {
    /// The row as the JSON Lines files have it, but over several lines.
    pub json: String,
    is_short: bool,
}

#[derive(Serialize)]
struct ExampleRow<'a> {
    id: Option<&'a str>,
    translation: ExampleTexts<'a>,
    document: Option<&'a str>,
    score: Option<f32>,
    confidence: Option<f32>,
    /// The other columns.
    #[serde(flatten)]
    extra: &'a BTreeMap<String, Value>,
}

/// The row with a line for each column. The columns of a row with several units have many values.
fn one_line_per_column(row: &ExampleRow<'_>) -> serde_json::Result<String> {
    let mut columns = vec![
        ("id", serde_json::to_string(&row.id)?),
        ("translation", serde_json::to_string(&row.translation)?),
        ("document", serde_json::to_string(&row.document)?),
        ("score", serde_json::to_string(&row.score)?),
        ("confidence", serde_json::to_string(&row.confidence)?),
    ];
    for (name, value) in row.extra {
        columns.push((name, serde_json::to_string(value)?));
    }
    let lines = columns.into_iter().map(|(name, value)| format!("  \"{name}\": {value}"));
    Ok(format!("{{\n{}\n}}", lines.collect::<Vec<_>>().join(",\n")))
}

/// The texts by language, in the order of the record.
struct ExampleTexts<'a>(&'a [(Language, String)]);

impl Serialize for ExampleTexts<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (language, text) in self.0 {
            map.serialize_entry(language.code(), text)?;
        }
        map.end()
    }
}

impl CardExample {
    /// Keeps the first short row; until there is one, the first row.
    pub fn update(example: &mut Option<CardExample>, record: &Record) -> Result<()> {
        if example.as_ref().is_some_and(|example| example.is_short) {
            return Ok(());
        }
        let characters: usize = record.texts().iter().map(|(_, text)| text.chars().count()).sum();
        let is_short = characters <= MAX_SHORT_CHARACTERS;
        if example.is_some() && !is_short {
            return Ok(());
        }
        let row = ExampleRow {
            id: record.id.as_deref(),
            translation: ExampleTexts(record.texts()),
            document: record.document.as_deref(),
            score: record.score,
            confidence: record.confidence,
            extra: &record.extra,
        };
        let json = if record.extra.is_empty() {
            serde_json::to_string_pretty(&row).map_err(cannot_serialize)?
        } else {
            one_line_per_column(&row).map_err(cannot_serialize)?
        };
        *example = Some(CardExample { json, is_short });
        Ok(())
    }
}
