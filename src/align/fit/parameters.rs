//! The parameters that are learnt: the weights in units of their prior.
//!
//! A weight of a bead is a common weight plus a difference of the class of its shape. All parameters
//! have a Gaussian prior with mean 0 and variance 1, so that the optimiser finds them on one scale
//! and rare shapes follow the frequent ones.

use crate::align::crf::weights::{BEAD_WEIGHTS, Weights};
use crate::align::features::feature::Feature;
use crate::align::features::shape::ShapeClass;

/// By how much weaker the prior is on what all classes of shapes have in common than on what one
/// class differs by.
const COMMON_VARIANCE_FACTOR: f64 = 100.0;

/// The map between parameters and weights.
///
/// Parameters are the common weights, the differences by class and feature, and the weights of
/// gaps.
pub(super) struct Parameters {
    /// Standard deviations of the priors.
    common: f64,
    difference: f64,
    gap: f64,
    /// By weight: whether it is learnt.
    free: Vec<bool>,
}

impl Parameters {
    /// `ablated` are the names of features whose weights stay 0.
    pub(super) fn new(prior_variance: f64, ablated: &[String]) -> Parameters {
        let common_variance = prior_variance * COMMON_VARIANCE_FACTOR;
        Parameters {
            common: (common_variance / ShapeClass::COUNT as f64).sqrt(),
            difference: prior_variance.sqrt(),
            gap: common_variance.sqrt(),
            free: Weights::names().map(|name| !ablated.iter().any(|it| it == name)).collect(),
        }
    }

    /// The parameters of some weights.
    pub(super) fn of_weights(&self, weights: &Weights) -> Vec<f64> {
        let flat = weights.flat();
        let mut parameters = Vec::with_capacity(Feature::COUNT + flat.len());
        let mean = |feature: usize| {
            let classes = flat[feature..BEAD_WEIGHTS].iter().step_by(Feature::COUNT);
            classes.sum::<f64>() / ShapeClass::COUNT as f64
        };
        parameters.extend((0..Feature::COUNT).map(|feature| mean(feature) / self.common));
        let beads = flat[..BEAD_WEIGHTS].iter().enumerate();
        parameters.extend(
            beads.map(|(at, weight)| (weight - mean(at % Feature::COUNT)) / self.difference),
        );
        parameters.extend(flat[BEAD_WEIGHTS..].iter().map(|weight| weight / self.gap));
        parameters
    }

    /// The weights of some parameters.
    pub(super) fn weights(&self, parameters: &[f64]) -> Weights {
        let (common, rest) = parameters.split_at(Feature::COUNT);
        let weight = |(at, value): (usize, &f64)| {
            if !self.free[at] {
                0.0
            } else if at < BEAD_WEIGHTS {
                self.common * common[at % Feature::COUNT] + self.difference * value
            } else {
                self.gap * value
            }
        };
        Weights::from_flat(&rest.iter().enumerate().map(weight).collect::<Vec<f64>>())
    }

    /// The gradient by the parameters, from that by the weights.
    pub(super) fn gradient(&self, by_weight: &[f64]) -> Vec<f64> {
        let mut common = vec![0.0; Feature::COUNT];
        let mut rest = vec![0.0; by_weight.len()];
        for (at, slope) in by_weight.iter().enumerate().filter(|(at, _)| self.free[*at]) {
            if at < BEAD_WEIGHTS {
                common[at % Feature::COUNT] += self.common * slope;
                rest[at] = self.difference * slope;
            } else {
                rest[at] = self.gap * slope;
            }
        }
        common.extend(rest);
        common
    }
}
