//! From beads of sentences to groups of the segments that the caller gave.
//!
//! A caller's segment may hold several sentences, and the search works on sentences. Segments whose
//! sentences are linked by beads, directly or through other segments, form one group. The input
//! are the beads of each language pair. The output are groups of segments over all languages in
//! reading order, and the beads of segments of each pair.
//!
//! A group may have a hole. Suppose the other language has one segment for two segments, and a
//! paragraph was inserted between these two. Both then belong to the group, the paragraph does not.

use std::ops::Range;

use crate::align::Side;
use crate::align::joint::conflicts::{LanguageRanges, resolve_conflicts};
use crate::bitext::groups::{MAX_LANGUAGES, SentenceGroup, closure, reading_order};

/// A bead of a pair in sentences.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(in crate::align) struct SentenceBead {
    pub(in crate::align) source: Range<usize>,
    pub(in crate::align) target: Range<usize>,
}

/// A bead of a pair in segments, ascending on both sides.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::align) struct SegmentBead {
    pub(in crate::align) source: Vec<usize>,
    pub(in crate::align) target: Vec<usize>,
}

impl SegmentBead {
    /// Whether a segment lies between those of the bead on either side, and is not part of it.
    pub(in crate::align) fn has_hole(&self) -> bool {
        [&self.source, &self.target].into_iter().any(|side| hull(side).len() > side.len())
    }
}

/// The smallest range that contains segments: at least one, ascending.
pub(in crate::align) fn hull(segments: &[usize]) -> Range<usize> {
    segments[0]..segments[segments.len() - 1] + 1
}

/// The beads of two of the languages, which are named by their indexes.
pub(in crate::align) struct BeadsOfPair<'b> {
    pub(in crate::align) source: usize,
    pub(in crate::align) target: usize,
    pub(in crate::align) beads: &'b [SentenceBead],
}

/// The result of [`join`].
pub(in crate::align) struct JoinedSegments {
    /// Groups of segments over all languages, in reading order. Each segment is in one group.
    pub(in crate::align) groups: Vec<SentenceGroup>,
    /// By pair: its beads.
    pub(in crate::align) beads: Vec<Vec<SegmentBead>>,
}

/// Groups the segments whose sentences are linked by beads.
///
/// Groups with holes may cross each other, so that no reading order exists. In this case beads
/// with holes are dropped, and [`resolve_conflicts`] drops others if need be.
pub(in crate::align) fn join(sides: &[&Side], pairs: &[BeadsOfPair<'_>]) -> JoinedSegments {
    let lens: [usize; MAX_LANGUAGES] =
        std::array::from_fn(|x| sides.get(x).map_or(0, |side| side.segment_count()));
    let mut beads: Vec<Vec<SegmentBead>> = pairs
        .iter()
        .map(|pair| {
            let segments = |bead: &SentenceBead| SegmentBead {
                source: sides[pair.source].segments_of(bead.source.clone()).collect(),
                target: sides[pair.target].segments_of(bead.target.clone()).collect(),
            };
            merge_overlapping(pair.beads.iter().map(segments).collect())
        })
        .collect();
    let group = |pair: &BeadsOfPair<'_>, bead: &SegmentBead| {
        let mut group = SentenceGroup::default();
        group[pair.source].clone_from(&bead.source);
        group[pair.target].clone_from(&bead.target);
        group
    };
    let linked = (pairs.iter().zip(&beads))
        .flat_map(|(pair, beads)| beads.iter().map(move |bead| group(pair, bead)));
    let groups = reading_order(lens, closure(lens, linked));
    if is_ordered(&groups) {
        return JoinedSegments { groups, beads };
    }

    let ranges = |pair: &BeadsOfPair<'_>, bead: &SegmentBead| {
        let mut ranges: LanguageRanges = std::array::from_fn(|_| 0..0);
        ranges[pair.source] = hull(&bead.source);
        ranges[pair.target] = hull(&bead.target);
        ranges
    };
    for beads in &mut beads {
        beads.retain(|bead| !bead.has_hole());
    }
    let linked: Vec<LanguageRanges> = (pairs.iter().zip(&beads))
        .flat_map(|(pair, beads)| beads.iter().map(move |bead| ranges(pair, bead)))
        .collect();
    let (groups, kept) = resolve_conflicts(lens, &linked);
    let mut kept = kept.into_iter();
    beads.iter_mut().for_each(|beads| beads.retain(|_| kept.next().unwrap_or(false)));
    let groups = groups.into_iter().map(|ranges| ranges.map(Range::collect)).collect();
    JoinedSegments { groups, beads }
}

