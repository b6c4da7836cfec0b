//! Products of matrices that have the same bits on every processor.
//!
//! General libraries choose the order of the sums, and fused operations, by the processor they run on. Here
//! each number is the sum over the columns in their order, with one rounding per product and one per sum. The
//! loops run over several sums at once, so that the compiler can vectorise them for any width.

use fearless_simd::{Level, dispatch};
use ndarray::{Array2, ArrayView2};

/// Rows of the second matrix that are multiplied at once.
const PANEL: usize = 16;
/// Rows of the first matrix that are multiplied at once.
const BLOCK: usize = 4;

/// The inner products of the rows of two matrices: n x d and m x d give n x m.
///
/// # Panics
///
/// If the matrices have different numbers of columns.
pub(crate) fn row_products(rows: ArrayView2<'_, f32>, others: ArrayView2<'_, f32>) -> Array2<f32> {
    assert_eq!(rows.ncols(), others.ncols(), "the matrices have one number of columns");
    let (n, m, d) = (rows.nrows(), others.nrows(), rows.ncols());
    let (rows, others) = (rows.as_standard_layout(), others.as_standard_layout());
    let mut products = Array2::zeros((n, m));
    if let (Some(rows), Some(others), Some(out)) =
        (rows.as_slice(), others.as_slice(), products.as_slice_mut())
    {
        multiply(rows, others, d, &mut Vec::new(), out);
    }
    products
}

/// Writes the inner products of the rows of two matrices with `d` columns: a row for each row of the first.
/// `panels` is memory that calls can share.
pub(crate) fn multiply(
    rows: &[f32],
    others: &[f32],
    d: usize,
    panels: &mut Vec<f32>,
    out: &mut [f32],
) {
    dispatch!(Level::new(), _simd => multiply_plain(rows, others, d, panels, out));
}

#[inline(always)]
fn multiply_plain(rows: &[f32], others: &[f32], d: usize, panels: &mut Vec<f32>, out: &mut [f32]) {
    if d == 0 || others.is_empty() {
        out.fill(0.0);
        return;
    }
    let m = others.len() / d;
    transpose(others, d, panels);
    let mut rows = rows.chunks_exact(BLOCK * d);
    let mut out = out.chunks_exact_mut(BLOCK * m);
    for (block, out) in (&mut rows).zip(&mut out) {
        multiply_block::<BLOCK>(block, panels, d, m, out);
    }
    let (rows, out) = (rows.remainder().chunks_exact(d), out.into_remainder().chunks_exact_mut(m));
    for (row, out) in rows.zip(out) {
        multiply_block::<1>(row, panels, d, m, out);
    }
}

/// Writes the columns of each panel of rows one after the other. The last panel is filled up with zeros.
#[inline(always)]
fn transpose(others: &[f32], d: usize, panels: &mut Vec<f32>) {
    panels.clear();
    panels.resize((others.len() / d).div_ceil(PANEL) * PANEL * d, 0.0);
    for (panel, rows) in panels.chunks_exact_mut(PANEL * d).zip(others.chunks(PANEL * d)) {
        for (at, row) in rows.chunks_exact(d).enumerate() {
            for (column, value) in panel.chunks_exact_mut(PANEL).zip(row) {
                column[at] = *value;
            }
        }
    }
}

/// Multiplies `N` rows with all panels.
#[inline(always)]
fn multiply_block<const N: usize>(
    block: &[f32],
    panels: &[f32],
    d: usize,
    m: usize,
    out: &mut [f32],
) {
    let rows: [&[f32]; N] = std::array::from_fn(|row| &block[row * d..][..d]);
    for (at, panel) in panels.chunks_exact(PANEL * d).enumerate() {
        let mut sums = [[0.0_f32; PANEL]; N];
        for (k, column) in panel.chunks_exact(PANEL).enumerate() {
            let Some(column) = column.first_chunk::<PANEL>() else { continue };
            for row in 0..N {
                let value = rows[row][k];
                for place in 0..PANEL {
                    sums[row][place] += value * column[place];
                }
            }
        }
        let start = at * PANEL;
        let width = PANEL.min(m - start);
        for (row, sums) in sums.iter().enumerate() {
            out[row * m + start..][..width].copy_from_slice(&sums[..width]);
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn products_are_sums_in_order(
            (n, m, d) in (0_usize..11, 0_usize..40, 0_usize..9),
            seed in any::<u64>(),
        ) {
            let mut random = crate::split_mix::SplitMix64::new(seed);
            let mut matrix = |n| Array2::from_shape_simple_fn((n, d), || random.unit() as f32 - 0.5);
            let (rows, others) = (matrix(n), matrix(m));
            let products = row_products(rows.view(), others.view());
            prop_assert_eq!(products.dim(), (n, m));
            for ((i, j), product) in products.indexed_iter() {
                let terms = rows.row(i).into_iter().zip(others.row(j));
                let sum = terms.fold(0.0_f32, |sum, (one, other)| sum + one * other);
                prop_assert_eq!(product.to_bits(), sum.to_bits());
            }
        }
    }
}
