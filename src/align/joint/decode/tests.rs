//! Groups against all groupings of small sides, tried one by one.

use super::*;
use proptest::prelude::*;

/// The posteriors of a pair, by sentence of either side.
type Table = Vec<Vec<f32>>;

/// What the links of a pair gain, and what it costs to leave a sentence out.
struct Gained {
    links: Table,
    out: [Vec<f32>; 2],
}

impl Gained {
    fn new(table: &Table, n: usize, m: usize) -> Gained {
        let cut: Table = table[..n].iter().map(|row| row[..m].to_vec()).collect();
        let odds = |held: f32| ((1.0 - held) / held).ln().clamp(1.5, 6.0);
        let column = |j: usize| cut.iter().map(|row| row[j]).fold(0.0, f32::max);
        let row = |row: &Vec<f32>| row.iter().copied().fold(0.0, f32::max);
        Gained {
            links: (0..n).map(|i| (0..m).map(|j| link(&cut, i, j)).collect()).collect(),
            out: [
                cut.iter().map(|all| odds(row(all))).collect(),
                (0..m).map(|j| odds(column(j))).collect(),
            ],
        }
    }

    fn out(&self, rows: Range<usize>, columns: Range<usize>) -> f32 {
        self.out[0][rows].iter().chain(&self.out[1][columns]).sum()
    }
}

/// What the best beads of a block gain, by trying all.
fn block(table: &Gained, rows: Range<usize>, columns: Range<usize>) -> f32 {
    let mut best = -table.out(rows.clone(), columns.clone());
    for first in rows.clone() {
        for other in columns.clone() {
            let before = table.out(rows.start..first, columns.start..other);
            for end in first + 1..=rows.end {
                for other_end in other + 1..=columns.end {
                    let rest = block(table, end..rows.end, other_end..columns.end);
                    let bead = bead(table, first..end, other..other_end);
                    best = best.max(bead + rest - before);
                }
            }
        }
    }
    best
}

/// What a link gains; -10, where there is none.
fn link(table: &Table, i: usize, j: usize) -> f32 {
    let p = table[i][j];
    if p < 0.25 {
        return -10.0;
    }
    let (mut before, mut after) = (if (i, j) == (0, 0) { 1.0_f32 } else { 0.0 }, 0.0_f32);
    for (x, row) in table.iter().enumerate() {
        for (y, p) in row.iter().enumerate() {
            let p = p - table[i][y].max(row[j]);
            if x < i && y < j && i - x <= 3 && j - y <= 3 {
                before = before.max(p);
            }
            if x > i && y > j && x - i <= 3 && y - j <= 3 {
                after = after.max(p);
            }
        }
    }
    let odds = (p / (1.0 - p)).ln().clamp(-6.0, 6.0);
    let last = i > 0 && j > 0 && (i + 1, j + 1) == (table.len(), table[0].len());
    let alone = if last { 3.2 } else { 0.8 };
    odds - (alone + (0.2 - alone) * before.min(after))
}

fn bead(table: &Gained, rows: Range<usize>, columns: Range<usize>) -> f32 {
    let lacking = |best: f32| if best < -9.0 { f32::INFINITY } else { -0.3 * best.min(0.0) };
    let mut score = -1e-4 * (rows.len() + columns.len() - 2) as f32;
    for i in rows.clone() {
        let own = columns.clone().map(|j| table.links[i][j]);
        score += own.clone().map(|link| link.max(0.0)).sum::<f32>();
        score -= lacking(own.fold(-10.0, f32::max));
    }
    for j in columns {
        let others = rows.clone().map(|i| table.links[i][j]);
        score -= lacking(others.fold(-10.0, f32::max));
    }
    score
}

fn group(tables: &[Gained], ranges: &Ranges) -> f32 {
    let sizes = ranges.each_ref().map(Range::len);
    let languages = sizes.iter().filter(|size| **size > 0).count();
    let mut score = -1e-4 * (sizes.iter().sum::<usize>() - languages) as f32;
    for (&(x, y), table) in PAIRS.iter().zip(tables) {
        if sizes[x] > 0 && sizes[y] > 0 {
            score += block(table, ranges[x].clone(), ranges[y].clone());
        }
    }
    score
}

