//! Makes and filters the rows of a group that are documents or paragraphs.

use serde_json::value::RawValue;

use super::aligned_group::{
    AlignedGroup, PassageUnits, RejectedKind, row_json, with_kind, with_reasons,
};
use crate::Bitext;
use crate::corpus::build::config::BuildConfig;
use crate::corpus::build::passages::{PassageRules, passages};
use crate::corpus::filter::{Reason, Reasons};
use crate::format::Record;

/// Adds the passages of a bitext to the result of its group.
pub fn add_passages(
    aligned: &mut AlignedGroup,
    bitext: &Bitext,
    rules: &PassageRules,
    config: &BuildConfig,
) -> Result<(), String> {
    let passages = passages(bitext, rules, &config.filter, &config.spelling);
    let passages = passages.map_err(|error| error.to_string())?;
    aligned.repaired += passages.repaired;
    let mut units = PassageUnits { crossing: passages.crossing, ..PassageUnits::default() };
    for unit in passages.units {
        if unit.reasons.is_empty() {
            units.accepted += 1;
            continue;
        }
        units.reasons.push(unit.reasons.iter().collect());
        if config.output.keep_rejected {
            aligned.rejected.push(rejected(unit.record, unit.reasons, RejectedKind::Unit)?);
        }
    }
    for (row, reasons) in passages.rows {
        if reasons.is_empty() {
            aligned.rows.push(row_json(&row.record)?);
            units.of_rows.push(row.units);
            if let Some(indexed) = &mut aligned.indexed {
                indexed.push_sentences(row.record.confidence.unwrap_or_default(), row.sentences);
            }
            continue;
        }
        aligned.reasons.push(reasons.iter().collect());
        if config.output.keep_rejected {
            aligned.rejected.push(rejected(row.record, reasons, RejectedKind::Row)?);
        }
    }
    aligned.passages = Some(units);
    Ok(())
}

fn rejected(record: Record, reasons: Reasons, kind: RejectedKind) -> Result<Box<RawValue>, String> {
    let codes = reasons.iter().map(Reason::code);
    row_json(&with_reasons(with_kind(record, kind), codes))
}
