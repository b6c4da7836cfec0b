//! From aligned pairs to the units and beads of a bitext, with scores and
//! confidences.

use std::ops::Range;

use super::merge::{Link, Ranges, merge};
use super::{PairAlignment, PairBead, Side};
use crate::bitext::{Pair, Part, Unit};
use crate::{Language, Result};

/// The alignment of two of the articles.
pub(super) struct AlignedPair {
    /// Index of the source article.
    pub(super) x: usize,
    /// Index of the target article, after the source.
    pub(super) y: usize,
    pub(super) alignment: PairAlignment,
}

impl AlignedPair {
    /// For each sentence of some ranges, how sure it is that the pair's other
    /// language has no counterpart.
    fn nulls(&self, ranges: &Ranges) -> impl Iterator<Item = f32> {
        let source = &self.alignment.source_null[ranges[self.x].clone()];
        let target = &self.alignment.target_null[ranges[self.y].clone()];
        source.iter().chain(target).copied()
    }
}

/// All pairs, made consistent.
pub(super) struct Merged {
    pairs: Vec<AlignedPair>,
    units: Vec<Ranges>,
}

impl Merged {
    pub(super) fn new(sides: &[Side], mut pairs: Vec<AlignedPair>) -> Merged {
        let lens = std::array::from_fn(|x| sides.get(x).map_or(0, Side::units));
        let link = |pair: &AlignedPair, bead: &PairBead| {
            let mut ranges: Ranges = std::array::from_fn(|_| 0..0);
            ranges[pair.x] = bead.source.clone();
            ranges[pair.y] = bead.target.clone();
            Link { ranges, strength: bead.posterior }
        };
        let links: Vec<Link> = pairs
            .iter()
            .flat_map(|pair| pair.alignment.beads.iter().map(move |bead| link(pair, bead)))
            .collect();
        let (units, kept) = merge(lens, &links);
        let mut kept = kept.into_iter();
        for pair in &mut pairs {
            pair.alignment.beads.retain(|_| kept.next().unwrap_or(false));
        }
        Merged { pairs, units }
    }

    /// For each article, whether it is related to any other.
    pub(super) fn related(&self, sides: &[Side], min_coverage: f32) -> Vec<bool> {
        let total = |side: &Side| side.lengths.iter().sum::<f32>();
        let length = |side: &Side, units: &Range<usize>| -> f32 {
            side.lengths[side.pieces(units.clone())].iter().sum()
        };
        let lengths: Vec<f32> = sides.iter().map(total).collect();
        // What has nothing, or nothing beside it, cannot be told.
        let with_text = lengths.iter().filter(|length| **length > 0.0).count();
        let mut related: Vec<bool> =
            lengths.iter().map(|length| *length == 0.0 || with_text < 2).collect();
        for AlignedPair { x, y, alignment } in &self.pairs {
            let covered: f32 = alignment
                .beads
                .iter()
                .map(|bead| {
                    let source = length(&sides[*x], &bead.source);
                    let target = length(&sides[*y], &bead.target);
                    bead.posterior * (source + target)
                })
                .sum();
            let both = lengths[*x] > 0.0 && lengths[*y] > 0.0;
            if both && covered >= min_coverage * (lengths[*x] + lengths[*y]) {
                related[*x] = true;
                related[*y] = true;
            }
        }
        related
    }

    pub(super) fn into_units(self, languages: &[Language]) -> Result<(Vec<Unit>, Vec<Pair>)> {
        let mut next = vec![0; self.pairs.len()];
        let mut units = Vec::with_capacity(self.units.len());
        for ranges in &self.units {
            let parts: Vec<Part> = languages
                .iter()
                .zip(ranges)
                .filter(|(_, range)| !range.is_empty())
                .map(|(&language, range)| Part { language, sentences: range.clone() })
                .collect();
            let (score, confidence) = self.judge(ranges, &mut next);
            units.push(Unit::new(parts, score, confidence)?);
        }
        let mut pairs = Vec::with_capacity(self.pairs.len());
        for AlignedPair { x, y, alignment } in self.pairs {
            let (source, target) = (languages[x], languages[y]);
            let mut beads = Vec::with_capacity(alignment.beads.len());
            for bead in alignment.beads {
                let parts = vec![
                    Part { language: source, sentences: bead.source },
                    Part { language: target, sentences: bead.target },
                ];
                beads.push(Unit::new(parts, bead.score, bead.posterior)?);
            }
            pairs.push(Pair { source, target, beads });
        }
        Ok((units, pairs))
    }

    /// Score and confidence of a unit.
    ///
    /// The score is the mean over its pairs, the confidence that of the least
    /// sure of its beads and of its sentences' being without a counterpart in a
    /// language that is absent. `next` holds, for each pair, its first bead
    /// that is in no unit so far.
    fn judge(&self, ranges: &Ranges, next: &mut [usize]) -> (f32, f32) {
        if ranges.iter().filter(|range| !range.is_empty()).count() == 1 {
            return (0.0, self.null_confidence(ranges));
        }
        let (mut score, mut scored, mut confidence) = (0.0, 0, 1.0_f32);
        for (at, pair) in self.pairs.iter().enumerate() {
            let (source, target) = (&ranges[pair.x], &ranges[pair.y]);
            if source.is_empty() || target.is_empty() {
                confidence = pair.nulls(ranges).fold(confidence, f32::min);
                continue;
            }
            let beads = &pair.alignment.beads[next[at]..];
            let inside = beads.iter().take_while(|bead| bead.source.start < source.end).count();
            next[at] += inside;
            let beads = &beads[..inside];
            confidence = beads.iter().map(|bead| bead.posterior).fold(confidence, f32::min);
            if inside > 0 {
                score += beads.iter().map(|bead| bead.score).sum::<f32>() / inside as f32;
                scored += 1;
            }
        }
        (score / scored.max(1) as f32, confidence)
    }

    /// The confidence of a null unit. Each other language gives a verdict, and
    /// the surer one counts: what one other version lacks, the next one often
    /// lacks too, and on the development sets the least sure verdict was far
    /// too careful, the product even more.
    fn null_confidence(&self, ranges: &Ranges) -> f32 {
        self.pairs.iter().flat_map(|pair| pair.nulls(ranges)).fold(0.0, f32::max)
    }
}
