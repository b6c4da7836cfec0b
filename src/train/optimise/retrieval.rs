//! The accuracy of translation retrieval.

use ndarray::{Array2, ArrayView2, Axis};

use super::super::vectors::product;

/// The number of neighbours of CSLS.
const MARGIN_NEIGHBOURS: usize = 4;

/// The retrieval accuracy by CSLS, averaged over both directions. Row *i* of `a` is
/// the translation of row *i* of `b`; all rows have length 1.
pub(super) fn retrieval_accuracy(
    a: ArrayView2<'_, f32>,
    b: ArrayView2<'_, f32>,
    threads: usize,
) -> f64 {
    let n = a.nrows();
    if n == 0 {
        return 0.0;
    }
    let cosines = product(a, b.t(), threads, |value| value);
    let near =
        [mean_neighbour_cosines(&cosines, Axis(0)), mean_neighbour_cosines(&cosines, Axis(1))];
    let mut correct = 0;
    for axis in [0, 1] {
        for (i, row) in cosines.axis_iter(Axis(axis)).enumerate() {
            let score = |j: usize| 2.0 * row[j] - near[1 - axis][j];
            let own = score(i);
            // A tie does not count.
            correct += usize::from((0..n).all(|j| j == i || score(j) < own));
        }
    }
    correct as f64 / (2 * n) as f64
}

/// The mean cosine of each row or column to its nearest neighbours.
fn mean_neighbour_cosines(cosines: &Array2<f32>, axis: Axis) -> Vec<f32> {
    let mean = |row: ndarray::ArrayView1<'_, f32>| {
        let mut row = row.to_vec();
        let k = MARGIN_NEIGHBOURS.min(row.len());
        row.select_nth_unstable_by(k - 1, |a, b| b.total_cmp(a));
        row[..k].sort_by(|a, b| b.total_cmp(a));
        row[..k].iter().sum::<f32>() / k as f32
    };
    cosines.axis_iter(axis).map(mean).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::array;

    #[test]
    fn accuracy_is_averaged_over_both_directions() {
        let a = array![[1.0, 0.0], [0.0, 1.0], [0.8, 0.6]];
        assert_eq!(retrieval_accuracy(a.view(), a.view(), 1), 1.0);
        let b = array![[0.0, 1.0], [1.0, 0.0], [0.8, 0.6]];
        assert!((retrieval_accuracy(a.view(), b.view(), 1) - 1.0 / 3.0).abs() < 1e-9);
        // Ties do not count, nor do rows of zeros.
        assert_eq!(retrieval_accuracy(Array2::zeros((3, 2)).view(), a.view(), 2), 0.0);
    }
}
