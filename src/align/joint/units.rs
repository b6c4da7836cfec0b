//! The result of the search over all languages, and the units and beads of a bitext from it.

use std::collections::BTreeMap;

use crate::align::Side;
use crate::align::crf::calibration::{Calibration, probability};
use crate::align::results::{AlignedPair, PairBead};
use crate::bitext::groups::SentenceGroup;
use crate::bitext::{LanguagePair, Part, Unit};
use crate::{Language, Result};

/// The alignment of two or three articles. The alignments of the pairs are consistent with the
/// units. Languages are named by the indexes of their articles, sentences are the caller's
/// segments.
pub(in crate::align) struct SearchResult {
    pub(in crate::align) pairs: Vec<AlignedPair>,
    /// In reading order.
    pub(in crate::align) units: Vec<SentenceGroup>,
    /// Whether only a part of the lattice was searched.
    pub(in crate::align) approximate: bool,
    /// By pair: the beads that cross others. Empty if the aligner did not look for them.
    pub(in crate::align) crossing: Vec<Vec<PairBead>>,
}

/// By pair: its beads by their first source sentence.
type BeadsByStart<'b> = Vec<BTreeMap<usize, &'b PairBead>>;

/// For each sentence of a unit in the pair's languages, the posterior that it has no counterpart in
/// the other language of the pair.
pub(super) fn null_posteriors(
    pair: &AlignedPair,
    unit: &SentenceGroup,
) -> impl Iterator<Item = f32> {
    let source = unit[pair.source].iter().map(|at| pair.alignment.source_null[*at]);
    source.chain(unit[pair.target].iter().map(|at| pair.alignment.target_null[*at]))
}

impl SearchResult {
    /// The beads of a pair that cross others.
    pub(in crate::align) fn crossing(&self, pair: usize) -> &[PairBead] {
        self.crossing.get(pair).map_or(&[], Vec::as_slice)
    }

    /// Whether a unit contains a bead that crosses others.
    pub(in crate::align) fn is_crossing(&self, unit: &SentenceGroup) -> bool {
        self.pairs.iter().enumerate().any(|(at, pair)| {
            self.crossing(at).iter().any(|bead| unit[pair.source].contains(&bead.source[0]))
        })
    }

    /// All beads of a pair.
    fn beads(&self, pair: usize) -> impl Iterator<Item = &PairBead> {
        self.pairs[pair].alignment.beads.iter().chain(self.crossing(pair))
    }

    /// The number of languages.
    fn languages(&self) -> usize {
        if self.pairs.len() > 1 { 3 } else { 2 }
    }

    /// For each article, whether it is related to another one: whether beads of the two cover at
    /// least `min_coverage` of their characters, weighted by posterior.
    ///
    /// An article without text counts as related, and so does one whose language the model does not
    /// know (`known`). Nothing contradicts them.
    pub(in crate::align) fn related(
        &self,
        sides: &[Side],
        min_coverage: f32,
        known: &[bool],
    ) -> Vec<bool> {
        let length = |side: &Side, segments: &[usize]| -> f32 {
            let segment = |segment: &usize| -> f32 {
                side.lengths[side.sentences(*segment..segment + 1)].iter().sum()
            };
            segments.iter().map(segment).sum()
        };
        let lengths: Vec<f32> = sides.iter().map(|side| side.lengths.iter().sum()).collect();
        let judged: Vec<bool> =
            lengths.iter().zip(known).map(|(length, known)| *length > 0.0 && *known).collect();
        let judged_count = judged.iter().filter(|judged| **judged).count();
        let mut related: Vec<bool> =
            judged.iter().map(|judged| !judged || judged_count < 2).collect();
        for (at, pair) in self.pairs.iter().enumerate() {
            let (x, y) = (pair.source, pair.target);
            let covered: f32 = self
                .beads(at)
                .map(|bead| {
                    let source = length(&sides[x], &bead.source);
                    let target = length(&sides[y], &bead.target);
                    bead.posterior * (source + target)
                })
                .sum();
            let is_judged = judged[x] && judged[y];
            if is_judged && covered >= min_coverage * (lengths[x] + lengths[y]) {
                related[x] = true;
                related[y] = true;
            }
        }
        related
    }

