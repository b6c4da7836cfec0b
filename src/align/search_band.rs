//! Where to look, in texts that are too long to look everywhere.
//!
//! The text is gone through in windows that are searched exactly. A window ends
//! at the last place where its path is sure, some beads in a row, well before
//! its far edges; the next one starts there. Where a window has no such place,
//! as in a long passage that the other side lacks, it is made larger, up to
//! what an exact search may take, unless its sentences repeat one another. So time
//! and memory grow with the length.

use std::hash::Hasher;

use rustc_hash::{FxHashSet, FxHasher};

use crate::align::AlignConfig;
use crate::align::band::band::{Band, BandBuilder};
use crate::align::crf::lattice::{Lattice, PathStep, PotentialRow};
use crate::align::features::bead::Features;
use crate::align::features::side::Side;

/// Where to look.
pub(in crate::align) struct SearchBand {
    /// The nodes that are searched.
    pub(in crate::align) band: Band,
    /// The nodes among which sentences have their neighbours: in a long text
    /// those about the path, or the more there is of it, the more would
    /// resemble each sentence by chance.
    pub(in crate::align) near: Band,
    /// Whether not all nodes are searched.
    pub(in crate::align) approximate: bool,
    /// What is known of the band already: its evidence and best path.
    pub(in crate::align) known: Option<(Features, Vec<PathStep>)>,
}

/// Sentences of a window's sides, to begin with.
const WINDOW: usize = 250;

/// The windows that are tried at one place: larger ones, and then long and
/// narrow ones, for where one side has a long passage more.
const WINDOW_SIZES: [(usize, usize); 6] =
    [(WINDOW, WINDOW), (500, 500), (1000, 1000), (2000, 2000), (8000, WINDOW), (WINDOW, 8000)];

/// Cells of larger windows that may be searched for each sentence.
const MAX_LARGE_WINDOW_CELLS: usize = 400;

/// Nodes on either side of the windows' path that are near it.
const PATH_MARGIN: usize = 20;

/// Where to look for the alignment of two sides.
pub(in crate::align) fn search_band(
    source: &Side,
    target: &Side,
    config: &AlignConfig,
) -> SearchBand {
    let (n, m) = (source.len(), target.len());
    let exact = n.saturating_mul(m) <= config.exact_cells;
    if exact && n.max(m) <= WINDOW {
        let (band, near) = (Band::full(n, m), Band::full(n, m));
        return SearchBand { band, near, approximate: false, known: None };
    }
    let mut builder = BandBuilder::new(n, m, PATH_MARGIN);
    walk(source, target, config, &mut builder);
    if exact {
        let (band, near) = (Band::full(n, m), builder.finish());
        return SearchBand { band, near, approximate: false, known: None };
    }
    let (band, known) = widened_until_inside(source, target, config, builder);
    SearchBand { near: band.clone(), band, approximate: true, known }
}

/// Times that a band is made wider where its best path touches its edges.
const MAX_WIDENINGS: usize = 4;

/// Makes a band wider as long as its best path touches its edges; gives what is
/// known of the last one, if it was looked at.
fn widened_until_inside(
    source: &Side,
    target: &Side,
    config: &AlignConfig,
    mut builder: BandBuilder,
) -> (Band, Option<(Features, Vec<PathStep>)>) {
    let mut band = builder.clone().finish();
    for time in 1..=MAX_WIDENINGS {
        let features = Features::new(source, target, config, &band, &band);
        let lattice = Lattice::new(&features, config.shapes(), config.weights());
        let (mut i, mut j) = (0, 0);
        let mut touched = false;
        let steps = lattice.best_steps(&band);
        for (a, b) in &steps {
            (i, j) = (i + a, j + b);
            let row = band.row(i);
            let edge = (j == row.start && j > 0) || (j + 1 == row.end && j < target.len());
            // A run of unaligned sentences may follow an edge.
            if edge && *a > 0 && *b > 0 {
                touched = true;
                builder.include(i, j..j + 1, PATH_MARGIN * (time + 1));
            }
        }
        if !touched {
            return (band, Some((features, steps)));
        }
        band = builder.clone().finish();
    }
    (band, None)
}

