//! How likely each two sentences of a pair are linked, and where to look for
//! groups of them.

use std::ops::Range;

use crate::align::band::band::{Band, BandBuilder, BandMatrix};
use crate::align::crf::forward_backward::{Constraint, ForwardBackward};
use crate::align::crf::lattice::PathStep;
use crate::align::features::bead::{Features, Scratch};

/// Beads less likely than this link nothing.
const MIN_BEAD_POSTERIOR: f64 = 1e-3;

/// The links between the sentences of two sides.
pub(in crate::align) struct Links {
    links: BandMatrix<SentenceLink>,
    columns: usize,
    /// By sentence of the source, then of the target: the posterior that a bead
    /// holds it.
    held: [Vec<f32>; 2],
}

/// A link between two sentences.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(in crate::align) struct SentenceLink {
    /// The posterior that a bead holds both, 0 to 1.
    pub(in crate::align) posterior: f32,
    /// The sum of the margins of such beads, weighted by their posteriors.
    pub(in crate::align) margins: f32,
}

impl Links {
    pub(in crate::align) fn new<A: Constraint>(
        sums: &ForwardBackward<'_, A>,
        features: &Features,
        band: &Band,
        max_side: usize,
    ) -> Links {
        let cells = band.cells(max_side);
        let columns = band.rows().last().map_or(0, |row| row.end - 1);
        let mut held = [vec![0.0_f32; cells.len()], vec![0.0_f32; columns]];
        let mut links = BandMatrix::new(cells, SentenceLink::default());
        let mut scratch = Scratch::default();
        sums.each_bead(|bead, posterior| {
            if posterior < MIN_BEAD_POSTERIOR {
                return;
            }
            let posterior = posterior as f32;
            held[0][bead.i..bead.i + bead.shape.0].iter_mut().for_each(|held| *held += posterior);
            held[1][bead.j..bead.j + bead.shape.1].iter_mut().for_each(|held| *held += posterior);
            let margin = features.margin(bead.i, bead.shape, bead.j, &mut scratch);
            for i in bead.i..bead.i + bead.shape.0 {
                for j in bead.j..bead.j + bead.shape.1 {
                    if let Some(link) = links.get_mut(i, j) {
                        link.posterior = (link.posterior + posterior).min(1.0);
                        link.margins += posterior * margin;
                    }
                }
            }
        });
        Links { links, columns, held }
    }

    /// Sentences of the target.
    pub(in crate::align) fn columns(&self) -> usize {
        self.columns
    }

    /// The target sentences that a source sentence may be linked to.
    pub(in crate::align) fn near(&self, i: usize) -> Range<usize> {
        self.links.columns(i)
    }

    /// Links of these posteriors.
    #[cfg(test)]
    pub(in crate::align) fn of(
        n: usize,
        m: usize,
        posterior: impl Fn(usize, usize) -> f32,
    ) -> Links {
        let row = Range { start: 0, end: m };
        let mut links = BandMatrix::new(vec![row; n], SentenceLink::default());
        for i in 0..n {
            for (j, link) in links.row_mut(i).iter_mut().enumerate() {
                *link = SentenceLink { posterior: posterior(i, j), margins: 0.0 };
            }
        }
        let most = |of: &mut dyn Iterator<Item = f32>| of.fold(0.0, f32::max);
        let held = [
            (0..n).map(|i| most(&mut (0..m).map(|j| posterior(i, j)))).collect(),
            (0..m).map(|j| most(&mut (0..n).map(|i| posterior(i, j)))).collect(),
        ];
        Links { links, columns: m, held }
    }

    /// By sentence of one side, 0 the source, 1 the target: the posterior that a
    /// bead holds it.
    pub(in crate::align) fn held(&self, side: usize) -> &[f32] {
        &self.held[side]
    }

    pub(in crate::align) fn posterior(&self, i: usize, j: usize) -> f32 {
        self.links.get(i, j).map_or(0.0, |link| link.posterior)
    }

    /// The mean margin of the beads that link some sentences, ascending.
    pub(in crate::align) fn margin(&self, rows: &[usize], columns: &[usize]) -> f32 {
        let near = |i: usize| {
            let near = self.near(i);
            let place = |bound: usize| columns.partition_point(|&j| j < bound);
            &columns[place(near.start)..place(near.end)]
        };
        let all =
            rows.iter().flat_map(|&i| near(i).iter().filter_map(move |&j| self.links.get(i, j)));
        let (margins, weight) = all.fold((0.0, 0.0), |(margins, weight), link| {
            (margins + link.margins, weight + link.posterior)
        });
        if weight > 0.0 { margins / weight } else { 0.0 }
    }
}

/// Nodes beside a path that are looked at.
const NODE_MARGIN: usize = 3;

/// Nodes of a run of unaligned sentences that are all looked at; of larger ones
/// those of the path.
const MAX_GAP_CELLS: usize = 64 * 64;

/// The nodes about a path: those it meets and some beside them. Within a run of
/// unaligned sentences they may be left out in any order, so all nodes between
/// its ends are there, up to a limit.
pub(in crate::align) fn nodes(path: &[PathStep], n: usize, m: usize) -> Band {
    let mut builder = BandBuilder::new(n, m, NODE_MARGIN);
    let mut node = (0, 0);
    let mut run = node;
    for (at, &(a, b)) in path.iter().enumerate() {
        node = (node.0 + a, node.1 + b);
        if a > 0 && b > 0 {
            builder.include(node.0, node.1..node.1 + 1, NODE_MARGIN);
            run = node;
        } else if path.get(at + 1).is_none_or(|(a, b)| *a > 0 && *b > 0) {
            let all = (node.0 - run.0) * (node.1 - run.1) <= MAX_GAP_CELLS;
            for row in run.0..=node.0 {
                let last = if all || row == node.0 { node.1 } else { run.1 };
                builder.include(row, run.1..last + 1, NODE_MARGIN);
            }
        }
    }
    builder.finish()
}