/// Merges the beads of a pair that share a segment. The result is sorted.
pub(in crate::align) fn merge_overlapping(beads: Vec<SegmentBead>) -> Vec<SegmentBead> {
    let len = |side: fn(&SegmentBead) -> &[usize]| {
        beads.iter().filter_map(|bead| side(bead).last()).max().map_or(0, |last| last + 1)
    };
    let lens = [len(|bead| &bead.source), len(|bead| &bead.target), 0];
    let linked = beads.into_iter().map(|bead| [bead.source, bead.target, Vec::new()]);
    let mut merged: Vec<SegmentBead> = closure(lens, linked)
        .into_iter()
        .map(|[source, target, _]| SegmentBead { source, target })
        .filter(|bead| !bead.source.is_empty() && !bead.target.is_empty())
        .collect();
    merged.sort();
    merged
}

/// Whether the first sentences of groups ascend in every language.
pub(in crate::align) fn is_ordered(groups: &[SentenceGroup]) -> bool {
    (0..MAX_LANGUAGES).all(|x| {
        let firsts = groups.iter().filter_map(|group| group[x].first());
        firsts.is_sorted_by(|first, next| first < next)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::embed::Embeddings;
    use ndarray::Array2;
    use proptest::collection::vec;
    use proptest::prelude::*;

    fn side(sentences: &[usize]) -> Side {
        let n = sentences.iter().sum();
        let vectors = Embeddings::from_rows(Array2::zeros((n, 2))).unwrap();
        Side::new(vectors, vec![10.0; n]).unwrap().with_segments(sentences).unwrap()
    }

    fn bead(source: Range<usize>, target: Range<usize>) -> SentenceBead {
        SentenceBead { source, target }
    }

    /// The beads of segments of two sides, given as the numbers of sentences of their segments.
    fn joined(
        beads: &[SentenceBead],
        source: &[usize],
        target: &[usize],
    ) -> Vec<(Vec<usize>, Vec<usize>)> {
        let sides = [&side(source), &side(target)];
        let joined = join(&sides, &[BeadsOfPair { source: 0, target: 1, beads }]);
        let linked: Vec<_> = joined
            .groups
            .into_iter()
            .filter(|group| !group[0].is_empty() && !group[1].is_empty())
            .map(|[source, target, _]| (source, target))
            .collect();
        let beads: Vec<_> =
            joined.beads[0].iter().map(|bead| (bead.source.clone(), bead.target.clone())).collect();
        assert_eq!(linked, beads);
        linked
    }

    #[test]
    fn beads_that_share_a_segment_are_merged() {
        // {A}{B C} and {A B}{C}: B links all of them.
        let beads = [bead(0..1, 0..1), bead(1..2, 1..2), bead(2..3, 2..3)];
        assert_eq!(joined(&beads, &[1, 2], &[2, 1]), [(vec![0, 1], vec![0, 1])]);
        assert_eq!(joined(&beads, &[1, 2], &[1, 2]), [(vec![0], vec![0]), (vec![1], vec![1])]);
        assert_eq!(joined(&beads, &[1, 1, 1], &[1, 1, 1]).len(), 3);
    }

    #[test]
    fn an_unlinked_segment_in_a_hole_is_not_part_of_the_bead() {
        // Two halves of one target segment, with an inserted segment between them.
        let beads = [bead(0..1, 0..1), bead(2..3, 1..2)];
        assert_eq!(joined(&beads, &[1, 1, 1], &[2]), [(vec![0, 2], vec![0])]);
    }

    #[test]
    fn groups_that_cross_because_of_holes_are_cut() {
        let (english, ukrainian, german) = (side(&[1, 1, 1]), side(&[2]), side(&[1, 1]));
        let first = [bead(0..1, 0..1), bead(2..3, 1..2)];
        let second = [bead(1..2, 0..1), bead(2..3, 1..2)];
        let pairs = [
            BeadsOfPair { source: 0, target: 1, beads: &first },
            BeadsOfPair { source: 0, target: 2, beads: &second },
            BeadsOfPair { source: 1, target: 2, beads: &[] },
        ];
        let joined = join(&[&english, &ukrainian, &german], &pairs);
        assert!(is_ordered(&joined.groups));
        assert_eq!(joined.beads[1].len(), 2);
    }

    /// The beads of a path, as far as it fits n and m sentences.
    fn beads(steps: &[(usize, usize)], n: usize, m: usize) -> Vec<SentenceBead> {
        let (mut i, mut j) = (0, 0);
        let mut beads = Vec::new();
        for &(a, b) in steps {
            if i + a > n || j + b > m {
                break;
            }
            if a > 0 && b > 0 {
                beads.push(bead(i..i + a, j..j + b));
            }
            (i, j) = (i + a, j + b);
        }
        beads
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn each_segment_is_in_one_group_and_groups_are_in_order(
            segments in [vec(1..4_usize, 0..6), vec(1..4_usize, 0..6), vec(1..4_usize, 0..6)],
            steps in [vec((0..3_usize, 0..3_usize), 12), vec((0..3_usize, 0..3_usize), 12), vec((0..3_usize, 0..3_usize), 12)],
            languages in 2..4_usize,
        ) {
            let sides: Vec<Side> = segments[..languages].iter().map(|sentences| side(sentences)).collect();
            let pairs: Vec<(usize, usize)> =
                [(0, 1), (0, 2), (1, 2)].into_iter().filter(|(_, y)| *y < languages).collect();
            let given: Vec<Vec<SentenceBead>> = pairs
                .iter()
                .zip(&steps)
                .map(|(&(x, y), steps)| beads(steps, sides[x].len(), sides[y].len()))
                .collect();
            let linked: Vec<BeadsOfPair<'_>> = pairs
                .iter()
                .zip(&given)
                .map(|(&(source, target), beads)| BeadsOfPair { source, target, beads })
                .collect();
            let joined = join(&sides.iter().collect::<Vec<_>>(), &linked);
            prop_assert!(is_ordered(&joined.groups));
            for (x, side) in sides.iter().enumerate() {
                let mut seen: Vec<usize> =
                    joined.groups.iter().flat_map(|group| group[x].clone()).collect();
                seen.sort_unstable();
                prop_assert_eq!(seen, (0..side.segment_count()).collect::<Vec<_>>());
            }
            for group in &joined.groups {
                prop_assert!(group.iter().all(|segments| segments.is_sorted_by(|a, b| a < b)));
                let is_null = group.iter().filter(|segments| !segments.is_empty()).count() == 1;
                prop_assert!(!is_null || group.iter().map(Vec::len).sum::<usize>() == 1);
            }
            for (&(x, y), beads) in pairs.iter().zip(&joined.beads) {
                let ascend = |two: &[SegmentBead]| {
                    two[0].source[0] < two[1].source[0] && two[0].target[0] < two[1].target[0]
                };
                prop_assert!(beads.windows(2).all(ascend));
                for bead in beads {
                    let holds = |group: &&SentenceGroup| group[x].contains(&bead.source[0]);
                    let group = joined.groups.iter().find(holds).unwrap();
                    prop_assert!(bead.source.iter().all(|segment| group[x].contains(segment)));
                    prop_assert!(bead.target.iter().all(|segment| group[y].contains(segment)));
                }
            }
        }
    }
}
