//! The search compared with brute force: all alignments of small sides.

use ndarray::Array2;
use proptest::prelude::*;

use crate::align::band::{Band, PathStep};
use crate::align::config::AlignConfig;
use crate::align::crf::bead_scores::BeadScorer;
use crate::align::crf::lattice::Lattice;
use crate::align::crf::posterior::constraint::Unconstrained;
use crate::align::crf::posterior::forward_backward::ForwardBackward;
use crate::align::crf::posterior::posteriors::GapStep;
use crate::align::features::bead_features::{BeadColumns, Features};
use crate::align::features::side::Side;
use crate::align::testing::brute_force::{Bead, BruteForce};
use crate::align::testing::{config, sides};
use crate::embed::Words;

fn beads(steps: &[PathStep]) -> Vec<Bead> {
    let (mut i, mut j) = (0, 0);
    let mut found = Vec::new();
    for &(a, b) in steps {
        if a > 0 && b > 0 {
            found.push((i, j, (a, b)));
        }
        (i, j) = (i + a, j + b);
    }
    found
}

/// The nodes of a path; gaps have their source sentences first.
fn nodes(beads: &[Bead], n: usize, m: usize) -> Vec<(usize, usize)> {
    let (mut i, mut j) = (0, 0);
    let mut met = vec![(0, 0)];
    let end = [(n, m, (0, 0))];
    for &(to, other_to, (a, b)) in beads.iter().chain(&end) {
        while (i, j) != (to, other_to) {
            (i, j) = if i < to { (i + 1, j) } else { (i, j + 1) };
            met.push((i, j));
        }
        (i, j) = (i + a, j + b);
        met.push((i, j));
    }
    met
}

fn near(a: f64, b: f64) -> bool {
    (a - b).abs() <= 1e-3 * a.abs().max(1.0)
}

/// The posteriors of the beads, and of each side's sentences being unaligned.
type Posteriors = (Vec<(Bead, f64)>, [Vec<f64>; 2]);

fn posteriors(paths: &ForwardBackward<'_>, n: usize, m: usize) -> Posteriors {
    let mut beads = Vec::new();
    paths.each_bead(|bead, posterior| beads.push(((bead.i, bead.j, bead.shape), posterior)));
    let mut nulls = [vec![0.0; n], vec![0.0; m]];
    paths.each_gap(|(i, j), gap, posterior| match gap {
        GapStep::Source { .. } => nulls[0][i] += posterior,
        GapStep::Target { .. } => nulls[1][j] += posterior,
    });
    (beads, nulls)
}

fn share(
    all: &[(Vec<Bead>, f64)],
    total: f64,
    temperature: f64,
    of: impl Fn(&[Bead]) -> bool,
) -> f64 {
    let those = all.iter().filter(|(beads, _)| of(beads));
    those.map(|(_, potential)| (potential / temperature - total).exp()).sum()
}

