//! The alignment that is put out: of two or three languages in one search.
//!
//! Each group of sentences that correspond gains, for each two of its
//! languages, what their links gain: the logarithm of the odds of a link's
//! posterior, so that where two languages contradict each other the less likely
//! link gives way (posteriors rather than scores after Do et al. 2005,
//! "ProbCons", who align several sequences so). The best path over the nodes
//! (i, j, k) of all languages is found exactly, among the nodes near the best
//! paths of the pairs. Units are consistent over all languages because each is
//! one step of one path.

use std::ops::Range;

use crate::align::AlignConfig;
use crate::align::band::band::{Band, BandMatrix};
use crate::align::joint::conflicts::Ranges;
use crate::align::joint::links::Links;
use crate::bitext::groups::LANGUAGES;

/// The pairs of three languages.
pub(in crate::align) const PAIRS: [(usize, usize); 3] = [(0, 1), (0, 2), (1, 2)];

/// Most that a link gains or costs, in nats.
const MAX_LOG_ODDS: f32 = 6.0;

/// What is taken off every link, in nats: of two sentences as likely linked as
/// not it is better to say nothing.
const LINK_COST: f32 = 0.2;

/// What is taken off one that stands alone: between unaligned text two sentences
/// are easily linked for want of a better one.
const ISOLATED_LINK_COST: f32 = 0.8;

/// What is taken off the link of the last sentences of both articles that stands alone, in nats:
/// pages end with a line of the site, and what ends two of them corresponds only where that is
/// surely so. Not of articles of one sentence: what is both first and last is the article.
const LAST_LINK_COST: f32 = 3.2;

/// Sentences before and after a link in which others keep it company.
const NEIGHBOUR_REACH: usize = 3;

/// What a sentence of a group costs at least that is in no bead of one of its pairs,
/// so that a false link does not tie two groups together.
const MIN_GAP_COST: f32 = 1.5;

/// What a unit costs whose best link has less than even odds, in parts of what
/// these lack.
const WEAK_LINK_WEIGHT: f32 = 0.3;

/// A link less likely than this is none, whatever the other languages say.
const MIN_LINK_POSTERIOR: f32 = 0.25;

/// What each unit of a group beyond one a language costs: of equal ways the
/// finer.
const SIZE_COST: f32 = 1e-4;

/// Most units of a side here.
const MAX_BEAD_SIDE: usize = 8;

/// Two languages: what their blocks of units gain.
pub(in crate::align) struct PairScores {
    max_side: usize,
    band: Band,
    /// By node and shape: what one bead gains.
    beads: BandMatrix<ShapeScores>,
    /// By node and shape: what the best beads inside the block gain. Of two
    /// languages alone a block is one bead, since what is left out of it can as
    /// well stand outside.
    inside: Option<BandMatrix<ShapeScores>>,
    /// By sentence of either side: what it costs that a block leaves it out.
    gap_cost: [Vec<f32>; 2],
}

/// A number for each shape, by source and target sentences - 1.
type ShapeScores = [[f32; MAX_BEAD_SIDE]; MAX_BEAD_SIDE];

/// What sentences cost that a group leaves out: the logarithm of the odds that they
/// are unaligned, since a group says that all of it corresponds.
fn gap_cost(held: &[f32]) -> Vec<f32> {
    let odds = |held: &f32| ((1.0 - held).max(0.0) / held).ln();
    held.iter().map(|held| odds(held).clamp(MIN_GAP_COST, MAX_LOG_ODDS)).collect()
}

