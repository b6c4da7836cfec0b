//! Properties of the alignment of any two sides.

use bitext::Embeddings;
use bitext::align::{AlignConfig, Background, PairAlignment, Side, align_pair};
use ndarray::{Array1, Array2, Axis};
use proptest::prelude::*;

use crate::common::split_mix::SplitMix64;

/// The parts of a random side.
#[derive(Clone, Debug)]
struct Given {
    rows: Vec<Vec<f32>>,
    lengths: Vec<f32>,
    mean: Option<Vec<f32>>,
    segments: Option<Vec<usize>>,
}

const WIDTH: usize = 5;

impl Given {
    fn side(&self) -> Side {
        let rows = self.rows.concat();
        let rows = Array2::from_shape_vec((self.rows.len(), WIDTH), rows).expect("it fits");
        let vectors = match &self.mean {
            Some(mean) => Embeddings::from_raw(rows, Array1::from(mean.clone())),
            None => Embeddings::from_rows(rows),
        };
        let side = Side::new(vectors.expect("finite"), self.lengths.clone()).expect("it fits");
        match &self.segments {
            Some(segments) => side.with_segments(segments).expect("it fits"),
            None => side,
        }
    }

    /// The same sentences, each a segment.
    fn without_segments(&self) -> Given {
        Given { segments: None, ..self.clone() }
    }

    /// The number of segments.
    fn segments(&self) -> usize {
        self.segments.as_ref().map_or(self.rows.len(), Vec::len)
    }
}

/// Numbers of sentences per segment that add up to n.
fn segments_of(n: usize, sizes: &[usize]) -> Vec<usize> {
    let (mut left, mut segments) = (n, Vec::new());
    for size in sizes.iter().cycle() {
        if left == 0 {
            break;
        }
        segments.push((*size).min(left));
        left -= segments[segments.len() - 1];
    }
    segments
}

/// Two sides of up to `most` sentences, with or without segments of several. Either both have
/// additive vectors or none. The vectors of the second are noisy copies of those of the first,
/// random, all equal or all zero.
fn sides(most: usize) -> impl Strategy<Value = (Given, Given)> {
    let row = || prop::collection::vec(-1.0..1.0_f32, WIDTH);
    let length = prop_oneof![1 => Just(0.0_f32), 9 => 1.0..200.0_f32];
    let side = (0..=most).prop_flat_map(move |n| {
        (prop::collection::vec(row(), n), prop::collection::vec(length.clone(), n))
    });
    let mean = prop::option::of(prop::collection::vec(-0.3..0.3_f32, WIDTH));
    let sizes = || prop::option::of(prop::collection::vec(1..4_usize, 3));
    (side.clone(), side, mean, 0..5, sizes(), sizes()).prop_map(
        |(source, target, mean, kind, own_sizes, other_sizes)| {
            let given = |(rows, lengths): (Vec<Vec<f32>>, Vec<f32>), sizes: Option<Vec<usize>>| {
                let segments = sizes.map(|sizes| segments_of(rows.len(), &sizes));
                Given { rows, lengths, mean: mean.clone(), segments }
            };
            let (mut source, mut target) = (given(source, own_sizes), given(target, other_sizes));
            let near = target.rows.clone();
            for (at, row) in target.rows.iter_mut().enumerate() {
                if let (0..=1, Some(own)) = (kind, source.rows.get(at)) {
                    *row =
                        own.iter().zip(&near[at]).map(|(own, noise)| own + 0.2 * noise).collect();
                }
            }
            for rows in [&mut source.rows, &mut target.rows] {
                match kind {
                    3 => rows.fill(vec![1.0; WIDTH]),
                    4 => rows.fill(vec![0.0; WIDTH]),
                    _ => {}
                }
            }
            (source, target)
        },
    )
}

