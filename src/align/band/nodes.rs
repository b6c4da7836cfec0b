//! Bands: the nodes of the lattice that are searched.

use std::ops::Range;

use crate::align::band::path::{PathStep, path_nodes};

/// A part of the lattice: one non-empty range of columns per row of nodes.
///
/// The starts of the ranges never decrease from row to row, and neither do their ends. Each row and
/// the next one have a column in common, so a path can cross the band.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::align) struct Band {
    rows: Vec<Range<usize>>,
}

impl Band {
    /// All (n + 1) x (m + 1) nodes of n source and m target sentences.
    pub(in crate::align) fn full(n: usize, m: usize) -> Band {
        Band { rows: vec![0..m + 1; n + 1] }
    }

    /// The smallest band that contains the given ranges, one per row. An empty range is filled from
    /// the rows before and after it.
    pub(in crate::align) fn covering(mut rows: Vec<Range<usize>>) -> Band {
        let mut end = 0;
        for row in &mut rows {
            if row.start >= row.end {
                // An empty range must not lower the starts of the rows above it.
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

    /// The smallest band that contains this band and another one with as many rows.
    pub(in crate::align) fn union(&self, other: &Band) -> Band {
        let both = self.rows.iter().zip(&other.rows);
        Band::covering(both.map(|(a, b)| a.start.min(b.start)..a.end.max(b.end)).collect())
    }

    /// The nodes of this band that another band with as many rows has too. If no path can cross
    /// the common nodes, the result is this band unchanged.
    pub(in crate::align) fn intersection(&self, other: &Band) -> Band {
        let both = self.rows.iter().zip(&other.rows);
        let common = both.map(|(a, b)| a.start.max(b.start)..a.end.min(b.end));
        let common = Band::covering(common.collect());
        let inside = |(all, part): (&Range<usize>, &Range<usize>)| {
            all.start <= part.start && part.end <= all.end
        };
        if self.rows.iter().zip(&common.rows).all(inside) { common } else { self.clone() }
    }

    /// Whether this band reaches an edge of `searched` that is not an edge of `all`.
    ///
    /// This band is part of `searched`, and `searched` is part of `all`. If it reaches such an
    /// edge, there may be more nodes like its own outside of `searched`.
    pub(in crate::align) fn touches(&self, searched: &Band, all: &Band) -> bool {
        let mut rows = self.rows.iter().zip(searched.rows.iter().zip(&all.rows));
        rows.any(|(own, (searched, all))| {
            (own.start == searched.start && all.start < searched.start)
                || (own.end == searched.end && searched.end < all.end)
        })
    }

    /// The columns of row `i`.
    pub(in crate::align) fn row(&self, i: usize) -> Range<usize> {
        self.rows[i].clone()
    }

    /// The columns of every row.
    pub(in crate::align) fn rows(&self) -> &[Range<usize>] {
        &self.rows
    }

    /// Whether the band has a node.
    pub(in crate::align) fn contains(&self, i: usize, j: usize) -> bool {
        self.rows.get(i).is_some_and(|row| row.contains(&j))
    }

    /// The number of nodes.
    pub(in crate::align) fn nodes(&self) -> usize {
        self.rows.iter().map(Range::len).sum()
    }

    /// By source sentence: the target sentences that it can share a bead with.
    ///
    /// A bead starts and ends at nodes of the band and has up to `max_side` sentences per side.
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

/// Collects the nodes of a band: nodes of paths, and a margin around them.
#[derive(Clone)]
pub(in crate::align) struct BandBuilder {
    rows: Vec<Range<usize>>,
    m: usize,
}

impl BandBuilder {
    /// Starts with the first and the last node of n source and m target sentences, and `margin`
    /// nodes on each side of them.
    pub(in crate::align) fn new(n: usize, m: usize, margin: usize) -> BandBuilder {
        let mut builder = BandBuilder { rows: vec![Range { start: usize::MAX, end: 0 }; n + 1], m };
        builder.include(0, 0..1, margin);
        builder.include(n, m..m + 1, margin);
        builder
    }

    /// Adds the nodes of a range of columns in row `i`, and all nodes that are at most `margin`
    /// rows and `margin` columns away from them.
    pub(in crate::align) fn include(&mut self, i: usize, columns: Range<usize>, margin: usize) {
        let end = (i + margin + 1).min(self.rows.len());
        for row in &mut self.rows[i.saturating_sub(margin)..end] {
            row.start = row.start.min(columns.start.saturating_sub(margin));
            row.end = row.end.max((columns.end + margin).min(self.m + 1));
        }
    }

    /// Adds the nodes of a path from the first node, and `margin` nodes on each side of them.
    pub(in crate::align) fn include_path(&mut self, steps: &[PathStep], margin: usize) {
        for (i, j) in path_nodes(steps) {
            self.include(i, j..j + 1, margin);
        }
    }

    /// The smallest band that contains all added nodes. A row without any is filled from the rows
    /// before and after it.
    pub(in crate::align) fn finish(self) -> Band {
        Band::covering(self.rows)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn starts_and_ends_never_decrease() {
        let band = Band::covering(vec![0..3, 2..2, 1..2, 4..6, 3..5]);
        assert_eq!(band.rows(), [0..3, 1..3, 1..4, 3..6, 3..6]);
        assert!(band.contains(3, 5) && !band.contains(0, 3) && !band.contains(9, 0));
    }

    #[test]
    fn rows_without_nodes_are_as_narrow_as_their_neighbours() {
        let mut builder = BandBuilder::new(400, 300, 2);
        (0..=300).for_each(|i| builder.include(i, i..i + 1, 2));
        let band = builder.finish();
        // Nodes two rows above and below add their columns and two on each side.
        assert!(band.rows().iter().all(|row| row.len() <= 9), "{:?}", band.rows());
        let wide = BandBuilder::new(300, 400, 2).finish();
        assert!(wide.nodes() < 2 * 400 + 5 * 300, "{}", wide.nodes());
    }

    #[test]
    fn a_band_touches_the_edges_of_the_searched_part_only() {
        let full = Band::full(4, 9);
        let searched = Band { rows: vec![0..4, 0..5, 2..7, 5..10, 5..10] };
        let inside = Band { rows: vec![0..3, 1..4, 3..6, 6..10, 9..10] };
        assert!(!inside.touches(&searched, &full), "the edge of the lattice does not count");
        let above = Band { rows: vec![0..3, 1..5, 3..6, 6..10, 9..10] };
        let below = Band { rows: vec![0..3, 1..4, 2..6, 6..10, 9..10] };
        assert!(above.touches(&searched, &full) && below.touches(&searched, &full));
        assert!(!searched.touches(&searched, &searched));
    }

    #[test]
    fn an_intersection_is_inside_both_bands() {
        let band = Band::covering(vec![0..3, 1..5, 2..6]);
        let other = Band::covering(vec![1..9, 2..9, 3..9]);
        assert_eq!(band.intersection(&other).rows(), [1..3, 2..5, 3..6]);
        let apart = Band::covering(vec![7..9, 7..9, 7..9]);
        assert_eq!(band.intersection(&apart), band);
    }

    #[test]
    fn cells_reach_as_far_as_the_largest_bead() {
        let band = Band::covering(vec![0..2, 1..3, 2..4]);
        assert_eq!(band.cells(1), [0..2, 1..3]);
        assert_eq!(band.cells(2), [0..3, 0..3]);
        assert_eq!(Band::full(2, 0).cells(2), [0..0, 0..0]);
    }
}