/// What the links of n source sentences gain: the logarithms of
/// their odds, less some doubt. Infinitely little, where there is none.
fn link_scores(links: &Links, n: usize) -> BandMatrix<f32> {
    let near: Vec<Range<usize>> = (0..n).map(|i| links.near(i)).collect();
    let mut scores = BandMatrix::new(near.clone(), f32::NEG_INFINITY);
    for (i, near) in near.into_iter().enumerate() {
        for (score, j) in scores.row_mut(i).iter_mut().zip(near) {
            let posterior = links.posterior(i, j);
            if posterior >= MIN_LINK_POSTERIOR {
                let odds = (posterior / (1.0 - posterior)).ln();
                let neighbour_support = neighbour_support(links, i, j);
                let last = i > 0 && j > 0 && i + 1 == n && j + 1 == links.columns();
                let alone = if last { LAST_LINK_COST } else { ISOLATED_LINK_COST };
                let doubt = alone + (LINK_COST - alone) * neighbour_support;
                *score = odds.clamp(-MAX_LOG_ODDS, MAX_LOG_ODDS) - doubt;
            }
        }
    }
    scores
}

/// Whether there are links of other beads, or the start of the articles, on either
/// side of one: the posterior of the likeliest on the side where it is less. At
/// their end is what keeps no company.
fn neighbour_support(links: &Links, i: usize, j: usize) -> f32 {
    let mut before = if i + j == 0 { 1.0_f32 } else { 0.0 };
    let mut after = 0.0_f32;
    // Links with the same sentences are of the same bead: no other.
    let other = |x: usize, y: usize| {
        let together = links.posterior(i, y).max(links.posterior(x, j));
        (links.posterior(x, y) - together).max(0.0)
    };
    for x in 1..=NEIGHBOUR_REACH {
        for y in 1..=NEIGHBOUR_REACH {
            if x <= i && y <= j {
                before = before.max(other(i - x, j - y));
            }
            after = after.max(other(i + x, j + y));
        }
    }
    before.min(after)
}

/// What a bead gains: its links, less what its units lack whose links are weak.
/// Infinitely little, where one has no link: better to leave it out.
fn bead(links: &BandMatrix<f32>, (i, a): (usize, usize), (j, b): (usize, usize)) -> f32 {
    let mut score = -SIZE_COST * (a + b - 2) as f32;
    let mut others = [f32::NEG_INFINITY; MAX_BEAD_SIDE];
    for unit in i..i + a {
        let mut best = f32::NEG_INFINITY;
        for (at, other_best) in others[..b].iter_mut().enumerate() {
            let link = links.get(unit, j + at).copied().unwrap_or(f32::NEG_INFINITY);
            score += link.max(0.0);
            best = best.max(link);
            *other_best = other_best.max(link);
        }
        score += WEAK_LINK_WEIGHT * best.min(0.0);
    }
    others[..b].iter().fold(score, |score, best| score + WEAK_LINK_WEIGHT * best.min(0.0))
}

/// Whether the first units of both sides have a link within the beads of a node.
fn starts_beads(links: &BandMatrix<f32>, (i, a): (usize, usize), (j, b): (usize, usize)) -> bool {
    let linked = |i, j| links.get(i, j).is_some_and(|score| *score > f32::NEG_INFINITY);
    (j..j + b).any(|j| linked(i, j)) && (i..i + a).any(|i| linked(i, j))
}

/// What the beads of a block gain, by its size.
type BlockScores = [[f32; MAX_BEAD_SIDE + 1]; MAX_BEAD_SIDE + 1];

