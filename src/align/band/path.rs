//! Paths through the lattice.

/// One step of a path: how many source and target sentences it covers. A bead covers sentences of
/// both sides, an unaligned sentence is the step (1, 0) or (0, 1).
pub(in crate::align) type PathStep = (usize, usize);

/// The nodes that a path reaches after each of its steps, from the node (0, 0).
pub(in crate::align) fn path_nodes(steps: &[PathStep]) -> impl Iterator<Item = (usize, usize)> {
    steps.iter().scan((0, 0), |node, step| {
        *node = (node.0 + step.0, node.1 + step.1);
        Some(*node)
    })
}