/// Checks an alignment of n and m segments.
fn check_alignment(alignment: &PairAlignment, n: usize, m: usize) {
    assert!(alignment.score.is_finite());
    assert_eq!((alignment.source_null.len(), alignment.target_null.len()), (n, m));
    let mut source: Vec<f32> = alignment.source_null.clone();
    let mut target: Vec<f32> = alignment.target_null.clone();
    let mut before = None;
    let mut seen = (vec![false; n], vec![false; m]);
    for bead in &alignment.beads {
        assert!(bead.score.is_finite() && (0.0..=1.0).contains(&bead.posterior), "{bead:?}");
        assert!(!bead.source.is_empty() && !bead.target.is_empty());
        if let Some((i, j)) = before.replace((bead.source[0], bead.target[0])) {
            assert!(bead.source[0] > i && bead.target[0] > j, "beads ascend: {alignment:?}");
        }
        for (segments, seen) in [(&bead.source, &mut seen.0), (&bead.target, &mut seen.1)] {
            assert!(segments.is_sorted_by(|one, next| one < next), "{bead:?}");
            segments.iter().for_each(|at| assert!(!std::mem::replace(&mut seen[*at], true)));
        }
        // The posterior of a bead with a hole is an estimate and does not count in sums.
        let hole =
            |segments: &[usize]| segments[segments.len() - 1] - segments[0] >= segments.len();
        if !hole(&bead.source) && !hole(&bead.target) {
            bead.source.iter().for_each(|at| source[*at] += bead.posterior);
            bead.target.iter().for_each(|at| target[*at] += bead.posterior);
        }
    }
    let nulls = alignment.source_null.iter().chain(&alignment.target_null);
    assert!(nulls.copied().all(|null| (0.0..=1.0).contains(&null)));
    assert!(source.iter().chain(&target).all(|sum| *sum <= 1.0 + 1e-4), "{alignment:?}");
}

fn config() -> impl Strategy<Value = AlignConfig> {
    (1..5_usize, 2..9_usize, 1..8_usize, -0.2..0.6_f32, 0.1..5.0_f32).prop_map(
        |(side, bead, neighbours, background, temperature)| {
            let mut config = AlignConfig::default();
            (config.max_side, config.max_bead) = (side, bead);
            (config.neighbours, config.background) =
                (neighbours, Some(Background { mean: background, deviation: 0.1 }));
            config.temperature = temperature;
            config
        },
    )
}

fn close(a: &[f32], b: &[f32], within: f32) -> bool {
    a.len() == b.len() && a.iter().zip(b).all(|(a, b)| (a - b).abs() <= within)
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, cases: 300, ..ProptestConfig::default() })]

    #[test]
    fn any_vectors_give_an_alignment((source, target) in sides(12), config in config()) {
        let alignment = align_pair(&source.side(), &target.side(), &config).expect("a result");
        check_alignment(&alignment, source.segments(), target.segments());
        let again = align_pair(&source.side(), &target.side(), &config).expect("a result");
        prop_assert_eq!(again, alignment);
    }

    #[test]
    fn swapping_the_sides_mirrors_the_alignment((source, target) in sides(10), config in config()) {
        check_mirror(&source.without_segments(), &target.without_segments(), &config);
    }

    #[test]
    fn swapping_sides_with_segments_mirrors_score_and_nulls(
        (source, target) in sides(10),
        config in config(),
    ) {
        let one = align_pair(&source.side(), &target.side(), &config).expect("a result");
        let other = align_pair(&target.side(), &source.side(), &config).expect("a result");
        check_mirrored_nulls(&one, &other);
    }

    #[test]
    fn posteriors_of_segments_are_mirrored_and_sum_to_at_most_one(
        (source, target) in sides(10),
        config in config(),
    ) {
        let alignment = align_pair(&source.side(), &target.side(), &config).expect("a result");
        check_alignment(&alignment, source.segments(), target.segments());
        check_mirror(&source, &target, &config);
    }
}

fn check_mirrored_nulls(one: &PairAlignment, other: &PairAlignment) {
    assert!((one.score - other.score).abs() < 1e-3 * one.score.abs().max(1.0));
    assert!(close(&one.source_null, &other.target_null, 5e-3), "{one:?} {other:?}");
    assert!(close(&one.target_null, &other.source_null, 5e-3), "{one:?} {other:?}");
}

fn check_mirror(source: &Given, target: &Given, config: &AlignConfig) {
    let one = align_pair(&source.side(), &target.side(), config).expect("a result");
    let other = align_pair(&target.side(), &source.side(), config).expect("a result");
    check_mirrored_nulls(&one, &other);
    // Beads this likely are not tied with others.
    for (one, other) in [(&one, &other), (&other, &one)] {
        for bead in one.beads.iter().filter(|bead| bead.posterior > 0.9) {
            let mirrored = other.beads.iter().any(|b| {
                b.source == bead.target
                    && b.target == bead.source
                    && (b.posterior - bead.posterior).abs() < 5e-3
            });
            assert!(mirrored, "{bead:?}: {other:?}");
        }
    }
}

