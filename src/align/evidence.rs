//! All that is known of the beads of a pair of articles, and what they gain.
//!
//! A cosine says little by itself: sentences of one article all resemble each
//! other, and short ones resemble everything. So a span's similarity is
//! measured against its background, the mean cosine with its nearest
//! neighbours on the other side after the nearest (Artetxe and Schwenk 2019,
//! "Margin-based parallel corpus mining"; here as a ratio of distances,
//! 1 - (1 - cosine) / (1 - background)), and against its rivals, the nearest
//! neighbours outside the bead.

use std::ops::Range;

use super::AlignConfig;
use super::band::Band;
use super::cosines::Cosines;
use super::side::Side;
use super::spans::{Nearest, Spans};
use super::surface::Shared;
use super::weights::{C, F, class};

/// Keeps a margin finite where everything resembles everything.
const LEAST_DISTANCE: f32 = 0.05;

/// Limit of the disagreement of lengths.
const MOST_DISAGREEMENT: f32 = 9.0;

/// Limit of the weight of shared keys.
const MOST_SHARED: f32 = 2.0;

/// Mean logarithm of the lengths of sentences.
const USUAL_SIZE: f32 = 4.2;

/// A bead's shape: source and target sentences.
pub(super) type Shape = (usize, usize);

pub(super) struct Evidence {
    pub(super) source: Spans,
    pub(super) target: Spans,
    cosines: Cosines,
    words: Shared,
    numbers: Shared,
    /// Whether the ends of units are known on both sides.
    bounded: bool,
    /// Whether the texts are known on both sides.
    texts: bool,
}

/// Room for what is measured of the beads of one source span.
#[derive(Default)]
pub(super) struct Scratch {
    margin: Vec<f32>,
    rival: Vec<f32>,
    length: Vec<f32>,
    words: Vec<f32>,
    numbers: Vec<f32>,
}

impl Evidence {
    /// Of the beads between the nodes of a band.
    pub(super) fn new(source: &Side, target: &Side, config: &AlignConfig, band: &Band) -> Evidence {
        let max_side = config.max_side;
        let shared = |keys: fn(&super::surface::Surface) -> &[u64]| {
            let of = |side: &Side| -> Vec<Vec<u64>> {
                let known = |at: usize| side.surfaces.get(at).map(|one| keys(one).to_vec());
                (0..side.len()).map(|at| known(at).unwrap_or_default()).collect()
            };
            let (own, other) = (of(source), of(target));
            Shared::new(own.iter().map(Vec::as_slice), other.iter().map(Vec::as_slice))
        };
        let mut evidence = Evidence {
            source: Spans::new(source, max_side),
            target: Spans::new(target, max_side),
            cosines: Cosines::new(source, target, max_side, band),
            words: shared(|surface| &surface.words),
            numbers: shared(|surface| &surface.numbers),
            bounded: source.bounded && target.bounded,
            texts: !source.surfaces.is_empty() && !target.surfaces.is_empty(),
        };
        evidence.find_nearest(config, band);
        evidence
    }

    /// Finds the nearest single sentences of the other side for all spans.
    fn find_nearest(&mut self, config: &AlignConfig, band: &Band) {
        let (max_side, n, m) = (config.max_side, self.source.len(), self.target.len());
        let keep = (config.neighbours + 1).max(max_side + 1);
        let cells = band.cells(max_side);
        let mut row = Vec::new();
        for size in 1..=max_side {
            let mut own = Nearest::new((n + 1).saturating_sub(size), keep);
            let mut other = Nearest::new((m + 1).saturating_sub(size), keep);
            for i in 0..n {
                let columns = cells[i].clone();
                if i + size <= n {
                    let rows = &cells[i..i + size];
                    let from = rows.iter().map(|row| row.start).max().unwrap_or(0);
                    let to = rows.iter().map(|row| row.end).min().unwrap_or(0).max(from);
                    self.cosines.row(i, (size, 1), from..to, &mut row);
                    row.iter().zip(from..to).for_each(|(value, j)| own.offer(i, *value, j));
                }
                let first =
                    columns.start..(columns.end + 1).saturating_sub(size).max(columns.start);
                self.cosines.row(i, (1, size), first.clone(), &mut row);
                row.iter().zip(first).for_each(|(value, j)| other.offer(j, *value, i));
            }
            self.source.add_nearest(own, config);
            self.target.add_nearest(other, config);
        }
    }

