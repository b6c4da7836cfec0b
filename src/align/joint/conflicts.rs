//! Units over all languages from the beads of each pair, when the beads contradict each other.
//!
//! Sentences that share a bead, directly or through others, belong to one unit. Beads of different
//! pairs may contradict each other in two ways. A unit may have a hole, or units may have no order
//! in which the sentences of every language ascend. This happens if the languages had to be decoded
//! pair by pair, or if segments of several sentences are joined. In both cases the conflict is confined to the
//! smallest stretch of text around it. There, beads are added again in the order given, and a bead
//! that contradicts earlier ones is dropped.

use std::ops::Range;

use crate::bitext::groups::{MAX_LANGUAGES, UnionFind};

/// One range of sentences per language; empty for a language without any.
pub(in crate::align) type LanguageRanges = [Range<usize>; MAX_LANGUAGES];

/// Puts the sentences of all languages into units, in reading order.
///
/// `beads` are the beads of all pairs, those first that should win conflicts. Returns the units
/// and, for each bead, whether it was kept.
pub(in crate::align) fn resolve_conflicts(
    lens: [usize; MAX_LANGUAGES],
    beads: &[LanguageRanges],
) -> (Vec<LanguageRanges>, Vec<bool>) {
    let mut kept = vec![true; beads.len()];
    loop {
        let active = beads.iter().zip(&kept).filter(|(_, kept)| **kept).map(|(bead, _)| bead);
        let linked = LinkedSentences::new(lens, active);
        let (units, stop) = linked.units();
        if stop == lens {
            return (units, kept);
        }
        drop_conflicting(&linked.conflict_window(stop), beads, &mut kept);
    }
}

/// Drops the beads inside a window that contradict earlier beads inside it.
fn drop_conflicting(window: &LanguageRanges, beads: &[LanguageRanges], kept: &mut [bool]) {
    let is_inside = |bead: &LanguageRanges| {
        bead.iter().zip(window).all(|(range, window)| {
            range.is_empty() || (range.start >= window.start && range.end <= window.end)
        })
    };
    let lens = std::array::from_fn(|x| window[x].len());
    let mut consistent: Vec<LanguageRanges> = Vec::new();
    for (bead, kept) in beads.iter().zip(kept) {
        if !*kept || !is_inside(bead) {
            continue;
        }
        consistent.push(std::array::from_fn(|x| {
            let range = &bead[x];
            if range.is_empty() {
                return 0..0;
            }
            range.start - window[x].start..range.end - window[x].start
        }));
        if LinkedSentences::new(lens, consistent.iter()).units().1 != lens {
            consistent.pop();
            *kept = false;
        }
    }
}

/// Sentences, and which of them beads connect.
struct LinkedSentences {
    lens: [usize; MAX_LANGUAGES],
    /// By language and sentence: the root of its set in the union-find.
    root: [Vec<usize>; MAX_LANGUAGES],
    /// By language and root: the number of sentences of that set in the language.
    size: [Vec<usize>; MAX_LANGUAGES],
}

