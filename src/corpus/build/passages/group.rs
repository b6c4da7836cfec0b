//! The passages of all language pairs of a bitext, and the verdicts on their units and rows.

use super::chain::{Chain, UnitState};
use super::plan::plan;
use super::row::{PassageRow, passage_row};
use super::rules::PassageRules;
use crate::corpus::filter::{FilterConfig, Reason, Reasons, SpellingConfig};
use crate::format::{Record, Selection, records};
use crate::{Bitext, Result};

/// A unit of a language pair, and what speaks against it.
pub struct JudgedUnit {
    pub record: Record,
    pub reasons: Reasons,
}

/// The passages of a bitext.
#[derive(Default)]
pub struct Passages {
    /// All units, language pair after language pair.
    pub units: Vec<JudgedUnit>,
    /// The number of accepted units that cross others, and are therefore in no row.
    pub crossing: u64,
    /// All rows, each with what speaks against it.
    pub rows: Vec<(PassageRow, Reasons)>,
    /// The number of rows with a repaired text.
    pub repaired: u64,
}

/// Makes the passages of a bitext. Repairs of the spelling keep the number of characters, so the spans of a
/// repaired text stay right.
pub fn passages(
    bitext: &Bitext,
    rules: &PassageRules,
    filter: &FilterConfig,
    spelling: &SpellingConfig,
) -> Result<Passages> {
    let document = bitext.id().map(ToString::to_string);
    let (of_units, of_rows) = (unit_filter(filter), row_filter(filter));
    let mut all = Passages::default();
    for pair in bitext.language_pairs() {
        let articles = [bitext.article(pair.source), bitext.article(pair.target)];
        let [Some(source), Some(target)] = articles else { continue };
        let mut states = Vec::with_capacity(pair.beads.len());
        for mut record in records(bitext, &Selection::pair(pair.source, pair.target)) {
            spelling.apply(&mut record);
            let mut reasons = of_units.judge_record(&record).reasons();
            let is_uncertain = rules
                .min_unit_confidence
                .is_some_and(|least| record.confidence.is_some_and(|of| of < least));
            if is_uncertain {
                reasons.insert(Reason::LowConfidence);
            }
            states.push(if is_uncertain {
                UnitState::Uncertain
            } else if reasons.is_empty() {
                UnitState::Accepted
            } else {
                UnitState::Rejected
            });
            all.units.push(JudgedUnit { record, reasons });
        }
        let chain = Chain::new([source, target], &pair.beads, &states, rules.newlines);
        all.crossing += chain.crossing;
        for planned in plan(&chain, rules) {
            let mut row = passage_row(&chain, &planned, document.as_deref())?;
            all.repaired += u64::from(!spelling.apply(&mut row.record).is_empty());
            let reasons = of_rows.judge_record(&row.record).reasons();
            all.rows.push((row, reasons));
        }
    }
    Ok(all)
}

/// The filters of units. Short units and tables of numbers are useless rows but good parts of a row, so
/// only rows are judged by that. `min_unit_confidence` takes the place of the confidence.
fn unit_filter(filter: &FilterConfig) -> FilterConfig {
    let filter = filter.clone().with_min_characters(None).with_min_words(None);
    filter.with_min_letter_share(None).with_min_confidence(None)
}

/// The filters of rows. `max_row_characters` takes the place of the largest lengths.
fn row_filter(filter: &FilterConfig) -> FilterConfig {
    filter.clone().with_max_characters(None).with_max_words(None)
}