    /// The units and beads of a bitext of articles in these languages.
    pub(in crate::align) fn into_units(
        self,
        languages: &[Language],
        calibration: &Calibration,
    ) -> Result<(Vec<Unit>, Vec<LanguagePair>)> {
        let beads: BeadsByStart<'_> = (0..self.pairs.len())
            .map(|pair| self.beads(pair).map(|bead| (bead.source[0], bead)).collect())
            .collect();
        let mut units = Vec::with_capacity(self.units.len());
        for unit in &self.units {
            let parts = languages.iter().zip(unit).filter(|(_, sentences)| !sentences.is_empty());
            let part = |(&language, sentences): (&Language, &Vec<usize>)| Part {
                language,
                sentences: sentences.clone(),
            };
            let (score, confidence) = self.score_and_confidence(unit, &beads, calibration);
            let parts = parts.map(part).collect();
            let crossing = self.is_crossing(unit);
            units.push(Unit::new(parts, score, confidence)?.with_crossing(crossing));
        }
        let mut pairs = Vec::with_capacity(self.pairs.len());
        let mut crossing = self.crossing.into_iter();
        for AlignedPair { source, target, alignment } in self.pairs {
            let (source, target) = (languages[source], languages[target]);
            let bead = |bead: PairBead| {
                let parts = vec![
                    Part { language: source, sentences: bead.source },
                    Part { language: target, sentences: bead.target },
                ];
                Unit::new(
                    parts,
                    bead.score,
                    calibration.bead_confidence(bead.posterior, languages.len()),
                )
            };
            let crossing = crossing.next().unwrap_or_default().into_iter().map(bead);
            let crossing = crossing.map(|bead| Ok(bead?.with_crossing(true)));
            let beads = alignment.beads.into_iter().map(bead).chain(crossing);
            let mut beads = beads.collect::<Result<Vec<Unit>>>()?;
            beads.sort_by_key(|bead| bead.parts()[0].sentences[0]);
            pairs.push(LanguagePair { source, target, beads });
        }
        Ok((units, pairs))
    }

    /// The score and the confidence of a unit.
    ///
    /// The score is the mean over its pairs of languages of the mean score of their beads. The
    /// confidence is that of its least sure bead. If a unit lacks one of three languages, the
    /// posterior of having no counterpart there counts too.
    fn score_and_confidence(
        &self,
        unit: &SentenceGroup,
        beads: &BeadsByStart<'_>,
        calibration: &Calibration,
    ) -> (f32, f32) {
        if unit.iter().filter(|sentences| !sentences.is_empty()).count() == 1 {
            let posterior = self.null_posterior(unit);
            return (0.0, calibration.null_confidence(posterior, self.languages()));
        }
        let (mut score_sum, mut scored_pairs) = (0.0, 0);
        let (mut least_log_odds, mut least_null) = (f32::INFINITY, None);
        for (pair, beads) in self.pairs.iter().zip(beads) {
            if unit[pair.source].is_empty() || unit[pair.target].is_empty() {
                let nulls = null_posteriors(pair, unit);
                least_null = Some(nulls.fold(least_null.unwrap_or(1.0), f32::min));
                continue;
            }
            let inside: Vec<&PairBead> =
                unit[pair.source].iter().filter_map(|at| beads.get(at).copied()).collect();
            least_log_odds = (inside.iter())
                .map(|bead| calibration.bead_log_odds(bead.posterior, self.languages()))
                .fold(least_log_odds, f32::min);
            if !inside.is_empty() {
                score_sum +=
                    inside.iter().map(|bead| bead.score).sum::<f32>() / inside.len() as f32;
                scored_pairs += 1;
            }
        }
        let confidence = match least_null {
            Some(null) => calibration.two_of_three_confidence(least_log_odds, null),
            None => probability(least_log_odds),
        };
        (score_sum / scored_pairs.max(1) as f32, confidence)
    }

    /// The largest posterior of a unit of one sentence to have no counterpart in another language.
    ///
    /// What one version lacks, others often lack too, so the smallest says less.
    pub(in crate::align) fn null_posterior(&self, unit: &SentenceGroup) -> f32 {
        self.pairs.iter().flat_map(|pair| null_posteriors(pair, unit)).fold(0.0, f32::max)
    }

    /// For a unit of two of three languages: the posterior of its least sure bead, and the smallest
    /// posterior of its sentences to have no counterpart in the third language.
    pub(in crate::align) fn two_of_three_posteriors(
        &self,
        unit: &SentenceGroup,
    ) -> Option<(f32, f32)> {
        let (mut bead, mut null) = (None, 1.0_f32);
        for (at, pair) in self.pairs.iter().enumerate() {
            if unit[pair.source].is_empty() || unit[pair.target].is_empty() {
                null = null_posteriors(pair, unit).fold(null, f32::min);
            } else {
                let inside =
                    self.beads(at).filter(|bead| unit[pair.source].contains(&bead.source[0]));
                bead = inside.map(|bead| bead.posterior).reduce(f32::min);
            }
        }
        Some((bead?, null))
    }
}
