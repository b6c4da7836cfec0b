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

use crate::align::AlignConfig;
use crate::align::band::Band;
use crate::align::crf::weights::{C, F, class};
use crate::align::features::cosines::Cosines;
use crate::align::features::side::Side;
use crate::align::features::spans::{Marks, Nearest, Spans};
use crate::align::features::surface::{Shared, Surface};
use crate::align::features::words::WordMatches;

/// Keeps a margin finite where everything resembles everything.
const MIN_DISTANCE: f32 = 0.05;

/// Limit of the disagreement of lengths.
const MAX_LENGTH_DISAGREEMENT: f32 = 9.0;

/// Limit of the weight of shared keys.
const MAX_SHARED_WEIGHT: f32 = 2.0;

/// Mean logarithm of the lengths of sentences.
const MEAN_LOG_LENGTH: f32 = 4.2;

/// A bead's shape: source and target sentences.
pub(in crate::align) type Shape = (usize, usize);

pub(in crate::align) struct Features {
    pub(in crate::align) source: Spans,
    pub(in crate::align) target: Spans,
    cosines: Cosines,
    words: Shared,
    numbers: Shared,
    /// What single words tell, once they were looked at.
    word_matches: Option<WordMatches>,
    /// Whether the ends of units are known on both sides.
    bounded: bool,
    /// Whether the texts are known on both sides.
    texts: bool,
    /// Whether the vectors have no numbers: then nothing is known at all.
    unknown: bool,
}

/// Room for what is measured of the beads of one source span.
#[derive(Default)]
pub(in crate::align) struct Scratch {
    margin: Vec<f32>,
    rival: Vec<f32>,
    length: Vec<f32>,
    words: Vec<f32>,
    numbers: Vec<f32>,
    losses: Vec<[f32; 2]>,
}

impl Features {
    /// Of the beads between the nodes of a band; neighbours are looked for
    /// between the nodes of another one inside it.
    pub(in crate::align) fn new(
        source: &Side,
        target: &Side,
        config: &AlignConfig,
        band: &Band,
        near: &Band,
    ) -> Features {
        let max_side = config.max_side;
        let shared = |keys: fn(&Surface) -> &[u64]| {
            Shared::new(surface_keys(source, keys), surface_keys(target, keys))
        };
        let numbers = shared(|surface| &surface.numbers);
        let mut features = Features {
            source: Spans::new(source, max_side, &numbers.source),
            target: Spans::new(target, max_side, &numbers.target),
            cosines: Cosines::new(source, target, max_side, band),
            words: shared(|surface| &surface.words),
            numbers,
            word_matches: None,
            bounded: source.bounded && target.bounded,
            unknown: source.embeddings.dimension() == 0,
            texts: !source.surfaces.is_empty() && !target.surfaces.is_empty(),
        };
        features.find_nearest(config, near);
        features
    }

    /// Looks at the words of the sentences about the nodes of a band: of beads
    /// between others nothing is known of their words.
    pub(in crate::align) fn look_at_words(
        &mut self,
        source: &Side,
        target: &Side,
        config: &AlignConfig,
        band: &Band,
    ) {
        self.word_matches = WordMatches::new(source, target, config.max_side, band);
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
        let Scratch { margin, rival, length, words, numbers, losses } = scratch;
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

        let count = first.len();
        let background = own.background[i];
        let others = &other.background[first.clone()][..count];
        let (margins, rivals) = (&mut margin[..count], &mut rival[..count]);
        for k in 0..count {
            let distance = (1.0 - (background + others[k]) / 2.0).max(MIN_DISTANCE);
            let inverse = 1.0 / distance;
            rivals[k] = ((margins[k] - rivals[k]) * inverse).clamp(-1.0, 1.0);
            margins[k] = (1.0 - (1.0 - margins[k]) * inverse).max(-1.0);
        }

        // The logarithm of the ratio of two translations' lengths is about
        // normal, and wider for shorter texts (after Gale and Church 1993).
        let (size, log) = (own.length[i], own.log[i]);
        let others = &other.length[first.clone()][..count];
        let logs = &other.log[first.clone()][..count];
        length.clear();
        length.resize(count, 0.0);
        let lengths = &mut length[..count];
        for k in 0..count {
            let variance = 0.2025 * (0.35 + 40.0 / (size + others[k] + 20.0));
            let difference = log - logs[k];
            lengths[k] = (difference * difference / variance).min(MAX_LENGTH_DISAGREEMENT);
        }

        if self.texts {
            share(&self.words, i..i + a, b, first.clone(), words);
            share(&self.numbers, i..i + a, b, first.clone(), numbers);
        }
        if let Some(word_matches) = &self.word_matches {
            word_matches.measure(i..i + a, b, first, losses);
        }
    }