impl PairScores {
    /// `band` holds the nodes that are looked at; `together` says that there
    /// are three languages.
    pub(in crate::align) fn new(
        links: &Links,
        band: Band,
        config: &AlignConfig,
        together: bool,
    ) -> PairScores {
        let (max_side, max_bead) = (config.max_side.min(MAX_BEAD_SIDE), config.max_bead.max(2));
        let nodes = band.rows().to_vec();
        let none =
            || BandMatrix::new(nodes.clone(), [[f32::NEG_INFINITY; MAX_BEAD_SIDE]; MAX_BEAD_SIDE]);
        let mut beads = none();
        let (rows, columns) = (band.rows().len() - 1, links.columns());
        let gap_cost = [gap_cost(links.held(0)), gap_cost(links.held(1))];
        let links = link_scores(links, rows);
        for i in 0..rows {
            for j in band.row(i) {
                let (most, widest) = (max_side.min(rows - i), max_side.min(columns - j));
                if !starts_beads(&links, (i, most), (j, widest)) {
                    continue;
                }
                let Some(scores) = beads.get_mut(i, j) else { continue };
                for (a, row) in (1..=most).zip(scores) {
                    for (b, score) in (1..=widest.min(max_bead.saturating_sub(a))).zip(row) {
                        *score = bead(&links, (i, a), (j, b));
                    }
                }
            }
        }
        let mut blocks = PairScores { max_side, beads, inside: None, gap_cost, band };
        if together {
            let mut inside = none();
            for i in 0..rows {
                for j in blocks.band.row(i) {
                    let (most, widest) = (max_side.min(rows - i), max_side.min(columns - j));
                    let grid = blocks.grid(i, j, most, widest);
                    if let Some(scores) = inside.get_mut(i, j) {
                        for (row, best) in scores.iter_mut().zip(&grid[1..]) {
                            row.copy_from_slice(&best[1..]);
                        }
                    }
                }
            }
            blocks.inside = Some(inside);
        }
        blocks
    }

    /// What one bead gains; not at all, where its start is not looked at.
    fn bead(&self, i: usize, a: usize, j: usize, b: usize) -> f32 {
        self.beads.get(i, j).map_or(f32::NEG_INFINITY, |scores| scores[a - 1][b - 1])
    }

    /// What the best beads gain in all blocks from a node on.
    fn grid(&self, i: usize, j: usize, rows: usize, columns: usize) -> BlockScores {
        let mut best = [[f32::NEG_INFINITY; MAX_BEAD_SIDE + 1]; MAX_BEAD_SIDE + 1];
        best[0][0] = 0.0;
        for a in 0..=rows {
            for b in 0..=columns {
                let mut here = best[a][b];
                if a > 0 {
                    here = here.max(best[a - 1][b] - self.gap_cost[0][i + a - 1]);
                }
                if b > 0 {
                    here = here.max(best[a][b - 1] - self.gap_cost[1][j + b - 1]);
                }
                for x in 1..=a {
                    for y in 1..=b {
                        let score = self.bead(i + a - x, x, j + b - y, y);
                        here = here.max(best[a - x][b - y] + score);
                    }
                }
                best[a][b] = here;
            }
        }
        best
    }

    fn score(&self, i: usize, a: usize, j: usize, b: usize) -> f32 {
        let scores = self.inside.as_ref().unwrap_or(&self.beads);
        scores.get(i, j).map_or(f32::NEG_INFINITY, |scores| scores[a - 1][b - 1])
    }

    /// The beads of a block that is within one group, in order.
    pub(in crate::align) fn beads(
        &self,
        rows: Range<usize>,
        columns: Range<usize>,
    ) -> Vec<(Range<usize>, Range<usize>)> {
        let grid = self.grid(rows.start, columns.start, rows.len(), columns.len());
        let (mut a, mut b) = (rows.len(), columns.len());
        let mut beads = Vec::new();
        while a > 0 && b > 0 {
            let mut step = None;
            for x in 1..=a {
                for y in 1..=b {
                    let (i, j) = (rows.start + a - x, columns.start + b - y);
                    if step.is_none() && grid[a - x][b - y] + self.bead(i, x, j, y) == grid[a][b] {
                        beads.push((i..i + x, j..j + y));
                        step = Some((x, y));
                    }
                }
            }
            let source = grid[a - 1][b] - self.gap_cost[0][rows.start + a - 1]
                >= grid[a][b - 1] - self.gap_cost[1][columns.start + b - 1];
            let (x, y) = step.unwrap_or(if source { (1, 0) } else { (0, 1) });
            a -= x;
            b -= y;
        }
        beads.reverse();
        beads
    }
}

/// Most nodes of a search of three languages.
const MAX_JOINT_NODES: usize = 6_000_000;

