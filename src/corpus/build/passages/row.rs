//! Makes the record of a planned row.

use serde_json::{Map, Number, Value};

use super::chain::Chain;
use super::plan::{PlannedRow, PlannedSentence, SentenceStatus};
use crate::format::{Record, fold};
use crate::{Language, Result};

/// The sentences of a unit by side, and of the unaligned sentences after it.
pub type UnitSentences = [Vec<String>; 2];

/// A row of several units.
pub struct PassageRow {
    pub record: Record,
    /// The sentences of its texts, unit by unit. Both sides have sentences.
    pub units: Vec<UnitSentences>,
    /// The numbers of the sentences in its texts, by language.
    pub sentences: Vec<(Language, Vec<usize>)>,
}

/// Makes a row. Its id is that of the pair with the numbers of its first and last unit.
pub fn passage_row(
    chain: &Chain<'_>,
    planned: &PlannedRow,
    document: Option<&str>,
) -> Result<PassageRow> {
    let languages = [0, 1].map(|side| chain.sides[side].article.language());
    let texts = [0, 1].map(|side| (languages[side], text(chain, planned, side)));
    let mut record = Record::new(texts)?;
    record.document = document.map(str::to_string);
    let number = |at: Option<&usize>| at.map(|&at| chain.units[at].number).unwrap_or_default();
    record.id = document.map(|document| {
        let [one, other] = languages;
        let (first, last) = (number(planned.units.first()), number(planned.units.last()));
        format!("{document}#{one}-{other}#{first}-{last}")
    });
    let means = mean_over_units(chain, planned);
    (record.score, record.confidence) = (Some(means.score), Some(means.confidence));
    let confidences = planned.units.iter().map(|&at| short(chain.units[at].unit.confidence()));
    let by_language = |of: &dyn Fn(usize) -> Value| -> Value {
        let values = [0, 1].map(|side| (languages[side].to_string(), of(side)));
        Value::Object(Map::from_iter(values))
    };
    let columns = [
        ("confidences", confidences.collect()),
        ("aligned", by_language(&|side| short(share_aligned(chain, planned, side)))),
        ("sentences", by_language(&|side| sentence_list(chain, planned, side))),
    ];
    record.extra.extend(columns.map(|(name, value)| (name.to_string(), value)));
    let sentences = [0, 1].map(|side| {
        let in_text = planned.sides[side].iter().filter(|one| one.status.is_in_text());
        (languages[side], in_text.map(|one| one.sentence).collect())
    });
    Ok(PassageRow { record, units: unit_sentences(chain, planned), sentences: sentences.into() })
}

/// The sentences that are in the text and not blank, with white space folded.
fn sentences_in_text<'c>(
    chain: &'c Chain<'_>,
    planned: &'c PlannedRow,
    side: usize,
) -> impl Iterator<Item = (PlannedSentence, String)> + 'c {
    let in_text = planned.sides[side].iter().filter(|planned| planned.status.is_in_text());
    in_text.filter_map(move |&planned| {
        let text = fold(chain.sides[side].article.sentence(planned.sentence)?);
        (!text.is_empty()).then_some((planned, text))
    })
}

fn text(chain: &Chain<'_>, planned: &PlannedRow, side: usize) -> String {
    let (mut text, mut last) = (String::new(), None);
    for (planned, sentence) in sentences_in_text(chain, planned, side) {
        let number = planned.sentence;
        text.push_str(last.map_or("", |last| chain.sides[side].separator(last, number)));
        text.push_str(&sentence);
        last = Some(number);
    }
    text
}

/// The sentences of each unit. Units with a blank side are added to the one before.
fn unit_sentences(chain: &Chain<'_>, planned: &PlannedRow) -> Vec<UnitSentences> {
    let mut units = vec![UnitSentences::default(); planned.units.len()];
    for side in 0..2 {
        let mut unit = 0;
        for (planned, sentence) in sentences_in_text(chain, planned, side) {
            if let SentenceStatus::Aligned(number) = planned.status {
                unit = number;
            }
            if let Some(unit) = units.get_mut(unit) {
                unit[side].push(sentence);
            }
        }
    }
    let mut joined: Vec<UnitSentences> = Vec::with_capacity(units.len());
    let is_blank = |unit: &UnitSentences| unit.iter().any(Vec::is_empty);
    for unit in units {
        match joined.last_mut() {
            Some(last) if is_blank(&unit) || is_blank(last) => {
                last.iter_mut().zip(unit).for_each(|(side, new)| side.extend(new));
            }
            _ => joined.push(unit),
        }
    }
    joined
}

/// A sentence is an object with its byte span in the article's text, its status, and the number of its unit
/// in the row.
fn sentence_list(chain: &Chain<'_>, planned: &PlannedRow, side: usize) -> Value {
    let spans = chain.sides[side].article.spans();
    let object = |planned: &PlannedSentence| {
        let span = spans.get(planned.sentence)?;
        let (status, unit) = match planned.status {
            SentenceStatus::Aligned(unit) => ("aligned", Value::from(unit)),
            SentenceStatus::Unaligned => ("unaligned", Value::Null),
            SentenceStatus::LeftOut => ("left_out", Value::Null),
            SentenceStatus::Rejected => ("rejected", Value::Null),
        };
        let fields = [
            ("start", span.start.into()),
            ("end", span.end.into()),
            ("status", status.into()),
            ("unit", unit),
        ];
        Some(Value::Object(
            fields.map(|(name, value)| (name.to_string(), value)).into_iter().collect(),
        ))
    };
    planned.sides[side].iter().filter_map(object).collect()
}

/// The share of aligned sentences in the characters of all sentences of a side, whether they are in the text
/// or not.
fn share_aligned(chain: &Chain<'_>, planned: &PlannedRow, side: usize) -> f32 {
    let (mut aligned, mut all) = (0, 0);
    for planned in &planned.sides[side] {
        let characters = chain.sides[side].characters(planned.sentence);
        all += characters;
        if matches!(planned.status, SentenceStatus::Aligned(_)) {
            aligned += characters;
        }
    }
    if all == 0 { 1.0 } else { (aligned as f64 / all as f64) as f32 }
}

struct UnitMeans {
    score: f32,
    confidence: f32,
}

/// The means over the units, weighted by their characters on both sides.
fn mean_over_units(chain: &Chain<'_>, planned: &PlannedRow) -> UnitMeans {
    let (mut score, mut confidence, mut weights) = (0.0, 0.0, 0.0);
    for &at in &planned.units {
        let unit = &chain.units[at];
        let characters = |side: usize| {
            let of = unit.sentences[side].iter().map(|&one| chain.sides[side].characters(one));
            of.sum::<usize>()
        };
        // A unit of blank sentences has a weight, too.
        let weight = (characters(0) + characters(1)).max(1) as f64;
        score += weight * f64::from(unit.unit.score());
        confidence += weight * f64::from(unit.unit.confidence());
        weights += weight;
    }
    let weights = f64::max(weights, 1.0);
    let (score, confidence) = ((score / weights) as f32, (confidence / weights) as f32);
    UnitMeans { score, confidence: confidence.clamp(0.0, 1.0) }
}

/// A number in its shortest form: 0.3, not 0.30000001.
fn short(number: f32) -> Value {
    let number = number.to_string().parse().ok().and_then(Number::from_f64);
    number.map_or(Value::Null, Value::Number)
}