    /// Writes the gains of the beads of the source span `i..i + a` with the
    /// target spans of `b` sentences that start in a range.
    pub(in crate::align) fn potentials(
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
        let count = first.len();
        out.clear();
        out.resize(count, 0.0);
        // Slices of one length, so that the loops need no checks inside and
        // several columns are done at once.
        let (margins, rivals) = (&scratch.margin[..count], &scratch.rival[..count]);
        let (lengths, logs) = (&scratch.length[..count], &other.log[first.clone()][..count]);
        let potentials = &mut out[..count];
        for k in 0..count {
            let (margin, rival, length) = (margins[k], rivals[k], lengths[k]);
            let size = (log + logs[k]) / 2.0 - MEAN_LOG_LENGTH;
            potentials[k] = w[0]
                + w[1] * margin
                + w[2] * (margin - 0.1).max(0.0)
                + w[3] * (margin - 0.3).max(0.0)
                + w[4] * (margin - 0.5).max(0.0)
                + w[5] * rival
                + w[6] * rival.max(0.0)
                + w[7] * length
                + w[8] * length.sqrt()
                + (w[9] + w[10] * margin) * size;
        }
        if self.bounded {
            let (s0, s1, inside) = (own.end_before[i], own.end_after[i], own.ends_inside[i]);
            let befores = &other.end_before[first.clone()][..count];
            let afters = &other.end_after[first.clone()][..count];
            let insides = &other.ends_inside[first.clone()][..count];
            for k in 0..count {
                let bounds = bounds([inside, s0, s1], [insides[k], befores[k], afters[k]]);
                potentials[k] += w[11] * bounds[0] + w[12] * bounds[1] + w[13] * bounds[2];
            }
        }
        if self.texts {
            let marks = own.marks(i);
            let numbers = &other.numbers[first.clone()][..count];
            let large = &other.large_numbers[first.clone()][..count];
            let questions = &other.question[first.clone()][..count];
            let (stops, quotes) =
                (&other.stop[first.clone()][..count], &other.quote[first.clone()][..count]);
            let (words, shared) = (&scratch.words[..count], &scratch.numbers[..count]);
            for k in 0..count {
                let others = [numbers[k], large[k], questions[k], stops[k], quotes[k]];
                let differ = differ(marks, others, shared[k]);
                potentials[k] += w[14] * words[k].min(MAX_SHARED_WEIGHT)
                    + w[15] * shared[k].min(MAX_SHARED_WEIGHT)
                    + w[16] * differ[0]
                    + w[17] * differ[1]
                    + w[18] * differ[2]
                    + w[19] * differ[3];
            }
        }
        if self.word_matches.is_some() {
            for (potential, [elsewhere, lost]) in potentials.iter_mut().zip(&scratch.losses) {
                *potential += w[20] * elsewhere + w[21] * lost;
            }
        }
        if own.length[i] == 0.0 || self.unknown {
            out.fill(f32::NEG_INFINITY);
        }
        if self.target.blank {
            for (potential, length) in out.iter_mut().zip(&other.length[first]) {
                if *length == 0.0 {
                    *potential = f32::NEG_INFINITY;
                }
            }
        }
    }

