//! An upper bound of what the rest of a path over three languages can score.
//!
//! A path over three languages gives a path for each language pair. So no path scores more than the
//! best paths of the three pairs together, each found for itself. Nodes whose bound is too low are not
//! on the best path. (The bound of Carrillo and Lipman 1988 for the alignment of several sequences.)

use crate::align::band::{Band, BandMatrix};

/// For each node of a pair, the score of the best path from it to the end: blocks, and any number of
/// sentences of one side at no cost. The costs of sizes are left out.
///
/// `blocks` has the scores of blocks by first node and shape: of a source and b target sentences at
/// [a - 1][b - 1], up to `max_side` each.
pub(super) fn best_rests<const N: usize>(
    band: &Band,
    blocks: &BandMatrix<[[f32; N]; N]>,
    max_side: usize,
) -> BandMatrix<f32> {
    let rows = band.rows();
    let mut rests = BandMatrix::new(rows.to_vec(), f32::NEG_INFINITY);
    let last = rows.len() - 1;
    for i in (0..=last).rev() {
        for j in band.row(i).rev() {
            let Some(shapes) = blocks.get(i, j) else { continue };
            let is_end = i == last && j + 1 == rows[last].end;
            let mut best = if is_end { 0.0 } else { f32::NEG_INFINITY };
            for a in 0..=max_side.min(last - i) {
                let stored = rests.columns(i + a);
                let row = rests.row(i + a);
                for b in usize::from(a == 0)..=max_side {
                    let to = j + b;
                    if stored.contains(&to) {
                        let step = if a > 0 && b > 0 { shapes[a - 1][b - 1] } else { 0.0 };
                        best = best.max(step + row[to - stored.start]);
                    }
                }
            }
            if let Some(rest) = rests.get_mut(i, j) {
                *rest = best;
            }
        }
    }
    rests
}
