//! Groups of sentences over all languages, and their order.

use std::collections::BTreeMap;

/// Articles aligned at most.
pub(crate) const LANGUAGES: usize = 3;

/// The sentences of a group by language, ascending.
pub(crate) type Group = [Vec<usize>; LANGUAGES];

/// Puts sentences that groups connect, directly or through others, into one;
/// those that are in none stay alone.
pub(crate) fn closure(lens: [usize; LANGUAGES], groups: impl Iterator<Item = Group>) -> Vec<Group> {
    let offsets = [0, lens[0], lens[0] + lens[1]];
    let mut parent: Vec<usize> = (0..lens.iter().sum()).collect();
    for group in groups {
        let all = group.iter().zip(offsets);
        let all: Vec<usize> =
            all.flat_map(|(all, offset)| all.iter().map(move |at| at + offset)).collect();
        for pair in all.windows(2) {
            let (one, other) = (find(&mut parent, pair[0]), find(&mut parent, pair[1]));
            parent[other] = one;
        }
    }
    let mut closed: BTreeMap<usize, Group> = BTreeMap::new();
    for (x, (len, offset)) in lens.into_iter().zip(offsets).enumerate() {
        for at in 0..len {
            closed.entry(find(&mut parent, at + offset)).or_default()[x].push(at);
        }
    }
    closed.into_values().collect()
}

/// The one that stands for all connected to this one.
pub(crate) fn find(parent: &mut [usize], mut at: usize) -> usize {
    while parent[at] != at {
        parent[at] = parent[parent[at]];
        at = parent[at];
    }
    at
}

/// Orders groups that hold each sentence once: first sentences ascend in every
/// language, and where that leaves a choice, those of one sentence come first,
/// by language. What cannot be ordered so comes last.
pub(crate) fn reading_order(lens: [usize; LANGUAGES], groups: Vec<Group>) -> Vec<Group> {
    reading_order_with(lens, groups, &|_| false)
}

/// The same with groups that are out of order: those stand at the place of
/// their first language's first sentence, and the order of the others is what
/// it would be without their sentences of the other languages.
pub(crate) fn reading_order_with(
    lens: [usize; LANGUAGES],
    groups: Vec<Group>,
    is_moved: &dyn Fn(&Group) -> bool,
) -> Vec<Group> {
    let moved: Vec<bool> = groups.iter().map(is_moved).collect();
    // The languages of a group whose order counts.
    let counts = |at: usize, x: usize| !moved[at] || groups[at][..x].iter().all(Vec::is_empty);
    let mut group_of: [Vec<usize>; LANGUAGES] = std::array::from_fn(|x| vec![usize::MAX; lens[x]]);
    for (at, group) in groups.iter().enumerate() {
        for (x, sentences) in group.iter().enumerate().filter(|(x, _)| counts(at, *x)) {
            sentences.iter().for_each(|&sentence| group_of[x][sentence] = at);
        }
    }
    let mut done = vec![false; groups.len()];
    let mut heads = [0; LANGUAGES];
    let mut order = Vec::with_capacity(groups.len());
    loop {
        for x in 0..LANGUAGES {
            let met = |at: usize| {
                group_of[x].get(at).is_some_and(|group| done.get(*group) != Some(&false))
            };
            while met(heads[x]) {
                heads[x] += 1;
            }
        }
        let ready = |x: usize| -> Option<usize> {
            let at = *group_of[x].get(heads[x])?;
            let first = |y: usize| {
                !counts(at, y) || groups[at][y].first().is_none_or(|first| *first == heads[y])
            };
            (0..LANGUAGES).all(first).then_some(at)
        };
        let single = |at: &usize| groups[*at].iter().map(Vec::len).sum::<usize>() == 1;
        let alone = (0..LANGUAGES).filter_map(ready).find(single);
        let Some(next) = alone.or_else(|| (0..LANGUAGES).find_map(ready)) else { break };
        done[next] = true;
        order.push(next);
    }
    order.extend((0..groups.len()).filter(|at| !done[*at]));
    let mut groups: Vec<Option<Group>> = groups.into_iter().map(Some).collect();
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
        // The first of these and the one with the hole cross each other.
        let order = reading_order([4, 3, 0], groups.clone());
        assert_eq!(order.len(), 4);
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
    fn moved_groups_stand_where_their_first_language_has_them() {
        let groups = vec![
            [vec![1], vec![0], vec![]],
            [vec![2], vec![1], vec![]],
            [vec![0], vec![2], vec![]],
        ];
        let order = reading_order_with([3, 3, 0], groups.clone(), &|group| group[0] == [0]);
        assert_eq!(order, [groups[2].clone(), groups[0].clone(), groups[1].clone()]);
    }

    #[test]
    fn the_closure_goes_through_other_languages() {
        let groups = [[vec![0], vec![0], vec![]], [vec![], vec![0], vec![1]]];
        let closed = closure([1, 1, 2], groups.into_iter());
        assert_eq!(closed, [[vec![0], vec![0], vec![1]], [vec![], vec![], vec![0]]]);
    }
}
