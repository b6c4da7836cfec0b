//! Matrices over the cells or nodes of a band, and the products that fill them.

use std::ops::Range;

use ndarray::{ArrayView2, Axis, Slice};

use crate::matrix::row_products;

/// A matrix that stores one range of columns per row.
#[derive(Clone, Debug)]
pub(in crate::align) struct BandMatrix<T> {
    columns: Vec<Range<usize>>,
    offsets: Vec<usize>,
    data: Vec<T>,
}

impl<T: Clone> BandMatrix<T> {
    /// A matrix of equal values over the given columns of each row.
    pub(in crate::align) fn new(columns: Vec<Range<usize>>, value: T) -> BandMatrix<T> {
        let mut offsets = Vec::with_capacity(columns.len());
        let mut end = 0;
        for row in &columns {
            offsets.push(end);
            end += row.len();
        }
        BandMatrix { columns, offsets, data: vec![value; end] }
    }

    /// The number of rows.
    pub(in crate::align) fn row_count(&self) -> usize {
        self.columns.len()
    }

    /// The stored columns of row `i`.
    pub(in crate::align) fn columns(&self, i: usize) -> Range<usize> {
        self.columns[i].clone()
    }

    /// The values of row `i`, in the order of its columns.
    pub(in crate::align) fn row(&self, i: usize) -> &[T] {
        &self.data[self.offsets[i]..self.offsets[i] + self.columns[i].len()]
    }

    /// The same, to be changed.
    pub(in crate::align) fn values_mut(&mut self) -> impl Iterator<Item = &mut T> {
        self.data.iter_mut()
    }

    pub(in crate::align) fn row_mut(&mut self, i: usize) -> &mut [T] {
        &mut self.data[self.offsets[i]..self.offsets[i] + self.columns[i].len()]
    }

    /// The value of a cell; `None` if its column is not stored.
    pub(in crate::align) fn get(&self, i: usize, j: usize) -> Option<&T> {
        let columns = self.columns.get(i)?;
        columns.contains(&j).then(|| &self.data[self.offsets[i] + j - columns.start])
    }

    /// The same, to be changed.
    pub(in crate::align) fn get_mut(&mut self, i: usize, j: usize) -> Option<&mut T> {
        let columns = self.columns.get(i)?;
        columns.contains(&j).then(|| &mut self.data[self.offsets[i] + j - columns.start])
    }
}

/// Rows that are multiplied at once, so that the factors stay in the processor's cache.
const ROWS_PER_BLOCK: usize = 64;

/// The inner products of the rows of two matrices: of row `i` of `own` with those rows of `other`
/// that `columns[i]` names.
pub(in crate::align) fn products(
    own: ArrayView2<'_, f32>,
    other: ArrayView2<'_, f32>,
    columns: Vec<Range<usize>>,
) -> BandMatrix<f32> {
    let mut all = BandMatrix::new(columns, 0.0);
    for start in (0..own.nrows()).step_by(ROWS_PER_BLOCK) {
        let end = (start + ROWS_PER_BLOCK).min(own.nrows());
        let ranges = &all.columns[start..end];
        let from = ranges.iter().map(|range| range.start).min().unwrap_or(0);
        let to = ranges.iter().map(|range| range.end).max().unwrap_or(0).min(other.nrows());
        if from >= to {
            continue;
        }
        let rows = own.slice_axis(Axis(0), Slice::from(start..end));
        let others = other.slice_axis(Axis(0), Slice::from(from..to));
        let block = row_products(rows, others);
        for i in start..end {
            let columns = all.columns(i);
            let row = block.index_axis(Axis(0), i - start);
            for (out, j) in all.row_mut(i).iter_mut().zip(columns) {
                *out = row[j - from];
            }
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::Array2;

    #[test]
    fn products_equal_the_inner_products_of_rows() {
        let own = Array2::from_shape_fn((70, 3), |(i, k)| (i * 3 + k) as f32 % 7.0);
        let other = Array2::from_shape_fn((70, 3), |(i, k)| (i * 5 + k) as f32 % 11.0);
        let ranges: Vec<_> = (0..70_usize).map(|i| i.saturating_sub(2)..(i + 3).min(70)).collect();
        let banded = products(own.view(), other.view(), ranges);
        for i in 0..70 {
            for j in 0..70 {
                let product = own.row(i).dot(&other.row(j));
                let expected = (i.abs_diff(j) <= 2).then_some(product);
                assert_eq!(banded.get(i, j).copied(), expected);
            }
        }
    }
}