fn check_small((source, target): (&Side, &Side), config: &AlignConfig) {
    let (n, m) = (source.len(), target.len());
    let full = Band::full(n, m);
    let features = Features::new(source, target, config.features(), &full, &full);
    let lattice = Lattice::new(&features, config.shapes(), config.weights());
    let brute_force = BruteForce::new(&features, (source, target), config.weights());
    let all = brute_force.all(&config.shapes());
    let highest = all.iter().map(|(_, potential)| *potential).fold(f64::NEG_INFINITY, f64::max);

    let beam_nats = 5.0;
    let best = lattice.best_path(&full, beam_nats);
    let found = beads(&best.steps);
    assert!(near(brute_force.path(&found), f64::from(best.score)), "{found:?} {}", best.score);
    assert!(near(highest, f64::from(best.score)), "{highest} {}", best.score);
    for (beads, _) in
        all.iter().filter(|(_, potential)| *potential > highest - f64::from(beam_nats) + 0.01)
    {
        assert!(nodes(beads, n, m).iter().all(|(i, j)| best.pruned.contains(*i, *j)), "{beads:?}");
    }

    let potentials = lattice.potentials(&full);
    let paths =
        ForwardBackward::new(&lattice, &full, &potentials, Unconstrained, config.temperature);
    let temperature = f64::from(config.temperature);
    let total: f64 =
        all.iter().map(|(_, potential)| ((potential - highest) / temperature).exp()).sum();
    let total = highest / temperature + total.ln();
    assert!(near(total, paths.total), "{total} {}", paths.total);
    let (found, nulls) = posteriors(&paths, n, m);
    let mut covered = nulls.clone();
    for &((i, j, (a, b)), posterior) in &found {
        let expected = share(&all, total, temperature, |beads| beads.contains(&(i, j, (a, b))));
        assert!((expected - posterior).abs() < 2e-3, "{expected} {posterior} {i} {j} {a} {b}");
        covered[0][i..i + a].iter_mut().for_each(|sum| *sum += posterior);
        covered[1][j..j + b].iter_mut().for_each(|sum| *sum += posterior);
    }
    assert!(covered.iter().flatten().all(|sum| (sum - 1.0).abs() < 1e-4), "{covered:?}");
    for (i, null) in nulls[0].iter().enumerate() {
        let out = |beads: &[Bead]| !beads.iter().any(|(at, _, (a, _))| (*at..at + a).contains(&i));
        assert!((share(&all, total, temperature, out) - null).abs() < 2e-3);
    }
    for (j, null) in nulls[1].iter().enumerate() {
        let out = |beads: &[Bead]| !beads.iter().any(|(_, at, (_, b))| (*at..at + b).contains(&j));
        assert!((share(&all, total, temperature, out) - null).abs() < 2e-3);
    }
    let ends = |beads: &[Bead]| {
        n + m > 0 && beads.last().is_none_or(|(i, j, (a, b))| (i + a, j + b) != (n, m))
    };
    assert!((share(&all, total, temperature, ends) - paths.ends_in_gap()).abs() < 2e-3);
    check_segments(&paths, (source, target), &all, (total, temperature));
}