    /// Adds what words say of such beads to gains that were measured before words
    /// were looked at; nothing where they are not known.
    pub(in crate::align) fn add_words(
        &self,
        i: usize,
        (a, b): Shape,
        first: Range<usize>,
        weights: &[[f32; F]; C],
        losses: &mut Vec<[f32; 2]>,
        potentials: &mut [f32],
    ) {
        let Some(word_matches) = &self.word_matches else { return };
        word_matches.measure(i..i + a, b, first, losses);
        let w = &weights[class(a, b)];
        for (potential, [elsewhere, lost]) in potentials.iter_mut().zip(losses) {
            *potential += w[20] * *elsewhere + w[21] * *lost;
        }
    }

    /// What the gain of one bead is made of.
    pub(in crate::align) fn features(
        &self,
        i: usize,
        (a, b): Shape,
        j: usize,
        scratch: &mut Scratch,
    ) -> [f32; F] {
        self.measure(i, (a, b), j..j + 1, scratch);
        let (margin, rival, length) = (scratch.margin[0], scratch.rival[0], scratch.length[0]);
        let size = (self.source.sizes[a - 1].log[i] + self.target.sizes[b - 1].log[j]) / 2.0
            - MEAN_LOG_LENGTH;
        let (own, other) = (&self.source.sizes[a - 1], &self.target.sizes[b - 1]);
        let (mut crossed, mut ragged, mut inner) = (0.0, 0.0, 0.0);
        if self.bounded {
            [crossed, ragged, inner] = bounds(
                [own.ends_inside[i], own.end_before[i], own.end_after[i]],
                [other.ends_inside[j], other.end_before[j], other.end_after[j]],
            );
        }
        let (mut words, mut numbers, mut marks) = (0.0, 0.0, [0.0; 4]);
        if self.texts {
            words = scratch.words[0].min(MAX_SHARED_WEIGHT);
            numbers = scratch.numbers[0].min(MAX_SHARED_WEIGHT);
            marks = differ(own.marks(i), other.marks(j), scratch.numbers[0]);
        }
        let [elsewhere, lost] = match self.word_matches {
            Some(_) => scratch.losses[0],
            None => [0.0; 2],
        };
        let [alone, question, stop, quote] = marks;
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
            elsewhere,
            lost,
        ]
    }

    /// The margin of one bead.
    pub(in crate::align) fn margin(
        &self,
        i: usize,
        shape: Shape,
        j: usize,
        scratch: &mut Scratch,
    ) -> f32 {
        self.measure(i, shape, j..j + 1, scratch);
        scratch.margin[0]
    }
}

/// The keys of each sentence; none where the texts are not known.
fn surface_keys(side: &Side, keys: fn(&Surface) -> &[u64]) -> impl Iterator<Item = &[u64]> {
    (0..side.len()).map(move |at| side.surfaces.get(at).map_or(&[][..], keys))
}

/// Ends of units inside, ends of the bead where a unit of one side ends, and
/// those where none does; from each side's ends inside, before and after.
#[inline(always)]
fn bounds(own: [f32; 3], other: [f32; 3]) -> [f32; 3] {
    let inside = own[0] + other[0];
    let ragged = (own[1] - other[1]).abs() + (own[2] - other[2]).abs();
    let inner = (1.0 - own[1]) * (1.0 - other[1]) + (1.0 - own[2]) * (1.0 - other[2]);
    [inside.min(3.0), ragged, inner]
}

/// Numbers that one side has alone, and punctuation that differs; from each
/// side's marks, and the weight of numbers that they share. Where one side has no
/// numbers at all, small ones of the other may be there as words.
#[inline(always)]
fn differ(own: Marks, other: Marks, shared: f32) -> [f32; 4] {
    let alone = |one: Marks, other: Marks| {
        let sum = if other[0] > 0.0 { one[0] } else { one[1] };
        (sum - shared).clamp(0.0, MAX_SHARED_WEIGHT)
    };
    [
        alone(own, other) + alone(other, own),
        (own[2] - other[2]).abs(),
        (own[3] - other[3]).abs(),
        (own[4] - other[4]).abs(),
    ]
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
