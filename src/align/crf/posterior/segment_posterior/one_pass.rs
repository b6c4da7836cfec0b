//! The weight of a group of segments, in one forward pass over its nodes.
//!
//! The states of a node are those of the lattice, and a gap also remembers which side has left the
//! last segment of the bead before it: the next bead must have a segment in common with that bead.
//! Time and memory are linear in the nodes of the group, which may have hundreds of sentences, as
//! if an article is given as one segment.

use std::ops::Range;

use crate::align::band::BandMatrix;
use crate::align::crf::posterior::constraint::Constraint;
use crate::align::crf::posterior::forward_backward::ForwardBackward;
use crate::align::crf::posterior::log_sum::{IMPOSSIBLE, log_add};
use crate::align::features::side::Side;

/// Which side of a gap is in the segment after the last one of the bead before the gap. If both
/// were, nothing would connect the next bead to that bead.
#[derive(Clone, Copy, PartialEq)]
enum CrossedSide {
    Neither,
    Source,
    Target,
}

/// All of `CrossedSide`, by index in `ChainGap`.
const CROSSED_SIDES: [CrossedSide; 3] =
    [CrossedSide::Neither, CrossedSide::Source, CrossedSide::Target];

impl CrossedSide {
    /// After a step on either side, which may cross a segment boundary.
    fn after(self, source: bool, target: bool) -> Option<CrossedSide> {
        match (self, source, target) {
            (side, false, false) => Some(side),
            (CrossedSide::Neither, true, false) => Some(CrossedSide::Source),
            (CrossedSide::Neither, false, true) => Some(CrossedSide::Target),
            _ => None,
        }
    }
}

/// The weights of the chains that are in a gap at a node, by `CrossedSide`.
type ChainGap = [f64; CROSSED_SIDES.len()];

const NO_GAP: ChainGap = [IMPOSSIBLE; CROSSED_SIDES.len()];

/// A group of segments, by the sentences that it has on each side.
struct Chains<'s, 'a, A: Constraint> {
    paths: &'s ForwardBackward<'a, A>,
    rows: Range<usize>,
    columns: Range<usize>,
    /// The segment of each sentence of the group.
    source_segments: Vec<usize>,
    target_segments: Vec<usize>,
    /// The weight of leaving the first sentences of the group unaligned, by their number.
    source_gaps: Vec<f64>,
    target_gaps: Vec<f64>,
}

/// The weight of all paths that link the segments of the sentences `rows` and `columns`, and only
/// them, to one group.
pub(in crate::align) fn group_weight<A: Constraint>(
    paths: &ForwardBackward<'_, A>,
    (source, rows): (&Side, Range<usize>),
    (target, columns): (&Side, Range<usize>),
) -> f64 {
    let prefix_sums = |sentences: Range<usize>, cost: &dyn Fn(usize) -> f64| {
        let mut all = vec![0.0];
        for sentence in sentences {
            all.push(all[all.len() - 1] + cost(sentence));
        }
        all
    };
    let chains = Chains {
        source_segments: segments(source, rows.clone()),
        target_segments: segments(target, columns.clone()),
        source_gaps: prefix_sums(rows.clone(), &|i| paths.source_gap(i)),
        target_gaps: prefix_sums(columns.clone(), &|j| paths.target_gap(j)),
        paths,
        rows,
        columns,
    };
    chains.weight()
}

/// The segment of each sentence of a range.
fn segments(side: &Side, sentences: Range<usize>) -> Vec<usize> {
    let mut segment = side.segments_of(sentences.start..sentences.start + 1).start;
    let mut segment_of = |sentence: usize| {
        while side.sentences(segment..segment + 1).end <= sentence {
            segment += 1;
        }
        segment
    };
    sentences.map(&mut segment_of).collect()
}

