//! The data of a corpus page, as its script reads them.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::documents::Documents;
use super::sample::{Row, Sample};
use crate::corpus::filter::{CandidatePair, FilterConfig, FilterCounts, Reason};

/// Characters of a text on the page. The page says how many a longer text has.
const MAX_SHOWN_CHARACTERS: usize = 1_500;

/// The rows of a page, each once.
struct Rows<'a> {
    filters: &'a FilterConfig,
    /// Whether each reason rejects scores below its threshold.
    is_minimum: [Option<bool>; Reason::ALL.len()],
    places: BTreeMap<(u128, bool), usize>,
    rows: Vec<Value>,
}

/// What a page is made of.
#[derive(Clone, Debug)]
pub struct PageRows {
    pub title: String,
    pub filters: FilterConfig,
    pub counts: FilterCounts,
    /// Rows by the first reason against them, in the order of [`Reason::ALL`].
    pub by_first_reason: [u64; Reason::ALL.len()],
    /// Kept rows by the name of the set and the languages.
    pub sets: BTreeMap<(String, String), u64>,
    /// The rows on which thresholds are tried.
    pub sample: Sample,
    /// Examples of kept rows.
    pub kept: Sample,
    /// Examples for each reason.
    pub rejected: BTreeMap<Reason, Sample>,
    pub documents: Documents,
}

pub fn page_data(report: PageRows) -> Value {
    let mut is_minimum = [None; Reason::ALL.len()];
    for threshold in report.filters.thresholds() {
        is_minimum[threshold.reason as usize] = Some(threshold.is_minimum);
    }
    let (places, rows) = (BTreeMap::new(), Vec::new());
    let mut rows = Rows { filters: &report.filters, is_minimum, places, rows };
    let sample = rows.places(report.sample.rows());
    let kept = rows.places(report.kept.rows());
    let examples: BTreeMap<&str, Vec<usize>> = { report.rejected.iter() }
        .map(|(reason, sample)| (reason.code(), rows.places(sample.rows())))
        .collect();
    let documents = report.documents.into_sorted();
    let documents: Vec<Value> = { documents.iter() }
        .map(|(id, one)| json!([id, one.kept, one.rejected, rows.places(one.rows.values())]))
        .collect();
    let sets: Vec<Value> =
        { report.sets.iter() }.map(|((set, codes), rows)| json!([set, codes, rows])).collect();
    json!({
        "title": report.title,
        "rows": report.counts.pairs,
        "kept": report.counts.kept(),
        "sets": sets,
        "reasons": Reason::ALL.map(|reason| {
            let threshold = report.filters.thresholds().find(|one| one.reason == reason);
            json!({
                "code": reason.code(),
                "setting": threshold.map(|one| one.setting),
                "threshold": threshold.and_then(|one| one.value).map(decimal),
                "minimum": threshold.is_some_and(|one| one.is_minimum),
                "rejected": report.counts.rejected_for(reason),
                "alone": report.counts.rejected_only_for(reason),
                "first": report.by_first_reason[reason as usize],
            })
        }),
        "sample": sample,
        "examples": examples,
        "keptExamples": kept,
        "documents": documents,
        "data": rows.rows,
    })
}

impl Rows<'_> {
    fn places<'r>(&mut self, rows: impl Iterator<Item = &'r Row>) -> Vec<usize> {
        rows.map(|row| self.place(row)).collect()
    }

    fn place(&mut self, row: &Row) -> usize {
        let key = (row.key(), row.reasons.is_empty());
        if let Some(place) = self.places.get(&key) {
            return *place;
        }
        let texts: Vec<Value> = { row.record.texts().iter() }
            .map(|(language, text)| {
                let shown: String = text.chars().take(MAX_SHOWN_CHARACTERS).collect();
                if shown.len() == text.len() {
                    json!([language.code(), shown])
                } else {
                    json!([language.code(), shown, text.chars().count()])
                }
            })
            .collect();
        let reasons: Vec<usize> = row.reasons.iter().map(|reason| reason as usize).collect();
        self.rows.push(json!([
            row.record.id,
            row.set,
            texts,
            row.record.confidence.map(decimal),
            row.record.score.map(decimal),
            reasons,
            self.scores(row),
        ]));
        self.places.insert(key, self.rows.len() - 1);
        self.rows.len() - 1
    }

    /// The score of each filter: of the two texts that are nearest to a rejection.
    fn scores(&self, row: &Row) -> Vec<Value> {
        let mut scores = [f32::NAN; Reason::ALL.len()];
        let texts = row.record.texts();
        for (at, (language, text)) in texts.iter().enumerate() {
            let others = texts[at + 1..].iter();
            for (other, translation) in
                others.filter(|(other, _)| other.primary() != language.primary())
            {
                let pair = CandidatePair::new((*language, text), (*other, translation))
                    .with_confidence(row.record.confidence)
                    .with_score(row.record.score);
                let verdict = self.filters.judge(&pair);
                for (reason, score) in verdict.scores() {
                    let place = &mut scores[reason as usize];
                    // The result is the other number if one is NaN.
                    *place = match self.is_minimum[reason as usize] {
                        Some(true) => place.min(score),
                        _ => place.max(score),
                    };
                }
            }
        }
        let known = |score: f32| score.is_finite().then(|| decimal(score));
        scores.map(|score| json!(known(score))).to_vec()
    }
}

/// The shortest decimal number of the same 32 bits, so that the page compares as the filters do.
fn decimal(value: f32) -> f64 {
    value.to_string().parse().unwrap_or(f64::NAN)
}
