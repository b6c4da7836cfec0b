//! The weight of all chains of beads through a large group of units.
//!
//! [`posterior`](super::posterior) sums over the beads of a group two by two. A group of some
//! hundred sentences, as of an article that was given as one segment, has too many of them for
//! that; here each node of the group is visited once. The states of a node are those of the lattice (a
//! bead, and the two parts of a gap), and a gap remembers which of the two sides has left the
//! last unit of the bead before it: what follows must have a unit in common with that bead.
//! So time and memory are those of one forward pass over the nodes of the group.

use std::ops::Range;

use crate::align::Side;
use crate::align::band::BandMatrix;
use crate::align::crf::forward_backward::{Constraint, ForwardBackward, IMPOSSIBLE, add};
use crate::align::crf::lattice::{BEAD, SOURCE_GAP, TARGET_GAP};

/// Which side of a gap has gone on to the unit after the last one of the bead before it.
/// Both sides may not: nothing would connect the next bead to that one.
#[derive(Clone, Copy, PartialEq)]
enum Left {
    Neither,
    Source,
    Target,
}

/// All of `Left`, in the order of `Run`.
const LEFT: [Left; 3] = [Left::Neither, Left::Source, Left::Target];

impl Left {
    /// After one more step on either side, which may go on to the next unit.
    fn after(self, source: bool, target: bool) -> Option<Left> {
        match (self, source, target) {
            (left, false, false) => Some(left),
            (Left::Neither, true, false) => Some(Left::Source),
            (Left::Neither, false, true) => Some(Left::Target),
            _ => None,
        }
    }
}

/// The weights of the chains that are in a gap at a node, by `Left`.
type Run = [f64; LEFT.len()];

const NO_RUN: Run = [IMPOSSIBLE; LEFT.len()];

/// A group of units, consecutive on both sides, in sentences.
struct Chains<'s, 'a, A: Constraint> {
    sums: &'s ForwardBackward<'a, A>,
    rows: Range<usize>,
    columns: Range<usize>,
    /// Of each sentence of the group, which of its side's units it is of.
    source_units: Vec<usize>,
    target_units: Vec<usize>,
    /// What it weighs to leave out all sentences before one, of each side of the group.
    source_gaps: Vec<f64>,
    target_gaps: Vec<f64>,
}

/// The logarithm of the weight of all paths that link the units of `rows` and `columns`, which
/// are their sentences, and only them to one group.
pub(in crate::align) fn weight<A: Constraint>(
    sums: &ForwardBackward<'_, A>,
    (source, rows): (&Side, Range<usize>),
    (target, columns): (&Side, Range<usize>),
) -> f64 {
    let cumulated = |sentences: Range<usize>, cost: &dyn Fn(usize) -> f64| {
        let mut all = vec![0.0];
        for sentence in sentences {
            all.push(all[all.len() - 1] + cost(sentence));
        }
        all
    };
    let chains = Chains {
        source_units: units(source, rows.clone()),
        target_units: units(target, columns.clone()),
        source_gaps: cumulated(rows.clone(), &|i| sums.source_gap(i)),
        target_gaps: cumulated(columns.clone(), &|j| sums.target_gap(j)),
        sums,
        rows,
        columns,
    };
    chains.weight()
}

/// The unit of each sentence of a range.
fn units(side: &Side, sentences: Range<usize>) -> Vec<usize> {
    let mut unit = side.units_of(sentences.start..sentences.start + 1).start;
    let mut unit_of = |sentence: usize| {
        while side.pieces(unit..unit + 1).end <= sentence {
            unit += 1;
        }
        unit
    };
    sentences.map(&mut unit_of).collect()
}

