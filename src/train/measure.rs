//! How often a text finds its translation among all of a set.

use ndarray::{Array2, ArrayView2, Axis};

use super::contrast::product;

/// Retrieval in a set of pairs.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Accuracy {
    /// The set: languages and source.
    pub set: String,
    /// Number of pairs.
    pub pairs: usize,
    /// Share of texts whose best hit by CSLS (k = 4; Conneau et al. 2018) is their
    /// translation, 0 to 1, mean of both directions.
    pub accuracy: f64,
}

const MARGIN_NEIGHBOURS: usize = 4;

/// Mean of both directions, for unit rows that correspond.
pub(crate) fn retrieval(a: ArrayView2<'_, f32>, b: ArrayView2<'_, f32>, threads: usize) -> f64 {
    let n = a.nrows();
    if n == 0 {
        return 0.0;
    }
    let cosines = product(a, b.t(), threads, |value| value);
    let near = [near(&cosines, Axis(0)), near(&cosines, Axis(1))];
    let mut hits = 0;
    for axis in [0, 1] {
        for (i, row) in cosines.axis_iter(Axis(axis)).enumerate() {
            let score = |j: usize| 2.0 * row[j] - near[1 - axis][j];
            let own = score(i);
            // A tie is no hit.
            hits += usize::from((0..n).all(|j| j == i || score(j) < own));
        }
    }
    hits as f64 / (2 * n) as f64
}

/// The mean cosine of each row (or column) to its nearest.
fn near(cosines: &Array2<f32>, axis: Axis) -> Vec<f32> {
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
    fn hits_are_counted_in_both_directions() {
        let a = array![[1.0, 0.0], [0.0, 1.0], [0.8, 0.6]];
        assert_eq!(retrieval(a.view(), a.view(), 1), 1.0);
        let b = array![[0.0, 1.0], [1.0, 0.0], [0.8, 0.6]];
        assert!((retrieval(a.view(), b.view(), 1) - 1.0 / 3.0).abs() < 1e-9);
        // Equal rows are no hit, nor are zeros.
        assert_eq!(retrieval(Array2::zeros((3, 2)).view(), a.view(), 2), 0.0);
    }
}
