//! The loss of a batch: each text shall be nearer to its counterpart than to
//! those of all others, in both directions (InfoNCE; van den Oord et al. 2018).

use ndarray::linalg::general_mat_mul;
use ndarray::{Array2, ArrayView2, Axis, Slice};

use super::table::{Gradients, Table};

/// One side of a batch.
pub(crate) struct Side {
    /// Pieces of each text.
    pub(crate) bags: Vec<Vec<u32>>,
    /// Equal for equal texts.
    pub(crate) ids: Vec<u64>,
}

/// Unit vectors of a side, and how long the sums were.
struct Forward {
    units: Array2<f32>,
    lengths: Vec<f32>,
}

/// Rows of a product that are computed together. The same on any number of
/// threads, so that the sums are too.
const ROWS_AT_ONCE: usize = 128;

/// Adds the gradients of a batch and gives its loss.
pub(crate) fn contrast(
    table: &Table,
    sides: [&Side; 2],
    scale: f32,
    threads: usize,
    gradients: &mut Gradients,
) -> f64 {
    let [a, b] = sides.map(|side| forward(table, side));
    let n = a.lengths.len();
    // exp(scale (cosine - 1)) neither overflows nor vanishes for scales below 40.
    let mut odds =
        product(a.units.view(), b.units.t(), threads, |value| (scale * (value - 1.0)).exp());
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
        let hit = f64::from(odds[[i, i]]).max(f64::MIN_POSITIVE);
        loss -= ((hit / f64::from(across[i])).ln() + (hit / f64::from(down[i])).ln()) / 2.0;
    }
    let unit = scale / (2 * n) as f32;
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

fn forward(table: &Table, side: &Side) -> Forward {
    let mut units = Array2::zeros((side.bags.len(), table.dimension));
    let mut lengths = Vec::with_capacity(side.bags.len());
    for (mut unit, bag) in units.rows_mut().into_iter().zip(&side.bags) {
        let Some(unit) = unit.as_slice_mut() else { continue };
        sum(table, bag, unit);
        let length = unit.iter().map(|value| value * value).sum::<f32>().sqrt().max(1e-12);
        unit.iter_mut().for_each(|value| *value /= length);
        lengths.push(length);
    }
    Forward { units, lengths }
}

/// Adds the rows of a text's pieces.
pub(crate) fn sum(table: &Table, bag: &[u32], sum: &mut [f32]) {
    for &piece in bag {
        sum.iter_mut().zip(table.row(piece)).for_each(|(sum, value)| *sum += value);
    }
}

/// Through the scaling to length 1 to the rows.
fn backward(forward: &Forward, mut of_units: Array2<f32>, side: &Side, gradients: &mut Gradients) {
    for (i, mut gradient) in of_units.rows_mut().into_iter().enumerate() {
        let unit = forward.units.row(i);
        let along = gradient.dot(&unit);
        gradient.scaled_add(-along, &unit);
        gradient /= forward.lengths[i];
        if let Some(gradient) = gradient.as_slice() {
            side.bags[i].iter().for_each(|&piece| gradients.add(piece, gradient));
        }
    }
}

/// a b, with a function of each value.
pub(crate) fn product(
    a: ArrayView2<'_, f32>,
    b: ArrayView2<'_, f32>,
    threads: usize,
    value: impl Fn(f32) -> f32 + Sync,
) -> Array2<f32> {
    let mut out = Array2::zeros((a.nrows(), b.ncols()));
    let threads = threads.min(a.nrows().div_ceil(ROWS_AT_ONCE));
    let blocks = out.axis_chunks_iter_mut(Axis(0), ROWS_AT_ONCE).enumerate();
    crate::threads::for_each(threads, blocks, |(at, mut block)| {
        let rows = a
            .slice_axis(Axis(0), Slice::from(at * ROWS_AT_ONCE..at * ROWS_AT_ONCE + block.nrows()));
        general_mat_mul(1.0, &rows, &b, 0.0, &mut block);
        block.mapv_inplace(&value);
    });
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn side(bags: &[&[u32]]) -> Side {
        let ids = (0..bags.len() as u64).collect();
        Side { bags: bags.iter().map(|bag| bag.to_vec()).collect(), ids }
    }

    #[test]
    fn gradients_are_those_of_the_loss() {
        const STEP: f32 = 1e-2;
        let (pieces, dimension) = (7, 5);
        let table = |at: usize, change: f32| {
            let mut table = Table::random(&[1.0; 7], dimension, 3);
            table.rows[at] += change;
            table
        };
        let mut a = side(&[&[0, 1, 1], &[2, 3], &[4], &[5, 0]]);
        // The last two are one text, so neither is a wrong answer for the other.
        a.ids[3] = a.ids[2];
        let b = side(&[&[1, 6], &[3, 4], &[2, 5], &[6]]);
        let mut gradients = Gradients::new(pieces, dimension);
        contrast(&table(0, 0.0), [&a, &b], 3.0, 1, &mut gradients);
        let found = gradients.dense();
        let mut unused = Gradients::new(pieces, dimension);
        let mut loss = |at: usize, change: f32| {
            unused.clear();
            contrast(&table(at, change), [&a, &b], 3.0, 1, &mut unused)
        };
        for (at, found) in found.into_iter().enumerate() {
            let expected = (loss(at, STEP) - loss(at, -STEP)) / f64::from(2.0 * STEP);
            let error = (expected - f64::from(found)).abs();
            assert!(error < 2e-3, "at {at}: {found} for {expected}");
        }
    }
}
