//! The Adam optimiser (Kingma and Ba 2015), for gradient ascent.

/// Decay of the mean of gradients, and of their squares. The latter is usually 0.999; 0.99 adapts
/// within the few hundred steps that are made.
const MEAN_DECAY: f64 = 0.9;
const SQUARE_DECAY: f64 = 0.99;

/// Keeps a step finite if all gradients were 0.
const EPSILON: f64 = 1e-8;

/// The state of the optimiser.
pub(super) struct Adam {
    mean: Vec<f64>,
    square: Vec<f64>,
    steps: i32,
}

impl Adam {
    pub(super) fn new(weights: usize) -> Adam {
        Adam { mean: vec![0.0; weights], square: vec![0.0; weights], steps: 0 }
    }

    /// Moves the weights along the gradient.
    pub(super) fn step(&mut self, weights: &mut [f64], gradient: &[f64], learning_rate: f64) {
        self.steps += 1;
        let (full, full_square) =
            (1.0 - MEAN_DECAY.powi(self.steps), 1.0 - SQUARE_DECAY.powi(self.steps));
        for (at, (weight, gradient)) in weights.iter_mut().zip(gradient).enumerate() {
            let (mean, square) = (&mut self.mean[at], &mut self.square[at]);
            *mean = MEAN_DECAY * *mean + (1.0 - MEAN_DECAY) * gradient;
            *square = SQUARE_DECAY * *square + (1.0 - SQUARE_DECAY) * gradient * gradient;
            *weight += learning_rate * (*mean / full) / ((*square / full_square).sqrt() + EPSILON);
        }
    }
}
