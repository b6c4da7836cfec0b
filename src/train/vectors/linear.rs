//! Linear algebra: principal components and ridge regression.

use ndarray::{Array1, Array2, Axis, Slice};

use super::super::random::Random;
use super::embedding_table::EmbeddingTable;
use super::matrix::product;
use super::text_vectors::unit_vectors;

/// Subtracts the mean of each language from its vectors, projects all vectors to
/// their first `dimension` principal components, and scales them to length 1. All
/// matrices have the same number of columns.
pub(in crate::train) fn reduce(all: &mut [Array2<f32>], dimension: usize) {
    let width = all.first().map_or(0, |vectors| vectors.ncols());
    let mut spread = Array2::<f32>::zeros((width, width));
    for vectors in all.iter_mut() {
        if let Some(mean) = vectors.mean_axis(Axis(0)) {
            *vectors -= &mean;
        }
        scale_rows(vectors);
        spread += &vectors.t().dot(vectors);
    }
    if width > dimension {
        let components = components(&spread, dimension);
        for vectors in all.iter_mut() {
            *vectors = vectors.dot(&components);
        }
    } else if width < dimension {
        for vectors in all.iter_mut() {
            let mut wider = Array2::zeros((vectors.nrows(), dimension));
            wider.slice_axis_mut(Axis(1), Slice::from(..width)).assign(vectors);
            *vectors = wider;
        }
    }
    all.iter_mut().for_each(scale_rows);
}

/// Scales rows to length 1.
fn scale_rows(vectors: &mut Array2<f32>) {
    for mut row in vectors.rows_mut() {
        let length = row.dot(&row).sqrt().max(1e-12);
        row /= length;
    }
}

/// The matrix that maps the rows of `from` nearest to the rows of `to`, by least
/// squares with an L2 penalty of `ridge` per row (ridge regression; Hoerl, Kennard
/// 1970).
pub(in crate::train) fn ridge_regression(
    from: &[Array2<f32>],
    to: &[Array2<f32>],
    ridge: f64,
    threads: usize,
) -> Array2<f32> {
    let wide = from.first().map_or(0, |from| from.ncols());
    let narrow = to.first().map_or(0, |to| to.ncols());
    let mut squares = Array2::<f64>::zeros((wide, wide));
    let mut products = Array2::<f64>::zeros((wide, narrow));
    let mut count = 0;
    for (from, to) in from.iter().zip(to) {
        let columns = from.t();
        squares += &product(columns, from.view(), threads, |value| value).mapv(f64::from);
        products += &product(columns, to.view(), threads, |value| value).mapv(f64::from);
        count += from.nrows();
    }
    // A positive penalty guarantees a solution.
    let ridge = (ridge * count as f64).max(1e-9);
    squares.diag_mut().iter_mut().for_each(|value| *value += ridge);
    cholesky(&mut squares);
    for at in 0..wide {
        let (done, mut rest) = products.view_mut().split_at(Axis(0), at);
        let mut row = rest.row_mut(0);
        for (k, done) in done.rows().into_iter().enumerate() {
            row.scaled_add(-squares[[at, k]], &done);
        }
        row /= squares[[at, at]];
    }
    for at in (0..wide).rev() {
        let (mut rest, done) = products.view_mut().split_at(Axis(0), at + 1);
        let mut row = rest.row_mut(at);
        for (k, done) in done.rows().into_iter().enumerate() {
            row.scaled_add(-squares[[at + 1 + k, at]], &done);
        }
        row /= squares[[at, at]];
    }
    products.mapv(|value| value as f32)
}

/// Replaces a positive definite matrix by its Cholesky factor, in the lower triangle.
fn cholesky(matrix: &mut Array2<f64>) {
    for at in 0..matrix.nrows() {
        for below in at..matrix.nrows() {
            let (row, other) = (matrix.row(at), matrix.row(below));
            let before = Slice::from(..at);
            let known = row.slice_axis(Axis(0), before).dot(&other.slice_axis(Axis(0), before));
            let value = matrix[[below, at]] - known;
            // Rounding can make a value near 0 negative.
            matrix[[below, at]] =
                if below == at { value.max(1e-12).sqrt() } else { value / matrix[[at, at]] };
        }
    }
}

