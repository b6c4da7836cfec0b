//! Arithmetic on the rows of matrices of sentence vectors.

use ndarray::{ArrayView1, ArrayView2};

use crate::{Error, Result};

/// The largest absolute value in a mean of unit vectors.
pub(super) const MAX_MEAN: f32 = 1.0;

/// Turns a raw row of an additive model into a sentence vector:
/// normalize(normalize(raw) - mean). A zero row stays zero.
pub(crate) fn center(row: &mut [f32], mean: ArrayView1<'_, f32>) {
    if !normalize(row) {
        return;
    }
    for (value, mean) in row.iter_mut().zip(mean) {
        *value -= mean;
    }
    normalize(row);
}

/// Scales a row to length 1. Returns false, and sets the row to zero, if it has no direction.
pub(super) fn normalize(row: &mut [f32]) -> bool {
    // The square of any finite f32 is a finite f64. Independent sums let the processor add in
    // parallel.
    let mut sums = [0.0_f64; 8];
    for values in row.chunks(sums.len()) {
        for (sum, value) in sums.iter_mut().zip(values) {
            *sum += f64::from(*value) * f64::from(*value);
        }
    }
    let length = sums.iter().sum::<f64>().sqrt();
    if length <= f64::from(f32::MIN_POSITIVE) {
        row.fill(0.0);
        return false;
    }
    let scale = length.recip();
    for value in row {
        *value = (f64::from(*value) * scale) as f32;
    }
    true
}

/// Refuses NaN and infinity.
pub(super) fn check_finite(rows: ArrayView2<'_, f32>) -> Result<()> {
    // Nearly all matrices are one slice of finite numbers, which is checked faster than place by place.
    if rows.as_slice().is_some_and(|values| values.iter().all(|value| value.is_finite())) {
        return Ok(());
    }
    match rows.indexed_iter().find(|(_, value)| !value.is_finite()) {
        None => Ok(()),
        Some(((row, column), _)) => Err(Error::vector_not_finite(row, column)),
    }
}
