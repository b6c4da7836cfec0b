//! Scores of alignments against gold, as `bitext score --json` reports them.

use std::collections::HashMap;

use bitext::evaluate::{Alignment, AlignmentError, GoldTask, NullPolicy, Predictions, ScoreCounts};
use pyo3::prelude::*;
use serde_json::{Map, Value};

use crate::errors::{self, OrRaise};
use crate::{interrupt, settings};

/// The name of an input, and its lines with their numbers from 1.
type Lines = (String, Vec<(usize, String)>);

/// The scores of the tasks with some values of the keys.
#[derive(Default)]
struct Group {
    tasks: u64,
    missing: u64,
    counts: ScoreCounts,
}

impl Group {
    fn fields(&self) -> Map<String, Value> {
        let counts = &self.counts;
        let (strict, lax) = (counts.strict(), counts.lax());
        let shares = [
            ("P", strict.precision),
            ("R", strict.recall),
            ("F1", strict.f1),
            ("Plax", lax.precision),
            ("Rlax", lax.recall),
            ("F1lax", lax.f1),
            ("F1n", counts.strict_linked().f1),
            ("F1nlax", counts.lax_linked().f1),
            ("null", counts.null_recall()),
            ("nullprec", counts.null_precision()),
            ("pure", counts.strict_linked().precision),
        ];
        let mut fields = Map::new();
        fields.insert("tasks".to_string(), self.tasks.into());
        fields.insert("missing".to_string(), self.missing.into());
        fields.extend(shares.map(|(name, share)| (name.to_string(), share.into())));
        fields.insert("beads".to_string(), counts.linked.beads.into());
        fields.insert("gold_beads".to_string(), counts.gold.beads.into());
        fields
    }
}

/// Scores tasks by groups of the values of some keys. A missing key is `-`.
fn score_lines(
    gold: &Lines,
    predicted: &Lines,
    nulls: NullPolicy,
    by: &[String],
) -> bitext::Result<Value> {
    let mut predictions = Predictions::new(&predicted.0);
    for (number, line) in &predicted.1 {
        predictions.add(*number, line)?;
    }
    let mut groups: Vec<(Vec<String>, Group)> = Vec::new();
    let mut places = HashMap::new();
    let mut total = Group::default();
    let mut seen = HashMap::new();
    for (number, line) in &gold.1 {
        let place = |error: AlignmentError| error.at(&gold.0, *number);
        let task = GoldTask::parse(line).map_err(place)?;
        if let Some(first) = seen.insert(task.id.clone(), *number) {
            let id = task.id.to_string();
            return Err(place(AlignmentError::DuplicateId { id, first }));
        }
        let key: Vec<String> =
            by.iter().map(|name| task.field(name).unwrap_or("-").to_string()).collect();
        let (n, m) = task.gold.sizes();
        let found = predictions.find(&task)?;
        let missing = u64::from(found.is_none());
        let found = found.map_or_else(|| Alignment::unaligned(n, m), Ok).map_err(place)?;
        let counts = ScoreCounts::of(&task.gold, &found, nulls).map_err(place)?;
        let at = *places.entry(key.clone()).or_insert(groups.len());
        if at == groups.len() {
            groups.push((key, Group::default()));
        }
        for group in [&mut groups[at].1, &mut total] {
            group.tasks += 1;
            group.missing += missing;
            group.counts += counts;
        }
    }
    let groups = groups.iter().map(|(key, group)| {
        let names = by.iter().zip(key).map(|(name, value)| (name.clone(), value.as_str().into()));
        let mut fields = Map::from_iter([("key".to_string(), Value::Object(names.collect()))]);
        fields.extend(group.fields());
        Value::Object(fields)
    });
    let groups = groups.collect();
    let mut report = Map::new();
    report.insert("nulls".to_string(), nulls.name().into());
    report.insert("groups".to_string(), Value::Array(groups));
    report.insert("total".to_string(), Value::Object(total.fields()));
    Ok(Value::Object(report))
}

/// Scores predictions against gold tasks; both are lines of JSON.
#[pyfunction]
#[pyo3(signature = (gold, predicted, nulls, by))]
pub fn score<'py>(
    py: Python<'py>,
    gold: Lines,
    predicted: Lines,
    nulls: &str,
    by: Vec<String>,
) -> PyResult<Bound<'py, PyAny>> {
    let nulls = match nulls {
        "each" => NullPolicy::Each,
        "as-given" => NullPolicy::AsGiven,
        other => {
            let why = format!("setting `nulls`: `{other}` is neither `each` nor `as-given`");
            return Err(errors::settings(py, &why));
        }
    };
    let bytes = gold.1.iter().chain(&predicted.1).map(|(_, line)| line.len()).sum();
    let work = move || score_lines(&gold, &predicted, nulls, &by);
    let report = interrupt::run(py, bytes, work)?.or_raise(py)?;
    settings::to_python(py, &report)
}
