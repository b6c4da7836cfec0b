//! The rows that are learnt, and how a step changes them.

use super::random::Random;

/// Vectors of the pieces, with the moments of Adam (Kingma, Ba 2015). Rows that a
/// step does not touch stay as they are, their moments too.
pub(crate) struct Table {
    pub(crate) dimension: usize,
    pub(crate) rows: Vec<f32>,
    pub(crate) moments: Vec<[f32; 2]>,
    /// Steps that touched each row.
    pub(crate) steps: Vec<u32>,
}

const ADAM_DECAYS: [f32; 2] = [0.9, 0.999];

impl Table {
    /// Random rows of about the lengths in `weights`.
    pub(crate) fn random(weights: &[f64], dimension: usize, seed: u64) -> Table {
        let mut random = Random::new(seed, 0, 0);
        let unit = 1.0 / (dimension as f64).sqrt();
        let mut rows = Vec::with_capacity(weights.len() * dimension);
        for weight in weights {
            rows.extend((0..dimension).map(|_| (random.normal() * weight * unit) as f32));
        }
        let moments = vec![[0.0; 2]; rows.len()];
        Table { dimension, rows, moments, steps: vec![0; weights.len()] }
    }

    pub(crate) fn row(&self, piece: u32) -> &[f32] {
        &self.rows[piece as usize * self.dimension..][..self.dimension]
    }

    /// One step of Adam on the rows of `gradients`.
    pub(crate) fn update(&mut self, gradients: &Gradients, rate: f32) {
        let d = self.dimension;
        for (piece, gradient) in gradients.touched.iter().zip(gradients.sums.chunks_exact(d)) {
            let at = *piece as usize;
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
                *value -= rate * (moments[0] / bias[0]) / spread;
            }
        }
    }
}

/// Gradients of the rows that a batch touches.
pub(crate) struct Gradients {
    touched: Vec<u32>,
    /// Of every piece its place in `touched`, or `NO_ROW`.
    places: Vec<u32>,
    sums: Vec<f32>,
    dimension: usize,
}

const NO_ROW: u32 = u32::MAX;

impl Gradients {
    pub(crate) fn new(pieces: usize, dimension: usize) -> Gradients {
        Gradients { touched: Vec::new(), places: vec![NO_ROW; pieces], sums: Vec::new(), dimension }
    }

    /// The gradient of every value of the table.
    #[cfg(test)]
    pub(crate) fn dense(&self) -> Vec<f32> {
        let row = |place: &u32| match *place {
            NO_ROW => vec![0.0; self.dimension],
            place => self.sums[place as usize * self.dimension..][..self.dimension].to_vec(),
        };
        self.places.iter().flat_map(row).collect()
    }

    pub(crate) fn clear(&mut self) {
        self.touched.iter().for_each(|&piece| self.places[piece as usize] = NO_ROW);
        self.touched.clear();
        self.sums.clear();
    }

    pub(crate) fn add(&mut self, piece: u32, gradient: &[f32]) {
        let place = &mut self.places[piece as usize];
        if *place == NO_ROW {
            *place = self.touched.len() as u32;
            self.touched.push(piece);
            self.sums.resize(self.touched.len() * self.dimension, 0.0);
        }
        let sums = &mut self.sums[*place as usize * self.dimension..][..self.dimension];
        sums.iter_mut().zip(gradient).for_each(|(sum, value)| *sum += value);
    }
}
