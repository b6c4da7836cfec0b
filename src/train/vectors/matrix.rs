//! Matrix products on several threads.

use ndarray::linalg::general_mat_mul;
use ndarray::{Array2, ArrayView2, Axis, Slice};

/// The rows of a product that one task computes. It does not depend on the number
/// of threads, so neither do the results.
const ROWS_PER_BLOCK: usize = 128;

/// The product `a b`, with a function applied to each value.
pub(in crate::train) fn product(
    a: ArrayView2<'_, f32>,
    b: ArrayView2<'_, f32>,
    threads: usize,
    value: impl Fn(f32) -> f32 + Sync,
) -> Array2<f32> {
    let mut out = Array2::zeros((a.nrows(), b.ncols()));
    let threads = threads.min(a.nrows().div_ceil(ROWS_PER_BLOCK));
    let blocks = out.axis_chunks_iter_mut(Axis(0), ROWS_PER_BLOCK).enumerate();
    crate::threads::for_each(threads, blocks, |(at, mut block)| {
        let start = at * ROWS_PER_BLOCK;
        let rows = a.slice_axis(Axis(0), Slice::from(start..start + block.nrows()));
        general_mat_mul(1.0, &rows, &b, 0.0, &mut block);
        block.mapv_inplace(&value);
    });
    out
}
