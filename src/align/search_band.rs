//! The search band: the nodes of the lattice of two articles that are searched.
//!
//! Short articles are searched as a whole. Long ones are searched near a path that is found window
//! by window, so that time and memory grow with the length of the articles, not with the product:
//!
//! 1. A window of both articles is searched exactly. It ends at its last *anchor*: a place of its
//!    Viterbi path with clear beads before and after. The next window starts there.
//! 2. A window without an anchor is enlarged, for example in a long passage that the other article
//!    lacks. Windows of repetitive text are not: a larger window would have no anchor either.
//! 3. The band near the path of all windows is searched, and widened if its Viterbi path reaches
//!    its edge.
//!
//! If a window has no anchor at any size, the path is uncertain. Articles of up to
//! [`AlignConfig::exact_cells`] are then searched as a whole.

use std::hash::Hasher;

use rustc_hash::{FxHashSet, FxHasher};

use crate::align::AlignConfig;
use crate::align::band::{Band, BandBuilder, PathStep, path_nodes};
use crate::align::crf::lattice::{Lattice, PotentialRow};
use crate::align::features::bead_features::Features;
use crate::align::features::side::Side;

/// The nodes to search, and the best path if it is known.
pub(in crate::align) struct SearchBand {
    pub(in crate::align) band: Band,
    /// The nodes among which the nearest neighbours of a sentence are looked for. In long articles
    /// these are the nodes near the path: the longer a text, the more of its sentences resemble a
    /// sentence by chance.
    pub(in crate::align) neighbour_band: Band,
    /// Whether some nodes are not searched.
    pub(in crate::align) approximate: bool,
    /// The best path in the band, if it is known.
    pub(in crate::align) best: Option<BandPath>,
}

/// The best path in a band, without word features.
pub(in crate::align) struct BandPath {
    pub(in crate::align) features: Features,
    pub(in crate::align) steps: Vec<PathStep>,
}

/// Articles of up to this number of sentences are searched as a whole, which takes as long as windows.
const MAX_WHOLE: usize = 250;

/// The number of sentences per side of a window of the first size.
const WINDOW: usize = 100;

/// The sizes of windows (source, target) that are tried at one place. The last two are for a long
/// passage that only one article has.
const WINDOW_SIZES: [(usize, usize); 7] = [
    (WINDOW, WINDOW),
    (250, 250),
    (500, 500),
    (1000, 1000),
    (2000, 2000),
    (8000, 250),
    (250, 8000),
];

/// The number of cells of enlarged windows that may be searched per sentence of both articles. It
/// bounds the time for text without anchors.
const MAX_LARGE_WINDOW_CELLS: usize = 400;

/// The number of nodes on each side of the windows' path that are in the band.
const PATH_MARGIN: usize = 20;

/// How often a band is widened if its best path reaches its edge.
const MAX_WIDENINGS: usize = 4;

/// The number of beads on each side of an anchor.
const ANCHOR_BEADS: usize = 4;

/// The smallest potential of the beads around an anchor together, in nats.
const ANCHOR_NATS: f32 = 12.0;

/// The search band of two articles.
pub(in crate::align) fn search_band(
    source: &Side,
    target: &Side,
    config: &AlignConfig,
) -> SearchBand {
    let (n, m) = (source.len(), target.len());
    let is_exact = n.saturating_mul(m) <= config.exact_cells;
    if is_exact && n.max(m) <= MAX_WHOLE {
        let (band, neighbour_band) = (Band::full(n, m), Band::full(n, m));
        return SearchBand { band, neighbour_band, approximate: false, best: None };
    }
    let mut builder = BandBuilder::new(n, m, PATH_MARGIN);
    let is_certain = include_windows(source, target, config, &mut builder);
    if is_exact && !is_certain {
        let (band, neighbour_band) = (Band::full(n, m), builder.finish());
        return SearchBand { band, neighbour_band, approximate: false, best: None };
    }
    let (band, best) = widen(source, target, config, builder);
    if is_exact && best.is_none() {
        let (band, neighbour_band) = (Band::full(n, m), band);
        return SearchBand { band, neighbour_band, approximate: false, best };
    }
    SearchBand { neighbour_band: band.clone(), band, approximate: !is_exact, best }
}

/// Widens a band until its best path does not reach its edges. The path is `None` if that does not
/// succeed within [`MAX_WIDENINGS`].
fn widen(
    source: &Side,
    target: &Side,
    config: &AlignConfig,
    mut builder: BandBuilder,
) -> (Band, Option<BandPath>) {
    let mut band = builder.clone().finish();
    for time in 1..=MAX_WIDENINGS {
        let features = Features::new(source, target, config.features(), &band, &band);
        let lattice = Lattice::new(&features, config.shapes(), config.weights());
        let steps = lattice.best_steps(&band);
        let mut reaches_edge = false;
        for ((i, j), (a, b)) in path_nodes(&steps).zip(&steps) {
            let row = band.row(i);
            let is_edge = (j == row.start && j > 0) || (j + 1 == row.end && j < target.len());
            // A run of unaligned sentences may follow an edge.
            if is_edge && *a > 0 && *b > 0 {
                reaches_edge = true;
                builder.include(i, j..j + 1, PATH_MARGIN * (time + 1));
            }
        }
        if !reaches_edge {
            return (band, Some(BandPath { features, steps }));
        }
        band = builder.clone().finish();
    }
    (band, None)
}

