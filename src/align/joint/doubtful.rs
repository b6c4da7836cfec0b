//! Doubtful beads and units, which are left unaligned.
//!
//! The decoder links what is likelier than not. Whoever trains on a bitext loses more by a wrong row
//! than by a missing one, so beads whose links are less likely than
//! [`AlignConfig::min_link_confidence`] are dropped. What counts are the links of the sentences, not
//! the bead as a whole: if only its borders are in doubt, its sentences are translations all the same.

use std::collections::HashSet;
use std::ops::Range;

use crate::align::joint::conflicts::{LanguageRanges, resolve_conflicts};
use crate::align::joint::segments::{hull, is_ordered};
use crate::align::results::{AlignedPair, PairBead};
use crate::align::{AlignConfig, Side};
use crate::bitext::groups::{MAX_LANGUAGES, SentenceGroup, closure, reading_order};

/// Drops the doubtful beads of each pair, and returns the units that remain.
///
/// A doubtful bead stays if confident ones connect its sentences through another language.
pub(in crate::align) fn drop_doubtful(
    sides: &[&Side],
    pairs: &mut [AlignedPair],
    units: Vec<SentenceGroup>,
    config: &AlignConfig,
) -> Vec<SentenceGroup> {
    let (calibration, least) = (&config.weights().calibration, config.min_link_confidence);
    let languages = sides.len();
    let is_confident =
        |bead: &PairBead| calibration.bead_confidence(bead.link_posterior, languages) >= least;
    let mut kept: Vec<Vec<bool>> = (pairs.iter())
        .map(|pair| pair.alignment.beads.iter().map(is_confident).collect())
        .collect();
    let mut changed = kept.iter().flatten().any(|kept| !kept);
    let lens: [usize; MAX_LANGUAGES] =
        std::array::from_fn(|x| sides.get(x).map_or(0, |side| side.segment_count()));
    let mut groups = if changed { closure(lens, groups_of(pairs, &kept)) } else { units };
    if languages > 2 {
        for unit in &groups {
            if unit.iter().filter(|sentences| !sentences.is_empty()).count() == 2 {
                changed |= drop_doubtful_unit(unit, pairs, &mut kept, config);
            }
        }
    }
    if !changed {
        return groups;
    }
    groups = closure(lens, groups_of(pairs, &kept));
    let mut group_of: [Vec<usize>; MAX_LANGUAGES] = lens.map(|len| vec![0; len]);
    for (at, group) in groups.iter().enumerate() {
        for (places, sentences) in group_of.iter_mut().zip(group) {
            sentences.iter().for_each(|&sentence| places[sentence] = at);
        }
    }
    for pair in &mut *pairs {
        let (sources, targets) = (&group_of[pair.source], &group_of[pair.target]);
        pair.alignment.beads.retain(|bead| {
            let mut groups = (bead.source.iter().map(|&at| sources[at]))
                .chain(bead.target.iter().map(|&at| targets[at]));
            let first = groups.next();
            groups.all(|group| Some(group) == first)
        });
    }
    let groups = reading_order(lens, groups);
    if is_ordered(&groups) { groups } else { without_conflicts(lens, pairs) }
}

/// Drops beads until the units have a reading order, those with unlikely links first.
///
/// Inside a unit the beads of three pairs may form a cycle, which shows when the bead that held the unit
/// together is dropped.
fn without_conflicts(
    lens: [usize; MAX_LANGUAGES],
    pairs: &mut [AlignedPair],
) -> Vec<SentenceGroup> {
    let has_hole = |segments: &[usize]| hull(segments).len() > segments.len();
    for pair in &mut *pairs {
        pair.alignment.beads.retain(|bead| !has_hole(&bead.source) && !has_hole(&bead.target));
    }
    let mut places: Vec<(usize, usize)> = (pairs.iter().enumerate())
        .flat_map(|(at, pair)| (0..pair.alignment.beads.len()).map(move |bead| (at, bead)))
        .collect();
    let posterior =
        |&(pair, bead): &(usize, usize)| pairs[pair].alignment.beads[bead].link_posterior;
    places.sort_by(|one, other| posterior(other).total_cmp(&posterior(one)));
    let ranges = |&(at, bead): &(usize, usize)| {
        let (pair, mut ranges) = (&pairs[at], LanguageRanges::default());
        ranges[pair.source] = hull(&pair.alignment.beads[bead].source);
        ranges[pair.target] = hull(&pair.alignment.beads[bead].target);
        ranges
    };
    let linked: Vec<LanguageRanges> = places.iter().map(ranges).collect();
    let (units, kept) = resolve_conflicts(lens, &linked);
    let dropped: HashSet<(usize, usize)> =
        (places.into_iter().zip(kept)).filter(|(_, kept)| !kept).map(|(place, _)| place).collect();
    for (at, pair) in pairs.iter_mut().enumerate() {
        let mut bead = 0;
        pair.alignment.beads.retain(|_| {
            bead += 1;
            !dropped.contains(&(at, bead - 1))
        });
    }
    units.into_iter().map(|ranges| ranges.map(Range::collect)).collect()
}

