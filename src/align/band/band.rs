//! Matrices of which each row holds one range of columns.

use std::ops::Range;

use ndarray::{ArrayView2, Axis, Slice};

/// The nodes of a lattice that are looked at: of each row one range of columns,
/// at least one, with starts and ends that never go back.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::align) struct Band {
    rows: Vec<Range<usize>>,
}

impl Band {
    /// All nodes of n and m sentences.
    pub(in crate::align) fn full(n: usize, m: usize) -> Band {
        Band { rows: vec![0..m + 1; n + 1] }
    }

    /// The smallest band that holds the ranges given, one a row, and can be
    /// walked through; empty ranges are filled by their neighbours.
    pub(in crate::align) fn covering(mut rows: Vec<Range<usize>>) -> Band {
        let mut end = 0;
        for row in &mut rows {
            if row.start >= row.end {
                // Else it would start before what was to be filled, and all rows above with it.
                row.start = usize::MAX;
            }
            end = end.max(row.end);
            row.end = end;
        }
        let mut start = usize::MAX;
        for row in rows.iter_mut().rev() {
            if row.start < row.end {
                start = start.min(row.start);
            }
            row.start = start.min(row.end.saturating_sub(1));
        }
        for i in 1..rows.len() {
            rows[i - 1].end = rows[i - 1].end.max(rows[i].start + 1);
        }
        Band { rows }
    }

    /// The smallest band that holds this one and another over as many rows.
    pub(in crate::align) fn union(&self, other: &Band) -> Band {
        let both = self.rows.iter().zip(&other.rows);
        Band::covering(both.map(|(a, b)| a.start.min(b.start)..a.end.max(b.end)).collect())
    }

    /// What this band has in common with another over as many rows; this one
    /// as it is where that cannot be walked through.
    pub(in crate::align) fn within(&self, other: &Band) -> Band {
        let both = self.rows.iter().zip(&other.rows);
        let common = both.map(|(a, b)| a.start.max(b.start)..a.end.min(b.end));
        let common = Band::covering(common.collect());
        let inside = |(all, part): (&Range<usize>, &Range<usize>)| {
            all.start <= part.start && part.end <= all.end
        };
        if self.rows.iter().zip(&common.rows).all(inside) { common } else { self.clone() }
    }

    /// Whether this band reaches an edge of one that it is part of, where a larger
    /// one goes on.
    pub(in crate::align) fn touches(&self, near: &Band, all: &Band) -> bool {
        let mut rows = self.rows.iter().zip(near.rows.iter().zip(&all.rows));
        rows.any(|(own, (near, all))| {
            (own.start == near.start && all.start < near.start)
                || (own.end == near.end && near.end < all.end)
        })
    }

    pub(in crate::align) fn row(&self, i: usize) -> Range<usize> {
        self.rows[i].clone()
    }

    pub(in crate::align) fn rows(&self) -> &[Range<usize>] {
        &self.rows
    }

    pub(in crate::align) fn contains(&self, i: usize, j: usize) -> bool {
        self.rows.get(i).is_some_and(|row| row.contains(&j))
    }

    pub(in crate::align) fn nodes(&self) -> usize {
        self.rows.iter().map(Range::len).sum()
    }

    /// The cells (pairs of sentences) that beads of up to `max_side` sentences
    /// a side between the band's nodes can hold, of each source sentence.
    pub(in crate::align) fn cells(&self, max_side: usize) -> Vec<Range<usize>> {
        let n = self.rows.len() - 1;
        (0..n)
            .map(|i| {
                let first = &self.rows[(i + 1).saturating_sub(max_side)];
                let last = &self.rows[(i + max_side).min(n)];
                first.start..(last.end - 1).max(first.start)
            })
            .collect()
    }
}

/// A band in the making: the nodes of a path and those beside it.
#[derive(Clone)]
pub(in crate::align) struct BandBuilder {
    rows: Vec<Range<usize>>,
    m: usize,
}

impl BandBuilder {
    /// Of n and m sentences, with the first and the last node.
    pub(in crate::align) fn new(n: usize, m: usize, margin: usize) -> BandBuilder {
        let mut builder = BandBuilder { rows: vec![Range { start: usize::MAX, end: 0 }; n + 1], m };
        builder.include(0, 0..1, margin);
        builder.include(n, m..m + 1, margin);
        builder
    }

    /// Takes in some nodes of a row and those beside them.
    pub(in crate::align) fn include(&mut self, i: usize, columns: Range<usize>, margin: usize) {
        let end = (i + margin + 1).min(self.rows.len());
        for row in &mut self.rows[i.saturating_sub(margin)..end] {
            row.start = row.start.min(columns.start.saturating_sub(margin));
            row.end = row.end.max((columns.end + margin).min(self.m + 1));
        }
    }

    /// The band; rows of which nothing was taken in are filled by their neighbours.
    pub(in crate::align) fn finish(self) -> Band {
        Band::covering(self.rows)
    }
}

