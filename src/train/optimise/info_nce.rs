//! The InfoNCE loss of a batch and its gradients (van den Oord et al. 2018): each
//! text should be nearer to its translation than to all other texts of the batch,
//! in both directions.

use ndarray::Array2;

use super::super::vectors::{EmbeddingTable, Gradients, add_subwords, product};

/// One side of a batch.
pub(super) struct BatchSide {
    /// The subwords of each text.
    pub(super) bags: Vec<Vec<u32>>,
    /// Ids of the texts: equal texts have equal ids.
    pub(super) ids: Vec<u64>,
}

/// The unit vectors of a side, and the lengths of the vectors before scaling.
struct TextVectors {
    units: Array2<f32>,
    lengths: Vec<f32>,
}

/// Adds the gradients of a batch to `gradients` and returns its loss, in nats.
pub(super) fn info_nce(
    table: &EmbeddingTable,
    sides: [&BatchSide; 2],
    logit_scale: f32,
    threads: usize,
    gradients: &mut Gradients,
) -> f64 {
    let [a, b] = sides.map(|side| forward(table, side));
    let n = a.lengths.len();
    // exp(scale (cosine - 1)) neither overflows nor underflows for scales up to 40.
    let mut odds =
        product(a.units.view(), b.units.t(), threads, |value| (logit_scale * (value - 1.0)).exp());
    for i in 0..n {
        for j in 0..n {
            let same = sides[0].ids[i] == sides[0].ids[j] || sides[1].ids[i] == sides[1].ids[j];
            if i != j && same {
                odds[[i, j]] = 0.0;
            }
        }
    }
    let across: Vec<f32> = odds.rows().into_iter().map(|row| row.sum()).collect();
    let mut down = vec![0.0_f32; n];
    for row in odds.rows() {
        down.iter_mut().zip(row).for_each(|(sum, value)| *sum += value);
    }
    let mut loss = 0.0;
    for i in 0..n {
        let correct = f64::from(odds[[i, i]]).max(f64::MIN_POSITIVE);
        loss -= ((correct / f64::from(across[i])).ln() + (correct / f64::from(down[i])).ln()) / 2.0;
    }
    let unit = logit_scale / (2 * n) as f32;
    for (i, mut row) in odds.rows_mut().into_iter().enumerate() {
        let across = 1.0 / across[i];
        for (value, down) in row.iter_mut().zip(&down) {
            *value *= unit * (across + 1.0 / down);
        }
        row[i] -= 2.0 * unit;
    }
    let of_a = product(odds.view(), b.units.view(), threads, |value| value);
    let of_b = product(odds.t(), a.units.view(), threads, |value| value);
    backward(&a, of_a, sides[0], gradients);
    backward(&b, of_b, sides[1], gradients);
    loss / n as f64
}

fn forward(table: &EmbeddingTable, side: &BatchSide) -> TextVectors {
    let mut units = Array2::zeros((side.bags.len(), table.dimension));
    let mut lengths = Vec::with_capacity(side.bags.len());
    for (mut unit, bag) in units.rows_mut().into_iter().zip(&side.bags) {
        let Some(unit) = unit.as_slice_mut() else { continue };
        add_subwords(table, bag, unit);
        let length = unit.iter().map(|value| value * value).sum::<f32>().sqrt().max(1e-12);
        unit.iter_mut().for_each(|value| *value /= length);
        lengths.push(length);
    }
    TextVectors { units, lengths }
}

/// Propagates gradients of unit vectors through the scaling to the subword vectors.
fn backward(
    forward: &TextVectors,
    mut of_units: Array2<f32>,
    side: &BatchSide,
    gradients: &mut Gradients,
) {
    for (i, mut gradient) in of_units.rows_mut().into_iter().enumerate() {
        let unit = forward.units.row(i);
        let along = gradient.dot(&unit);
        gradient.scaled_add(-along, &unit);
        gradient /= forward.lengths[i];
        if let Some(gradient) = gradient.as_slice() {
            side.bags[i].iter().for_each(|&subword| gradients.add(subword, gradient));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn side(bags: &[&[u32]]) -> BatchSide {
        let ids = (0..bags.len() as u64).collect();
        BatchSide { bags: bags.iter().map(|bag| bag.to_vec()).collect(), ids }
    }

    #[test]
    fn gradients_match_finite_differences() {
        const STEP: f32 = 1e-2;
        let (subwords, dimension) = (7, 5);
        let table = |at: usize, change: f32| {
            let mut table = EmbeddingTable::random(&[1.0; 7], dimension, 3);
            table.rows[at] += change;
            table
        };
        let mut a = side(&[&[0, 1, 1], &[2, 3], &[4], &[5, 0]]);
        // The last two texts are equal, so neither is a negative example of the other.
        a.ids[3] = a.ids[2];
        let b = side(&[&[1, 6], &[3, 4], &[2, 5], &[6]]);
        let mut gradients = Gradients::new(subwords, dimension);
        info_nce(&table(0, 0.0), [&a, &b], 3.0, 1, &mut gradients);
        let found = gradients.dense();
        let mut unused = Gradients::new(subwords, dimension);
        let mut loss = |at: usize, change: f32| {
            unused.clear();
            info_nce(&table(at, change), [&a, &b], 3.0, 1, &mut unused)
        };
        for (at, found) in found.into_iter().enumerate() {
            let expected = (loss(at, STEP) - loss(at, -STEP)) / f64::from(2.0 * STEP);
            let error = (expected - f64::from(found)).abs();
            assert!(error < 2e-3, "at {at}: {found} for {expected}");
        }
    }
}
