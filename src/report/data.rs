//! The data of a bitext in a page, as JSON for its script.
//!
//! Pages are large, so most records are arrays instead of objects. The comments of the
//! record types list their elements.

use std::collections::{BTreeMap, HashMap};

use serde::Serialize;

use super::corrections::{id_json, text_key};
use crate::align::{BeadExplanation, ExplainedBitext, PairExplanation, UnitExplanation};
use crate::article::Origin;
use crate::split::SegmentKind;
use crate::{Article, Bitext, Language, RuleSplitter, Unit};

/// Features with a smaller contribution are omitted.
const MIN_SHOWN_NATS: f32 = 0.05;

#[derive(Serialize)]
struct ArticleData<'a> {
    /// The id as JSON text, because JavaScript numbers lose digits.
    id: String,
    /// The key of the text, for corrections.
    text: String,
    languages: Vec<LanguageData<'a>>,
    /// The sentences of each article.
    sentences: Vec<Vec<&'a str>>,
    /// For each article, the indices of headlines and of boilerplate.
    kinds: Vec<[Vec<usize>; 2]>,
    units: Vec<UnitData<'a>>,
    pairs: Vec<PairData<'a>>,
    unrelated: bool,
    warnings: Vec<String>,
    fingerprint: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    evidence: Option<EvidenceData>,
}

#[derive(Serialize)]
struct LanguageData<'a> {
    code: String,
    name: &'static str,
    /// The value of the attribute `dir` of texts: `rtl` or `ltr`.
    dir: &'static str,
    source: Option<&'a str>,
}

/// Sentences by article; score; confidence; 1 if crossing plus 2 if reviewed.
#[derive(Serialize)]
struct UnitData<'a>(Vec<&'a [usize]>, f64, f64, u8);

/// Indices of the two articles; beads.
#[derive(Serialize)]
struct PairData<'a>(usize, usize, Vec<UnitData<'a>>);

#[derive(Serialize)]
struct EvidenceData {
    features: Vec<&'static str>,
    /// The features of each unit; `None` if the explanation has no such unit.
    units: Vec<Option<Vec<EvidencePair>>>,
}

/// Indices of the two articles; beads; unaligned sentences as article, sentence and
/// posterior; alternative beads.
#[derive(Serialize)]
struct EvidencePair(usize, usize, Vec<EvidenceBead>, Vec<(usize, usize, f64)>, Vec<EvidenceBead>);

/// First and last source sentence; first and last target sentence; posterior;
/// potential in nats; margin; features as index, value and contribution in nats.
#[derive(Serialize)]
struct EvidenceBead(usize, usize, usize, usize, f64, f64, f64, Vec<(usize, f64, f64)>);

/// The data of a bitext as JSON.
pub(super) fn article(bitext: &Bitext, explained: Option<&ExplainedBitext>) -> String {
    let languages: Vec<Language> = bitext.languages().collect();
    let place = |language| languages.iter().position(|one| *one == language).unwrap_or(0);
    let data = ArticleData {
        id: id_json(bitext.id()),
        text: text_key(bitext),
        languages: bitext.articles().iter().map(language).collect(),
        sentences: bitext.articles().iter().map(|all| all.sentences().collect()).collect(),
        kinds: bitext.articles().iter().map(kinds).collect(),
        units: bitext.units().iter().map(|one| unit(one, &languages)).collect(),
        pairs: { bitext.language_pairs().iter() }
            .map(|pair| {
                let both = [pair.source, pair.target];
                let beads = pair.beads.iter().map(|bead| unit(bead, &both)).collect();
                PairData(place(pair.source), place(pair.target), beads)
            })
            .collect(),
        unrelated: bitext.unrelated(),
        warnings: bitext.warnings().iter().map(ToString::to_string).collect(),
        fingerprint: bitext.fingerprint(),
        evidence: explained.map(|explained| evidence(bitext, explained, &languages)),
    };
    // Strings and finite numbers always serialise.
    serde_json::to_string(&data).unwrap_or_default()
}

fn language(article: &Article) -> LanguageData<'_> {
    let code = article.language().code().to_string();
    let name = article.language().name().unwrap_or_default();
    let dir = if article.language().is_right_to_left() { "rtl" } else { "ltr" };
    LanguageData { code, name, dir, source: article.id() }
}

fn unit<'a>(unit: &'a Unit, languages: &[Language]) -> UnitData<'a> {
    let parts = languages.iter().map(|language| unit.sentences(*language).unwrap_or_default());
    let flags = u8::from(unit.crossing()) + 2 * u8::from(unit.reviewed());
    UnitData(parts.collect(), short(unit.score()), low(unit.confidence().into()), flags)
}