/// Adds unrelated sentences at the ends and checks that likely beads stay.
fn check_ends(n: usize, noise: f32, ends: [usize; 4], seed: u64) {
    let (base, noises) = (random_rows(n, seed), random_rows(n, seed + 1));
    let copy = &base + &(&noises * noise);
    let around = |rows: &Array2<f32>, before: usize, after: usize, seed: u64| {
        let (before, after) = (random_rows(before, seed), random_rows(after, seed + 9));
        let all = [before.view(), rows.view(), after.view()];
        plain(ndarray::concatenate(Axis(0), &all).expect("of one width"))
    };
    let config = AlignConfig::default();
    let alone = align_pair(&plain(base.clone()), &plain(copy.clone()), &config).expect("a result");
    let [before, after, other_before, other_after] = ends;
    let source = around(&base, before, after, seed + 2);
    let target = around(&copy, other_before, other_after, seed + 3);
    let within = align_pair(&source, &target, &config).expect("a result");
    for bead in alone.beads.iter().filter(|bead| bead.posterior > 0.9) {
        let shift = |all: &[usize], by: usize| all.iter().map(|at| at + by).collect::<Vec<_>>();
        let (own, other) = (shift(&bead.source, before), shift(&bead.target, other_before));
        let there = within.beads.iter().any(|bead| bead.source == own && bead.target == other);
        assert!(there, "{bead:?} {within:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, cases: 100, ..ProptestConfig::default() })]

    #[test]
    fn unrelated_ends_do_not_change_likely_beads(
        n in 2..12_usize,
        noise in 0.0..0.4_f32,
        ends in [0..20_usize, 0..20_usize, 0..20_usize, 0..20_usize],
        seed in 1..1_000_000_u64,
    ) {
        check_ends(n, noise, ends, seed);
    }
}

/// Unrelated vectors.
fn random_rows(n: usize, seed: u64) -> Array2<f32> {
    let mut random = SplitMix64::new(seed);
    Array2::from_shape_simple_fn((n, 64), || random.unit() as f32 - 0.5)
}

fn plain(rows: Array2<f32>) -> Side {
    let lengths = vec![60.0; rows.nrows()];
    Side::new(Embeddings::from_rows(rows).expect("finite"), lengths).expect("it fits")
}

#[test]
fn sides_of_any_proportion_give_an_alignment() {
    let many = random_rows(1000, 7);
    let one = many.row(499).to_owned().insert_axis(Axis(0));
    let config = AlignConfig::default();
    for (source, target) in [
        (one.clone(), many.clone()),
        (many.clone(), one),
        (many.clone(), random_rows(0, 1)),
        (random_rows(0, 1), many),
        (random_rows(0, 1), random_rows(0, 1)),
        (random_rows(1, 1), random_rows(1, 2)),
    ] {
        let (n, m) = (source.nrows(), target.nrows());
        let alignment = align_pair(&plain(source), &plain(target), &config).expect("a result");
        check_alignment(&alignment, n, m);
        if n.min(m) == 0 {
            assert!(alignment.beads.is_empty());
            let nulls = alignment.source_null.iter().chain(&alignment.target_null);
            assert!(nulls.copied().all(|null| null > 0.9999), "nothing to be aligned with");
        }
    }
}

#[test]
fn one_copy_among_a_thousand_sentences_is_found() {
    let many = random_rows(1000, 7);
    let one = many.row(499).to_owned().insert_axis(Axis(0));
    let alignment = align_pair(&plain(one), &plain(many), &AlignConfig::default());
    let beads = alignment.expect("a result").beads;
    assert_eq!((beads.len(), &beads[0].source, &beads[0].target), (1, &vec![0], &vec![499]));
}

#[test]
fn equal_sentences_give_an_alignment() {
    for value in [0.0, 1.0] {
        let equal = || plain(Array2::from_elem((200, 64), value));
        let alignment = align_pair(&equal(), &equal(), &AlignConfig::default()).expect("a result");
        check_alignment(&alignment, 200, 200);
    }
}
