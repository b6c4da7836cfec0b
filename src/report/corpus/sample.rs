//! Samples of rows that do not depend on the order of the rows.

use std::collections::BTreeMap;

use xxhash_rust::xxh3::xxh3_128;

use crate::Language;
use crate::corpus::filter::Reasons;
use crate::format::Record;

/// A row of the page.
#[derive(Clone, Debug)]
pub struct Row {
    pub record: Record,
    /// The name of its set; `None` if the row was rejected.
    pub set: Option<String>,
    pub reasons: Reasons,
}

impl Row {
    pub fn new(record: &Record, set: Option<&str>, reasons: Reasons) -> Row {
        let mut record = record.clone();
        // Other values are not shown.
        record.extra.clear();
        Row { record, set: set.map(str::to_string), reasons }
    }

    /// The codes of the languages, such as `en-uk`.
    pub fn languages(&self) -> String {
        let codes: Vec<&str> =
            self.record.texts().iter().map(|(language, _)| Language::code(language)).collect();
        codes.join("-")
    }

    /// A hash of the row by which it is sampled.
    pub fn key(&self) -> u128 {
        let mut bytes = Vec::new();
        let id = self.record.id.as_deref().unwrap_or_default();
        let document = self.record.document.as_deref().unwrap_or_default();
        let texts = self.record.texts().iter();
        let parts = texts.flat_map(|(language, text)| [language.code(), text.as_str()]);
        for part in [id, document].into_iter().chain(parts) {
            bytes.extend_from_slice(part.as_bytes());
            bytes.push(0xff);
        }
        xxh3_128(&bytes)
    }
}

/// The rows with the lowest keys.
#[derive(Clone, Debug)]
pub struct Sample {
    size: usize,
    /// By key, and by a number for rows that are equal.
    rows: BTreeMap<(u128, usize), Row>,
}

impl Sample {
    pub fn new(size: usize) -> Sample {
        Sample { size, rows: BTreeMap::new() }
    }

    /// Adds a row, and drops the row with the highest key if there are too many.
    pub fn add(&mut self, key: u128, row: &Row) {
        let is_full = self.rows.len() >= self.size;
        if is_full && self.rows.last_key_value().is_none_or(|((last, _), _)| key >= *last) {
            return;
        }
        let equal = self.rows.range((key, 0)..=(key, usize::MAX)).count();
        self.rows.insert((key, equal), row.clone());
        if self.rows.len() > self.size {
            self.rows.pop_last();
        }
    }

    /// The rows in the order of their keys.
    pub fn rows(&self) -> impl Iterator<Item = &Row> {
        self.rows.values()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(numbers: impl Iterator<Item = usize>) -> Vec<Row> {
        let row = |number: usize| {
            let texts = [Language::ENGLISH, Language::GERMAN].map(|of| (of, number.to_string()));
            Row::new(&Record::new(texts).unwrap(), None, Reasons::default())
        };
        numbers.map(row).collect()
    }

    fn sampled(rows: &[Row]) -> Vec<&str> {
        let mut sample = Sample::new(20);
        rows.iter().for_each(|row| sample.add(row.key(), row));
        let texts = |row: &Row| row.record.texts()[0].1.clone();
        let mut found: Vec<String> = sample.rows().map(texts).collect();
        found.sort();
        let of = |text: &String| {
            rows.iter().map(|row| row.record.texts()[0].1.as_str()).find(|one| one == text)
        };
        found.iter().filter_map(of).collect()
    }

    #[test]
    fn a_sample_does_not_depend_on_the_order() {
        let (forward, backward) = (rows(0..300), rows((0..300).rev()));
        assert_eq!(sampled(&forward).len(), 20);
        assert_eq!(sampled(&forward), sampled(&backward));
    }

    #[test]
    fn equal_rows_are_sampled_like_others() {
        assert_eq!(sampled(&rows([7; 30].into_iter())), ["7"; 20]);
        assert_eq!(sampled(&rows([7; 3].into_iter())), ["7"; 3]);
    }
}
