//! From the beads of each two languages to units over all of them.
//!
//! Sentences that share a bead, directly or through others, belong to one
//! unit. The beads of different pairs may contradict each other: a unit may
//! come out with a hole, or units may come out that cannot be put in an order
//! in which every language's sentences ascend. Where that happens, the beads
//! of the smallest stretch of text around it are taken again from the strongest
//! down, and those are cut that would break the order of the stronger ones.

use std::ops::Range;

use crate::bitext::groups::{LANGUAGES, find};

/// One range for each language; empty where there is nothing.
pub(in crate::align) type Ranges = [Range<usize>; LANGUAGES];

/// A bead of one pair: the ranges of its two languages, the third is empty.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::align) struct RankedBead {
    pub(in crate::align) ranges: Ranges,
    pub(in crate::align) strength: f32,
}

/// Puts the sentences of all languages into units, in order. Returns them and,
/// for each link, whether it was kept.
pub(in crate::align) fn resolve_conflicts(
    lens: [usize; LANGUAGES],
    links: &[RankedBead],
) -> (Vec<Ranges>, Vec<bool>) {
    let mut kept = vec![true; links.len()];
    loop {
        let active: Vec<&RankedBead> =
            links.iter().zip(&kept).filter(|(_, kept)| **kept).map(|(link, _)| link).collect();
        let groups = Groups::new(lens, &active);
        let (units, stop) = groups.units();
        if stop == lens {
            return (units, kept);
        }
        cut(&groups.window(stop), links, &mut kept);
    }
}

/// Of the links within a window, keeps the strongest that go together.
fn cut(window: &Ranges, links: &[RankedBead], kept: &mut [bool]) {
    let inside = |link: &RankedBead| {
        let within = |(range, window): (&Range<usize>, &Range<usize>)| {
            range.is_empty() || (range.start >= window.start && range.end <= window.end)
        };
        link.ranges.iter().zip(window).all(within)
    };
    let mut order: Vec<usize> =
        (0..links.len()).filter(|&at| kept[at] && inside(&links[at])).collect();
    order.sort_by(|&a, &b| links[b].strength.total_cmp(&links[a].strength).then(a.cmp(&b)));

    let lens = std::array::from_fn(|x| window[x].len());
    let mut chosen: Vec<RankedBead> = Vec::new();
    for at in order {
        let shifted = std::array::from_fn(|x| {
            let range = &links[at].ranges[x];
            if range.is_empty() {
                return 0..0;
            }
            range.start - window[x].start..range.end - window[x].start
        });
        chosen.push(RankedBead { ranges: shifted, strength: links[at].strength });
        let groups = Groups::new(lens, &chosen.iter().collect::<Vec<_>>());
        if groups.units().1 != lens {
            chosen.pop();
            kept[at] = false;
        }
    }
}

/// Sentences by the group that they are connected to.
struct Groups {
    lens: [usize; LANGUAGES],
    /// By language and sentence: the group, named by one of its sentences.
    group: [Vec<usize>; LANGUAGES],
    /// By language and group: how many sentences it has there.
    size: [Vec<usize>; LANGUAGES],
}

impl Groups {
    fn new(lens: [usize; LANGUAGES], links: &[&RankedBead]) -> Groups {
        let total = lens.iter().sum();
        let offset = [0, lens[0], lens[0] + lens[1]];
        let mut parent: Vec<usize> = (0..total).collect();
        for link in links {
            let mut all = link
                .ranges
                .iter()
                .zip(offset)
                .flat_map(|(range, offset)| range.clone().map(move |at| at + offset));
            if let Some(first) = all.next() {
                let root = find(&mut parent, first);
                for at in all {
                    let other = find(&mut parent, at);
                    parent[other] = root;
                }
            }
        }
        let group: [Vec<usize>; LANGUAGES] = std::array::from_fn(|x| {
            (0..lens[x]).map(|at| find(&mut parent, at + offset[x])).collect()
        });
        let size = std::array::from_fn(|x| {
            let mut size = vec![0; total];
            group[x].iter().for_each(|&group| size[group] += 1);
            size
        });
        Groups { lens, group, size }
    }

    /// Units in order, as far as one can be made, and where that ends.
    fn units(&self) -> (Vec<Ranges>, [usize; LANGUAGES]) {
        let mut at = [0; LANGUAGES];
        let mut units = Vec::new();
        while let Some(next) = self.next(at) {
            at = std::array::from_fn(|x| next[x].end.max(at[x]));
            units.push(next);
        }
        (units, at)
    }