/// The beads that are kept, as groups over all languages.
fn groups_of<'p>(
    pairs: &'p [AlignedPair],
    kept: &'p [Vec<bool>],
) -> impl Iterator<Item = SentenceGroup> + 'p {
    pairs.iter().zip(kept).flat_map(|(pair, kept)| {
        let beads = pair.alignment.beads.iter().zip(kept).filter(|(_, kept)| **kept);
        beads.map(|(bead, _)| {
            let mut group = SentenceGroup::default();
            group[pair.source].clone_from(&bead.source);
            group[pair.target].clone_from(&bead.target);
            group
        })
    })
}

/// Drops the beads of a unit of two of three languages that would be doubtful if the pair had been
/// aligned alone, since no third language supports them. Returns whether there are any.
fn drop_doubtful_unit(
    unit: &SentenceGroup,
    pairs: &[AlignedPair],
    kept: &mut [Vec<bool>],
    config: &AlignConfig,
) -> bool {
    let mut changed = false;
    for (pair, kept) in pairs.iter().zip(kept) {
        if unit[pair.source].is_empty() || unit[pair.target].is_empty() {
            continue;
        }
        for (bead, kept) in pair.alignment.beads.iter().zip(kept) {
            let confidence = config.weights().calibration.bead_confidence(bead.link_posterior, 2);
            let is_doubtful = confidence < config.min_link_confidence;
            if *kept && is_doubtful && unit[pair.source].contains(&bead.source[0]) {
                (*kept, changed) = (false, true);
            }
        }
    }
    changed
}

#[cfg(test)]
mod tests {
    use ndarray::Array2;

    use super::*;
    use crate::align::results::PairAlignment;
    use crate::embed::Embeddings;

    fn side(n: usize) -> Side {
        let vectors = Embeddings::from_rows(Array2::zeros((n, 2))).unwrap();
        Side::new(vectors, vec![10.0; n]).unwrap()
    }

    /// A pair with beads of (source, target, posterior of the links).
    fn pair(source: usize, target: usize, beads: &[(&[usize], &[usize], f32)]) -> AlignedPair {
        let bead = |&(source, target, link_posterior): &(&[usize], &[usize], f32)| PairBead {
            source: source.to_vec(),
            target: target.to_vec(),
            score: 0.5,
            posterior: link_posterior,
            link_posterior,
        };
        let beads = beads.iter().map(bead).collect();
        let (source_null, target_null) = (Vec::new(), Vec::new());
        AlignedPair {
            source,
            target,
            alignment: PairAlignment { beads, score: 0.0, source_null, target_null },
        }
    }

    #[test]
    fn a_cycle_that_a_dropped_bead_leaves_is_cut_at_its_least_likely_bead() {
        let sides = [side(2), side(2), side(2)];
        let mut pairs = [
            pair(0, 1, &[(&[0, 1], &[0, 1], 0.1)]),
            pair(0, 2, &[(&[1], &[0], 0.95)]),
            pair(1, 2, &[(&[0], &[1], 0.99)]),
        ];
        // The second sentence of the first language comes before the first of the second one.
        pairs[0].alignment.beads.push(pair(0, 1, &[(&[0], &[1], 0.9)]).alignment.beads.remove(0));
        let sides: Vec<&Side> = sides.iter().collect();
        let config = AlignConfig::default();
        let units =
            drop_doubtful(&sides, &mut pairs, vec![[vec![0, 1], vec![0, 1], vec![0, 1]]], &config);
        assert!(is_ordered(&units));
        let counts = pairs.map(|pair| pair.alignment.beads.len());
        assert_eq!(counts, [0, 1, 1]);
    }
}