/// Groups the units of two or three languages; `blocks` are those of `PAIRS`.
/// With two languages only the first is there, and `lens[2]` is 0. Nothing,
/// where three languages have too many nodes to look at, or no path in common.
pub(in crate::align) fn decode(
    lens: [usize; LANGUAGES],
    blocks: &[PairScores],
) -> Option<Vec<Ranges>> {
    let search = Search::new(lens, blocks)?;
    Some(search.path())
}

type Node = [usize; LANGUAGES];

struct Search<'b> {
    lens: Node,
    blocks: &'b [PairScores],
    steps: Vec<Node>,
    /// By first language: the ranges of the others.
    boxes: Vec<[Range<usize>; 2]>,
    offsets: Vec<usize>,
    scores: Vec<f32>,
    ways: Vec<u16>,
}

impl<'b> Search<'b> {
    fn new(lens: Node, blocks: &'b [PairScores]) -> Option<Search<'b>> {
        let boxes: Vec<[Range<usize>; 2]> = (0..=lens[0])
            .map(|i| {
                let row = |pair: usize| blocks.get(pair).map_or(0..1, |block| block.band.row(i));
                [row(0), row(1)]
            })
            .collect();
        let mut offsets = Vec::with_capacity(boxes.len());
        let mut nodes = 0;
        for [others, thirds] in &boxes {
            offsets.push(nodes);
            nodes += others.len() * thirds.len();
        }
        let max_side = blocks.iter().map(|block| block.max_side).max().unwrap_or(1);
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
        // Those of two languages are the band's, which is there already.
        if lens[2] > 0 && nodes > MAX_JOINT_NODES {
            return None;
        }
        let scores = vec![f32::NEG_INFINITY; nodes];
        let mut search =
            Search { lens, blocks, steps, boxes, offsets, scores, ways: vec![u16::MAX; nodes] };
        search.run();
        let end = search.at(lens)?;
        (search.scores[end] > f32::NEG_INFINITY).then_some(search)
    }

    fn at(&self, [i, j, k]: Node) -> Option<usize> {
        let [others, thirds] = self.boxes.get(i)?;
        let there = others.contains(&j) && thirds.contains(&k);
        let third = self.blocks.get(2).is_none_or(|block| block.band.contains(j, k));
        (there && third)
            .then(|| self.offsets[i] + (j - others.start) * thirds.len() + k - thirds.start)
    }

    fn score(&self, node: Node, step: Node) -> f32 {
        let sizes: usize = step.iter().sum();
        let languages = step.iter().filter(|size| **size > 0).count();
        let mut score = -SIZE_COST * (sizes - languages) as f32;
        for (&(x, y), block) in PAIRS.iter().zip(self.blocks) {
            if step[x] > 0 && step[y] > 0 {
                score += block.score(node[x], step[x], node[y], step[y]);
            }
        }
        score
    }

    fn run(&mut self) {
        let Some(start) = self.at([0; LANGUAGES]) else { return };
        self.scores[start] = 0.0;
        for i in 0..=self.lens[0] {
            let [others, thirds] = self.boxes[i].clone();
            for j in others {
                for k in thirds.clone() {
                    let Some(at) = self.at([i, j, k]) else { continue };
                    let score = self.scores[at];
                    if score == f32::NEG_INFINITY {
                        continue;
                    }
                    for way in 0..self.steps.len() {
                        let step = self.steps[way];
                        let to = [i + step[0], j + step[1], k + step[2]];
                        let Some(to) = self.at(to) else { continue };
                        let score = score + self.score([i, j, k], step);
                        if score > self.scores[to] {
                            self.scores[to] = score;
                            self.ways[to] = way as u16;
                        }
                    }
                }
            }
        }
    }

    fn path(&self) -> Vec<Ranges> {
        let mut node = self.lens;
        let mut path = Vec::new();
        while let Some(step) =
            self.at(node).and_then(|at| self.steps.get(usize::from(self.ways[at])))
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

#[cfg(test)]
mod tests;