fn walk(source: &Side, target: &Side, config: &AlignConfig, builder: &mut BandBuilder) {
    let (n, m) = (source.len(), target.len());
    let (mut i, mut j) = (0, 0);
    let mut attempt = 0;
    // Where no place of a text is ever sure, time must still grow with its length.
    let mut budget = (n + m).saturating_mul(MAX_LARGE_WINDOW_CELLS);
    while i < n && j < m {
        let size = WINDOW_SIZES[attempt];
        let cells = size.0.min(n - i) * size.1.min(m - j);
        if attempt > 0 {
            budget = budget.saturating_sub(cells);
        }
        let (rows, columns) = (i..(i + size.0).min(n), j..(j + size.1).min(m));
        let whole = (rows.end == n, columns.end == m);
        let (own, other) = (source.slice(rows), target.slice(columns));
        let path = path(&own, &other, config);
        let end = match whole {
            (true, true) => Some((own.len(), other.len())),
            _ => sure(&path, whole, own.len(), other.len()),
        };
        let Some(end) = end else {
            attempt += 1;
            let given_up = attempt == WINDOW_SIZES.len() || budget == 0;
            if given_up || repeats(&own) || repeats(&other) {
                // Nothing wherever it was looked for: both sides go on.
                attempt = 0;
                for _ in 0..WINDOW {
                    (i, j) = ((i + 1).min(n), (j + 1).min(m));
                    builder.include(i, j..j + 1, PATH_MARGIN);
                }
            }
            continue;
        };
        let (mut a, mut b) = (0, 0);
        for step in &path.steps {
            if a > end.0 || b > end.1 {
                break;
            }
            builder.include(i + a, j + b..j + b + 1, PATH_MARGIN);
            (a, b) = (a + step.0, b + step.1);
        }
        (i, j) = (i + end.0, j + end.1);
        attempt = 0;
    }
}

/// Whether a side is mostly repetition: at least half of its sentences are like an earlier one,
/// as in tables and logs. Which of them correspond is not sure in a larger window either.
fn repeats(side: &Side) -> bool {
    let mut seen = FxHashSet::default();
    let rows = side.embeddings.rows();
    for (row, length) in rows.rows().into_iter().zip(&side.lengths) {
        let mut hasher = FxHasher::default();
        row.iter().chain([length]).for_each(|value| hasher.write_u32(value.to_bits()));
        seen.insert(hasher.finish());
    }
    2 * seen.len() <= side.len()
}

struct WindowPath {
    steps: Vec<PathStep>,
    /// Of each step: the gain of its bead, 0 for an unaligned sentence.
    potentials: Vec<f32>,
}

fn path(source: &Side, target: &Side, config: &AlignConfig) -> WindowPath {
    let band = Band::full(source.len(), target.len());
    let features = Features::new(source, target, config, &band, &band);
    let lattice = Lattice::new(&features, config.shapes(), config.weights());
    let steps = lattice.best_steps(&band);
    let mut row = PotentialRow::default();
    let (mut i, mut j) = (0, 0);
    let mut potentials = Vec::with_capacity(steps.len());
    for &(a, b) in &steps {
        let bead = a > 0 && b > 0;
        potentials.push(if bead { lattice.potential(i, (a, b), j, &mut row) } else { 0.0 });
        (i, j) = (i + a, j + b);
    }
    WindowPath { steps, potentials }
}

/// Beads before and after a sure place.
const ANCHOR_BEADS: usize = 4;

/// What these beads gain together, in nats.
const ANCHOR_NATS: f32 = 12.0;

/// The last sure place of a path, at most two thirds through the window where
/// the text goes on, if there is one.
fn sure(
    path: &WindowPath,
    ends: (bool, bool),
    rows: usize,
    columns: usize,
) -> Option<(usize, usize)> {
    let most = |end: bool, len: usize| if end { len } else { len * 2 / 3 };
    let (most_rows, most_columns) = (most(ends.0, rows), most(ends.1, columns));
    let (mut i, mut j) = (0, 0);
    let mut found = None;
    for (at, &(a, b)) in path.steps.iter().enumerate() {
        let around = at.saturating_sub(ANCHOR_BEADS)..(at + ANCHOR_BEADS).min(path.steps.len());
        let enough = around.len() == 2 * ANCHOR_BEADS;
        let beads = path.steps[around.clone()].iter().all(|(a, b)| *a > 0 && *b > 0);
        let potential: f32 = path.potentials[around].iter().sum();
        if enough
            && beads
            && potential >= ANCHOR_NATS
            && i <= most_rows
            && j <= most_columns
            && i + j > 0
        {
            found = Some((i, j));
        }
        (i, j) = (i + a, j + b);
    }
    found
}