/// A matrix over the ranges of columns of its rows.
#[derive(Clone, Debug)]
pub(in crate::align) struct BandMatrix<T> {
    columns: Vec<Range<usize>>,
    offsets: Vec<usize>,
    data: Vec<T>,
}

impl<T: Clone> BandMatrix<T> {
    pub(in crate::align) fn new(columns: Vec<Range<usize>>, value: T) -> BandMatrix<T> {
        let mut offsets = Vec::with_capacity(columns.len());
        let mut end = 0;
        for row in &columns {
            offsets.push(end);
            end += row.len();
        }
        BandMatrix { columns, offsets, data: vec![value; end] }
    }

    pub(in crate::align) fn columns(&self, i: usize) -> Range<usize> {
        self.columns[i].clone()
    }

    pub(in crate::align) fn row(&self, i: usize) -> &[T] {
        &self.data[self.offsets[i]..self.offsets[i] + self.columns[i].len()]
    }

    pub(in crate::align) fn row_mut(&mut self, i: usize) -> &mut [T] {
        &mut self.data[self.offsets[i]..self.offsets[i] + self.columns[i].len()]
    }

    pub(in crate::align) fn get(&self, i: usize, j: usize) -> Option<&T> {
        let columns = self.columns.get(i)?;
        columns.contains(&j).then(|| &self.data[self.offsets[i] + j - columns.start])
    }

    pub(in crate::align) fn get_mut(&mut self, i: usize, j: usize) -> Option<&mut T> {
        let columns = self.columns.get(i)?;
        columns.contains(&j).then(|| &mut self.data[self.offsets[i] + j - columns.start])
    }
}

/// Rows that are multiplied at once.
const BLOCK: usize = 64;

/// The products of the rows of two matrices, where the ranges ask for them.
pub(in crate::align) fn products(
    own: ArrayView2<'_, f32>,
    other: ArrayView2<'_, f32>,
    columns: Vec<Range<usize>>,
) -> BandMatrix<f32> {
    let mut all = BandMatrix::new(columns, 0.0);
    for start in (0..own.nrows()).step_by(BLOCK) {
        let end = (start + BLOCK).min(own.nrows());
        let ranges = &all.columns[start..end];
        let from = ranges.iter().map(|range| range.start).min().unwrap_or(0);
        let to = ranges.iter().map(|range| range.end).max().unwrap_or(0).min(other.nrows());
        if from >= to {
            continue;
        }
        let rows = own.slice_axis(Axis(0), Slice::from(start..end));
        let others = other.slice_axis(Axis(0), Slice::from(from..to));
        let block = rows.dot(&others.t());
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
    fn a_band_never_goes_back() {
        let band = Band::covering(vec![0..3, 2..2, 1..2, 4..6, 3..5]);
        assert_eq!(band.rows(), [0..3, 1..3, 1..4, 3..6, 3..6]);
        assert!(band.contains(3, 5) && !band.contains(0, 3) && !band.contains(9, 0));
    }

    #[test]
    fn rows_that_nothing_was_said_of_are_as_narrow_as_their_neighbours() {
        let mut builder = BandBuilder::new(400, 300, 2);
        (0..=300).for_each(|i| builder.include(i, i..i + 1, 2));
        let band = builder.finish();
        // Each row is held from two rows before and after, with two columns beside.
        assert!(band.rows().iter().all(|row| row.len() <= 9), "{:?}", band.rows());
        let wide = BandBuilder::new(300, 400, 2).finish();
        assert!(wide.nodes() < 2 * 400 + 5 * 300, "{}", wide.nodes());
    }

    #[test]
    fn a_band_touches_edges_where_a_larger_one_goes_on() {
        let full = Band::full(4, 9);
        let near = Band { rows: vec![0..4, 0..5, 2..7, 5..10, 5..10] };
        let inside = Band { rows: vec![0..3, 1..4, 3..6, 6..10, 9..10] };
        assert!(!inside.touches(&near, &full), "the edge of all is none");
        let above = Band { rows: vec![0..3, 1..5, 3..6, 6..10, 9..10] };
        let below = Band { rows: vec![0..3, 1..4, 2..6, 6..10, 9..10] };
        assert!(above.touches(&near, &full) && below.touches(&near, &full));
        assert!(!near.touches(&near, &near));
    }

    #[test]
    fn what_two_bands_have_in_common_is_inside_both() {
        let band = Band::covering(vec![0..3, 1..5, 2..6]);
        let other = Band::covering(vec![1..9, 2..9, 3..9]);
        assert_eq!(band.within(&other).rows(), [1..3, 2..5, 3..6]);
        let apart = Band::covering(vec![7..9, 7..9, 7..9]);
        assert_eq!(band.within(&apart), band);
    }

    #[test]
    fn cells_reach_as_far_as_beads_do() {
        let band = Band::covering(vec![0..2, 1..3, 2..4]);
        assert_eq!(band.cells(1), [0..2, 1..3]);
        assert_eq!(band.cells(2), [0..3, 0..3]);
        assert_eq!(Band::full(2, 0).cells(2), [0..0, 0..0]);
    }

    #[test]
    fn products_are_those_of_the_rows() {
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
