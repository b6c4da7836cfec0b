//! The page of a training set: what was kept, what was dropped and why, and other thresholds tried on
//! a sample.

mod data;
mod documents;
mod sample;

use std::collections::BTreeMap;

use super::html;
use crate::corpus::filter::{FilterConfig, FilterCounts, Reason, Reasons};
use crate::format::Record;
use data::PageRows;
use documents::Documents;
use sample::{Row, Sample};

/// Rows of the sample on which the page tries thresholds. The share of kept rows is then known to a
/// percent or two, and the page stays below 10 MB.
const DEFAULT_SAMPLE_ROWS: usize = 4_000;
/// Examples for each reason, and of kept rows.
const EXAMPLES: usize = 60;

/// Makes the page of a training set from its rows, kept and rejected, in any order.
///
/// The page has the number of rows that each filter rejects, examples for each reason, documents with
/// their rows in place, and thresholds that can be changed: the page then shows which rows of a sample
/// would be kept or rejected. The sample depends on the rows alone and not on their order, so the same
/// rows give the same page. Memory is bounded by the size of the sample.
///
/// ```
/// use bitext::Language;
/// use bitext::corpus::filter::FilterConfig;
/// use bitext::format::Record;
/// use bitext::report::CorpusReport;
///
/// let filters = FilterConfig::default();
/// let mut report = CorpusReport::new("Harbour news", &filters);
/// for (english, german) in [("It rained.", "Es regnete."), ("See page 3.", "Siehe Seite 4.")] {
///     let record = Record::new([(Language::ENGLISH, english), (Language::GERMAN, german)])?;
///     let reasons = filters.judge_record(&record).reasons();
///     if reasons.is_empty() {
///         report.keep("train", &record);
///     } else {
///         report.reject(&record, reasons);
///     }
/// }
/// assert_eq!((report.counts().kept(), report.counts().rejected()), (1, 1));
/// let html = report.finish();
/// assert!(html.starts_with("<!doctype html>") && html.contains("number_mismatch"));
/// # Ok::<(), bitext::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct CorpusReport {
    rows: PageRows,
}

impl CorpusReport {
    /// A report with a title. `filters` are the thresholds with which the rows were judged.
    pub fn new(title: impl Into<String>, filters: &FilterConfig) -> CorpusReport {
        let rows = PageRows {
            title: title.into(),
            filters: filters.clone(),
            counts: FilterCounts::default(),
            by_first_reason: [0; Reason::ALL.len()],
            sets: BTreeMap::new(),
            sample: Sample::new(DEFAULT_SAMPLE_ROWS),
            kept: Sample::new(EXAMPLES),
            rejected: BTreeMap::new(),
            documents: Documents::default(),
        };
        CorpusReport { rows }
    }

    /// Sets the number of rows in the sample, 4,000 by default. More rows make the page larger, about
    /// 1 kB each, and its estimates more exact.
    ///
    /// ```
    /// use bitext::Language;
    /// use bitext::corpus::filter::FilterConfig;
    /// use bitext::format::Record;
    /// use bitext::report::CorpusReport;
    ///
    /// let page = |rows| -> bitext::Result<String> {
    ///     let filters = FilterConfig::default();
    ///     let mut report = CorpusReport::new("Numbers", &filters).with_sample_rows(rows);
    ///     for number in 0..1000 {
    ///         let texts = [(Language::ENGLISH, "Page"), (Language::GERMAN, "Seite")];
    ///         let texts = texts.map(|(language, text)| (language, format!("{text} {number}.")));
    ///         report.keep("train", &Record::new(texts)?);
    ///     }
    ///     Ok(report.finish())
    /// };
    /// assert!(page(100)?.len() < page(1000)?.len());
    /// # Ok::<(), bitext::Error>(())
    /// ```
    pub fn with_sample_rows(mut self, rows: usize) -> CorpusReport {
        self.rows.sample = Sample::new(rows);
        self
    }

    /// Adds a row that was kept, with the name of its set, such as `train`.
    pub fn keep(&mut self, set: &str, record: &Record) {
        self.rows.counts.add(Reasons::default());
        let row = Row::new(record, Some(set), Reasons::default());
        *self.rows.sets.entry((set.to_string(), row.languages())).or_default() += 1;
        let key = row.key();
        self.rows.sample.add(key, &row);
        self.rows.kept.add(key, &row);
        self.rows.documents.add(row);
    }

    /// Adds a row that was rejected.
    pub fn reject(&mut self, record: &Record, reasons: Reasons) {
        self.rows.counts.add(reasons);
        if let Some(first) = reasons.iter().next() {
            self.rows.by_first_reason[first as usize] += 1;
        }
        let row = Row::new(record, None, reasons);
        let key = row.key();
        self.rows.sample.add(key, &row);
        // Rows that only one filter rejects show best what the filter does.
        let key = (u128::from(reasons.len() > 1) << 127) | (key >> 1);
        for reason in reasons.iter() {
            self.rows
                .rejected
                .entry(reason)
                .or_insert_with(|| Sample::new(EXAMPLES))
                .add(key, &row);
        }
        self.rows.documents.add(row);
    }

    /// The counts of the rows so far.
    ///
    /// ```
    /// use bitext::corpus::filter::FilterConfig;
    /// use bitext::report::CorpusReport;
    ///
    /// let report = CorpusReport::new("Nothing yet", &FilterConfig::default());
    /// assert_eq!(report.counts().pairs, 0);
    /// ```
    pub fn counts(&self) -> &FilterCounts {
        &self.rows.counts
    }

    /// The page, as HTML.
    pub fn finish(self) -> String {
        let title = self.rows.title.clone();
        html::corpus_page(&title, &data::page_data(self.rows).to_string())
    }
}