impl<A: Constraint> Chains<'_, '_, A> {
    fn weight(&self) -> f64 {
        let (rows, columns) = (self.rows.clone(), self.columns.clone());
        let nodes: Vec<Range<usize>> = (rows.start..=rows.end).map(|i| self.nodes(i)).collect();
        let (enter, leave) = (self.enter(), self.leave());
        let ends_group = |i: usize, j: usize| {
            self.source_unit(i - 1) == self.source_unit(rows.end - 1)
                && self.target_unit(j - 1) == self.target_unit(columns.end - 1)
        };
        // The weights of the chains whose last bead ends at a node.
        let mut beads = BandMatrix::new(nodes.clone(), IMPOSSIBLE);
        let mut total = IMPOSSIBLE;
        // The chains that leave out sentences of the source, at the nodes of a row.
        let mut source_runs: Vec<Run> = vec![NO_RUN; nodes[0].len()];
        for (row, i) in (rows.start..=rows.end).enumerate() {
            let below = nodes.get(row + 1).cloned().unwrap_or(0..0);
            let mut next_runs = vec![NO_RUN; below.len()];
            let mut target_run = NO_RUN;
            for (at, j) in nodes[row].clone().enumerate() {
                let bead = beads.get(row, j).copied().unwrap_or(IMPOSSIBLE);
                if bead > IMPOSSIBLE && ends_group(i, j) {
                    total = add(total, bead + self.left(&leave, (i, j)));
                }
                if i == rows.end || j == columns.end {
                    continue;
                }
                let source_run = source_runs[at];
                let crossed = (self.crosses_source(i), self.crosses_target(j));
                let mut opened = NO_RUN;
                let mut start = enter.weight(self, (i, j));
                if bead > IMPOSSIBLE {
                    if let Some(left) = Left::Neither.after(crossed.0, crossed.1) {
                        start = add(start, bead);
                        opened[left as usize] = bead + self.sums.open(i, j);
                    }
                }
                for (source, target) in source_run.iter().zip(&target_run) {
                    start = add(start, add(*source, *target));
                }
                if start > IMPOSSIBLE {
                    self.sums.each_from(i, j, |(a, b), potential| {
                        if let Some(end) = beads.get_mut(row + a, j + b) {
                            *end = add(*end, start + potential);
                        }
                    });
                }
                let mut next_target = NO_RUN;
                for left in LEFT {
                    let (opened, source) = (opened[left as usize], source_run[left as usize]);
                    if let Some(to) = left.after(self.crosses_source(i + 1), false) {
                        if below.contains(&j) {
                            let run = &mut next_runs[j - below.start][to as usize];
                            *run = add(*run, add(opened, source) + self.sums.source_gap(i));
                        }
                    }
                    if let Some(to) = left.after(false, self.crosses_target(j + 1)) {
                        let turned = add(opened, source + self.sums.turn(i, j));
                        let on = add(turned, target_run[left as usize]) + self.sums.target_gap(j);
                        next_target[to as usize] = add(next_target[to as usize], on);
                    }
                }
                target_run = next_target;
            }
            source_runs = next_runs;
        }
        total
    }

    /// The nodes of a row that the search has looked at, within the group.
    fn nodes(&self, i: usize) -> Range<usize> {
        let row = self.sums.columns(i);
        let start = row.start.max(self.columns.start);
        start..row.end.min(self.columns.end + 1).max(start)
    }

    fn source_unit(&self, i: usize) -> usize {
        self.source_units[i - self.rows.start]
    }

    fn target_unit(&self, j: usize) -> usize {
        self.target_units[j - self.columns.start]
    }

    /// Whether a sentence of the group is the first of a unit, the group's first one excepted.
    fn crosses_source(&self, i: usize) -> bool {
        let inside = self.rows.start < i && i < self.rows.end;
        inside && self.source_unit(i - 1) != self.source_unit(i)
    }

    fn crosses_target(&self, j: usize) -> bool {
        let inside = self.columns.start < j && j < self.columns.end;
        inside && self.target_unit(j - 1) != self.target_unit(j)
    }

