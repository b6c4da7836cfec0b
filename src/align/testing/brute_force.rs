//! The search compared with brute force: all alignments of small sides, tried one by one.

use ndarray::Array2;
use proptest::prelude::*;

use crate::align::band::Band;
use crate::align::band::PathStep;
use crate::align::crf::forward_backward::{ForwardBackward, Gap, Unconstrained};
use crate::align::crf::lattice::Lattice;
use crate::align::crf::potentials::Potentials;
use crate::align::crf::weights::{Weights, class};
use crate::align::features::bead::{Features, Scratch, Shape};
use crate::align::testing::{config, sides};
use crate::align::{AlignConfig, Side};
use crate::embed::Words;

/// A bead: source start, target start, shape.
type Bead = (usize, usize, Shape);

/// The score of a path, computed in f64 from the features of its beads and the definition of gaps.
struct Formula<'e> {
    features: &'e Features,
    weights: &'e Weights,
    lengths: [&'e [f32]; 2],
}

impl<'e> Formula<'e> {
    fn new(
        features: &'e Features,
        (source, target): (&'e Side, &'e Side),
        weights: &'e Weights,
    ) -> Self {
        Formula { features, weights, lengths: [&source.lengths, &target.lengths] }
    }

    fn bead(&self, (i, j, (a, b)): Bead) -> f64 {
        if self.lengths[0][i..i + a].contains(&0.0) || self.lengths[1][j..j + b].contains(&0.0) {
            return f64::NEG_INFINITY;
        }
        let features = self.features.features(i, (a, b), j, &mut Scratch::default());
        let weights = &self.weights.beads[class(a, b)];
        features.iter().zip(weights).map(|(x, w)| f64::from(*x) * f64::from(*w)).sum()
    }

    /// A run of unaligned sentences from one node to another.
    fn run(&self, from: (usize, usize), to: (usize, usize)) -> f64 {
        if from == to {
            return 0.0;
        }
        let [open, extend, size, at_start, at_end, both, both_at_start, both_at_end] =
            self.weights.gaps.map(f64::from);
        let end = (self.lengths[0].len(), self.lengths[1].len());
        let unaligned = self.lengths[0][from.0..to.0].iter().chain(&self.lengths[1][from.1..to.1]);
        let each = unaligned.map(|length| extend + size * ((f64::from(*length) + 6.0).ln() - 4.2));
        let mut potential = open + each.sum::<f64>();
        potential += if from == (0, 0) { at_start } else { 0.0 };
        potential += if to == end { at_end } else { 0.0 };
        if to.0 > from.0 && to.1 > from.1 {
            potential += both;
            potential += if from == (0, 0) { both_at_start } else { 0.0 };
            potential += if to == end { both_at_end } else { 0.0 };
        }
        potential
    }

    fn path(&self, beads: &[Bead]) -> f64 {
        let (mut node, mut potential) = ((0, 0), 0.0);
        for &(i, j, (a, b)) in beads {
            potential += self.run(node, (i, j)) + self.bead((i, j, (a, b)));
            node = (i + a, j + b);
        }
        potential + self.run(node, (self.lengths[0].len(), self.lengths[1].len()))
    }

    /// All alignments, with their scores.
    fn all(&self, shapes: &[Shape]) -> Vec<(Vec<Bead>, f64)> {
        let mut found = Vec::new();
        self.extend(&mut Vec::new(), (0, 0), 0.0, shapes, &mut found);
        found
    }

    fn extend(
        &self,
        beads: &mut Vec<Bead>,
        node: (usize, usize),
        potential: f64,
        shapes: &[Shape],
        found: &mut Vec<(Vec<Bead>, f64)>,
    ) {
        let (n, m) = (self.lengths[0].len(), self.lengths[1].len());
        found.push((beads.clone(), potential + self.run(node, (n, m))));
        for i in node.0..n {
            for j in node.1..m {
                for &(a, b) in shapes.iter().filter(|(a, b)| i + a <= n && j + b <= m) {
                    let bead = self.bead((i, j, (a, b)));
                    if bead.is_finite() {
                        beads.push((i, j, (a, b)));
                        let potential = potential + self.run(node, (i, j)) + bead;
                        self.extend(beads, (i + a, j + b), potential, shapes, found);
                        beads.pop();
                    }
                }
            }
        }
    }
}

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

/// The nodes of a path; in a run of unaligned sentences those of the source come first.
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

/// The posteriors of beads, and of the unaligned sentences of each side.
type Posteriors = (Vec<(Bead, f64)>, [Vec<f64>; 2]);

fn posteriors(sums: &ForwardBackward<'_>, n: usize, m: usize) -> Posteriors {
    let mut beads = Vec::new();
    sums.each_bead(|bead, posterior| beads.push(((bead.i, bead.j, bead.shape), posterior)));
    let mut nulls = [vec![0.0; n], vec![0.0; m]];
    sums.each_gap(|(i, j), gap, posterior| match gap {
        Gap::Source { .. } => nulls[0][i] += posterior,
        Gap::Target { .. } => nulls[1][j] += posterior,
    });
    (beads, nulls)
}

