//! The decoder: the best grouping of the sentences of two or three languages.
//!
//! A group contains sentences that correspond in all languages. For each two of its languages it
//! scores the best beads between its sentences, and a bead scores its links: the log-odds of their
//! posteriors (see [`costs`](super::costs)). So if two language pairs contradict each
//! other, the less likely link gives way. (Posteriors instead of scores are from ProbCons, a
//! decoder for multiple sequence alignment, Do et al. 2005.)
//!
//! The search is dynamic programming over the nodes (i, j, k) of three languages. A step adds a
//! group or one unaligned sentence. The result is the best path among the nodes whose pairs are all
//! in the joint bands. The groups are consistent over all languages because each is one step.
//! Two languages are decoded in the same way, with an empty third one.

mod bound;

use std::ops::Range;

use crate::align::AlignConfig;
use crate::align::band::{Band, BandMatrix};
use crate::align::joint::conflicts::LanguageRanges;
use crate::align::joint::costs::{
    MIN_LINK_POSTERIOR, SIZE_COST, WEAK_LINK_WEIGHT, gap_cost, link_score,
};
use crate::align::joint::links::Links;
use crate::align::joint::segments::SentenceBead;
use crate::bitext::groups::MAX_LANGUAGES;

/// The language pairs of three languages.
pub(in crate::align) const PAIR_INDEXES: [(usize, usize); 3] = [(0, 1), (0, 2), (1, 2)];

/// The largest number of sentences on one side of a bead, as
/// [`AlignConfig::max_side`] allows it.
const MAX_BEAD_SIDE: usize = 8;

/// Nodes whose bound is this much below that of the first node are not searched, in nats. If the best
/// path found so scores less, it may not be the best of all, and the next larger number is tried.
/// They do not affect the result, only the time, and were not compared with others. With bounds, aligning
/// three languages takes 0.84 of the time.
const MAX_LOSSES: [f32; 3] = [8.0, 64.0, f32::INFINITY];

/// The share of a bound, and the nats, by which rounding may make it too low. Far above the rounding error of
/// sums of some thousand scores; not measured.
const ROUNDING: (f32, f32) = (1e-5, 0.5);

/// The largest number of nodes that are searched for three languages: 36 MB.
const MAX_JOINT_NODES: usize = 6_000_000;

/// The scores of the beads and blocks of a language pair.
///
/// A block is the part of a group in two languages: ranges of source and target sentences.
pub(in crate::align) struct PairScores {
    max_side: usize,
    band: Band,
    /// By first node and shape: the score of a bead.
    beads: BandMatrix<ShapeScores>,
    /// By first node and shape: the score of the best beads inside a block. `None` for two
    /// languages: their blocks are single beads, since a sentence without a link is as well off
    /// outside of the block.
    blocks: Option<BandMatrix<ShapeScores>>,
    /// By node: an upper bound of the score from there to the end; for three languages.
    rests: Option<BandMatrix<f32>>,
    /// By sentence: the cost of being in a block and in no bead.
    source_gap_costs: Vec<f32>,
    target_gap_costs: Vec<f32>,
}

/// Scores of shapes: of a source and b target sentences at [a - 1][b - 1].
type ShapeScores = [[f32; MAX_BEAD_SIDE]; MAX_BEAD_SIDE];

const IMPOSSIBLE_SHAPES: ShapeScores = [[f32::NEG_INFINITY; MAX_BEAD_SIDE]; MAX_BEAD_SIDE];

/// The scores of the links of n source sentences, negative infinity for impossible links.
fn link_scores(links: &Links, n: usize) -> BandMatrix<f32> {
    let columns: Vec<Range<usize>> = (0..n).map(|i| links.columns(i)).collect();
    let mut scores = BandMatrix::new(columns.clone(), f32::NEG_INFINITY);
    for (i, columns) in columns.into_iter().enumerate() {
        for (score, j) in scores.row_mut(i).iter_mut().zip(columns) {
            let posterior = links.posterior(i, j);
            if posterior >= MIN_LINK_POSTERIOR {
                *score = link_score(posterior);
            }
        }
    }
    scores
}

/// The score of a bead of `a` sentences from i and `b` sentences from j: of its links, less a part of
/// the deficit of sentences with weak links only. A bead with a sentence without any link is
/// impossible.
fn bead_score(links: &BandMatrix<f32>, (i, a): (usize, usize), (j, b): (usize, usize)) -> f32 {
    let mut score = -SIZE_COST * (a + b - 2) as f32;
    let mut others = [f32::NEG_INFINITY; MAX_BEAD_SIDE];
    for sentence in i..i + a {
        let mut best = f32::NEG_INFINITY;
        for (at, other_best) in others[..b].iter_mut().enumerate() {
            let link = links.get(sentence, j + at).copied().unwrap_or(f32::NEG_INFINITY);
            score += link.max(0.0);
            best = best.max(link);
            *other_best = other_best.max(link);
        }
        score += WEAK_LINK_WEIGHT * best.min(0.0);
    }
    others[..b].iter().fold(score, |score, best| score + WEAK_LINK_WEIGHT * best.min(0.0))
}

