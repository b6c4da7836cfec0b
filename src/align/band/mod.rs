//! Which part of the lattice is searched: bands of nodes, and matrices over them.
//!
//! The lattice of n source and m target sentences has (n + 1) x (m + 1) nodes. Most of them are on
//! no likely path. A [`Band`] names the nodes to search: one range of columns per row. All bands
//! but the full one are made in the same way: [`BandBuilder`] collects the nodes of a path and a
//! margin around them.
//!
//! The aligner narrows the lattice in three steps:
//!
//! 1. The *search band* (`align/search_band.rs`): all nodes of short articles. In long articles,
//!    the nodes near a path that was found window by window.
//! 2. The *pruned bands* (`align/crf/beam.rs`): the nodes whose best path scores at most a beam's
//!    width below the Viterbi path. Words are compared in the first of them, posteriors are
//!    computed in the second.
//! 3. The *joint band* (`align/joint/links.rs`): the nodes near the Viterbi path of each language
//!    pair. The decoder over all languages searches their product.

mod matrix;
mod nodes;
mod path;

pub(in crate::align) use matrix::{BandMatrix, products};
pub(in crate::align) use nodes::{Band, BandBuilder};
pub(in crate::align) use path::{PathStep, path_nodes};
