//! From groups of pieces to groups of the units that were given.
//!
//! Units belong together that a bead links a piece of, directly or through
//! others. So a unit may have a hole: where a paragraph was inserted between
//! two halves of what is one unit on the other side, both halves belong to it.

use std::ops::Range;

use crate::align::Side;
use crate::align::joint::conflicts::{Ranges, RankedBead, resolve_conflicts};
use crate::bitext::groups::{Group, LANGUAGES, closure, reading_order};

/// A bead of two languages: units of both, ascending.
pub(in crate::align) type SegmentBead = (Vec<usize>, Vec<usize>);

/// A bead of two languages in pieces.
pub(in crate::align) type SentenceBead = (Range<usize>, Range<usize>);

/// The groups of all languages, in order, and the beads of each two.
pub(in crate::align) struct Joined {
    pub(in crate::align) groups: Vec<Group>,
    /// By pair.
    pub(in crate::align) beads: Vec<Vec<SegmentBead>>,
}

/// `pairs` names each pair's languages, `beads` are theirs.
pub(in crate::align) fn join(
    sides: &[&Side],
    pairs: &[(usize, usize)],
    beads: &[Vec<SentenceBead>],
) -> Joined {
    let lens: [usize; LANGUAGES] =
        std::array::from_fn(|x| sides.get(x).map_or(0, |side| side.units()));
    let mut by_pair: Vec<Vec<SegmentBead>> = pairs
        .iter()
        .zip(beads)
        .map(|(&(x, y), beads)| {
            let units = |(rows, columns): &SentenceBead| {
                let rows = sides[x].units_of(rows.clone()).collect();
                (rows, sides[y].units_of(columns.clone()).collect())
            };
            connected(beads.iter().map(units).collect())
        })
        .collect();
    let group = |(x, y): (usize, usize), bead: &SegmentBead| {
        let mut group = Group::default();
        (group[x], group[y]) = bead.clone();
        group
    };
    let all = pairs.iter().zip(&by_pair);
    let links = all.flat_map(|(&pair, beads)| beads.iter().map(move |bead| group(pair, bead)));
    let groups = reading_order(lens, closure(lens, links));
    if ordered(&groups) {
        return Joined { groups, beads: by_pair };
    }

    // Units that reach round each other cannot be ordered; those without holes
    // can.
    let hull = |units: &[usize]| units[0]..units[units.len() - 1] + 1;
    let link = |(x, y): (usize, usize), bead: &SegmentBead| {
        let mut ranges: Ranges = std::array::from_fn(|_| 0..0);
        (ranges[x], ranges[y]) = (hull(&bead.0), hull(&bead.1));
        RankedBead { ranges, strength: 0.0 }
    };
    for beads in &mut by_pair {
        beads.retain(|(own, other)| {
            hull(own).len() == own.len() && hull(other).len() == other.len()
        });
    }
    let all = pairs.iter().zip(&by_pair);
    let links: Vec<RankedBead> =
        all.flat_map(|(&pair, beads)| beads.iter().map(move |bead| link(pair, bead))).collect();
    let (groups, kept) = resolve_conflicts(lens, &links);
    let mut kept = kept.into_iter();
    by_pair.iter_mut().for_each(|beads| beads.retain(|_| kept.next().unwrap_or(false)));
    let groups = groups.into_iter().map(|ranges| ranges.map(Range::collect)).collect();
    Joined { groups, beads: by_pair }
}

/// Beads that have a unit in common are one.
pub(in crate::align) fn connected(beads: Vec<SegmentBead>) -> Vec<SegmentBead> {
    let end = |units: &dyn Fn(&SegmentBead) -> Option<usize>| {
        beads.iter().filter_map(units).max().map_or(0, |last| last + 1)
    };
    let lens = [end(&|bead| bead.0.last().copied()), end(&|bead| bead.1.last().copied()), 0];
    let groups = closure(lens, beads.into_iter().map(|(own, other)| [own, other, Vec::new()]));
    let mut groups: Vec<SegmentBead> =
        groups.into_iter().map(|[own, other, _]| (own, other)).collect();
    groups.retain(|(own, other)| !own.is_empty() && !other.is_empty());
    groups.sort();
    groups
}