/// Whether the sentences i and j have links among the next a and b sentences. Otherwise no bead
/// starts there.
fn starts_beads(links: &BandMatrix<f32>, (i, a): (usize, usize), (j, b): (usize, usize)) -> bool {
    let linked = |i, j| links.get(i, j).is_some_and(|score| *score > f32::NEG_INFINITY);
    (j..j + b).any(|j| linked(i, j)) && (i..i + a).any(|i| linked(i, j))
}

/// The scores of blocks of a source and b target sentences at [a][b].
type BlockScores = [[f32; MAX_BEAD_SIDE + 1]; MAX_BEAD_SIDE + 1];

impl PairScores {
    /// Scores the beads between the nodes of a joint band. `is_joint` says that there are three
    /// languages, so that blocks are needed.
    pub(in crate::align) fn new(
        links: &Links,
        band: Band,
        config: &AlignConfig,
        is_joint: bool,
    ) -> PairScores {
        let (max_side, max_bead) = (config.max_side.min(MAX_BEAD_SIDE), config.max_bead.max(2));
        let impossible = BandMatrix::new(band.rows().to_vec(), IMPOSSIBLE_SHAPES);
        let mut beads = impossible.clone();
        let (n, m) = (band.rows().len() - 1, links.target_len());
        let scores = link_scores(links, n);
        for i in 0..n {
            for j in band.row(i) {
                let (rows, columns) = (max_side.min(n - i), max_side.min(m - j));
                if !starts_beads(&scores, (i, rows), (j, columns)) {
                    continue;
                }
                let Some(shapes) = beads.get_mut(i, j) else { continue };
                for (a, row) in (1..=rows).zip(shapes) {
                    for (b, score) in (1..=columns.min(max_bead.saturating_sub(a))).zip(row) {
                        *score = bead_score(&scores, (i, a), (j, b));
                    }
                }
            }
        }
        let gap_costs = |aligned: &[f32]| aligned.iter().copied().map(gap_cost).collect();
        let mut pair = PairScores {
            max_side,
            band,
            beads,
            blocks: None,
            rests: None,
            source_gap_costs: gap_costs(&links.aligned().source),
            target_gap_costs: gap_costs(&links.aligned().target),
        };
        if is_joint {
            let mut blocks = impossible;
            for i in 0..n {
                for j in pair.band.row(i) {
                    let scores = pair.block_scores(i, j, max_side.min(n - i), max_side.min(m - j));
                    if let Some(shapes) = blocks.get_mut(i, j) {
                        for (row, scores) in shapes.iter_mut().zip(&scores[1..]) {
                            row.copy_from_slice(&scores[1..]);
                        }
                    }
                }
            }
            pair.rests = Some(bound::best_rests(&pair.band, &blocks, max_side));
            pair.blocks = Some(blocks);
        }
        pair
    }

    /// The score of a bead; negative infinity if it starts outside of the band.
    fn bead(&self, i: usize, a: usize, j: usize, b: usize) -> f32 {
        self.beads.get(i, j).map_or(f32::NEG_INFINITY, |scores| scores[a - 1][b - 1])
    }

    /// The scores of the best beads inside each block that starts at a node and has up to `rows`
    /// source and `columns` target sentences.
    fn block_scores(&self, i: usize, j: usize, rows: usize, columns: usize) -> BlockScores {
        let mut scores = [[f32::NEG_INFINITY; MAX_BEAD_SIDE + 1]; MAX_BEAD_SIDE + 1];
        scores[0][0] = 0.0;
        for a in 0..=rows {
            for b in 0..=columns {
                let mut best = scores[a][b];
                if a > 0 {
                    best = best.max(scores[a - 1][b] - self.source_gap_costs[i + a - 1]);
                }
                if b > 0 {
                    best = best.max(scores[a][b - 1] - self.target_gap_costs[j + b - 1]);
                }
                for x in 1..=a {
                    for y in 1..=b {
                        let bead = self.bead(i + a - x, x, j + b - y, y);
                        best = best.max(scores[a - x][b - y] + bead);
                    }
                }
                scores[a][b] = best;
            }
        }
        scores
    }

    /// The scores of the blocks that start at a node, or of the beads if there are two languages.
    fn shapes(&self, i: usize, j: usize) -> &ShapeScores {
        self.blocks.as_ref().unwrap_or(&self.beads).get(i, j).unwrap_or(&IMPOSSIBLE_SHAPES)
    }

