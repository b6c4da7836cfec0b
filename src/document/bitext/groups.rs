//! Groups of corresponding sentences over all languages: their closure and their reading order.
//!
//! Beads link the sentences of two languages. [`closure`] merges beads that share a sentence
//! into groups, by union-find (Tarjan 1975). [`reading_order`] sorts groups so that they can be
//! read from the first to the last in every language.

use std::collections::BTreeMap;

/// The largest number of articles that are aligned together.
pub(crate) const MAX_LANGUAGES: usize = 3;

/// The sentences of a group by language, ascending; empty for a language that the group lacks.
pub(crate) type SentenceGroup = [Vec<usize>; MAX_LANGUAGES];

/// Merges groups that share a sentence, directly or through other groups.
///
/// `lens` has the number of sentences of each language. Each sentence is in exactly one group of
/// the result: a sentence of no given group gets a group of its own.
pub(crate) fn closure(
    lens: [usize; MAX_LANGUAGES],
    groups: impl Iterator<Item = SentenceGroup>,
) -> Vec<SentenceGroup> {
    let offsets = [0, lens[0], lens[0] + lens[1]];
    let mut sets = UnionFind::new(lens.iter().sum());
    for group in groups {
        let numbered: Vec<usize> = (group.iter().zip(offsets))
            .flat_map(|(sentences, offset)| sentences.iter().map(move |at| at + offset))
            .collect();
        numbered.windows(2).for_each(|pair| sets.union(pair[0], pair[1]));
    }
    let mut by_root: BTreeMap<usize, SentenceGroup> = BTreeMap::new();
    for (language, (len, offset)) in lens.into_iter().zip(offsets).enumerate() {
        for at in 0..len {
            by_root.entry(sets.root(at + offset)).or_default()[language].push(at);
        }
    }
    by_root.into_values().collect()
}

/// Disjoint sets of the numbers below n.
pub(crate) struct UnionFind {
    /// For each number another one of its set; a root is its own parent.
    parents: Vec<usize>,
}

impl UnionFind {
    /// Each number in a set of its own.
    pub(crate) fn new(n: usize) -> UnionFind {
        UnionFind { parents: (0..n).collect() }
    }

    /// The number that represents the set of `at`.
    pub(crate) fn root(&mut self, mut at: usize) -> usize {
        while self.parents[at] != at {
            self.parents[at] = self.parents[self.parents[at]];
            at = self.parents[at];
        }
        at
    }

    /// Merges the sets of two numbers. The root of the first represents both.
    pub(crate) fn union(&mut self, first: usize, second: usize) {
        let (root, other) = (self.root(first), self.root(second));
        self.parents[other] = root;
    }
}

/// Sorts groups, so that their first sentences ascend in every language.
///
/// Each sentence is in one group. If several groups can be next, groups of a single sentence
/// come first, then the language decides. Groups that cannot be sorted this way come last.
pub(crate) fn reading_order(
    lens: [usize; MAX_LANGUAGES],
    groups: Vec<SentenceGroup>,
) -> Vec<SentenceGroup> {
    reading_order_with(lens, groups, &|_| false)
}

/// Sorts groups of which some cross the others.
///
/// A crossing group is placed by its sentences in its first language. Its sentences in the other
/// languages do not affect the order.
pub(crate) fn reading_order_with(
    lens: [usize; MAX_LANGUAGES],
    groups: Vec<SentenceGroup>,
    is_crossing: &dyn Fn(&SentenceGroup) -> bool,
) -> Vec<SentenceGroup> {
    let crossing: Vec<bool> = groups.iter().map(is_crossing).collect();
    // Whether the order depends on a group's sentences in a language.
    let is_ordered_by =
        |group: usize, x: usize| !crossing[group] || groups[group][..x].iter().all(Vec::is_empty);
    let mut group_of: [Vec<usize>; MAX_LANGUAGES] =
        std::array::from_fn(|x| vec![usize::MAX; lens[x]]);
    for (at, group) in groups.iter().enumerate() {
        for (x, sentences) in group.iter().enumerate().filter(|(x, _)| is_ordered_by(at, *x)) {
            sentences.iter().for_each(|&sentence| group_of[x][sentence] = at);
        }
    }
    let mut placed = vec![false; groups.len()];
    // By language: the first sentence whose group is not placed yet.
    let mut heads = [0; MAX_LANGUAGES];
    let mut order = Vec::with_capacity(groups.len());
    loop {
        for x in 0..MAX_LANGUAGES {
            let is_past = |sentence: usize| {
                group_of[x].get(sentence).is_some_and(|group| placed.get(*group) != Some(&false))
            };
            while is_past(heads[x]) {
                heads[x] += 1;
            }
        }
        // The group of a language's head, if it starts at the heads of all its languages.
        let ready = |x: usize| -> Option<usize> {
            let group = *group_of[x].get(heads[x])?;
            let starts_at_head = |y: usize| {
                !is_ordered_by(group, y)
                    || groups[group][y].first().is_none_or(|first| *first == heads[y])
            };
            (0..MAX_LANGUAGES).all(starts_at_head).then_some(group)
        };
        let is_single = |group: &usize| groups[*group].iter().map(Vec::len).sum::<usize>() == 1;
        let single = (0..MAX_LANGUAGES).filter_map(ready).find(is_single);
        let Some(next) = single.or_else(|| (0..MAX_LANGUAGES).find_map(ready)) else { break };
        placed[next] = true;
        order.push(next);
    }
    order.extend((0..groups.len()).filter(|at| !placed[*at]));
    let mut groups: Vec<Option<SentenceGroup>> = groups.into_iter().map(Some).collect();
    order.into_iter().filter_map(|at| groups[at].take()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_with_holes_are_ordered_by_their_first_sentences() {
        let groups = vec![
            [vec![2], vec![1], vec![]],
            [vec![], vec![0], vec![]],
            [vec![0, 3], vec![2], vec![]],
            [vec![1], vec![], vec![]],
        ];
        // The first group and the group with a hole cross each other: none is lost.
        assert_eq!(reading_order([4, 3, 0], groups).len(), 4);
        let order = reading_order(
            [4, 3, 0],
            vec![
                [vec![3], vec![2], vec![]],
                [vec![], vec![0], vec![]],
                [vec![0, 2], vec![1], vec![]],
                [vec![1], vec![], vec![]],
            ],
        );
        let firsts: Vec<_> =
            order.iter().map(|group| (group[0].first(), group[1].first())).collect();
        assert_eq!(
            firsts,
            [(None, Some(&0)), (Some(&0), Some(&1)), (Some(&1), None), (Some(&3), Some(&2))]
        );
    }

    #[test]
    fn crossing_groups_are_placed_by_their_first_language() {
        let groups = vec![
            [vec![1], vec![0], vec![]],
            [vec![2], vec![1], vec![]],
            [vec![0], vec![2], vec![]],
        ];
        let order = reading_order_with([3, 3, 0], groups.clone(), &|group| group[0] == [0]);
        assert_eq!(order, [groups[2].clone(), groups[0].clone(), groups[1].clone()]);
    }

    #[test]
    fn groups_are_connected_through_other_languages() {
        let groups = [[vec![0], vec![0], vec![]], [vec![], vec![0], vec![1]]];
        let closed = closure([1, 1, 2], groups.into_iter());
        assert_eq!(closed, [[vec![0], vec![0], vec![1]], [vec![], vec![], vec![0]]]);
    }
}