fn share(all: &[(Vec<Bead>, f64)], total: f64, heat: f64, of: impl Fn(&[Bead]) -> bool) -> f64 {
    let those = all.iter().filter(|(beads, _)| of(beads));
    those.map(|(_, potential)| (potential / heat - total).exp()).sum()
}

fn check_small((source, target): (&Side, &Side), config: &AlignConfig) {
    let (n, m) = (source.len(), target.len());
    let full = Band::full(n, m);
    let features = Features::new(source, target, config, &full, &full);
    let lattice = Lattice::new(&features, config.shapes(), config.weights());
    let formula = Formula::new(&features, (source, target), config.weights());
    let all = formula.all(&config.shapes());
    let highest = all.iter().map(|(_, potential)| *potential).fold(f64::NEG_INFINITY, f64::max);

    let within = 5.0;
    let best = lattice.best_path(&full, within);
    let found = beads(&best.steps);
    assert!(near(formula.path(&found), f64::from(best.score)), "{found:?} {}", best.score);
    assert!(near(highest, f64::from(best.score)), "{highest} {}", best.score);
    for (beads, _) in
        all.iter().filter(|(_, potential)| *potential > highest - f64::from(within) + 0.01)
    {
        assert!(nodes(beads, n, m).iter().all(|(i, j)| best.pruned.contains(*i, *j)), "{beads:?}");
    }

    let potentials = Potentials::new(&lattice, &full);
    let sums =
        ForwardBackward::new(&lattice, &full, &potentials, Unconstrained, config.temperature);
    let heat = f64::from(config.temperature);
    let total: f64 = all.iter().map(|(_, potential)| ((potential - highest) / heat).exp()).sum();
    let total = highest / heat + total.ln();
    assert!(near(total, sums.total), "{total} {}", sums.total);
    let (found, nulls) = posteriors(&sums, n, m);
    let mut covered = nulls.clone();
    for &((i, j, (a, b)), posterior) in &found {
        let expected = share(&all, total, heat, |beads| beads.contains(&(i, j, (a, b))));
        assert!((expected - posterior).abs() < 2e-3, "{expected} {posterior} {i} {j} {a} {b}");
        covered[0][i..i + a].iter_mut().for_each(|sum| *sum += posterior);
        covered[1][j..j + b].iter_mut().for_each(|sum| *sum += posterior);
    }
    assert!(covered.iter().flatten().all(|sum| (sum - 1.0).abs() < 1e-4), "{covered:?}");
    for (i, null) in nulls[0].iter().enumerate() {
        let out = |beads: &[Bead]| !beads.iter().any(|(at, _, (a, _))| (*at..at + a).contains(&i));
        assert!((share(&all, total, heat, out) - null).abs() < 2e-3);
    }
    for (j, null) in nulls[1].iter().enumerate() {
        let out = |beads: &[Bead]| !beads.iter().any(|(_, at, (_, b))| (*at..at + b).contains(&j));
        assert!((share(&all, total, heat, out) - null).abs() < 2e-3);
    }
    let ends = |beads: &[Bead]| {
        n + m > 0 && beads.last().is_none_or(|(i, j, (a, b))| (i + a, j + b) != (n, m))
    };
    assert!((share(&all, total, heat, ends) - sums.ends_in_gap()).abs() < 2e-3);
    check_segments(&sums, (source, target), &all, (total, heat));
}