/// Whether the first sentences of groups ascend in every language.
fn ordered(groups: &[Group]) -> bool {
    (0..LANGUAGES).all(|x| {
        let firsts: Vec<usize> =
            groups.iter().filter_map(|group| group[x].first()).copied().collect();
        firsts.windows(2).all(|pair| pair[0] < pair[1])
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::embed::Embeddings;
    use ndarray::Array2;
    use proptest::collection::vec;
    use proptest::prelude::*;

    fn side(pieces: &[usize]) -> Side {
        let n = pieces.iter().sum();
        let vectors = Embeddings::from_rows(Array2::zeros((n, 2))).unwrap();
        Side::new(vectors, vec![10.0; n]).unwrap().with_units(pieces).unwrap()
    }

    fn joined(steps: &[SentenceBead], source: &[usize], target: &[usize]) -> Vec<SegmentBead> {
        let sides = [&side(source), &side(target)];
        let joined = join(&sides, &[(0, 1)], &[steps.to_vec()]);
        let linked: Vec<SegmentBead> = joined
            .groups
            .into_iter()
            .filter(|group| !group[0].is_empty() && !group[1].is_empty())
            .map(|[own, other, _]| (own, other))
            .collect();
        assert_eq!(linked, joined.beads[0]);
        linked
    }

    #[test]
    fn pieces_with_a_unit_in_common_make_one_bead() {
        // {A}{B C} against {A B}{C}: all hangs together.
        let steps = [(0..1, 0..1), (1..2, 1..2), (2..3, 2..3)];
        assert_eq!(joined(&steps, &[1, 2], &[2, 1]), [(vec![0, 1], vec![0, 1])]);
        assert_eq!(joined(&steps, &[1, 2], &[1, 2]), [(vec![0], vec![0]), (vec![1], vec![1])]);
        assert_eq!(joined(&steps, &[1, 1, 1], &[1, 1, 1]).len(), 3);
    }

    #[test]
    fn a_unit_that_nothing_links_stays_outside() {
        // Two halves of one target unit, with an inserted unit between them.
        let steps = [(0..1, 0..1), (2..3, 1..2)];
        assert_eq!(joined(&steps, &[1, 1, 1], &[2]), [(vec![0, 2], vec![0])]);
    }

    #[test]
    fn units_that_reach_round_each_other_are_cut() {
        let (english, ukrainian, german) = (side(&[1, 1, 1]), side(&[2]), side(&[1, 1]));
        let beads = [vec![(0..1, 0..1), (2..3, 1..2)], vec![(1..2, 0..1), (2..3, 1..2)], vec![]];
        let pairs = [(0, 1), (0, 2), (1, 2)];
        let joined = join(&[&english, &ukrainian, &german], &pairs, &beads);
        assert!(ordered(&joined.groups));
        assert_eq!(joined.beads[1].len(), 2);
    }

    /// Beads of a pair in order, from steps that leave some sentences out.
    fn beads(steps: &[(usize, usize)], n: usize, m: usize) -> Vec<SentenceBead> {
        let (mut i, mut j) = (0, 0);
        let mut beads = Vec::new();
        for &(a, b) in steps {
            if i + a > n || j + b > m {
                break;
            }
            if a > 0 && b > 0 {
                beads.push((i..i + a, j..j + b));
            }
            (i, j) = (i + a, j + b);
        }
        beads
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn each_unit_is_in_one_group_and_they_are_in_order(
            units in [vec(1..4_usize, 0..6), vec(1..4_usize, 0..6), vec(1..4_usize, 0..6)],
            steps in [vec((0..3_usize, 0..3_usize), 12), vec((0..3_usize, 0..3_usize), 12), vec((0..3_usize, 0..3_usize), 12)],
            languages in 2..4_usize,
        ) {
            let sides: Vec<Side> = units[..languages].iter().map(|units| side(units)).collect();
            let pairs: Vec<(usize, usize)> =
                [(0, 1), (0, 2), (1, 2)].into_iter().filter(|(_, y)| *y < languages).collect();
            let given: Vec<Vec<SentenceBead>> = pairs
                .iter()
                .zip(&steps)
                .map(|(&(x, y), steps)| beads(steps, sides[x].len(), sides[y].len()))
                .collect();
            let joined = join(&sides.iter().collect::<Vec<_>>(), &pairs, &given);
            prop_assert!(ordered(&joined.groups));
            for (x, side) in sides.iter().enumerate() {
                let mut seen: Vec<usize> =
                    joined.groups.iter().flat_map(|group| group[x].clone()).collect();
                seen.sort_unstable();
                prop_assert_eq!(seen, (0..side.units()).collect::<Vec<_>>());
            }
            for group in &joined.groups {
                prop_assert!(group.iter().all(|units| units.is_sorted_by(|a, b| a < b)));
                let alone = group.iter().filter(|units| !units.is_empty()).count() == 1;
                prop_assert!(!alone || group.iter().map(Vec::len).sum::<usize>() == 1);
            }
            for (&(x, y), beads) in pairs.iter().zip(&joined.beads) {
                prop_assert!(beads.windows(2).all(|two| two[0].0[0] < two[1].0[0] && two[0].1[0] < two[1].1[0]));
                for (own, other) in beads {
                    let holds = |group: &&Group| group[x].contains(&own[0]);
                    let group = joined.groups.iter().find(holds).unwrap();
                    prop_assert!(own.iter().all(|unit| group[x].contains(unit)));
                    prop_assert!(other.iter().all(|unit| group[y].contains(unit)));
                }
            }
        }
    }
}