/// The indices of headlines and of boilerplate. Sentences of the built-in splitter are
/// looked up in its segments; other sentences are classified one by one.
fn kinds(article: &Article) -> [Vec<usize>; 2] {
    let splitter = RuleSplitter::default();
    let language = article.language();
    let known: HashMap<usize, (usize, SegmentKind)> = match article.origin() {
        Origin::Raw => splitter
            .segments(language, article.text())
            .map(|segment| (segment.span.start, (segment.span.end, segment.kind)))
            .collect(),
        Origin::Sentences => HashMap::new(),
    };
    let (mut headings, mut boilerplate) = (Vec::new(), Vec::new());
    for (at, span) in article.spans().iter().enumerate() {
        let alone = || {
            let mut kinds =
                splitter.segments(language, &article.text()[span.clone()]).map(|one| one.kind);
            match kinds.next() {
                Some(SegmentKind::Boilerplate)
                    if kinds.all(|kind| kind == SegmentKind::Boilerplate) =>
                {
                    SegmentKind::Boilerplate
                }
                _ => SegmentKind::Text,
            }
        };
        let kind = match known.get(&span.start) {
            Some((end, kind)) if *end == span.end => *kind,
            _ => alone(),
        };
        match kind {
            SegmentKind::Heading => headings.push(at),
            SegmentKind::Boilerplate => boilerplate.push(at),
            SegmentKind::Text => {}
        }
    }
    [headings, boilerplate]
}

fn evidence(bitext: &Bitext, explained: &ExplainedBitext, languages: &[Language]) -> EvidenceData {
    let mut features = FeatureIndex::default();
    // Match units by their sentences: the explanation may have other units.
    let places: BTreeMap<_, usize> = { explained.bitext().units().iter().enumerate() }
        .map(|(at, unit)| (unit_key(unit), at))
        .collect();
    let of_unit =
        |unit: &Unit| -> Option<UnitExplanation> { explained.unit(*places.get(&unit_key(unit))?) };
    let units = bitext.units().iter().map(|unit| {
        let explanation = of_unit(unit)?;
        Some(explanation.pairs.iter().map(|pair| features.pair(pair, languages)).collect())
    });
    let units = units.collect();
    EvidenceData { features: features.names, units }
}

fn unit_key(unit: &Unit) -> Vec<(Language, &[usize])> {
    unit.parts().iter().map(|part| (part.language, part.sentences.as_slice())).collect()
}

/// The names of the features that occur.
#[derive(Default)]
struct FeatureIndex {
    names: Vec<&'static str>,
}

impl FeatureIndex {
    fn place(&mut self, feature: &'static str) -> usize {
        self.names.iter().position(|name| *name == feature).unwrap_or_else(|| {
            self.names.push(feature);
            self.names.len() - 1
        })
    }

    fn pair(&mut self, pair: &PairExplanation, languages: &[Language]) -> EvidencePair {
        let place = |language| languages.iter().position(|one| *one == language).unwrap_or(0);
        let nulls = pair
            .nulls
            .iter()
            .map(|null| (place(null.language), null.sentence, short(null.posterior)));
        EvidencePair(
            place(pair.source),
            place(pair.target),
            pair.beads.iter().map(|bead| self.bead(bead, true)).collect(),
            nulls.collect(),
            pair.alternatives.iter().map(|bead| self.bead(bead, false)).collect(),
        )
    }

    fn bead(&mut self, bead: &BeadExplanation, whole: bool) -> EvidenceBead {
        let (source, target) = (&bead.source_sentences, &bead.target_sentences);
        let shown = bead.features.iter().filter(|one| whole && one.nats.abs() >= MIN_SHOWN_NATS);
        let mut evidence: Vec<(usize, f64, f64)> =
            shown.map(|one| (self.place(one.name), short(one.value), short(one.nats))).collect();
        evidence.sort_by(|one, other| other.2.abs().total_cmp(&one.2.abs()));
        EvidenceBead(
            source.start,
            source.end.saturating_sub(1),
            target.start,
            target.end.saturating_sub(1),
            short(bead.posterior),
            short(bead.potential),
            short(bead.margin),
            evidence,
        )
    }
}

/// Rounds a number to four decimals.
fn short(value: f32) -> f64 {
    let value = f64::from(value);
    if value.is_finite() { (value * 1e4).round() / 1e4 } else { 0.0 }
}

/// Rounds a probability down to four decimals, so that 0.99999 is not shown as 1. It
/// first corrects the rounding error of 32-bit floats: 0.7 stays 0.7.
pub(super) fn low(value: f64) -> f64 {
    ((value * 1e7).round() / 1e3).floor() / 1e4
}

#[cfg(test)]
mod tests {
    use super::low;

    #[test]
    fn probabilities_are_rounded_down_except_for_float_errors() {
        for hundredths in 0..=100u8 {
            let decimal = f64::from(hundredths) / 100.0;
            assert_eq!(low(f64::from(decimal as f32)), decimal);
        }
        assert_eq!(low(f64::from(1.0f32.next_down())), 0.9999);
        assert_eq!(low(0.69996), 0.6999);
    }
}
