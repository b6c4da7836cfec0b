//! Judges rows on several threads.

use bitext::corpus::filter::{DedupKeys, ExcludedHit, ExcludedTexts, Reason, Reasons, Sketch};
use bitext::format::Record;

use super::settings::Settings;
use crate::Failure;
use crate::io::stream::in_order;

/// Rows that a thread judges at a time, at most. With more, some threads would wait for others.
const MAX_ROWS_PER_ITEM: usize = 256;

/// Adds which excluded text the row repeats, and how.
pub fn add_hit(record: &mut Record, hit: &ExcludedHit<'_>) {
    record.extra.insert("excluded_by".to_string(), hit.set.into());
    record.extra.insert("excluded_line".to_string(), hit.line.into());
    record.extra.insert("excluded_match".to_string(), hit.kind.code().into());
}

/// The result of the filters for a row.
pub struct Judged<'a> {
    pub reasons: Reasons,
    /// The scores behind the reasons.
    pub scores: Vec<(Reason, f32)>,
    /// Empty if there are reasons.
    pub keys: DedupKeys,
    /// The excluded text that the row repeats.
    pub hit: Option<ExcludedHit<'a>>,
}

/// Judges rows on several threads. A panic of a filter is an error, since every row needs a verdict.
pub fn judge_all<'a>(
    settings: &Settings,
    excluded: &'a ExcludedTexts,
    batch: &[Record],
    threads: usize,
) -> Result<Vec<Judged<'a>>, Failure> {
    let share = batch.len().div_ceil(threads).clamp(1, MAX_ROWS_PER_ITEM);
    let mut judged = Vec::with_capacity(batch.len());
    let read = |send: &mut dyn FnMut(usize) -> bool| {
        (0..batch.len()).step_by(share).all(send);
        Ok(())
    };
    let work = |_, start: usize| -> Vec<Judged<'a>> {
        let rows = &batch[start..(start + share).min(batch.len())];
        rows.iter().map(|record| judge(settings, excluded, record)).collect()
    };
    in_order::<_, _, Failure>(
        threads,
        |_| 0,
        read,
        work,
        |rows, _| {
            judged.extend(rows);
            Ok(())
        },
    )?;
    Ok(judged)
}

/// Judges a row, and makes its keys if it is kept.
fn judge<'a>(settings: &Settings, excluded: &'a ExcludedTexts, record: &Record) -> Judged<'a> {
    let verdict = settings.filter.judge_record(record);
    let (reasons, scores) = (verdict.reasons(), verdict.scores().to_vec());
    let mut judged = Judged { reasons, scores, keys: DedupKeys::default(), hit: None };
    if !reasons.is_empty() && excluded.is_empty() {
        return judged;
    }
    let texts = record.texts();
    let sketches: Vec<Sketch> =
        texts.iter().map(|(language, text)| Sketch::new(*language, text)).collect();
    judged.hit = texts
        .iter()
        .zip(&sketches)
        .find_map(|((language, text), sketch)| excluded.find_sketched(sketch, *language, text));
    if reasons.is_empty() && judged.hit.is_none() {
        judged.keys = settings.duplicates.keys_of(&sketches.iter().collect::<Vec<_>>());
    }
    judged
}
