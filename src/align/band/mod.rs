//! What part of the lattice is searched: bands of nodes, and matrices over them.

pub(in crate::align) mod band;