    /// Measures the beads of the source span `i..i + a` with the target spans of
    /// `b` sentences that start in a range.
    fn measure(&self, i: usize, (a, b): Shape, first: Range<usize>, scratch: &mut Scratch) {
        let Scratch { margin, rival, length, words, numbers } = scratch;
        self.cosines.row(i, (a, b), first.clone(), margin);
        let (own, other) = (&self.source.sizes[a - 1], &self.target.sizes[b - 1]);

        rival.clear();
        let (value, place) = own.nearest.best(i);
        rival.extend(other.best[first.clone()].iter().map(|other| other.max(value)));
        for j in (place + 1).saturating_sub(b).max(first.start)..(place + 1).min(first.end) {
            let value = own.nearest.outside(i, j..j + b);
            rival[j - first.start] = other.best[j].max(value);
        }
        for (at, place) in other.best_place[first.clone()].iter().enumerate() {
            if (*place).wrapping_sub(i) < a {
                let j = first.start + at;
                let value = own.nearest.outside(i, j..j + b);
                rival[at] = other.nearest.outside(j, i..i + a).max(value);
            }
        }

        let background = own.background[i];
        let others = &other.background[first.clone()];
        for ((cosine, rival), other) in margin.iter_mut().zip(rival).zip(others) {
            let distance = (1.0 - (background + other) / 2.0).max(LEAST_DISTANCE);
            *rival = ((*cosine - *rival) / distance).clamp(-1.0, 1.0);
            *cosine = (1.0 - (1.0 - *cosine) / distance).max(-1.0);
        }

        // The logarithm of the ratio of two translations' lengths is about
        // normal, and wider for shorter texts (after Gale and Church 1993).
        length.clear();
        let (size, log) = (own.length[i], own.log[i]);
        let others = other.length[first.clone()].iter().zip(&other.log[first.clone()]);
        length.extend(others.map(|(other, other_log)| {
            let variance = 0.2025 * (0.35 + 40.0 / (size + other + 20.0));
            let difference = log - other_log;
            (difference * difference / variance).min(MOST_DISAGREEMENT)
        }));

        if self.texts {
            share(&self.words, i..i + a, b, first.clone(), words);
            share(&self.numbers, i..i + a, b, first, numbers);
        }
    }

    /// Writes the gains of the beads of the source span `i..i + a` with the
    /// target spans of `b` sentences that start in a range.
    pub(super) fn gains(
        &self,
        i: usize,
        (a, b): Shape,
        first: Range<usize>,
        weights: &[[f32; F]; C],
        scratch: &mut Scratch,
        out: &mut Vec<f32>,
    ) {
        let w = &weights[class(a, b)];
        self.measure(i, (a, b), first.clone(), scratch);
        let (own, other) = (&self.source.sizes[a - 1], &self.target.sizes[b - 1]);
        let log = own.log[i];
        out.clear();
        let measured = scratch.margin.iter().zip(&scratch.rival).zip(&scratch.length);
        out.extend(measured.zip(&other.log[first.clone()]).map(
            |(((margin, rival), length), other_log)| {
                let size = (log + other_log) / 2.0 - USUAL_SIZE;
                w[0] + w[1] * margin
                    + w[2] * (margin - 0.1).max(0.0)
                    + w[3] * (margin - 0.3).max(0.0)
                    + w[4] * (margin - 0.5).max(0.0)
                    + w[5] * rival
                    + w[6] * rival.max(0.0)
                    + w[7] * length
                    + w[8] * length.sqrt()
                    + (w[9] + w[10] * margin) * size
            },
        ));
        if self.bounded {
            for (gain, j) in out.iter_mut().zip(first.clone()) {
                let [crossed, ragged, inner] = self.bounds(i, (a, b), j);
                *gain += w[11] * crossed + w[12] * ragged + w[13] * inner;
            }
        }
        if self.texts {
            for (gain, j) in out.iter_mut().zip(first.clone()) {
                let at = j - first.start;
                let [alone, question, stop, quote] =
                    self.surface(i, (a, b), j, scratch.numbers[at]);
                *gain += w[14] * scratch.words[at].min(MOST_SHARED)
                    + w[15] * scratch.numbers[at].min(MOST_SHARED)
                    + w[16] * alone
                    + w[17] * question
                    + w[18] * stop
                    + w[19] * quote;
            }
        }
        if own.length[i] == 0.0 {
            out.fill(f32::NEG_INFINITY);
        }
        if self.target.blank {
            for (gain, length) in out.iter_mut().zip(&other.length[first]) {
                if *length == 0.0 {
                    *gain = f32::NEG_INFINITY;
                }
            }
        }
    }

