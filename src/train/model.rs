//! From rows to the file of a model.

use ndarray::{Array1, Array2};

use super::contrast::sum;
use super::table::Table;
use crate::Language;
use crate::embed::vector::center;

/// Rows as 8 bits times a scale.
pub(crate) fn quantise(table: &Table) -> (Vec<i8>, Vec<f32>) {
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

/// The table as it is after rounding.
pub(crate) fn rounded(table: &Table) -> Table {
    let (rows, scales) = quantise(table);
    let value = |(at, &value): (usize, &i8)| f32::from(value) * scales[at / table.dimension];
    Table {
        dimension: table.dimension,
        rows: rows.iter().enumerate().map(value).collect(),
        moments: Vec::new(),
        steps: Vec::new(),
    }
}

/// Unit rows of texts, less a mean.
pub(crate) fn units(table: &Table, bags: &[Vec<u32>], mean: &Array1<f32>) -> Array2<f32> {
    let mut units = Array2::zeros((bags.len(), table.dimension));
    for (mut unit, bag) in units.rows_mut().into_iter().zip(bags) {
        if let Some(unit) = unit.as_slice_mut() {
            sum(table, bag, unit);
            center(unit, mean.view());
        }
    }
    units
}

/// The mean of the unit rows of texts.
pub(crate) fn mean(table: &Table, bags: &[Vec<u32>]) -> Array1<f32> {
    let units = units(table, bags, &Array1::zeros(table.dimension));
    units.mean_axis(ndarray::Axis(0)).unwrap_or_else(|| Array1::zeros(table.dimension))
}

/// The place of a language among those of a model.
pub(crate) fn place(languages: &[Language], language: Language) -> usize {
    languages.iter().position(|known| *known == language).unwrap_or_default()
}