/// Checks the posteriors of whole segments being unaligned.
fn check_segments(
    paths: &ForwardBackward<'_>,
    (source, target): (&Side, &Side),
    all: &[(Vec<Bead>, f64)],
    (total, temperature): (f64, f64),
) {
    let nulls = paths.null_posteriors(source, target);
    for (x, side) in [source, target].into_iter().enumerate() {
        for (segment, null) in nulls[x].iter().enumerate() {
            let sentences = side.sentences(segment..segment + 1);
            let out = |beads: &[Bead]| {
                !beads.iter().any(|&(i, j, (a, b))| {
                    let (at, size) = [(i, a), (j, b)][x];
                    at < sentences.end && at + size > sentences.start
                })
            };
            let expected = share(all, total, temperature, out);
            assert!((expected - f64::from(*null)).abs() < 2e-3, "{expected} {null}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, cases: 120, ..ProptestConfig::default() })]

    #[test]
    fn paths_and_posteriors_of_small_sides_agree_with_brute_force((source, target) in sides(4), config in config()) {
        check_small((&source.side(), &target.side()), &config);
    }

    #[test]
    fn score_rows_agree_with_the_features((source, target) in sides(7), config in config()) {
        let (source, target) = (source.side(), target.side());
        let (n, m) = (source.len(), target.len());
        let features = Features::new(&source, &target, config.features(), &Band::full(n, m), &Band::full(n, m));
        let brute_force = BruteForce::new(&features, (&source, &target), config.weights());
        let scorer = BeadScorer { features: &features, weights: &config.weights().beads };
        let mut out = Vec::new();
        for (a, b) in config.shapes() {
            for i in 0..(n + 1).saturating_sub(a) {
                // From any start: the columns are slices.
                for start in 0..(m + 1).saturating_sub(b) {
                    let first = start..m + 1 - b;
                    scorer.score_row(i, (a, b), first.clone(), &mut BeadColumns::default(), &mut out);
                    prop_assert_eq!(out.len(), first.len());
                    for (potential, j) in out.iter().zip(first) {
                        let expected = brute_force.bead((i, j, (a, b)));
                        let same = expected == f64::from(*potential) || near(expected, f64::from(*potential));
                        prop_assert!(same, "{} {} at {} {} {:?}", expected, potential, i, j, (a, b));
                    }
                }
            }
        }
    }

    #[test]
    fn swapping_the_sides_mirrors_the_result((source, target) in sides(9), config in config()) {
        let (source, target) = (source.side(), target.side());
        let (n, m) = (source.len(), target.len());
        let (full, turned) = (Band::full(n, m), Band::full(m, n));
        let features = Features::new(&source, &target, config.features(), &full, &full);
        let mirrored = Features::new(&target, &source, config.features(), &turned, &turned);
        let lattice = Lattice::new(&features, config.shapes(), config.weights());
        let other = Lattice::new(&mirrored, config.shapes(), config.weights());
        let (best, other_best) = (lattice.best_path(&full, 1.0), other.best_path(&turned, 1.0));
        prop_assert!(near(best.score.into(), other_best.score.into()));
        let (potentials, other_potentials) = (lattice.potentials(&full), other.potentials(&turned));
        let paths = ForwardBackward::new(&lattice, &full, &potentials, Unconstrained, config.temperature);
        let other_paths = ForwardBackward::new(&other, &turned, &other_potentials, Unconstrained, config.temperature);
        prop_assert!(near(paths.total, other_paths.total));
        let (own, nulls) = posteriors(&paths, n, m);
        let (others, other_nulls) = posteriors(&other_paths, m, n);
        let other_beads = beads(&other_best.steps);
        for ((i, j, (a, b)), posterior) in own {
            let turned = (j, i, (b, a));
            let other = others.iter().find(|(bead, _)| *bead == turned).map_or(0.0, |found| found.1);
            prop_assert!((posterior - other).abs() < 2e-3, "{posterior} {other}");
            // At a temperature of 1 or less it is on the best path of both.
            if config.temperature <= 1.0 && posterior > 0.99 && beads(&best.steps).contains(&(i, j, (a, b))) {
                prop_assert!(other_beads.contains(&turned));
            }
        }
        for (own, other) in nulls.iter().zip(other_nulls.iter().rev()) {
            prop_assert!(own.iter().zip(other).all(|(a, b)| (a - b).abs() < 2e-3));
        }
    }

    #[test]
    fn adding_word_scores_later_changes_nothing(
        (source, target) in sides(6),
        config in config(),
        beam_nats in 0.1..20.0_f32,
        seed in 0..50_usize,
    ) {
        let with_words = |mut side: Side, seed: usize| {
            let n = side.len();
            let value = |at: usize| ((seed + at) * 7919 % 113) as f32 / 56.0 - 1.0;
            let vectors = Array2::from_shape_fn((n + 2, 3), |(i, k)| value(5 * i + k));
            let texts = (0..n as u32).map(|i| vec![(i, 1.0), (i + 2, 0.9)]).collect();
            let words = Words::new(vectors, texts).unwrap();
            side.embeddings = side.embeddings.with_words(words).unwrap();
            side
        };
        let (source, target) = (with_words(source.side(), seed), with_words(target.side(), seed + 9));
        let full = Band::full(source.len(), target.len());
        let mut features = Features::new(&source, &target, config.features(), &full, &full);
        let mut lattice = Lattice::new(&features, config.shapes(), config.weights());
        lattice.precompute(&full);
        let pruned = lattice.best_path(&full, beam_nats).pruned;
        let known = lattice.cached.take().unwrap();
        features.add_word_mismatches(&source, &target, config.features(), &pruned);
        let scorer = BeadScorer { features: &features, weights: &config.weights().beads };
        let found = known.with_words(scorer, &config.shapes(), &pruned);
        let expected = Lattice::new(&features, config.shapes(), config.weights()).potentials(&pruned);
        for i in 0..pruned.rows().len() {
            for j in pruned.row(i) {
                let (found, expected): (Vec<f32>, Vec<f32>) =
                    (found.at(i, j).collect(), expected.at(i, j).collect());
                prop_assert_eq!(found, expected);
            }
        }
    }

    #[test]
    fn searching_the_beam_alone_gives_the_same_path(
        (source, target) in sides(14),
        config in config(),
        beam_nats in 0.1..20.0_f32,
    ) {
        let (source, target) = (source.side(), target.side());
        let full = Band::full(source.len(), target.len());
        let features = Features::new(&source, &target, config.features(), &full, &full);
        let lattice = Lattice::new(&features, config.shapes(), config.weights());
        let exact = lattice.best_path(&full, beam_nats);
        let banded = lattice.best_path(&exact.pruned, beam_nats);
        prop_assert_eq!(&exact.steps, &banded.steps);
        prop_assert_eq!(exact.score, banded.score);
    }
}

proptest! {
    // About ten thousand alignments each.
    #![proptest_config(ProptestConfig { failure_persistence: None, cases: 12, ..ProptestConfig::default() })]

    #[test]
    fn paths_and_posteriors_of_larger_sides_agree_with_brute_force((source, target) in sides(5), config in config()) {
        check_small((&source.side(), &target.side()), &config);
    }
}