    /// The next unit after a position: a null one in the first language that
    /// has one there, else one whose sentences are next in all its languages.
    fn next(&self, at: [usize; LANGUAGES]) -> Option<Ranges> {
        let heads = || (0..LANGUAGES).filter(|&x| at[x] < self.lens[x]);
        let alone = |&x: &usize| {
            let group = self.group[x][at[x]];
            (0..LANGUAGES).map(|y| self.size[y][group]).sum::<usize>() == 1
        };
        if let Some(x) = heads().find(alone) {
            return Some(std::array::from_fn(|y| if x == y { at[x]..at[x] + 1 } else { 0..0 }));
        }
        heads().find_map(|x| {
            let group = self.group[x][at[x]];
            let ranges: Ranges = std::array::from_fn(|y| match self.size[y][group] {
                0 => 0..0,
                size => at[y]..at[y] + size,
            });
            let complete = (0..LANGUAGES).all(|y| {
                let members = self.group[y].get(ranges[y].clone());
                members.is_some_and(|members| members.iter().all(|member| *member == group))
            });
            complete.then_some(ranges)
        })
    }

    /// The smallest stretch after a position that no group reaches out of.
    fn window(&self, at: [usize; LANGUAGES]) -> Ranges {
        // Where each group ends in each language.
        let mut ends = vec![[0; LANGUAGES]; self.size[0].len()];
        for (x, groups) in self.group.iter().enumerate() {
            for (sentence, &group) in groups.iter().enumerate() {
                ends[group][x] = sentence + 1;
            }
        }
        let closed = |first: usize| -> [usize; LANGUAGES] {
            let mut end = at;
            let mut seen = at;
            end[first] += 1;
            while let Some(x) = (0..LANGUAGES).find(|&x| seen[x] < end[x]) {
                let group = self.group[x][seen[x]];
                seen[x] += 1;
                for (end, group_end) in end.iter_mut().zip(ends[group]) {
                    *end = group_end.max(*end);
                }
            }
            end
        };
        let heads = (0..LANGUAGES).filter(|&x| at[x] < self.lens[x]);
        let end = heads.map(closed).min_by_key(|end| end.iter().sum::<usize>()).unwrap_or(at);
        std::array::from_fn(|x| at[x]..end[x])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn link(x: usize, a: Range<usize>, y: usize, b: Range<usize>, strength: f32) -> RankedBead {
        let mut ranges = [0..0, 0..0, 0..0];
        ranges[x] = a;
        ranges[y] = b;
        RankedBead { ranges, strength }
    }

    #[test]
    fn units_are_the_closure_of_the_beads() {
        // en {A}{B}, uk {AB}, de {A}{B}
        let links = [
            link(0, 0..2, 1, 0..1, 0.9),
            link(0, 0..1, 2, 0..1, 0.9),
            link(0, 1..2, 2, 1..2, 0.9),
            link(1, 0..1, 2, 0..2, 0.9),
        ];
        let (units, kept) = resolve_conflicts([2, 1, 2], &links);
        assert_eq!(units, [[0..2, 0..1, 0..2]]);
        assert_eq!(kept, [true; 4]);
    }

    #[test]
    fn nulls_come_first_by_language() {
        let links = [link(0, 1..2, 2, 1..2, 0.9)];
        let (units, _) = resolve_conflicts([3, 1, 2], &links);
        assert_eq!(
            units,
            [
                [0..1, 0..0, 0..0],
                [0..0, 0..1, 0..0],
                [0..0, 0..0, 0..1],
                [1..2, 0..0, 1..2],
                [2..3, 0..0, 0..0],
            ]
        );
    }

    #[test]
    fn a_hole_is_cut_at_its_weakest_link() {
        // en 0 and en 2 come together through uk and de, en 1 between is alone.
        let links = [
            link(0, 0..1, 1, 0..1, 0.9),
            link(1, 0..1, 2, 0..1, 0.4),
            link(0, 2..3, 2, 0..1, 0.8),
            link(0, 3..4, 2, 1..2, 0.1),
        ];
        let (units, kept) = resolve_conflicts([4, 1, 2], &links);
        assert_eq!(kept, [true, false, true, true]);
        assert_eq!(units.len(), 4);
    }

    #[test]
    fn a_cycle_over_three_languages_is_cut_at_its_weakest_link() {
        let links =
            [link(0, 0..1, 1, 1..2, 0.5), link(1, 0..1, 2, 1..2, 0.6), link(0, 1..2, 2, 0..1, 0.7)];
        let (units, kept) = resolve_conflicts([2, 2, 2], &links);
        assert_eq!(kept, [false, true, true]);
        assert_eq!(units.len(), 4);
    }

    #[test]
    fn nothing_at_all_is_fine() {
        assert_eq!(resolve_conflicts([0, 0, 0], &[]), (vec![], vec![]));
    }
}