impl<A: Constraint> Chains<'_, '_, A> {
    fn weight(&self) -> f64 {
        let (rows, columns) = (self.rows.clone(), self.columns.clone());
        let nodes: Vec<Range<usize>> = (rows.start..=rows.end).map(|i| self.nodes(i)).collect();
        let (enter, leave) = (self.enter(), self.leave());
        let ends_group = |i: usize, j: usize| {
            self.source_segment(i - 1) == self.source_segment(rows.end - 1)
                && self.target_segment(j - 1) == self.target_segment(columns.end - 1)
        };
        // By node: the weight of the chains whose last bead ends there.
        let mut beads = BandMatrix::new(nodes.clone(), IMPOSSIBLE);
        let mut total = IMPOSSIBLE;
        // By node of this row: the weights of the chains in a gap, after a source sentence.
        let mut source_gap_row: Vec<ChainGap> = vec![NO_GAP; nodes[0].len()];
        for (row, i) in (rows.start..=rows.end).enumerate() {
            let below = nodes.get(row + 1).cloned().unwrap_or(0..0);
            let mut next_source_gaps = vec![NO_GAP; below.len()];
            let mut target_gap = NO_GAP;
            for (at, j) in nodes[row].clone().enumerate() {
                let bead = beads.get(row, j).copied().unwrap_or(IMPOSSIBLE);
                if bead > IMPOSSIBLE && ends_group(i, j) {
                    total = log_add(total, bead + self.weight_after(&leave, (i, j)));
                }
                if i == rows.end || j == columns.end {
                    continue;
                }
                let source_gap = source_gap_row[at];
                let crossed = (self.crosses_source(i), self.crosses_target(j));
                let mut opened = NO_GAP;
                let mut start = enter.weight(self, (i, j));
                if bead > IMPOSSIBLE {
                    if let Some(side) = CrossedSide::Neither.after(crossed.0, crossed.1) {
                        start = log_add(start, bead);
                        opened[side as usize] = bead + self.paths.open(i, j);
                    }
                }
                for (source, target) in source_gap.iter().zip(&target_gap) {
                    start = log_add(start, log_add(*source, *target));
                }
                if start > IMPOSSIBLE {
                    self.paths.each_bead_from(i, j, |(a, b), potential| {
                        if let Some(end) = beads.get_mut(row + a, j + b) {
                            *end = log_add(*end, start + potential);
                        }
                    });
                }
                let mut next_target = NO_GAP;
                for side in CROSSED_SIDES {
                    let (opened, source) = (opened[side as usize], source_gap[side as usize]);
                    if let Some(to) = side.after(self.crosses_source(i + 1), false) {
                        if below.contains(&j) {
                            let gap = &mut next_source_gaps[j - below.start][to as usize];
                            *gap =
                                log_add(*gap, log_add(opened, source) + self.paths.source_gap(i));
                        }
                    }
                    if let Some(to) = side.after(false, self.crosses_target(j + 1)) {
                        let turned = log_add(opened, source + self.paths.turn(i, j));
                        let continued =
                            log_add(turned, target_gap[side as usize]) + self.paths.target_gap(j);
                        next_target[to as usize] = log_add(next_target[to as usize], continued);
                    }
                }
                target_gap = next_target;
            }
            source_gap_row = next_source_gaps;
        }
        total
    }

    /// The nodes of a row within the group and the band.
    fn nodes(&self, i: usize) -> Range<usize> {
        let row = self.paths.columns(i);
        let start = row.start.max(self.columns.start);
        start..row.end.min(self.columns.end + 1).max(start)
    }

    fn source_segment(&self, i: usize) -> usize {
        self.source_segments[i - self.rows.start]
    }

    fn target_segment(&self, j: usize) -> usize {
        self.target_segments[j - self.columns.start]
    }

    /// Whether a sentence of the group is the first of a segment other than the group's first.
    fn crosses_source(&self, i: usize) -> bool {
        let inside = self.rows.start < i && i < self.rows.end;
        inside && self.source_segment(i - 1) != self.source_segment(i)
    }

    fn crosses_target(&self, j: usize) -> bool {
        let inside = self.columns.start < j && j < self.columns.end;
        inside && self.target_segment(j - 1) != self.target_segment(j)
    }

