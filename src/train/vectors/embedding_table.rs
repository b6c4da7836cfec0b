//! The subword vectors, their gradients, and the updates of the Adam optimiser.

use super::super::random::Random;

/// The subword vectors, with the moments of the Adam optimiser (Kingma, Ba 2015). A
/// step only changes the rows in its batch, and only their moments.
pub(in crate::train) struct EmbeddingTable {
    pub(in crate::train) dimension: usize,
    pub(in crate::train) rows: Vec<f32>,
    pub(in crate::train) moments: Vec<[f32; 2]>,
    /// The number of steps that changed each row.
    pub(in crate::train) steps: Vec<u32>,
}

/// The decay rates of the first and second moments.
const ADAM_DECAYS: [f32; 2] = [0.9, 0.999];

impl EmbeddingTable {
    /// Creates random rows whose lengths are about `weights`.
    pub(in crate::train) fn random(weights: &[f64], dimension: usize, seed: u64) -> EmbeddingTable {
        let mut random = Random::new(seed, 0, 0);
        let unit = 1.0 / (dimension as f64).sqrt();
        let mut rows = Vec::with_capacity(weights.len() * dimension);
        for weight in weights {
            rows.extend((0..dimension).map(|_| (random.normal() * weight * unit) as f32));
        }
        let moments = vec![[0.0; 2]; rows.len()];
        EmbeddingTable { dimension, rows, moments, steps: vec![0; weights.len()] }
    }

    /// The vector of a subword.
    pub(in crate::train) fn row(&self, subword: u32) -> &[f32] {
        &self.rows[subword as usize * self.dimension..][..self.dimension]
    }

    /// Performs one step of Adam on the rows that have gradients.
    pub(in crate::train) fn update(&mut self, gradients: &Gradients, learning_rate: f32) {
        let d = self.dimension;
        for (subword, gradient) in gradients.touched.iter().zip(gradients.sums.chunks_exact(d)) {
            let at = *subword as usize;
            self.steps[at] += 1;
            let power = self.steps[at].min(1 << 20) as i32;
            let bias = ADAM_DECAYS.map(|decay| 1.0 - decay.powi(power));
            let row = &mut self.rows[at * d..][..d];
            let moments = &mut self.moments[at * d..][..d];
            for ((value, moments), &gradient) in row.iter_mut().zip(moments).zip(gradient) {
                moments[0] = ADAM_DECAYS[0] * moments[0] + (1.0 - ADAM_DECAYS[0]) * gradient;
                moments[1] =
                    ADAM_DECAYS[1] * moments[1] + (1.0 - ADAM_DECAYS[1]) * gradient * gradient;
                let spread = (moments[1] / bias[1]).sqrt() + 1e-9;
                *value -= learning_rate * (moments[0] / bias[0]) / spread;
            }
        }
    }
}

/// The gradients of the rows in a batch.
pub(in crate::train) struct Gradients {
    touched: Vec<u32>,
    /// For each subword, its index in `touched`, or `NO_ROW`.
    places: Vec<u32>,
    sums: Vec<f32>,
    dimension: usize,
}

const NO_ROW: u32 = u32::MAX;

impl Gradients {
    pub(in crate::train) fn new(subwords: usize, dimension: usize) -> Gradients {
        Gradients {
            touched: Vec::new(),
            places: vec![NO_ROW; subwords],
            sums: Vec::new(),
            dimension,
        }
    }

    /// The gradients of all values of the table.
    #[cfg(test)]
    pub(in crate::train) fn dense(&self) -> Vec<f32> {
        let row = |place: &u32| match *place {
            NO_ROW => vec![0.0; self.dimension],
            place => self.sums[place as usize * self.dimension..][..self.dimension].to_vec(),
        };
        self.places.iter().flat_map(row).collect()
    }

    /// Removes all gradients.
    pub(in crate::train) fn clear(&mut self) {
        self.touched.iter().for_each(|&subword| self.places[subword as usize] = NO_ROW);
        self.touched.clear();
        self.sums.clear();
    }

    /// Adds to the gradient of a subword.
    pub(in crate::train) fn add(&mut self, subword: u32, gradient: &[f32]) {
        let place = &mut self.places[subword as usize];
        if *place == NO_ROW {
            *place = self.touched.len() as u32;
            self.touched.push(subword);
            self.sums.resize(self.touched.len() * self.dimension, 0.0);
        }
        let sums = &mut self.sums[*place as usize * self.dimension..][..self.dimension];
        sums.iter_mut().zip(gradient).for_each(|(sum, value)| *sum += value);
    }
}
