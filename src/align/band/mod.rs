//! Which part of the lattice is searched: bands of nodes, and matrices over them.
//!
//! The lattice of n source and m target sentences has (n + 1) x (m + 1) nodes. Most of them are on
//! no likely path. A [`Band`] names the nodes to search: one range of columns per row.
//! [`BandBuilder`] makes bands near a path: it collects the nodes of the path and a margin around
//! them. [`Band::covering`] makes other bands from one range per row, [`Band::full`] that of all nodes.
//!
//! Bands in use:
//!
//! * The *search band* (`align/search_band.rs`): all nodes for articles of up to 250 sentences, otherwise
//!   the nodes near a path that was found window by window. All nodes are also searched if that path is
//!   uncertain and n x m is at most `AlignConfig::exact_cells`.
//! * The *neighbour band* (`align/search_band.rs`): where the nearest neighbours of a sentence are
//!   looked for. If an article has more than 250 sentences, it has only the nodes near that path,
//!   even if the search band has all nodes.
//! * The *pruned bands* (`align/crf/beam.rs`), one inside the other and both inside the search band:
//!   the nodes whose best path scores at most a beam's width below the Viterbi path. Words are
//!   compared in the first of them, posteriors are computed in the second.
//! * The *joint band* (`align/joint/links.rs`): the nodes near the Viterbi path of each language
//!   pair. It may reach out of the pruned bands. The decoder over all languages searches the product
//!   of the joint bands.
//! * The *crossing band* (`align/crossing.rs`): the nodes of paths whose beads are all between two
//!   runs of unaligned sentences.
//! * In learning (`align/fit/likelihood.rs`): a pruned band, and the nodes of all paths that agree
//!   with the gold alignment.

mod matrix;
mod nodes;
mod path;

pub(in crate::align) use matrix::{BandMatrix, products};
pub(in crate::align) use nodes::{Band, BandBuilder};
pub(in crate::align) use path::{PathStep, path_nodes};