/// The posteriors that whole segments are unaligned, from all alignments.
fn check_segments(
    sums: &ForwardBackward<'_>,
    (source, target): (&Side, &Side),
    all: &[(Vec<Bead>, f64)],
    (total, heat): (f64, f64),
) {
    let nulls = sums.nulls(source, target);
    for (x, side) in [source, target].into_iter().enumerate() {
        for (unit, null) in nulls[x].iter().enumerate() {
            let pieces = side.pieces(unit..unit + 1);
            let out = |beads: &[Bead]| {
                !beads.iter().any(|&(i, j, (a, b))| {
                    let (at, size) = [(i, a), (j, b)][x];
                    at < pieces.end && at + size > pieces.start
                })
            };
            let expected = share(all, total, heat, out);
            assert!((expected - f64::from(*null)).abs() < 2e-3, "{expected} {null}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, cases: 120, ..ProptestConfig::default() })]

    #[test]
    fn the_search_of_small_sides_agrees_with_brute_force((source, target) in sides(4), config in config()) {
        check_small((&source.side(), &target.side()), &config);
    }

    #[test]
    fn potentials_agree_with_the_sum_of_weighted_features((source, target) in sides(7), config in config()) {
        let (source, target) = (source.side(), target.side());
        let (n, m) = (source.len(), target.len());
        let features = Features::new(&source, &target, &config, &Band::full(n, m), &Band::full(n, m));
        let formula = Formula::new(&features, (&source, &target), config.weights());
        let mut out = Vec::new();
        for (a, b) in config.shapes() {
            for i in 0..(n + 1).saturating_sub(a) {
                // Potentials are computed for ranges of target sentences: try all starts.
                for start in 0..(m + 1).saturating_sub(b) {
                    let first = start..m + 1 - b;
                    let beads = &config.weights().beads;
                    features.potentials(i, (a, b), first.clone(), beads, &mut Scratch::default(), &mut out);
                    prop_assert_eq!(out.len(), first.len());
                    for (potential, j) in out.iter().zip(first) {
                        let expected = formula.bead((i, j, (a, b)));
                        let same = expected == f64::from(*potential) || near(expected, f64::from(*potential));
                        prop_assert!(same, "{} {} at {} {} {:?}", expected, potential, i, j, (a, b));
                    }
                }
            }
        }
    }

    #[test]
    fn swapping_the_sides_mirrors_the_search((source, target) in sides(9), config in config()) {
        let (source, target) = (source.side(), target.side());
        let (n, m) = (source.len(), target.len());
        let (full, turned) = (Band::full(n, m), Band::full(m, n));
        let features = Features::new(&source, &target, &config, &full, &full);
        let mirrored = Features::new(&target, &source, &config, &turned, &turned);
        let lattice = Lattice::new(&features, config.shapes(), config.weights());
        let other = Lattice::new(&mirrored, config.shapes(), config.weights());
        let (best, other_best) = (lattice.best_path(&full, 1.0), other.best_path(&turned, 1.0));
        prop_assert!(near(best.score.into(), other_best.score.into()));
        let (potentials, other_potentials) = (Potentials::new(&lattice, &full), Potentials::new(&other, &turned));
        let sums = ForwardBackward::new(&lattice, &full, &potentials, Unconstrained, config.temperature);
        let other_sums = ForwardBackward::new(&other, &turned, &other_potentials, Unconstrained, config.temperature);
        prop_assert!(near(sums.total, other_sums.total));
        let (own, nulls) = posteriors(&sums, n, m);
        let (others, other_nulls) = posteriors(&other_sums, m, n);
        let other_beads = beads(&other_best.steps);
        for ((i, j, (a, b)), posterior) in own {
            let turned = (j, i, (b, a));
            let other = others.iter().find(|(bead, _)| *bead == turned).map_or(0.0, |found| found.1);
            prop_assert!((posterior - other).abs() < 2e-3, "{posterior} {other}");
            // At the temperature of the weights a bead this likely is on the Viterbi path of both.
            if config.temperature <= 1.0 && posterior > 0.99 && beads(&best.steps).contains(&(i, j, (a, b))) {
                prop_assert!(other_beads.contains(&turned));
            }
        }
        for (own, other) in nulls.iter().zip(other_nulls.iter().rev()) {
            prop_assert!(own.iter().zip(other).all(|(a, b)| (a - b).abs() < 2e-3));
        }
    }

    #[test]
    fn words_added_to_cached_potentials_agree_with_a_full_computation(
        (source, target) in sides(6),
        config in config(),
        within in 0.1..20.0_f32,
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
        let mut features = Features::new(&source, &target, &config, &full, &full);
        let mut lattice = Lattice::new(&features, config.shapes(), config.weights());
        lattice.precompute(&full);
        let pruned = lattice.best_path(&full, within).pruned;
        let known = lattice.cached.take().unwrap();
        features.look_at_words(&source, &target, &config, &pruned);
        let found = known.with_words(&features, config.weights(), &config.shapes(), &pruned);
        let expected = Potentials::new(&Lattice::new(&features, config.shapes(), config.weights()), &pruned);
        for i in 0..pruned.rows().len() {
            for j in pruned.row(i) {
                let (found, expected): (Vec<f32>, Vec<f32>) =
                    (found.at(i, j).collect(), expected.at(i, j).collect());
                prop_assert_eq!(found, expected);
            }
        }
    }

    #[test]
    fn the_pruned_band_contains_the_viterbi_path(
        (source, target) in sides(14),
        config in config(),
        within in 0.1..20.0_f32,
    ) {
        let (source, target) = (source.side(), target.side());
        let full = Band::full(source.len(), target.len());
        let features = Features::new(&source, &target, &config, &full, &full);
        let lattice = Lattice::new(&features, config.shapes(), config.weights());
        let exact = lattice.best_path(&full, within);
        let banded = lattice.best_path(&exact.pruned, within);
        prop_assert_eq!(&exact.steps, &banded.steps);
        prop_assert_eq!(exact.score, banded.score);
    }
}

proptest! {
    // Each case has about ten thousand alignments.
    #![proptest_config(ProptestConfig { failure_persistence: None, cases: 12, ..ProptestConfig::default() })]

    #[test]
    fn the_search_of_larger_sides_agrees_with_brute_force((source, target) in sides(5), config in config()) {
        check_small((&source.side(), &target.side()), &config);
    }
}