/// Rotates the subword vectors to the principal components of the vectors of texts.
/// The rotation changes no cosine. The first columns then distinguish texts best,
/// so that a reader can use only these.
pub(in crate::train) fn rotate_to_principal_components(
    table: &mut EmbeddingTable,
    bags: &[Vec<Vec<u32>>],
    means: &[Array1<f32>],
) {
    let d = table.dimension;
    let mut spread = Array2::<f32>::zeros((d, d));
    for (bags, mean) in bags.iter().zip(means) {
        let units = unit_vectors(table, bags, mean);
        spread += &units.t().dot(&units);
    }
    let components = components(&spread, d);
    let mut rotated = Array1::zeros(d);
    for row in table.rows.chunks_exact_mut(d) {
        for (value, component) in rotated.iter_mut().zip(components.columns()) {
            *value = component.iter().zip(row.iter()).map(|(a, b)| a * b).sum::<f32>();
        }
        row.iter_mut().zip(&rotated).for_each(|(value, rotated)| *value = *rotated);
    }
}

/// The first principal components as columns, by orthogonal iteration.
fn components(spread: &Array2<f32>, count: usize) -> Array2<f32> {
    const ITERATIONS: usize = 40;
    let mut random = Random::new(0, 3, 0);
    let mut basis =
        Array2::from_shape_simple_fn((count, spread.nrows()), || random.normal() as f32);
    for _ in 0..ITERATIONS {
        basis = basis.dot(spread);
        for at in 0..count {
            // Gram-Schmidt, twice, to reduce rounding errors.
            let mut row: Array1<f32> = basis.row(at).to_owned();
            for _ in 0..2 {
                let before = basis.slice_axis(Axis(0), Slice::from(..at));
                let along = before.dot(&row);
                row -= &along.dot(&before);
            }
            let length = row.dot(&row).sqrt().max(1e-20);
            basis.row_mut(at).assign(&(row / length));
        }
    }
    basis.reversed_axes()
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::{array, concatenate};

    fn random(place: u64, rows: usize, columns: usize) -> Array2<f32> {
        let mut random = Random::new(1, 1, place);
        Array2::from_shape_simple_fn((rows, columns), || random.normal() as f32)
    }

    #[test]
    fn reducing_keeps_cosines_if_the_dimension_suffices() {
        let vectors = random(2, 200, 4).dot(&random(1, 4, 12));
        let mut full = [vectors.clone()];
        reduce(&mut full, 12);
        let mut reduced = [vectors];
        reduce(&mut reduced, 4);
        assert_eq!(reduced[0].dim(), (200, 4));
        let cosines = |vectors: &Array2<f32>| vectors.dot(&vectors.t());
        let difference = cosines(&full[0]) - cosines(&reduced[0]);
        assert!(difference.iter().all(|value| value.abs() < 1e-3));
    }

    #[test]
    fn ridge_regression_finds_the_map() {
        let map = random(3, 5, 3);
        let from = [random(4, 40, 5), random(5, 30, 5)];
        let to = [from[0].dot(&map), from[1].dot(&map)];
        let found = ridge_regression(&from, &to, 1e-9, 1);
        assert!((&found - &map).iter().all(|value| value.abs() < 1e-3), "{found}");
        // With the ridge, the gradient of the cost is zero: Xᵀ(XW - Y) + n ridge W.
        let held = ridge_regression(&from, &to, 0.1, 2);
        let (x, y) = (
            concatenate(Axis(0), &[from[0].view(), from[1].view()]).unwrap(),
            concatenate(Axis(0), &[to[0].view(), to[1].view()]).unwrap(),
        );
        let gradient = x.t().dot(&(x.dot(&held) - y)) + 0.1 * 70.0 * &held;
        assert!(gradient.iter().all(|value| value.abs() < 1e-3), "{gradient}");
        // There is a solution even if all rows are 0.
        let none = ridge_regression(&[array![[0.0, 0.0]]], &[array![[1.0]]], 0.1, 1);
        assert_eq!(none, array![[0.0], [0.0]]);
    }

    #[test]
    fn rotating_keeps_cosines_and_sorts_columns_by_variance() {
        let mut table = EmbeddingTable::random(&[1.0; 40], 6, 9);
        table.rows.chunks_exact_mut(6).for_each(|row| row[4] *= 9.0);
        let bags: Vec<Vec<u32>> = (0..20).map(|at| vec![at, at + 20]).collect();
        let mean = Array1::zeros(6);
        let before = unit_vectors(&table, &bags, &mean);
        rotate_to_principal_components(
            &mut table,
            std::slice::from_ref(&bags),
            std::slice::from_ref(&mean),
        );
        let after = unit_vectors(&table, &bags, &mean);
        let difference = before.dot(&before.t()) - after.dot(&after.t());
        assert!(difference.iter().all(|value| value.abs() < 1e-5));
        let spread = |column: usize| after.column(column).dot(&after.column(column));
        assert!((1..6).all(|column| spread(column) < spread(0)));
    }
}
