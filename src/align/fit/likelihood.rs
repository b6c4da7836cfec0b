//! The conditional log-likelihood of examples and its gradient.
//!
//! The log-likelihood of an example is the log of the share of the gold paths in the weight of all
//! paths. Its gradient is the expected feature vector of a gold path minus that of any path; the
//! forward-backward algorithm gives both.

use crate::align::band::{Band, BandMatrix};
use crate::align::config::AlignConfig;
use crate::align::crf::adapt::Counts;
use crate::align::crf::gap::Gap;
use crate::align::crf::lattice::Lattice;
use crate::align::crf::posterior::constraint::{Constraint, Unconstrained};
use crate::align::crf::posterior::forward_backward::ForwardBackward;
use crate::align::crf::posterior::log_sum::IMPOSSIBLE;
use crate::align::crf::posterior::posteriors::GapStep;
use crate::align::crf::potentials::Potentials;
use crate::align::crf::weights::{BEAD_WEIGHTS, Shares, Weights};
use crate::align::features::bead_features::{BeadColumns, Features};
use crate::align::features::feature::{Feature, FeatureVector};
use crate::align::features::shape::ShapeClass;
use crate::align::fit::example::{Example, Gold};

/// Paths that are worse than the best by more, in nats, are left out of the likelihood. The bands
/// are computed again as the weights improve.
const FIT_BEAM_NATS: f32 = 10.0;

/// Beads with a lower posterior are left out of the gradient.
const MIN_EXPECTED_POSTERIOR: f64 = 1e-5;

/// Parts that the examples are summed in. It is fixed, so that the result does not depend on the
/// number of threads.
const GRADIENT_BATCHES: usize = 32;

/// An example with the band that is searched and the features of all beads in it.
pub(super) struct PreparedExample<'e> {
    features: Features,
    band: Band,
    gold: Gold<'e>,
    config: &'e AlignConfig,
    /// The features of the possible beads in the band.
    values: Vec<FeatureVector>,
    /// By shape and first node: the place of the bead in `values`, or [`NO_BEAD`].
    places: Vec<BandMatrix<u32>>,
}

/// The place of an impossible bead.
const NO_BEAD: u32 = u32::MAX;