    /// The weights of what is before the group, the gap up to its start included.
    fn enter(&self) -> Enter {
        let (i, end) = (self.rows.start, self.columns.start);
        let mut enter = Enter([[IMPOSSIBLE; 2]; 2]);
        // What it weighs to leave out the target sentences from a node to the group.
        let mut gap = 0.0;
        let row = self.sums.columns(i);
        for before in (row.start..=end.min(row.end - 1)).rev() {
            if before < end {
                gap += self.sums.target_gap(before);
            }
            let states = self.sums.forward(i, before);
            let (open, turn) = (self.sums.open(i, before), self.sums.turn(i, before));
            for source in [false, true] {
                for target in [false, true] {
                    // Whether the gap has sentences of the target, and of the source too.
                    let leaves_target = target || before < end;
                    let opened = if source || leaves_target { open } else { 0.0 };
                    let turned = if source && leaves_target { turn } else { 0.0 };
                    let went_on = if leaves_target { turn } else { 0.0 };
                    let weight = &mut enter.0[usize::from(source)][usize::from(target)];
                    *weight = add(*weight, states[BEAD] + opened + turned + gap);
                    *weight = add(*weight, states[SOURCE_GAP] + went_on + gap);
                }
            }
        }
        enter
    }

    /// The weights of what is after the group, the gap from its end on included.
    fn leave(&self) -> Leave {
        let (rows_end, end) = (self.rows.end, self.columns.end);
        let at_end = self.sums.backward(rows_end, end);
        let mut leave =
            Leave { bead: at_end[BEAD], source: at_end[SOURCE_GAP], target: [IMPOSSIBLE; 2] };
        // A gap goes over the source first, so it may reach the end of the target's units in
        // a row below the group.
        let mut gap = 0.0;
        for row in rows_end..self.sums.rows() {
            if row > rows_end {
                gap += self.sums.source_gap(row - 1);
            }
            let columns = self.sums.columns(row);
            if columns.start > end {
                break;
            }
            if columns.contains(&end) {
                let after = self.sums.backward(row, end)[TARGET_GAP] + gap;
                let turned = after + self.sums.turn(row, end);
                let direct = if row > rows_end { turned } else { after };
                leave.target[0] = add(leave.target[0], direct);
                leave.target[1] = add(leave.target[1], turned);
            }
        }
        leave
    }

    /// The weight of what follows a last bead of the group that ends at a node.
    fn left(&self, leave: &Leave, (i, j): (usize, usize)) -> f64 {
        let (rows, columns) = (self.rows.clone(), self.columns.clone());
        if (i, j) == (rows.end, columns.end) {
            return leave.bead;
        }
        let source = self.source_gaps[rows.len()] - self.source_gaps[i - rows.start];
        let target = self.target_gaps[columns.len()] - self.target_gaps[j - columns.start];
        let after = match j == columns.end {
            true => leave.source,
            false => leave.target[usize::from(i < rows.end)],
        };
        self.sums.open(i, j) + source + target + after
    }
}

/// The weight of what is before the first bead of a group, at the group's first node: by
/// whether sentences of the source, and of the target, are left out from there to the bead.
struct Enter([[f64; 2]; 2]);

impl Enter {
    fn weight<A: Constraint>(&self, chains: &Chains<'_, '_, A>, (i, j): (usize, usize)) -> f64 {
        let (row, column) = (i - chains.rows.start, j - chains.columns.start);
        let first_units = chains.source_units[row] == chains.source_units[0]
            && chains.target_units[column] == chains.target_units[0];
        if !first_units {
            return IMPOSSIBLE;
        }
        let gap = chains.source_gaps[row] + chains.target_gaps[column];
        self.0[usize::from(row > 0)][usize::from(column > 0)] + gap
    }
}

/// The weight of what is after the last bead of a group.
struct Leave {
    /// Where the bead ends the group.
    bead: f64,
    /// Where sentences of the source alone are left out at the group's end.
    source: f64,
    /// Where sentences of the target are left out there: without, and with such of the source.
    target: [f64; 2],
}