    /// An upper bound of the score from a node to the end.
    fn rest(&self, i: usize, j: usize) -> f32 {
        let rests = self.rests.as_ref();
        rests.map_or(f32::INFINITY, |rests| rests.get(i, j).copied().unwrap_or(f32::NEG_INFINITY))
    }

    /// The best beads of a block, in order.
    pub(in crate::align) fn beads(
        &self,
        rows: Range<usize>,
        columns: Range<usize>,
    ) -> Vec<SentenceBead> {
        let scores = self.block_scores(rows.start, columns.start, rows.len(), columns.len());
        let (mut a, mut b) = (rows.len(), columns.len());
        let mut beads = Vec::new();
        while a > 0 && b > 0 {
            let (i, j) = (rows.start + a, columns.start + b);
            let shapes = (1..=a).flat_map(|x| (1..=b).map(move |y| (x, y)));
            let is_best = |&(x, y): &(usize, usize)| {
                scores[a - x][b - y] + self.bead(i - x, x, j - y, y) == scores[a][b]
            };
            if let Some((x, y)) = { shapes }.find(is_best) {
                beads.push(SentenceBead { source: i - x..i, target: j - y..j });
                (a, b) = (a - x, b - y);
            } else if scores[a - 1][b] - self.source_gap_costs[i - 1]
                >= scores[a][b - 1] - self.target_gap_costs[j - 1]
            {
                a -= 1;
            } else {
                b -= 1;
            }
        }
        beads.reverse();
        beads
    }
}

/// Groups the sentences of two or three languages. `pairs` are those of [`PAIR_INDEXES`], for two
/// languages only the first, and `lens[2]` is 0.
///
/// `None` for three languages if their bands have more than [`MAX_JOINT_NODES`] nodes, or no path in
/// common.
pub(in crate::align) fn decode(
    lens: [usize; MAX_LANGUAGES],
    pairs: &[&PairScores],
) -> Option<Vec<LanguageRanges>> {
    let search = JointSearch::new(lens, pairs)?;
    Some(search.best_path())
}

/// The number of sentences of each language that a path has covered, or that a step covers.
type JointNode = [usize; MAX_LANGUAGES];

/// No step leads to a node.
const NO_DECODER_STEP: u16 = u16::MAX;

/// The search for the best path over the nodes of all languages.
struct JointSearch<'b> {
    lens: JointNode,
    pairs: &'b [&'b PairScores],
    /// All possible steps.
    steps: Vec<JointNode>,
    /// By sentences of the first language: the ranges of the second and the third.
    ranges: Vec<[Range<usize>; 2]>,
    /// By sentences of the first language: the place of its first node in the lists of nodes.
    offsets: Vec<usize>,
    /// By node: the score of the best path to it, and the last step of that path.
    scores: Vec<f32>,
    last_steps: Vec<u16>,
}

