//! The decoder against all groupings of small sides, tried one by one.

use super::*;
use crate::align::joint::costs::*;
use proptest::prelude::*;

/// Posteriors of links, by source and target sentence.
type LinkPosteriors = Vec<Vec<f32>>;

/// The scores of the links of a pair and the costs of gaps, computed from their definitions.
struct PairOracle {
    links: Vec<Vec<f32>>,
    gap_costs: [Vec<f32>; 2],
}

impl PairOracle {
    fn new(posteriors: &LinkPosteriors, n: usize, m: usize) -> PairOracle {
        let cut: LinkPosteriors = posteriors[..n].iter().map(|row| row[..m].to_vec()).collect();
        let cost =
            |aligned: f32| ((1.0 - aligned) / aligned).ln().clamp(MIN_GAP_COST, MAX_LOG_ODDS);
        let column = |j: usize| cut.iter().map(|row| row[j]).fold(0.0, f32::max);
        let row = |row: &Vec<f32>| row.iter().copied().fold(0.0, f32::max);
        PairOracle {
            links: (0..n).map(|i| (0..m).map(|j| link(&cut, i, j)).collect()).collect(),
            gap_costs: [
                cut.iter().map(|all| cost(row(all))).collect(),
                (0..m).map(|j| cost(column(j))).collect(),
            ],
        }
    }

    fn gaps(&self, rows: Range<usize>, columns: Range<usize>) -> f32 {
        self.gap_costs[0][rows].iter().chain(&self.gap_costs[1][columns]).sum()
    }
}

/// The score of the best beads of a block, by trying all.
fn block(pair: &PairOracle, rows: Range<usize>, columns: Range<usize>) -> f32 {
    let mut best = -pair.gaps(rows.clone(), columns.clone());
    for first in rows.clone() {
        for other in columns.clone() {
            let before = pair.gaps(rows.start..first, columns.start..other);
            for end in first + 1..=rows.end {
                for other_end in other + 1..=columns.end {
                    let rest = block(pair, end..rows.end, other_end..columns.end);
                    let bead = bead(pair, first..end, other..other_end);
                    best = best.max(bead + rest - before);
                }
            }
        }
    }
    best
}

/// The score of an impossible link: below all others.
const NO_LINK: f32 = -4.0 * MAX_LOG_ODDS;

fn link(posteriors: &LinkPosteriors, i: usize, j: usize) -> f32 {
    let p = posteriors[i][j];
    if p < MIN_LINK_POSTERIOR {
        return NO_LINK;
    }
    (p / (1.0 - p)).ln().clamp(-MAX_LOG_ODDS, MAX_LOG_ODDS)
}

fn bead(pair: &PairOracle, rows: Range<usize>, columns: Range<usize>) -> f32 {
    let deficit = |best: f32| {
        if best == NO_LINK { f32::INFINITY } else { -WEAK_LINK_WEIGHT * best.min(0.0) }
    };
    let mut score = -SIZE_COST * (rows.len() + columns.len() - 2) as f32;
    for i in rows.clone() {
        let links = columns.clone().map(|j| pair.links[i][j]);
        score += links.clone().map(|link| link.max(0.0)).sum::<f32>();
        score -= deficit(links.fold(NO_LINK, f32::max));
    }
    for j in columns {
        let links = rows.clone().map(|i| pair.links[i][j]);
        score -= deficit(links.fold(NO_LINK, f32::max));
    }
    score
}

fn group(pairs: &[PairOracle], ranges: &LanguageRanges) -> f32 {
    let sizes = ranges.each_ref().map(Range::len);
    let languages = sizes.iter().filter(|size| **size > 0).count();
    let mut score = -SIZE_COST * (sizes.iter().sum::<usize>() - languages) as f32;
    for (&(x, y), pair) in PAIR_INDEXES.iter().zip(pairs) {
        if sizes[x] > 0 && sizes[y] > 0 {
            score += block(pair, ranges[x].clone(), ranges[y].clone());
        }
    }
    score
}

