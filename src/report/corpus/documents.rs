//! A sample of documents with all their rows in order.

use std::collections::BTreeMap;

use xxhash_rust::xxh3::xxh3_64;

use super::sample::Row;

/// Documents on the page.
const MAX_DOCUMENTS: usize = 80;
/// Rows of a document on the page. The others are counted.
const MAX_ROWS: usize = 300;

/// A document of the sample.
#[derive(Clone, Debug, Default)]
pub struct Document {
    pub kept: u64,
    pub rejected: u64,
    /// The first rows by languages and number.
    pub rows: BTreeMap<RowKey, Row>,
}

/// The place of a row: its languages, its number in the document, and a hash for rows without a number.
type RowKey = (String, u64, u128);

/// The documents whose ids have the lowest hashes.
#[derive(Clone, Debug, Default)]
pub struct Documents {
    documents: BTreeMap<(u64, String), Document>,
}

impl Documents {
    /// Adds a row to its document. A row without a document is not shown here.
    pub fn add(&mut self, row: Row) {
        let Some(id) = row.record.document.clone() else { return };
        let key = (xxh3_64(id.as_bytes()), id);
        let is_full = self.documents.len() >= MAX_DOCUMENTS;
        if is_full && self.documents.last_key_value().is_some_and(|(last, _)| key > *last) {
            return;
        }
        let document = self.documents.entry(key).or_default();
        if row.reasons.is_empty() {
            document.kept += 1;
        } else {
            document.rejected += 1;
        }
        document.rows.insert((row.languages(), number(&row), row.key()), row);
        if document.rows.len() > MAX_ROWS {
            document.rows.pop_last();
        }
        if self.documents.len() > MAX_DOCUMENTS {
            self.documents.pop_last();
        }
    }

    /// The documents by id.
    pub fn into_sorted(self) -> Vec<(String, Document)> {
        let mut all: Vec<(String, Document)> =
            self.documents.into_iter().map(|((_, id), document)| (id, document)).collect();
        all.sort_by(|one, other| one.0.cmp(&other.0));
        all
    }
}

/// The number at the end of the id of a row, such as 3 in `a1#en-uk#3`.
fn number(row: &Row) -> u64 {
    let id = row.record.id.as_deref().unwrap_or_default();
    id.rsplit('#').next().and_then(|number| number.parse().ok()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Language;
    use crate::corpus::filter::{Reason, Reasons};
    use crate::format::Record;

    fn row(document: usize, number: usize, is_kept: bool) -> Row {
        let texts = [Language::ENGLISH, Language::GERMAN].map(|of| (of, format!("{number}")));
        let mut record = Record::new(texts).unwrap();
        record.document = Some(format!("d{document}"));
        record.id = Some(format!("d{document}#en-de#{number}"));
        let reasons = if is_kept { Reasons::default() } else { Reason::Markup.into() };
        Row::new(&record, is_kept.then_some("train"), reasons)
    }

    #[test]
    fn rows_are_in_order_and_counted_beyond_the_limit() {
        let mut documents = Documents::default();
        for number in (0..MAX_ROWS + 50).rev() {
            documents.add(row(1, number, number % 5 > 0));
        }
        let [(id, document)] = &documents.into_sorted()[..] else { panic!("one document") };
        assert_eq!(id, "d1");
        assert_eq!(document.kept + document.rejected, (MAX_ROWS + 50) as u64);
        assert!(document.rows.values().map(number).eq(0..MAX_ROWS as u64));
    }

    #[test]
    fn a_document_is_whole_or_missing_in_any_order() {
        let of = |order: &mut dyn Iterator<Item = (usize, usize)>| {
            let mut documents = Documents::default();
            order.for_each(|(document, number)| documents.add(row(document, number, true)));
            documents.into_sorted()
        };
        let by_document = of(&mut (0..200).flat_map(|one| (0..3).map(move |number| (one, number))));
        let by_number = of(&mut (0..3).flat_map(|number| (0..200).map(move |one| (one, number))));
        assert_eq!(by_document.len(), MAX_DOCUMENTS);
        for ((one, first), (other, second)) in by_document.iter().zip(&by_number) {
            assert_eq!((one, first.kept, first.rows.len()), (other, 3, second.rows.len()));
        }
    }
}