impl<'b> JointSearch<'b> {
    fn new(lens: JointNode, pairs: &'b [&'b PairScores]) -> Option<JointSearch<'b>> {
        let ranges: Vec<[Range<usize>; 2]> = (0..=lens[0])
            .map(|i| [0, 1].map(|pair| pairs.get(pair).map_or(0..1, |pair| pair.band.row(i))))
            .collect();
        let mut offsets = Vec::with_capacity(ranges.len());
        let mut nodes = 0;
        for [second, third] in &ranges {
            offsets.push(nodes);
            nodes += second.len() * third.len();
        }
        // For two languages the nodes are those of the band, which fits in memory.
        if lens[2] > 0 && nodes > MAX_JOINT_NODES {
            return None;
        }
        let max_side = pairs.iter().map(|pair| pair.max_side).max().unwrap_or(1);
        let mut search = JointSearch {
            lens,
            pairs,
            steps: joint_steps(lens, max_side),
            ranges,
            offsets,
            scores: vec![f32::NEG_INFINITY; nodes],
            last_steps: vec![NO_DECODER_STEP; nodes],
        };
        let (start, end) = (search.place([0; MAX_LANGUAGES])?, search.place(lens)?);
        let bound = search.rest([0; MAX_LANGUAGES]);
        for loss in MAX_LOSSES {
            // Two languages have no bounds.
            let least = if bound.is_finite() { bound - loss } else { f32::NEG_INFINITY };
            search.scores.fill(f32::NEG_INFINITY);
            search.scores[start] = 0.0;
            search.run(least - ROUNDING.0 * bound.abs() - ROUNDING.1);
            if search.scores[end] >= least {
                break;
            }
        }
        (search.scores[end] > f32::NEG_INFINITY).then_some(search)
    }

    /// An upper bound of the score from a node to the end.
    fn rest(&self, [i, j, k]: JointNode) -> f32 {
        let rest = |pair: usize, x, y| self.pairs.get(pair).map_or(0.0, |pair| pair.rest(x, y));
        rest(0, i, j) + rest(1, i, k) + rest(2, j, k)
    }

    /// The place of a node in the lists of nodes; `None` if it is not searched.
    fn place(&self, [i, j, k]: JointNode) -> Option<usize> {
        let [second, third] = self.ranges.get(i)?;
        let is_searched = second.contains(&j)
            && third.contains(&k)
            && self.pairs.get(2).is_none_or(|pair| pair.band.contains(j, k));
        is_searched.then(|| self.offsets[i] + (j - second.start) * third.len() + k - third.start)
    }

    /// Computes the best path to each node, but for nodes through which no path scores `least`.
    fn run(&mut self, least: f32) {
        let families = StepFamily::of_steps(&self.steps);
        for i in 0..=self.lens[0] {
            let [second, third] = self.ranges[i].clone();
            for j in second {
                for k in third.clone() {
                    self.extend_paths([i, j, k], &families, least);
                }
            }
        }
    }

    /// Extends the best path to a node by each step, if a path through it may score `least`.
    fn extend_paths(&mut self, node: JointNode, families: &[StepFamily], least: f32) {
        let Some(from) = self.place(node) else { return };
        let before = self.scores[from];
        if before == f32::NEG_INFINITY || before + self.rest(node) < least {
            return;
        }
        let [i, j, k] = node;
        let shapes = |pair: usize, x: usize, y: usize| {
            self.pairs.get(pair).map_or(&IMPOSSIBLE_SHAPES, |pair| pair.shapes(x, y))
        };
        let [first, second, third] = [shapes(0, i, j), shapes(1, i, k), shapes(2, j, k)];
        for &StepFamily { first: a, second: b, third: ref sizes, first_step } in families {
            let Some([seconds, thirds]) = self.ranges.get(i + a) else { continue };
            if !seconds.contains(&(j + b)) {
                continue;
            }
            let allowed = match self.pairs.get(2) {
                Some(pair) if j + b < pair.band.rows().len() => pair.band.row(j + b),
                Some(_) => continue,
                None => 0..1,
            };
            let row = self.offsets[i + a] + (j + b - seconds.start) * thirds.len();
            for (at, c) in (first_step..).zip(sizes.clone()) {
                let to = k + c;
                if !(thirds.contains(&to) && allowed.contains(&to)) {
                    continue;
                }
                let languages = usize::from(a > 0) + usize::from(b > 0) + usize::from(c > 0);
                let mut step = -SIZE_COST * (a + b + c - languages) as f32;
                if a > 0 && b > 0 {
                    step += first[a - 1][b - 1];
                }
                if a > 0 && c > 0 {
                    step += second[a - 1][c - 1];
                }
                if b > 0 && c > 0 {
                    step += third[b - 1][c - 1];
                }
                let (score, to) = (before + step, row + to - thirds.start);
                if score > self.scores[to] {
                    self.scores[to] = score;
                    self.last_steps[to] = at;
                }
            }
        }
    }

    /// The steps of the best path to the last node, as ranges of sentences.
    fn best_path(&self) -> Vec<LanguageRanges> {
        let mut node = self.lens;
        let mut path = Vec::new();
        while let Some(step) =
            self.place(node).and_then(|place| self.steps.get(usize::from(self.last_steps[place])))
        {
            let before = std::array::from_fn(|x| node[x] - step[x]);
            path.push(std::array::from_fn(|x| match step[x] {
                0 => 0..0,
                size => before[x]..before[x] + size,
            }));
            node = before;
        }
        path.reverse();
        path
    }
}

/// Consecutive steps that differ in the third language only.
struct StepFamily {
    first: usize,
    second: usize,
    third: Range<usize>,
    /// The place of the first step in the list of steps.
    first_step: u16,
}

impl StepFamily {
    /// The families of a list of steps, in which the sizes of the third language are consecutive.
    fn of_steps(steps: &[JointNode]) -> Vec<StepFamily> {
        let mut place = 0;
        let family = |steps: &[JointNode]| {
            let [first, second, third] = steps[0];
            let first_step = place;
            place += steps.len() as u16;
            StepFamily { first, second, third: third..third + steps.len(), first_step }
        };
        steps.chunk_by(|one, next| one[..2] == next[..2]).map(family).collect()
    }
}

/// The steps of a path: groups of at least two languages, and single sentences.
fn joint_steps(lens: JointNode, max_side: usize) -> Vec<JointNode> {
    let sizes = |x: usize| 0..=if lens[x] > 0 { max_side } else { 0 };
    let mut steps = Vec::new();
    for a in sizes(0) {
        for b in sizes(1) {
            for c in sizes(2) {
                let languages = [a, b, c].iter().filter(|size| **size > 0).count();
                if languages > 1 || a + b + c == 1 {
                    steps.push([a, b, c]);
                }
            }
        }
    }
    steps
}

#[cfg(test)]
mod tests;