impl<'e> PreparedExample<'e> {
    /// `None` if no path of the lattice agrees with the example.
    pub(super) fn new(
        example: &'e Example,
        config: &'e AlignConfig,
        weights: &Weights,
    ) -> Option<PreparedExample<'e>> {
        let Example { source, target, .. } = example;
        let full = Band::full(source.len(), target.len());
        let mut features = Features::new(source, target, config.features(), &full, &full);
        let gold = Gold::new(example);
        let lattice = Lattice::new(&features, config.shapes(), weights);
        let potentials = lattice.potentials(&full);
        let gold_paths = ForwardBackward::new(&lattice, &full, &potentials, &gold, 1.0);
        if gold_paths.total == IMPOSSIBLE {
            return None;
        }
        let beam = lattice.best_path(&full, FIT_BEAM_NATS).pruned;
        let band = beam.union(&gold_paths.reached_band());
        features.add_word_mismatches(source, target, config.features(), &band);
        let lattice = Lattice::new(&features, config.shapes(), weights);
        let potentials = lattice.potentials(&band);
        let (mut values, mut columns) = (Vec::new(), BeadColumns::default());
        let mut places = Vec::new();
        for (&shape, of_shape) in lattice.shapes.iter().zip(potentials.by_shape()) {
            let mut of_beads = BandMatrix::new(band.rows().to_vec(), NO_BEAD);
            for i in 0..band.rows().len() {
                for (at, j) in band.row(i).enumerate() {
                    if of_shape.get(i, j).is_some_and(|score| *score > f32::NEG_INFINITY) {
                        of_beads.row_mut(i)[at] = values.len() as u32;
                        values.push(features.of_bead(i, shape, j, &mut columns));
                    }
                }
            }
            places.push(of_beads);
        }
        Some(PreparedExample { features, band, gold, config, values, places })
    }

    /// The potentials of the beads in the band: the products of features and weights.
    fn potentials(&self, lattice: &Lattice<'_>, weights: &Weights) -> Potentials {
        let mut potentials = Potentials::impossible(&self.band, lattice.shapes.len());
        let mut scores = Vec::new();
        for (shape, places) in self.places.iter().enumerate() {
            let of_shape = weights.beads.of(lattice.shapes[shape]);
            for i in 0..self.band.rows().len() {
                scores.clear();
                scores.extend(places.row(i).iter().map(|place| {
                    self.values.get(*place as usize).map_or(f32::NEG_INFINITY, |values| {
                        values.iter().zip(of_shape.iter()).map(|(a, b)| a * b).sum()
                    })
                }));
                potentials.set(shape, i, self.band.row(i).start, &scores);
            }
        }
        potentials
    }

    /// Adds the example's gradient; returns its log-likelihood.
    fn add_gradient(&self, weights: &Weights, gradient: &mut [f64]) -> f64 {
        let lattice = Lattice::new(&self.features, self.config.shapes(), weights);
        let potentials = self.potentials(&lattice, weights);
        let all = ForwardBackward::new(&lattice, &self.band, &potentials, Unconstrained, 1.0);
        let gold = ForwardBackward::new(&lattice, &self.band, &potentials, &self.gold, 1.0);
        self.add_expectation(&all, -1.0, gradient);
        self.add_expectation(&gold, 1.0, gradient);
        gold.total - all.total
    }

    /// Adds the expected features of a path, times a factor.
    fn add_expectation<A: Constraint>(
        &self,
        paths: &ForwardBackward<'_, A>,
        factor: f64,
        gradient: &mut [f64],
    ) {
        let (beads, gaps) = gradient.split_at_mut(BEAD_WEIGHTS);
        let shapes = self.config.shapes();
        paths.each_bead(|bead, posterior| {
            let shape = shapes.iter().position(|shape| *shape == bead.shape);
            let place = shape.and_then(|shape| self.places[shape].get(bead.i, bead.j));
            let values = place.and_then(|place| self.values.get(*place as usize));
            if let Some(values) = values.filter(|_| posterior > MIN_EXPECTED_POSTERIOR) {
                let start = ShapeClass::of(bead.shape).index() * Feature::COUNT;
                let row = &mut beads[start..start + Feature::COUNT];
                for (sum, value) in row.iter_mut().zip(values.iter()) {
                    *sum += factor * posterior * f64::from(*value);
                }
            }
        });
        let mut add = |gap: Gap, value: f64| gaps[gap.index()] += value;
        let n = self.features.source.len();
        paths.each_gap(|(i, j), step, posterior| {
            let weight = factor * posterior;
            let (values, opens, turns) = match step {
                GapStep::Source { opens } => (self.features.of_null(true, i), opens, false),
                GapStep::Target { opens, turns } => (self.features.of_null(false, j), opens, turns),
            };
            for (gap, value) in Gap::OF_SENTENCES.iter().zip(values) {
                add(*gap, weight * f64::from(value));
            }
            if opens {
                add(Gap::Open, weight);
            }
            if opens && i + j == 0 {
                add(Gap::AtStart, weight);
            }
            if turns {
                add(Gap::BothSides, weight);
            }
            if turns && j == 0 {
                add(Gap::BothSidesAtStart, weight);
            }
            if turns && i == n {
                add(Gap::BothSidesAtEnd, weight);
            }
        });
        add(Gap::AtEnd, factor * paths.ends_in_gap());
    }
}

/// The log-likelihood of all examples, and its gradient by [`Weights::flat`].
pub(super) fn likelihood(examples: &[PreparedExample<'_>], weights: &Weights) -> (f64, Vec<f64>) {
    let zero = || vec![0.0; BEAD_WEIGHTS + Gap::COUNT];
    let batch = |examples: &[PreparedExample<'_>]| {
        let mut gradient = zero();
        let likelihood: f64 =
            examples.iter().map(|example| example.add_gradient(weights, &mut gradient)).sum();
        (likelihood, gradient)
    };
    let batches: Vec<&[PreparedExample<'_>]> =
        examples.chunks(examples.len().div_ceil(GRADIENT_BATCHES).max(1)).collect();
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let results = crate::threads::map(threads, batches.len(), |at| batch(batches[at]));
    let mut total = (0.0, zero());
    for (likelihood, gradient) in results {
        total.0 += likelihood;
        total.1.iter_mut().zip(gradient).for_each(|(sum, value)| *sum += value);
    }
    total
}

/// How often classes of beads and gaps occur on the gold paths of all examples.
pub(super) fn gold_shares(examples: &[PreparedExample<'_>], weights: &Weights) -> Shares {
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let counts = crate::threads::map(threads, examples.len(), |at| {
        let example = &examples[at];
        let lattice = Lattice::new(&example.features, example.config.shapes(), weights);
        let potentials = example.potentials(&lattice, weights);
        let gold = ForwardBackward::new(&lattice, &example.band, &potentials, &example.gold, 1.0);
        Counts::expected(&gold)
    });
    let mut sum = Counts::default();
    counts.iter().for_each(|counts| sum.add(counts));
    sum.shares()
}