    /// What the gain of one bead is made of.
    pub(super) fn features(
        &self,
        i: usize,
        (a, b): Shape,
        j: usize,
        scratch: &mut Scratch,
    ) -> [f32; F] {
        self.measure(i, (a, b), j..j + 1, scratch);
        let (margin, rival, length) = (scratch.margin[0], scratch.rival[0], scratch.length[0]);
        let size =
            (self.source.sizes[a - 1].log[i] + self.target.sizes[b - 1].log[j]) / 2.0 - USUAL_SIZE;
        let [crossed, ragged, inner] = match self.bounded {
            true => self.bounds(i, (a, b), j),
            false => [0.0; 3],
        };
        let (words, numbers, [alone, question, stop, quote]) = match self.texts {
            true => (
                scratch.words[0].min(MOST_SHARED),
                scratch.numbers[0].min(MOST_SHARED),
                self.surface(i, (a, b), j, scratch.numbers[0]),
            ),
            false => (0.0, 0.0, [0.0; 4]),
        };
        [
            1.0,
            margin,
            (margin - 0.1).max(0.0),
            (margin - 0.3).max(0.0),
            (margin - 0.5).max(0.0),
            rival,
            rival.max(0.0),
            length,
            length.sqrt(),
            size,
            size * margin,
            crossed,
            ragged,
            inner,
            words,
            numbers,
            alone,
            question,
            stop,
            quote,
        ]
    }

    /// The margin of one bead.
    pub(super) fn margin(&self, i: usize, shape: Shape, j: usize, scratch: &mut Scratch) -> f32 {
        self.measure(i, shape, j..j + 1, scratch);
        scratch.margin[0]
    }

    /// Ends of units inside, ends of the bead where a unit of one side ends,
    /// and those where none does.
    fn bounds(&self, i: usize, (a, b): Shape, j: usize) -> [f32; 3] {
        let (own, other) = (&self.source, &self.target);
        let inside = own.ends_inside(i, a) + other.ends_inside(j, b);
        let (s0, s1, t0, t1) = (own.ends[i], own.ends[i + a], other.ends[j], other.ends[j + b]);
        let ragged = (s0 - t0).abs() + (s1 - t1).abs();
        let inner = (1.0 - s0) * (1.0 - t0) + (1.0 - s1) * (1.0 - t1);
        [inside.min(3.0), ragged, inner]
    }

    /// Numbers that one side has alone, and punctuation that differs.
    fn surface(&self, i: usize, (a, b): Shape, j: usize, shared: f32) -> [f32; 4] {
        let alone = |sums: f32| (sums - shared).clamp(0.0, MOST_SHARED);
        let own: f32 = self.numbers.source[i..i + a].iter().sum();
        let other: f32 = self.numbers.target[j..j + b].iter().sum();
        let (last, other_last) = (&self.source.marks[i + a - 1], &self.target.marks[j + b - 1]);
        let (first, other_first) = (&self.source.marks[i], &self.target.marks[j]);
        [
            alone(own) + alone(other),
            (last[0] - other_last[0]).abs(),
            (last[1] - other_last[1]).abs(),
            (first[2] - other_first[2]).abs(),
        ]
    }
}

/// Writes the weight of the keys that the source sentences share with the
/// target spans of `b` sentences that start in a range.
fn share(shared: &Shared, rows: Range<usize>, b: usize, first: Range<usize>, out: &mut Vec<f32>) {
    out.clear();
    out.resize(first.len(), 0.0);
    for &(j, weight) in shared.matches[rows].iter().flatten() {
        for start in (j + 1).saturating_sub(b).max(first.start)..(j + 1).min(first.end) {
            out[start - first.start] += weight;
        }
    }
}