/// The score of the best grouping of all sentences after a node, by trying all.
fn best_grouping(pairs: &[PairOracle], lens: JointNode, node: JointNode, max_side: usize) -> f32 {
    if node == lens {
        return 0.0;
    }
    let mut best = f32::NEG_INFINITY;
    let largest = |x: usize| (lens[x] - node[x]).min(max_side);
    for a in 0..=largest(0) {
        for b in 0..=largest(1) {
            for c in 0..=largest(2) {
                let step = [a, b, c];
                let languages = step.iter().filter(|size| **size > 0).count();
                if languages < 2 && a + b + c != 1 {
                    continue;
                }
                let to: JointNode = std::array::from_fn(|x| node[x] + step[x]);
                let ranges: LanguageRanges = std::array::from_fn(|x| node[x]..to[x]);
                let rest = best_grouping(pairs, lens, to, max_side);
                best = best.max(group(pairs, &ranges) + rest);
            }
        }
    }
    best
}

fn check(lens: JointNode, posteriors: &[LinkPosteriors], max_side: usize) {
    let config = AlignConfig { max_side, ..AlignConfig::default() };
    let scores: Vec<PairScores> = PAIR_INDEXES
        .iter()
        .zip(posteriors)
        .map(|(&(x, y), posteriors)| {
            let links = Links::from_posteriors(lens[x], lens[y], |i, j| posteriors[i][j]);
            PairScores::new(&links, Band::full(lens[x], lens[y]), &config, true)
        })
        .collect();
    let found = decode(lens, &scores.iter().collect::<Vec<_>>()).unwrap();
    let oracles: Vec<PairOracle> = PAIR_INDEXES
        .iter()
        .zip(posteriors)
        .map(|(&(x, y), posteriors)| PairOracle::new(posteriors, lens[x], lens[y]))
        .collect();
    let mut at = [0; MAX_LANGUAGES];
    let mut score = 0.0;
    for ranges in &found {
        score += group(&oracles, ranges);
        for (at, range) in at.iter_mut().zip(ranges).filter(|(_, range)| !range.is_empty()) {
            assert_eq!(range.start, *at);
            *at = range.end;
        }
    }
    assert_eq!(at, lens, "each sentence is in one group");
    let expected = best_grouping(&oracles, lens, [0; MAX_LANGUAGES], max_side);
    assert!((score - expected).abs() < 1e-2, "{score} {expected} {found:?}");
}

fn posteriors() -> impl Strategy<Value = LinkPosteriors> {
    let value = prop_oneof![2 => Just(0.0), 1 => Just(1.0), 3 => 0.0..1.0_f32];
    prop::collection::vec(prop::collection::vec(value, 4), 4)
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, cases: 60, ..ProptestConfig::default() })]

    #[test]
    fn no_grouping_of_three_languages_scores_higher(
        pairs in prop::collection::vec(posteriors(), 3),
        lens in [0..3_usize, 0..3_usize, 0..3_usize],
        max_side in 1..3_usize,
    ) {
        check(lens, &pairs, max_side);
    }

    #[test]
    fn no_grouping_of_two_languages_scores_higher(
        pair in posteriors(),
        lens in [0..4_usize, 0..4_usize],
        max_side in 1..4_usize,
    ) {
        check([lens[0], lens[1], 0], &[pair], max_side);
    }
}

#[test]
fn beads_have_at_most_max_bead_sentences() {
    // All sentences are linked to each other: the best bead is as large as allowed.
    let links = Links::from_posteriors(2, 2, |_, _| 0.9);
    let largest = |max_bead: usize| {
        let config = AlignConfig { max_bead, ..AlignConfig::default() };
        let scores = PairScores::new(&links, Band::full(2, 2), &config, false);
        let groups = decode([2, 2, 0], &[&scores]).unwrap();
        groups.iter().map(|[own, other, _]| own.len() + other.len()).max()
    };
    // Two 1-1 beads have as many links as a 2-1 bead, and of equal groupings the finer one wins.
    assert_eq!([largest(8), largest(4), largest(3), largest(2)], [4, 4, 2, 2].map(Some));
}
