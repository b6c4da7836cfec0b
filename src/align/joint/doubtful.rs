//! Doubtful beads and units, which are left unaligned.
//!
//! The decoder links what is likelier than not. Whoever trains on a bitext loses more by a wrong row
//! than by a missing one, so beads whose links are less likely than
//! [`AlignConfig::min_link_confidence`] are dropped. What counts are the links of the sentences, not
//! the bead as a whole: if only its borders are in doubt, its sentences are translations all the same.

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
    for pair in pairs {
        let (sources, targets) = (&group_of[pair.source], &group_of[pair.target]);
        pair.alignment.beads.retain(|bead| {
            let mut groups = (bead.source.iter().map(|&at| sources[at]))
                .chain(bead.target.iter().map(|&at| targets[at]));
            let first = groups.next();
            groups.all(|group| Some(group) == first)
        });
    }
    reading_order(lens, groups)
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
