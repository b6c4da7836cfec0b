//! The L-BFGS optimiser (Liu and Nocedal 1989), for maximising a smooth function.
//!
//! It estimates the curvature from the last steps, so that it needs no learning rate and reaches
//! the maximum in far fewer steps than gradient ascent, whatever the scale of the features.

use std::collections::VecDeque;

/// Steps that the curvature is estimated from.
const MEMORY: usize = 10;

/// Length of the first step, before the curvature is known.
const FIRST_STEP: f64 = 0.5;

/// Part of the expected gain that a step must reach (the Armijo condition), and the factor by which
/// a step that does not is shortened, how often at most.
const MIN_GAIN: f64 = 1e-4;
const SHORTEN: f64 = 0.4;
const MAX_SHORTENED: usize = 12;

/// The state of the optimiser: differences of points and of gradients, newest last.
pub(super) struct Lbfgs {
    point: Vec<f64>,
    value: f64,
    gradient: Vec<f64>,
    history: VecDeque<(Vec<f64>, Vec<f64>)>,
}

impl Lbfgs {
    /// Starts from a point with its value and gradient.
    pub(super) fn new(point: Vec<f64>, value: f64, gradient: Vec<f64>) -> Lbfgs {
        Lbfgs { point, value, gradient, history: VecDeque::new() }
    }

    pub(super) fn point(&self) -> &[f64] {
        &self.point
    }

    /// Makes a step. `evaluate` returns value and gradient of a point. Returns the gain, 0 if there
    /// is none in the direction of ascent.
    pub(super) fn step(&mut self, mut evaluate: impl FnMut(&[f64]) -> (f64, Vec<f64>)) -> f64 {
        let direction = self.direction();
        let slope = dot(&direction, &self.gradient);
        if slope <= 0.0 {
            return 0.0;
        }
        let mut length = if self.history.is_empty() {
            FIRST_STEP / dot(&direction, &direction).sqrt()
        } else {
            1.0
        };
        for _ in 0..MAX_SHORTENED {
            let next: Vec<f64> =
                self.point.iter().zip(&direction).map(|(at, step)| at + length * step).collect();
            let (value, gradient) = evaluate(&next);
            if value >= self.value + MIN_GAIN * length * slope {
                let gain = value - self.value;
                self.remember(next, value, gradient);
                return gain;
            }
            length *= SHORTEN;
        }
        0.0
    }

    fn remember(&mut self, point: Vec<f64>, value: f64, gradient: Vec<f64>) {
        let moved = difference(&point, &self.point);
        // The function is maximised, so its gradient falls along a step.
        let curved = difference(&self.gradient, &gradient);
        if dot(&moved, &curved) > f64::EPSILON * dot(&curved, &curved) {
            self.history.push_back((moved, curved));
            if self.history.len() > MEMORY {
                self.history.pop_front();
            }
        }
        (self.point, self.value, self.gradient) = (point, value, gradient);
    }

    /// The inverse of the estimated curvature times the gradient: the two-loop recursion.
    fn direction(&self) -> Vec<f64> {
        let mut direction = self.gradient.clone();
        let mut factors = Vec::with_capacity(self.history.len());
        for (moved, curved) in self.history.iter().rev() {
            let factor = dot(moved, &direction) / dot(moved, curved);
            add(&mut direction, curved, -factor);
            factors.push(factor);
        }
        if let Some((moved, curved)) = self.history.back() {
            let scale = dot(moved, curved) / dot(curved, curved);
            direction.iter_mut().for_each(|value| *value *= scale);
        }
        for ((moved, curved), factor) in self.history.iter().zip(factors.into_iter().rev()) {
            let back = dot(curved, &direction) / dot(moved, curved);
            add(&mut direction, moved, factor - back);
        }
        direction
    }
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

fn difference(a: &[f64], b: &[f64]) -> Vec<f64> {
    a.iter().zip(b).map(|(a, b)| a - b).collect()
}

fn add(to: &mut [f64], what: &[f64], factor: f64) {
    to.iter_mut().zip(what).for_each(|(to, what)| *to += factor * what);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_badly_scaled_maximum_is_found_in_few_steps() {
        // -sum of c (x - t)^2 - (x - t)^4, with c from 0.01 to 100.
        let scales = [0.01, 1.0, 100.0, 3.0];
        let tops = [5.0, -2.0, 0.5, 1.0];
        let evaluate = |x: &[f64]| {
            let parts = x.iter().zip(tops).zip(scales).map(|((x, t), c)| (x - t, c));
            let value = parts.clone().map(|(d, c)| -c * d * d - d.powi(4)).sum();
            (value, parts.map(|(d, c)| -2.0 * c * d - 4.0 * d.powi(3)).collect::<Vec<f64>>())
        };
        let start = vec![0.0; 4];
        let (value, gradient) = evaluate(&start);
        let mut lbfgs = Lbfgs::new(start, value, gradient);
        let mut gains = Vec::new();
        for _ in 0..40 {
            gains.push(lbfgs.step(evaluate));
        }
        assert!(gains.iter().all(|gain| *gain >= 0.0));
        for (at, top) in lbfgs.point().iter().zip(tops) {
            assert!((at - top).abs() < 0.05, "{at} {top}");
        }
    }
}
