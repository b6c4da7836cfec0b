//! How far the other languages may overrule a language pair.
//!
//! The decoder over all languages searches groups of a few sentences per language, without holes. Where
//! translators merged sentences in a chain, or inserted text inside one, no such group is right, and
//! the beads of a pair suffer for it. So the beads of the pair alone are decoded as well. Between the
//! beads that both have in common, those of the pair alone win if all languages together cost the
//! pair more right sentences, by its own posteriors, than the others can be trusted to know better.

use std::collections::{HashMap, HashSet};

use crate::align::joint::segments::SentenceBead;

/// Expected right sentences of a pair that the other languages may overrule: those of one 1-1 bead.
/// With more, merged sentences of three languages lose up to 0.01 of strict F1 on manuals; with less,
/// the third language finds fewer of the dropped sentences.
const MAX_OVERRULED: f32 = 2.0;

/// The posteriors of a pair.
pub(in crate::align) struct PairPosteriors<'p> {
    /// Of beads; those that are missing have none.
    pub(in crate::align) beads: HashMap<SentenceBead, f32>,
    /// By sentence, the posterior that some bead has it.
    pub(in crate::align) source_aligned: &'p [f32],
    pub(in crate::align) target_aligned: &'p [f32],
}

/// The beads of a pair: those of all languages together (`joint`), but where they cost too much, those
/// of the pair alone. Both are in order.
pub(in crate::align) fn overrule(
    joint: &[SentenceBead],
    alone: &[SentenceBead],
    posteriors: &PairPosteriors<'_>,
) -> Vec<SentenceBead> {
    let in_alone: HashSet<&SentenceBead> = alone.iter().collect();
    let mut beads = Vec::with_capacity(joint.len());
    let (mut from, mut other_from) = (0, 0);
    let mut start = (0, 0);
    loop {
        let to = joint[from..].iter().position(|bead| in_alone.contains(bead));
        let shared = to.map(|at| &joint[from + at]);
        let end = from + to.unwrap_or(joint.len() - from);
        let other_end = match shared {
            Some(shared) => {
                other_from + alone[other_from..].iter().position(|bead| bead == shared).unwrap_or(0)
            }
            None => alone.len(),
        };
        let stop = match shared {
            Some(shared) => (shared.source.start, shared.target.start),
            None => (posteriors.source_aligned.len(), posteriors.target_aligned.len()),
        };
        let (of_joint, of_alone) = (&joint[from..end], &alone[other_from..other_end]);
        let expected = |beads| posteriors.expected_right(beads, start, stop);
        let lost = expected(of_alone) - expected(of_joint);
        beads.extend_from_slice(if lost > MAX_OVERRULED { of_alone } else { of_joint });
        let Some(shared) = shared else { return beads };
        beads.push(shared.clone());
        start = (shared.source.end, shared.target.end);
        (from, other_from) = (end + 1, other_end + 1);
    }
}

impl PairPosteriors<'_> {
    /// The expected number of sentences between two nodes that are in a right bead, or rightly in
    /// none.
    fn expected_right(
        &self,
        beads: &[SentenceBead],
        (from, other_from): (usize, usize),
        (to, other_to): (usize, usize),
    ) -> f32 {
        let null = |aligned: &[f32]| aligned.iter().map(|aligned| 1.0 - aligned).sum::<f32>();
        let mut sum =
            null(&self.source_aligned[from..to]) + null(&self.target_aligned[other_from..other_to]);
        for bead in beads {
            let posterior = self.beads.get(bead).copied().unwrap_or(0.0);
            sum += posterior * (bead.source.len() + bead.target.len()) as f32;
            sum -= null(&self.source_aligned[bead.source.clone()]);
            sum -= null(&self.target_aligned[bead.target.clone()]);
        }
        sum
    }
}