impl LinkedSentences {
    fn new<'b>(
        lens: [usize; MAX_LANGUAGES],
        beads: impl Iterator<Item = &'b LanguageRanges>,
    ) -> LinkedSentences {
        let total = lens.iter().sum();
        let offset = [0, lens[0], lens[0] + lens[1]];
        let mut sets = UnionFind::new(total);
        for bead in beads {
            let mut numbered = (bead.iter().zip(offset))
                .flat_map(|(range, offset)| range.clone().map(move |at| at + offset));
            if let Some(first) = numbered.next() {
                numbered.for_each(|at| sets.union(first, at));
            }
        }
        let root: [Vec<usize>; MAX_LANGUAGES] =
            std::array::from_fn(|x| (0..lens[x]).map(|at| sets.root(at + offset[x])).collect());
        let size = std::array::from_fn(|x| {
            let mut size = vec![0; total];
            root[x].iter().for_each(|&root| size[root] += 1);
            size
        });
        LinkedSentences { lens, root, size }
    }

    /// The units in reading order up to the first conflict, and the position of the conflict: by
    /// language, the number of sentences before it.
    fn units(&self) -> (Vec<LanguageRanges>, [usize; MAX_LANGUAGES]) {
        let mut at = [0; MAX_LANGUAGES];
        let mut units = Vec::new();
        while let Some(next) = self.next_unit(at) {
            at = std::array::from_fn(|x| next[x].end.max(at[x]));
            units.push(next);
        }
        (units, at)
    }

    /// The next unit at a position. It is the first unaligned sentence by language, if there is
    /// one, else the first unit whose sentences are the next ones in all its languages.
    fn next_unit(&self, at: [usize; MAX_LANGUAGES]) -> Option<LanguageRanges> {
        let heads = || (0..MAX_LANGUAGES).filter(|&x| at[x] < self.lens[x]);
        let is_unaligned = |&x: &usize| {
            let root = self.root[x][at[x]];
            (0..MAX_LANGUAGES).map(|y| self.size[y][root]).sum::<usize>() == 1
        };
        if let Some(x) = heads().find(is_unaligned) {
            return Some(std::array::from_fn(|y| if x == y { at[x]..at[x] + 1 } else { 0..0 }));
        }
        heads().find_map(|x| {
            let root = self.root[x][at[x]];
            let ranges: LanguageRanges = std::array::from_fn(|y| match self.size[y][root] {
                0 => 0..0,
                size => at[y]..at[y] + size,
            });
            let is_complete = (0..MAX_LANGUAGES).all(|y| {
                let members = self.root[y].get(ranges[y].clone());
                members.is_some_and(|members| members.iter().all(|member| *member == root))
            });
            is_complete.then_some(ranges)
        })
    }

    /// The shortest stretch of text from a position on that no set of sentences reaches out of.
    fn conflict_window(&self, at: [usize; MAX_LANGUAGES]) -> LanguageRanges {
        // By root and language: the end of the set.
        let mut ends = vec![[0; MAX_LANGUAGES]; self.size[0].len()];
        for (x, roots) in self.root.iter().enumerate() {
            for (sentence, &root) in roots.iter().enumerate() {
                ends[root][x] = sentence + 1;
            }
        }
        // The end of the stretch that starts with the next sentence of a language.
        let closed_end = |first: usize| -> [usize; MAX_LANGUAGES] {
            let mut end = at;
            let mut seen = at;
            end[first] += 1;
            while let Some(x) = (0..MAX_LANGUAGES).find(|&x| seen[x] < end[x]) {
                let root = self.root[x][seen[x]];
                seen[x] += 1;
                for (end, set_end) in end.iter_mut().zip(ends[root]) {
                    *end = set_end.max(*end);
                }
            }
            end
        };
        let heads = (0..MAX_LANGUAGES).filter(|&x| at[x] < self.lens[x]);
        let end = heads.map(closed_end).min_by_key(|end| end.iter().sum::<usize>()).unwrap_or(at);
        std::array::from_fn(|x| at[x]..end[x])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A bead of the languages x and y.
    fn bead(x: usize, source: Range<usize>, y: usize, target: Range<usize>) -> LanguageRanges {
        let mut ranges = [0..0, 0..0, 0..0];
        ranges[x] = source;
        ranges[y] = target;
        ranges
    }

    #[test]
    fn units_are_the_closure_of_the_beads() {
        // en {A}{B}, uk {AB}, de {A}{B}
        let beads = [
            bead(0, 0..2, 1, 0..1),
            bead(0, 0..1, 2, 0..1),
            bead(0, 1..2, 2, 1..2),
            bead(1, 0..1, 2, 0..2),
        ];
        let (units, kept) = resolve_conflicts([2, 1, 2], &beads);
        assert_eq!(units, [[0..2, 0..1, 0..2]]);
        assert_eq!(kept, [true; 4]);
    }

    #[test]
    fn unaligned_sentences_come_first_by_language() {
        let beads = [bead(0, 1..2, 2, 1..2)];
        let (units, _) = resolve_conflicts([3, 1, 2], &beads);
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
    fn a_unit_with_a_hole_is_cut_at_its_last_bead() {
        // en 0 and en 2 are linked through uk and de; en 1 between them is unaligned.
        let beads = [
            bead(0, 0..1, 1, 0..1),
            bead(0, 2..3, 2, 0..1),
            bead(1, 0..1, 2, 0..1),
            bead(0, 3..4, 2, 1..2),
        ];
        let (units, kept) = resolve_conflicts([4, 1, 2], &beads);
        assert_eq!(kept, [true, true, false, true]);
        assert_eq!(units.len(), 4);
    }

    #[test]
    fn a_cycle_over_three_languages_is_cut_at_its_last_bead() {
        let beads = [bead(0, 1..2, 2, 0..1), bead(1, 0..1, 2, 1..2), bead(0, 0..1, 1, 1..2)];
        let (units, kept) = resolve_conflicts([2, 2, 2], &beads);
        assert_eq!(kept, [true, true, false]);
        assert_eq!(units.len(), 4);
    }

    #[test]
    fn no_sentences_make_no_units() {
        assert_eq!(resolve_conflicts([0, 0, 0], &[]), (vec![], vec![]));
    }
}