    /// The weights of everything before the group, including a gap up to its start.
    fn enter(&self) -> Enter {
        let (i, end) = (self.rows.start, self.columns.start);
        let mut enter = Enter([[IMPOSSIBLE; 2]; 2]);
        // The weight of leaving the target sentences from a node to the group unaligned.
        let mut gap = 0.0;
        let row = self.paths.columns(i);
        for before in (row.start..=end.min(row.end - 1)).rev() {
            if before < end {
                gap += self.paths.target_gap(before);
            }
            let states = self.paths.forward(i, before);
            let (open, turn) = (self.paths.open(i, before), self.paths.turn(i, before));
            for source in [false, true] {
                for target in [false, true] {
                    // Whether the gap has target sentences before the first bead.
                    let has_target = target || before < end;
                    let opened = if source || has_target { open } else { 0.0 };
                    let turned = if source && has_target { turn } else { 0.0 };
                    let continued = if has_target { turn } else { 0.0 };
                    let weight = &mut enter.0[usize::from(source)][usize::from(target)];
                    *weight = log_add(*weight, states.bead + opened + turned + gap);
                    *weight = log_add(*weight, states.source_gap + continued + gap);
                }
            }
        }
        enter
    }

    /// The weights of everything after the group, including a gap from its end.
    fn leave(&self) -> Leave {
        let (rows_end, end) = (self.rows.end, self.columns.end);
        let at_end = self.paths.backward(rows_end, end);
        let mut leave =
            Leave { bead: at_end.bead, source: at_end.source_gap, target: [IMPOSSIBLE; 2] };
        // A gap has its source sentences first. So it may reach the end of the group's target
        // sentences in a row below the group.
        let mut gap = 0.0;
        for row in rows_end..self.paths.rows() {
            if row > rows_end {
                gap += self.paths.source_gap(row - 1);
            }
            let columns = self.paths.columns(row);
            if columns.start > end {
                break;
            }
            if columns.contains(&end) {
                let after = self.paths.backward(row, end).target_gap + gap;
                let turned = after + self.paths.turn(row, end);
                let direct = if row > rows_end { turned } else { after };
                leave.target[0] = log_add(leave.target[0], direct);
                leave.target[1] = log_add(leave.target[1], turned);
            }
        }
        leave
    }

    /// The weight of everything after the group's last bead, which ends at a node.
    fn weight_after(&self, leave: &Leave, (i, j): (usize, usize)) -> f64 {
        let (rows, columns) = (self.rows.clone(), self.columns.clone());
        if (i, j) == (rows.end, columns.end) {
            return leave.bead;
        }
        let source = self.source_gaps[rows.len()] - self.source_gaps[i - rows.start];
        let target = self.target_gaps[columns.len()] - self.target_gaps[j - columns.start];
        let after =
            if j == columns.end { leave.source } else { leave.target[usize::from(i < rows.end)] };
        self.paths.open(i, j) + source + target + after
    }
}

/// The weight of everything before the first node of a group: by whether source sentences, and
/// whether target sentences, are unaligned from there to the first bead.
struct Enter([[f64; 2]; 2]);

impl Enter {
    fn weight<A: Constraint>(&self, chains: &Chains<'_, '_, A>, (i, j): (usize, usize)) -> f64 {
        let (row, column) = (i - chains.rows.start, j - chains.columns.start);
        let first_segments = chains.source_segments[row] == chains.source_segments[0]
            && chains.target_segments[column] == chains.target_segments[0];
        if !first_segments {
            return IMPOSSIBLE;
        }
        let gap = chains.source_gaps[row] + chains.target_gaps[column];
        self.0[usize::from(row > 0)][usize::from(column > 0)] + gap
    }
}

/// The weight of everything after the last node of a group.
struct Leave {
    /// If the last bead ends there.
    bead: f64,
    /// If only source sentences are unaligned between the last bead and that node.
    source: f64,
    /// If target sentences are: without source sentences, and with them.
    target: [f64; 2],
}
