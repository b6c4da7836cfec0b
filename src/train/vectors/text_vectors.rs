//! The vectors of texts, and the rounding of subword vectors to 8 bits.

use ndarray::{Array1, Array2};

use super::embedding_table::EmbeddingTable;
use crate::embed::vector::center;

/// Rounds each row to 8-bit integers with a scale.
pub(in crate::train) fn quantise(table: &EmbeddingTable) -> (Vec<i8>, Vec<f32>) {
    let mut rows = Vec::with_capacity(table.rows.len());
    let mut scales = Vec::new();
    for row in table.rows.chunks_exact(table.dimension) {
        let largest = row.iter().fold(0.0_f32, |largest, value| largest.max(value.abs()));
        let scale = if largest > 0.0 { largest / 127.0 } else { 1.0 };
        rows.extend(row.iter().map(|value| (value / scale).round() as i8));
        scales.push(scale);
    }
    (rows, scales)
}

/// The table with rounded values.
pub(in crate::train) fn rounded(table: &EmbeddingTable) -> EmbeddingTable {
    let (rows, scales) = quantise(table);
    let value = |(at, &value): (usize, &i8)| f32::from(value) * scales[at / table.dimension];
    EmbeddingTable {
        dimension: table.dimension,
        rows: rows.iter().enumerate().map(value).collect(),
        moments: Vec::new(),
        steps: Vec::new(),
    }
}

/// The unit vectors of texts after subtracting a mean.
pub(in crate::train) fn unit_vectors(
    table: &EmbeddingTable,
    bags: &[Vec<u32>],
    mean: &Array1<f32>,
) -> Array2<f32> {
    let mut units = Array2::zeros((bags.len(), table.dimension));
    for (mut unit, bag) in units.rows_mut().into_iter().zip(bags) {
        if let Some(unit) = unit.as_slice_mut() {
            add_subwords(table, bag, unit);
            center(unit, mean.view());
        }
    }
    units
}

/// The mean of the unit vectors of texts.
pub(in crate::train) fn mean(table: &EmbeddingTable, bags: &[Vec<u32>]) -> Array1<f32> {
    let units = unit_vectors(table, bags, &Array1::zeros(table.dimension));
    units.mean_axis(ndarray::Axis(0)).unwrap_or_else(|| Array1::zeros(table.dimension))
}

/// Adds the vectors of the subwords of a text to `sum`.
pub(in crate::train) fn add_subwords(table: &EmbeddingTable, bag: &[u32], sum: &mut [f32]) {
    for &subword in bag {
        sum.iter_mut().zip(table.row(subword)).for_each(|(sum, value)| *sum += value);
    }
}