/// The best grouping of what follows a node, by trying all.
fn brute(tables: &[Gained], lens: Node, node: Node, max_side: usize) -> f32 {
    if node == lens {
        return 0.0;
    }
    let mut best = f32::NEG_INFINITY;
    let most = |x: usize| (lens[x] - node[x]).min(max_side);
    for a in 0..=most(0) {
        for b in 0..=most(1) {
            for c in 0..=most(2) {
                let step = [a, b, c];
                let languages = step.iter().filter(|size| **size > 0).count();
                if languages < 2 && a + b + c != 1 {
                    continue;
                }
                let to: Node = std::array::from_fn(|x| node[x] + step[x]);
                let ranges: Ranges = std::array::from_fn(|x| node[x]..to[x]);
                let rest = brute(tables, lens, to, max_side);
                best = best.max(group(tables, &ranges) + rest);
            }
        }
    }
    best
}

fn check(lens: Node, tables: &[Table], max_side: usize) {
    let links: Vec<Links> = PAIRS
        .iter()
        .zip(tables)
        .map(|(&(x, y), table)| Links::of(lens[x], lens[y], |i, j| table[i][j]))
        .collect();
    let config = AlignConfig { max_side, ..AlignConfig::default() };
    let blocks: Vec<PairScores> = PAIRS
        .iter()
        .zip(&links)
        .map(|(&(x, y), links)| PairScores::new(links, Band::full(lens[x], lens[y]), &config, true))
        .collect();
    let found = decode(lens, &blocks).unwrap();
    let scores = |(&(x, y), table): (&(usize, usize), &Table)| Gained::new(table, lens[x], lens[y]);
    let tables: Vec<Gained> = PAIRS.iter().zip(tables).map(scores).collect();
    let mut at = [0; LANGUAGES];
    let mut score = 0.0;
    for ranges in &found {
        score += group(&tables, ranges);
        for (at, range) in at.iter_mut().zip(ranges).filter(|(_, range)| !range.is_empty()) {
            assert_eq!(range.start, *at);
            *at = range.end;
        }
    }
    assert_eq!(at, lens, "each sentence is in one group");
    let expected = brute(&tables, lens, [0; LANGUAGES], max_side);
    assert!((score - expected).abs() < 1e-2, "{score} {expected} {found:?}");
}

fn table() -> impl Strategy<Value = Table> {
    let value = prop_oneof![2 => Just(0.0), 1 => Just(1.0), 3 => 0.0..1.0_f32];
    prop::collection::vec(prop::collection::vec(value, 4), 4)
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, cases: 60, ..ProptestConfig::default() })]

    #[test]
    fn groups_of_three_languages_are_the_best_of_all(
        tables in prop::collection::vec(table(), 3),
        lens in [0..3_usize, 0..3_usize, 0..3_usize],
        max_side in 1..3_usize,
    ) {
        check(lens, &tables, max_side);
    }

    #[test]
    fn groups_of_two_languages_are_the_best_of_all(
        table in table(),
        lens in [0..4_usize, 0..4_usize],
        max_side in 1..4_usize,
    ) {
        check([lens[0], lens[1], 0], &[table], max_side);
    }
}

#[test]
fn no_bead_is_larger_than_allowed() {
    // One with two and two with one: together two with two.
    let links = Links::of(2, 2, |_, _| 0.9);
    let largest = |max_bead: usize| {
        let config = AlignConfig { max_bead, ..AlignConfig::default() };
        let blocks = [PairScores::new(&links, Band::full(2, 2), &config, false)];
        let groups = decode([2, 2, 0], &blocks).unwrap();
        groups.iter().map(|[own, other, _]| own.len() + other.len()).max()
    };
    // The link of the last sentences is worth less: of three, the bead of the others is better.
    assert_eq!([largest(8), largest(4), largest(3), largest(2)], [4, 4, 3, 2].map(Some));
}