/// Includes the nodes of the path that is found window by window. Returns whether each window ended
/// at an anchor.
fn include_windows(
    source: &Side,
    target: &Side,
    config: &AlignConfig,
    builder: &mut BandBuilder,
) -> bool {
    let mut is_certain = true;
    let (n, m) = (source.len(), target.len());
    let (mut i, mut j) = (0, 0);
    let mut attempt = 0;
    let mut large_window_cells = (n + m).saturating_mul(MAX_LARGE_WINDOW_CELLS);
    while i < n && j < m {
        let size = WINDOW_SIZES[attempt];
        if attempt > 0 {
            let cells = size.0.min(n - i) * size.1.min(m - j);
            large_window_cells = large_window_cells.saturating_sub(cells);
        }
        let (rows, columns) = (i..(i + size.0).min(n), j..(j + size.1).min(m));
        let reaches_end = (rows.end == n, columns.end == m);
        let (own, other) = (source.slice(rows), target.slice(columns));
        let path = WindowPath::new(&own, &other, config);
        let end = if reaches_end == (true, true) {
            Some((own.len(), other.len()))
        } else {
            path.last_anchor(reaches_end, (own.len(), other.len()))
        };
        let Some(end) = end else {
            attempt += 1;
            let gives_up = attempt == WINDOW_SIZES.len() || large_window_cells == 0;
            if gives_up || is_repetitive(&own) || is_repetitive(&other) {
                // The path continues along the diagonal.
                (attempt, is_certain) = (0, false);
                for _ in 0..WINDOW {
                    (i, j) = ((i + 1).min(n), (j + 1).min(m));
                    builder.include(i, j..j + 1, PATH_MARGIN);
                }
            }
            continue;
        };
        builder.include(i, j..j + 1, PATH_MARGIN);
        // The end of this window is the first node of the next one.
        let inside = path_nodes(&path.steps).take_while(|(a, b)| *a <= end.0 && *b <= end.1);
        for (a, b) in inside {
            builder.include(i + a, j + b..j + b + 1, PATH_MARGIN);
        }
        (i, j) = (i + end.0, j + end.1);
        attempt = 0;
    }
    is_certain
}

/// Whether at least half of a side's sentences equal an earlier one, as in tables and logs.
fn is_repetitive(side: &Side) -> bool {
    let mut seen = FxHashSet::default();
    let rows = side.embeddings.rows();
    for (row, length) in rows.rows().into_iter().zip(&side.lengths) {
        let mut hasher = FxHasher::default();
        row.iter().chain([length]).for_each(|value| hasher.write_u32(value.to_bits()));
        seen.insert(hasher.finish());
    }
    2 * seen.len() <= side.len()
}

/// The Viterbi path of a window.
struct WindowPath {
    steps: Vec<PathStep>,
    /// By step: the potential of its bead, 0 for an unaligned sentence.
    potentials: Vec<f32>,
}

impl WindowPath {
    fn new(source: &Side, target: &Side, config: &AlignConfig) -> WindowPath {
        let band = Band::full(source.len(), target.len());
        let features = Features::new(source, target, config.features(), &band, &band);
        let lattice = Lattice::new(&features, config.shapes(), config.weights());
        let steps = lattice.best_steps(&band);
        let mut row = PotentialRow::default();
        let potentials = path_nodes(&steps)
            .zip(&steps)
            .map(|((i, j), &(a, b))| match (a, b) {
                (0, _) | (_, 0) => 0.0,
                shape => lattice.bead_score(i - a, shape, j - b, &mut row),
            })
            .collect();
        WindowPath { steps, potentials }
    }

    /// The last anchor of the path. On a side that does not reach the end of its article, it is
    /// within the first two thirds of the window: the rest lacks the context of what follows.
    fn last_anchor(
        &self,
        reaches_end: (bool, bool),
        (rows, columns): (usize, usize),
    ) -> Option<(usize, usize)> {
        let limit = |reaches_end: bool, len: usize| if reaches_end { len } else { len * 2 / 3 };
        let (max_i, max_j) = (limit(reaches_end.0, rows), limit(reaches_end.1, columns));
        let (mut i, mut j) = (0, 0);
        let mut found = None;
        for (at, &(a, b)) in self.steps.iter().enumerate() {
            let is_inside = i <= max_i && j <= max_j && i + j > 0;
            if is_inside && self.is_anchor(at) {
                found = Some((i, j));
            }
            (i, j) = (i + a, j + b);
        }
        found
    }

    /// Whether the steps around a place of the path are beads with high potentials.
    fn is_anchor(&self, at: usize) -> bool {
        let around = at.saturating_sub(ANCHOR_BEADS)..(at + ANCHOR_BEADS).min(self.steps.len());
        around.len() == 2 * ANCHOR_BEADS
            && self.steps[around.clone()].iter().all(|(a, b)| *a > 0 && *b > 0)
            && self.potentials[around].iter().sum::<f32>() >= ANCHOR_NATS
    }
}
